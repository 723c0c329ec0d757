//! What a subscription's next invoice would be, as it is or after a change; nothing of it is kept.

use serde_json::{Value, json};

use super::super::subscriptions::{self, items};
use super::super::{Edit, invoice_items};
use super::collect::owner;
use super::draft::{self, Line};
use crate::billing::{self, Behaviour, Change, Difference};
use crate::error::ApiError;
use crate::registry::Kind;

const DETAILS: [&str; 5] = [
    "billing_cycle_anchor",
    "cancel_now",
    "items",
    "proration_behavior",
    "proration_date",
];

/// The invoice to come: when, for what.
struct Coming {
    /// The subscription as it would be by then.
    subscription: Value,
    billing_reason: &'static str,
    period: (i64, i64),
    shares: Vec<Value>,
    lines: Vec<Line>,
}

pub fn create(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&[
        "customer",
        "customer_account",
        "preview_mode",
        "subscription",
        "subscription_details",
    ])?;
    let details = edit.value("subscription_details").cloned();
    let details = details.unwrap_or_default();
    let other = details
        .as_object()
        .and_then(|given| given.keys().find(|name| !DETAILS.contains(&name.as_str())));
    if let Some(name) = other {
        return Err(edit.lacks(&format!("subscription_details[{name}]")));
    }
    let Some(place) = edit.named(Kind::Subscription, "subscription")? else {
        return Err(edit.lacks("create_preview without subscription"));
    };
    let before = edit.state.store.value(Kind::Subscription, place);
    let customer = owner(edit.state, &before);
    let named = edit
        .named(Kind::Customer, "customer")?
        .or(edit.named(Kind::Customer, "customer_account")?);
    let (Some(customer), true) = (customer, named.is_none() || named == customer) else {
        let id = before["id"].as_str().unwrap_or_default();
        return Err(ApiError::no_such("subscription", id, "subscription"));
    };
    let coming = coming(edit, place, &before, &details)?;
    let recurring = edit.text("preview_mode") == Some("recurring");
    let mut lines = coming.lines;
    if !recurring {
        let currency = before["currency"].as_str().unwrap_or_default();
        let pending = invoice_items::pending(edit.state, customer, currency);
        let pending = pending
            .into_iter()
            .map(|item| invoice_items::line(edit.state, item));
        let shares = coming
            .shares
            .iter()
            .map(|share| invoice_items::line_of(edit.state, share));
        lines.extend(pending.chain(shares).collect::<Vec<Line>>());
    }
    if lines.is_empty() {
        let message = "No upcoming invoices for this subscription.";
        return Err(ApiError::new(404, message).code("invoice_upcoming_none"));
    }
    let draft = billing::draft_for(
        customer,
        &coming.subscription,
        coming.billing_reason,
        coming.period,
    );
    let id = edit.state.store.next_id(Kind::Invoice);
    let id = id.replacen("in_", "upcoming_in_", 1);
    let mut invoice = draft::shape(edit.state, &draft, lines, &id);
    let charged = invoice["collection_method"] == "charge_automatically";
    let at = coming.period.1;
    invoice["created"] = json!(at);
    invoice["automatically_finalizes_at"] = Value::Null;
    // Drafts are finalised an hour after they are made, and charged then.
    invoice["next_payment_attempt"] = json!(charged.then_some(at + 3_600));
    pay_by_credit(edit, customer, &mut invoice);
    Ok(invoice)
}

fn coming(
    edit: &Edit<'_>,
    place: u32,
    before: &Value,
    details: &Value,
) -> Result<Coming, ApiError> {
    let now = edit.state.now();
    let at = "subscription_details[proration_date]";
    subscriptions::check_date(details.get("proration_date"), before, at)?;
    let date = details["proration_date"].as_i64().unwrap_or(now);
    let behaviour = subscriptions::behaviour(details["proration_behavior"].as_str());
    if details["cancel_now"] == true {
        let prorated = behaviour != Behaviour::None;
        let unused = prorated.then(|| billing::unused(edit.state, before, date));
        return Ok(Coming {
            subscription: before.clone(),
            billing_reason: "upcoming",
            period: (now, now),
            shares: unused.unwrap_or_default(),
            lines: Vec::new(),
        });
    }
    let mut subscription = before.clone();
    if let Some(given) = details["items"].as_array() {
        items::set(edit, place, &mut subscription, given)?;
    }
    let trial = before["status"] == "trialing";
    let anew = details["billing_cycle_anchor"]["type"] == "now";
    let new_period = !trial && billing::begin_periods(before, &mut subscription, now, anew);
    let change = Change {
        before,
        behaviour,
        new_period,
        date,
    };
    let Difference { shares, mut lines } = billing::difference(edit.state, &subscription, &change);
    if change.is_billed_at_once() && !trial {
        return Ok(Coming {
            subscription,
            billing_reason: "subscription_update",
            period: (now, now),
            shares,
            lines,
        });
    }
    let ends = subscription["items"]["data"].as_array();
    let ends = ends.into_iter().flatten();
    let end = ends
        .filter_map(|item| item["current_period_end"].as_i64())
        .min()
        .unwrap_or(now);
    let stops = subscription["cancel_at"].as_i64();
    let lives = matches!(
        subscription["status"].as_str(),
        Some("active" | "past_due" | "trialing" | "unpaid")
    );
    let mut began = end;
    // One that ends with its period has no next one.
    if lives && stops.is_none_or(|stops| stops > end) {
        let next = billing::next_period(edit.state, &mut subscription, end);
        lines.extend(next.0);
        began = next.1;
    }
    Ok(Coming {
        subscription,
        billing_reason: "upcoming",
        period: (began, end),
        shares,
        lines,
    })
}

/// The customer's balance pays for some of it, as it will when the invoice is finalised.
fn pay_by_credit(edit: &Edit<'_>, customer: u32, invoice: &mut Value) {
    let balance = edit.state.store.field(Kind::Customer, customer, "/balance");
    let balance = balance
        .and_then(|balance| balance.as_i64())
        .unwrap_or_default();
    let total = invoice["total"].as_i64().unwrap_or_default();
    let credit = (-balance).clamp(0, total.max(0));
    let due = (total - credit).max(0);
    invoice["starting_balance"] = json!(-credit);
    invoice["ending_balance"] = json!(0);
    invoice["amount_due"] = json!(due);
    invoice["amount_remaining"] = json!(due);
}
