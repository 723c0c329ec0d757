//! What requests change, one file for each resource.

pub mod balance;
pub mod cards;
pub mod catalogue;
pub mod charges;
pub mod checkout;
pub mod coupons;
pub mod credit_notes;
pub mod customers;
pub mod disputes;
pub mod invoice_items;
pub mod invoices;
pub mod payment_intents;
pub mod payment_methods;
pub mod portal_configurations;
pub mod portal_flows;
mod portal_rules;
pub mod portal_sessions;
pub mod purchases;
pub mod refunds;
pub mod subscription_schedules;
pub mod subscriptions;
pub mod tax_ids;
pub mod test_clocks;

use serde_json::{Map, Value};

use crate::error::ApiError;
use crate::objects::event::Cause;
use crate::operations;
use crate::registry::{Action, CALLS, Kind};
use crate::state::State;

/// Answers with the object.
pub type Write = fn(&mut Edit<'_>) -> Result<Value, ApiError>;

/// One request that changes something.
pub struct Edit<'a> {
    pub state: &'a mut State,
    /// What stands in the path.
    pub ids: Vec<&'a str>,
    pub params: Map<String, Value>,
    pub cause: Cause,
    /// For saying what is missing here.
    pub call: &'static str,
}

/// Carries out one of the API's own calls from within, as a hosted page or the Dashboard makes it.
/// `form` is as [`crate::form::parse`] gives it.
pub fn carry_out(
    state: &mut State,
    name: &str,
    ids: &[&str],
    form: Map<String, Value>,
    cause: &Cause,
) -> Result<Value, ApiError> {
    let known = CALLS.iter().find(|call| call.call == name);
    let shape = name
        .split_once(' ')
        .and_then(|(method, pattern)| operations::find(method, pattern)?.parameters.as_ref());
    let (Some(Action::Write(write)), Some(shape)) = (known.map(|call| call.action), shape) else {
        return Err(ApiError::lacks(name));
    };
    let params = operations::read(shape, form)?;
    let outer = state.held;
    state.held = test_clocks::time_of(state, ids, &params).or(outer);
    let made = write(&mut Edit {
        state,
        ids: ids.to_vec(),
        params,
        cause: cause.clone(),
        call: known.map_or("", |call| call.call),
    });
    state.held = outer;
    made
}

impl Edit<'_> {
    /// A parameter of Stripe's that is not built here is refused rather than ignored.
    pub fn only(&self, known: &[&str]) -> Result<(), ApiError> {
        let unknown = self
            .params
            .keys()
            .find(|name| *name != "expand" && !known.contains(&name.as_str()));
        unknown.map_or(Ok(()), |name| Err(self.lacks(name)))
    }

    pub fn lacks(&self, parameter: &str) -> ApiError {
        ApiError::lacks(&format!("the parameter {parameter:?} of {}", self.call))
    }

    /// The object that the path names.
    pub fn target(&self, kind: Kind) -> Result<u32, ApiError> {
        let id = self.ids.first().copied().unwrap_or_default();
        let place = match kind {
            Kind::Customer => self.state.store.customer(id),
            _ => self.state.store.find(kind, id),
        };
        place.ok_or_else(|| ApiError::no_such(kind.object(), id, "id"))
    }

    pub fn text(&self, pointer: &str) -> Option<&str> {
        self.value(pointer).and_then(Value::as_str)
    }

    /// A parameter by pointer; `Some(Null)` is one that was sent empty.
    pub fn value(&self, pointer: &str) -> Option<&Value> {
        let mut keys = pointer.split('/');
        let first = self.params.get(keys.next()?)?;
        keys.try_fold(first, |value, key| value.get(key))
    }

    /// Sets what the request names, metadata merged, and tells of it by `event`.
    pub fn change(&mut self, kind: Kind, place: u32, event: &str) -> Result<Value, ApiError> {
        let params = &self.params;
        let cause = &self.cause;
        Ok(self.state.change(kind, place, event, cause, |object| {
            for (name, given) in params.iter().filter(|(name, _)| *name != "expand") {
                set_one(object, name, given);
            }
        }))
    }

    /// The object that a parameter names.
    pub fn named(&self, kind: Kind, pointer: &str) -> Result<Option<u32>, ApiError> {
        let Some(id) = self.text(pointer) else {
            return Ok(None);
        };
        let place = match kind {
            Kind::Customer => self.state.store.customer(id),
            _ => self.state.store.find(kind, id),
        };
        place
            .map(Some)
            .ok_or_else(|| ApiError::no_such(kind.object(), id, &bracketed(pointer)))
    }
}

fn bracketed(pointer: &str) -> String {
    let mut keys = pointer.split('/');
    let first = keys.next().unwrap_or_default().to_owned();
    keys.fold(first, |path, key| format!("{path}[{key}]"))
}

/// Metadata is merged: an empty value takes its key away, an empty whole takes all.
pub fn merge_metadata(object: &mut Value, given: Option<&Value>) {
    match given {
        Some(Value::Null) => object["metadata"] = Value::Object(Map::new()),
        Some(Value::Object(given)) => {
            let Value::Object(metadata) = &mut object["metadata"] else {
                object["metadata"] = Value::Object(Map::new());
                return merge_metadata(object, Some(&Value::Object(given.clone())));
            };
            for (key, value) in given {
                if value == "" {
                    metadata.remove(key);
                } else {
                    metadata.insert(key.clone(), value.clone());
                }
            }
        }
        _ => {}
    }
}

/// Sets what was given, metadata merged.
pub fn set(object: &mut Value, given: &Value) {
    for (name, value) in given.as_object().into_iter().flatten() {
        set_one(object, name, value);
    }
}

fn set_one(object: &mut Value, name: &str, given: &Value) {
    match name {
        "metadata" => merge_metadata(object, Some(given)),
        _ => overlay(&mut object[name], given),
    }
}

/// Sets every member that was given, as deep as it goes; what was not given stays.
pub fn overlay(target: &mut Value, given: &Value) {
    match (target, given) {
        (Value::Object(target), Value::Object(given)) => {
            for (key, value) in given {
                overlay(target.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (target, given) => *target = given.clone(),
    }
}
