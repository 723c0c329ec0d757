//! The control door, for programs that run the simulator inside themselves.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use tokio::sync::watch;

use crate::changes;
use crate::disorder::{Disorder, DisorderCounts};
use crate::faults::Fault;
use crate::objects::event::Cause;
use crate::options::Permissions;
use crate::registry::Kind;
use crate::request_log::LoggedRequest;
use crate::saved::Saved;
use crate::shared::Shared;
use crate::write::{overlay, subscriptions};

#[derive(Clone)]
pub struct Control {
    shared: Arc<Shared>,
}

/// What the door refuses, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlError(pub String);

impl std::fmt::Display for ControlError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for ControlError {}

impl Control {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.shared.state().clock.now()
    }

    /// Forward only: lists are in order of creation. What is due on the way is billed, each at its time.
    pub fn set_clock(&self, to: DateTime<Utc>) -> Result<(), ControlError> {
        self.shared.state_mut().move_clock(to).map_err(ControlError)
    }

    pub fn advance_clock(&self, by: TimeDelta) -> Result<(), ControlError> {
        let mut state = self.shared.state_mut();
        let to = state.clock.now().checked_add_signed(by);
        let to = to.ok_or_else(|| ControlError("that is further than dates go".to_owned()))?;
        state.move_clock(to).map_err(ControlError)
    }

    /// The next `count` requests meet this fault.
    pub fn fail_next(&self, count: u32, fault: Fault) {
        self.shared.faults().plan(count, fault, None);
    }

    /// The next `count` requests whose path begins so meet this fault.
    pub fn fail_next_on(&self, path_prefix: &str, count: u32, fault: Fault) {
        self.shared
            .faults()
            .plan(count, fault, Some(path_prefix.to_owned()));
    }

    pub fn clear_faults(&self) {
        self.shared.faults().clear();
    }

    /// Until it is ended, every request (whose path begins so) meets this fault.
    pub fn outage(&self, fault: Fault, path_prefix: Option<&str>) {
        self.fault_rate(fault, 1.0, path_prefix);
    }

    /// Until it is ended, this share of the requests meets the fault, drawn from the seed.
    pub fn fault_rate(&self, fault: Fault, probability: f64, path_prefix: Option<&str>) {
        self.shared
            .faults()
            .stand(fault, probability, path_prefix.map(str::to_owned));
    }

    pub fn end_outage(&self) {
        self.shared.faults().end();
    }

    /// How often each fault was met, by its name.
    pub fn fault_counts(&self) -> BTreeMap<String, u64> {
        self.shared.faults().counts()
    }

    /// How further events are told; the default is order.
    pub fn disorder(&self, rules: Disorder) {
        self.shared.state_mut().order.rules = rules;
    }

    pub fn disorder_rules(&self) -> Disorder {
        self.shared.state().order.rules
    }

    pub fn disorder_counts(&self) -> DisorderCounts {
        self.shared.state().order.counts
    }

    /// Everything that has changed, as a file for [`crate::Options::state`].
    pub fn state(&self) -> Result<Vec<u8>, ControlError> {
        Saved::of(&self.shared)
            .to_bytes()
            .map_err(|error| ControlError(error.to_string()))
    }

    /// Saves the state where [`crate::Options::state`] says; false where it says nothing.
    pub fn save(&self) -> Result<bool, ControlError> {
        let home = &self.shared.home;
        let Some(path) = &home.path else {
            return Ok(false);
        };
        let _alone = self.shared.saving();
        let saved = Saved::of(&self.shared).write(path);
        saved
            .map(|()| true)
            .map_err(|error| ControlError(format!("{} cannot be written: {error}", path.display())))
    }

    /// Tells that objects have changed: what [`Control::save`] would save anew.
    pub fn changes(&self) -> watch::Receiver<()> {
        self.shared.state().store.changes()
    }

    /// What the restricted key may do from now on.
    pub fn set_permissions(&self, permissions: Permissions) {
        self.shared.keys_mut().permissions = permissions;
    }

    /// New keys, secret and restricted; the old ones answer 401.
    pub fn roll_keys(&self) -> (String, String) {
        let mut keys = self.shared.keys_mut();
        keys.roll();
        (keys.secret.clone(), keys.restricted.clone())
    }

    /// The latest requests, oldest first.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.shared.log().requests()
    }

    /// How often each `METHOD /path` was asked.
    pub fn request_counts(&self) -> BTreeMap<String, u64> {
        self.shared.log().counts()
    }

    pub fn reset_requests(&self) {
        self.shared.log().reset();
    }

    /// The code last mailed to each address, by the portal's login page or an expired session.
    pub fn login_codes(&self) -> HashMap<String, String> {
        let state = self.shared.state();
        state
            .login_codes
            .iter()
            .map(|(email, login)| (email.clone(), login.code.clone()))
            .collect()
    }

    /// Makes one change, any that is possible now: what a client, the Dashboard or time itself does.
    /// Gives the transition's name, one of [`Control::transitions`]. The draws decide everything.
    pub fn random_change(&self, draw: &mut dyn FnMut() -> u64) -> String {
        changes::make(&mut self.shared.state_mut(), draw).to_owned()
    }

    /// As [`Control::random_change`], without moving the clock; `nothing` where nothing is possible.
    pub fn random_change_now(&self, draw: &mut dyn FnMut() -> u64) -> String {
        changes::make_now(&mut self.shared.state_mut(), draw).to_owned()
    }

    /// The names of all transitions that [`Control::random_change`] chooses from.
    pub fn transitions(&self) -> Vec<&'static str> {
        changes::names()
    }

    /// An object as the API would show it.
    pub fn object(&self, id: &str) -> Option<Value> {
        let state = self.shared.state();
        Kind::ALL
            .into_iter()
            .find_map(|kind| state.store.get(kind, id))
    }

    /// Merges `changes` into an object, as if changed in the Dashboard, and tells of it by an event.
    /// Anything goes, also what Stripe would not allow.
    pub fn update(&self, id: &str, changes: &Value) -> Result<Value, ControlError> {
        let mut state = self.shared.state_mut();
        let (kind, place) = locate(&state, id)?;
        let edit = |object: &mut Value| overlay(object, changes);
        if let Some(event) = kind.updated() {
            return Ok(state.change(kind, place, event, &Cause::default(), edit));
        }
        // Stripe tells of no such change.
        let mut object = state.store.value(kind, place);
        edit(&mut object);
        state.store.replace(kind, place, object.clone());
        Ok(object)
    }

    /// Deletes an object, or cancels a subscription at once.
    pub fn delete(&self, id: &str) -> Result<(), ControlError> {
        let mut state = self.shared.state_mut();
        let cause = Cause::default();
        match locate(&state, id)? {
            (Kind::Customer, place) => {
                crate::write::customers::delete_with_subscriptions(&mut state, place, &cause);
            }
            (Kind::Subscription, place) => {
                subscriptions::cancel_now(&mut state, place, None, &cause);
            }
            (kind, place) => {
                let Some(event) = kind.deleted() else {
                    return Err(ControlError(format!(
                        "a {} cannot be deleted",
                        kind.object()
                    )));
                };
                let object = state.store.value(kind, place);
                state.store.remove(kind, place);
                state.tell(event, object, None, &cause);
            }
        }
        Ok(())
    }
}

fn locate(state: &crate::state::State, id: &str) -> Result<(Kind, u32), ControlError> {
    let found = Kind::ALL
        .into_iter()
        .find_map(|kind| Some((kind, state.store.find(kind, id)?)));
    found.ok_or_else(|| ControlError(format!("there is no object {id:?} that can be changed")))
}
