//! Money given back: refunds, disputes, credit notes.

use super::super::rows::NONE;
use super::super::{DAY, Population};
use super::{ACCEPTED, Ledger};
use crate::random::Dice;

#[derive(Clone, Copy)]
pub struct Refund {
    pub created: u32,
    pub charge: u32,
    pub amount: i64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DisputeState {
    NeedsResponse,
    UnderReview,
    Won,
    Lost,
}

impl DisputeState {
    pub fn text(self) -> &'static str {
        match self {
            DisputeState::NeedsResponse => "needs_response",
            DisputeState::UnderReview => "under_review",
            DisputeState::Won => "won",
            DisputeState::Lost => "lost",
        }
    }
}

#[derive(Clone, Copy)]
pub struct Dispute {
    pub created: u32,
    pub charge: u32,
    pub state: DisputeState,
}

#[derive(Clone, Copy)]
pub struct CreditNote {
    pub created: u32,
    pub invoice: u32,
    /// `NONE` where the money was given back outside Stripe.
    pub refund: u32,
    pub amount: i64,
}

impl Ledger {
    /// Every 60th paid charge was refunded, every 150th disputed.
    pub(super) fn give_back(&mut self, population: &Population) {
        let now = population.now;
        let (mut refunds, mut disputes) = (Vec::new(), Vec::new());
        let paid = (0_u32..).zip(&self.charges);
        let paid = paid.filter(|(_, row)| row.decline == ACCEPTED && row.created + DAY < now);
        for (ordinal, (place, row)) in paid.enumerate() {
            let mut dice = Dice::new(population.seed, "returns", place);
            let after = row.created + dice.between(DAY / 2, 20 * DAY);
            let created = after.min(now - 600);
            if ordinal % 60 == 31 {
                let whole = self.payments[row.payment as usize].amount;
                let customer = population.invoices[self.invoice(place) as usize].customer;
                let part = population.currency(customer).round(whole, 4);
                refunds.push(Refund {
                    created,
                    charge: place,
                    amount: if ordinal % 120 == 31 || part == 0 {
                        whole
                    } else {
                        part
                    },
                });
            } else if ordinal % 150 == 77 {
                let state = match now - created {
                    ..604_800 => DisputeState::NeedsResponse,
                    604_800..2_592_000 => DisputeState::UnderReview,
                    _ if dice.percent(40) => DisputeState::Won,
                    _ => DisputeState::Lost,
                };
                disputes.push(Dispute {
                    created,
                    charge: place,
                    state,
                });
            }
        }
        refunds.sort_by_key(|row: &Refund| (row.created, row.charge));
        disputes.sort_by_key(|row: &Dispute| (row.created, row.charge));
        self.refund_of = (0..)
            .zip(&refunds)
            .map(|(at, row)| (row.charge, at))
            .collect();
        self.dispute_of = (0..)
            .zip(&disputes)
            .map(|(at, row)| (row.charge, at))
            .collect();
        self.refunds = refunds;
        self.disputes = disputes;
        self.note(population);
    }

    /// Each refund has its credit note, and some paid invoices were credited outside Stripe.
    fn note(&mut self, population: &Population) {
        let by_refund = (0_u32..).zip(&self.refunds).map(|(place, row)| CreditNote {
            created: row.created,
            invoice: self.invoice(row.charge),
            refund: place,
            amount: row.amount,
        });
        let others = (0_u32..).zip(&self.charges).filter(|(place, row)| {
            row.decline == ACCEPTED
                && place % 200 == 113
                && self.refund_of(*place).is_none()
                && row.created + DAY < population.now
        });
        let by_hand = others.map(|(place, row)| CreditNote {
            created: row.created + DAY / 2,
            invoice: self.invoice(place),
            refund: NONE,
            amount: self.amount(place),
        });
        let mut notes: Vec<CreditNote> = by_refund.chain(by_hand).collect();
        notes.sort_by_key(|row| (row.created, row.invoice));
        self.note_of = (0..)
            .zip(&notes)
            .map(|(at, row)| (row.invoice, at))
            .collect();
        self.credit_notes = notes;
    }
}
