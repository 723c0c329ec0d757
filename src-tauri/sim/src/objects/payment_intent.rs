//! `payment_intent`: what is to be paid, over all its attempts.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::{Value, json};

use super::charge::{decline, description};
use super::{Metadata, Null};
use crate::ids;
use crate::population::Population;
use crate::population::ledger::{ACCEPTED, Decline};
use crate::population::rows::{InvoiceStatus, NONE};

#[derive(Serialize, Default)]
pub struct PaymentIntent {
    pub id: String,
    pub object: &'static str,
    pub allowed_payment_method_types: Null,
    pub amount: i64,
    pub amount_capturable: i64,
    pub amount_received: i64,
    pub application: Null,
    pub application_fee_amount: Null,
    pub automatic_payment_methods: Null,
    pub canceled_at: Option<i64>,
    pub cancellation_reason: Option<&'static str>,
    pub capture_method: &'static str,
    pub client_secret: String,
    pub confirmation_method: &'static str,
    pub created: i64,
    pub currency: Cow<'static, str>,
    pub customer: Option<String>,
    pub customer_account: Option<String>,
    pub description: Option<Cow<'static, str>>,
    pub excluded_payment_method_types: Null,
    pub last_payment_error: Option<Value>,
    pub latest_charge: Option<String>,
    pub livemode: bool,
    pub managed_payments: Null,
    pub metadata: Metadata,
    pub next_action: Null,
    pub on_behalf_of: Null,
    pub payment_method: Option<String>,
    pub payment_method_configuration_details: Null,
    pub payment_method_options: Null,
    pub payment_method_types: [&'static str; 1],
    pub payment_record: Null,
    pub processing: Null,
    pub receipt_email: Null,
    pub review: Null,
    pub setup_future_usage: Null,
    pub shipping: Null,
    pub source: Null,
    pub statement_descriptor: Null,
    pub statement_descriptor_suffix: Null,
    pub status: &'static str,
    pub transfer_data: Null,
    pub transfer_group: Null,
}

pub fn client_secret(id: &str) -> String {
    format!("{id}_secret_sim")
}

pub fn payment_intent(population: &Population, place: u32) -> PaymentIntent {
    let ledger = &population.ledger;
    let row = &ledger.payments[place as usize];
    let invoice = &population.invoices[row.invoice as usize];
    let customer = &population.customers[invoice.customer as usize];
    let id = |form, place| population.ids.id(form, place);
    let latest = ledger.latest_charge(place);
    let failed = latest.and_then(|charge| {
        let refused = decline(ledger.charges[charge as usize].decline)?;
        Some(payment_error(refused, &id(ids::CHARGE, charge)))
    });
    let paid = latest.is_some_and(|at| ledger.charges[at as usize].decline == ACCEPTED);
    let canceled = invoice.status == InvoiceStatus::Void;
    let method = (paid && customer.default_method != NONE).then_some(customer.default_method);
    let own = id(ids::PAYMENT_INTENT, place);
    PaymentIntent {
        object: "payment_intent",
        amount: row.amount,
        amount_received: if paid { row.amount } else { 0 },
        canceled_at: canceled
            .then(|| i64::from(crate::population::settled_at(invoice, population.now))),
        cancellation_reason: canceled.then_some("void_invoice"),
        capture_method: "automatic",
        client_secret: client_secret(&own),
        confirmation_method: "automatic",
        created: i64::from(row.created),
        currency: population.currency(invoice.customer).code.into(),
        customer: Some(id(ids::CUSTOMER, invoice.customer)),
        customer_account: population.customer_account(invoice.customer),
        description: Some(description(invoice.subscription, invoice.cycle).into()),
        last_payment_error: failed,
        latest_charge: latest.map(|charge| id(ids::CHARGE, charge)),
        payment_method: method.map(|place| id(ids::PAYMENT_METHOD, place)),
        payment_method_types: ["card"],
        status: match (paid, canceled) {
            (true, _) => "succeeded",
            (_, true) => "canceled",
            _ => "requires_payment_method",
        },
        id: own,
        ..PaymentIntent::default()
    }
}

pub fn payment_error(decline: &Decline, charge: &str) -> Value {
    json!({
        "advice_code": decline.advice,
        "charge": charge,
        "code": decline.code,
        "decline_code": decline.reason,
        "doc_url": format!("https://stripe.com/docs/error-codes/{}", decline.code.replace('_', "-")),
        "message": decline.message,
        "type": "card_error"
    })
}
