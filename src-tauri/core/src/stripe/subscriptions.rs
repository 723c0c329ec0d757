//! Calls about one subscription.

use super::{Client, Params, listing::PAGE};
use crate::{Error, Result};
use serde_json::Value;

/// Replaces the embedded list of items by the whole one, where Stripe cut it short.
pub async fn complete_items(client: &Client, subscription: &mut Value) -> Result<()> {
    if subscription.pointer("/items/has_more") != Some(&Value::Bool(true)) {
        return Ok(());
    }
    let id = subscription["id"].as_str().unwrap_or_default().to_owned();
    let mut items: Vec<Value> = Vec::new();
    loop {
        let params = Params::new()
            .with("subscription", &id)
            .with("limit", PAGE)
            .maybe(
                "starting_after",
                items.last().and_then(|i| i["id"].as_str()),
            );
        let page = client.list_page("/v1/subscription_items", &params).await?;
        if page.objects.is_empty() && page.has_more {
            return Err(Error::UnreadableAnswer(
                "it promised more items and sent none".to_owned(),
            ));
        }
        items.extend(page.objects);
        if !page.has_more {
            break;
        }
    }
    subscription["items"]["data"] = Value::Array(items);
    subscription["items"]["has_more"] = Value::Bool(false);
    Ok(())
}
