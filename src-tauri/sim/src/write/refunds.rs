//! Refunds and payouts: money that leaves the account.

use serde_json::{Value, json};

use super::charges::sum;
use super::{Edit, balance, merge_metadata};
use crate::error::ApiError;
use crate::ids;
use crate::objects::balance_transaction::CURRENCY;
use crate::objects::event::Cause;
use crate::objects::payout::{PayoutFacts, payout_of};
use crate::objects::refund::{RefundFacts, refund_of};
use crate::population::ledger::Reason;
use crate::registry::Kind;
use crate::state::State;

pub fn create(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&["amount", "charge", "metadata", "payment_intent", "reason"])?;
    let named = edit.named(Kind::Charge, "charge")?;
    let intent = edit.named(Kind::PaymentIntent, "payment_intent")?;
    let latest = intent.and_then(|place| {
        let store = &edit.state.store;
        let charge = store.field(Kind::PaymentIntent, place, "/latest_charge")?;
        store.find(Kind::Charge, charge.as_str()?)
    });
    let place = named
        .or(latest)
        .ok_or_else(|| ApiError::missing_parameter("charge"))?;
    let charge = edit.state.store.value(Kind::Charge, place);
    let left = refundable(&charge)?;
    let amount = edit.value("amount").and_then(Value::as_i64).unwrap_or(left);
    if amount > left {
        let message = format!(
            "Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
        );
        return Err(ApiError::bad_request(message).param("amount"));
    }
    let reason = edit.text("reason").map(str::to_owned);
    let metadata = edit.value("metadata").cloned().unwrap_or_default();
    let cause = edit.cause.clone();
    give_back(edit.state, place, amount, (reason, &metadata), &cause)
}

/// How much of a charge can still be given back.
pub fn refundable(charge: &Value) -> Result<i64, ApiError> {
    let id = charge["id"].as_str().unwrap_or_default();
    if charge["paid"] != true {
        let message = format!("Charge {id} has no successful payment to refund.");
        return Err(ApiError::bad_request(message));
    }
    let of = |name: &str| charge[name].as_i64().unwrap_or_default();
    let left = of("amount") - of("amount_refunded");
    if left == 0 {
        let message = format!("Charge {id} has already been refunded.");
        return Err(ApiError::bad_request(message).code("charge_already_refunded"));
    }
    if charge["disputed"] == true {
        let message = format!("Charge {id} has been charged back; cannot issue a refund.");
        return Err(ApiError::bad_request(message).code("charge_disputed"));
    }
    Ok(left)
}

pub fn give_back(
    state: &mut State,
    charge_place: u32,
    amount: i64,
    (reason, metadata): (Option<String>, &Value),
    cause: &Cause,
) -> Result<Value, ApiError> {
    let charge = state.store.value(Kind::Charge, charge_place);
    let currency = balance::currency(charge["currency"].as_str().unwrap_or_default())?;
    let id = state.store.next_id(Kind::Refund);
    let sum = (-amount, currency);
    let moved = balance::record(state, Reason::Refund, sum, &id, Some("REFUND FOR CHARGE"));
    let mut refund = refund_of(
        &charge,
        RefundFacts {
            id,
            amount,
            balance_transaction: moved["id"].as_str().map(str::to_owned),
            created: state.now(),
            reason,
        },
    );
    merge_metadata(&mut refund, Some(metadata));
    let event = "charge.refunded";
    state.change(Kind::Charge, charge_place, event, cause, |charge| {
        let refunded = charge["amount_refunded"].as_i64().unwrap_or_default() + amount;
        charge["amount_refunded"] = json!(refunded);
        charge["refunded"] = json!(charge["amount"] == refunded);
    });
    Ok(state.add(Kind::Refund, refund, "refund.created", cause))
}

pub fn update(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&["metadata"])?;
    let place = edit.target(Kind::Refund)?;
    edit.change(Kind::Refund, place, "refund.updated")
}

pub fn create_payout(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&["amount", "currency", "description", "metadata"])?;
    let (amount, currency) = sum(edit)?;
    if currency.code != CURRENCY {
        let message = format!(
            "You have insufficient funds in your Stripe account in {}.",
            currency.code
        );
        return Err(ApiError::bad_request(message).code("balance_insufficient"));
    }
    let id = edit.state.store.next_id(Kind::Payout);
    let sum = (-amount, currency);
    let moved = balance::record(edit.state, Reason::Payout, sum, &id, Some("STRIPE PAYOUT"));
    let mut payout = payout_of(PayoutFacts {
        id,
        amount,
        automatic: false,
        balance_transaction: moved["id"].as_str().map(str::to_owned),
        created: edit.state.now(),
        destination: edit.state.id_of(ids::BANK_ACCOUNT, 0),
        failure_balance_transaction: None,
        status: "pending",
    });
    if let Some(description) = edit.value("description") {
        payout["description"] = description.clone();
    }
    merge_metadata(&mut payout, edit.value("metadata"));
    let cause = edit.cause.clone();
    Ok(edit
        .state
        .add(Kind::Payout, payout, "payout.created", &cause))
}

pub fn update_payout(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&["metadata"])?;
    let place = edit.target(Kind::Payout)?;
    edit.change(Kind::Payout, place, "payout.updated")
}

pub fn cancel_payout(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&[])?;
    let place = edit.target(Kind::Payout)?;
    let payout = edit.state.store.value(Kind::Payout, place);
    if payout["status"] != "pending" {
        return Err(ApiError::bad_request(
            "Payouts can only be canceled while they are pending.",
        ));
    }
    let currency = balance::currency(CURRENCY)?;
    let sum = (payout["amount"].as_i64().unwrap_or_default(), currency);
    let id = payout["id"].as_str().unwrap_or_default();
    let moved = balance::record(edit.state, Reason::PayoutFailure, sum, id, None);
    let cause = edit.cause.clone();
    Ok(edit
        .state
        .change(Kind::Payout, place, "payout.canceled", &cause, |payout| {
            payout["status"] = json!("canceled");
            payout["failure_balance_transaction"] = moved["id"].clone();
        }))
}
