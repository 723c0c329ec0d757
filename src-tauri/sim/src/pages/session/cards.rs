//! Payment methods in the portal: seen, and the card replaced.

use maud::{Markup, html};
use serde_json::Value;

use super::view::of_customer;
use super::{Deed, Done, Visit};
use crate::pages::card;
use crate::pages::layout::text;
use crate::registry::Kind;
use crate::state::State;
use crate::write::cards;

const FEATURE: &str = "payment_method_update";

pub fn section(visit: &Visit, state: &State, customer: &Value) -> Markup {
    let methods = of_customer(state, Kind::PaymentMethod, visit.customer);
    let default = &customer["invoice_settings"]["default_payment_method"];
    html! {
        section aria-labelledby="cards" {
            h2 id="cards" { "Payment methods" }
            ul {
                @for method in &methods {
                    li data-payment-method=(text(method, "id")) {
                        (card::words(method))
                        @if method["id"] == *default { " (default)" }
                    }
                }
            }
            @if visit.may(FEATURE) {
                h3 { "Replace the card" }
                form method="post" action=(visit.action("card")) {
                    (card::fields())
                    div { button id="save-card" { "Save card" } }
                }
            }
        }
    }
}

pub fn replace(deed: &mut Deed<'_>) -> Done {
    if !deed.visit.may(FEATURE) {
        return Err("Payment methods cannot be changed here.".to_owned());
    }
    let card = card::read(&deed.form, deed.state.clock.now())?;
    cards::replace(deed.state, deed.visit.customer, &card, &deed.cause);
    Ok("card")
}
