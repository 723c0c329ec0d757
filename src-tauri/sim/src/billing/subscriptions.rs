//! What a subscription does by itself: it renews, leaves its trial, goes on after a pause, ends.

use serde_json::{Value, json};

use super::invoicing::{is_metered, line, period_end};
use crate::objects::event::Cause;
use crate::population::DAY;
use crate::registry::Kind;
use crate::state::State;
use crate::write::invoices::draft::{self, Draft, Line};
use crate::write::{invoice_items, payment_methods};

const UPDATED: &str = "customer.subscription.updated";

/// A first invoice was not paid in time.
pub fn expire(state: &mut State, place: u32, cause: &Cause) {
    let subscription = state.change(Kind::Subscription, place, UPDATED, cause, |subscription| {
        subscription["status"] = json!("incomplete_expired");
    });
    let invoice = subscription["latest_invoice"]
        .as_str()
        .and_then(|id| state.store.find(Kind::Invoice, id));
    if let Some(invoice) = invoice {
        let open = state.store.value(Kind::Invoice, invoice);
        if open["status"] == "open" {
            crate::write::invoices::void_now(state, invoice, cause);
        }
    }
}

pub fn resume_collection(state: &mut State, place: u32, cause: &Cause) {
    state.change(Kind::Subscription, place, UPDATED, cause, |subscription| {
        subscription["pause_collection"] = Value::Null;
    });
}

/// The end that was asked for has come.
pub fn cancel(state: &mut State, place: u32, cause: &Cause) {
    end(state, place, "cancellation_requested", cause);
}

pub fn end(state: &mut State, place: u32, reason: &str, cause: &Cause) {
    let now = state.now();
    let event = "customer.subscription.deleted";
    let ended = state.change(Kind::Subscription, place, event, cause, |subscription| {
        subscription["status"] = json!("canceled");
        subscription["ended_at"] = json!(now);
        if subscription["canceled_at"].is_null() {
            subscription["canceled_at"] = json!(now);
        }
        subscription["cancellation_details"]["reason"] = json!(reason);
        if let Value::Object(subscription) = subscription {
            subscription.remove("status_details");
        }
    });
    super::schedules::end_with_subscription(state, &ended, cause);
}

/// Takes off the discounts that have run out.
pub fn end_discounts(state: &mut State, place: u32, at: i64, cause: &Cause) {
    let subscription = state.store.value(Kind::Subscription, place);
    let over: Vec<Value> = subscription["discounts"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|id| state.store.get(Kind::Discount, id.as_str()?))
        .filter(|discount| discount["end"].as_i64().is_some_and(|end| end <= at))
        .collect();
    clear_discounts(state, place, over, cause);
}

fn clear_discounts(state: &mut State, place: u32, over: Vec<Value>, cause: &Cause) {
    if over.is_empty() {
        return;
    }
    state.change(Kind::Subscription, place, UPDATED, cause, |subscription| {
        if let Value::Array(discounts) = &mut subscription["discounts"] {
            discounts.retain(|id| over.iter().all(|discount| discount["id"] != *id));
        }
    });
    for discount in over {
        state.tell("customer.discount.deleted", discount, None, cause);
    }
}

fn method_of(state: &State, subscription: &Value) -> Option<Value> {
    let own = subscription["default_payment_method"].as_str();
    own.and_then(|id| state.store.get(Kind::PaymentMethod, id))
        .or_else(|| payment_methods::default_of(state, owner(state, subscription)?))
}

/// A trial ends before its time: it is billed, and charged at once.
pub fn end_trial(state: &mut State, place: u32, cause: &Cause) {
    let now = state.now();
    let mut subscription = state.store.value(Kind::Subscription, place);
    subscription["trial_end"] = json!(now);
    end_periods(&mut subscription, now);
    state.store.replace(Kind::Subscription, place, subscription);
    bill_anew(state, place, now, cause);
}

/// A paused one goes on. Where its cycle begins anew (`anew`) the new period is billed at once.
pub fn resume(state: &mut State, place: u32, anew: bool, cause: &Cause) {
    let now = state.now();
    state.pauses.remove(&place);
    let event = "customer.subscription.resumed";
    let mut resumed = state.change(Kind::Subscription, place, event, cause, |subscription| {
        subscription["status"] = json!("active");
        if anew {
            subscription["billing_cycle_anchor"] = json!(now);
        }
        if let Value::Object(subscription) = subscription {
            subscription.remove("status_details");
        }
    });
    if !anew {
        return;
    }
    end_periods(&mut resumed, now);
    state.store.replace(Kind::Subscription, place, resumed);
    bill_anew(state, place, now, cause);
}

fn end_periods(subscription: &mut Value, now: i64) {
    if let Some(items) = subscription["items"]["data"].as_array_mut() {
        for item in items {
            item["current_period_end"] = json!(now);
        }
    }
}

/// The period that has ended by now is followed by the next, which is billed and charged at once.
fn bill_anew(state: &mut State, place: u32, now: i64, cause: &Cause) {
    renew(state, place, now, cause);
    let renewed = state.store.value(Kind::Subscription, place);
    let invoice = renewed["latest_invoice"]
        .as_str()
        .and_then(|id| state.store.find(Kind::Invoice, id))
        .filter(|invoice| {
            let status = state.store.field(Kind::Invoice, *invoice, "/status");
            renewed["status"] == "active" && status.is_some_and(|status| *status == "draft")
        });
    if let Some(invoice) = invoice {
        super::collection::finalize(state, invoice, cause);
    }
}

