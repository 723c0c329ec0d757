//! What the account sells, as far as it concerns one client.

use crate::client_rows::gather::Item;
use crate::pricing::Price;
use crate::{Result, db};
use rust_decimal::Decimal;
use sqlx::{Row, SqliteConnection};
use std::collections::HashMap;
use std::sync::Arc;

#[derive(Debug, Clone, PartialEq)]
pub(in crate::links) struct PriceFacts {
    pub id: String,
    /// "Studio monthly"
    pub plan: String,
    /// "40.00 EUR per month"
    pub words: String,
    pub product: Option<String>,
    /// It can be sold: neither the price nor its product is archived.
    pub active: bool,
    pub recurring: bool,
    pub metered: bool,
    pub currency: String,
    /// Billed once a year or less often.
    pub yearly: bool,
    /// What one of it is worth a month, in minor units; none where usage decides.
    pub monthly: Option<Decimal>,
    /// Empty where the agency did not specify it.
    pub tax_behavior: Option<String>,
}

/// Those with these ids and all that can be sold in these currencies; in all, where none is named.
pub(super) async fn prices(
    tx: &mut SqliteConnection,
    ids: Vec<&str>,
    currencies: Vec<&str>,
) -> Result<HashMap<String, Arc<PriceFacts>>> {
    let any = currencies.is_empty();
    let rows = sqlx::query(
        "SELECT p.json, d.name, coalesce(p.active, 1) AND coalesce(d.active, 1) AND coalesce(d.deleted, 0) = 0, p.product
         FROM prices p LEFT JOIN products d ON d.id = p.product
         WHERE p.json IS NOT NULL AND p.deleted = 0 AND (p.id IN (SELECT value FROM json_each(?1))
             OR (p.active = 1 AND (?2 OR p.currency IN (SELECT value FROM json_each(?3)))))",
    )
    .bind(serde_json::Value::from(ids).to_string())
    .bind(any)
    .bind(serde_json::Value::from(currencies).to_string())
    .fetch_all(tx)
    .await?;
    let facts = rows.iter().map(|row| {
        let json = db::unpack(row.try_get(0)?)?;
        let product: Option<String> = row.try_get(1)?;
        let price = price_facts(&json, product, row.try_get(2)?, row.try_get(3)?);
        Ok((price.id.clone(), Arc::new(price)))
    });
    facts.collect()
}

/// `json` is the price's own; the rest is its product's.
pub(super) fn price_facts(
    json: &serde_json::Value,
    product_name: Option<String>,
    active: bool,
    product: Option<String>,
) -> PriceFacts {
    let price = Price::read(json);
    let text = |name: &str| json[name].as_str().map(str::to_owned);
    let months = price.months();
    PriceFacts {
        id: text("id").unwrap_or_default(),
        words: price.words(),
        product,
        active,
        recurring: json["type"] == "recurring",
        metered: price.metered,
        currency: price.currency.clone(),
        yearly: months.is_some_and(|months| months >= Decimal::from(12)),
        monthly: price
            .amount(1)
            .zip(months)
            .map(|(amount, months)| amount / months),
        tax_behavior: text("tax_behavior").filter(|behaviour| behaviour != "unspecified"),
        plan: Item {
            product: product_name,
            price: Arc::new(price),
            quantity: 1,
            discounts: Vec::new(),
        }
        .plan(),
    }
}
