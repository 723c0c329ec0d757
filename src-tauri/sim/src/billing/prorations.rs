//! A change in the middle of a period: what is left of the old price is given back, what is left of the
//! period is charged at the new one.

use serde_json::{Value, json};

use super::collection;
use super::invoicing::{amount, is_metered, line, period_end};
use super::subscriptions::bill;
use crate::objects::event::Cause;
use crate::registry::Kind;
use crate::state::State;
use crate::write::balance;
use crate::write::invoice_items::{self, Facts};
use crate::write::invoices::collect::owner;
use crate::write::invoices::draft::Line;

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

/// A change of a subscription's items.
pub struct Change<'a> {
    /// The subscription before it.
    pub before: &'a Value,
    pub behaviour: Behaviour,
    /// Has a period begun with it?
    pub new_period: bool,
    /// The moment from which the difference counts.
    pub date: i64,
}

impl Change<'_> {
    pub fn is_billed_at_once(&self) -> bool {
        self.behaviour == Behaviour::AtOnce || self.new_period
    }
}

/// What a change costs and gives back.
#[derive(Default)]
pub struct Difference {
    /// The shares of periods as invoice items, which are not kept yet.
    pub shares: Vec<Value>,
    /// The lines of periods that begin.
    pub lines: Vec<Line>,
}

/// The difference that a change makes to a subscription, which is given as it is after it. A trial
/// costs nothing, so nothing is left of it.
pub fn difference(state: &State, subscription: &Value, change: &Change<'_>) -> Difference {
    let mut difference = Difference::default();
    let prorated = change.behaviour != Behaviour::None;
    if change.before["status"] == "trialing" || !prorated && !change.new_period {
        return difference;
    }
    let now = state.now();
    let items = |subscription: &Value| -> Vec<Value> {
        let items = subscription["items"]["data"].as_array();
        items.cloned().unwrap_or_default()
    };
    let (old, new) = (items(change.before), items(subscription));
    let is_same = |one: &Value, other: &Value| {
        one["price"]["id"] == other["price"]["id"]
            && one["quantity"] == other["quantity"]
            && one["current_period_start"] == other["current_period_start"]
    };
    for item in old.iter().filter(|item| !is_metered(item)) {
        let kept = same_item(subscription, item).is_some_and(|other| is_same(item, other));
        if !kept && prorated {
            let share = share(state, subscription, item, -1, change.date);
            difference.shares.extend(share);
        }
    }
    for item in new.iter().filter(|item| !is_metered(item)) {
        let kept = same_item(change.before, item).is_some_and(|other| is_same(item, other));
        let begins = item["current_period_start"] == now;
        match item["current_period_end"].as_i64() {
            Some(end) if begins && change.new_period => {
                difference.lines.push(line(state, item, (now, end)));
            }
            _ if !kept && prorated => {
                let share = share(state, subscription, item, 1, change.date);
                difference.shares.extend(share);
            }
            _ => {}
        }
    }
    difference
}

/// Keeps the shares of a change for the next invoice, or makes the invoice of what is billed at once.
pub fn settle(state: &mut State, place: u32, change: &Change<'_>, cause: &Cause) {
    let subscription = state.store.value(Kind::Subscription, place);
    let free = change.before["status"] == "trialing";
    let customer = state.store.owner(Kind::Subscription, place);
    let Some(customer) = customer.filter(|_| !free) else {
        return;
    };
    let Difference { shares, lines } = difference(state, &subscription, change);
    keep(state, shares, cause);
    if !change.is_billed_at_once() {
        return;
    }
    let now = state.now();
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

fn keep(state: &mut State, shares: Vec<Value>, cause: &Cause) {
    for mut share in shares {
        share["id"] = json!(state.store.next_id(Kind::InvoiceItem));
        state.add(Kind::InvoiceItem, share, "invoiceitem.created", cause);
    }
}

/// What is left of a subscription that ends at `date`, given back.
pub fn unused(state: &State, subscription: &Value, date: i64) -> Vec<Value> {
    if subscription["status"] == "trialing" {
        return Vec::new();
    }
    let items = subscription["items"]["data"].as_array();
    items
        .into_iter()
        .flatten()
        .filter(|item| !is_metered(item))
        .filter_map(|item| share(state, subscription, item, -1, date))
        .collect()
}

/// What is left of a subscription that is about to end is given back with the next invoice.
pub fn credit_unused(state: &mut State, place: u32, cause: &Cause) {
    let subscription = state.store.value(Kind::Subscription, place);
    let shares = unused(state, &subscription, state.now());
    keep(state, shares, cause);
}

/// The share of an item's price for the rest of its period, given back (`sign` −1) or charged.
fn share(state: &State, subscription: &Value, item: &Value, sign: i64, date: i64) -> Option<Value> {
    let customer = owner(state, subscription)?;
    let currency = balance::currency(subscription["currency"].as_str()?).ok()?;
    let day = |name: &str| item[name].as_i64().unwrap_or(date);
    let (start, end) = (day("current_period_start"), day("current_period_end"));
    let quantity = item["quantity"].as_i64().unwrap_or(1);
    let whole = amount(state, &item["price"], quantity);
    if end <= date || end <= start || whole == 0 {
        return None;
    }
    let share = currency.round(whole * (end - date), end - start);
    let at = chrono::DateTime::from_timestamp(date, 0).unwrap_or_default();
    let name = item["price"]["nickname"].as_str().unwrap_or("the plan");
    let what = if sign < 0 { "Unused" } else { "Remaining" };
    let facts = Facts {
        customer,
        amount: sign * share,
        currency: currency.code,
        description: json!(format!(
            "{what} time on {quantity} × {name} after {}",
            at.format("%d %b %Y")
        )),
        invoice: Value::Null,
        period: (json!(date), json!(end)),
        price: Some(&item["price"]),
        quantity,
        subscription_item: Some(item),
    };
    Some(invoice_items::shape(state, facts))
}
