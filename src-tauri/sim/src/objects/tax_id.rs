//! `tax_id`: a client's number with its tax office.

use serde_json::{Value, json};

use crate::ids;
use crate::population::Population;
use crate::population::engagements::tax_number;

/// What differs between tax ids.
pub struct TaxIdFacts<'a> {
    pub id: String,
    pub created: i64,
    pub customer: &'a str,
    pub customer_account: Option<&'a str>,
    pub type_: &'a str,
    pub value: &'a str,
}

pub fn tax_id_of(facts: TaxIdFacts<'_>) -> Value {
    let country = country(facts.type_, facts.value);
    // Numbers of these offices are looked up; Stripe does not ask the others.
    let status = match facts.type_ {
        "eu_vat" | "gb_vat" | "au_abn" => "verified",
        _ => "unavailable",
    };
    json!({
        "id": facts.id,
        "object": "tax_id",
        "country": country,
        "created": facts.created,
        "customer": facts.customer,
        "customer_account": facts.customer_account,
        "livemode": false,
        "owner": {
            "customer": facts.customer,
            "customer_account": facts.customer_account,
            "type": "customer"
        },
        "type": facts.type_,
        "value": facts.value,
        "verification": {"status": status, "verified_address": null, "verified_name": null}
    })
}

/// European numbers begin with their country, other types are named after it.
fn country(type_: &str, value: &str) -> Option<String> {
    let code = if type_ == "eu_vat" { value } else { type_ };
    let code = code.get(..2)?.to_uppercase();
    Some(if code == "EL" { "GR".to_owned() } else { code })
}

pub fn tax_id(population: &Population, place: u32) -> Value {
    let row = &population.tax_ids[place as usize];
    let (type_, value) = tax_number(population.seed, row.customer).unwrap_or_default();
    tax_id_of(TaxIdFacts {
        id: population.ids.id(ids::TAX_ID, place),
        created: i64::from(row.created),
        customer: &population.ids.id(ids::CUSTOMER, row.customer),
        customer_account: population.customer_account(row.customer).as_deref(),
        type_,
        value: &value,
    })
}
