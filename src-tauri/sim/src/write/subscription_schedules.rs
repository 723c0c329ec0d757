//! Subscription schedules: create, change, cancel, release. Nothing here moves them on; the clock does.

use serde_json::{Value, json};

use super::subscriptions::{self, Start, items};
use super::{Edit, merge_metadata};
use crate::error::ApiError;
use crate::objects::subscription_schedule::{PhaseFacts, default_settings, phase, phase_item};
use crate::population::after;
use crate::registry::Kind;

pub fn create(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&[
        "customer",
        "end_behavior",
        "from_subscription",
        "metadata",
        "phases",
        "start_date",
    ])?;
    match edit.named(Kind::Subscription, "from_subscription")? {
        Some(place) => from_subscription(edit, place),
        None => for_customer(edit),
    }
}

fn from_subscription(edit: &mut Edit<'_>, place: u32) -> Result<Value, ApiError> {
    let subscription = edit.state.store.value(Kind::Subscription, place);
    if edit.value("phases").is_some() {
        return Err(ApiError::bad_request(
            "You cannot set `phases` when creating a schedule from a subscription.",
        )
        .param("from_subscription"));
    }
    if !subscription["schedule"].is_null() {
        return Err(ApiError::bad_request(
            "You cannot migrate a subscription that is already attached to a schedule.",
        )
        .param("from_subscription"));
    }
    let data = subscription["items"]["data"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let parts = data.iter().map(|item| {
        let price = item["price"]["id"].as_str().unwrap_or_default();
        phase_item(price, item["quantity"].as_i64())
    });
    let day = |name: &str| data.iter().filter_map(|item| item[name].as_i64()).min();
    let phase = phase(PhaseFacts {
        currency: subscription["currency"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
        items: parts.collect(),
        start_date: day("current_period_start").unwrap_or_default(),
        end_date: day("current_period_end").unwrap_or_default(),
        trial_end: subscription["trial_end"].as_i64(),
    });
    let mut schedule = shape(edit, &subscription["customer"], vec![phase]);
    schedule["customer_account"] = subscription["customer_account"].clone();
    schedule["billing_mode"] = subscription["billing_mode"].clone();
    schedule["subscription"] = subscription["id"].clone();
    schedule["default_settings"] = default_settings(
        subscription["collection_method"]
            .as_str()
            .unwrap_or_default(),
        &subscription["default_payment_method"],
    );
    begin(&mut schedule);
    let cause = edit.cause.clone();
    let event = "subscription_schedule.created";
    let schedule = edit
        .state
        .add(Kind::SubscriptionSchedule, schedule, event, &cause);
    attach(edit, place, schedule["id"].clone());
    Ok(schedule)
}

fn attach(edit: &mut Edit<'_>, subscription: u32, schedule: Value) {
    let cause = edit.cause.clone();
    let event = "customer.subscription.updated";
    edit.state
        .change(Kind::Subscription, subscription, event, &cause, |kept| {
            kept["schedule"] = schedule;
        });
}

fn begin(schedule: &mut Value) {
    let first = &schedule["phases"][0];
    let current = json!({"end_date": first["end_date"], "start_date": first["start_date"]});
    schedule["current_phase"] = current;
    schedule["status"] = json!("active");
}

fn for_customer(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    let customer = edit
        .named(Kind::Customer, "customer")?
        .ok_or_else(|| ApiError::missing_parameter("customer"))?;
    let now = edit.state.now();
    let start = match edit.value("start_date") {
        Some(date) if *date != "now" => date
            .as_i64()
            .or_else(|| date.as_str()?.parse().ok())
            .ok_or_else(|| ApiError::bad_request("Invalid start_date").param("start_date"))?,
        Some(_) => now,
        None => return Err(ApiError::missing_parameter("start_date")),
    };
    if start < now {
        return Err(edit.lacks("start_date in the past"));
    }
    let given = edit.value("phases").and_then(Value::as_array).cloned();
    let given = given.ok_or_else(|| ApiError::missing_parameter("phases"))?;
    let phases = phases(edit, &given, start)?;
    let owner = edit.state.store.value(Kind::Customer, customer);
    let mut schedule = shape(edit, &owner["id"], phases);
    schedule["customer_account"] = owner["customer_account"].clone();
    let cause = edit.cause.clone();
    let event = "subscription_schedule.created";
    if start > now {
        return Ok(edit
            .state
            .add(Kind::SubscriptionSchedule, schedule, event, &cause));
    }
    begin(&mut schedule);
    let subscription = edit.state.store.end(Kind::Subscription);
    schedule["subscription"] = json!(edit.state.store.next_id(Kind::Subscription));
    let items = first_items(edit, subscription, &given)?;
    let schedule = edit
        .state
        .add(Kind::SubscriptionSchedule, schedule, event, &cause);
    let started = Start {
        customer,
        items,
        trial_end: None,
        collection_method: "charge_automatically".to_owned(),
        days_until_due: None,
        default_payment_method: Value::Null,
        payment_behavior: "allow_incomplete".to_owned(),
        discounts: Vec::new(),
        description: Value::Null,
        metadata: Value::Null,
        schedule: schedule["id"].clone(),
        missing_payment_method: "create_invoice".to_owned(),
    };
    subscriptions::start(edit.state, started, &cause)?;
    Ok(schedule)
}

/// The items of a subscription that begins with the first phase.
fn first_items(
    edit: &Edit<'_>,
    subscription: u32,
    phases: &[Value],
) -> Result<Vec<Value>, ApiError> {
    let given = phases.first().and_then(|phase| phase["items"].as_array());
    let given = given.map_or(&[][..], Vec::as_slice);
    let price = given.first().and_then(|item| item["price"].as_str());
    let price = price
        .and_then(|id| edit.state.store.get(Kind::Price, id))
        .unwrap_or_default();
    let mut drawn = json!({"currency": price["currency"], "items": {"data": []}});
    items::set(edit, subscription, &mut drawn, given)?;
    Ok(drawn["items"]["data"]
        .as_array()
        .cloned()
        .unwrap_or_default())
}

/// Each phase begins where the one before it ends.
fn phases(edit: &Edit<'_>, given: &[Value], start: i64) -> Result<Vec<Value>, ApiError> {
    let known = [
        "description",
        "duration",
        "end_date",
        "items",
        "metadata",
        "proration_behavior",
        "start_date",
        "trial_end",
    ];
    let mut phases = Vec::new();
    let mut from = start;
    for (number, one) in given.iter().enumerate() {
        let at = |name: &str| format!("phases[{number}][{name}]");
        let unknown = one
            .as_object()
            .and_then(|one| one.keys().find(|name| !known.contains(&name.as_str())));
        if let Some(name) = unknown {
            return Err(edit.lacks(&at(name)));
        }
        let mut currency = None;
        let mut parts = Vec::new();
        for item in one["items"].as_array().into_iter().flatten() {
            let id = item["price"].as_str();
            let id = id.ok_or_else(|| ApiError::missing_parameter(&at("items")))?;
            let price = edit.state.store.get(Kind::Price, id);
            let price = price.ok_or_else(|| ApiError::no_such("price", id, &at("items")))?;
            currency = price["currency"].as_str().map(str::to_owned);
            parts.push((phase_item(id, item["quantity"].as_i64().or(Some(1))), price));
        }
        let Some((_, price)) = parts.first() else {
            return Err(ApiError::missing_parameter(&at("items")));
        };
        let duration = &one["duration"];
        let until = match (one["end_date"].as_i64(), duration["interval"].as_str()) {
            (Some(end), _) => end,
            (None, Some(interval)) => {
                let count = duration["interval_count"].as_u64().unwrap_or(1);
                i64::from(after(from as u32, (interval, count as u32), 1))
            }
            (None, None) => items::period_end(price, from),
        };
        if until <= from {
            return Err(
                ApiError::bad_request("A phase must end after it starts.").param(at("end_date"))
            );
        }
        let mut made = phase(PhaseFacts {
            currency: currency.unwrap_or_default(),
            items: parts.into_iter().map(|(part, _)| part).collect(),
            start_date: from,
            end_date: until,
            trial_end: one["trial_end"].as_i64(),
        });
        for name in ["description", "proration_behavior"] {
            if let Some(given) = one.get(name) {
                made[name] = given.clone();
            }
        }
        merge_metadata(&mut made, one.get("metadata"));
        phases.push(made);
        from = until;
    }
    Ok(phases)
}

fn shape(edit: &Edit<'_>, customer: &Value, phases: Vec<Value>) -> Value {
    let mut schedule = json!({
        "id": edit.state.store.next_id(Kind::SubscriptionSchedule),
        "object": "subscription_schedule",
        "application": null,
        "billing_mode": {"flexible": {"proration_discounts": "included"}, "type": "flexible"},
        "canceled_at": null,
        "completed_at": null,
        "created": edit.state.now(),
        "current_phase": null,
        "customer": customer,
        "customer_account": null,
        "default_settings": default_settings("charge_automatically", &Value::Null),
        "end_behavior": edit.text("end_behavior").unwrap_or("release"),
        "livemode": false,
        "metadata": {},
        "pause_schedules": [],
        "phases": phases,
        "released_at": null,
        "released_subscription": null,
        "status": "not_started",
        "subscription": null,
        "test_clock": null
    });
    merge_metadata(&mut schedule, edit.value("metadata"));
    schedule
}

pub fn update(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&["end_behavior", "metadata", "phases", "proration_behavior"])?;
    let place = living(edit)?;
    let mut schedule = edit.state.store.value(Kind::SubscriptionSchedule, place);
    if let Some(given) = edit.value("phases").and_then(Value::as_array) {
        let start = schedule["phases"][0]["start_date"]
            .as_i64()
            .unwrap_or_default();
        let phases = phases(edit, given, start)?;
        schedule["phases"] = json!(phases);
        if schedule["status"] == "active" {
            let now = edit.state.now();
            let current = phases.iter().find(|phase| {
                let day = |name: &str| phase[name].as_i64().unwrap_or_default();
                (day("start_date")..day("end_date")).contains(&now)
            });
            let Some(current) = current else {
                return Err(
                    ApiError::bad_request("The phases must cover the present.").param("phases")
                );
            };
            schedule["current_phase"] =
                json!({"end_date": current["end_date"], "start_date": current["start_date"]});
        }
    }
    if let Some(end) = edit.value("end_behavior") {
        schedule["end_behavior"] = end.clone();
    }
    merge_metadata(&mut schedule, edit.value("metadata"));
    let cause = edit.cause.clone();
    let event = "subscription_schedule.updated";
    Ok(edit
        .state
        .change(Kind::SubscriptionSchedule, place, event, &cause, |kept| {
            *kept = schedule
        }))
}

/// Ends the schedule and its subscription at once.
pub fn cancel(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&[])?;
    let place = living(edit)?;
    let cause = edit.cause.clone();
    let now = edit.state.now();
    if let Some(subscription) = subscription(edit, place) {
        subscriptions::cancel_now(edit.state, subscription, None, &cause);
    }
    let event = "subscription_schedule.canceled";
    Ok(edit.state.change(
        Kind::SubscriptionSchedule,
        place,
        event,
        &cause,
        |schedule| {
            schedule["canceled_at"] = json!(now);
            schedule["current_phase"] = Value::Null;
            schedule["status"] = json!("canceled");
        },
    ))
}

