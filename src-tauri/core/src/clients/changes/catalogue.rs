//! What sentences call things: plans by product and price, cards by brand and last digits.

use crate::Result;
use crate::client_rows::display_name;
use crate::client_rows::gather::Item;
use crate::client_rows::terms;
use crate::clients::billing;
use crate::db;
use crate::history::Step;
use crate::money::Money;
use crate::pricing::{Discount, Price};
use crate::stripe::document::Document;
use crate::stripe::resource::{Cell, SUBSCRIPTIONS};
use crate::workspaces::Workspace;
use serde_json::Value;
use std::collections::HashMap;

/// The names that some steps need.
pub(in crate::clients) struct Names {
    plans: HashMap<String, String>,
    methods: HashMap<String, String>,
    /// Those whose terms some state only names.
    pub coupons: HashMap<String, Value>,
    pub zone: chrono_tz::Tz,
}

impl Names {
    pub(super) async fn of(workspace: &Workspace, steps: &[Step]) -> Result<Self> {
        let states: Vec<&Value> = steps
            .iter()
            .flat_map(|step| step.before.iter().chain(&step.after))
            .collect();
        Self::in_states(workspace, &states).await
    }

    /// As the mirror has them now: what was sold keeps its price for ever, and names seldom change.
    pub async fn in_states(workspace: &Workspace, states: &[&Value]) -> Result<Self> {
        let (mut prices, mut methods, mut coupons) = (Vec::new(), Vec::new(), Vec::new());
        for state in states {
            prices.extend(
                items(state)
                    .filter_map(|item| item["price"]["id"].as_str())
                    .map(str::to_owned),
            );
            for pointer in [
                "/default_payment_method",
                "/invoice_settings/default_payment_method",
            ] {
                methods.extend(
                    state
                        .pointer(pointer)
                        .and_then(Value::as_str)
                        .map(str::to_owned),
                );
            }
        }
        for state in states {
            let named = discounts(state).into_iter().filter_map(|d| d.coupon);
            coupons.extend(named);
        }
        let mut snapshot = workspace.store().reader.begin().await?;
        let mut known = terms::prices(&mut snapshot, prices).await?;
        let carried = states.iter().flat_map(|state| items(state));
        let carried = carried.map(|item| &item["price"]).collect();
        terms::add_carried(&mut snapshot, &mut known, carried).await?;
        let plans = known
            .into_iter()
            .map(|(id, known)| {
                let item = Item {
                    product: known.product,
                    price: known.price,
                    quantity: 1,
                    discounts: Vec::new(),
                };
                (id, item.plan())
            })
            .collect();
        // Also those that were removed since: a tombstone keeps what was known.
        let rows: Vec<(String, Vec<u8>)> = sqlx::query_as(
            "SELECT id, json FROM payment_methods
             WHERE json IS NOT NULL AND id IN (SELECT value FROM json_each(?))",
        )
        .bind(Value::from(methods).to_string())
        .fetch_all(&mut *snapshot)
        .await?;
        let methods = rows
            .into_iter()
            .map(|(id, json)| Ok((id, method(&db::unpack(&json)?))))
            .collect::<Result<_>>()?;
        Ok(Self {
            plans,
            methods,
            coupons: terms::coupons(&mut snapshot, coupons).await?,
            zone: workspace.time_zone(),
        })
    }

    /// "Studio monthly"; what the price itself says where its product is not read.
    pub fn plan(&self, item: &Value) -> String {
        let known = item["price"]["id"]
            .as_str()
            .and_then(|id| self.plans.get(id));
        known.cloned().unwrap_or_else(|| {
            let price = Price::read(&item["price"]);
            let nickname = price.nickname.as_deref().and_then(display_name);
            nickname.unwrap_or_else(|| price.words())
        })
    }

    /// The payment method with the id at `pointer`.
    pub fn method_at(&self, object: &Value, pointer: &str) -> Option<String> {
        let id = object.pointer(pointer)?.as_str()?;
        let known = self.methods.get(id).cloned();
        Some(known.unwrap_or_else(|| "a payment method not read here".into()))
    }

    /// "AB-0001 (40.00 EUR)"
    pub fn invoice(&self, invoice: &Value) -> String {
        let number = invoice["number"].as_str().unwrap_or("without a number");
        format!("{number} ({})", amount(invoice, "total"))
    }
}

/// A subscription's discounts as the mirror keeps them.
pub(super) fn discounts(subscription: &Value) -> Vec<Discount> {
    let column = SUBSCRIPTIONS
        .columns
        .iter()
        .find(|column| column.name == "discounts");
    let subscription = Document::from(subscription);
    match column.map(|column| (column.read)(subscription.root())) {
        Some(Cell::Text(terms)) => terms::discounts(Some(&terms)).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// "Visa ending 4242"
pub(in crate::clients) fn method(method: &Value) -> String {
    billing::payment_method_words(method)
        .0
        .replace(" •••• ", " ending ")
}

pub(in crate::clients) fn items(subscription: &Value) -> impl Iterator<Item = &Value> {
    billing::items(subscription)
}

pub(super) fn amount(object: &Value, field: &str) -> Money {
    Money::new(
        object[field].as_i64().unwrap_or_default(),
        object["currency"].as_str().unwrap_or_default(),
    )
}
