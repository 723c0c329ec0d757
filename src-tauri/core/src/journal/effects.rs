//! What was to go out and has no outcome yet: intention entries whose process ended in between.

use super::{Entry, chain};
use crate::{Result, db::Store};
use chrono::TimeDelta;

/// An intention without an outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct Pending {
    pub entry: Entry,
    pub age: TimeDelta,
}

/// Every pending effect, oldest first. The running process's own effects under way are among them.
pub async fn pending(store: &Store) -> Result<Vec<Pending>> {
    let open: Vec<i64> = sqlx::query_scalar("SELECT seq FROM open_effects ORDER BY seq")
        .fetch_all(&store.reader)
        .await?;
    let now = store.clock.now();
    let mut journal = store.journal.acquire().await?;
    let mut pending = Vec::with_capacity(open.len());
    for seq in open {
        if let Some(entry) = chain::read_one(&mut journal, seq).await? {
            let age = now - entry.at;
            pending.push(Pending { entry, age });
        }
    }
    Ok(pending)
}