/// Lets go of the subscription, which goes on as it is.
pub fn release(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&[])?;
    let place = living(edit)?;
    let cause = edit.cause.clone();
    let now = edit.state.now();
    if let Some(subscription) = subscription(edit, place) {
        attach(edit, subscription, Value::Null);
    }
    let event = "subscription_schedule.released";
    Ok(edit.state.change(
        Kind::SubscriptionSchedule,
        place,
        event,
        &cause,
        |schedule| {
            schedule["current_phase"] = Value::Null;
            schedule["released_at"] = json!(now);
            schedule["released_subscription"] = schedule["subscription"].take();
            schedule["status"] = json!("released");
        },
    ))
}

fn subscription(edit: &Edit<'_>, schedule: u32) -> Option<u32> {
    let schedule = edit.state.store.value(Kind::SubscriptionSchedule, schedule);
    let id = schedule["subscription"].as_str()?;
    edit.state.store.find(Kind::Subscription, id)
}

fn living(edit: &Edit<'_>) -> Result<u32, ApiError> {
    let place = edit.target(Kind::SubscriptionSchedule)?;
    let status = edit
        .state
        .store
        .field(Kind::SubscriptionSchedule, place, "/status");
    let status = status
        .as_deref()
        .and_then(Value::as_str)
        .unwrap_or_default();
    if matches!(status, "active" | "not_started") {
        return Ok(place);
    }
    let message = format!(
        "You cannot change a subscription schedule that is currently in the `{status}` status. It must be in the \
         `not_started` or `active` status."
    );
    Err(ApiError::bad_request(message))
}
