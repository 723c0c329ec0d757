//! Payment intents: opened for an amount, tried until paid or cancelled.

use serde_json::{Map, Value, json};

use super::charges::{Attempt, decline_of, record, sum};
use super::{Edit, balance, merge_metadata, payment_methods, set};
use crate::error::ApiError;
use crate::objects::event::Cause;
use crate::objects::payment_intent::{PaymentIntent, client_secret, payment_error};
use crate::population::currencies::Currency;
use crate::registry::Kind;
use crate::state::State;
use crate::store::to_value;

/// What a payment is for.
pub struct Asked {
    pub amount: i64,
    pub currency: &'static Currency,
    /// The customer as the API shows it, or null.
    pub customer: Value,
    pub description: Option<String>,
    /// What a request sets besides, metadata among it.
    pub fields: Value,
}

/// A new intent, not tried yet.
pub fn open(state: &mut State, asked: Asked, cause: &Cause) -> u32 {
    let id = state.store.next_id(Kind::PaymentIntent);
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let intent = PaymentIntent {
        object: "payment_intent",
        amount: asked.amount,
        capture_method: "automatic",
        client_secret: client_secret(&id),
        confirmation_method: "automatic",
        created: state.now(),
        currency: asked.currency.code.into(),
        customer: text(&asked.customer["id"]),
        customer_account: text(&asked.customer["customer_account"]),
        description: asked.description.map(Into::into),
        payment_method_types: ["card"],
        status: "requires_payment_method",
        id,
        ..PaymentIntent::default()
    };
    let place = state.store.end(Kind::PaymentIntent);
    let mut intent = to_value(&intent);
    set(&mut intent, &asked.fields);
    let event = "payment_intent.created";
    state.add(Kind::PaymentIntent, intent, event, cause);
    place
}

/// Tries to pay it with a payment method, given as the API shows it. The error is the bank's refusal.
pub fn attempt(
    state: &mut State,
    place: u32,
    method: &Value,
    cause: &Cause,
) -> Result<Value, ApiError> {
    let intent = state.store.value(Kind::PaymentIntent, place);
    let text = |name: &str| intent[name].as_str().map(str::to_owned);
    let amount = intent["amount"].as_i64().unwrap_or_default();
    let attempt = Attempt {
        amount,
        currency: balance::currency(intent["currency"].as_str().unwrap_or_default())?,
        customer: text("customer"),
        description: text("description"),
        metadata: intent["metadata"].clone(),
        method,
        payment_intent: text("id"),
    };
    let charge = record(state, attempt, cause);
    let charged = charge["id"].as_str().unwrap_or_default();
    let Some(decline) = decline_of(method) else {
        let event = "payment_intent.succeeded";
        return Ok(
            state.change(Kind::PaymentIntent, place, event, cause, |intent| {
                intent["amount_received"] = json!(amount);
                intent["last_payment_error"] = Value::Null;
                intent["latest_charge"] = charge["id"].clone();
                intent["payment_method"] = method["id"].clone();
                intent["status"] = json!("succeeded");
            }),
        );
    };
    let event = "payment_intent.payment_failed";
    let failed = state.change(Kind::PaymentIntent, place, event, cause, |intent| {
        intent["last_payment_error"] = payment_error(decline, charged);
        intent["latest_charge"] = charge["id"].clone();
        intent["payment_method"] = Value::Null;
        intent["status"] = json!("requires_payment_method");
    });
    Err(ApiError::card(decline, Some(charged), Some(failed)))
}

/// Gives it up.
pub fn cancel_now(state: &mut State, place: u32, reason: Option<&str>, cause: &Cause) -> Value {
    let now = state.now();
    let event = "payment_intent.canceled";
    state.change(Kind::PaymentIntent, place, event, cause, |intent| {
        intent["status"] = json!("canceled");
        intent["canceled_at"] = json!(now);
        intent["cancellation_reason"] = json!(reason);
    })
}

pub fn create(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&[
        "allowed_payment_method_types",
        "amount",
        "automatic_payment_methods",
        "confirm",
        "currency",
        "customer",
        "description",
        "metadata",
        "off_session",
        "payment_method",
        "return_url",
    ])?;
    let (amount, currency) = sum(edit)?;
    let owner = edit.named(Kind::Customer, "customer")?;
    let method = payment_methods::given(edit, "payment_method")?;
    let confirm = edit.value("confirm") == Some(&json!(true));
    if confirm && method.is_none() {
        let message =
            "You cannot confirm this PaymentIntent because it's missing a payment method.";
        return Err(ApiError::bad_request(message).code("payment_intent_unexpected_state"));
    }
    let names = [
        "allowed_payment_method_types",
        "automatic_payment_methods",
        "metadata",
    ];
    let mut fields: Map<String, Value> = edit.params.clone();
    fields.retain(|name, _| names.contains(&name.as_str()));
    if let (Some(method), false) = (&method, confirm) {
        fields.insert("payment_method".to_owned(), method["id"].clone());
        fields.insert("status".to_owned(), json!("requires_confirmation"));
    }
    let cause = edit.cause.clone();
    let asked = Asked {
        amount,
        currency,
        customer: owner.map_or(Value::Null, |place| {
            edit.state.store.value(Kind::Customer, place)
        }),
        description: edit.text("description").map(str::to_owned),
        fields: Value::Object(fields),
    };
    let place = open(edit.state, asked, &cause);
    match method {
        Some(method) if confirm => attempt(edit.state, place, &method, &cause),
        _ => Ok(edit.state.store.value(Kind::PaymentIntent, place)),
    }
}

pub fn update(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&["description", "metadata"])?;
    let place = edit.target(Kind::PaymentIntent)?;
    let mut intent = edit.state.store.value(Kind::PaymentIntent, place);
    // Stripe tells of no such change by an event.
    merge_metadata(&mut intent, edit.value("metadata"));
    if let Some(description) = edit.value("description") {
        intent["description"] = description.clone();
    }
    edit.state
        .store
        .replace(Kind::PaymentIntent, place, intent.clone());
    Ok(intent)
}

pub fn confirm(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&["off_session", "payment_method", "return_url"])?;
    let place = unsettled(edit)?;
    let own = edit.state.store.value(Kind::PaymentIntent, place)["payment_method"].clone();
    let kept = own
        .as_str()
        .and_then(|id| edit.state.store.get(Kind::PaymentMethod, id));
    let method = payment_methods::given(edit, "payment_method")?.or(kept);
    let method = method.ok_or_else(|| {
        let message =
            "You cannot confirm this PaymentIntent because it's missing a payment method.";
        ApiError::bad_request(message).code("payment_intent_unexpected_state")
    })?;
    let cause = edit.cause.clone();
    attempt(edit.state, place, &method, &cause)
}

pub fn cancel(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&["cancellation_reason"])?;
    let place = unsettled(edit)?;
    let reason = edit.text("cancellation_reason").map(str::to_owned);
    let cause = edit.cause.clone();
    Ok(cancel_now(edit.state, place, reason.as_deref(), &cause))
}

fn unsettled(edit: &Edit<'_>) -> Result<u32, ApiError> {
    let place = edit.target(Kind::PaymentIntent)?;
    let status = edit
        .state
        .store
        .field(Kind::PaymentIntent, place, "/status");
    let status = status
        .as_deref()
        .and_then(Value::as_str)
        .unwrap_or_default();
    if matches!(status, "succeeded" | "canceled") {
        let message =
            format!("This PaymentIntent could not be changed because it has a status of {status}.");
        return Err(ApiError::bad_request(message).code("payment_intent_unexpected_state"));
    }
    Ok(place)
}
