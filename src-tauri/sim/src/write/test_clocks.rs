//! Test clocks: create, advance, delete, and the time that a request for somebody on one is carried out at.

use serde_json::{Map, Value, json};

use super::{Edit, customers};
use crate::billing::Held;
use crate::error::ApiError;
use crate::objects::event::Cause;
use crate::population::{DAY, after};
use crate::registry::Kind;
use crate::state::State;

/// Stripe deletes a clock after this.
const KEPT: i64 = 30 * DAY as i64;
/// How far a clock without subscriptions may be advanced at once.
const FURTHEST: i64 = 2 * 366 * DAY as i64;

pub fn create(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&["customer", "frozen_time", "name"])?;
    let customer = edit.named(Kind::Customer, "customer")?;
    if let Some(place) = customer {
        let owner = edit.state.store.value(Kind::Customer, place);
        if !owner["test_clock"].is_null() {
            return Err(ApiError::bad_request(
                "This customer is already attached to a test clock.",
            )
            .param("customer"));
        }
    }
    let frozen = edit.value("frozen_time").and_then(Value::as_i64);
    let frozen = frozen.ok_or_else(|| ApiError::missing_parameter("frozen_time"))?;
    let now = edit.state.now();
    let id = edit.state.store.next_id(Kind::TestClock);
    let clock = json!({
        "id": id,
        "object": "test_helpers.test_clock",
        "created": now,
        "deletes_after": now + KEPT,
        "frozen_time": frozen,
        "livemode": false,
        "name": edit.value("name").cloned().unwrap_or_default(),
        "status": "ready",
        "status_details": {}
    });
    let cause = edit.cause.clone();
    let event = "test_helpers.test_clock.created";
    let clock = edit.state.add(Kind::TestClock, clock, event, &cause);
    if let Some(customer) = customer {
        attach(edit.state, customer, &id, &cause);
    }
    Ok(clock)
}

/// Puts a client and what it has on a clock.
fn attach(state: &mut State, customer: u32, clock: &str, cause: &Cause) {
    let change = |state: &mut State, kind: Kind, place: u32, event: &str| {
        state.change(kind, place, event, cause, |object| {
            object["test_clock"] = json!(clock);
        });
    };
    let subscriptions = super::subscriptions::of_customer(state, customer);
    change(state, Kind::Customer, customer, "customer.updated");
    for place in subscriptions {
        let event = "customer.subscription.updated";
        change(state, Kind::Subscription, place, event);
    }
}

pub fn advance(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&["frozen_time"])?;
    let place = edit.target(Kind::TestClock)?;
    let clock = edit.state.store.value(Kind::TestClock, place);
    let from = clock["frozen_time"].as_i64().unwrap_or_default();
    let to = edit.value("frozen_time").and_then(Value::as_i64);
    let to = to.ok_or_else(|| ApiError::missing_parameter("frozen_time"))?;
    if to <= from {
        let message = format!(
            "Test clocks can only be advanced to a time after their current frozen time ({from})."
        );
        return Err(ApiError::bad_request(message).param("frozen_time"));
    }
    let furthest = furthest(edit.state, &clock["id"], from);
    if to > furthest {
        let message = format!(
            "Test clocks can be advanced by two intervals of their shortest subscription at most, here to {furthest}."
        );
        return Err(ApiError::bad_request(message).param("frozen_time"));
    }
    let cause = edit.cause.clone();
    let state = &mut *edit.state;
    let event = "test_helpers.test_clock.advancing";
    let advancing = state.change(Kind::TestClock, place, event, &cause, |clock| {
        clock["status"] = json!("advancing");
        clock["status_details"] = json!({"advancing": {"target_frozen_time": to}});
    });
    state.bill_until(Some(place), from, to);
    let event = "test_helpers.test_clock.ready";
    state.change(Kind::TestClock, place, event, &cause, |clock| {
        clock["status"] = json!("ready");
        clock["status_details"] = json!({});
        clock["frozen_time"] = json!(to);
    });
    // Whoever asked is told that it has begun, and sees by reading that it is over.
    Ok(advancing)
}

/// Two intervals of the shortest subscription on it, or two years.
fn furthest(state: &State, clock: &Value, from: i64) -> i64 {
    let touched = state.store.touched(Kind::Subscription);
    let on_clock = touched
        .filter_map(|place| state.store.document(Kind::Subscription, place))
        .filter(|subscription| {
            subscription["test_clock"] == *clock && subscription["status"] != "canceled"
        });
    let items = on_clock.flat_map(|subscription| {
        let items = subscription["items"]["data"].as_array();
        items.into_iter().flatten()
    });
    let two = |item: &Value| {
        let recurring = item.pointer("/price/recurring")?;
        let every = (
            recurring["interval"].as_str()?,
            recurring["interval_count"].as_u64()? as u32,
        );
        Some(i64::from(after(u32::try_from(from).ok()?, every, 2)))
    };
    items
        .filter_map(two)
        .min()
        .unwrap_or(from.saturating_add(FURTHEST))
}

/// With it goes everybody who is on it.
pub fn delete(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    let place = edit.target(Kind::TestClock)?;
    let clock = edit.state.store.value(Kind::TestClock, place);
    let cause = edit.cause.clone();
    let state = &mut *edit.state;
    let touched = state.store.touched(Kind::Customer);
    let mut customers: Vec<u32> = touched
        .filter(|place| !state.store.is_removed(Kind::Customer, *place))
        .filter(|place| {
            let customer = state.store.document(Kind::Customer, *place);
            customer.is_some_and(|customer| customer["test_clock"] == clock["id"])
        })
        .collect();
    customers.sort_unstable();
    for customer in customers {
        customers::delete_with_subscriptions(state, customer, &cause);
    }
    state.store.remove(Kind::TestClock, place);
    let id = clock["id"].clone();
    state.tell("test_helpers.test_clock.deleted", clock, None, &cause);
    Ok(json!({"id": id, "object": "test_helpers.test_clock", "deleted": true}))
}

/// The time of the test clock that a request is about, if it is about one.
pub fn time_of(state: &State, ids: &[&str], params: &Map<String, Value>) -> Option<Held> {
    if state.store.end(Kind::TestClock) == 0 {
        return None;
    }
    let named = ["test_clock", "customer", "subscription", "invoice"];
    let named = named
        .iter()
        .filter_map(|name| params.get(*name).and_then(Value::as_str));
    let clock = ids
        .iter()
        .copied()
        .take(1)
        .chain(named)
        .find_map(|id| clock_of(state, id))?;
    let place = state.store.find(Kind::TestClock, &clock)?;
    let at = state.store.field(Kind::TestClock, place, "/frozen_time")?;
    Some(Held {
        at: at.as_i64()?,
        clock: Some(place),
    })
}

fn clock_of(state: &State, id: &str) -> Option<String> {
    let (kind, place) = Kind::ALL
        .into_iter()
        .find_map(|kind| Some((kind, state.store.find(kind, id)?)))?;
    if kind == Kind::TestClock {
        return Some(id.to_owned());
    }
    let owner = match kind {
        Kind::Customer => place,
        _ => state.store.owner(kind, place)?,
    };
    let owner = state.store.document(Kind::Customer, owner)?;
    owner["test_clock"].as_str().map(str::to_owned)
}
