//! The customer portal behind a session's URL: plans, cards, details, invoices, and one flow alone where
//! the session has one.

mod cards;
mod details;
mod plans;
mod recovery;
mod stopping;
mod switching;
mod view;

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State as Shares};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::{Map, Value};

pub use self::recovery::{check_code, send_code};
use super::layout::{lead_to, refusal, text, trimmed};
use crate::form;
use crate::ids;
use crate::objects::event::Cause;
use crate::registry::Kind;
use crate::shared::Shared;
use crate::state::State;
use crate::write::{carry_out, portal_flows, subscriptions, test_clocks};

const UNUSED_SECONDS: i64 = 5 * 60;
const USED_SECONDS: i64 = 60 * 60;

/// An open session and what belongs to it.
struct Visit {
    secret: String,
    session: Value,
    customer: u32,
    configuration: Value,
    /// The products to switch to.
    offered: Vec<Value>,
}

/// The session of an address, and its place.
fn session_at(state: &State, secret: &str) -> Result<(u32, Value), Box<Response>> {
    let place = state.store.population.ids.place(ids::PORTAL_SECRET, secret);
    let place = place.filter(|place| *place < state.store.end(Kind::PortalSession));
    let place = place.ok_or_else(|| {
        Box::new(refusal(
            StatusCode::NOT_FOUND,
            "Page not found",
            "There is no such portal session.",
        ))
    })?;
    Ok((place, state.store.value(Kind::PortalSession, place)))
}

fn is_open(state: &State, place: u32, session: &Value) -> bool {
    let until = match state.sessions_used.get(&place) {
        Some(used) => used + USED_SECONDS,
        None => session["created"].as_i64().unwrap_or_default() + UNUSED_SECONDS,
    };
    state.now() < until
}

/// Every visit is a use: it keeps the session open for another hour.
fn visit(state: &mut State, secret: &str) -> Result<Visit, Box<Response>> {
    let (place, session) = session_at(state, secret)?;
    let customer = state.store.find(Kind::Customer, text(&session, "customer"));
    let configuration = state
        .store
        .find(Kind::PortalConfiguration, text(&session, "configuration"));
    let open = is_open(state, place, &session);
    let (Some(customer), Some(configuration), true) = (customer, configuration, open) else {
        return Err(Box::new(recovery::offer(state, secret, &session)));
    };
    let now = state.now();
    state.sessions_used.insert(place, now);
    Ok(Visit {
        secret: secret.to_owned(),
        customer,
        configuration: state.store.value(Kind::PortalConfiguration, configuration),
        offered: state
            .store
            .offered(text(&session, "configuration"))
            .to_vec(),
        session,
    })
}

#[derive(Deserialize, Default)]
pub struct Outcome {
    done: Option<String>,
    error: Option<String>,
}

pub async fn show(
    Shares(shared): Shares<Arc<Shared>>,
    Path(secret): Path<String>,
    Query(outcome): Query<Outcome>,
) -> Response {
    let mut state = shared.state_mut();
    let visit = match visit(&mut state, &secret) {
        Ok(visit) => visit,
        Err(refusal) => return *refusal,
    };
    // The homepage links to them.
    for place in view::places_of(&state, Kind::Invoice, visit.customer) {
        state.asked_for_invoice(place);
    }
    visit.page(&state, &outcome)
}

/// A form of the portal that somebody has submitted.
struct Deed<'a> {
    state: &'a mut State,
    visit: &'a Visit,
    form: Map<String, Value>,
    cause: Cause,
}

/// What the page says was done, or why it was not.
type Done = Result<&'static str, String>;

