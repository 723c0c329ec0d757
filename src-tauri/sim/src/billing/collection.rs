//! What an invoice does by itself: it is finalised, charged, retried, given up, overdue.

use serde_json::{Value, json};

use super::AfterRetries;
use super::subscriptions::end;
use crate::objects::event::Cause;
use crate::population::DAY;
use crate::population::ledger::DECLINES;
use crate::population::rows::Scenario;
use crate::random::Dice;
use crate::registry::Kind;
use crate::state::State;
use crate::write::invoices::{self, collect};

/// Days between the attempts to charge an invoice.
const RETRIES: [i64; 3] = [3, 5, 7];

/// When an invoice is charged again that has failed so often; `None` after the last time.
pub fn next_attempt(failures: i64, now: i64) -> Option<i64> {
    let wait = RETRIES.get(usize::try_from(failures - 1).ok()?)?;
    Some(now + wait * i64::from(DAY))
}

pub fn finalize(state: &mut State, place: u32, cause: &Cause) {
    let Ok(invoice) = collect::finalize(state, place, cause) else {
        // Asking again would not help: a currency that the account cannot take.
        return;
    };
    if invoice["status"] != "open" {
        return;
    }
    let subscription = subscription_of(state, &invoice)
        .map(|place| state.store.value(Kind::Subscription, place))
        .unwrap_or_default();
    match subscription["pause_collection"]["behavior"].as_str() {
        Some("void") => {
            invoices::void_now(state, place, cause);
        }
        Some("mark_uncollectible") => {
            invoices::give_up(state, place, "subscription_paused", cause);
        }
        _ if invoice["collection_method"] == "send_invoice" => {
            state.tell("invoice.sent", invoice, None, cause);
        }
        _ => attempt(state, place, cause),
    }
}

/// Charges it once. What fails is tried again, and given up after the last time.
pub fn attempt(state: &mut State, place: u32, cause: &Cause) {
    let invoice = state.store.value(Kind::Invoice, place);
    match collect::method_of(state, &invoice) {
        Some(mut method) => {
            if let Some(reason) = refused_in_population(state, place, &invoice) {
                method["metadata"][DECLINE] = json!(reason);
            }
            // A refusal is told by its events.
            collect::collect(state, place, &method, cause).ok();
        }
        None => collect::count_failure(state, place, cause),
    }
    let invoice = state.store.value(Kind::Invoice, place);
    let failed = invoice["status"] == "open";
    set_delinquent(state, &invoice, failed, cause);
    if failed && invoice["next_payment_attempt"].is_null() {
        give_up(state, &invoice, cause);
    }
}

/// The key of a payment method's metadata that makes the bank refuse it, for the reason it names.
pub const DECLINE: &str = "decline";

/// A client who was behind when the simulator began mostly stays so: the card does not get better by
/// itself.
fn refused_in_population(state: &State, place: u32, invoice: &Value) -> Option<&'static str> {
    let population = &state.store.population;
    let row = population.invoices.get(place as usize)?;
    let subscription = population.subscriptions.get(row.subscription as usize)?;
    let card = collect::method_of(state, invoice)?;
    let behind = matches!(subscription.scenario, Scenario::PastDue | Scenario::Unpaid)
        && card["created"].as_i64()? <= i64::from(population.now)
        && Dice::new(population.seed, "stays behind", row.subscription).percent(70);
    behind.then(|| DECLINES[place as usize % DECLINES.len()].reason)
}

fn set_delinquent(state: &mut State, invoice: &Value, delinquent: bool, cause: &Cause) {
    if let Some(owner) = collect::owner(state, invoice) {
        state.change(
            Kind::Customer,
            owner,
            "customer.updated",
            cause,
            |customer| {
                customer["delinquent"] = json!(delinquent);
            },
        );
    }
}

fn give_up(state: &mut State, invoice: &Value, cause: &Cause) {
    let Some(place) = subscription_of(state, invoice) else {
        return;
    };
    let status = state.store.field(Kind::Subscription, place, "/status");
    if status.is_none_or(|status| *status != "past_due") {
        return;
    }
    match state.billing.after_retries {
        AfterRetries::Cancel => end(state, place, "payment_failed", cause),
        AfterRetries::Unpaid => {
            let event = "customer.subscription.updated";
            state.change(Kind::Subscription, place, event, cause, |subscription| {
                subscription["status"] = json!("unpaid");
            });
        }
        AfterRetries::PastDue => {}
    }
}

/// An invoice that was sent has not been paid in time.
pub fn overdue(state: &mut State, place: u32, cause: &Cause) {
    let invoice = state.store.value(Kind::Invoice, place);
    state.tell("invoice.overdue", invoice.clone(), None, cause);
    let Some(place) = subscription_of(state, &invoice) else {
        return;
    };
    let event = "customer.subscription.updated";
    state.change(Kind::Subscription, place, event, cause, |subscription| {
        if subscription["status"] == "active" && subscription["latest_invoice"] == invoice["id"] {
            subscription["status"] = json!("past_due");
        }
    });
}

fn subscription_of(state: &State, invoice: &Value) -> Option<u32> {
    let id = invoice.pointer("/parent/subscription_details/subscription")?;
    state.store.find(Kind::Subscription, id.as_str()?)
}
