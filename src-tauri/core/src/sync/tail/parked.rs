//! What a person may do about news that could not be fetched.

use crate::db::Store;
use crate::{Error, Result};

/// Takes note that a person wants this parked object tried now.
pub(crate) async fn retry(store: &Store, object: &str) -> Result<()> {
    let known = sqlx::query("UPDATE parked SET next_try_at = 0 WHERE object = ?")
        .bind(object)
        .execute(&store.writer)
        .await?;
    is_parked(known.rows_affected() > 0)
}

/// The type of the event that this parked object waits for.
pub(crate) async fn parked_event(store: &Store, object: &str) -> Result<String> {
    let event: Option<String> =
        sqlx::query_scalar("SELECT event_type FROM parked WHERE object = ?")
            .bind(object)
            .fetch_optional(&store.reader)
            .await?;
    is_parked(event.is_some())?;
    Ok(event.unwrap_or_default())
}

/// Gives a parked object up; its next event, or a comparison, leads to it again.
pub(crate) async fn give_up(store: &Store, object: &str) -> Result<()> {
    sqlx::query("DELETE FROM parked WHERE object = ?")
        .bind(object)
        .execute(&store.writer)
        .await?;
    super::super::filling::announce(store);
    Ok(())
}

fn is_parked(known: bool) -> Result<()> {
    if known {
        return Ok(());
    }
    Err(Error::NotFound(
        "This is no longer parked: it was fetched or given up meanwhile.".into(),
    ))
}
