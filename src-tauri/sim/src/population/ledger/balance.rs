//! The account's balance in euro: what each charge, refund, dispute and payout did to it.

use super::super::currencies::Currency;
use super::super::rows::NONE;
use super::super::{DAY, Population};
use super::{ACCEPTED, DisputeState, Ledger};

const WEEK: u32 = 7 * DAY;
/// The account is paid out this long after a charge.
const DELAY: u32 = 2 * DAY;
/// What Stripe keeps for a dispute, in cents.
pub const DISPUTE_FEE: i64 = 2_000;
/// The oldest but this many payouts was refused by the bank and paid again a week later.
const FAILED_FROM_END: usize = 5;

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Reason {
    Charge,
    Refund,
    Dispute,
    DisputeWon,
    Payout,
    PayoutFailure,
}

/// A balance transaction.
#[derive(Clone, Copy)]
pub struct Movement {
    pub created: u32,
    pub reason: Reason,
    /// Of the charge, refund, dispute or payout.
    pub source: u32,
    /// The payout that it was paid out with, or `NONE`.
    pub payout: u32,
}

#[derive(Clone, Copy)]
pub struct Payout {
    pub created: u32,
    pub amount: i64,
    pub failed: bool,
}

/// Amounts of a movement in the account's currency.
pub struct Sums {
    pub amount: i64,
    pub fee: i64,
}

impl Ledger {
    pub(super) fn balance(&mut self, population: &Population) {
        let mut movements = self.trade();
        movements.sort_by_key(|row| (row.created, row.reason, row.source));
        self.pay_out(population, &mut movements);
        movements.sort_by_key(|row| (row.created, row.reason, row.source));
        self.charge_moved = vec![NONE; self.charges.len()];
        for (place, row) in (0_u32..).zip(&movements) {
            if row.reason == Reason::Charge {
                self.charge_moved[row.source as usize] = place;
            } else {
                self.moved_by.insert((row.reason, row.source), place);
            }
        }
        self.movements = movements;
    }

    /// The movement that something caused.
    pub fn moved_by(&self, reason: Reason, source: u32) -> Option<u32> {
        match reason {
            Reason::Charge => {
                let place = self.charge_moved.get(source as usize).copied();
                place.filter(|place| *place != NONE)
            }
            _ => self.moved_by.get(&(reason, source)).copied(),
        }
    }

    /// Everything but payouts.
    fn trade(&self) -> Vec<Movement> {
        let movement = |created, reason, source| Movement {
            created,
            reason,
            source,
            payout: NONE,
        };
        let charges = (0..).zip(&self.charges);
        let mut movements: Vec<Movement> = charges
            .filter(|(_, row)| row.decline == ACCEPTED)
            .map(|(place, row)| movement(row.created, Reason::Charge, place))
            .collect();
        let refunds = (0..).zip(&self.refunds);
        movements.extend(refunds.map(|(at, row)| movement(row.created, Reason::Refund, at)));
        for (place, row) in (0..).zip(&self.disputes) {
            movements.push(movement(row.created, Reason::Dispute, place));
            if row.state == DisputeState::Won {
                let returned = row.created + 20 * DAY;
                movements.push(movement(returned, Reason::DisputeWon, place));
            }
        }
        movements
    }

    /// Once a week what has become available; a week that leaves nothing to pay is added to the next.
    fn pay_out(&mut self, population: &Population, movements: &mut Vec<Movement>) {
        let Some(first) = movements.first() else {
            return;
        };
        // Thursday, the first of January 1970, to Monday.
        let mut day = first.created / WEEK * WEEK + 4 * DAY + 4 * 3_600;
        let (mut from, mut upto) = (0, 0);
        while day < population.now {
            while upto < movements.len() && movements[upto].created + DELAY <= day {
                upto += 1;
            }
            let due = &movements[from..upto];
            let nets = due.iter().map(|row| {
                let sums = self.sums(population, row);
                sums.amount - sums.fee
            });
            let amount: i64 = nets.sum();
            if amount > 0 {
                let place = self.payouts.len() as u32;
                self.payouts.push(Payout {
                    created: day,
                    amount,
                    failed: false,
                });
                for row in &mut movements[from..upto] {
                    row.payout = place;
                }
                from = upto;
            }
            day += WEEK;
        }
        let failed = self.payouts.len().checked_sub(FAILED_FROM_END);
        if let Some(payout) = failed.and_then(|place| self.payouts.get_mut(place)) {
            payout.failed = true;
        }
        for (place, row) in (0..).zip(&self.payouts) {
            let movement = |created, reason| Movement {
                created,
                reason,
                source: place,
                payout: place,
            };
            movements.push(movement(row.created, Reason::Payout));
            if row.failed {
                movements.push(movement(row.created + 3 * DAY, Reason::PayoutFailure));
            }
        }
    }

    pub fn sums(&self, population: &Population, row: &Movement) -> Sums {
        let euro = |charge: u32, amount: i64| self.currency(population, charge).to_euro(amount);
        match row.reason {
            Reason::Charge => {
                let amount = euro(row.source, self.amount(row.source));
                Sums {
                    amount,
                    fee: fee(amount),
                }
            }
            Reason::Refund => {
                let refund = &self.refunds[row.source as usize];
                Sums {
                    amount: -euro(refund.charge, refund.amount),
                    fee: 0,
                }
            }
            Reason::Dispute | Reason::DisputeWon => {
                let charge = self.disputes[row.source as usize].charge;
                let amount = euro(charge, self.amount(charge));
                let taken = row.reason == Reason::Dispute;
                Sums {
                    amount: if taken { -amount } else { amount },
                    fee: if taken { DISPUTE_FEE } else { 0 },
                }
            }
            Reason::Payout => Sums {
                amount: -self.payouts[row.source as usize].amount,
                fee: 0,
            },
            Reason::PayoutFailure => Sums {
                amount: self.payouts[row.source as usize].amount,
                fee: 0,
            },
        }
    }

    pub fn currency(&self, population: &Population, charge: u32) -> &'static Currency {
        let invoice = &population.invoices[self.invoice(charge) as usize];
        population.currency(invoice.customer)
    }
}

/// Stripe's fee for a European card, in cents.
pub fn fee(amount: i64) -> i64 {
    amount * 15 / 1_000 + 25
}

/// When a movement's money can be paid out: at midnight two days later.
pub fn available_on(created: u32) -> u32 {
    (created + DELAY).next_multiple_of(DAY)
}
