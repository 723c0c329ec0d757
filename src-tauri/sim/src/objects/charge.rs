//! `charge`: one attempt to take money from a card or an account.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::Value;

use super::payment_method::{self, BillingDetails};
use super::{Metadata, Null};
use crate::ids;
use crate::population::Population;
use crate::population::ledger::{ACCEPTED, DECLINES, Decline, Reason};
use crate::population::rows::NONE;

type Text = Cow<'static, str>;

#[derive(Serialize, Default)]
pub struct Charge {
    pub id: String,
    pub object: &'static str,
    pub amount: i64,
    pub amount_captured: i64,
    pub amount_refunded: i64,
    pub application: Null,
    pub application_fee: Null,
    pub application_fee_amount: Null,
    pub balance_transaction: Option<String>,
    pub billing_details: Payer,
    pub calculated_statement_descriptor: &'static str,
    pub captured: bool,
    pub created: i64,
    pub currency: Text,
    pub customer: Option<String>,
    pub description: Option<Text>,
    pub disputed: bool,
    pub failure_balance_transaction: Null,
    pub failure_code: Option<&'static str>,
    pub failure_message: Option<&'static str>,
    pub fraud_details: NoFields,
    pub livemode: bool,
    pub metadata: Metadata,
    pub on_behalf_of: Null,
    pub outcome: Outcome,
    pub paid: bool,
    pub payment_intent: Option<String>,
    pub payment_method: Option<String>,
    pub payment_method_details: Details,
    pub receipt_email: Null,
    pub receipt_number: Null,
    pub receipt_url: Null,
    pub refunded: bool,
    pub review: Null,
    pub shipping: Null,
    pub source: Null,
    pub source_transfer: Null,
    pub statement_descriptor: Null,
    pub statement_descriptor_suffix: Null,
    pub status: &'static str,
    pub transfer_data: Null,
    pub transfer_group: Null,
}

/// The billing details of what it was charged to.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Payer {
    Row(Box<BillingDetails>),
    /// As they stand on a payment method that a request has made or changed.
    Kept(Value),
}

impl Default for Payer {
    fn default() -> Self {
        Payer::Kept(Value::Null)
    }
}

#[derive(Serialize, Default)]
pub struct NoFields {}

/// What the card network and Stripe's own checks made of it.
#[derive(Serialize, Default)]
pub struct Outcome {
    advice_code: Option<&'static str>,
    network_advice_code: Null,
    network_decline_code: Null,
    network_status: &'static str,
    reason: Option<&'static str>,
    risk_level: &'static str,
    seller_message: &'static str,
    #[serde(rename = "type")]
    type_: &'static str,
}

#[derive(Serialize, Default)]
pub struct Details {
    #[serde(skip_serializing_if = "Option::is_none")]
    card: Option<Card>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sepa_debit: Option<SepaDebit>,
    #[serde(rename = "type")]
    type_: &'static str,
}

#[derive(Serialize, Default)]
struct Card {
    amount_authorized: Option<i64>,
    authorization_code: Null,
    brand: Text,
    checks: Checks,
    country: Text,
    electronic_commerce_indicator: Null,
    exp_month: u64,
    exp_year: u64,
    fingerprint: String,
    funding: Text,
    installments: Null,
    last4: String,
    mandate: Null,
    network: Text,
    network_transaction_id: Null,
    regulated_status: &'static str,
    three_d_secure: Null,
    transaction_link_id: Null,
    wallet: Null,
}

#[derive(Serialize, Default)]
struct Checks {
    address_line1_check: Null,
    address_postal_code_check: Null,
    cvc_check: &'static str,
}

#[derive(Serialize, Default)]
struct SepaDebit {
    bank_code: String,
    branch_code: &'static str,
    country: Text,
    fingerprint: String,
    last4: String,
    mandate: Null,
}

impl Charge {
    /// What follows from whether the bank refused.
    pub fn settle(self, decline: Option<&'static Decline>) -> Self {
        let paid = decline.is_none();
        Self {
            object: "charge",
            amount_captured: if paid { self.amount } else { 0 },
            calculated_statement_descriptor: "STUDIO LINDQVIST",
            captured: paid,
            failure_code: decline.map(|decline| decline.code),
            failure_message: decline.map(|decline| decline.message),
            outcome: outcome(decline),
            paid,
            status: if paid { "succeeded" } else { "failed" },
            ..self
        }
    }
}

fn outcome(decline: Option<&'static Decline>) -> Outcome {
    let Some(decline) = decline else {
        return Outcome {
            network_status: "approved_by_network",
            risk_level: "normal",
            seller_message: "Payment complete.",
            type_: "authorized",
            ..Outcome::default()
        };
    };
    Outcome {
        advice_code: Some(decline.advice),
        network_status: "declined_by_network",
        reason: Some(decline.reason),
        risk_level: "normal",
        seller_message: "The bank returned a decline.",
        type_: "issuer_declined",
        ..Outcome::default()
    }
}

/// A row that was declined says why.
pub fn decline(code: u8) -> Option<&'static Decline> {
    DECLINES.get(code as usize).filter(|_| code != ACCEPTED)
}

