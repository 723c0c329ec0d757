//! `balance_transaction`: what a charge, refund, dispute or payout did to the account's balance.

use std::borrow::Cow;

use serde::Serialize;

use super::Null;
use super::charge::description;
use crate::ids;
use crate::population::Population;
use crate::population::ledger::{Movement, Reason, available_on};

pub const CURRENCY: &str = "eur";

#[derive(Serialize, Default)]
pub struct BalanceTransaction {
    pub id: String,
    pub object: &'static str,
    pub amount: i64,
    pub available_on: i64,
    pub balance_type: &'static str,
    pub created: i64,
    pub currency: &'static str,
    pub description: Option<Cow<'static, str>>,
    pub exchange_rate: Option<f64>,
    pub fee: i64,
    pub fee_details: Vec<Fee>,
    pub net: i64,
    pub reporting_category: &'static str,
    pub source: Option<String>,
    pub status: &'static str,
    #[serde(rename = "type")]
    pub type_: &'static str,
}

#[derive(Serialize)]
pub struct Fee {
    amount: i64,
    application: Null,
    currency: &'static str,
    description: &'static str,
    #[serde(rename = "type")]
    type_: &'static str,
}

impl BalanceTransaction {
    /// What follows from the reason, the sums and the times.
    pub fn complete(self, reason: Reason, now: i64) -> Self {
        let (type_, reporting_category) = names(reason);
        let charged = (self.fee != 0).then(|| Fee {
            amount: self.fee,
            application: (),
            currency: CURRENCY,
            description: if reason == Reason::Charge {
                "Stripe processing fees"
            } else {
                "Dispute fee"
            },
            type_: "stripe_fee",
        });
        Self {
            object: "balance_transaction",
            balance_type: "payments",
            currency: CURRENCY,
            fee_details: charged.into_iter().collect(),
            net: self.amount - self.fee,
            reporting_category,
            status: if self.available_on <= now {
                "available"
            } else {
                "pending"
            },
            type_,
            ..self
        }
    }
}

fn names(reason: Reason) -> (&'static str, &'static str) {
    match reason {
        Reason::Charge => ("charge", "charge"),
        Reason::Refund => ("refund", "refund"),
        Reason::Dispute => ("adjustment", "dispute"),
        Reason::DisputeWon => ("adjustment", "dispute_reversal"),
        Reason::Payout => ("payout", "payout"),
        Reason::PayoutFailure => ("payout_failure", "payout_reversal"),
    }
}

/// The `type` of a row, for lists that ask by it.
pub fn type_of(reason: Reason) -> &'static str {
    names(reason).0
}

pub fn balance_transaction(population: &Population, place: u32) -> BalanceTransaction {
    let row = &population.ledger.movements[place as usize];
    let sums = population.ledger.sums(population, row);
    BalanceTransaction {
        id: population.ids.id(ids::BALANCE_TRANSACTION, place),
        amount: sums.amount,
        available_on: i64::from(match row.reason {
            Reason::Payout | Reason::PayoutFailure => row.created,
            _ => available_on(row.created),
        }),
        created: i64::from(row.created),
        description: told(population, row),
        exchange_rate: rate(population, row),
        fee: sums.fee,
        source: Some(source(population, row)),
        ..BalanceTransaction::default()
    }
    .complete(row.reason, i64::from(population.now))
}

fn source(population: &Population, row: &Movement) -> String {
    let form = match row.reason {
        Reason::Charge => ids::CHARGE,
        Reason::Refund => ids::REFUND,
        Reason::Dispute | Reason::DisputeWon => ids::DISPUTE,
        Reason::Payout | Reason::PayoutFailure => ids::PAYOUT,
    };
    population.ids.id(form, row.source)
}

/// The charge behind it, if one is.
fn charge(population: &Population, row: &Movement) -> Option<u32> {
    let ledger = &population.ledger;
    Some(match row.reason {
        Reason::Charge => row.source,
        Reason::Refund => ledger.refunds[row.source as usize].charge,
        Reason::Dispute | Reason::DisputeWon => ledger.disputes[row.source as usize].charge,
        Reason::Payout | Reason::PayoutFailure => return None,
    })
}

fn rate(population: &Population, row: &Movement) -> Option<f64> {
    let charge = charge(population, row)?;
    population
        .ledger
        .currency(population, charge)
        .exchange_rate()
}

fn told(population: &Population, row: &Movement) -> Option<Cow<'static, str>> {
    Some(match row.reason {
        Reason::Charge => {
            let invoice = population.ledger.invoice(row.source);
            let invoice = &population.invoices[invoice as usize];
            description(invoice.subscription, invoice.cycle).into()
        }
        Reason::Refund => "REFUND FOR CHARGE".into(),
        Reason::Dispute => "Chargeback withdrawal".into(),
        Reason::DisputeWon => "Chargeback reversal".into(),
        Reason::Payout => "STRIPE PAYOUT".into(),
        Reason::PayoutFailure => "STRIPE PAYOUT FAILURE".into(),
    })
}
