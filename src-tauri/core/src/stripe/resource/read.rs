//! How a column finds its value in an object's JSON.

use super::Cell;
use crate::stripe::document::Json;
use serde_json::{Value, json};

pub(super) fn text(object: Json<'_>, pointer: &str) -> Cell {
    object.pointer(pointer).and_then(Json::as_str).into()
}

pub(super) fn integer(object: Json<'_>, pointer: &str) -> Cell {
    object
        .pointer(pointer)
        .and_then(Json::as_i64)
        .map_or(Cell::Null, Cell::Integer)
}

pub(super) fn flag(object: Json<'_>, pointer: &str) -> Cell {
    object
        .pointer(pointer)
        .and_then(Json::as_bool)
        .map_or(Cell::Null, |b| Cell::Integer(b.into()))
}

/// The id at `pointer`, whether the object there is expanded or not.
pub(super) fn id(object: Json<'_>, pointer: &str) -> Cell {
    let found = object.pointer(pointer);
    found
        .and_then(|found| found.as_str().or_else(|| found.get("id")?.as_str()))
        .into()
}

/// Who pays: the customer, or the account of an Accounts v2 customer where `customer` is empty.
pub(super) fn payer(object: Json<'_>) -> Cell {
    match id(object, "/customer") {
        Cell::Null => id(object, "/customer_account"),
        customer => customer,
    }
}

/// The terms of expanded discounts as compact JSON; null where none is expanded. Of a coupon that did
/// not come along, because it was deleted since, the id stands for its terms.
pub(super) fn discounts(object: Json<'_>) -> Cell {
    let listed = object.pointer("/discounts").into_iter();
    let terms: Vec<Value> = listed
        .flat_map(Json::items)
        .filter_map(|discount| {
            let of = |json: Json<'_>, name: &str| json.get(name).map(Json::to_value);
            let coupon = discount.pointer("/source/coupon")?;
            let deleted = coupon.get("deleted").and_then(Json::as_bool) == Some(true);
            if coupon.as_str().is_some() || deleted {
                let id = coupon.as_str().or_else(|| coupon.get("id")?.as_str());
                return Some(json!({"coupon": id, "end": of(discount, "end")}));
            }
            coupon.is_object().then(|| {
                json!({
                    "name": of(coupon, "name"),
                    "percent_off": of(coupon, "percent_off"),
                    "amount_off": of(coupon, "amount_off"),
                    "currency": of(coupon, "currency"),
                    "duration": of(coupon, "duration"),
                    "end": of(discount, "end"),
                })
            })
        })
        .collect();
    if terms.is_empty() {
        Cell::Null
    } else {
        Cell::Text(Value::Array(terms).to_string())
    }
}

/// A number that need not be whole, as Stripe writes it.
pub(super) fn decimal(object: Json<'_>, pointer: &str) -> Cell {
    match object.pointer(pointer).map(Json::to_value) {
        Some(Value::Number(number)) => Cell::Text(number.to_string()),
        Some(Value::String(text)) => Cell::Text(text),
        _ => Cell::Null,
    }
}
