//! What an expired session shows: a way back in where it was made with one, else whom to ask.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State as Shares};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::Value;

use super::{is_open, session_at};
use crate::form;
use crate::objects::account;
use crate::objects::event::Cause;
use crate::pages::code;
use crate::pages::layout::{refusal, text, trimmed};
use crate::registry::Kind;
use crate::shared::Shared;
use crate::state::{Entrance, State};
use crate::write::portal_sessions;

const TITLE: &str = "This link has expired";

/// The address of the customer, while the session can be recovered.
fn address(state: &State, session: &Value) -> Option<String> {
    let recovery = &session["after_expiration"];
    if recovery["type"] != "customer_login" {
        return None;
    }
    let until = recovery["customer_login"]["expires_at"].as_i64();
    if until.is_some_and(|until| until <= state.now()) {
        return None;
    }
    let customer = state
        .store
        .find(Kind::Customer, text(session, "customer"))?;
    let email = state.store.field(Kind::Customer, customer, "/email")?;
    email.as_str().map(str::to_owned)
}

/// The page of a session that cannot be used any more.
pub fn offer(state: &State, secret: &str, session: &Value) -> Response {
    if address(state, session).is_none() {
        let reason = format!(
            "Your session has expired. Ask {} for a new link, or go back to where you came from and open the \
             portal again.",
            account::NAME
        );
        return refusal(StatusCode::GONE, TITLE, &reason);
    }
    let why =
        "Your session has expired. Enter your e-mail address and we will send you a code to go on.";
    code::ask_for_address(TITLE, why, &format!("/p/session/{secret}/recover"), "")
}

/// An expired session that can be recovered: its place and the address of its customer.
fn expired(state: &State, secret: &str) -> Result<(u32, Value, String), Box<Response>> {
    let (place, session) = session_at(state, secret)?;
    if is_open(state, place, &session) {
        let address = format!("/p/session/{secret}");
        return Err(Box::new(Redirect::to(&address).into_response()));
    }
    match address(state, &session) {
        Some(address) => Ok((place, session, address)),
        None => Err(Box::new(offer(state, secret, &session))),
    }
}

pub async fn send_code(
    Shares(shared): Shares<Arc<Shared>>,
    Path(secret): Path<String>,
    body: Bytes,
) -> Response {
    let mut state = shared.state_mut();
    let (place, _, own) = match expired(&state, &secret) {
        Ok(expired) => expired,
        Err(refusal) => return *refusal,
    };
    let form = form::parse(&String::from_utf8_lossy(&body));
    let email = trimmed(&form, "email");
    if own.eq_ignore_ascii_case(email) {
        code::mail(&mut state, email, Entrance::Recovery(place));
    }
    let action = format!("/p/session/{secret}/recover/code");
    code::ask_for_code(TITLE, &action, email, false)
}

pub async fn check_code(
    Shares(shared): Shares<Arc<Shared>>,
    Path(secret): Path<String>,
    body: Bytes,
) -> Response {
    let mut state = shared.state_mut();
    let (place, session, _) = match expired(&state, &secret) {
        Ok(expired) => expired,
        Err(refusal) => return *refusal,
    };
    let form = form::parse(&String::from_utf8_lossy(&body));
    let (email, given) = (trimmed(&form, "email"), trimmed(&form, "code"));
    let fits = code::redeem(&mut state, email, given, Entrance::Recovery(place));
    let replacement = fits
        .then(|| portal_sessions::reopen(&mut state, &session, &Cause::default()))
        .flatten();
    match replacement {
        Some(session) => Redirect::to(text(&session, "url")).into_response(),
        None => {
            let action = format!("/p/session/{secret}/recover/code");
            code::ask_for_code(TITLE, &action, email, true)
        }
    }
}
