//! The account's balance: what a movement of money adds to it or takes away.

use serde_json::Value;

use crate::error::ApiError;
use crate::objects::balance_transaction::BalanceTransaction;
use crate::population::currencies::{CURRENCIES, Currency};
use crate::population::ledger::{DISPUTE_FEE, Reason, available_on, fee};
use crate::registry::Kind;
use crate::state::State;
use crate::store::to_value;

/// The currencies that the account can take.
pub fn currency(code: &str) -> Result<&'static Currency, ApiError> {
    let code = code.to_lowercase();
    let known = CURRENCIES.iter().find(|currency| currency.code == code);
    known.ok_or_else(|| ApiError::lacks(&format!("the currency {code:?}")))
}

/// `amount` is in `currency` and below zero where money goes out.
pub fn record(
    state: &mut State,
    reason: Reason,
    (amount, currency): (i64, &'static Currency),
    source: &str,
    description: Option<&str>,
) -> Value {
    let now = state.now();
    let amount = currency.to_euro(amount);
    let movement = BalanceTransaction {
        id: state.store.next_id(Kind::BalanceTransaction),
        amount,
        available_on: match reason {
            Reason::Payout | Reason::PayoutFailure => now,
            _ => i64::from(available_on(now as u32)),
        },
        created: now,
        description: description.map(|text| text.to_owned().into()),
        exchange_rate: currency.exchange_rate(),
        fee: match reason {
            Reason::Charge => fee(amount),
            Reason::Dispute => DISPUTE_FEE,
            _ => 0,
        },
        source: Some(source.to_owned()),
        ..BalanceTransaction::default()
    };
    let movement = to_value(&movement.complete(reason, now));
    state
        .store
        .insert(Kind::BalanceTransaction, movement.clone());
    movement
}
