//! What items cost: prices and discounts, from where the mirror knows them.

use crate::Result;
use crate::db::unpack;
use crate::pricing::{Discount, Price};
use serde_json::Value;
use sqlx::{Row, SqliteConnection};
use std::collections::HashMap;
use std::sync::Arc;

/// A price with its product's name.
pub(crate) struct KnownPrice {
    pub price: Arc<Price>,
    pub product: Option<String>,
}

/// The mirrored prices with these ids; one not read yet is absent.
pub(crate) async fn prices(
    tx: &mut SqliteConnection,
    mut ids: Vec<String>,
) -> Result<HashMap<String, KnownPrice>> {
    ids.sort_unstable();
    ids.dedup();
    let rows = sqlx::query(
        "SELECT p.id, p.json, d.name FROM prices p LEFT JOIN products d ON d.id = p.product
         WHERE p.json IS NOT NULL AND p.id IN (SELECT value FROM json_each(?))",
    )
    .bind(Value::from(ids).to_string())
    .fetch_all(tx)
    .await?;
    let mut known = HashMap::with_capacity(rows.len());
    for row in rows {
        let price = Arc::new(Price::read(&unpack(row.try_get(1)?)?));
        known.insert(
            row.try_get(0)?,
            KnownPrice {
                price,
                product: row.try_get(2)?,
            },
        );
    }
    Ok(known)
}

/// The prices that these subscriptions carry in their items.
pub(crate) async fn carried_by(
    tx: &mut SqliteConnection,
    mut subscriptions: Vec<&str>,
) -> Result<Vec<Value>> {
    subscriptions.dedup();
    if subscriptions.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Vec<u8>> = sqlx::query_scalar(
        "SELECT json FROM subscriptions WHERE json IS NOT NULL AND id IN (SELECT value FROM json_each(?))",
    )
    .bind(Value::from(subscriptions).to_string())
    .fetch_all(tx)
    .await?;
    let mut carried = Vec::with_capacity(rows.len());
    for row in rows {
        let mut subscription = unpack(&row)?;
        let items = subscription
            .pointer_mut("/items/data")
            .and_then(Value::as_array_mut);
        carried.extend(items.into_iter().flatten().map(|item| item["price"].take()));
    }
    Ok(carried)
}

/// Adds the prices that the mirror lacks: no list brings one that was made for a single
/// subscription, so what its item carries of it is all there is.
pub(crate) async fn add_carried(
    tx: &mut SqliteConnection,
    known: &mut HashMap<String, KnownPrice>,
    carried: Vec<&Value>,
) -> Result<()> {
    let lacking: HashMap<&str, &Value> = carried
        .into_iter()
        .filter_map(|price| Some((price["id"].as_str()?, price)))
        .filter(|(id, _)| !known.contains_key(*id))
        .collect();
    if lacking.is_empty() {
        return Ok(());
    }
    let products = lacking
        .values()
        .filter_map(|price| price["product"].as_str());
    let names: HashMap<String, Option<String>> = sqlx::query_as(
        "SELECT id, name FROM products WHERE id IN (SELECT value FROM json_each(?))",
    )
    .bind(Value::from_iter(products).to_string())
    .fetch_all(tx)
    .await?
    .into_iter()
    .collect();
    for (id, price) in lacking {
        let product = price["product"].as_str().and_then(|id| names.get(id));
        known.insert(
            id.to_owned(),
            KnownPrice {
                price: Arc::new(Price::read(price)),
                product: product.cloned().flatten(),
            },
        );
    }
    Ok(())
}

pub(crate) fn discounts(terms: Option<&str>) -> Result<Vec<Discount>> {
    terms.map_or(Ok(Vec::new()), |terms| Ok(serde_json::from_str(terms)?))
}

/// Adds the terms of coupons that did not come along. A deleted coupon goes on for those who have it,
/// and its tombstone keeps what was known.
pub(crate) async fn complete_discounts(
    tx: &mut SqliteConnection,
    mut discounts: Vec<&mut Discount>,
) -> Result<()> {
    discounts.retain(|discount| discount.coupon.is_some());
    let ids = discounts
        .iter()
        .filter_map(|discount| discount.coupon.clone());
    let coupons = coupons(tx, ids.collect()).await?;
    for discount in discounts {
        if let Some(coupon) = discount.coupon.as_ref().and_then(|id| coupons.get(id)) {
            discount.complete(coupon);
        }
    }
    Ok(())
}

/// These coupons as they are, or were at last.
pub(crate) async fn coupons(
    tx: &mut SqliteConnection,
    ids: Vec<String>,
) -> Result<HashMap<String, Value>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(String, Vec<u8>)> = sqlx::query_as(
        "SELECT id, json FROM coupons WHERE json IS NOT NULL AND id IN (SELECT value FROM json_each(?))",
    )
    .bind(Value::from(ids).to_string())
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|(id, json)| Ok((id, unpack(&json)?)))
        .collect()
}
