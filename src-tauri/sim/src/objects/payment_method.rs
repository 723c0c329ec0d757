//! `payment_method`: cards and SEPA direct debits.

use serde::Serialize;

use super::{Metadata, Null};
use crate::ids;
use crate::population::Population;
use crate::random::Dice;

#[derive(Serialize, Default)]
pub struct PaymentMethod {
    pub id: String,
    pub object: &'static str,
    pub allow_redisplay: &'static str,
    pub billing_details: BillingDetails,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card: Option<Card>,
    pub created: u32,
    pub customer: Option<String>,
    pub customer_account: Option<String>,
    pub livemode: bool,
    pub metadata: Metadata,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sepa_debit: Option<SepaDebit>,
    #[serde(rename = "type")]
    pub type_: &'static str,
}

#[derive(Serialize, Default)]
pub struct BillingDetails {
    pub address: BillingAddress,
    pub email: Option<String>,
    pub name: Option<String>,
    pub phone: Null,
    pub tax_id: Null,
}

#[derive(Serialize, Default)]
pub struct BillingAddress {
    city: Null,
    pub country: Option<&'static str>,
    line1: Null,
    line2: Null,
    postal_code: Null,
    state: Null,
}

#[derive(Serialize, Default)]
pub struct Card {
    pub brand: &'static str,
    pub checks: Checks,
    pub country: &'static str,
    pub display_brand: &'static str,
    pub exp_month: u32,
    pub exp_year: u32,
    pub fingerprint: String,
    pub funding: &'static str,
    pub generated_from: Null,
    pub last4: String,
    pub networks: Networks,
    pub regulated_status: &'static str,
    pub three_d_secure_usage: ThreeDSecure,
    pub wallet: Null,
}

#[derive(Serialize, Default)]
pub struct Checks {
    address_line1_check: Null,
    address_postal_code_check: Null,
    pub cvc_check: &'static str,
}

#[derive(Serialize, Default)]
pub struct Networks {
    pub available: [&'static str; 1],
    preferred: Null,
}

#[derive(Serialize, Default)]
pub struct ThreeDSecure {
    pub supported: bool,
}

#[derive(Serialize, Default)]
pub struct SepaDebit {
    pub bank_code: String,
    branch_code: &'static str,
    pub country: &'static str,
    pub fingerprint: String,
    generated_from: GeneratedFrom,
    pub last4: String,
}

#[derive(Serialize, Default)]
struct GeneratedFrom {
    charge: Null,
    setup_attempt: Null,
}

pub fn payment_method(population: &Population, place: u32) -> PaymentMethod {
    let row = &population.payment_methods[place as usize];
    let person = population.person(row.customer);
    let mut dice = Dice::new(population.seed, "method", place);
    let last4 = format!("{:04}", dice.below(10_000));
    let country = person.country.code;
    let fingerprint = population.ids.id(ids::FINGERPRINT, place);
    // A deleted customer has none any more.
    let attached = !population.customers[row.customer as usize].deleted;
    let method = PaymentMethod {
        id: population.ids.id(ids::PAYMENT_METHOD, place),
        object: "payment_method",
        allow_redisplay: "unspecified",
        billing_details: BillingDetails {
            address: BillingAddress {
                country: Some(country),
                ..BillingAddress::default()
            },
            email: population.email(row.customer),
            name: person
                .individual_name
                .clone()
                .or_else(|| Some(person.name.clone())),
            ..BillingDetails::default()
        },
        created: row.created,
        customer: attached.then(|| population.ids.id(ids::CUSTOMER, row.customer)),
        customer_account: population
            .customer_account(row.customer)
            .filter(|_| attached),
        ..PaymentMethod::default()
    };
    if row.is_sepa {
        return PaymentMethod {
            type_: "sepa_debit",
            sepa_debit: Some(SepaDebit {
                bank_code: format!("{:08}", 10_000_000 + dice.below(80_000_000)),
                branch_code: "",
                country,
                fingerprint,
                last4,
                ..SepaDebit::default()
            }),
            ..method
        };
    }
    let brand = dice.pick(&["visa", "visa", "mastercard", "mastercard", "amex"]);
    let (month, year) = (u32::from(row.exp_month), u32::from(row.exp_year));
    let funding = dice.pick(&["credit", "credit", "debit", "prepaid"]);
    PaymentMethod {
        type_: "card",
        card: Some(Card {
            funding,
            ..card(brand, country, last4, (month, year), fingerprint)
        }),
        ..method
    }
}

pub fn card(
    brand: &'static str,
    country: &'static str,
    last4: String,
    (exp_month, exp_year): (u32, u32),
    fingerprint: String,
) -> Card {
    Card {
        brand,
        checks: Checks {
            cvc_check: "pass",
            ..Checks::default()
        },
        country,
        display_brand: if brand == "amex" {
            "american_express"
        } else {
            brand
        },
        exp_month,
        exp_year,
        fingerprint,
        funding: "credit",
        last4,
        networks: Networks {
            available: [brand],
            ..Networks::default()
        },
        regulated_status: "unregulated",
        three_d_secure_usage: ThreeDSecure { supported: true },
        ..Card::default()
    }
}
