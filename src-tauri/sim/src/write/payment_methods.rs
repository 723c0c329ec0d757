//! Payment methods: create, attach, update, detach.

use chrono::Datelike;
use serde_json::{Map, Value, json};

use super::Edit;
use super::cards::{NewCard, new_card};
use crate::error::ApiError;
use crate::list;
use crate::objects::event::Cause;
use crate::registry::Kind;
use crate::state::State;

pub fn attach(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&["customer", "customer_account"])?;
    let named = edit
        .named(Kind::Customer, "customer")?
        .or(edit.named(Kind::Customer, "customer_account")?);
    let token = edit.ids.first().copied().unwrap_or_default();
    if let (Some(_), Some(method)) = (named, of_token(edit.state, token)) {
        edit.state.store.insert(Kind::PaymentMethod, method);
        return attach_to(edit, edit.state.store.end(Kind::PaymentMethod) - 1, named);
    }
    let place = edit.target(Kind::PaymentMethod)?;
    attach_to(edit, place, named)
}

pub fn attach_to(edit: &mut Edit<'_>, place: u32, named: Option<u32>) -> Result<Value, ApiError> {
    let customer = named.ok_or_else(|| ApiError::missing_parameter("customer"))?;
    let state = &mut *edit.state;
    let owner = state.store.value(Kind::Customer, customer);
    let method = state.store.value(Kind::PaymentMethod, place);
    if !method["customer"].is_null() {
        return if method["customer"] == owner["id"] {
            Ok(method)
        } else {
            Err(ApiError::bad_request(
                "The payment method you provided has already been attached to a customer.",
            ))
        };
    }
    Ok(state.change(
        Kind::PaymentMethod,
        place,
        "payment_method.attached",
        &edit.cause,
        |method| {
            method["customer"] = owner["id"].clone();
            method["customer_account"] = owner["customer_account"].clone();
        },
    ))
}

pub fn detach(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&[])?;
    let place = edit.target(Kind::PaymentMethod)?;
    let cause = edit.cause.clone();
    let state = &mut *edit.state;
    let method = state.store.value(Kind::PaymentMethod, place);
    let Some(customer) = method["customer"]
        .as_str()
        .and_then(|id| state.store.find(Kind::Customer, id))
    else {
        let message = "The payment method you provided is not attached to a customer so detachment is impossible.";
        return Err(ApiError::bad_request(message).param("payment_method"));
    };
    let detached = take_off(state, place, &cause);
    // What was charged by default no longer can be.
    state.change(
        Kind::Customer,
        customer,
        "customer.updated",
        &cause,
        |customer| {
            let default = &mut customer["invoice_settings"]["default_payment_method"];
            if *default == method["id"] {
                *default = Value::Null;
            }
        },
    );
    Ok(detached)
}

fn take_off(state: &mut State, place: u32, cause: &Cause) -> Value {
    state.change(
        Kind::PaymentMethod,
        place,
        "payment_method.detached",
        cause,
        |method| {
            method["customer"] = Value::Null;
            method["customer_account"] = Value::Null;
        },
    )
}

/// Stripe's test payment methods, by the ends of `pm_card_…` and `tok_…`: brand and last four digits.
const TEST_CARDS: [(&str, &str, &str); 12] = [
    ("visa", "visa", "4242"),
    ("visa_debit", "visa", "5556"),
    ("mastercard", "mastercard", "4444"),
    ("amex", "amex", "8431"),
    ("discover", "discover", "1117"),
    ("chargeCustomerFail", "visa", "0341"),
    ("chargeDeclined", "visa", "0002"),
    ("visa_chargeDeclined", "visa", "0002"),
    ("visa_chargeDeclinedInsufficientFunds", "visa", "9995"),
    ("chargeDeclinedInsufficientFunds", "visa", "9995"),
    ("chargeDeclinedExpiredCard", "visa", "0069"),
    ("createDispute", "visa", "0259"),
];

