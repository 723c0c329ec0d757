//! A client's subscriptions, invoices and payment methods, in words and exact amounts.

use super::list::moment;
use super::types::{Invoice, InvoiceList, PaymentMethod, Subscription, SubscriptionItem};
use crate::client_rows::compose::monthly;
use crate::client_rows::gather::Item;
use crate::client_rows::terms::{self, KnownPrice};
use crate::ids::ClientId;
use crate::money::Money;
use crate::pricing::{self, Discount};
use crate::words::{self, Word};
use crate::workspaces::Workspace;
use crate::{Result, db};
use chrono::{Datelike, NaiveDate};
use serde_json::Value;
use sqlx::{Row, SqliteConnection};
use std::collections::HashMap;
use std::sync::Arc;

/// All subscriptions of a client: live ones first, newest first.
pub(super) async fn subscriptions(
    tx: &mut SqliteConnection,
    client: &ClientId,
) -> Result<Vec<Subscription>> {
    let rows = sqlx::query(
        "SELECT s.payer, s.discounts, s.json FROM payers p JOIN subscriptions s ON s.payer = p.payer
         WHERE p.client = ? AND s.json IS NOT NULL AND s.deleted = 0
         ORDER BY s.status IN ('canceled', 'incomplete_expired'), s.created DESC, s.id",
    )
    .bind(client.as_str())
    .fetch_all(&mut *tx)
    .await?;
    let mut read = Vec::with_capacity(rows.len());
    let mut wanted = Vec::new();
    for row in &rows {
        let json = db::unpack(row.try_get(2)?)?;
        let discounts = terms::discounts(row.try_get(1)?)?;
        wanted.extend(
            items(&json)
                .filter_map(|item| item["price"]["id"].as_str())
                .map(str::to_owned),
        );
        read.push((row.try_get::<String, _>(0)?, discounts, json));
    }
    let mut prices = terms::prices(&mut *tx, wanted).await?;
    let carried = read.iter().flat_map(|(_, _, json)| items(json));
    let carried = carried.map(|item| &item["price"]).collect();
    terms::add_carried(&mut *tx, &mut prices, carried).await?;
    let mut of_items = item_discounts(&mut *tx, client).await?;
    let whole = read.iter_mut().flat_map(|(_, discounts, _)| discounts);
    let all = whole.chain(of_items.values_mut().flatten()).collect();
    terms::complete_discounts(tx, all).await?;
    let known = Terms {
        prices,
        discounts: of_items,
    };
    Ok(read
        .into_iter()
        .map(|(payer, discounts, json)| subscription(payer, &discounts, &json, &known))
        .collect())
}

/// What a client's items cost: their prices, and what is taken off single items.
struct Terms {
    prices: HashMap<String, KnownPrice>,
    discounts: HashMap<String, Vec<Discount>>,
}

async fn item_discounts(
    tx: &mut SqliteConnection,
    client: &ClientId,
) -> Result<HashMap<String, Vec<Discount>>> {
    let rows = sqlx::query(
        "SELECT i.id, i.discounts FROM payers p JOIN subscriptions s ON s.payer = p.payer
         JOIN subscription_items i ON i.subscription = s.id
         WHERE p.client = ? AND i.discounts IS NOT NULL",
    )
    .bind(client.as_str())
    .fetch_all(tx)
    .await?;
    rows.iter()
        .map(|row| Ok((row.try_get(0)?, terms::discounts(row.try_get(1)?)?)))
        .collect()
}

pub(crate) fn items(subscription: &Value) -> impl Iterator<Item = &Value> {
    subscription["items"]["data"]
        .as_array()
        .into_iter()
        .flatten()
}

