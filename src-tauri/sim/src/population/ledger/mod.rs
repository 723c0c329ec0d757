//! Money that had moved before the simulator began: payments and their charges, refunds, disputes,
//! credit notes, and the account's balance with its payouts.

mod balance;
mod returns;

use std::collections::HashMap;

pub use balance::{DISPUTE_FEE, Movement, Payout, Reason, available_on, fee};
pub use returns::{CreditNote, Dispute, DisputeState, Refund};

use super::bill::bill;
use super::index::Index;
use super::rows::{InvoiceStatus, NONE};
use super::{DAY, Population, finalized_at, settled_at};

/// What an invoice asked for: its payment intent and its invoice payment.
#[derive(Clone, Copy)]
pub struct Payment {
    pub created: u32,
    pub invoice: u32,
    pub amount: i64,
}

/// One attempt at a payment.
#[derive(Clone, Copy)]
pub struct Charge {
    pub created: u32,
    pub payment: u32,
    /// Index into `DECLINES`, or `ACCEPTED`.
    pub decline: u8,
}

pub const ACCEPTED: u8 = u8::MAX;

/// How a bank refuses a card.
pub struct Decline {
    /// The charge's `failure_code`.
    pub code: &'static str,
    /// The bank's own reason: `outcome.reason`.
    pub reason: &'static str,
    pub message: &'static str,
    pub advice: &'static str,
}

pub const DECLINES: [Decline; 5] = [
    decline(
        "card_declined",
        "insufficient_funds",
        "Your card has insufficient funds.",
        "try_again_later",
    ),
    decline(
        "card_declined",
        "generic_decline",
        "Your card was declined.",
        "try_again_later",
    ),
    decline(
        "card_declined",
        "do_not_honor",
        "Your card was declined.",
        "try_again_later",
    ),
    decline(
        "expired_card",
        "expired_card",
        "Your card has expired.",
        "do_not_try_again",
    ),
    decline(
        "card_declined",
        "lost_card",
        "Your card was declined.",
        "do_not_try_again",
    ),
];

const fn decline(
    code: &'static str,
    reason: &'static str,
    message: &'static str,
    advice: &'static str,
) -> Decline {
    Decline {
        code,
        reason,
        message,
        advice,
    }
}

pub struct Ledger {
    pub payments: Vec<Payment>,
    pub charges: Vec<Charge>,
    pub refunds: Vec<Refund>,
    pub disputes: Vec<Dispute>,
    pub credit_notes: Vec<CreditNote>,
    pub movements: Vec<Movement>,
    pub payouts: Vec<Payout>,
    /// The payment of each invoice, or `NONE`.
    payment_of: Vec<u32>,
    charges_of: Index,
    /// The movement that each charge, refund, dispute and payout caused first.
    moved_by: HashMap<(Reason, u32), u32>,
    charge_moved: Vec<u32>,
    refund_of: HashMap<u32, u32>,
    dispute_of: HashMap<u32, u32>,
    note_of: HashMap<u32, u32>,
}

impl Ledger {
    /// Nothing moved yet; what a population has while it is being made.
    pub fn empty() -> Self {
        Self {
            payments: Vec::new(),
            charges: Vec::new(),
            refunds: Vec::new(),
            disputes: Vec::new(),
            credit_notes: Vec::new(),
            movements: Vec::new(),
            payouts: Vec::new(),
            payment_of: Vec::new(),
            charges_of: Index::new(0, std::iter::empty()),
            moved_by: HashMap::new(),
            charge_moved: Vec::new(),
            refund_of: HashMap::new(),
            dispute_of: HashMap::new(),
            note_of: HashMap::new(),
        }
    }

    pub fn of(population: &Population) -> Self {
        let payments = payments(population);
        let mut payment_of = vec![NONE; population.invoices.len()];
        for (place, row) in payments.iter().enumerate() {
            payment_of[row.invoice as usize] = place as u32;
        }
        let charges = charges(population, &payments);
        let mut ledger = Self {
            payment_of,
            charges_of: Index::new(payments.len(), charges.iter().map(|row| row.payment)),
            payments,
            charges,
            ..Self::empty()
        };
        ledger.give_back(population);
        ledger.balance(population);
        ledger
    }

    pub fn payment_of(&self, invoice: u32) -> Option<u32> {
        let place = self.payment_of.get(invoice as usize).copied();
        place.filter(|place| *place != NONE)
    }

    /// Oldest first.
    pub fn charges_of(&self, payment: u32) -> &[u32] {
        self.charges_of.of(payment)
    }

    /// The charge that paid, or else the last that failed.
    pub fn latest_charge(&self, payment: u32) -> Option<u32> {
        self.charges_of(payment).last().copied()
    }

    pub fn amount(&self, charge: u32) -> i64 {
        self.payments[self.charges[charge as usize].payment as usize].amount
    }

    pub fn invoice(&self, charge: u32) -> u32 {
        self.payments[self.charges[charge as usize].payment as usize].invoice
    }

    pub fn refund_of(&self, charge: u32) -> Option<u32> {
        self.refund_of.get(&charge).copied()
    }

    pub fn dispute_of(&self, charge: u32) -> Option<u32> {
        self.dispute_of.get(&charge).copied()
    }

    pub fn note_of(&self, invoice: u32) -> Option<u32> {
        self.note_of.get(&invoice).copied()
    }
}

/// In order of creation, as every list of rows is.
fn payments(population: &Population) -> Vec<Payment> {
    let rows = population.invoices.iter().enumerate();
    let mut payments: Vec<Payment> = rows
        .filter(|(_, row)| row.status != InvoiceStatus::Draft)
        .map(|(place, row)| Payment {
            created: finalized_at(row, population.now),
            invoice: place as u32,
            amount: bill(population, row).total,
        })
        .filter(|payment| payment.amount > 0)
        .collect();
    payments.sort_by_key(|row| (row.created, row.invoice));
    payments
}

fn charges(population: &Population, payments: &[Payment]) -> Vec<Charge> {
    let now = population.now;
    let mut charges = Vec::with_capacity(payments.len());
    for (place, payment) in payments.iter().enumerate() {
        let invoice = &population.invoices[payment.invoice as usize];
        let place = place as u32;
        if invoice.status == InvoiceStatus::Paid {
            charges.push(Charge {
                created: settled_at(invoice, now),
                payment: place,
                decline: ACCEPTED,
            });
            continue;
        }
        // One reason for all attempts: the card does not get better by itself.
        let decline = (payment.invoice % DECLINES.len() as u32) as u8;
        for attempt in 0..u32::from(invoice.attempts) {
            charges.push(Charge {
                created: (payment.created + 1 + attempt * 2 * DAY).min(now),
                payment: place,
                decline,
            });
        }
    }
    charges.sort_by_key(|row| (row.created, row.payment));
    charges
}
