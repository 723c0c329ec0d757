//! A client's own details in the portal: only those that the configuration lets them change.

use maud::{Markup, html};
use serde_json::Value;

use super::view::of_customer;
use super::{Deed, Done, Visit};
use crate::pages::layout::text;
use crate::registry::Kind;
use crate::state::State;

const FEATURE: &str = "customer_update";
/// What the form calls a field, its label, the parameter of `POST /v1/customers/{id}`, and which of
/// `allowed_updates` it takes.
const FIELDS: [(&str, &str, &str, &str); 16] = [
    ("name", "Name", "name", "name"),
    ("email", "E-mail", "email", "email"),
    ("phone", "Phone", "phone", "phone"),
    ("line1", "Street", "address[line1]", "address"),
    ("line2", "Address, second line", "address[line2]", "address"),
    (
        "postal_code",
        "Postal code",
        "address[postal_code]",
        "address",
    ),
    ("city", "Town", "address[city]", "address"),
    ("state", "State", "address[state]", "address"),
    (
        "country",
        "Country (two letters)",
        "address[country]",
        "address",
    ),
    ("shipping_name", "Recipient", "shipping[name]", "shipping"),
    (
        "shipping_line1",
        "Shipping street",
        "shipping[address][line1]",
        "shipping",
    ),
    (
        "shipping_line2",
        "Shipping address, second line",
        "shipping[address][line2]",
        "shipping",
    ),
    (
        "shipping_postal_code",
        "Shipping postal code",
        "shipping[address][postal_code]",
        "shipping",
    ),
    (
        "shipping_city",
        "Shipping town",
        "shipping[address][city]",
        "shipping",
    ),
    (
        "shipping_state",
        "Shipping state",
        "shipping[address][state]",
        "shipping",
    ),
    (
        "shipping_country",
        "Shipping country (two letters)",
        "shipping[address][country]",
        "shipping",
    ),
];
const TAX_ID_TYPES: [&str; 6] = ["eu_vat", "gb_vat", "ch_vat", "us_ein", "au_abn", "no_vat"];

impl Visit {
    fn may_update(&self, what: &str) -> bool {
        let allowed = self.feature(FEATURE)["allowed_updates"].as_array();
        allowed.is_some_and(|allowed| allowed.iter().any(|one| one == what))
    }
}

pub fn section(visit: &Visit, state: &State, customer: &Value) -> Markup {
    let fields = FIELDS.iter().filter(|field| visit.may_update(field.3));
    let tax_ids = of_customer(state, Kind::TaxId, visit.customer);
    html! {
        section aria-labelledby="details" {
            h2 id="details" { "Your details" }
            form method="post" action=(visit.action("details")) {
                @for (name, label, parameter, _) in fields {
                    label for=(name) { (label) }
                    input id=(name) name=(name) value=(now(customer, parameter));
                }
                @if visit.may_update("tax_id") {
                    @for tax_id in &tax_ids {
                        p data-tax-id=(text(tax_id, "id")) { (text(tax_id, "type")) ": " (text(tax_id, "value")) }
                    }
                    label for="tax_id_type" { "Kind of tax number" }
                    select id="tax_id_type" name="tax_id_type" {
                        @for kind in TAX_ID_TYPES { option value=(kind) { (kind) } }
                    }
                    label for="tax_id_value" { "New tax number" }
                    input id="tax_id_value" name="tax_id_value";
                }
                div { button id="save-details" { "Save details" } }
            }
        }
    }
}

/// What the customer has for a parameter such as `address[city]`.
fn now<'a>(customer: &'a Value, parameter: &str) -> &'a str {
    let pointer = format!("/{}", parameter.replace('[', "/").replace(']', ""));
    customer
        .pointer(&pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

pub fn save(deed: &mut Deed<'_>) -> Done {
    if !deed.visit.may(FEATURE) {
        return Err("Your details cannot be changed here.".to_owned());
    }
    let customer = deed.state.store.value(Kind::Customer, deed.visit.customer);
    let id = text(&customer, "id").to_owned();
    let fields = changed(deed, &customer);
    if !fields.is_empty() {
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        deed.call("POST /v1/customers/{}", &[&id], &fields)?;
    }
    let number = deed.text("tax_id_value").to_owned();
    if !number.is_empty() && deed.visit.may_update("tax_id") {
        let kind = deed.text("tax_id_type").to_owned();
        let fields = [("type", kind.as_str()), ("value", number.as_str())];
        deed.call("POST /v1/customers/{}/tax_ids", &[&id], &fields)?;
    }
    Ok("details")
}

/// The parameters that differ from what the customer has. A form may lack fields: those stay.
fn changed(deed: &Deed<'_>, customer: &Value) -> Vec<(&'static str, String)> {
    let allowed = FIELDS
        .iter()
        .filter(|field| deed.visit.may_update(field.3))
        .map(|(name, _, parameter, _)| {
            let own = now(customer, parameter);
            let given = deed.form.contains_key(*name).then(|| deed.text(name));
            (*parameter, own, given.unwrap_or(own))
        });
    let (shipping, others): (Vec<_>, Vec<_>) =
        allowed.partition(|(parameter, ..)| parameter.starts_with("shipping"));
    let mut fields: Vec<(&str, String)> = others
        .into_iter()
        .filter(|(_, own, given)| own != given)
        .map(|(parameter, _, given)| (parameter, given.to_owned()))
        .collect();
    // Stripe replaces a shipping address whole, and wants a recipient.
    if shipping.iter().any(|(_, own, given)| own != given) {
        fields.push(("shipping[name]", text(customer, "name").to_owned()));
        let given = shipping.into_iter().filter(|(.., given)| !given.is_empty());
        fields.extend(given.map(|(parameter, _, given)| (parameter, given.to_owned())));
    }
    fields
}
