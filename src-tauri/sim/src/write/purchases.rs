//! What completing a checkout session makes: a subscription, a payment, or a kept card.

use serde_json::{Value, json};

use super::cards::{self, NewCard};
use super::charges::decline_of;
use super::{carry_out, overlay};
use crate::error::ApiError;
use crate::form;
use crate::objects::event::Cause;
use crate::registry::Kind;
use crate::state::State;

/// What of `subscription_data` goes on the subscription.
const PASSED_ON: [&str; 5] = [
    "description",
    "metadata",
    "trial_end",
    "trial_period_days",
    "trial_settings",
];

/// Whoever pays without being a customer yet.
#[derive(Default)]
pub struct Buyer<'a> {
    pub email: &'a str,
    pub name: &'a str,
}

/// The error is the bank's refusal, or what keeps the session from being completed; it stays open.
pub fn complete(
    state: &mut State,
    place: u32,
    buyer: &Buyer<'_>,
    card: &NewCard,
    cause: &Cause,
) -> Result<Value, ApiError> {
    let session = state.store.value(Kind::CheckoutSession, place);
    let made = match session["mode"].as_str() {
        Some("subscription") => subscribe(state, &session, buyer, card, cause)?,
        Some("setup") => set_up(state, &session, card, cause),
        _ => pay(state, &session, buyer, card, cause)?,
    };
    let details = customer_details(state, &made["customer"], buyer);
    count_on_link(state, &session, cause);
    let event = "checkout.session.completed";
    Ok(
        state.change(Kind::CheckoutSession, place, event, cause, |session| {
            overlay(session, &made);
            session["customer_details"] = details;
            session["status"] = json!("complete");
            session["url"] = Value::Null;
        }),
    )
}

/// The customer of a session; one is made where it has none.
fn owner(
    state: &mut State,
    session: &Value,
    buyer: &Buyer<'_>,
    cause: &Cause,
) -> Result<Value, ApiError> {
    let known = session["customer"].as_str();
    if let Some(place) = known.and_then(|id| state.store.customer(id)) {
        return Ok(state.store.value(Kind::Customer, place));
    }
    let asked = json!({"email": buyer.email, "name": buyer.name});
    let form = form::untyped(&asked);
    carry_out(state, "POST /v1/customers", &[], form, cause)
}

fn subscribe(
    state: &mut State,
    session: &Value,
    buyer: &Buyer<'_>,
    card: &NewCard,
    cause: &Cause,
) -> Result<Value, ApiError> {
    let id = session["id"].as_str().unwrap_or_default();
    let sold = state.store.sold(Kind::CheckoutSession, id);
    if sold.iter().any(|item| item["price"]["recurring"].is_null()) {
        return Err(ApiError::lacks(
            "one-time prices in a Checkout Session of `mode=subscription`",
        ));
    }
    let items = sold.iter().map(|item| {
        let mut asked = json!({"price": item["price"]["id"]});
        if item["price"]["recurring"]["usage_type"] != "metered" {
            asked["quantity"] = item["quantity"].clone();
        }
        asked
    });
    let mut asked = json!({"items": items.collect::<Value>()});
    let data = state.store.kept_aside(id)["subscription_data"].take();
    for name in PASSED_ON {
        if let Some(given) = data.get(name) {
            asked[name] = given.clone();
        }
    }
    let trial = asked["trial_end"].is_i64() || asked["trial_period_days"].is_i64();
    // Nobody becomes a customer by a card that is refused.
    if let Some(decline) = decline_of(&card.of(state, &Value::Null)).filter(|_| !trial) {
        return Err(ApiError::card(decline, None, None));
    }
    let owner = owner(state, session, buyer, cause)?;
    let customer = owner["id"].as_str().unwrap_or_default();
    let place = state.store.customer(customer).unwrap_or_default();
    asked["customer"] = owner["id"].clone();
    asked["default_payment_method"] = json!(cards::attach(state, place, card, cause));
    asked["payment_behavior"] = json!("error_if_incomplete");
    let form = form::untyped(&asked);
    let subscription = carry_out(state, "POST /v1/subscriptions", &[], form, cause)?;
    Ok(json!({
        "customer": owner["id"],
        "customer_account": owner["customer_account"],
        "invoice": subscription["latest_invoice"],
        "payment_status": if trial { "no_payment_required" } else { "paid" },
        "subscription": subscription["id"],
    }))
}

/// The card is kept, and charged by default only once somebody says so.
fn set_up(state: &mut State, session: &Value, card: &NewCard, cause: &Cause) -> Value {
    let known = session["customer"].as_str();
    let method = match known.and_then(|id| state.store.customer(id)) {
        Some(place) => cards::attach(state, place, card, cause),
        None => cards::loose(state, card),
    };
    let intent = session["setup_intent"].as_str();
    if let Some(place) = intent.and_then(|id| state.store.find(Kind::SetupIntent, id)) {
        let event = "setup_intent.succeeded";
        state.change(Kind::SetupIntent, place, event, cause, |intent| {
            intent["payment_method"] = json!(method);
            intent["status"] = json!("succeeded");
        });
    }
    json!({"customer": session["customer"]})
}

fn pay(
    state: &mut State,
    session: &Value,
    buyer: &Buyer<'_>,
    card: &NewCard,
    cause: &Cause,
) -> Result<Value, ApiError> {
    let id = session["id"].as_str().unwrap_or_default();
    let data = state.store.kept_aside(id)["payment_intent_data"].take();
    let mut asked = json!({
        "amount": session["amount_total"], "confirm": true, "currency": session["currency"]
    });
    for name in ["description", "metadata"] {
        if let Some(given) = data.get(name) {
            asked[name] = given.clone();
        }
    }
    let mut customer = session["customer"].clone();
    if customer.is_null() && session["customer_creation"] == "always" {
        customer = owner(state, session, buyer, cause)?["id"].take();
    }
    if customer.is_string() {
        asked["customer"] = customer.clone();
    }
    asked["payment_method"] = json!(cards::loose(state, card));
    let form = form::untyped(&asked);
    let intent = carry_out(state, "POST /v1/payment_intents", &[], form, cause)?;
    Ok(json!({"customer": customer, "payment_intent": intent["id"], "payment_status": "paid"}))
}

fn customer_details(state: &State, customer: &Value, buyer: &Buyer<'_>) -> Value {
    let owner = customer
        .as_str()
        .and_then(|id| state.store.get(Kind::Customer, id))
        .unwrap_or_else(|| json!({"email": buyer.email, "name": buyer.name}));
    json!({
        "address": owner["address"],
        "business_name": null,
        "email": owner["email"],
        "individual_name": null,
        "name": owner["name"],
        "phone": owner["phone"],
        "tax_exempt": "none",
        "tax_ids": []
    })
}

/// A payment link that may be used so often counts.
fn count_on_link(state: &mut State, session: &Value, cause: &Cause) {
    let link = session["payment_link"].as_str();
    let Some(place) = link.and_then(|id| state.store.find(Kind::PaymentLink, id)) else {
        return;
    };
    let event = "payment_link.updated";
    state.change(Kind::PaymentLink, place, event, cause, |link| {
        let count = link.pointer_mut("/restrictions/completed_sessions/count");
        if let Some(count) = count {
            *count = json!(count.as_i64().unwrap_or_default() + 1);
        }
    });
}
