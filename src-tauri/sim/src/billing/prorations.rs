//! A change in the middle of a period: what is left of the old price is given back, what is left of the
//! period is charged at the new one.

use serde_json::{Value, json};

use super::collection;
use super::invoicing::{amount, is_metered, line, period_end};
use super::subscriptions::bill;
use crate::objects::event::Cause;
use crate::population::currencies::Currency;
use crate::registry::Kind;
use crate::state::State;
use crate::write::balance;
use crate::write::invoice_items::{self, Facts};

/// When the difference is billed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// Not at all.
    None,
    /// With the next invoice.
    WithNext,
    /// At once.
    AtOnce,
}

/// An item that changes to another interval begins a new period now, or every item where the request
/// says so (`anew`); gives whether one did.
pub fn begin_periods(before: &Value, after: &mut Value, now: i64, anew: bool) -> bool {
    let mut changed = false;
    let Some(items) = after["items"]["data"].as_array_mut() else {
        return false;
    };
    for item in items {
        let Some(old) = same_item(before, item) else {
            continue;
        };
        let every = |item: &Value| {
            let recurring = &item["price"]["recurring"];
            (
                recurring["interval"].clone(),
                recurring["interval_count"].clone(),
            )
        };
        if every(old) == every(item) && !anew {
            continue;
        }
        if let Some(end) = period_end(&item["price"], now, now) {
            item["current_period_start"] = json!(now);
            item["current_period_end"] = json!(end);
            changed = true;
        }
    }
    if changed {
        after["billing_cycle_anchor"] = json!(now);
    }
    changed
}

fn same_item<'a>(subscription: &'a Value, item: &Value) -> Option<&'a Value> {
    let items = subscription["items"]["data"].as_array()?;
    items.iter().find(|other| other["id"] == item["id"])
}

/// What a change of items costs and gives back, as invoice items; and the invoice of what is billed at
/// once. A trial costs nothing, so nothing is left of it.
pub fn settle(
    state: &mut State,
    place: u32,
    before: &Value,
    behaviour: Behaviour,
    new_period: bool,
    cause: &Cause,
) {
    let subscription = state.store.value(Kind::Subscription, place);
    let free = before["status"] == "trialing";
    let customer = state.store.owner(Kind::Subscription, place);
    let currency = subscription["currency"].as_str().unwrap_or_default();
    let (Some(customer), Ok(currency)) = (customer, balance::currency(currency)) else {
        return;
    };
    if free || behaviour == Behaviour::None && !new_period {
        return;
    }
    let now = state.now();
    let items = |subscription: &Value| -> Vec<Value> {
        let items = subscription["items"]["data"].as_array();
        items.cloned().unwrap_or_default()
    };
    let (old, new) = (items(before), items(&subscription));
    let mut lines = Vec::new();
    let is_same = |one: &Value, other: &Value| {
        one["price"]["id"] == other["price"]["id"]
            && one["quantity"] == other["quantity"]
            && one["current_period_start"] == other["current_period_start"]
    };
    for item in old.iter().filter(|item| !is_metered(item)) {
        let kept = same_item(&subscription, item).is_some_and(|other| is_same(item, other));
        if !kept && behaviour != Behaviour::None {
            prorate(state, customer, item, -1, (now, currency), cause);
        }
    }
    for item in new.iter().filter(|item| !is_metered(item)) {
        let kept = same_item(before, item).is_some_and(|other| is_same(item, other));
        let begins = item["current_period_start"] == now;
        match item["current_period_end"].as_i64() {
            Some(end) if begins && new_period => lines.push(line(state, item, (now, end))),
            _ if !kept && behaviour != Behaviour::None => {
                prorate(state, customer, item, 1, (now, currency), cause);
            }
            _ => {}
        }
    }
    if behaviour != Behaviour::AtOnce && !new_period {
        return;
    }
    let reason = "subscription_update";
    let invoice = bill(
        state,
        customer,
        &subscription,
        reason,
        (now, now),
        lines,
        cause,
    );
    let event = "customer.subscription.updated";
    state.change(Kind::Subscription, place, event, cause, |kept| {
        kept["latest_invoice"] = json!(invoice);
    });
    let invoice = invoice
        .as_str()
        .and_then(|id| state.store.find(Kind::Invoice, id));
    if let Some(invoice) = invoice {
        collection::finalize(state, invoice, cause);
    }
}

/// What is left of a subscription that is about to end is given back with the next invoice.
pub fn credit_unused(state: &mut State, place: u32, cause: &Cause) {
    let subscription = state.store.value(Kind::Subscription, place);
    let customer = state.store.owner(Kind::Subscription, place);
    let currency = subscription["currency"].as_str().unwrap_or_default();
    let (Some(customer), Ok(currency)) = (customer, balance::currency(currency)) else {
        return;
    };
    if subscription["status"] == "trialing" {
        return;
    }
    let now = state.now();
    let items = subscription["items"]["data"].as_array();
    for item in items.into_iter().flatten().filter(|item| !is_metered(item)) {
        prorate(state, customer, item, -1, (now, currency), cause);
    }
}

/// The share of an item's price for the rest of its period, given back (`sign` −1) or charged.
fn prorate(
    state: &mut State,
    customer: u32,
    item: &Value,
    sign: i64,
    (now, currency): (i64, &'static Currency),
    cause: &Cause,
) {
    let day = |name: &str| item[name].as_i64().unwrap_or(now);
    let (start, end) = (day("current_period_start"), day("current_period_end"));
    let quantity = item["quantity"].as_i64().unwrap_or(1);
    let whole = amount(state, &item["price"], quantity);
    if end <= now || end <= start || whole == 0 {
        return;
    }
    let share = currency.round(whole * (end - now), end - start);
    let date = chrono::DateTime::from_timestamp(now, 0).unwrap_or_default();
    let name = item["price"]["nickname"].as_str().unwrap_or("the plan");
    let what = if sign < 0 { "Unused" } else { "Remaining" };
    let facts = Facts {
        customer,
        amount: sign * share,
        currency: currency.code,
        description: json!(format!(
            "{what} time on {quantity} × {name} after {}",
            date.format("%d %b %Y")
        )),
        invoice: Value::Null,
        period: (json!(now), json!(end)),
        price: Some(&item["price"]),
        quantity,
        subscription_item: Some(item),
    };
    let item = invoice_items::shape(state, facts);
    state.add(Kind::InvoiceItem, item, "invoiceitem.created", cause);
}
