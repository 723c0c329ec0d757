//! What a visitor of the portal sees.

use axum::response::Response;
use maud::{Markup, html};
use serde_json::{Map, Value, json};

use super::{Outcome, Visit};
use crate::list;
use crate::pages::layout::{date, money, page, text};
use crate::registry::Kind;
use crate::state::State;
use crate::write::subscriptions;

impl Visit {
    pub fn page(&self, state: &State, outcome: &Outcome) -> Response {
        let customer = state.store.value(Kind::Customer, self.customer);
        let name = customer["name"]
            .as_str()
            .or(customer["email"].as_str())
            .unwrap_or("your account");
        // A flow shows its own form alone until it is done.
        let flow = if outcome.done.is_none() {
            self.session["flow"]["type"].as_str()
        } else {
            None
        };
        let confirmation =
            self.session["flow"]["after_completion"]["hosted_confirmation"]["custom_message"]
                .as_str();
        let said = match outcome.done.as_deref() {
            Some("card") => Some("Your card was replaced."),
            Some("cancel") => Some("Your subscription is cancelled."),
            Some("keep") => Some("Your subscription goes on."),
            _ => None,
        };
        let shows = |section: &str| flow.is_none_or(|flow| flow == section);
        let enabled = |feature: &str| self.features[feature]["enabled"] == true;
        let body = html! {
            @if let Some(error) = &outcome.error { p role="alert" { (error) } }
            @if let Some(said) = said { p role="status" { (said) @if let Some(more) = confirmation { " " (more) } } }
            @if shows("subscription_cancel") { (self.plans(state)) }
            @if shows("payment_method_update") { (self.cards(state, &customer, enabled("payment_method_update"))) }
            @if flow.is_none() && enabled("invoice_history") { (self.invoices(state)) }
            @if flow.is_some_and(|flow| !matches!(flow, "subscription_cancel" | "payment_method_update")) {
                p role="alert" { "stripe-sim has no page for this flow yet." }
            }
            @if let Some(url) = self.session["return_url"].as_str() { p { a href=(url) { "Return to the agency" } } }
        };
        page(&format!("Billing of {name}"), &body)
    }

    fn action(&self, name: &str) -> String {
        format!("/p/session/{}/{name}", self.secret)
    }

    fn plans(&self, state: &State) -> Markup {
        let flow = &self.session["flow"]["subscription_cancel"]["subscription"];
        let places = subscriptions::of_customer(state, self.customer);
        let all = places
            .into_iter()
            .map(|place| state.store.value(Kind::Subscription, place));
        let shown: Vec<Value> = all
            .filter(|subscription| flow.is_null() || subscription["id"] == *flow)
            .collect();
        html! {
            section aria-labelledby="plans" {
                h2 id="plans" { "Plans" }
                @if shown.is_empty() { p { "You have no plan." } }
                @for subscription in &shown { (self.plan(state, subscription)) }
            }
        }
    }

    fn plan(&self, state: &State, subscription: &Value) -> Markup {
        let ends = subscription["cancel_at"].as_i64().is_some();
        let items = subscription["items"]["data"]
            .as_array()
            .map_or(&[][..], Vec::as_slice);
        let renews = items
            .iter()
            .filter_map(|item| item["current_period_end"].as_i64())
            .min();
        let can_cancel = self.features["subscription_cancel"]["enabled"] == true
            && matches!(
                text(subscription, "status"),
                "active" | "trialing" | "past_due" | "unpaid" | "paused"
            );
        html! {
            article data-subscription=(text(subscription, "id")) {
                h3 {
                    @for (number, item) in items.iter().enumerate() {
                        @if number > 0 { ", " }
                        (product_name(state, item))
                        @if let Some(quantity) = item["quantity"].as_i64().filter(|quantity| *quantity > 1) { " × " (quantity) }
                    }
                }
                p { "State: " strong { (text(subscription, "status")) } }
                @if ends {
                    p { "Ends on " (date(&subscription["cancel_at"])) "." }
                    form method="post" action=(self.action("keep")) {
                        input type="hidden" name="subscription" value=(text(subscription, "id"));
                        button { "Don't cancel" }
                    }
                } @else if let Some(renews) = renews {
                    p { "Renews on " (date(&json!(renews))) "." }
                }
                @if can_cancel && !ends { (self.cancel_form(subscription)) }
            }
        }
    }

