//! The fields of a card, on every page that takes one.

use chrono::{DateTime, Datelike, Utc};
use maud::{Markup, html};
use serde_json::{Map, Value};

use super::layout::text;
use crate::write::cards::NewCard;

pub fn fields() -> Markup {
    html! {
        label for="number" { "Card number" }
        input id="number" name="number" inputmode="numeric" autocomplete="cc-number" required;
        label for="exp_month" { "Expiry month" }
        input id="exp_month" name="exp_month" inputmode="numeric" size="2" required;
        label for="exp_year" { "Expiry year" }
        input id="exp_year" name="exp_year" inputmode="numeric" size="4" required;
        label for="cvc" { "Security code" }
        input id="cvc" name="cvc" inputmode="numeric" size="4" autocomplete="cc-csc" required;
    }
}

/// The error is for the person who filled it in.
pub fn read(form: &Map<String, Value>, today: DateTime<Utc>) -> Result<NewCard, String> {
    let field = |name: &str| form.get(name).and_then(Value::as_str).unwrap_or_default();
    NewCard::read(
        field("number"),
        field("exp_month"),
        field("exp_year"),
        field("cvc"),
        (today.year() as u32, today.month()),
    )
}

/// How a payment method is named to its owner.
pub fn words(method: &Value) -> String {
    let (card, sepa) = (&method["card"], &method["sepa_debit"]);
    if card.is_object() {
        format!(
            "{} ending in {}, until {}/{}",
            text(card, "brand"),
            text(card, "last4"),
            card["exp_month"],
            card["exp_year"]
        )
    } else {
        format!("SEPA direct debit ending in {}", text(sepa, "last4"))
    }
}
