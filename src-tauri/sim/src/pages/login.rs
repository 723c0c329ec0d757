//! The portal's login page: an address, a code by mail, then a session.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State as Shares};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::code;
use super::layout::{refusal, trimmed};
use crate::form;
use crate::ids;
use crate::list;
use crate::objects::event::Cause;
use crate::registry::Kind;
use crate::shared::Shared;
use crate::state::{Entrance, State};
use crate::write::portal_sessions;

const TITLE: &str = "Log in to manage your billing";

#[derive(Deserialize)]
pub struct Prefilled {
    prefilled_email: Option<String>,
}

/// The configuration whose login page this is, while it is switched on.
fn configuration(state: &State, id: &str) -> Result<u32, Box<Response>> {
    let store = &state.store;
    let place = store.population.ids.place(ids::PORTAL_LOGIN, id);
    let place = place.filter(|place| {
        let enabled = |pointer: &str| {
            store
                .document(Kind::PortalConfiguration, *place)
                .and_then(|configuration| configuration.pointer(pointer))
                == Some(&Value::Bool(true))
        };
        enabled("/login_page/enabled") && enabled("/active")
    });
    let reason =
        "This login page is not in use. Ask the company that sent you here for a new link.";
    place.ok_or_else(|| Box::new(refusal(StatusCode::NOT_FOUND, "Page not found", reason)))
}

pub async fn show(
    Shares(shared): Shares<Arc<Shared>>,
    Path(id): Path<String>,
    Query(prefilled): Query<Prefilled>,
) -> Response {
    if let Err(refusal) = configuration(&shared.state(), &id) {
        return *refusal;
    }
    let email = prefilled.prefilled_email.unwrap_or_default();
    let why = "Enter your e-mail address and we will send you a code.";
    code::ask_for_address(TITLE, why, &format!("/p/login/{id}"), &email)
}

pub async fn send_code(
    Shares(shared): Shares<Arc<Shared>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    let mut state = shared.state_mut();
    let configuration = match configuration(&state, &id) {
        Ok(configuration) => configuration,
        Err(refusal) => return *refusal,
    };
    let form = form::parse(&String::from_utf8_lossy(&body));
    let email = trimmed(&form, "email");
    if customer_with(&state, email).is_some() {
        code::mail(&mut state, email, Entrance::Login(configuration));
    }
    code::ask_for_code(TITLE, &format!("/p/login/{id}/code"), email, false)
}

pub async fn check_code(
    Shares(shared): Shares<Arc<Shared>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    let mut state = shared.state_mut();
    let configuration = match configuration(&state, &id) {
        Ok(configuration) => configuration,
        Err(refusal) => return *refusal,
    };
    let form = form::parse(&String::from_utf8_lossy(&body));
    let (email, given) = (trimmed(&form, "email"), trimmed(&form, "code"));
    let entrance = Entrance::Login(configuration);
    let fits = code::redeem(&mut state, email, given, entrance);
    let customer = customer_with(&state, email).filter(|_| fits);
    let Some(customer) = customer else {
        return code::ask_for_code(TITLE, &format!("/p/login/{id}/code"), email, true);
    };
    let session = portal_sessions::open(&mut state, customer, configuration, &Cause::default());
    Redirect::to(session["url"].as_str().unwrap_or_default()).into_response()
}

/// Stripe's choice among several: the newest customer with this address and an active subscription.
fn customer_with(state: &State, email: &str) -> Option<u32> {
    if email.is_empty() {
        return None;
    }
    let active = Map::from_iter([("status".to_owned(), Value::from("active"))]);
    (0..state.store.end(Kind::Customer)).rev().find(|place| {
        let has = |value: &Value| {
            value
                .as_str()
                .is_some_and(|own| own.eq_ignore_ascii_case(email))
        };
        !state.store.is_removed(Kind::Customer, *place)
            && state
                .store
                .field(Kind::Customer, *place, "/email")
                .is_some_and(|own| has(&own))
            && list::page(state, Kind::Subscription, &active, Some(*place))
                .is_ok_and(|page| !page.places.is_empty())
    })
}
