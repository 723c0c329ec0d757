//! The customer portal's configurations: what clients may do there.

use super::{Answer, Client, Params, listing::PAGE, segment};
use crate::{Error, Result};
use serde_json::Value;

const CONFIGURATIONS: &str = "/v1/billing_portal/configurations";

/// The calls spelled out in `params` decide what clients may do in the portal.
pub async fn create_configuration(
    client: &Client,
    params: &Params,
    idempotency_key: &str,
) -> Result<Answer> {
    client.post(CONFIGURATIONS, params, idempotency_key).await
}

pub async fn retrieve_configuration(client: &Client, configuration: &str) -> Result<Answer> {
    let path = format!("{CONFIGURATIONS}/{}", segment(configuration)?);
    client.get(&path, &Params::new()).await
}

/// Every configuration that clients can still be sent to, with when the oldest page was asked for.
pub async fn active_configurations(client: &Client) -> Result<(Vec<Value>, i64)> {
    let mut all = Vec::new();
    let mut asked_at = i64::MAX;
    loop {
        let after = all.last().and_then(|last: &Value| last["id"].as_str());
        let params = Params::new()
            .with("active", true)
            .with("limit", PAGE)
            .maybe("starting_after", after);
        let page = client.list_page(CONFIGURATIONS, &params).await?;
        asked_at = asked_at.min(page.asked_at);
        let empty = page.objects.is_empty();
        all.extend(page.objects);
        if !page.has_more {
            return Ok((all, asked_at));
        }
        if empty {
            return Err(Error::UnreadableAnswer(format!(
                "{CONFIGURATIONS} promised more and sent nothing"
            )));
        }
    }
}
