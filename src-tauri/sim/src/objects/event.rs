//! `event`: that something happened, with the object as it then was.

use serde_json::{Map, Value, json};

pub const API_VERSION: &str = "2026-10-28.endive";

/// Who caused an event.
#[derive(Clone, Default)]
pub struct Cause {
    pub request: Option<String>,
    pub idempotency_key: Option<String>,
}

pub fn event(
    id: &str,
    type_: &str,
    created: i64,
    object: Value,
    previous: Option<Value>,
    cause: &Cause,
) -> Value {
    let mut data = Map::new();
    data.insert("object".to_owned(), object);
    if let Some(previous) = previous {
        data.insert("previous_attributes".to_owned(), previous);
    }
    json!({
        "id": id,
        "object": "event",
        "api_version": API_VERSION,
        "created": created,
        "data": data,
        "livemode": false,
        "pending_webhooks": 0,
        "request": {"id": cause.request, "idempotency_key": cause.idempotency_key},
        "type": type_
    })
}

/// The values that `after` no longer has, as Stripe gives them in `previous_attributes`.
pub fn previous_attributes(before: &Value, after: &Value) -> Value {
    let (Value::Object(before), Value::Object(after)) = (before, after) else {
        return before.clone();
    };
    let mut changed = Map::new();
    for (key, old) in before {
        match after.get(key) {
            Some(new) if new == old => {}
            Some(new @ Value::Object(_)) if old.is_object() => {
                changed.insert(key.clone(), previous_attributes(old, new));
            }
            _ => {
                changed.insert(key.clone(), old.clone());
            }
        }
    }
    for key in after.keys().filter(|key| !before.contains_key(*key)) {
        changed.insert(key.clone(), Value::Null);
    }
    Value::Object(changed)
}
