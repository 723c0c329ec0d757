//! What the key could not read: looked at again, because its permissions can change while it stays.

use super::{
    filling::{Filling, Mode, start},
    ranges,
};
use crate::db::{BackgroundLock, Store};
use crate::stripe::{Client, Params, resource};
use crate::{Error, Result};
use std::sync::Arc;

/// Asks for one object of each resource that the key could not read, or not whole, and reads those
/// from their beginning that it may read by now; none where nothing changed. The rest of the mirror
/// is left as it is.
pub async fn retry_lacking(
    store: &Store,
    client: &Client,
    background: Arc<BackgroundLock>,
) -> Result<Option<Filling>> {
    let lacking: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sync_resources WHERE state IN ('not_permitted', 'limited') ORDER BY name",
    )
    .fetch_all(&store.reader)
    .await?;
    let mut regained = Vec::new();
    for resource in resource::LISTED {
        let Some(path) = resource
            .path
            .filter(|_| lacking.iter().any(|name| name == resource.name))
        else {
            continue;
        };
        let params = resource
            .list
            .iter()
            .fold(Params::new().with("limit", 1), |params, (name, value)| {
                params.with(*name, value)
            })
            .expanding(
                resource
                    .expand
                    .iter()
                    .map(|expand| format!("data.{}", expand.path)),
            );
        match client.get(path, &params).await {
            Ok(_) => regained.push(resource.name.to_owned()),
            Err(Error::PermissionMissing { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    if regained.is_empty() {
        return Ok(None);
    }
    let mut tx = store.writer.begin_with("BEGIN IMMEDIATE").await?;
    ranges::read_again(&mut tx, &regained, store.clock.millis()).await?;
    tx.commit().await?;
    start(store, client, Mode::Resume, background)
        .await
        .map(Some)
}
