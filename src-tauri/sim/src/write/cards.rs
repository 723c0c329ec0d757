//! Cards as people type them, and the payment methods that are made of them.

use serde_json::{Value, json};

use crate::ids;
use crate::objects::event::Cause;
use crate::objects::payment_method::card;
use crate::registry::Kind;
use crate::state::State;
use crate::store::to_value;

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

    /// As the API shows it, `owner`'s or nobody's; it is not kept yet.
    pub fn of(&self, state: &State, owner: &Value) -> Value {
        let expiry = (self.exp_month, self.exp_year);
        new_card(state, self.brand(), self.last4(), expiry, owner)
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
pub fn replace(state: &mut State, customer: u32, new: &NewCard, cause: &Cause) -> String {
    let id = attach(state, customer, new, cause);
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

/// Makes the card and attaches it; what is charged by default stays.
pub fn attach(state: &mut State, customer: u32, new: &NewCard, cause: &Cause) -> String {
    let owner = state.store.value(Kind::Customer, customer);
    let method = new.of(state, &owner);
    let id = method["id"].as_str().unwrap_or_default().to_owned();
    let event = "payment_method.attached";
    state.add(Kind::PaymentMethod, method, event, cause);
    id
}

/// Makes a card of nobody, for one payment.
pub fn loose(state: &mut State, new: &NewCard) -> String {
    let method = new.of(state, &Value::Null);
    let id = method["id"].as_str().unwrap_or_default().to_owned();
    // Stripe tells of a payment method only once it is somebody's.
    state.store.insert(Kind::PaymentMethod, method);
    id
}

/// A card of `owner`, or of nobody where that is null.
pub fn new_card(
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