fn owner(state: &State, subscription: &Value) -> Option<u32> {
    state.store.customer(subscription["customer"].as_str()?)
}

/// The period of some items has ended: they go on with the next, and an invoice is drafted. The first
/// time this is the end of the trial.
pub fn renew(state: &mut State, place: u32, at: i64, cause: &Cause) {
    let mut subscription = state.store.value(Kind::Subscription, place);
    let Some(customer) = owner(state, &subscription) else {
        // Its customer is gone.
        return end(state, place, "cancellation_requested", cause);
    };
    let trial_over = subscription["status"] == "trialing";
    let automatic = subscription["collection_method"] != "send_invoice";
    if trial_over && automatic && method_of(state, &subscription).is_none() {
        let behaviour = subscription.pointer("/trial_settings/end_behavior/missing_payment_method");
        match behaviour.and_then(Value::as_str) {
            Some("cancel") => return end(state, place, "payment_failed", cause),
            Some("pause") => return pause(state, place, at, cause),
            _ => {}
        }
    }
    let (lines, began) = next_period(state, &mut subscription, at);
    let invoice = bill(
        state,
        customer,
        &subscription,
        "subscription_cycle",
        (began, at),
        lines,
        cause,
    );
    subscription["latest_invoice"] = json!(invoice);
    // What draft and bill did to it meanwhile is nothing: they only look.
    state.change(Kind::Subscription, place, UPDATED, cause, |kept| {
        *kept = subscription;
    });
    clear_discount(state, place, cause);
}

/// The items whose period has ended by then go on with the next; gives its lines, and when the period
/// before it began. A trial that has ended is over.
pub fn next_period(state: &State, subscription: &mut Value, at: i64) -> (Vec<Line>, i64) {
    let trial_over = subscription["status"] == "trialing";
    if trial_over {
        subscription["status"] = json!("active");
        subscription["billing_cycle_anchor"] = json!(at);
    }
    let anchor = subscription["billing_cycle_anchor"].as_i64().unwrap_or(at);
    let (mut lines, mut began) = (Vec::new(), at);
    let items = subscription["items"]["data"].as_array_mut();
    for item in items.into_iter().flatten() {
        let (Some(start), Some(end)) = (
            item["current_period_start"].as_i64(),
            item["current_period_end"].as_i64(),
        ) else {
            continue;
        };
        let Some(next) = period_end(&item["price"], anchor, end).filter(|_| end <= at) else {
            continue;
        };
        began = began.min(start);
        if !is_metered(item) {
            lines.push(line(state, item, (end, next)));
        } else if !trial_over {
            lines.push(line(state, item, (start, end)));
        }
        item["current_period_start"] = json!(end);
        item["current_period_end"] = json!(next);
    }
    (lines, began)
}

/// Discounts that count for one invoice go once it is there.
fn clear_discount(state: &mut State, place: u32, cause: &Cause) {
    let subscription = state.store.value(Kind::Subscription, place);
    let once = |discount: &Value| {
        let coupon = discount.pointer("/source/coupon").and_then(Value::as_str);
        coupon
            .and_then(|id| state.store.get(Kind::Coupon, id))
            .is_some_and(|coupon| coupon["duration"] == "once")
    };
    let over: Vec<Value> = subscription["discounts"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|id| state.store.get(Kind::Discount, id.as_str()?))
        .filter(once)
        .collect();
    clear_discounts(state, place, over, cause);
}

/// The invoice of a subscription for a period, before it has lines.
pub fn draft_for(
    customer: u32,
    subscription: &Value,
    billing_reason: &'static str,
    period: (i64, i64),
) -> Draft {
    let held_back = subscription["pause_collection"]["behavior"] == "keep_as_draft"
        || subscription["status"] == "unpaid";
    let text = |name: &str| subscription[name].as_str().unwrap_or_default();
    let method = text("collection_method");
    let days = subscription["days_until_due"].as_i64();
    Draft {
        customer,
        currency: text("currency").to_owned(),
        billing_reason,
        collection_method: method.to_owned(),
        due_date: days
            .filter(|_| method == "send_invoice")
            .map(|days| period.1 + days * i64::from(DAY)),
        subscription: subscription.clone(),
        period,
        auto_advance: !held_back,
        fields: Value::Null,
    }
}

/// Drafts an invoice, with what waited for one; gives its id.
pub fn bill(
    state: &mut State,
    customer: u32,
    subscription: &Value,
    billing_reason: &'static str,
    period: (i64, i64),
    mut lines: Vec<Line>,
    cause: &Cause,
) -> Value {
    let currency = subscription["currency"].as_str().unwrap_or_default();
    let id = state.store.next_id(Kind::Invoice);
    for item in invoice_items::pending(state, customer, currency) {
        lines.push(invoice_items::line(state, item));
        invoice_items::put_on(state, item, &id);
    }
    let draft = draft_for(customer, subscription, billing_reason, period);
    let place = draft::open(state, draft, lines, cause);
    state.store.value(Kind::Invoice, place)["id"].clone()
}

/// A trial ended and there is nothing to charge.
fn pause(state: &mut State, place: u32, at: i64, cause: &Cause) {
    let event = "customer.subscription.paused";
    state.change(Kind::Subscription, place, event, cause, |subscription| {
        subscription["status"] = json!("paused");
        subscription["status_details"] = json!({"paused": {
            "subscription": {"type": "trial_end_without_payment_method"},
            "transitioned_at": at,
            "type": "subscription"
        }});
    });
}
