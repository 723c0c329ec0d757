//! Payment methods: attach, detach, and the new card that the portal page makes.

use chrono::Datelike;
use serde_json::{Map, Value, json};

use super::Edit;
use crate::error::ApiError;
use crate::ids;
use crate::list;
use crate::objects::event::Cause;
use crate::objects::payment_method::card;
use crate::registry::Kind;
use crate::state::State;
use crate::store::to_value;

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
        let expiry = (new.exp_month, new.exp_year);
        new_card(edit.state, new.brand(), new.last4(), expiry, &Value::Null)
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

/// A card as a person types it.
pub struct NewCard {
    pub number: String,
    pub exp_month: u32,
    pub exp_year: u32,
}

impl NewCard {
    /// Reads the fields of a card form; the error is for the person who filled it in.
    pub fn read(
        number: &str,
        exp_month: &str,
        exp_year: &str,
        cvc: &str,
        today: (u32, u32),
    ) -> Result<Self, String> {
        let number: String = number
            .chars()
            .filter(|letter| !matches!(letter, ' ' | '-'))
            .collect();
        let digits = number.bytes().all(|byte| byte.is_ascii_digit());
        if !digits || !(12..=19).contains(&number.len()) || !passes_luhn(&number) {
            return Err("Your card number is invalid. Test numbers are 4242 4242 4242 4242 and 5555 5555 5555 4444.".to_owned());
        }
        let month = exp_month
            .trim()
            .parse()
            .ok()
            .filter(|month| (1..=12).contains(month));
        let month: u32 = month.ok_or("Your card's expiry month is invalid: it is 1 to 12.")?;
        let year: u32 = exp_year
            .trim()
            .parse()
            .map_err(|_| "Your card's expiry year is invalid.".to_owned())?;
        let year = if year < 100 { 2000 + year } else { year };
        if (year, month) < today || year > today.0 + 50 {
            return Err("Your card's expiry year is invalid: the card has run out.".to_owned());
        }
        let cvc = cvc.trim();
        if !(3..=4).contains(&cvc.len()) || !cvc.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(
                "Your card's security code is invalid: it has three or four digits.".to_owned(),
            );
        }
        Ok(Self {
            number,
            exp_month: month,
            exp_year: year,
        })
    }

    fn last4(&self) -> &str {
        &self.number[self.number.len() - 4..]
    }

    fn brand(&self) -> &'static str {
        match self.number.as_bytes() {
            [b'4', ..] => "visa",
            [b'3', b'4' | b'7', ..] => "amex",
            [b'6', ..] => "discover",
            _ => "mastercard",
        }
    }
}

fn passes_luhn(number: &str) -> bool {
    let sum: u32 = number
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte - b'0');
            match (place % 2, digit * 2) {
                (0, _) => digit,
                (_, doubled) => doubled % 10 + doubled / 10,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Makes the card, attaches it and charges it from now on.
pub fn replace_card(state: &mut State, customer: u32, new: &NewCard, cause: &Cause) -> String {
    let owner = state.store.value(Kind::Customer, customer);
    let expiry = (new.exp_month, new.exp_year);
    let method = new_card(state, new.brand(), new.last4(), expiry, &owner);
    let id = method["id"].as_str().unwrap_or_default().to_owned();
    state.add(
        Kind::PaymentMethod,
        method,
        "payment_method.attached",
        cause,
    );
    state.change(
        Kind::Customer,
        customer,
        "customer.updated",
        cause,
        |customer| {
            customer["invoice_settings"]["default_payment_method"] = json!(id);
        },
    );
    id
}

/// A card of `owner`, or of nobody where that is null.
fn new_card(
    state: &State,
    brand: &'static str,
    last4: &str,
    expiry: (u32, u32),
    owner: &Value,
) -> Value {
    let fingerprint = state.id_of(ids::FINGERPRINT, state.store.end(Kind::PaymentMethod));
    let card = card(brand, "US", last4.to_owned(), expiry, fingerprint);
    json!({
        "id": state.store.next_id(Kind::PaymentMethod),
        "object": "payment_method",
        "allow_redisplay": if owner.is_null() { "unspecified" } else { "always" },
        "billing_details": {
            "address": {
                "city": null, "country": null, "line1": null, "line2": null, "postal_code": null, "state": null
            },
            "email": owner["email"],
            "name": owner["name"],
            "phone": null,
            "tax_id": null
        },
        "card": to_value(&card),
        "created": state.now(),
        "customer": owner["id"],
        "customer_account": owner["customer_account"],
        "livemode": false,
        "metadata": {},
        "type": "card"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_read_or_refused_with_the_reason() {
        let read = |number: &str, month: &str, year: &str, cvc: &str| {
            NewCard::read(number, month, year, cvc, (2026, 11))
        };
        let card = read("5555 5555 5555 4444", "1", "29", "123").expect("a card");
        assert_eq!(
            (card.brand(), card.exp_month, card.exp_year),
            ("mastercard", 1, 2029)
        );
        assert!(
            read("4242 4242 4242 4241", "1", "29", "123")
                .is_err_and(|reason| reason.contains("number"))
        );
        assert!(
            read("4242424242424242", "13", "29", "123")
                .is_err_and(|reason| reason.contains("month"))
        );
        assert!(
            read("4242424242424242", "10", "2026", "123")
                .is_err_and(|reason| reason.contains("run out"))
        );
        assert!(
            read("4242424242424242", "11", "2026", "12")
                .is_err_and(|reason| reason.contains("security code"))
        );
    }
}
