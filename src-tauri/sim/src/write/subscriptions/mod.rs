//! Subscriptions: create, update, cancel, and what the portal page does with them.

mod create;
pub mod discounts;
pub mod items;
pub mod pausing;

pub use create::{Start, create, start};

use serde_json::{Map, Value, json};

use super::{Edit, merge_metadata};
use crate::billing::{Behaviour, Change, begin_periods, credit_unused, settle};
use crate::error::ApiError;
use crate::list;
use crate::objects::event::Cause;
use crate::registry::Kind;
use crate::state::State;

pub fn update(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&[
        "billing_cycle_anchor",
        "cancel_at",
        "cancel_at_period_end",
        "cancellation_details",
        "default_payment_method",
        "description",
        "discounts",
        "items",
        "metadata",
        "off_session",
        "pause_collection",
        "proration_behavior",
        "proration_date",
        "trial_end",
    ])?;
    let place = edit.target(Kind::Subscription)?;
    if edit.text("trial_end") == Some("now") && edit.params.len() == 1 {
        return end_trial(edit, place);
    }
    if edit.value("trial_end").is_some() {
        return Err(edit.lacks("trial_end other than now, alone"));
    }
    let mut subscription = edit.state.store.value(Kind::Subscription, place);
    refuse_ended(&subscription)?;
    edit.named(Kind::PaymentMethod, "default_payment_method")?;
    let before = subscription.clone();
    check_date(edit.value("proration_date"), &before, "proration_date")?;
    if let Some(given) = edit.value("items").and_then(Value::as_array).cloned() {
        let given = items::with_own_prices(edit, &given)?;
        items::set(edit, place, &mut subscription, &given)?;
    }
    let discounts = discounts::given(edit)?;
    let now = edit.state.now();
    for (name, given) in &edit.params {
        match name.as_str() {
            "billing_cycle_anchor"
            | "discounts"
            | "expand"
            | "items"
            | "off_session"
            | "proration_behavior"
            | "proration_date" => {}
            "metadata" => merge_metadata(&mut subscription, Some(given)),
            "cancel_at_period_end" => cancel_at_end(&mut subscription, given == true, now),
            "cancel_at" => cancel_at(&mut subscription, given, now)?,
            "cancellation_details" => note_reason(&mut subscription, given),
            "pause_collection" if given.is_object() => {
                let resumes_at = given.get("resumes_at").cloned().unwrap_or_default();
                subscription[name] =
                    json!({"behavior": given["behavior"], "resumes_at": resumes_at});
            }
            _ => subscription[name] = given.clone(),
        }
    }
    let cause = edit.cause.clone();
    if let Some(discounts) = discounts {
        discounts::replace(edit.state, &mut subscription, &discounts, &cause);
    }
    Ok(keep_changed(edit, place, &before, subscription))
}

/// Stripe prorates unless the request says otherwise.
pub fn behaviour(given: Option<&str>) -> Behaviour {
    match given {
        Some("none") => Behaviour::None,
        Some("always_invoice") => Behaviour::AtOnce,
        _ => Behaviour::WithNext,
    }
}

/// Keeps a subscription whose items a request has changed, and bills the difference.
fn keep_changed(edit: &mut Edit<'_>, place: u32, before: &Value, mut subscription: Value) -> Value {
    let (now, cause) = (edit.state.now(), edit.cause.clone());
    let trial = before["status"] == "trialing";
    let anew = edit.text("billing_cycle_anchor/type") == Some("now");
    let new_period = !trial && begin_periods(before, &mut subscription, now, anew);
    let event = "customer.subscription.updated";
    edit.state
        .change(Kind::Subscription, place, event, &cause, |kept| {
            *kept = subscription
        });
    let change = Change {
        before,
        behaviour: behaviour(edit.text("proration_behavior")),
        new_period,
        date: edit
            .value("proration_date")
            .and_then(Value::as_i64)
            .unwrap_or(now),
    };
    settle(edit.state, place, &change, &cause);
    edit.state.store.value(Kind::Subscription, place)
}

fn end_trial(edit: &mut Edit<'_>, place: u32) -> Result<Value, ApiError> {
    let status = edit.state.store.field(Kind::Subscription, place, "/status");
    if status.is_none_or(|status| *status != "trialing") {
        return Err(
            ApiError::bad_request("This subscription is not in a trial.").param("trial_end"),
        );
    }
    let cause = edit.cause.clone();
    crate::billing::end_trial(edit.state, place, &cause);
    Ok(edit.state.store.value(Kind::Subscription, place))
}

/// A difference counts from a moment of the current period.
pub fn check_date(date: Option<&Value>, subscription: &Value, at: &str) -> Result<(), ApiError> {
    let Some(date) = date.and_then(Value::as_i64) else {
        return Ok(());
    };
    let items = subscription["items"]["data"].as_array();
    let within = items.into_iter().flatten().any(|item| {
        let day = |name: &str| item[name].as_i64().unwrap_or_default();
        (day("current_period_start")..=day("current_period_end")).contains(&date)
    });
    if within {
        return Ok(());
    }
    let message =
        "Cannot specify `proration_date` outside of the current period of the subscription.";
    Err(ApiError::bad_request(message).param(at))
}

