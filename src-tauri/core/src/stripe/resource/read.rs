//! How a column finds its value in an object's JSON.

use super::Cell;
use serde_json::{Value, json};

pub(super) fn text(object: &Value, pointer: &str) -> Cell {
    match object.pointer(pointer) {
        Some(Value::String(text)) => Cell::Text(text.clone()),
        _ => Cell::Null,
    }
}

pub(super) fn integer(object: &Value, pointer: &str) -> Cell {
    object
        .pointer(pointer)
        .and_then(Value::as_i64)
        .map_or(Cell::Null, Cell::Integer)
}

pub(super) fn flag(object: &Value, pointer: &str) -> Cell {
    object
        .pointer(pointer)
        .and_then(Value::as_bool)
        .map_or(Cell::Null, |b| Cell::Integer(b.into()))
}

/// The id at `pointer`, whether the object there is expanded or not.
pub(super) fn id(object: &Value, pointer: &str) -> Cell {
    match object.pointer(pointer) {
        Some(Value::String(text)) => Cell::Text(text.clone()),
        Some(Value::Object(expanded)) => match expanded.get("id") {
            Some(Value::String(text)) => Cell::Text(text.clone()),
            _ => Cell::Null,
        },
        _ => Cell::Null,
    }
}

/// Who pays: the customer, or the account of an Accounts v2 customer where `customer` is empty.
pub(super) fn payer(object: &Value) -> Cell {
    match id(object, "/customer") {
        Cell::Null => id(object, "/customer_account"),
        customer => customer,
    }
}

/// The terms of expanded discounts as compact JSON; null where none is expanded. Of a coupon that did
/// not come along, because it was deleted since, the id stands for its terms.
pub(super) fn discounts(object: &Value) -> Cell {
    let terms: Vec<Value> = object
        .pointer("/discounts")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|discount| {
            let coupon = discount.pointer("/source/coupon")?;
            if coupon.is_string() || coupon["deleted"] == true {
                let id = coupon.as_str().or(coupon["id"].as_str());
                return Some(json!({"coupon": id, "end": discount["end"]}));
            }
            coupon.is_object().then(|| {
                json!({
                    "name": coupon["name"],
                    "percent_off": coupon["percent_off"],
                    "amount_off": coupon["amount_off"],
                    "currency": coupon["currency"],
                    "duration": coupon["duration"],
                    "end": discount["end"],
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
pub(super) fn decimal(object: &Value, pointer: &str) -> Cell {
    match object.pointer(pointer) {
        Some(Value::Number(number)) => Cell::Text(number.to_string()),
        Some(Value::String(text)) => Cell::Text(text.clone()),
        _ => Cell::Null,
    }
}
