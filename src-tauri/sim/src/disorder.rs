//! Events as a client may meet them: late, twice, or in another order than they happened in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::random::Dice;
use crate::registry::Kind;
use crate::store::Store;

/// How many of 100 events are told so. All zero, the default, is order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Disorder {
    /// Shows up only later, at the place where it would have been: behind the newest event.
    pub delay_percent: u32,
    /// A late event shows up once this many others have followed it …
    pub delay_events: u32,
    /// … or once this much simulated time has passed, whichever comes first.
    pub delay_seconds: u32,
    /// Told by a second event with another id.
    pub duplicate_percent: u32,
    /// Takes the place before an event of the same second.
    pub reorder_percent: u32,
}

/// How often each disorder has occurred.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisorderCounts {
    pub delayed: u32,
    pub duplicated: u32,
    pub reordered: u32,
}

#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Order {
    pub rules: Disorder,
    pub counts: DisorderCounts,
    /// Late events by place: from which end of the list and from which time on they show.
    late: BTreeMap<u32, (u32, i64)>,
}

impl Order {
    pub fn hides(&self, place: u32, end: u32, now: i64) -> bool {
        self.late
            .get(&place)
            .is_some_and(|(shown_at_end, shown_at)| end < *shown_at_end && now < *shown_at)
    }

    /// Disturbs the event that was inserted last.
    pub fn disturb(&mut self, store: &mut Store, now: i64) {
        let rules = self.rules;
        if rules == Disorder::default() {
            return;
        }
        let Some(place) = store.end(Kind::Event).checked_sub(1) else {
            return;
        };
        let mut dice = Dice::new(store.population.seed, "disorder", place);
        let (late, twice, swapped) = (
            dice.percent(rules.delay_percent),
            dice.percent(rules.duplicate_percent),
            dice.percent(rules.reorder_percent),
        );
        if twice {
            let mut again = store.value(Kind::Event, place);
            again["id"] = store.next_id(Kind::Event).into();
            store.insert(Kind::Event, again);
            self.counts.duplicated += 1;
        }
        if late {
            let until = (
                place.saturating_add(1).saturating_add(rules.delay_events),
                now + i64::from(rules.delay_seconds),
            );
            self.late.insert(place, until);
            self.counts.delayed += 1;
        } else if let Some(before) = place.checked_sub(1).filter(|_| swapped)
            && !self.late.contains_key(&before)
            && store.added(Kind::Event).contains(&before)
            && store.created(Kind::Event, before) == store.created(Kind::Event, place)
        {
            store.swap(Kind::Event, before, place);
            self.counts.reordered += 1;
        }
    }
}
