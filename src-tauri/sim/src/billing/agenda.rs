//! What is due when: the next step of each object, so that moving the clock costs what is due and not
//! what there is.

use std::collections::{BTreeSet, HashMap};

use crate::registry::Kind;

/// Whose step it is. At the same second a schedule changes the plan before it renews, and what an
/// invoice does is looked at last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Turn {
    Schedule(u32),
    Subscription(u32),
    Invoice(u32),
    Session(u32),
}

impl Turn {
    pub fn of(kind: Kind, place: u32) -> Option<Self> {
        Some(match kind {
            Kind::SubscriptionSchedule => Turn::Schedule(place),
            Kind::Subscription => Turn::Subscription(place),
            Kind::Invoice => Turn::Invoice(place),
            Kind::CheckoutSession => Turn::Session(place),
            _ => return None,
        })
    }

    pub fn object(self) -> (Kind, u32) {
        match self {
            Turn::Schedule(place) => (Kind::SubscriptionSchedule, place),
            Turn::Subscription(place) => (Kind::Subscription, place),
            Turn::Invoice(place) => (Kind::Invoice, place),
            Turn::Session(place) => (Kind::CheckoutSession, place),
        }
    }
}

#[derive(Default)]
pub struct Agenda {
    due: BTreeSet<(i64, Turn)>,
    when: HashMap<Turn, i64>,
}

impl Agenda {
    /// Each has one next step, or none.
    pub fn set(&mut self, turn: Turn, at: Option<i64>) {
        if let Some(before) = self.when.remove(&turn) {
            self.due.remove(&(before, turn));
        }
        if let Some(at) = at {
            self.when.insert(turn, at);
            self.due.insert((at, turn));
        }
    }

    /// The earliest step that is due by then.
    pub fn next(&self, until: i64) -> Option<(i64, Turn)> {
        self.due.first().copied().filter(|(at, _)| *at <= until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_its_latest_step_and_the_earliest_comes_first() {
        let mut agenda = Agenda::default();
        agenda.set(Turn::Invoice(1), Some(20));
        agenda.set(Turn::Subscription(1), Some(30));
        agenda.set(Turn::Invoice(1), Some(40));
        assert_eq!(agenda.next(29), None);
        assert_eq!(agenda.next(30), Some((30, Turn::Subscription(1))));
        agenda.set(Turn::Subscription(1), None);
        assert_eq!(agenda.next(99), Some((40, Turn::Invoice(1))));
    }
}