pub async fn act(
    Shares(shared): Shares<Arc<Shared>>,
    Path((secret, action)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let carry: fn(&mut Deed<'_>) -> Done = match action.as_str() {
        "card" => cards::replace,
        "details" => details::save,
        "cancel" => stopping::cancel,
        "offer" => stopping::accept_offer,
        "keep" => stopping::keep,
        "pause" => stopping::pause,
        "resume" => stopping::resume,
        "update" => switching::update,
        "confirm" => switching::confirm,
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let mut state = shared.state_mut();
    let visit = match visit(&mut state, &secret) {
        Ok(visit) => visit,
        Err(refusal) => return *refusal,
    };
    // What is done for a client on a test clock is done at its time.
    let customer = text(&visit.session, "customer");
    state.held = test_clocks::time_of(&state, &[customer], &Map::new());
    let mut deed = Deed {
        state: &mut state,
        visit: &visit,
        form: form::parse(&String::from_utf8_lossy(&body)),
        cause: shared.asked_by_page(),
    };
    let done = carry(&mut deed);
    state.held = None;
    match done {
        Ok(done) => visit.completed(done),
        Err(reason) => visit.refused(&reason),
    }
}

impl Deed<'_> {
    fn text(&self, name: &str) -> &str {
        trimmed(&self.form, name)
    }

    /// Carries out one of the API's calls; the error is for the person at the page.
    fn call(&mut self, name: &str, ids: &[&str], form: &[(&str, &str)]) -> Result<Value, String> {
        let form = form::tree(form.iter().copied());
        carry_out(self.state, name, ids, form, &self.cause)
            .map_err(|error| error.message().to_owned())
    }

    /// The subscription that the form names, if it is this client's.
    fn own(&self) -> Option<(u32, Value)> {
        let id = self.text("subscription");
        let place = self.state.store.find(Kind::Subscription, id)?;
        let own = subscriptions::of_customer(self.state, self.visit.customer);
        own.contains(&place)
            .then(|| (place, self.state.store.value(Kind::Subscription, place)))
    }

    /// The subscription that the form names, if the portal lets this be done with it.
    fn subscription(&self, feature: &str) -> Result<(u32, Value), String> {
        let (place, subscription) = self.own().ok_or_else(|| cannot(feature, None))?;
        let meant = &self.visit.flow_details()["subscription"];
        let other = self.visit.is_bound() && *meant != subscription["id"];
        if !self.visit.may(feature) || other {
            return Err(cannot(feature, None));
        }
        match portal_flows::refusal(&subscription, feature) {
            Some(reason) => Err(cannot(feature, Some(&reason))),
            None => Ok((place, subscription)),
        }
    }
}

fn cannot(feature: &str, reason: Option<&str>) -> String {
    let what = match feature {
        "subscription_cancel" => "cancelled",
        "subscription_pause" => "paused",
        _ => "changed",
    };
    match reason {
        Some(reason) => format!("This plan cannot be {what} here: {reason}."),
        None => format!("This plan cannot be {what} here."),
    }
}

impl Visit {
    fn flow(&self) -> Option<&str> {
        self.session["flow"]["type"].as_str()
    }

    /// What the session says of its flow besides the type.
    fn flow_details(&self) -> &Value {
        &self.session["flow"][self.flow().unwrap_or_default()]
    }

    /// A flow that does not end on the homepage lets nothing be done but what it is for.
    fn is_bound(&self) -> bool {
        self.flow().is_some()
            && self.session["flow"]["after_completion"]["type"] != "portal_homepage"
    }

    /// Does the configuration let clients do this, and the flow as well?
    fn may(&self, feature: &str) -> bool {
        let meant = self
            .flow()
            .is_some_and(|flow| portal_flows::feature(flow) == feature);
        (meant || !self.is_bound()) && self.feature(feature)["enabled"] == true
    }

    fn feature(&self, name: &str) -> &Value {
        &self.configuration["features"][name]
    }

    fn action(&self, name: &str) -> String {
        format!("/p/session/{}/{name}", self.secret)
    }

    /// Where the person goes after the form was carried out.
    fn completed(&self, done: &str) -> Response {
        let redirect = &self.session["flow"]["after_completion"]["redirect"]["return_url"];
        match redirect.as_str() {
            Some(url) => Redirect::to(url).into_response(),
            None => lead_to(&format!("/p/session/{}", self.secret), &[("done", done)]),
        }
    }

    fn refused(&self, reason: &str) -> Response {
        lead_to(&format!("/p/session/{}", self.secret), &[("error", reason)])
    }
}
