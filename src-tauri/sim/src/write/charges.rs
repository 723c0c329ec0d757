//! Charges: every attempt to take money, successful or not, and what is told of it.

use serde_json::{Value, json};

use super::{Edit, balance, disputes, merge_metadata, payment_methods};
use crate::billing::DECLINE;
use crate::error::ApiError;
use crate::ids;
use crate::objects::charge::{Charge, Payer, details_of};
use crate::objects::event::Cause;
use crate::population::currencies::Currency;
use crate::population::ledger::{DECLINES, Decline, Reason};
use crate::registry::Kind;
use crate::state::State;
use crate::store::to_value;

/// Stripe's test cards by their last four digits: which of `DECLINES` they meet.
const DECLINING: [(&str, usize); 5] = [
    ("9995", 0),
    ("0002", 1),
    ("0341", 1),
    ("0069", 3),
    ("9987", 4),
];
/// The test card whose owner goes to the bank afterwards.
const DISPUTING: &str = "0259";

/// One attempt.
pub struct Attempt<'a> {
    pub amount: i64,
    pub currency: &'static Currency,
    pub customer: Option<String>,
    pub description: Option<String>,
    /// As a request gives it, or null.
    pub metadata: Value,
    /// As the API shows it.
    pub method: &'a Value,
    pub payment_intent: Option<String>,
}

/// What the bank will say to a charge of this payment method: its metadata decides, or its number.
pub fn decline_of(method: &Value) -> Option<&'static Decline> {
    if let Some(reason) = method["metadata"][DECLINE].as_str() {
        return DECLINES.iter().find(|decline| decline.reason == reason);
    }
    let last4 = method.pointer("/card/last4").and_then(Value::as_str)?;
    let (_, place) = DECLINING.iter().find(|(digits, _)| *digits == last4)?;
    DECLINES.get(*place)
}

/// Makes the charge, and the balance transaction of one that was paid.
pub fn record(state: &mut State, attempt: Attempt<'_>, cause: &Cause) -> Value {
    let Attempt {
        amount,
        currency,
        customer,
        description,
        metadata,
        method,
        payment_intent,
    } = attempt;
    let decline = decline_of(method);
    let id = state.store.next_id(Kind::Charge);
    let moved = decline.is_none().then(|| {
        let sum = (amount, currency);
        balance::record(state, Reason::Charge, sum, &id, description.as_deref())
    });
    let charge = Charge {
        id,
        amount,
        balance_transaction: moved.and_then(|moved| moved["id"].as_str().map(str::to_owned)),
        billing_details: Payer::Kept(method["billing_details"].clone()),
        created: state.now(),
        currency: currency.code.into(),
        customer,
        description: description.map(Into::into),
        payment_intent,
        payment_method: method["id"].as_str().map(str::to_owned),
        payment_method_details: details_of(method, amount),
        ..Charge::default()
    };
    let event = if decline.is_none() {
        "charge.succeeded"
    } else {
        "charge.failed"
    };
    let mut charge = to_value(&charge.settle(decline));
    merge_metadata(&mut charge, Some(&metadata));
    let charge = state.add(Kind::Charge, charge, event, cause);
    if method
        .pointer("/card/last4")
        .is_some_and(|last4| last4 == DISPUTING)
    {
        disputes::open(state, &charge, cause);
    }
    charge
}

/// The older way to charge: one call with a token.
pub fn create(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&[
        "amount",
        "currency",
        "customer",
        "description",
        "metadata",
        "source",
    ])?;
    let (amount, currency) = sum(edit)?;
    let customer = edit.named(Kind::Customer, "customer")?;
    let method = match edit.text("source") {
        Some(token) => {
            let mut card = payment_methods::of_token(edit.state, token)
                .ok_or_else(|| ApiError::no_such("token", token, "source"))?;
            // A card that was given as a token is no payment method.
            let place = edit.state.store.end(Kind::Charge);
            card["id"] = json!(edit.state.id_of(ids::CARD, place));
            card
        }
        None => {
            let customer = customer.ok_or_else(|| ApiError::missing_parameter("source"))?;
            payment_methods::default_of(edit.state, customer).ok_or_else(|| {
                ApiError::new(402, "Cannot charge a customer that has no active card")
                    .code("missing")
                    .param("card")
            })?
        }
    };
    let attempt = Attempt {
        amount,
        currency,
        customer: edit.text("customer").map(str::to_owned),
        description: edit.text("description").map(str::to_owned),
        metadata: edit.value("metadata").cloned().unwrap_or_default(),
        method: &method,
        payment_intent: None,
    };
    let cause = edit.cause.clone();
    let charge = record(edit.state, attempt, &cause);
    match decline_of(&method) {
        Some(decline) => Err(ApiError::card(decline, charge["id"].as_str(), None)),
        None => Ok(charge),
    }
}

pub fn update(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&["description", "metadata"])?;
    let place = edit.target(Kind::Charge)?;
    edit.change(Kind::Charge, place, "charge.updated")
}

/// The amount and the currency that a request names.
pub fn sum(edit: &Edit<'_>) -> Result<(i64, &'static Currency), ApiError> {
    let amount = edit.value("amount").and_then(Value::as_i64);
    let amount = amount.ok_or_else(|| ApiError::missing_parameter("amount"))?;
    if amount < 1 {
        let message = "This value must be greater than or equal to 1.";
        return Err(ApiError::bad_request(message)
            .code("parameter_invalid_integer")
            .param("amount"));
    }
    let currency = edit
        .text("currency")
        .ok_or_else(|| ApiError::missing_parameter("currency"))?;
    Ok((amount, balance::currency(currency)?))
}
