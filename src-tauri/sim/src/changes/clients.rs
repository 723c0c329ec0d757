//! Changes of clients: who they are, their cards and tax numbers.

use serde_json::json;

use super::{Attempt, Transition};
use crate::billing::DECLINE;
use crate::objects::event::Cause;
use crate::registry::Kind;
use crate::write::cards::{self, NewCard};

pub const TRANSITIONS: &[Transition] = &[
    ("customer_created", created),
    ("customer_renamed", renamed),
    ("customer_moved", moved),
    ("customer_deleted", deleted),
    ("card_added", card_added),
    ("card_replaced", card_replaced),
    ("card_detached", card_detached),
    ("card_refused_from_now_on", card_refused),
    ("tax_id_added", tax_id_added),
    ("tax_id_removed", tax_id_removed),
];

const NAMES: [&str; 6] = [
    "Ada Lovelace",
    "Björn Öström",
    "Zoë & Søn ApS",
    "株式会社サンプル",
    "O'Neill Ltd",
    "Łukasz Żak",
];

fn created(attempt: &mut Attempt<'_>) -> Option<()> {
    let (name, number) = (attempt.one_of(&NAMES)?, attempt.below(1_000_000));
    let form = format!("name={}&email=client{number}@example.com", encoded(name));
    attempt.call("POST /v1/customers", &[], &form).map(|_| ())
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn renamed(attempt: &mut Attempt<'_>) -> Option<()> {
    let (customer, name) = (attempt.customer()?, attempt.one_of(&NAMES)?);
    let number = attempt.below(1_000);
    let form = format!("name={}&metadata[touched]={number}", encoded(name));
    attempt.call_on("POST /v1/customers/{}", &customer, &form)
}

fn moved(attempt: &mut Attempt<'_>) -> Option<()> {
    let customer = attempt.customer()?;
    let number = attempt.below(200);
    let form = format!(
        "address[line1]=Hauptstra%C3%9Fe+{number}&address[city]=Berlin&address[country]=DE&address[postal_code]=10115"
    );
    attempt.call_on("POST /v1/customers/{}", &customer, &form)
}

fn deleted(attempt: &mut Attempt<'_>) -> Option<()> {
    let customer = attempt.customer()?;
    attempt.call_on("DELETE /v1/customers/{}", &customer, "")
}

/// Nobody's default.
fn card_added(attempt: &mut Attempt<'_>) -> Option<()> {
    let customer = attempt.customer()?;
    let form = format!("customer={}", customer["id"].as_str()?);
    let call = "POST /v1/payment_methods/{}/attach";
    attempt.call(call, &["pm_card_visa"], &form).map(|_| ())
}

fn card_replaced(attempt: &mut Attempt<'_>) -> Option<()> {
    let customer = attempt.customer()?;
    let number = attempt.one_of(&[
        "4242424242424242",
        "5555555555554444",
        // Can be kept, and is refused when it is charged.
        "4000000000000341",
    ])?;
    let year = attempt.below(4).to_string();
    let card = NewCard::read(number, "12", &format!("203{year}"), "123", (2026, 1)).ok()?;
    let place = attempt
        .state
        .store
        .find(Kind::Customer, customer["id"].as_str()?)?;
    cards::replace(attempt.state, place, &card, &Cause::default());
    Some(())
}

fn card_detached(attempt: &mut Attempt<'_>) -> Option<()> {
    let attached = attempt.pick(Kind::PaymentMethod, |method| !method["customer"].is_null())?;
    attempt.call_on("POST /v1/payment_methods/{}/detach", &attached, "")
}

fn card_refused(attempt: &mut Attempt<'_>) -> Option<()> {
    let card = attempt.pick(Kind::PaymentMethod, |method| {
        !method["customer"].is_null() && method["metadata"][DECLINE].is_null()
    })?;
    let event = "payment_method.updated";
    attempt.change(Kind::PaymentMethod, &card, event, |method| {
        method["metadata"][DECLINE] = json!("insufficient_funds");
    })
}

fn tax_id_added(attempt: &mut Attempt<'_>) -> Option<()> {
    let customer = attempt.customer()?;
    let number = 100_000_000 + attempt.below(800_000_000);
    let form = format!("type=eu_vat&value=DE{number}");
    attempt.call_on("POST /v1/customers/{}/tax_ids", &customer, &form)
}

fn tax_id_removed(attempt: &mut Attempt<'_>) -> Option<()> {
    let tax_id = attempt.pick(Kind::TaxId, |_| true)?;
    attempt.call_on("DELETE /v1/tax_ids/{}", &tax_id, "")
}
