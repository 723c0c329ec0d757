//! Subscriptions: update, cancel, pause and resume, and what the portal page does with them.

use serde_json::{Map, Value, json};

use super::{Edit, merge_metadata};
use crate::error::ApiError;
use crate::ids;
use crate::list;
use crate::objects::event::Cause;
use crate::objects::subscription::ITEMS;
use crate::registry::Kind;
use crate::state::State;

pub fn update(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&[
        "cancel_at",
        "cancel_at_period_end",
        "cancellation_details",
        "default_payment_method",
        "description",
        "items",
        "metadata",
        "pause_collection",
        "proration_behavior",
    ])?;
    let place = edit.target(Kind::Subscription)?;
    let mut subscription = edit.state.store.value(Kind::Subscription, place);
    refuse_ended(&subscription)?;
    edit.named(Kind::PaymentMethod, "default_payment_method")?;
    // Prorations are invoices, which no request makes here yet.
    if edit.value("items").is_some() && edit.text("proration_behavior") != Some("none") {
        return Err(edit.lacks("items without proration_behavior=none"));
    }
    if let Some(items) = edit.value("items").and_then(Value::as_array) {
        set_items(edit, place, &mut subscription, items)?;
    }
    let now = edit.state.now();
    for (name, given) in &edit.params {
        match name.as_str() {
            "expand" | "items" | "proration_behavior" => {}
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
    let event = "customer.subscription.updated";
    Ok(edit
        .state
        .change(Kind::Subscription, place, event, &cause, |kept| {
            *kept = subscription
        }))
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

fn set_items(
    edit: &Edit<'_>,
    place: u32,
    subscription: &mut Value,
    given: &[Value],
) -> Result<(), ApiError> {
    let store = &edit.state.store;
    let Value::Array(mut items) = subscription["items"]["data"].take() else {
        return Ok(());
    };
    for (number, change) in given.iter().enumerate() {
        let at = |name: &str| format!("items[{number}][{name}]");
        let known = ["deleted", "id", "metadata", "price", "quantity"];
        if let Some(name) = change
            .as_object()
            .and_then(|map| map.keys().find(|name| !known.contains(&name.as_str())))
        {
            return Err(edit.lacks(&at(name)));
        }
        let price = change["price"].as_str().map(|id| {
            let found = store
                .find(Kind::Price, id)
                .map(|place| store.value(Kind::Price, place));
            found.ok_or_else(|| ApiError::no_such("price", id, &at("price")))
        });
        let price = price.transpose()?;
        if let Some(price) = price
            .as_ref()
            .filter(|price| price["currency"] != subscription["currency"])
        {
            let message = format!(
                "The price specified only supports `{}`. This doesn't match the expected currency: `{}`.",
                price["currency"].as_str().unwrap_or_default(),
                subscription["currency"].as_str().unwrap_or_default()
            );
            return Err(ApiError::bad_request(message).param(at("price")));
        }
        let place_of = |id: &str| items.iter().position(|item| item["id"] == id);
        let position = match change["id"].as_str() {
            Some(id) => {
                place_of(id).ok_or_else(|| ApiError::no_such("subscription_item", id, &at("id")))?
            }
            None => {
                let price = price
                    .as_ref()
                    .ok_or_else(|| ApiError::missing_parameter(&at("price")))?;
                items.push(new_item(edit, place, &items, price));
                items.len() - 1
            }
        };
        if change["deleted"] == true {
            items.remove(position);
            continue;
        }
        let item = &mut items[position];
        if let Some(price) = price {
            item["plan"] = plan_of(&price);
            item["price"] = price;
        }
        if let Some(quantity) = change.get("quantity") {
            item["quantity"] = quantity.clone();
        }
        merge_metadata(item, change.get("metadata"));
    }
    if items.is_empty() {
        return Err(
            ApiError::bad_request("A subscription must have at least one active plan.")
                .param("items"),
        );
    }
    subscription["items"]["data"] = Value::Array(items);
    Ok(())
}

/// Takes the place after the last one that the subscription has used.
fn new_item(edit: &Edit<'_>, subscription: u32, items: &[Value], price: &Value) -> Value {
    let ids = edit.state.store.population.ids;
    let used = items
        .iter()
        .filter_map(|item| ids.place(ids::SUBSCRIPTION_ITEM, item["id"].as_str()?));
    let number = used
        .map(|place| place % ITEMS)
        .max()
        .map_or(0, |last| last + 1);
    let first = items.first().cloned().unwrap_or_default();
    let metered = price["recurring"]["usage_type"] == "metered";
    let mut item = json!({
        "id": ids.id(ids::SUBSCRIPTION_ITEM, subscription * ITEMS + number),
        "object": "subscription_item",
        "billing_thresholds": null,
        "created": edit.state.now(),
        "current_period_end": first["current_period_end"],
        "current_period_start": first["current_period_start"],
        "current_trial": null,
        "discounts": [],
        "metadata": {},
        "plan": plan_of(price),
        "price": price,
        "subscription": first["subscription"],
        "tax_rates": []
    });
    if !metered {
        item["quantity"] = json!(1);
    }
    item
}

/// The older shape of a price.
pub fn plan_of(price: &Value) -> Value {
    let recurring = &price["recurring"];
    let mut plan = Map::new();
    for name in [
        "id",
        "active",
        "billing_scheme",
        "created",
        "currency",
        "livemode",
        "metadata",
        "nickname",
        "product",
        "tiers_mode",
    ] {
        plan.insert(name.to_owned(), price[name].clone());
    }
    for name in [
        "interval",
        "interval_count",
        "meter",
        "trial_period_days",
        "usage_type",
    ] {
        plan.insert(name.to_owned(), recurring[name].clone());
    }
    plan.insert("object".to_owned(), json!("plan"));
    plan.insert("amount".to_owned(), price["unit_amount"].clone());
    plan.insert(
        "amount_decimal".to_owned(),
        price["unit_amount_decimal"].clone(),
    );
    plan.insert(
        "transform_usage".to_owned(),
        price["transform_quantity"].clone(),
    );
    Value::Object(plan)
}

pub fn cancel(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&["cancellation_details", "invoice_now", "prorate"])?;
    for name in ["invoice_now", "prorate"] {
        if edit.value(name) == Some(&json!(true)) {
            return Err(edit.lacks(name));
        }
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

pub fn pause(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&["type"])?;
    let place = edit.target(Kind::Subscription)?;
    let now = edit.state.now();
    let cause = edit.cause.clone();
    let status = edit
        .state
        .store
        .field(Kind::Subscription, place, "/status")
        .map(|status| status.into_owned());
    if status.as_ref().is_none_or(|status| status != "active") {
        return Err(ApiError::bad_request(
            "Only active subscriptions can be paused.",
        ));
    }
    Ok(edit.state.change(Kind::Subscription, place, "customer.subscription.paused", &cause, |subscription| {
        subscription["status"] = json!("paused");
        subscription["status_details"] = json!({"paused": {
            "subscription": {"type": "pause_requested"}, "transitioned_at": now, "type": "subscription"
        }});
    }))
}

pub fn resume(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    // Starting the cycle anew bills at once, and no request makes invoices here yet.
    edit.only(&["billing_cycle_anchor"])?;
    if edit.text("billing_cycle_anchor/type") != Some("unchanged") {
        return Err(edit.lacks("billing_cycle_anchor other than unchanged"));
    }
    let place = edit.target(Kind::Subscription)?;
    let cause = edit.cause.clone();
    let status = edit
        .state
        .store
        .field(Kind::Subscription, place, "/status")
        .map(|status| status.into_owned());
    if status.as_ref().is_none_or(|status| status != "paused") {
        return Err(ApiError::bad_request(
            "Only paused subscriptions can be resumed.",
        ));
    }
    Ok(edit.state.change(
        Kind::Subscription,
        place,
        "customer.subscription.resumed",
        &cause,
        |subscription| {
            subscription["status"] = json!("active");
            if let Value::Object(subscription) = subscription {
                subscription.remove("status_details");
            }
        },
    ))
}
