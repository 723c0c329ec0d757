//! The account as it is now: its objects, its clock, and the one way in which an object changes.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::billing::{Billing, Held};
use crate::clock::Clock;
use crate::disorder::Order;
use crate::ids;
use crate::objects::event::{self, Cause};
use crate::operations;
use crate::population::KEPT;
use crate::registry::Kind;
use crate::store::Store;

pub struct State {
    pub store: Store,
    pub clock: Clock,
    /// Base URL of the hosted pages.
    pub pages: String,
    /// When each portal session was last used, by its place.
    pub sessions_used: HashMap<u32, i64>,
    /// The code last sent to an address, for the portal's login page or an expired session.
    pub login_codes: HashMap<String, LoginCode>,
    /// When a subscription goes on that its client has paused for a time, by its place. Where Stripe
    /// keeps this is not documented: no field of a subscription shows it.
    pub pauses: HashMap<u32, i64>,
    /// When each invoice was last asked for by itself, by its place: from then on its page lives anew.
    pub invoices_asked: HashMap<u32, i64>,
    pub order: Order,
    pub billing: Billing,
    /// Set while a step of billing is taken, or a request for a client on a test clock is carried out.
    pub held: Option<Held>,
}

#[derive(Clone, Serialize, Deserialize)]
pub struct LoginCode {
    pub code: String,
    pub entrance: Entrance,
    pub sent_at: i64,
}

/// What a code lets its owner into.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Entrance {
    /// The login page of a configuration, by its place.
    Login(u32),
    /// An expired session, by its place.
    Recovery(u32),
}

impl State {
    pub fn now(&self) -> i64 {
        self.held
            .map_or_else(|| self.clock.now().timestamp(), |held| held.at)
    }

    /// Events tell of what happens on a test clock when it happens, not when it is said to happen.
    fn told_at(&self) -> i64 {
        let simulated = self.held.is_some_and(|held| held.clock.is_some());
        if simulated {
            self.clock.now().timestamp()
        } else {
            self.now()
        }
    }

    /// Can the API show it (yet, or still)? Events come late on demand, and go after 30 days.
    pub fn shows(&self, kind: Kind, place: u32) -> bool {
        let now = self.now();
        kind != Kind::Event
            || (self.store.created(kind, place) >= now - i64::from(KEPT)
                && !self.order.hides(place, self.store.end(kind), now))
    }

    /// Notes that an invoice was asked for.
    pub fn asked_for_invoice(&mut self, place: u32) {
        let now = self.now();
        self.invoices_asked.insert(place, now);
    }

    pub fn id_of(&self, form: ids::Form, place: u32) -> String {
        self.store.population.ids.id(form, place)
    }

    /// Edits one object; if that changed it, the object is kept and `event` tells of it.
    pub fn change(
        &mut self,
        kind: Kind,
        place: u32,
        event: &str,
        cause: &Cause,
        edit: impl FnOnce(&mut Value),
    ) -> Value {
        let before = self.store.value(kind, place);
        let mut after = before.clone();
        edit(&mut after);
        if after != before {
            let previous = event
                .ends_with(".updated")
                .then(|| event::previous_attributes(&before, &after));
            self.store.replace(kind, place, after.clone());
            self.plan(kind, place);
            self.tell(event, after.clone(), previous, cause);
        }
        after
    }

    /// What a client on a test clock has is on it too.
    fn on_test_clock(&self, mut object: Value) -> Value {
        let owner = object["customer"]
            .as_str()
            .filter(|_| object.get("test_clock").is_some_and(Value::is_null))
            .and_then(|id| self.store.find(Kind::Customer, id))
            .and_then(|place| self.store.document(Kind::Customer, place));
        if let Some(owner) = owner {
            object["test_clock"] = owner["test_clock"].clone();
        }
        object
    }

    /// Adds a new object and tells of it.
    pub fn add(&mut self, kind: Kind, object: Value, event: &str, cause: &Cause) -> Value {
        let object = self.on_test_clock(object);
        let place = self.store.end(kind);
        self.store.insert(kind, object.clone());
        self.plan(kind, place);
        self.tell(event, object.clone(), None, cause);
        object
    }

    pub fn tell(&mut self, event: &str, object: Value, previous: Option<Value>, cause: &Cause) {
        debug_assert!(operations::is_event(event), "Stripe has no event {event}");
        let id = self.store.next_id(Kind::Event);
        let now = self.told_at();
        let event = event::event(&id, event, now, object, previous, cause);
        self.store.insert(Kind::Event, event);
        self.order.disturb(&mut self.store, now);
    }
}
