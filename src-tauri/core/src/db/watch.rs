//! Notices what another process committed to `portico.db`, so that this one's screens follow.

use crate::{
    events::{Announcer, Topic},
    ids::WorkspaceId,
};
use sqlx::SqlitePool;
use std::time::Duration;
use tokio::{task::AbortHandle, time::MissedTickBehavior};

const EVERY: Duration = Duration::from_millis(500);

/// Announces every topic whenever another process has committed.
///
/// `PRAGMA data_version` ignores the commits of the connection it runs on, and this process
/// writes with exactly one: asked there, it tells of other processes only.
pub(super) fn announce_foreign_commits(
    writer: SqlitePool,
    announcer: Announcer,
    workspace: WorkspaceId,
) -> AbortHandle {
    let watch = async move {
        let mut seen = None;
        let mut tick = tokio::time::interval(EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            match sqlx::query_scalar::<_, i64>("PRAGMA data_version")
                .fetch_one(&writer)
                .await
            {
                Ok(version) => {
                    if seen
                        .replace(version)
                        .is_some_and(|before| before != version)
                    {
                        announcer.announce(Some(&workspace), Topic::ALL);
                    }
                }
                Err(sqlx::Error::PoolClosed) => return,
                // The next commit of this process meets the same fault and reports it.
                Err(error) => tracing::debug!(%error, "data_version could not be read"),
            }
        }
    };
    tokio::spawn(watch).abort_handle()
}
