//! Random changes for property tests: any transition that is possible now, made as the Dashboard, a
//! client or time itself would make it.

mod billing;
mod clients;
mod selling;

use chrono::TimeDelta;
use serde_json::Value;

use crate::form;
use crate::objects::event::Cause;
use crate::registry::Kind;
use crate::state::State;
use crate::write::carry_out;

/// Gives the next draw.
pub type Draw<'a> = &'a mut dyn FnMut() -> u64;

type Transition = (&'static str, fn(&mut Attempt<'_>) -> Option<()>);

/// Every transition, by its name.
const TRANSITIONS: [&[Transition]; 4] = [
    clients::TRANSITIONS,
    billing::TRANSITIONS,
    selling::TRANSITIONS,
    TIME,
];

const TIME: &[Transition] = &[
    ("time_advanced_hours", |attempt| attempt.advance(1, 72)),
    ("time_advanced_days", |attempt| attempt.advance(72, 24 * 20)),
];

/// One try at a transition; `None` is that nothing here could make it.
struct Attempt<'a> {
    state: &'a mut State,
    draw: Draw<'a>,
}

/// The names of all transitions.
pub fn names() -> Vec<&'static str> {
    TRANSITIONS
        .into_iter()
        .flatten()
        .map(|(name, _)| *name)
        .collect()
}

/// Makes one; gives its name. Time can always be advanced, so there always is one.
pub fn make(state: &mut State, draw: Draw<'_>) -> &'static str {
    make_of(&TRANSITIONS, state, draw)
}

/// The same without time going on.
pub fn make_now(state: &mut State, draw: Draw<'_>) -> &'static str {
    make_of(&TRANSITIONS[..TRANSITIONS.len() - 1], state, draw)
}

fn make_of(
    transitions: &[&'static [Transition]],
    state: &mut State,
    draw: Draw<'_>,
) -> &'static str {
    let mut left: Vec<&Transition> = transitions.iter().copied().flatten().collect();
    while !left.is_empty() {
        let at = (draw() % left.len() as u64) as usize;
        let (name, make) = left.swap_remove(at);
        let mut attempt = Attempt { state, draw };
        if make(&mut attempt).is_some() {
            return name;
        }
    }
    "nothing"
}

impl Attempt<'_> {
    fn below(&mut self, bound: usize) -> usize {
        ((self.draw)() % bound.max(1) as u64) as usize
    }

    fn one_of<T: Copy>(&mut self, choices: &[T]) -> Option<T> {
        let at = self.below(choices.len());
        choices.get(at).copied()
    }

    /// Any object that fits, as the API shows it.
    fn pick(&mut self, kind: Kind, fits: impl Fn(&Value) -> bool) -> Option<Value> {
        let end = self.state.store.end(kind);
        let first = self.below(end as usize) as u32;
        let store = &self.state.store;
        (first..end)
            .chain(0..first)
            .filter(|place| !store.is_removed(kind, *place))
            .map(|place| store.value(kind, place))
            .find(fits)
    }

    /// Any object in one of these statuses; only the one that is found is rendered.
    fn pick_in(&mut self, kind: Kind, statuses: &[&str]) -> Option<Value> {
        let end = self.state.store.end(kind);
        let first = self.below(end as usize) as u32;
        let store = &self.state.store;
        let fits = |place: &u32| {
            let status = store.field(kind, *place, "/status");
            !store.is_removed(kind, *place)
                && status.is_some_and(|status| statuses.iter().any(|one| *status == *one))
        };
        let place = (first..end).chain(0..first).find(fits)?;
        Some(store.value(kind, place))
    }

    fn customer(&mut self) -> Option<Value> {
        self.pick(Kind::Customer, |_| true)
    }

    /// Carries out one of the API's own calls, as the Dashboard does.
    fn call(&mut self, call: &str, ids: &[&str], given: &str) -> Option<Value> {
        let form = form::parse(given);
        carry_out(self.state, call, ids, form, &Cause::default()).ok()
    }

    /// The same for an object that was picked.
    fn call_on(&mut self, call: &str, object: &Value, given: &str) -> Option<()> {
        self.call(call, &[object["id"].as_str()?], given)
            .map(|_| ())
    }

    fn advance(&mut self, from_hours: u32, to_hours: u32) -> Option<()> {
        let hours = from_hours as usize + self.below((to_hours - from_hours) as usize);
        let by = TimeDelta::try_hours(hours as i64)?;
        let to = self.state.clock.now().checked_add_signed(by)?;
        self.state.move_clock(to).ok()
    }

    fn change(
        &mut self,
        kind: Kind,
        object: &Value,
        event: &str,
        edit: impl FnOnce(&mut Value),
    ) -> Option<()> {
        let place = self.state.store.find(kind, object["id"].as_str()?)?;
        self.state
            .change(kind, place, event, &Cause::default(), edit);
        Some(())
    }
}
