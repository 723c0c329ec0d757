//! Billing over time: when the clock moves, subscriptions renew, trials end, invoices are finalised,
//! charged, retried and given up, each at its own time and in order.

mod agenda;
mod collection;
mod due;
mod invoicing;
mod prorations;
mod schedules;
mod subscriptions;

use std::collections::BTreeMap;

use agenda::{Agenda, Turn};
pub use collection::{DECLINE, next_attempt};
use due::Step;
pub use invoicing::amount;
pub use prorations::{
    Behaviour, Change, Difference, begin_periods, credit_unused, difference, settle, unused,
};
pub use subscriptions::{draft_for, end_trial, next_period, resume};

use crate::objects::event::Cause;
use crate::population::KEPT;
use crate::registry::Kind;
use crate::state::State;

/// What becomes of a subscription whose last retry has failed: a setting of the account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AfterRetries {
    #[default]
    Cancel,
    Unpaid,
    PastDue,
}

/// The steps to come, of the account's own time and of each test clock.
pub struct Billing {
    pub on: bool,
    pub after_retries: AfterRetries,
    /// `None` until time is first moved: most simulators never do.
    ordinary: Option<Agenda>,
    /// By the test clock's place.
    simulated: BTreeMap<u32, Agenda>,
}

/// Time stands still at `at` while a step is taken.
#[derive(Clone, Copy)]
pub struct Held {
    pub at: i64,
    /// The test clock whose time it is.
    pub clock: Option<u32>,
}

const KINDS: [Kind; 4] = [
    Kind::SubscriptionSchedule,
    Kind::Subscription,
    Kind::Invoice,
    Kind::CheckoutSession,
];

impl State {
    /// Notes what an object that was changed does next.
    pub fn plan(&mut self, kind: Kind, place: u32) {
        let after = self.now();
        if let Some(turn) = Turn::of(kind, place).filter(|_| self.billing.on) {
            self.plan_turn(turn, after);
        }
    }

    fn plan_turn(&mut self, turn: Turn, after: i64) {
        let clock = self.clock_of(turn);
        if clock.is_none() && self.billing.ordinary.is_none() {
            return;
        }
        let at = due::next(self, turn, after).map(|(at, _)| at);
        if let Some(agenda) = self.billing.agenda(clock) {
            agenda.set(turn, at);
        }
    }

    fn clock_of(&self, turn: Turn) -> Option<u32> {
        let (kind, place) = turn.object();
        let object = self.store.document(kind, place)?;
        self.store
            .place(Kind::TestClock, object["test_clock"].as_str()?)
    }

    /// Moves the account's own clock and takes every step that is due on the way.
    pub fn move_clock(&mut self, to: chrono::DateTime<chrono::Utc>) -> Result<(), String> {
        let from = self.now();
        let mut moved = self.clock.clone();
        moved.set(to)?;
        self.bill_until(None, from, to.timestamp());
        self.clock = moved;
        self.store.forget_events(to.timestamp() - i64::from(KEPT));
        Ok(())
    }

    /// Takes every step that is due by then.
    pub fn bill_until(&mut self, clock: Option<u32>, from: i64, to: i64) {
        if !self.billing.on {
            return;
        }
        if clock.is_none() && self.billing.ordinary.is_none() {
            self.look_ahead(from);
        }
        let mut at = from;
        while let Some((due, turn)) = self.billing.next(clock, to) {
            at = at.max(due);
            self.held = Some(Held { at, clock });
            self.take(turn, at);
        }
        self.held = None;
    }

    fn take(&mut self, turn: Turn, at: i64) {
        let (kind, place) = turn.object();
        let step = due::next(self, turn, at - 1).filter(|(due, _)| *due <= at);
        let Some((_, step)) = step else {
            // It was looked at early, or was changed meanwhile.
            return self.plan_turn(turn, at);
        };
        let before = self.store.value(kind, place);
        let cause = Cause::default();
        match step {
            Step::Expire => subscriptions::expire(self, place, &cause),
            Step::ResumeCollection => subscriptions::resume_collection(self, place, &cause),
            Step::Cancel => subscriptions::cancel(self, place, &cause),
            Step::Resume => subscriptions::resume(self, place, true, &cause),
            Step::EndDiscount => subscriptions::end_discounts(self, place, at, &cause),
            Step::WarnOfTrial => {
                self.tell(
                    "customer.subscription.trial_will_end",
                    before.clone(),
                    None,
                    &cause,
                );
            }
            Step::Renew => subscriptions::renew(self, place, at, &cause),
            Step::Finalize => collection::finalize(self, place, &cause),
            Step::Attempt => collection::attempt(self, place, &cause),
            Step::Overdue => collection::overdue(self, place, &cause),
            Step::WarnOfSchedule => {
                self.tell(
                    "subscription_schedule.expiring",
                    before.clone(),
                    None,
                    &cause,
                );
            }
            Step::NextPhase => schedules::next_phase(self, place, at, &cause),
            Step::EndSession => {
                self.change(kind, place, "checkout.session.expired", &cause, |session| {
                    session["status"] = "expired".into();
                    session["url"] = serde_json::Value::Null;
                });
            }
        }
        self.plan_turn(turn, at);
        let stuck = due::next(self, turn, at)
            .is_some_and(|(due, again)| due <= at && again == step)
            && self.store.value(kind, place) == before;
        if stuck {
            // What the step asks for cannot be had; asking again would not end.
            let clock = self.clock_of(turn);
            if let Some(agenda) = self.billing.agenda(clock) {
                agenda.set(turn, None);
            }
        }
    }

    /// Looks at everything once: rows by what they hold, the rest as the API shows it.
    fn look_ahead(&mut self, after: i64) {
        let mut agenda = Agenda::default();
        for kind in KINDS {
            for place in 0..self.store.end(kind) {
                let Some(turn) = Turn::of(kind, place) else {
                    continue;
                };
                let at = match self.store.document(kind, place) {
                    Some(object) if !object["test_clock"].is_null() => continue,
                    Some(_) => due::next(self, turn, after).map(|(at, _)| at),
                    None => due::row(&self.store.population, turn, after),
                };
                agenda.set(turn, at);
            }
        }
        self.billing.ordinary = Some(agenda);
    }

    /// After a restart: what is on test clocks is looked at again.
    pub fn look_at_test_clocks(&mut self) {
        for kind in KINDS {
            let places: Vec<u32> = self.store.touched(kind).collect();
            for place in places {
                self.plan(kind, place);
            }
        }
    }
}

impl Billing {
    pub fn new(on: bool, after_retries: AfterRetries) -> Self {
        Self {
            on,
            after_retries,
            ordinary: None,
            simulated: BTreeMap::new(),
        }
    }

    fn agenda(&mut self, clock: Option<u32>) -> Option<&mut Agenda> {
        match clock {
            Some(clock) => Some(self.simulated.entry(clock).or_default()),
            None => self.ordinary.as_mut(),
        }
    }

    fn next(&mut self, clock: Option<u32>, until: i64) -> Option<(i64, Turn)> {
        self.agenda(clock)?.next(until)
    }
}