/// A new payment method of nobody, made of a test token; it is not kept yet.
pub fn of_token(state: &State, token: &str) -> Option<Value> {
    let name = token
        .strip_prefix("pm_card_")
        .or_else(|| token.strip_prefix("tok_"))?;
    let (_, brand, last4) = TEST_CARDS.iter().find(|(known, ..)| *known == name)?;
    let year = chrono::DateTime::from_timestamp(state.now(), 0).map_or(2030, |now| now.year() + 1);
    Some(new_card(
        state,
        brand,
        last4,
        (12, year as u32),
        &Value::Null,
    ))
}

/// The payment method that a parameter names; a test token makes a new one.
pub fn given(edit: &mut Edit<'_>, pointer: &str) -> Result<Option<Value>, ApiError> {
    let Some(id) = edit.text(pointer) else {
        return Ok(None);
    };
    if let Some(method) = of_token(edit.state, id) {
        edit.state.store.insert(Kind::PaymentMethod, method.clone());
        return Ok(Some(method));
    }
    let place = edit.named(Kind::PaymentMethod, pointer)?;
    Ok(place.map(|place| edit.state.store.value(Kind::PaymentMethod, place)))
}

/// What a customer's invoices are charged to.
pub fn default_of(state: &State, customer: u32) -> Option<Value> {
    let pointer = "/invoice_settings/default_payment_method";
    let id = state.store.field(Kind::Customer, customer, pointer)?;
    state.store.get(Kind::PaymentMethod, id.as_str()?)
}

pub fn create(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&[
        "allow_redisplay",
        "billing_details",
        "card",
        "metadata",
        "type",
    ])?;
    if edit.text("type") != Some("card") {
        return Err(edit.lacks("type other than card"));
    }
    let Some(card) = edit.value("card").filter(|card| card.is_object()) else {
        return Err(ApiError::missing_parameter("card"));
    };
    let mut method = if let Some(token) = card["token"].as_str() {
        of_token(edit.state, token)
            .ok_or_else(|| ApiError::no_such("token", token, "card[token]"))?
    } else {
        let number = |name: &str| card[name].as_i64().unwrap_or_default().to_string();
        let today = chrono::DateTime::from_timestamp(edit.state.now(), 0).unwrap_or_default();
        let new = NewCard::read(
            card["number"].as_str().unwrap_or_default(),
            &number("exp_month"),
            &number("exp_year"),
            card["cvc"].as_str().unwrap_or("100"),
            (today.year() as u32, today.month()),
        );
        let new = new.map_err(|reason| ApiError::new(402, reason).code("incorrect_number"))?;
        new.of(edit.state, &Value::Null)
    };
    if let Some(details) = edit.value("billing_details") {
        super::overlay(&mut method["billing_details"], details);
    }
    if let Some(allow) = edit.text("allow_redisplay") {
        method["allow_redisplay"] = json!(allow);
    }
    super::merge_metadata(&mut method, edit.value("metadata"));
    // Stripe tells of a payment method only once it is somebody's.
    edit.state.store.insert(Kind::PaymentMethod, method.clone());
    Ok(method)
}

pub fn update(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&["allow_redisplay", "billing_details", "card", "metadata"])?;
    let known = ["exp_month", "exp_year"];
    let unknown = edit
        .value("card")
        .and_then(Value::as_object)
        .and_then(|card| card.keys().find(|name| !known.contains(&name.as_str())));
    if let Some(name) = unknown {
        return Err(edit.lacks(&format!("card[{name}]")));
    }
    let place = edit.target(Kind::PaymentMethod)?;
    let owner = edit
        .state
        .store
        .field(Kind::PaymentMethod, place, "/customer");
    if owner.is_none_or(|owner| owner.is_null()) {
        return Err(ApiError::bad_request(
            "You must save this PaymentMethod to a customer before you can update it.",
        ));
    }
    edit.change(Kind::PaymentMethod, place, "payment_method.updated")
}

/// What deleting a customer does.
pub fn detach_all(state: &mut State, customer: u32, cause: &Cause) {
    let params = Map::from_iter([("limit".to_owned(), json!(100))]);
    let attached = list::page(state, Kind::PaymentMethod, &params, Some(customer));
    for place in attached.map(|page| page.places).unwrap_or_default() {
        take_off(state, place, cause);
    }
}
