//! The customer portal's configurations: what clients may do there.

use super::resource::PORTAL_CONFIGURATIONS;
use super::{Answer, Client, Params, listing::Reading, segment};
use crate::{Error, Result};
use serde_json::Value;

const CONFIGURATIONS: &str = "/v1/billing_portal/configurations";

/// The calls spelled out in `params` decide what clients may do in the portal.
pub async fn create_configuration(
    client: &Client,
    params: &Params,
    idempotency_key: &str,
) -> Result<Answer> {
    let params = params.clone().expanding(along());
    client.post(CONFIGURATIONS, &params, idempotency_key).await
}

/// Changes what `params` name, an empty value taking away; lists are replaced whole.
pub async fn update_configuration(
    client: &Client,
    configuration: &str,
    params: &Params,
    idempotency_key: &str,
) -> Result<Answer> {
    let path = format!("{CONFIGURATIONS}/{}", segment(configuration)?);
    let params = params.clone().expanding(along());
    client.post(&path, &params, idempotency_key).await
}

pub async fn retrieve_configuration(client: &Client, configuration: &str) -> Result<Answer> {
    let reading = Reading::of(&PORTAL_CONFIGURATIONS)?;
    reading.object(client, configuration).await
}

/// Every configuration that clients can still be sent to, with when the oldest page was asked for.
pub async fn active_configurations(client: &Client) -> Result<(Vec<Value>, i64)> {
    let reading = Reading::of(&PORTAL_CONFIGURATIONS)?;
    let mut all = Vec::new();
    let mut asked_at = i64::MAX;
    loop {
        let after = all.last().and_then(|last: &Value| last["id"].as_str());
        let filter = Params::new()
            .with("active", true)
            .maybe("starting_after", after);
        let page = reading.page(client, &filter).await?;
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

/// What an answer that is mirrored must bring along.
fn along() -> impl Iterator<Item = &'static str> {
    PORTAL_CONFIGURATIONS
        .expand
        .iter()
        .map(|expand| expand.path)
}