    fn cancel_form(&self, subscription: &Value) -> Markup {
        let reasons = &self.features["subscription_cancel"]["cancellation_reason"];
        let options = reasons["options"].as_array().map_or(&[][..], Vec::as_slice);
        let id = text(subscription, "id");
        html! {
            form method="post" action=(self.action("cancel")) {
                input type="hidden" name="subscription" value=(id);
                @if reasons["enabled"] == true {
                    label for={ "reason-" (id) } { "Why are you cancelling?" }
                    select id={ "reason-" (id) } name="feedback" {
                        option value="" { "I'd rather not say" }
                        @for option in options.iter().filter_map(Value::as_str) {
                            option value=(option) { (option.replace('_', " ")) }
                        }
                    }
                }
                label for={ "comment-" (id) } { "Anything else?" }
                textarea id={ "comment-" (id) } name="comment" rows="2" {}
                div { button { "Cancel plan" } }
            }
        }
    }

    fn cards(&self, state: &State, customer: &Value, can_replace: bool) -> Markup {
        let methods = of_customer(state, Kind::PaymentMethod, self.customer);
        let default = &customer["invoice_settings"]["default_payment_method"];
        html! {
            section aria-labelledby="cards" {
                h2 id="cards" { "Payment methods" }
                ul {
                    @for method in &methods {
                        li data-payment-method=(text(method, "id")) {
                            (method_words(method))
                            @if method["id"] == *default { " (default)" }
                        }
                    }
                }
                @if can_replace {
                    h3 { "Replace the card" }
                    form method="post" action=(self.action("card")) {
                        label for="number" { "Card number" }
                        input id="number" name="number" inputmode="numeric" autocomplete="cc-number" required;
                        label for="exp_month" { "Expiry month" }
                        input id="exp_month" name="exp_month" inputmode="numeric" size="2" required;
                        label for="exp_year" { "Expiry year" }
                        input id="exp_year" name="exp_year" inputmode="numeric" size="4" required;
                        label for="cvc" { "Security code" }
                        input id="cvc" name="cvc" inputmode="numeric" size="4" autocomplete="cc-csc" required;
                        div { button { "Save card" } }
                    }
                }
            }
        }
    }

    fn invoices(&self, state: &State) -> Markup {
        let invoices = of_customer(state, Kind::Invoice, self.customer);
        html! {
            section aria-labelledby="invoices" {
                h2 id="invoices" { "Invoices" }
                ul {
                    @for invoice in invoices.iter().filter(|invoice| invoice["status"] != "draft") {
                        li {
                            a href=(text(invoice, "hosted_invoice_url")) { (text(invoice, "number")) }
                            " " (date(&invoice["created"])) ", " (money(&invoice["total"], &invoice["currency"]))
                            ", " (text(invoice, "status"))
                        }
                    }
                }
            }
        }
    }
}

fn of_customer(state: &State, kind: Kind, customer: u32) -> Vec<Value> {
    let page = list::page(state, kind, &Map::new(), Some(customer));
    let places = page.map(|page| page.places).unwrap_or_default();
    places
        .into_iter()
        .map(|place| state.store.value(kind, place))
        .collect()
}

fn product_name(state: &State, item: &Value) -> String {
    let product = item["price"]["product"]
        .as_str()
        .and_then(|id| state.store.get(Kind::Product, id));
    product.map_or_else(String::new, |product| text(&product, "name").to_owned())
}

fn method_words(method: &Value) -> String {
    let (card, sepa) = (&method["card"], &method["sepa_debit"]);
    if card.is_object() {
        format!(
            "{} ending in {}, until {}/{}",
            text(card, "brand"),
            text(card, "last4"),
            card["exp_month"],
            card["exp_year"]
        )
    } else {
        format!("SEPA direct debit ending in {}", text(sepa, "last4"))
    }
}
