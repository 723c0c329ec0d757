//! Notices what another process committed to `portico.db`, so that this one's screens follow.

use crate::{
    events::{Announcer, Topic},
    ids::WorkspaceId,
};
use sqlx::SqlitePool;
use std::{
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};
use tokio::{task::AbortHandle, time::MissedTickBehavior};

const EVERY: Duration = Duration::from_millis(500);
/// So many looks at the file go by until SQLite is asked all the same.
const ASKED_EVERY: u32 = 20;

/// Announces every topic whenever another process has committed.
///
/// `PRAGMA data_version` ignores the commits of the connection it runs on, and this process
/// writes with exactly one: asked there, it tells of other processes only. It is asked where the
/// write-ahead log `wal` was written to: most of the time nobody writes, and asking wakes two threads.
pub(super) fn announce_foreign_commits(
    writer: SqlitePool,
    wal: PathBuf,
    announcer: Announcer,
    workspace: WorkspaceId,
) -> AbortHandle {
    let watch = async move {
        let (mut seen, mut written, mut looks) = (None, None, 0);
        let mut tick = tokio::time::interval(EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            let now = state(&wal);
            let is_as_it_was = now.is_some() && written == now;
            written = now;
            // Two commits can fall into one tick of the file system's clock.
            looks = (looks + 1) % ASKED_EVERY;
            if is_as_it_was && looks > 0 {
                continue;
            }
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

/// When the file was last written to, and its length. Windows tells neither of a file that is open.
fn state(wal: &Path) -> Option<(SystemTime, u64)> {
    if cfg!(windows) {
        return None;
    }
    let known = std::fs::metadata(wal).ok()?;
    Some((known.modified().ok()?, known.len()))
}