fn refuse_ended(subscription: &Value) -> Result<(), ApiError> {
    match subscription["status"].as_str() {
        Some("canceled" | "incomplete_expired") => Err(ApiError::bad_request(
            "A canceled subscription can only update its cancellation_details and metadata.",
        )),
        _ => Ok(()),
    }
}

fn min_period_end(subscription: &Value) -> Option<i64> {
    let items = subscription["items"]["data"].as_array()?;
    items
        .iter()
        .filter_map(|item| item["current_period_end"].as_i64())
        .min()
}

/// Ends it when its period does, or takes that back.
pub fn cancel_at_end(subscription: &mut Value, cancel: bool, now: i64) {
    subscription["cancel_at_period_end"] = json!(cancel);
    subscription["cancel_at"] = json!(cancel.then(|| min_period_end(subscription)).flatten());
    mark_requested(subscription, cancel, now);
}

fn cancel_at(subscription: &mut Value, given: &Value, now: i64) -> Result<(), ApiError> {
    let ends = subscription["items"]["data"]
        .as_array()
        .into_iter()
        .flatten();
    let at = match given.as_str() {
        Some("min_period_end") => min_period_end(subscription),
        Some("max_period_end" | "max_billed_until") => ends
            .filter_map(|item| item["current_period_end"].as_i64())
            .max(),
        Some(text) => text.parse().ok(),
        None => given.as_i64(),
    };
    if at.is_some_and(|at| at <= now) {
        return Err(ApiError::bad_request(
            "Timestamp must be an integer Unix timestamp in the future.",
        )
        .param("cancel_at"));
    }
    subscription["cancel_at"] = json!(at);
    subscription["cancel_at_period_end"] = json!(false);
    mark_requested(subscription, at.is_some(), now);
    Ok(())
}

fn mark_requested(subscription: &mut Value, cancel: bool, now: i64) {
    subscription["canceled_at"] = json!(cancel.then_some(now));
    subscription["cancellation_details"]["reason"] =
        json!(cancel.then_some("cancellation_requested"));
    if !cancel {
        subscription["cancellation_details"]["comment"] = Value::Null;
        subscription["cancellation_details"]["feedback"] = Value::Null;
    }
}

pub fn note_reason(subscription: &mut Value, given: &Value) {
    for name in ["comment", "feedback"] {
        if let Some(value) = given.get(name) {
            subscription["cancellation_details"][name] = value.clone();
        }
    }
}

pub fn cancel(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&["cancellation_details", "invoice_now", "prorate"])?;
    if edit.value("invoice_now") == Some(&json!(true)) {
        return Err(edit.lacks("invoice_now"));
    }
    let place = edit.target(Kind::Subscription)?;
    let subscription = edit.state.store.value(Kind::Subscription, place);
    if matches!(
        subscription["status"].as_str(),
        Some("canceled" | "incomplete_expired")
    ) {
        let id = subscription["id"].as_str().unwrap_or_default();
        return Err(ApiError::no_such("subscription", id, "id"));
    }
    let details = edit.value("cancellation_details").cloned();
    let cause = edit.cause.clone();
    if edit.value("prorate") == Some(&json!(true)) {
        credit_unused(edit.state, place, &cause);
    }
    Ok(cancel_now(edit.state, place, details.as_ref(), &cause))
}

pub fn cancel_now(state: &mut State, place: u32, details: Option<&Value>, cause: &Cause) -> Value {
    let now = state.now();
    state.change(
        Kind::Subscription,
        place,
        "customer.subscription.deleted",
        cause,
        |subscription| {
            subscription["status"] = json!("canceled");
            subscription["canceled_at"] = json!(now);
            subscription["ended_at"] = json!(now);
            subscription["cancellation_details"]["reason"] = json!("cancellation_requested");
            if let Some(details) = details {
                note_reason(subscription, details);
            }
            if let Value::Object(subscription) = subscription {
                subscription.remove("status_details");
            }
        },
    )
}

/// What deleting a customer does.
pub fn cancel_all(state: &mut State, customer: u32, cause: &Cause) {
    for place in of_customer(state, customer) {
        if state
            .store
            .field(Kind::Subscription, place, "/status")
            .is_none_or(|status| *status != "incomplete_expired")
        {
            cancel_now(state, place, None, cause);
        }
    }
}

/// The customer's subscriptions that have not been cancelled.
pub fn of_customer(state: &State, customer: u32) -> Vec<u32> {
    let params = Map::from_iter([("limit".to_owned(), json!(100))]);
    list::page(state, Kind::Subscription, &params, Some(customer))
        .map(|page| page.places)
        .unwrap_or_default()
}
