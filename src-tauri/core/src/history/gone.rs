//! What history tells of objects and payers that the mirror knows nothing of, after it was lost.

use super::read;
use crate::Result;
use crate::db::Store;
use crate::stripe::resource::Resource;
use serde_json::Value;
use sqlx::FromRow;

/// An object that Stripe no longer has.
#[derive(FromRow)]
pub(crate) struct Gone {
    pub object: String,
    /// The row that says so.
    pub seq: i64,
    pub asked_at: i64,
}

/// Those of a resource whose history ends with their end.
pub(crate) async fn gone(store: &Store, resource: &Resource) -> Result<Vec<Gone>> {
    let mut journal = store.journal.acquire().await?;
    Ok(sqlx::query_as(
        "SELECT object, seq, asked_at FROM object_changes c WHERE resource = ? AND form = 'gone'
         AND seq = (SELECT max(seq) FROM object_changes WHERE object = c.object)",
    )
    .bind(resource.name)
    .fetch_all(&mut *journal)
    .await?)
}

/// What the object was before that row.
pub(crate) async fn before(store: &Store, object: &str, seq: i64) -> Result<Option<Value>> {
    let mut journal = store.journal.acquire().await?;
    read::state(&mut journal, object, seq - 1).await
}

/// Those of these payers whose objects ever changed.
pub(crate) async fn has_payer(store: &Store, payers: &[String]) -> Result<Vec<String>> {
    let mut journal = store.journal.acquire().await?;
    Ok(sqlx::query_scalar(
        "SELECT value FROM json_each(?) WHERE EXISTS (SELECT 1 FROM object_changes WHERE payer = value)",
    )
    .bind(Value::from(payers.to_vec()).to_string())
    .fetch_all(&mut *journal)
    .await?)
}