fn subscription(
    payer: String,
    discounts: &[Discount],
    json: &Value,
    terms: &Terms,
) -> Subscription {
    let time = |pointer: &str| {
        json.pointer(pointer)
            .and_then(Value::as_i64)
            .and_then(moment)
    };
    let status = json["status"].as_str().unwrap_or_default();
    let over = matches!(status, "canceled" | "incomplete_expired");
    let next_renewal = items(json)
        .filter_map(|item| item["current_period_end"].as_i64())
        .min()
        .and_then(moment);
    // Flexible subscriptions carry the date, classic ones only that they end with the period.
    let at_period_end = json["cancel_at_period_end"].as_bool().unwrap_or(false);
    let ends_at = time("/cancel_at")
        .or(next_renewal.filter(|_| at_period_end))
        .filter(|_| !over);
    let pausing = !json["pause_collection"].is_null();
    // Stripe states the end of the period whatever comes after it.
    let renews = !over && !matches!(status, "paused" | "incomplete") && ends_at.is_none();
    let shown: Vec<SubscriptionItem> = items(json)
        .map(|item| {
            let shown = subscription_item(item, terms);
            SubscriptionItem {
                renews_at: shown.renews_at.filter(|_| renews),
                ..shown
            }
        })
        .collect();
    let priced: Vec<Item> = items(json).filter_map(|item| priced(item, terms)).collect();
    let counts = matches!(status, "active" | "past_due");
    Subscription {
        id: json["id"].as_str().unwrap_or_default().to_owned(),
        customer: payer,
        word: words::subscription(status, ends_at.is_some(), pausing),
        pause: json
            .pointer(words::PAUSE_REASON)
            .and_then(Value::as_str)
            .map(words::pause_reason),
        resumes_at: time("/pause_collection/resumes_at"),
        items: shown,
        next_renewal: next_renewal.filter(|_| renews),
        ends_at,
        ended_at: time("/ended_at"),
        trial_ends_at: time("/trial_end").filter(|_| status == "trialing"),
        started_at: time("/start_date"),
        discounts: priced
            .iter()
            .flat_map(|item| {
                item.discounts
                    .iter()
                    .map(|d| format!("{}: {}", item.plan(), d.words()))
            })
            .chain(discounts.iter().map(Discount::words))
            .collect(),
        collection: collection(json),
        monthly: monthly(&priced, discounts)
            .filter(|_| counts)
            .map(|(currency, sum)| Money::new(sum, &currency)),
        default_payment_method: json["default_payment_method"].as_str().map(str::to_owned),
    }
}

fn priced(item: &Value, terms: &Terms) -> Option<Item> {
    let known = terms.prices.get(item["price"]["id"].as_str()?)?;
    Some(Item {
        product: known.product.clone(),
        price: Arc::clone(&known.price),
        quantity: item["quantity"].as_u64().unwrap_or(1),
        discounts: terms
            .discounts
            .get(item["id"].as_str()?)
            .cloned()
            .unwrap_or_default(),
    })
}

fn subscription_item(item: &Value, terms: &Terms) -> SubscriptionItem {
    let price = item["price"]["id"].as_str().unwrap_or_default().to_owned();
    let own = pricing::Price::read(&item["price"]);
    let known = priced(item, terms);
    let price_terms = known.as_ref().map_or(&own, |known| &*known.price);
    let quantity = item["quantity"].as_u64();
    SubscriptionItem {
        id: item["id"].as_str().unwrap_or_default().to_owned(),
        name: known.as_ref().map_or_else(|| own.words(), Item::plan),
        price_words: price_terms.words(),
        quantity: quantity
            .filter(|_| !price_terms.metered)
            .and_then(|q| u32::try_from(q).ok()),
        amount: price_terms
            .amount(quantity.unwrap_or(1))
            .map(|sum| Money::new(pricing::minor(sum), &price_terms.currency)),
        renews_at: item["current_period_end"].as_i64().and_then(moment),
        price,
    }
}

fn collection(subscription: &Value) -> String {
    match (
        subscription["collection_method"].as_str(),
        subscription["days_until_due"].as_i64(),
    ) {
        (Some("send_invoice"), Some(days)) => format!("By invoice, due in {days} days"),
        (Some("send_invoice"), None) => "By invoice".into(),
        _ => "Charged automatically".into(),
    }
}

/// A window of a client's invoices, newest first.
pub(super) async fn invoices(
    tx: &mut SqliteConnection,
    workspace: &Workspace,
    client: &ClientId,
    offset: u32,
    limit: u32,
) -> Result<InvoiceList> {
    let total: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM payers p JOIN invoices v ON v.payer = p.payer WHERE p.client = ? AND v.deleted = 0",
    )
    .bind(client.as_str())
    .fetch_one(&mut *tx)
    .await?;
    let rows = sqlx::query(
        "SELECT v.* FROM payers p JOIN invoices v ON v.payer = p.payer WHERE p.client = ? AND v.deleted = 0
         ORDER BY v.created DESC, v.id LIMIT ? OFFSET ?",
    )
    .bind(client.as_str())
    .bind(limit)
    .bind(offset)
    .fetch_all(tx)
    .await?;
    let now = workspace.clock().now().timestamp();
    let rows = rows.iter().map(|row| {
        let currency: &str = row
            .try_get::<Option<&str>, _>("currency")?
            .unwrap_or_default();
        let due: Option<i64> = row.try_get("due_date")?;
        let status: &str = row
            .try_get::<Option<&str>, _>("status")?
            .unwrap_or_default();
        let amount = |column: &str| -> Result<Money> {
            Ok(Money::new(
                row.try_get::<Option<i64>, _>(column)?.unwrap_or_default(),
                currency,
            ))
        };
        Ok(Invoice {
            id: row.try_get("id")?,
            customer: row
                .try_get::<Option<String>, _>("payer")?
                .unwrap_or_default(),
            number: row.try_get("number")?,
            word: words::invoice(status, due.is_some_and(|due| due < now)),
            total: amount("total")?,
            remaining: amount("remaining")?,
            created: row
                .try_get::<Option<i64>, _>("created")?
                .and_then(moment)
                .unwrap_or_default(),
            due: due
                .and_then(moment)
                .map(|due| due.with_timezone(&workspace.time_zone()).date_naive()),
            paid_at: row.try_get::<Option<i64>, _>("paid_at")?.and_then(moment),
            has_page: row.try_get::<Option<bool>, _>("has_page")?.unwrap_or(false),
            subscription: row.try_get("subscription")?,
        })
    });
    Ok(InvoiceList {
        total: u32::try_from(total).unwrap_or(u32::MAX),
        rows: rows.collect::<Result<_>>()?,
    })
}

