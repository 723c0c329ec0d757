//! What a client had on a day in the past: plans, card, address. Stripe forgets after 30 days; this
//! does not.

use super::changes::{Names, items, method, tax_ids};
use super::page;
use super::resolve::{payers, resolve};
use crate::client_rows::display_name;
use crate::history::{self, Version};
use crate::ids::ClientId;
use crate::money::Money;
use crate::pricing::{self, Price};
use crate::stripe::resource::{CUSTOMERS, PAYMENT_METHODS, Resource, SUBSCRIPTIONS};
use crate::words::{self, Word};
use crate::workspaces::Workspace;
use crate::{Error, Result};
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use specta::Type;
use sqlx::{QueryBuilder, Sqlite};

/// A client as it was at the end of a day.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ClientAt {
    pub client: ClientId,
    pub date: NaiveDate,
    /// Customers that existed then.
    pub customers: Vec<CustomerAt>,
    /// Those that ran or rested then; what was over is left out.
    pub subscriptions: Vec<SubscriptionAt>,
    pub payment_methods: Vec<PaymentMethodAt>,
    /// What to know about this answer, e.g. that it goes back further than anything was read.
    pub note: Option<String>,
}

/// Since when something was as it is told.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct Since {
    /// When it became so; none where it was so when it was first read.
    pub since: Option<DateTime<Utc>>,
    /// When it changed again; none while it still is so.
    pub until: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct CustomerAt {
    pub id: String,
    pub name: Option<String>,
    pub company: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub address: Vec<String>,
    pub tax_ids: Vec<String>,
    #[serde(flatten)]
    pub known: Since,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct SubscriptionAt {
    pub id: String,
    pub word: Word,
    pub items: Vec<ItemAt>,
    #[serde(flatten)]
    pub known: Since,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ItemAt {
    /// "Studio monthly"
    pub plan: String,
    /// "40.00 EUR per month"
    pub price_words: String,
    /// Empty for metered items.
    pub quantity: Option<u32>,
    /// Per period; empty where it depends on usage.
    pub amount: Option<Money>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct PaymentMethodAt {
    pub id: String,
    /// "Visa ending 4242"
    pub label: String,
    /// "08/2027"
    pub expires: Option<String>,
    /// What the customer's invoices were charged to.
    pub default: bool,
    #[serde(flatten)]
    pub known: Since,
}

impl From<&Version> for Since {
    fn from(version: &Version) -> Self {
        Self {
            since: version.since,
            until: version.until,
        }
    }
}

/// The client at the end of `date`, by the workspace's calendar.
pub async fn at(workspace: &Workspace, client: &ClientId, date: NaiveDate) -> Result<ClientAt> {
    let found = on(workspace, client, date).await;
    workspace.store().noticed(found)
}

async fn on(workspace: &Workspace, client: &ClientId, date: NaiveDate) -> Result<ClientAt> {
    let client = resolve(workspace, client).await?;
    let end = end_of(date, workspace.time_zone())?;
    let payers = payers(workspace, &client).await?;
    let customers = versions(workspace, &CUSTOMERS, &payers, end, who).await?;
    let subscriptions = versions(workspace, &SUBSCRIPTIONS, &payers, end, agreed).await?;
    let methods = versions(workspace, &PAYMENT_METHODS, &payers, end, card).await?;
    let states: Vec<&Value> = subscriptions.iter().map(|(_, json, _)| json).collect();
    let names = Names::in_states(workspace, &states).await?;
    let read_since = read_since(workspace).await?;
    let defaults: Vec<&str> = customers
        .iter()
        .filter_map(|(_, json, _)| {
            json.pointer("/invoice_settings/default_payment_method")?
                .as_str()
        })
        .collect();
    let methods = methods
        .iter()
        .filter(|(_, json, _)| !json["customer"].is_null() || !json["customer_account"].is_null())
        .map(|(id, json, known)| PaymentMethodAt {
            default: defaults.contains(&id.as_str()),
            id: id.clone(),
            label: method(json),
            expires: super::billing::payment_method_words(json)
                .1
                .map(|(year, month)| format!("{month:02}/{year}")),
            known: known.clone(),
        });
    let payment_methods = methods.collect();
    let over = |json: &Value| {
        matches!(
            json["status"].as_str(),
            Some("canceled" | "incomplete_expired")
        )
    };
    let subscriptions = subscriptions
        .iter()
        .filter(|(_, json, _)| !over(json))
        .map(|(id, json, known)| subscription(id, json, known, &names));
    Ok(ClientAt {
        client,
        date,
        subscriptions: subscriptions.collect(),
        payment_methods,
        note: read_since.filter(|since| end < *since).map(|since| {
            format!(
                "Portico has been reading this Stripe account since {}. What changed before that day and left no trace in Stripe is not known; this is how things stood when they were first read.",
                since.with_timezone(&workspace.time_zone()).format("%-d %B %Y")
            )
        }),
        customers: customers
            .iter()
            .map(|(id, json, known)| customer(id, json, known))
            .collect(),
    })
}

/// The last moment of a day.
pub(super) fn end_of(date: NaiveDate, zone: chrono_tz::Tz) -> Result<DateTime<Utc>> {
    let next = date
        .checked_add_days(Days::new(1))
        .and_then(|next| next.and_hms_opt(0, 0, 0))
        .ok_or_else(|| Error::invalid("date", "This day is too far away.".to_owned()))?;
    // Where clocks are put forward at midnight, the day ends an hour later by the clock.
    let midnight = next
        .and_local_timezone(zone)
        .earliest()
        .or_else(|| {
            (next + TimeDelta::hours(1))
                .and_local_timezone(zone)
                .earliest()
        })
        .ok_or_else(|| Error::invalid("date", "This day has no end here.".to_owned()))?;
    Ok(midnight.with_timezone(&Utc) - TimeDelta::milliseconds(1))
}

/// The workspace's first act is that it was added; nothing was read before.
async fn read_since(workspace: &Workspace) -> Result<Option<DateTime<Utc>>> {
    let mut journal = workspace.store().journal.acquire().await?;
    let first: Option<i64> = sqlx::query_scalar("SELECT at FROM entries ORDER BY seq LIMIT 1")
        .fetch_optional(&mut *journal)
        .await?;
    Ok(first.and_then(DateTime::from_timestamp_millis))
}

/// Every object of a resource that these payers had at that moment.
async fn versions(
    workspace: &Workspace,
    resource: &'static Resource,
    payers: &[String],
    when: DateTime<Utc>,
    aspect: fn(&Value) -> Value,
) -> Result<Vec<(String, Value, Since)>> {
    let store = workspace.store();
    let own = Value::from(payers.to_vec()).to_string();
    let column = if *resource == CUSTOMERS {
        "id"
    } else {
        "payer"
    };
    // A detached card belongs to nobody now.
    let mut ids = history::objects(store, resource, payers).await?;
    let present: Vec<String> = QueryBuilder::<Sqlite>::new("SELECT id FROM ")
        .push(resource.name)
        .push(" WHERE ")
        .push(column)
        .push(" IN (SELECT value FROM json_each(")
        .push_bind(own)
        .push("))")
        .build_query_scalar()
        .fetch_all(&store.reader)
        .await?;
    ids.extend(present);
    ids.sort();
    ids.dedup();
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        if let Some(version) = history::aspect_at(store, resource, &id, when, aspect).await? {
            let known = Since::from(&version);
            found.extend(version.json.map(|json| (id, json, known)));
        }
    }
    Ok(found)
}

/// What is told of a customer, so that `since` is about that.
fn who(json: &Value) -> Value {
    let fields = ["name", "business_name", "email", "phone", "address"].map(|field| &json[field]);
    json!([fields, tax_ids(json)])
}

/// What is told of a subscription.
fn agreed(json: &Value) -> Value {
    let items = items(json).map(|item| json!([item["price"]["id"], item["quantity"]]));
    let state = [
        "status",
        "cancel_at",
        "cancel_at_period_end",
        "pause_collection",
    ];
    json!([items.collect::<Vec<_>>(), state.map(|field| &json[field])])
}

/// What is told of a payment method.
fn card(json: &Value) -> Value {
    let owner = [&json["customer"], &json["customer_account"]];
    json!([super::billing::payment_method_words(json), owner])
}

fn text(json: &Value, field: &str) -> Option<String> {
    json[field].as_str().and_then(display_name)
}

fn customer(id: &str, json: &Value, known: &Since) -> CustomerAt {
    CustomerAt {
        id: id.to_owned(),
        name: text(json, "name"),
        company: text(json, "business_name"),
        email: text(json, "email"),
        phone: text(json, "phone"),
        address: page::address(&json["address"]),
        tax_ids: tax_ids(json).unwrap_or_default().into_iter().collect(),
        known: known.clone(),
    }
}

fn subscription(id: &str, json: &Value, known: &Since, names: &Names) -> SubscriptionAt {
    let items = items(json).map(|item| {
        let price = Price::read(&item["price"]);
        let quantity = item["quantity"].as_u64();
        ItemAt {
            plan: names.plan(item),
            price_words: price.words(),
            quantity: quantity
                .filter(|_| !price.metered)
                .and_then(|quantity| u32::try_from(quantity).ok()),
            amount: price
                .amount(quantity.unwrap_or(1))
                .map(|sum| Money::new(pricing::minor(sum), &price.currency)),
        }
    });
    let ending = json["cancel_at_period_end"] == true || !json["cancel_at"].is_null();
    SubscriptionAt {
        id: id.to_owned(),
        word: words::subscription(
            json["status"].as_str().unwrap_or_default(),
            ending,
            !json["pause_collection"].is_null(),
        ),
        items: items.collect(),
        known: known.clone(),
    }
}
