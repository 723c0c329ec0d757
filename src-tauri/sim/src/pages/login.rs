//! The portal's login page: an address, a code by mail, then a session.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State as Shares};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::html;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::layout::{page, refusal};
use crate::form;
use crate::ids;
use crate::list;
use crate::objects::event::Cause;
use crate::random::Dice;
use crate::registry::Kind;
use crate::shared::Shared;
use crate::state::{LoginCode, State};
use crate::write::portal_sessions;

const TITLE: &str = "Log in to manage your billing";
const CODE_SECONDS: i64 = 10 * 60;

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
    let body = html! {
        p { "Enter your e-mail address and we will send you a code." }
        form method="post" action={ "/p/login/" (id) } {
            label for="email" { "E-mail" }
            input id="email" name="email" type="email" value=(email) autocomplete="email" required;
            div { button { "Send" } }
        }
    };
    page(TITLE, &body)
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
    let email = form
        .get("email")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .trim()
        .to_owned();
    // As with Stripe the page does not tell whether anybody has this address.
    if customer_with(&state, &email).is_some() {
        let sent_at = state.now();
        let seed = state.store.population.seed;
        let draw = Dice::new(seed, &format!("login {email}"), sent_at as u32).below(1_000_000);
        state.login_codes.insert(
            email.clone(),
            LoginCode {
                code: format!("{draw:06}"),
                configuration,
                sent_at,
            },
        );
    }
    ask_for_code(&id, &email, None)
}

fn ask_for_code(id: &str, email: &str, refused: Option<&str>) -> Response {
    let body = html! {
        @if let Some(reason) = refused { p role="alert" { (reason) } }
        p { "If " strong { (email) } " is a customer, a code is on its way to them." }
        form method="post" action={ "/p/login/" (id) "/code" } {
            input type="hidden" name="email" value=(email);
            label for="code" { "Code" }
            input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" required;
            div { button { "Log in" } }
        }
    };
    page(TITLE, &body)
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
    let field = |name: &str| {
        form.get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .trim()
    };
    let (email, now) = (field("email"), state.now());
    let known = state.login_codes.get(email).filter(|login| {
        login.code == field("code")
            && login.configuration == configuration
            && now - login.sent_at <= CODE_SECONDS
    });
    if known.is_none() {
        return ask_for_code(&id, email, Some("That code is wrong or has expired."));
    }
    state.login_codes.remove(email);
    let Some(customer) = customer_with(&state, email) else {
        return ask_for_code(&id, email, Some("That code is wrong or has expired."));
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
