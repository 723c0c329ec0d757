//! The customer portal behind a session's URL: plans, cards, invoices, cancelling.

mod actions;
mod view;

use std::sync::Arc;

use axum::extract::{Path, Query, State as Shares};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::Value;

pub use self::actions::{cancel, keep, replace_card};
use super::layout::{refusal, text};
use crate::ids;
use crate::registry::Kind;
use crate::shared::Shared;
use crate::state::State;

const UNUSED_SECONDS: i64 = 5 * 60;
const USED_SECONDS: i64 = 60 * 60;

/// An open session and what belongs to it.
struct Visit {
    secret: String,
    session: Value,
    customer: u32,
    features: Value,
}

/// Every visit is a use: it keeps the session open for another hour.
fn visit(state: &mut State, secret: &str) -> Result<Visit, Box<Response>> {
    let place = state.store.population.ids.place(ids::PORTAL_SECRET, secret);
    let place = place.filter(|place| *place < state.store.end(Kind::PortalSession));
    let place = place.ok_or_else(|| {
        Box::new(refusal(
            StatusCode::NOT_FOUND,
            "Page not found",
            "There is no such portal session.",
        ))
    })?;
    let session = state.store.value(Kind::PortalSession, place);
    let now = state.now();
    let until = match state.sessions_used.get(&place) {
        Some(used) => used + USED_SECONDS,
        None => session["created"].as_i64().unwrap_or_default() + UNUSED_SECONDS,
    };
    let customer = state.store.find(Kind::Customer, text(&session, "customer"));
    let configuration = state
        .store
        .find(Kind::PortalConfiguration, text(&session, "configuration"));
    let (Some(customer), Some(configuration), true) = (customer, configuration, now < until) else {
        let reason =
            "Your session has expired. Go back to where you came from and open the portal again.";
        return Err(Box::new(refusal(
            StatusCode::GONE,
            "This link has expired",
            reason,
        )));
    };
    state.sessions_used.insert(place, now);
    let features = state.store.value(Kind::PortalConfiguration, configuration)["features"].take();
    Ok(Visit {
        secret: secret.to_owned(),
        session,
        customer,
        features,
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
    match visit(&mut state, &secret) {
        Ok(visit) => visit.page(&state, &outcome),
        Err(refusal) => *refusal,
    }
}
