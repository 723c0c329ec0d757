//! Events that are missing, and whether a filling makes up for them.

use crate::Result;
use crate::db::Store;
use sqlx::SqliteConnection;

/// That events are missing, and the filling that makes up for them has not begun; nor has a person
/// stopped it.
pub async fn gap_is_uncovered(store: &Store) -> Result<bool> {
    is_uncovered(store, false).await
}

/// The same, also where a person stopped it.
pub(crate) async fn gap_needs_filling(store: &Store) -> Result<bool> {
    is_uncovered(store, true).await
}

async fn is_uncovered(store: &Store, also_stopped: bool) -> Result<bool> {
    let uncovered: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM gaps, sync_state WHERE closed_at IS NULL
             AND coalesce(newest_event_time, 0) < ends AND (? OR NOT stopped)",
    )
    .bind(also_stopped)
    .fetch_one(&store.reader)
    .await?;
    Ok(uncovered > 0)
}

/// Gaps end with a filling that began after them, once that has read everything.
pub(crate) async fn close_covered(tx: &mut SqliteConnection, now: i64) -> Result<()> {
    sqlx::query(
        "UPDATE gaps SET closed_at = ? WHERE closed_at IS NULL AND EXISTS
             (SELECT 1 FROM sync_state WHERE finished AND newest_event_time >= ends)",
    )
    .bind(now)
    .execute(tx)
    .await?;
    Ok(())
}

/// A person stopped the filling: it does not begin again by itself.
pub(crate) async fn note_stopped(store: &Store) -> Result<()> {
    sqlx::query("UPDATE gaps SET stopped = 1 WHERE closed_at IS NULL")
        .execute(&store.writer)
        .await?;
    Ok(())
}
