//! Payment methods: attach, detach, and the new card that the portal page makes.

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
    let place = edit.target(Kind::PaymentMethod)?;
    let named = edit
        .named(Kind::Customer, "customer")?
        .or(edit.named(Kind::Customer, "customer_account")?);
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
    let id = state.store.next_id(Kind::PaymentMethod);
    let place = state.store.end(Kind::PaymentMethod);
    let last4 = new.number[new.number.len() - 4..].to_owned();
    let fingerprint = state.id_of(ids::FINGERPRINT, place);
    let card = card(
        new.brand(),
        "US",
        last4,
        (new.exp_month, new.exp_year),
        fingerprint,
    );
    let method = json!({
        "id": id,
        "object": "payment_method",
        "allow_redisplay": "always",
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
    });
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
