//! `customer`.

use serde::Serialize;

use super::{Address, Metadata, Null};
use crate::ids;
use crate::population::Population;
use crate::population::rows::NONE;
use crate::random::Dice;

#[derive(Serialize, Default)]
pub struct Customer {
    id: String,
    object: &'static str,
    address: Option<Address>,
    balance: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    business_name: Option<String>,
    created: u32,
    currency: Option<&'static str>,
    customer_account: Option<String>,
    default_source: Null,
    delinquent: bool,
    description: Option<String>,
    discount: Null,
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    individual_name: Option<String>,
    invoice_prefix: String,
    invoice_settings: InvoiceSettings,
    livemode: bool,
    metadata: Metadata,
    name: Option<String>,
    next_invoice_sequence: usize,
    phone: Option<String>,
    preferred_locales: Vec<&'static str>,
    shipping: Null,
    tax_exempt: &'static str,
    test_clock: Null,
}

#[derive(Serialize, Default)]
struct InvoiceSettings {
    custom_fields: Null,
    default_payment_method: Option<String>,
    footer: Null,
    rendering_options: Null,
}

/// Eight letters that all invoice numbers of a customer begin with.
pub fn invoice_prefix(population: &Population, place: u32) -> String {
    format!(
        "{:08X}",
        Dice::new(population.seed, "prefix", place).next() as u32
    )
}

pub fn address(person: &crate::population::people::Person) -> Address {
    Address {
        city: Some(person.town.0),
        country: Some(person.country.code),
        line1: Some(person.line1.clone()),
        postal_code: Some(person.town.1),
        ..Address::default()
    }
}

pub fn customer(population: &Population, place: u32) -> Customer {
    let row = &population.customers[place as usize];
    let person = population.person(place);
    let mut dice = Dice::new(population.seed, "remarks", place);
    let mut metadata = Metadata::new();
    if dice.percent(45) {
        metadata.insert("crm_id", format!("{}", 10_000 + place));
    }
    if dice.percent(20) {
        metadata.insert(
            "segment",
            dice.pick(&["b2b", "b2c", "enterprise", "nonprofit"])
                .to_owned(),
        );
    }
    let description = dice.percent(15).then(|| {
        dice.pick(&[
            "Relaunch 2025",
            "Referred by a client",
            "Prefers e-mail",
            "Pays late",
        ])
        .to_owned()
    });
    let known = dice.percent(88);
    let invoices = population.invoices_of(place).len();
    Customer {
        id: population.ids.id(ids::CUSTOMER, place),
        object: "customer",
        address: known.then(|| address(person)),
        balance: i64::from(row.balance),
        created: row.created,
        currency: (invoices > 0).then(|| population.currency(place).code),
        customer_account: population.customer_account(place),
        delinquent: row.delinquent,
        description,
        email: population.email(place),
        invoice_prefix: invoice_prefix(population, place),
        invoice_settings: InvoiceSettings {
            default_payment_method: (row.default_method != NONE)
                .then(|| population.ids.id(ids::PAYMENT_METHOD, row.default_method)),
            ..InvoiceSettings::default()
        },
        metadata,
        next_invoice_sequence: invoices + 1,
        preferred_locales: vec![person.country.locale],
        tax_exempt: "none",
        // One in a hundred was made with an e-mail alone.
        name: (!dice.percent(1)).then(|| person.name.clone()),
        business_name: person.business_name.clone(),
        individual_name: person.individual_name.clone(),
        phone: person.phone.clone(),
        ..Customer::default()
    }
}
