//! The event stream: notices that something changed. What it is now is asked for elsewhere.

use super::{Client, Params, listing::PAGE};
use crate::{Error, Result};
use chrono::{DateTime, Utc};
use serde_json::Value;

/// The newest event there is, and when that was by Stripe's own clock. A quiet account has none.
#[derive(Debug, Clone)]
pub struct Newest {
    pub id: Option<String>,
    pub date: Option<DateTime<Utc>>,
}

/// One event, without the snapshot of the object: that has the shape of another API version, and
/// may be older than what is already known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub id: String,
    /// E.g. `customer.subscription.updated`
    pub kind: String,
    /// Unix seconds.
    pub created: i64,
    /// The API request (`req_…`) behind it.
    pub request: Option<String>,
    pub idempotency_key: Option<String>,
    pub about: About,
}

/// What an event is about: the object's name and id, and whom it names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// What `object` says in the object's JSON.
    pub object: String,
    pub id: Option<String>,
    pub customer: Option<String>,
    pub subscription: Option<String>,
    pub invoice: Option<String>,
    pub charge: Option<String>,
    pub configuration: Option<String>,
}

/// One page, newest first.
#[derive(Debug, Clone)]
pub struct Page {
    pub events: Vec<Event>,
    pub has_more: bool,
    /// Stripe's own clock.
    pub date: Option<DateTime<Utc>>,
}

/// Which part of the stream a page is taken from.
#[derive(Debug, Clone, Default)]
pub struct Span<'a> {
    /// Unix seconds.
    pub from: Option<i64>,
    pub to: Option<i64>,
    /// Only what is older than this event.
    pub before: Option<&'a str>,
    /// Only what came after this event; the page is the one next to it.
    pub after: Option<&'a str>,
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

pub async fn page(client: &Client, span: &Span<'_>) -> Result<Page> {
    let params = Params::new()
        .with("limit", PAGE)
        .maybe("created[gte]", span.from)
        .maybe("created[lte]", span.to)
        .maybe("starting_after", span.before)
        .maybe("ending_before", span.after);
    let page = client.list_page("/v1/events", &params).await?;
    if page.objects.is_empty() && page.has_more {
        return Err(Error::UnreadableAnswer(
            "it promised more events and sent none".to_owned(),
        ));
    }
    Ok(Page {
        events: page.objects.iter().map(read).collect::<Result<_>>()?,
        has_more: page.has_more,
        date: page.date,
    })
}

fn read(event: &Value) -> Result<Event> {
    let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str);
    let id_at = |name: &str| {
        let inner = event.pointer(&format!("/data/object/{name}"))?;
        let id = inner.as_str().or_else(|| inner["id"].as_str())?;
        Some(id.to_owned())
    };
    let (Some(id), Some(kind), Some(created)) =
        (text("/id"), text("/type"), event["created"].as_i64())
    else {
        return Err(Error::UnreadableAnswer("it is not an event".to_owned()));
    };
    Ok(Event {
        id: id.to_owned(),
        kind: kind.to_owned(),
        created,
        request: text("/request/id").map(str::to_owned),
        idempotency_key: text("/request/idempotency_key").map(str::to_owned),
        about: About {
            object: text("/data/object/object").unwrap_or_default().to_owned(),
            id: id_at("id"),
            customer: id_at("customer").or_else(|| id_at("customer_account")),
            subscription: id_at("subscription")
                .or_else(|| id_at("parent/subscription_details/subscription")),
            invoice: id_at("invoice"),
            charge: id_at("charge"),
            configuration: id_at("configuration"),
        },
    })
}
