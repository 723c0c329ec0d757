//! What a visitor of the portal does: replace the card, cancel, take that back.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State as Shares};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Datelike, Utc};
use serde_json::{Map, Value, json};

use super::{Visit, visit};
use crate::form;
use crate::objects::event::Cause;
use crate::registry::Kind;
use crate::shared::Shared;
use crate::state::State;
use crate::write::payment_methods::{self, NewCard};
use crate::write::subscriptions;

impl Visit {
    /// Where the person goes after the form was carried out.
    fn completed(&self, done: &str) -> Response {
        let redirect = &self.session["flow"]["after_completion"]["redirect"]["return_url"];
        match redirect.as_str() {
            Some(url) => Redirect::to(url).into_response(),
            None => {
                Redirect::to(&format!("/p/session/{}?done={done}", self.secret)).into_response()
            }
        }
    }

    fn refused(&self, reason: &str) -> Response {
        let query: String = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("error", reason)
            .finish();
        Redirect::to(&format!("/p/session/{}?{query}", self.secret)).into_response()
    }

    /// The subscription that a form names, if it is this customer's.
    fn own_subscription(&self, state: &State, form: &Map<String, Value>) -> Option<u32> {
        let place = state
            .store
            .find(Kind::Subscription, form.get("subscription")?.as_str()?)?;
        subscriptions::of_customer(state, self.customer)
            .contains(&place)
            .then_some(place)
    }
}

pub async fn replace_card(
    Shares(shared): Shares<Arc<Shared>>,
    Path(secret): Path<String>,
    body: Bytes,
) -> Response {
    let mut state = shared.state_mut();
    let visit = match visit(&mut state, &secret) {
        Ok(visit) => visit,
        Err(refusal) => return *refusal,
    };
    let form = form::parse(&String::from_utf8_lossy(&body));
    let field = |name: &str| form.get(name).and_then(Value::as_str).unwrap_or_default();
    let today: DateTime<Utc> = state.clock.now();
    let today = (today.year() as u32, today.month());
    if visit.features["payment_method_update"]["enabled"] != true {
        return visit.refused("Payment methods cannot be changed here.");
    }
    match NewCard::read(
        field("number"),
        field("exp_month"),
        field("exp_year"),
        field("cvc"),
        today,
    ) {
        Ok(card) => {
            payment_methods::replace_card(&mut state, visit.customer, &card, &asked(&shared));
            visit.completed("card")
        }
        Err(reason) => visit.refused(&reason),
    }
}

pub async fn cancel(
    Shares(shared): Shares<Arc<Shared>>,
    Path(secret): Path<String>,
    body: Bytes,
) -> Response {
    let mut state = shared.state_mut();
    let visit = match visit(&mut state, &secret) {
        Ok(visit) => visit,
        Err(refusal) => return *refusal,
    };
    let form = form::parse(&String::from_utf8_lossy(&body));
    let feature = &visit.features["subscription_cancel"];
    let Some(place) = visit
        .own_subscription(&state, &form)
        .filter(|_| feature["enabled"] == true)
    else {
        return visit.refused("This plan cannot be cancelled here.");
    };
    let given = |name: &str| {
        form.get(name)
            .filter(|value| *value != "")
            .cloned()
            .unwrap_or_default()
    };
    let details = json!({"feedback": given("feedback"), "comment": given("comment")});
    let cause = asked(&shared);
    if feature["mode"] == "immediately" {
        subscriptions::cancel_now(&mut state, place, Some(&details), &cause);
    } else {
        let now = state.now();
        state.change(
            Kind::Subscription,
            place,
            "customer.subscription.updated",
            &cause,
            |subscription| {
                subscriptions::cancel_at_end(subscription, true, now);
                // The portal marks the end of flexible subscriptions by `cancel_at` alone.
                if subscription["billing_mode"]["type"] == "flexible" {
                    subscription["cancel_at_period_end"] = json!(false);
                }
                subscriptions::note_reason(subscription, &details);
            },
        );
    }
    visit.completed("cancel")
}

pub async fn keep(
    Shares(shared): Shares<Arc<Shared>>,
    Path(secret): Path<String>,
    body: Bytes,
) -> Response {
    let mut state = shared.state_mut();
    let visit = match visit(&mut state, &secret) {
        Ok(visit) => visit,
        Err(refusal) => return *refusal,
    };
    let form = form::parse(&String::from_utf8_lossy(&body));
    let Some(place) = visit.own_subscription(&state, &form) else {
        return visit.refused("This plan cannot be changed here.");
    };
    let now = state.now();
    let event = "customer.subscription.updated";
    state.change(
        Kind::Subscription,
        place,
        event,
        &asked(&shared),
        |subscription| {
            subscriptions::cancel_at_end(subscription, false, now);
        },
    );
    visit.completed("keep")
}

/// The portal is a program that asks Stripe like any other, so its events name a request. Whether
/// Stripe's do is not documented.
fn asked(shared: &Shared) -> Cause {
    Cause {
        request: Some(shared.next_request().1),
        idempotency_key: None,
    }
}
