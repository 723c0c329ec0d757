//! What a visitor of the portal sees: the homepage, one flow's form, or that it is done.

use axum::response::Response;
use maud::{Markup, html};
use serde_json::{Map, Value};

use super::{Outcome, Visit, cards, details, plans};
use crate::list;
use crate::pages::layout::{date, money, page, text};
use crate::registry::Kind;
use crate::state::State;

fn said(done: &str) -> Option<&'static str> {
    Some(match done {
        "card" => "Your card was replaced.",
        "details" => "Your details were saved.",
        "cancel" => "Your subscription is cancelled.",
        "keep" => "Your subscription goes on.",
        "offer" => "Your discount was added. Your subscription goes on.",
        "pause" => "Your subscription is paused.",
        "resume" => "Your subscription goes on again.",
        "update" => "Your plan was changed.",
        "scheduled" => "Your plan will change at the end of its period.",
        _ => return None,
    })
}

impl Visit {
    pub fn page(&self, state: &State, outcome: &Outcome) -> Response {
        let customer = state.store.value(Kind::Customer, self.customer);
        let name = customer["name"]
            .as_str()
            .or(customer["email"].as_str())
            .unwrap_or("your account");
        let profile = &self.configuration["business_profile"];
        let address = |value: &'_ Value| value.as_str().map(str::to_owned);
        let links = [
            (
                "privacy",
                "Privacy policy",
                address(&profile["privacy_policy_url"]),
            ),
            (
                "terms",
                "Terms of service",
                address(&profile["terms_of_service_url"]),
            ),
            (
                "return",
                "Return to the agency",
                address(&self.session["return_url"]),
            ),
        ];
        let body = html! {
            @if let Some(headline) = profile["headline"].as_str() { p id="headline" { (headline) } }
            @if let Some(error) = &outcome.error { p role="alert" { (error) } }
            @if let Some(said) = outcome.done.as_deref().and_then(said) { p role="status" { (said) } }
            (self.content(state, &customer, outcome.done.is_some()))
            @for (id, label, url) in links {
                @if let Some(url) = url { p { a id=(id) href=(url) { (label) } } }
            }
        };
        page(&format!("Billing of {name}"), &body)
    }

    /// A flow shows its own form alone until it is done.
    fn content(&self, state: &State, customer: &Value, done: bool) -> Markup {
        let after = &self.session["flow"]["after_completion"];
        match self.flow() {
            Some(_) if done && after["type"] == "hosted_confirmation" => {
                let message = after["hosted_confirmation"]["custom_message"].as_str();
                html! { @if let Some(message) = message { p id="confirmation" { (message) } } }
            }
            Some("payment_method_update") if !done => cards::section(self, state, customer),
            Some("customer_update") if !done => details::section(self, state, customer),
            flow @ Some(_) if !done => plans::section(self, state, flow),
            _ => self.homepage(state, customer),
        }
    }

    fn homepage(&self, state: &State, customer: &Value) -> Markup {
        html! {
            (plans::section(self, state, None))
            (cards::section(self, state, customer))
            @if self.may("customer_update") { (details::section(self, state, customer)) }
            @if self.feature("invoice_history")["enabled"] == true { (self.invoices(state)) }
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

pub fn places_of(state: &State, kind: Kind, customer: u32) -> Vec<u32> {
    list::page(state, kind, &Map::new(), Some(customer))
        .map(|page| page.places)
        .unwrap_or_default()
}

pub fn of_customer(state: &State, kind: Kind, customer: u32) -> Vec<Value> {
    places_of(state, kind, customer)
        .into_iter()
        .map(|place| state.store.value(kind, place))
        .collect()
}