/// The client's payment methods, with where each is the default.
pub(super) async fn payment_methods(
    tx: &mut SqliteConnection,
    workspace: &Workspace,
    client: &ClientId,
    subscriptions: &[Subscription],
) -> Result<Vec<PaymentMethod>> {
    let rows = sqlx::query(
        "SELECT m.id, m.payer, m.json, c.default_payment_method = m.id FROM payers p
         JOIN payment_methods m ON m.payer = p.payer AND m.deleted = 0 LEFT JOIN customers c ON c.id = p.payer
         WHERE p.client = ? AND m.json IS NOT NULL ORDER BY 4 DESC, m.id",
    )
    .bind(client.as_str())
    .fetch_all(tx)
    .await?;
    let today = workspace
        .clock()
        .now()
        .with_timezone(&workspace.time_zone())
        .date_naive();
    rows.iter()
        .map(|row| {
            let id: String = row.try_get(0)?;
            let json = db::unpack(row.try_get(2)?)?;
            let (label, expiry) = payment_method_words(&json);
            let mut default_for = Vec::new();
            if row.try_get::<Option<bool>, _>(3)?.unwrap_or(false) {
                default_for.push("this customer".to_owned());
            }
            for subscription in subscriptions
                .iter()
                .filter(|s| s.default_payment_method.as_ref() == Some(&id))
            {
                let plan = subscription
                    .items
                    .first()
                    .map_or(subscription.id.as_str(), |item| item.name.as_str());
                default_for.push(format!("subscription {plan}"));
            }
            Ok(PaymentMethod {
                id,
                customer: row.try_get(1)?,
                label,
                expires: expiry.map(|(year, month)| format!("{month:02}/{year}")),
                expiry: expiry.and_then(|(year, month)| expiry_word(year, month, today)),
                default_for,
            })
        })
        .collect()
}

/// "Visa •••• 4242" and when it expires (year, month).
pub(crate) fn payment_method_words(json: &Value) -> (String, Option<(i32, u32)>) {
    let kind = json["type"].as_str().unwrap_or("payment method");
    let detail = &json[kind];
    let name = match kind {
        "card" => title(
            detail["display_brand"]
                .as_str()
                .or(detail["brand"].as_str())
                .unwrap_or("card"),
        ),
        "sepa_debit" => "SEPA direct debit".into(),
        "us_bank_account" => detail["bank_name"]
            .as_str()
            .unwrap_or("US bank account")
            .to_owned(),
        "bacs_debit" => "Bacs direct debit".into(),
        "au_becs_debit" => "BECS direct debit".into(),
        "acss_debit" => "Pre-authorised debit".into(),
        "ideal" => "iDEAL".into(),
        "customer_balance" => "Bank transfer".into(),
        "paypal" => "PayPal".into(),
        other => title(other),
    };
    let label = match detail["last4"].as_str() {
        Some(last4) => format!("{name} •••• {last4}"),
        None => name,
    };
    let number = |field: &str| detail[field].as_i64();
    let expiry = number("exp_year").zip(number("exp_month"));
    (
        label,
        expiry.and_then(|(year, month)| {
            Some((i32::try_from(year).ok()?, u32::try_from(month).ok()?))
        }),
    )
}

/// `amazon_pay` → "Amazon pay".
fn title(raw: &str) -> String {
    let words = raw.replace('_', " ");
    let mut letters = words.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// Cards are good until the end of the month they name, so none are left in it.
pub(crate) fn months_left(year: i32, month: u32, today: NaiveDate) -> i32 {
    (year - today.year()) * 12 + month as i32 - today.month() as i32
}

fn expiry_word(year: i32, month: u32, today: NaiveDate) -> Option<Word> {
    match months_left(year, month, today) {
        ..0 => Some(words::card_expired()),
        0..=1 => Some(words::card_expires_soon()),
        _ => None,
    }
}
