//! Schedules: from one phase to the next, and what comes after the last.

use serde_json::{Value, json};

use super::subscriptions::end;
use crate::objects::event::Cause;
use crate::registry::Kind;
use crate::state::State;
use crate::write::subscriptions::items::plan_of;

const UPDATED: &str = "subscription_schedule.updated";

/// The phase that has begun by then, or the end of the schedule.
pub fn next_phase(state: &mut State, place: u32, at: i64, cause: &Cause) {
    let schedule = state.store.value(Kind::SubscriptionSchedule, place);
    let phases = schedule["phases"].as_array().cloned().unwrap_or_default();
    let begun = phases.iter().find(|phase| {
        phase["start_date"]
            .as_i64()
            .is_some_and(|start| start <= at)
            && phase["end_date"].as_i64().is_none_or(|end| end > at)
    });
    let Some(phase) = begun else {
        return complete(state, place, &schedule, cause);
    };
    let subscription = subscription_of(state, &schedule);
    if let Some(subscription) = subscription {
        put_in(state, subscription, phase, cause);
    }
    state.change(Kind::SubscriptionSchedule, place, UPDATED, cause, |kept| {
        kept["status"] = json!("active");
        kept["current_phase"] =
            json!({"end_date": phase["end_date"], "start_date": phase["start_date"]});
    });
}

fn subscription_of(state: &State, schedule: &Value) -> Option<u32> {
    state
        .store
        .find(Kind::Subscription, schedule["subscription"].as_str()?)
}

/// The subscription gets the prices and quantities of a phase.
fn put_in(state: &mut State, place: u32, phase: &Value, cause: &Cause) {
    let items = phase["items"].as_array().cloned().unwrap_or_default();
    let prices: Vec<Option<Value>> = items
        .iter()
        .map(|item| state.store.get(Kind::Price, item["price"].as_str()?))
        .collect();
    let event = "customer.subscription.updated";
    state.change(Kind::Subscription, place, event, cause, |subscription| {
        let Some(own) = subscription["items"]["data"].as_array_mut() else {
            return;
        };
        for ((item, planned), price) in own.iter_mut().zip(&items).zip(prices) {
            let Some(price) = price else { continue };
            item["plan"] = plan_of(&price);
            item["price"] = price;
            if let Some(quantity) = planned.get("quantity") {
                item["quantity"] = quantity.clone();
            }
        }
    });
}

fn complete(state: &mut State, place: u32, schedule: &Value, cause: &Cause) {
    let now = state.now();
    let cancels = schedule["end_behavior"] == "cancel";
    let subscription = subscription_of(state, schedule);
    let event = "subscription_schedule.completed";
    state.change(Kind::SubscriptionSchedule, place, event, cause, |kept| {
        kept["status"] = json!("completed");
        kept["completed_at"] = json!(now);
        kept["current_phase"] = Value::Null;
    });
    let Some(subscription) = subscription else {
        return;
    };
    let event = "customer.subscription.updated";
    state.change(Kind::Subscription, subscription, event, cause, |kept| {
        kept["schedule"] = Value::Null;
    });
    if cancels {
        end(state, subscription, "cancellation_requested", cause);
    }
}

/// A schedule does not outlive its subscription.
pub fn end_with_subscription(state: &mut State, subscription: &Value, cause: &Cause) {
    let now = state.now();
    let place = subscription["schedule"]
        .as_str()
        .and_then(|id| state.store.find(Kind::SubscriptionSchedule, id));
    let Some(place) = place else { return };
    let event = "subscription_schedule.canceled";
    state.change(
        Kind::SubscriptionSchedule,
        place,
        event,
        cause,
        |schedule| {
            schedule["status"] = json!("canceled");
            schedule["canceled_at"] = json!(now);
            schedule["current_phase"] = Value::Null;
        },
    );
}
