//! Checkout: the page of a session, and that of a payment link, which opens sessions.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State as Shares};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::html;
use serde::Deserialize;
use serde_json::Value;

use super::card;
use super::layout::{lead_to, money, page, refusal, text, trimmed};
use crate::form;
use crate::ids;
use crate::objects::account;
use crate::registry::Kind;
use crate::shared::Shared;
use crate::state::State;
use crate::write::checkout::open_from_link;
use crate::write::purchases::{self, Buyer};

#[derive(Deserialize, Default)]
pub struct Given {
    prefilled_email: Option<String>,
    client_reference_id: Option<String>,
    error: Option<String>,
}

/// The session of an address, while it can be paid.
fn open_session(state: &State, id: &str) -> Result<(u32, Value), Box<Response>> {
    let place = state.store.find(Kind::CheckoutSession, id);
    let Some(place) = place else {
        let reason = "There is no such checkout session.";
        let missing = refusal(StatusCode::NOT_FOUND, "Page not found", reason);
        return Err(Box::new(missing));
    };
    let session = state.store.value(Kind::CheckoutSession, place);
    if session["status"] == "complete" {
        return Err(Box::new(completed(state, &session)));
    }
    // Nothing expires by itself while the simulated clock is not moved; the page tells the time.
    let over = session["expires_at"]
        .as_i64()
        .is_none_or(|end| end <= state.now());
    if session["status"] == "open" && !over {
        return Ok((place, session));
    }
    let reason = format!(
        "This checkout session has expired. Ask {} for a new link.",
        account::NAME
    );
    let title = "This link has expired";
    Err(Box::new(refusal(StatusCode::GONE, title, &reason)))
}

/// The payment link that a session came from.
fn link_of(state: &State, session: &Value) -> Value {
    let link = session["payment_link"].as_str();
    link.and_then(|id| state.store.get(Kind::PaymentLink, id))
        .unwrap_or_default()
}

fn completed(state: &State, session: &Value) -> Response {
    let link = link_of(state, session);
    let message = link["after_completion"]["hosted_confirmation"]["custom_message"].as_str();
    let done = match session["mode"].as_str() {
        Some("setup") => "Your card was saved.",
        Some("subscription") => "Your subscription has begun.",
        _ => "Your payment was made.",
    };
    let body = html! {
        p role="status" { (done) }
        @if let Some(message) = message { p id="confirmation" { (message) } }
    };
    page("Thank you", &body)
}

pub async fn show(
    Shares(shared): Shares<Arc<Shared>>,
    Path(id): Path<String>,
    Query(given): Query<Given>,
) -> Response {
    let state = shared.state();
    let session = match open_session(&state, &id) {
        Ok((_, session)) => session,
        Err(refusal) => return *refusal,
    };
    let currency = &session["currency"];
    let items = state.store.sold(Kind::CheckoutSession, &id);
    let email = given.prefilled_email.unwrap_or_default();
    let email = session["customer_email"].as_str().unwrap_or(&email);
    let button = match session["mode"].as_str() {
        Some("setup") => "Save card",
        Some("subscription") => "Subscribe",
        _ => "Pay",
    };
    let body = html! {
        @if let Some(error) = &given.error { p role="alert" { (error) } }
        ul {
            @for item in &items {
                li { (item["quantity"]) " × " (text(item, "description")) ", " (money(&item["amount_total"], currency)) }
            }
        }
        @if session["amount_total"].is_i64() {
            p { "Total " strong { (money(&session["amount_total"], currency)) } }
        }
        form method="post" action={ "/c/pay/" (id) } {
            @if session["customer"].is_null() {
                label for="email" { "E-mail" }
                input id="email" name="email" type="email" value=(email) autocomplete="email" required;
                label for="name" { "Name" }
                input id="name" name="name" autocomplete="name";
            }
            (card::fields())
            div { button id="pay" { (button) } }
        }
        @if let Some(url) = session["cancel_url"].as_str() { p { a id="return" href=(url) { "Back" } } }
    };
    page(&format!("Checkout of {}", account::NAME), &body)
}

pub async fn pay(
    Shares(shared): Shares<Arc<Shared>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    let mut state = shared.state_mut();
    let (place, session) = match open_session(&state, &id) {
        Ok(session) => session,
        Err(refusal) => return *refusal,
    };
    let form = form::parse(&String::from_utf8_lossy(&body));
    let buyer = Buyer {
        email: trimmed(&form, "email"),
        name: trimmed(&form, "name"),
    };
    let cause = shared.asked_by_page();
    let card = card::read(&form, state.clock.now());
    let done = card.and_then(|card| {
        if session["customer"].is_null() && !buyer.email.contains('@') {
            return Err("Your e-mail address is needed.".to_owned());
        }
        purchases::complete(&mut state, place, &buyer, &card, &cause)
            .map_err(|error| error.message().to_owned())
    });
    match done {
        Ok(session) => Redirect::to(&next(&state, &session, &id)).into_response(),
        Err(reason) => lead_to(
            &format!("/c/pay/{id}"),
            &[("error", &reason), ("prefilled_email", buyer.email)],
        ),
    }
}

/// Where the person goes after the session is complete.
fn next(state: &State, session: &Value, id: &str) -> String {
    let link = link_of(state, session);
    let own = session["success_url"].as_str();
    let url = own.or(link["after_completion"]["redirect"]["url"].as_str());
    url.map_or_else(
        || format!("/c/pay/{id}"),
        |url| url.replace("{CHECKOUT_SESSION_ID}", id),
    )
}

/// Each visit of a payment link opens a session of its own.
pub async fn follow_link(
    Shares(shared): Shares<Arc<Shared>>,
    Path(link): Path<String>,
    Query(given): Query<Given>,
) -> Response {
    let mut state = shared.state_mut();
    let ids = state.store.population.ids;
    let place = ids.place(ids::PAYMENT_LINK_PAGE, &link);
    let place = place.filter(|place| state.store.document(Kind::PaymentLink, *place).is_some());
    let Some(place) = place else {
        let reason = "There is no such payment link.";
        return refusal(StatusCode::NOT_FOUND, "Page not found", reason);
    };
    let link = state.store.value(Kind::PaymentLink, place);
    let sessions = &link["restrictions"]["completed_sessions"];
    let limit = sessions["limit"].as_i64();
    let used_up = limit.is_some_and(|limit| sessions["count"].as_i64() >= Some(limit));
    if link["active"] != true || used_up {
        let reason = link["inactive_message"].as_str();
        let reason = reason.unwrap_or("This payment link is no longer active.");
        return refusal(StatusCode::GONE, "This link is not active", reason);
    }
    let reference = given.client_reference_id.map(Value::from);
    let session = open_from_link(&mut state, &link, reference.unwrap_or_default());
    let email = given.prefilled_email.as_deref();
    let query: Vec<(&str, &str)> = email
        .map(|email| ("prefilled_email", email))
        .into_iter()
        .collect();
    lead_to(text(&session, "url"), &query)
}
