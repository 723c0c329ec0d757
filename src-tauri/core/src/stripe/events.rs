//! The event stream, so far only its newest end: where a later tail has to start.

use super::{Client, Params};
use crate::Result;
use chrono::{DateTime, Utc};

/// The newest event there is, and when that was by Stripe's own clock. A quiet account has none.
#[derive(Debug, Clone)]
pub struct Newest {
    pub id: Option<String>,
    pub date: Option<DateTime<Utc>>,
}

pub async fn newest(client: &Client) -> Result<Newest> {
    let page = client
        .list_page("/v1/events", &Params::new().with("limit", 1))
        .await?;
    Ok(Newest {
        id: page
            .objects
            .first()
            .and_then(|event| event["id"].as_str())
            .map(str::to_owned),
        date: page.date,
    })
}
