//! Amounts in Stripe's minor unit, always with their currency, never summed across currencies.

use serde::{Deserialize, Serialize};
use specta::Type;
use std::collections::BTreeMap;

/// An amount as Stripe counts it. `exponent` is how many digits of `amount` are fractions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Money {
    /// Minor units; exact in JavaScript below 2^53.
    #[specta(type = i32)]
    pub amount: i64,
    /// Lower-case ISO 4217, as Stripe writes it.
    pub currency: String,
    pub exponent: u8,
}

impl Money {
    pub fn new(amount: i64, currency: &str) -> Self {
        Self {
            amount,
            currency: currency.to_lowercase(),
            exponent: exponent(currency),
        }
    }
}

impl std::fmt::Display for Money {
    /// `12.50 EUR`, `1200 JPY`, `-3.000 KWD`: exact, for the terminal, CSV and the journal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let digits = usize::from(self.exponent);
        let sign = if self.amount < 0 { "-" } else { "" };
        let text = format!("{:0width$}", self.amount.unsigned_abs(), width = digits + 1);
        let (whole, fraction) = text.split_at(text.len() - digits);
        let point = if digits > 0 { "." } else { "" };
        write!(
            f,
            "{sign}{whole}{point}{fraction} {}",
            self.currency.to_uppercase()
        )
    }
}

/// Fraction digits of a currency in Stripe's API.
///
/// Not ISO's: Stripe counts ISK and UGX in hundredths although they have no minor unit
/// (docs.stripe.com/currencies, special cases).
pub fn exponent(currency: &str) -> u8 {
    match currency.to_ascii_lowercase().as_str() {
        "bif" | "clp" | "djf" | "gnf" | "jpy" | "kmf" | "krw" | "mga" | "pyg" | "rwf" | "vnd"
        | "vuv" | "xaf" | "xof" | "xpf" => 0,
        "bhd" | "jod" | "kwd" | "omr" | "tnd" => 3,
        _ => 2,
    }
}

/// Sums kept apart by currency, in the order of the currency's code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sums(BTreeMap<String, i64>);

impl Sums {
    pub fn add(&mut self, amount: i64, currency: &str) {
        *self.0.entry(currency.to_lowercase()).or_default() += amount;
    }

    /// The sums that are not zero.
    pub fn into_money(self) -> Vec<Money> {
        self.0
            .into_iter()
            .filter(|(_, a)| *a != 0)
            .map(|(c, a)| Money::new(a, &c))
            .collect()
    }
}
