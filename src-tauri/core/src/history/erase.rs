//! Forgets what was kept about some payers.

use crate::Result;
use serde_json::Value;
use sqlx::SqliteConnection;

/// Deletes the history of these payers; whether there was any. It goes on with what changes later.
pub(crate) async fn erase(journal: &mut SqliteConnection, payers: &[String]) -> Result<bool> {
    let erased =
        sqlx::query("DELETE FROM object_changes WHERE payer IN (SELECT value FROM json_each(?))")
            .bind(Value::from(payers).to_string())
            .execute(journal)
            .await?;
    Ok(erased.rows_affected() > 0)
}
