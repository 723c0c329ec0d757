//! Invoices: one for each period of a subscription, and some written by hand.

use super::{DAY, after};
use crate::population::catalogue::PLANS;
use crate::population::rows::{Customer, Invoice, InvoiceStatus, NONE, Scenario, Subscription};
use crate::random::Dice;

pub fn invoices(
    seed: u64,
    customers: &[Customer],
    subscriptions: &mut [Subscription],
    count: u32,
    now: u32,
) -> Vec<Invoice> {
    let target = count as usize * 5;
    let mut invoices = Vec::with_capacity(target);
    for (place, row) in subscriptions.iter().enumerate() {
        recurring(seed, place as u32, row, now, &mut invoices);
    }
    // What is missing to five for each customer was written by hand. A small population may be over
    // that already and still has some of those.
    let target = target.max(invoices.len() + count as usize / 10);
    for ordinal in invoices.len()..target {
        invoices.push(by_hand(seed, ordinal as u32, customers, now));
    }
    invoices.sort_by_key(|row| row.created);
    let mut sequences = vec![0_u16; customers.len()];
    for (place, row) in invoices.iter_mut().enumerate() {
        let sequence = &mut sequences[row.customer as usize];
        *sequence += 1;
        row.sequence = *sequence;
        if row.subscription != NONE {
            subscriptions[row.subscription as usize].latest_invoice = place as u32;
        }
    }
    invoices
}

/// One invoice at the start of each period until the current one.
fn recurring(seed: u64, place: u32, row: &Subscription, now: u32, invoices: &mut Vec<Invoice>) {
    let every = PLANS[row.plan as usize].every.unwrap_or(("month", 1));
    let mut dice = Dice::new(seed, "cycles", place);
    let mut cycle = 0;
    let mut start = row.created;
    while start <= row.period_start {
        let next = if row.trial_end > 0 {
            row.trial_end
        } else {
            after(row.created, every, cycle + 1)
        };
        let last = next > row.period_start;
        let due = if row.scenario == Scenario::SendInvoice {
            start + dice.pick(&[14, 30]) * DAY
        } else {
            0
        };
        let (status, attempts) = if last {
            last_status(&mut dice, row.scenario, now, due)
        } else {
            match dice.below(200) {
                0 => (InvoiceStatus::Void, 1),
                1 => (InvoiceStatus::Uncollectible, 4),
                _ => (InvoiceStatus::Paid, 1),
            }
        };
        invoices.push(Invoice {
            created: start,
            customer: row.customer,
            subscription: place,
            cycle,
            period_end: next,
            units: dice.between(20, 900),
            due,
            sequence: 0,
            attempts,
            status,
        });
        cycle += 1;
        start = next;
    }
}

fn last_status(dice: &mut Dice, scenario: Scenario, now: u32, due: u32) -> (InvoiceStatus, u8) {
    match scenario {
        Scenario::PastDue => (InvoiceStatus::Open, dice.between(1, 3) as u8),
        Scenario::Unpaid => (InvoiceStatus::Open, 4),
        Scenario::Incomplete => (InvoiceStatus::Open, 1),
        Scenario::IncompleteExpired => (InvoiceStatus::Void, 1),
        Scenario::SendInvoice if due > now || dice.percent(60) => (InvoiceStatus::Open, 0),
        Scenario::CollectionDraft => (InvoiceStatus::Draft, 0),
        Scenario::CollectionVoid => (InvoiceStatus::Void, 0),
        Scenario::CollectionUncollectible => (InvoiceStatus::Uncollectible, 0),
        Scenario::Canceled if dice.percent(25) => (InvoiceStatus::Uncollectible, 4),
        _ => (InvoiceStatus::Paid, 1),
    }
}

fn by_hand(seed: u64, ordinal: u32, customers: &[Customer], now: u32) -> Invoice {
    let mut dice = Dice::new(seed, "by hand", ordinal);
    let customer = dice.below(customers.len() as u32);
    let created = now - dice.below(now - customers[customer as usize].created);
    let status = match ordinal % 25 {
        0 | 1 => InvoiceStatus::Open,
        2 => InvoiceStatus::Draft,
        3 => InvoiceStatus::Void,
        4 => InvoiceStatus::Uncollectible,
        _ => InvoiceStatus::Paid,
    };
    Invoice {
        created,
        customer,
        subscription: NONE,
        cycle: 0,
        period_end: created,
        units: dice.between(1, 12),
        due: created + dice.pick(&[14, 30]) * DAY,
        sequence: 0,
        attempts: 0,
        status,
    }
}
