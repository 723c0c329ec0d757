//! Events that are missing, and whether a filling makes up for them.

use crate::Result;
use crate::db::Store;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

/// The present filling began after the gap was noticed. Stripe's seconds alone cannot tell where an
/// account was set back to an earlier state within the second.
const COVERED: &str = "(newest_event_time > ends OR newest_event_time = ends AND started_at >= coalesce(noticed_at, 0))";

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
    let uncovered: i64 = QueryBuilder::<Sqlite>::new(
        "SELECT count(*) FROM gaps, sync_state WHERE closed_at IS NULL AND NOT coalesce(",
    )
    .push(COVERED)
    .push(", 0) AND (NOT stopped OR ")
    .push_bind(also_stopped)
    .push(")")
    .build_query_scalar()
    .fetch_one(&store.reader)
    .await?;
    Ok(uncovered > 0)
}

/// Gaps end with a filling that began after them, once that has read everything.
pub(crate) async fn close_covered(tx: &mut SqliteConnection, now: i64) -> Result<()> {
    QueryBuilder::<Sqlite>::new("UPDATE gaps SET closed_at = ")
        .push_bind(now)
        .push(" WHERE closed_at IS NULL AND EXISTS (SELECT 1 FROM sync_state WHERE finished AND ")
        .push(COVERED)
        .push(")")
        .build()
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
