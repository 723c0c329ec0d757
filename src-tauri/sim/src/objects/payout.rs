//! `payout`: the account's balance sent to the agency's bank.

use serde_json::{Value, json};

use super::balance_transaction::CURRENCY;
use crate::ids;
use crate::population::ledger::Reason;
use crate::population::{DAY, Population};

/// What differs between payouts.
pub struct PayoutFacts {
    pub id: String,
    pub amount: i64,
    pub automatic: bool,
    pub balance_transaction: Option<String>,
    pub created: i64,
    pub destination: String,
    pub failure_balance_transaction: Option<String>,
    pub status: &'static str,
}

pub fn payout_of(facts: PayoutFacts) -> Value {
    let failed = facts.status == "failed";
    let trace = match facts.status {
        "paid" => json!({"status": "supported", "value": format!("SIM{}", facts.created)}),
        _ => json!({"status": "pending", "value": null}),
    };
    json!({
        "id": facts.id,
        "object": "payout",
        "amount": facts.amount,
        "application_fee": null,
        "application_fee_amount": null,
        "arrival_date": (facts.created + i64::from(DAY)) / i64::from(DAY) * i64::from(DAY),
        "automatic": facts.automatic,
        "balance_transaction": facts.balance_transaction,
        "created": facts.created,
        "currency": CURRENCY,
        "description": if facts.automatic { "STRIPE PAYOUT" } else { "Payout on request" },
        "destination": facts.destination,
        "failure_balance_transaction": facts.failure_balance_transaction,
        "failure_code": failed.then_some("account_closed"),
        "failure_message": failed.then_some("The bank account has been closed"),
        "livemode": false,
        "metadata": {},
        "method": "standard",
        "original_payout": null,
        "payout_method": null,
        "reconciliation_status": if facts.automatic { "completed" } else { "not_applicable" },
        "reversed_by": null,
        "source_type": "card",
        "statement_descriptor": null,
        "status": facts.status,
        "trace_id": trace,
        "type": "bank_account"
    })
}

pub fn payout(population: &Population, place: u32) -> Value {
    let ledger = &population.ledger;
    let row = &ledger.payouts[place as usize];
    let moved = |reason| {
        let movement = ledger.moved_by(reason, place)?;
        Some(population.ids.id(ids::BALANCE_TRANSACTION, movement))
    };
    payout_of(PayoutFacts {
        id: population.ids.id(ids::PAYOUT, place),
        amount: row.amount,
        automatic: true,
        balance_transaction: moved(Reason::Payout),
        created: i64::from(row.created),
        destination: population.ids.id(ids::BANK_ACCOUNT, 0),
        failure_balance_transaction: moved(Reason::PayoutFailure),
        status: match (row.failed, row.created + DAY > population.now) {
            (true, _) => "failed",
            (_, true) => "in_transit",
            _ => "paid",
        },
    })
}
