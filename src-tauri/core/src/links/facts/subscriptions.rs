//! A client's subscriptions, as far as links can act on them.

use super::prices::{self, PriceFacts};
use crate::clients::subscription_items as items;
use crate::ids::ClientId;
use crate::{Result, db};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use sqlx::{Row, SqliteConnection};
use std::collections::HashMap;
use std::sync::Arc;

#[derive(Debug, Clone)]
pub(in crate::links) struct SubscriptionFacts {
    pub id: String,
    pub customer: String,
    pub status: String,
    pub currency: String,
    pub items: Vec<ItemFacts>,
    /// When a scheduled cancellation takes effect.
    pub ends: Option<DateTime<Utc>>,
    pub pause: Option<Pause>,
    /// The newer of Stripe's two ways to bill.
    pub flexible: bool,
    /// A schedule decides about its next changes.
    pub scheduled: bool,
    /// The client gets an invoice to pay; else Stripe charges the payment method.
    pub by_invoice: bool,
    pub started: Option<DateTime<Utc>>,
    pub trial_end: Option<DateTime<Utc>>,
    pub renews: Option<DateTime<Utc>>,
    pub default_method: Option<String>,
}

#[derive(Debug, Clone)]
pub(in crate::links) struct ItemFacts {
    /// `si_…`
    pub id: String,
    pub price: Arc<PriceFacts>,
    /// None where usage decides.
    pub quantity: Option<u32>,
}

/// Why a subscription rests: three different things in Stripe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::links) enum Pause {
    /// `pause_collection`: it runs on, and its invoices are not collected until then.
    Collection { until: Option<DateTime<Utc>> },
    /// `status=paused` since the trial ended without a way to charge.
    NoCard,
    /// `status=paused` since a payment failed.
    FailedPayment,
    /// `status=paused` because somebody wanted it, or Stripe for a reason of its own.
    OnRequest,
}

impl SubscriptionFacts {
    pub fn is_over(&self) -> bool {
        matches!(self.status.as_str(), "canceled" | "incomplete_expired")
    }

    /// Its first payment was never made, so nothing has begun yet.
    pub fn is_incomplete(&self) -> bool {
        self.status == "incomplete"
    }

    pub fn is_running(&self) -> bool {
        !self.is_over() && !self.is_incomplete()
    }

    /// A first payment that is not made within 23 hours lets the subscription lapse.
    pub fn lapses(&self) -> Option<DateTime<Utc>> {
        self.started.map(|started| started + TimeDelta::hours(23))
    }

    pub fn is_metered(&self) -> bool {
        self.items.iter().any(|item| item.price.metered)
    }

    pub fn is_yearly(&self) -> bool {
        self.items.iter().any(|item| item.price.yearly)
    }

    /// "Studio monthly", "Studio monthly and 1 more".
    pub fn plan(&self) -> String {
        match self.items.as_slice() {
            [] => "a plan not read yet".into(),
            [item] => item.price.plan.clone(),
            [first, rest @ ..] => format!("{} and {} more", first.price.plan, rest.len()),
        }
    }
}

/// A subscription's row before its prices are known.
pub(super) struct Unpriced {
    customer: String,
    json: Value,
}

/// Those that are not over first, newest first.
pub(super) async fn read(tx: &mut SqliteConnection, client: &ClientId) -> Result<Vec<Unpriced>> {
    let rows = sqlx::query(
        "SELECT coalesce((SELECT c.id FROM customers c WHERE c.account = s.payer), s.payer), s.json
         FROM payers p JOIN subscriptions s ON s.payer = p.payer
         WHERE p.client = ? AND s.json IS NOT NULL AND s.deleted = 0
         ORDER BY s.status IN ('canceled', 'incomplete_expired'), s.created DESC, s.id",
    )
    .bind(client.as_str())
    .fetch_all(tx)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Unpriced {
                customer: row.try_get(0)?,
                json: db::unpack(row.try_get(1)?)?,
            })
        })
        .collect()
}

impl Unpriced {
    pub fn prices(&self) -> impl Iterator<Item = &str> {
        items(&self.json).filter_map(|item| item["price"]["id"].as_str())
    }

    pub fn currency(&self) -> Option<&str> {
        self.json["currency"].as_str()
    }

    pub fn priced(&self, known: &HashMap<String, Arc<PriceFacts>>) -> SubscriptionFacts {
        let json = &self.json;
        let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
        let time = |pointer: &str| json.pointer(pointer).and_then(moment);
        let renews = items(json)
            .filter_map(|item| moment(&item["current_period_end"]))
            .min();
        let at_period_end = json["cancel_at_period_end"] == true;
        SubscriptionFacts {
            id: text("id"),
            customer: self.customer.clone(),
            currency: text("currency"),
            items: items(json).map(|item| priced(item, known)).collect(),
            // Flexible subscriptions carry the date, classic ones only that they end with the period.
            ends: time("/cancel_at").or(renews.filter(|_| at_period_end)),
            pause: pause(json),
            flexible: json["billing_mode"]["type"] == "flexible",
            scheduled: !json["schedule"].is_null(),
            by_invoice: json["collection_method"] == "send_invoice",
            started: time("/start_date").or_else(|| time("/created")),
            trial_end: time("/trial_end"),
            renews,
            default_method: id(&json["default_payment_method"])
                .or_else(|| id(&json["default_source"])),
            status: text("status"),
        }
    }
}

fn priced(item: &Value, known: &HashMap<String, Arc<PriceFacts>>) -> ItemFacts {
    let price = &item["price"];
    let facts = price["id"].as_str().and_then(|id| known.get(id)).cloned();
    ItemFacts {
        id: item["id"].as_str().unwrap_or_default().to_owned(),
        quantity: item["quantity"]
            .as_u64()
            .and_then(|q| u32::try_from(q).ok()),
        // A price that is not mirrored (the key may not list prices) still speaks through its item.
        price: facts.unwrap_or_else(|| {
            let active = price["active"] != false;
            Arc::new(prices::price_facts(
                price,
                None,
                active,
                id(&price["product"]),
            ))
        }),
    }
}

fn pause(subscription: &Value) -> Option<Pause> {
    let collection = &subscription["pause_collection"];
    if subscription["status"] == "paused" {
        let why = subscription.pointer(crate::words::PAUSE_REASON);
        return Some(match why.and_then(Value::as_str) {
            Some("trial_end_without_payment_method") => Pause::NoCard,
            Some("first_payment_failure" | "final_payment_failure") => Pause::FailedPayment,
            _ => Pause::OnRequest,
        });
    }
    (!collection.is_null()).then(|| Pause::Collection {
        until: moment(&collection["resumes_at"]),
    })
}

fn moment(seconds: &Value) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(seconds.as_i64()?, 0)
}

/// Of an object that may be expanded.
fn id(object: &Value) -> Option<String> {
    object
        .as_str()
        .or_else(|| object["id"].as_str())
        .map(str::to_owned)
}
