//! A client's plans in the portal, each with what may be done with it.

use maud::{Markup, html};
use serde_json::{Value, json};

use super::{Visit, cannot, switching};
use crate::pages::layout::{date, text};
use crate::registry::Kind;
use crate::state::State;
use crate::write::{portal_flows, subscriptions};

/// All plans, or the one that `flow` is about with what the flow is for.
pub fn section(visit: &Visit, state: &State, flow: Option<&str>) -> Markup {
    let meant = flow.map(|_| &visit.flow_details()["subscription"]);
    let shown: Vec<Value> = subscriptions::of_customer(state, visit.customer)
        .into_iter()
        .map(|place| state.store.value(Kind::Subscription, place))
        .filter(|subscription| meant.is_none_or(|id| subscription["id"] == *id))
        .collect();
    html! {
        section aria-labelledby="plans" {
            h2 id="plans" { "Plans" }
            @if shown.is_empty() { p { "You have no plan." } }
            @for subscription in &shown { (plan(visit, state, subscription, flow)) }
        }
    }
}

fn plan(visit: &Visit, state: &State, subscription: &Value, flow: Option<&str>) -> Markup {
    let items = subscription["items"]["data"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    let renews = items
        .iter()
        .filter_map(|item| item["current_period_end"].as_i64())
        .min();
    let id = text(subscription, "id");
    let ends = subscription["cancel_at"].is_i64();
    let paused = text(subscription, "status") == "paused";
    let refused = flow.and_then(|flow| {
        let feature = portal_flows::feature(flow);
        let reason = portal_flows::refusal(subscription, feature)?;
        Some(cannot(feature, Some(&reason)))
    });
    let offers = |feature: &str| {
        flow.is_none_or(|flow| portal_flows::feature(flow) == feature)
            && visit.may(feature)
            && portal_flows::refusal(subscription, feature).is_none()
    };
    html! {
        article data-subscription=(id) {
            h3 {
                @for (number, item) in items.iter().enumerate() {
                    @if number > 0 { ", " }
                    (product_name(state, &item["price"]))
                    @if let Some(quantity) = item["quantity"].as_i64().filter(|quantity| *quantity > 1) { " × " (quantity) }
                }
            }
            p { "State: " strong { (text(subscription, "status")) } }
            @if ends {
                p { "Ends on " (date(&subscription["cancel_at"])) "." }
            } @else if let Some(renews) = renews.filter(|_| !paused) {
                p { "Renews on " (date(&json!(renews))) "." }
            }
            @if let Some(reason) = refused { p role="alert" { (reason) } }
            @if ends && flow.is_none() { (button(visit, id, "keep", "Don't cancel")) }
            @if paused && flow.is_none() && may_resume(visit, subscription) {
                (button(visit, id, "resume", "Resume plan"))
            }
            @if offers("subscription_update") {
                @if flow == Some("subscription_update_confirm") {
                    (switching::confirmation(visit, state, subscription))
                } @else {
                    (switching::choice(visit, state, subscription))
                }
            }
            @if offers("subscription_pause") { (pause_form(visit, id)) }
            @if offers("subscription_cancel") {
                @if flow.is_some() { (offer(visit, state, id)) }
                (cancel_form(visit, id))
            }
        }
    }
}

/// Only what a client has paused; a trial that ended without a card is another matter.
pub fn may_resume(visit: &Visit, subscription: &Value) -> bool {
    let why = subscription.pointer("/status_details/paused/subscription/type");
    visit.may("subscription_pause") && why.is_some_and(|why| why == "pause_requested")
}

fn button(visit: &Visit, subscription: &str, action: &str, label: &str) -> Markup {
    html! {
        form method="post" action=(visit.action(action)) {
            input type="hidden" name="subscription" value=(subscription);
            button id={ (action) "-" (subscription) } { (label) }
        }
    }
}

/// What is given to those who stay.
fn offer(visit: &Visit, state: &State, subscription: &str) -> Markup {
    let coupon = &visit.flow_details()["retention"]["coupon_offer"]["coupon"];
    let coupon = coupon
        .as_str()
        .and_then(|id| state.store.get(Kind::Coupon, id));
    html! {
        @if let Some(coupon) = coupon {
            p id="offer" { "Stay, and have this: " strong { (coupon["name"].as_str().unwrap_or(text(&coupon, "id"))) } }
            (button(visit, subscription, "offer", "Accept offer"))
        }
    }
}

fn cancel_form(visit: &Visit, id: &str) -> Markup {
    let feature = visit.feature("subscription_cancel");
    let reasons = &feature["cancellation_reason"];
    let options = reasons["options"].as_array().map_or(&[][..], Vec::as_slice);
    html! {
        form method="post" action=(visit.action("cancel")) {
            input type="hidden" name="subscription" value=(id);
            p {
                @if feature["mode"] == "immediately" { "The plan would end at once." }
                @else { "The plan would end with its period." }
            }
            @if reasons["enabled"] == true {
                label for={ "reason-" (id) } { "Why are you cancelling?" }
                select id={ "reason-" (id) } name="feedback" {
                    option value="" { "I'd rather not say" }
                    @for option in options.iter().filter_map(Value::as_str) {
                        option value=(option) { (option.replace('_', " ")) }
                    }
                }
                label for={ "comment-" (id) } { "Anything else?" }
                textarea id={ "comment-" (id) } name="comment" rows="2" {}
            }
            div { button id={ "cancel-" (id) } { "Cancel plan" } }
        }
    }
}

fn pause_form(visit: &Visit, id: &str) -> Markup {
    let duration = &visit.feature("subscription_pause")["duration"];
    let options = duration["interval_options"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    html! {
        form method="post" action=(visit.action("pause")) {
            input type="hidden" name="subscription" value=(id);
            @if duration["type"] == "interval_options" {
                label for={ "duration-" (id) } { "Pause for" }
                select id={ "duration-" (id) } name="duration" {
                    @for (number, option) in options.iter().enumerate() {
                        option value=(number) { (option["interval_count"]) " × " (text(option, "interval")) }
                    }
                }
            }
            div { button id={ "pause-" (id) } { "Pause plan" } }
        }
    }
}

pub fn product_name(state: &State, price: &Value) -> String {
    let product = price["product"]
        .as_str()
        .and_then(|id| state.store.get(Kind::Product, id));
    product.map_or_else(String::new, |product| text(&product, "name").to_owned())
}