pub fn charge(population: &Population, place: u32) -> Charge {
    let ledger = &population.ledger;
    let row = &ledger.charges[place as usize];
    let payment = &ledger.payments[row.payment as usize];
    let invoice = &population.invoices[payment.invoice as usize];
    let customer = &population.customers[invoice.customer as usize];
    let refunded = ledger
        .refund_of(place)
        .map_or(0, |refund| ledger.refunds[refund as usize].amount);
    let id = |form, place| population.ids.id(form, place);
    let default = (customer.default_method != NONE).then_some(customer.default_method);
    let mut method = default.map(|place| payment_method::payment_method(population, place));
    let billing_details = match &mut method {
        Some(method) => std::mem::take(&mut method.billing_details),
        None => BillingDetails {
            email: population.email(invoice.customer),
            ..BillingDetails::default()
        },
    };
    Charge {
        id: id(ids::CHARGE, place),
        amount: payment.amount,
        amount_refunded: refunded,
        balance_transaction: ledger
            .moved_by(Reason::Charge, place)
            .map(|movement| id(ids::BALANCE_TRANSACTION, movement)),
        billing_details: Payer::Row(billing_details.into()),
        created: i64::from(row.created),
        currency: population.currency(invoice.customer).code.into(),
        customer: Some(id(ids::CUSTOMER, invoice.customer)),
        description: Some(description(invoice.subscription, invoice.cycle).into()),
        disputed: ledger.dispute_of(place).is_some(),
        payment_intent: Some(id(ids::PAYMENT_INTENT, row.payment)),
        payment_method: default.map(|place| id(ids::PAYMENT_METHOD, place)),
        payment_method_details: method.map_or_else(
            || paid_by_hand(population, place, payment.amount),
            |method| details(&method, payment.amount),
        ),
        refunded: refunded == payment.amount,
        ..Charge::default()
    }
    .settle(decline(row.decline))
}

/// What Stripe writes on the payment of an invoice.
pub fn description(subscription: u32, cycle: u32) -> &'static str {
    match (subscription, cycle) {
        (NONE, _) => "Payment for Invoice",
        (_, 0) => "Subscription creation",
        _ => "Subscription update",
    }
}

fn details(method: &payment_method::PaymentMethod, amount: i64) -> Details {
    if let Some(sepa) = &method.sepa_debit {
        return Details {
            sepa_debit: Some(SepaDebit {
                bank_code: sepa.bank_code.clone(),
                country: sepa.country.into(),
                fingerprint: sepa.fingerprint.clone(),
                last4: sepa.last4.clone(),
                ..SepaDebit::default()
            }),
            type_: "sepa_debit",
            ..Details::default()
        };
    }
    let Some(card) = &method.card else {
        return Details::default();
    };
    let card = Card {
        amount_authorized: Some(amount),
        brand: card.brand.into(),
        checks: Checks {
            cvc_check: "pass",
            ..Checks::default()
        },
        country: card.country.into(),
        exp_month: u64::from(card.exp_month),
        exp_year: u64::from(card.exp_year),
        fingerprint: card.fingerprint.clone(),
        funding: card.funding.into(),
        last4: card.last4.clone(),
        network: card.brand.into(),
        regulated_status: "unregulated",
        ..Card::default()
    };
    Details {
        card: Some(card),
        type_: "card",
        ..Details::default()
    }
}

/// Whoever has nothing on file typed a card on the invoice's page.
fn paid_by_hand(population: &Population, place: u32, amount: i64) -> Details {
    let last4 = "4242".to_owned();
    let fingerprint = population.ids.id(ids::FINGERPRINT, u32::MAX - place);
    let method = payment_method::PaymentMethod {
        card: Some(payment_method::card(
            "visa",
            "US",
            last4,
            (12, 2030),
            fingerprint,
        )),
        ..payment_method::PaymentMethod::default()
    };
    details(&method, amount)
}

/// The details of a charge to a payment method as the API shows it.
pub fn details_of(method: &Value, amount: i64) -> Details {
    let text = |pointer: &str| -> Text {
        let value = method.pointer(pointer).and_then(Value::as_str);
        Cow::Owned(value.unwrap_or_default().to_owned())
    };
    let number = |pointer: &str| method.pointer(pointer).and_then(Value::as_u64);
    if method["type"] == "sepa_debit" {
        return Details {
            sepa_debit: Some(SepaDebit {
                bank_code: text("/sepa_debit/bank_code").into_owned(),
                country: text("/sepa_debit/country"),
                fingerprint: text("/sepa_debit/fingerprint").into_owned(),
                last4: text("/sepa_debit/last4").into_owned(),
                ..SepaDebit::default()
            }),
            type_: "sepa_debit",
            ..Details::default()
        };
    }
    Details {
        card: Some(Card {
            amount_authorized: Some(amount),
            brand: text("/card/brand"),
            checks: Checks {
                cvc_check: "pass",
                ..Checks::default()
            },
            country: text("/card/country"),
            exp_month: number("/card/exp_month").unwrap_or(12),
            exp_year: number("/card/exp_year").unwrap_or(2030),
            fingerprint: text("/card/fingerprint").into_owned(),
            funding: text("/card/funding"),
            last4: text("/card/last4").into_owned(),
            network: text("/card/brand"),
            regulated_status: "unregulated",
            ..Card::default()
        }),
        type_: "card",
        ..Details::default()
    }
}
