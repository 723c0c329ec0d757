//! `invoice` and its `invoice_payment`.

use serde::Serialize;

use super::customer::{address, invoice_prefix};
use super::invoice_line::{DiscountAmount, LineItem, PretaxCredit, Tax, lines, tax};
use super::{Address, Empty, List, Metadata, Null, SELF, TypeOnly};
use crate::ids;
use crate::population::bill::{Bill, bill};
use crate::population::rows::{Invoice as Row, InvoiceStatus, NONE, Scenario};
use crate::population::{DAY, Population, finalized_at, settled_at};

#[derive(Serialize)]
pub struct Invoice {
    id: String,
    object: &'static str,
    account_country: &'static str,
    account_name: &'static str,
    account_tax_ids: Null,
    amount_due: i64,
    amount_overpaid: i64,
    amount_paid: i64,
    amount_paid_off_stripe: i64,
    amount_remaining: i64,
    amount_shipping: i64,
    application: Null,
    attempt_count: u8,
    attempted: bool,
    auto_advance: bool,
    automatic_tax: AutomaticTax,
    automatically_finalizes_at: Null,
    billing_reason: &'static str,
    collection_method: &'static str,
    created: u32,
    currency: &'static str,
    custom_fields: Null,
    customer: Option<String>,
    customer_account: Option<String>,
    customer_address: Option<Address>,
    customer_email: Option<String>,
    customer_name: Option<String>,
    customer_phone: Option<String>,
    customer_shipping: Null,
    customer_tax_exempt: &'static str,
    customer_tax_ids: Empty,
    default_payment_method: Null,
    default_source: Null,
    default_tax_rates: Empty,
    description: Null,
    discounts: Vec<String>,
    due_date: Option<u32>,
    effective_at: Option<u32>,
    ending_balance: Option<i64>,
    footer: Null,
    from_invoice: Null,
    hosted_invoice_url: Option<String>,
    invoice_pdf: Option<String>,
    issuer: TypeOnly,
    last_finalization_error: Null,
    latest_revision: Null,
    lines: List<LineItem>,
    livemode: bool,
    metadata: Metadata,
    next_payment_attempt: Option<u32>,
    number: Option<String>,
    on_behalf_of: Null,
    parent: Option<Parent>,
    payment_settings: PaymentSettings,
    period_end: u32,
    period_start: u32,
    post_payment_credit_notes_amount: i64,
    pre_payment_credit_notes_amount: i64,
    receipt_number: Null,
    rendering: Null,
    shipping_cost: Null,
    shipping_details: Null,
    starting_balance: i64,
    statement_descriptor: Null,
    status: &'static str,
    status_details: StatusDetails,
    status_transitions: StatusTransitions,
    subtotal: i64,
    subtotal_excluding_tax: i64,
    test_clock: Null,
    total: i64,
    total_discount_amounts: Vec<DiscountAmount>,
    total_excluding_tax: i64,
    total_pretax_credit_amounts: Vec<PretaxCredit>,
    total_taxes: Vec<Tax>,
    webhooks_delivered_at: Option<u32>,
}

#[derive(Serialize, Default)]
struct AutomaticTax {
    disabled_reason: Null,
    enabled: bool,
    liability: Null,
    provider: Null,
    status: Null,
}

#[derive(Serialize)]
struct Parent {
    quote_details: Null,
    subscription_details: SubscriptionDetails,
    #[serde(rename = "type")]
    type_: &'static str,
}

#[derive(Serialize)]
struct SubscriptionDetails {
    metadata: Metadata,
    subscription: String,
}

#[derive(Serialize, Default)]
struct PaymentSettings {
    default_mandate: Null,
    payment_method_options: Null,
    payment_method_types: Null,
}

#[derive(Serialize, Default)]
struct StatusDetails {
    #[serde(skip_serializing_if = "Option::is_none")]
    uncollectible: Option<Uncollectible>,
}

#[derive(Serialize)]
struct Uncollectible {
    reason: &'static str,
}

#[derive(Serialize, Default)]
struct StatusTransitions {
    finalized_at: Option<u32>,
    marked_uncollectible_at: Option<u32>,
    paid_at: Option<u32>,
    voided_at: Option<u32>,
}

/// `pages` is where hosted invoices live.
pub fn invoice(population: &Population, place: u32, row: &Row, pages: &str) -> Invoice {
    let bill = bill(population, row);
    let person = population.person(row.customer);
    let id = population.ids.id(ids::INVOICE, place);
    let finalized = row.status != InvoiceStatus::Draft;
    let secret = population.ids.id(ids::INVOICE_SECRET, place);
    let hosted = |suffix: &str| {
        finalized.then(|| format!("{pages}/i/{}/{secret}{suffix}", population.account))
    };
    let manual = row.subscription == NONE;
    let due_amount = bill.total;
    let paid = bill.paid(row.status);
    let discount = (bill.discount > 0).then(|| population.ids.id(ids::DISCOUNT, row.subscription));
    let account = population.customer_account(row.customer);
    Invoice {
        object: "invoice",
        account_country: super::account::COUNTRY,
        account_name: super::account::NAME,
        account_tax_ids: (),
        amount_due: due_amount,
        amount_overpaid: 0,
        amount_paid: paid,
        amount_paid_off_stripe: 0,
        amount_remaining: if row.status == InvoiceStatus::Void {
            0
        } else {
            due_amount - paid
        },
        amount_shipping: 0,
        application: (),
        attempt_count: row.attempts,
        attempted: row.attempts > 0 || row.status == InvoiceStatus::Paid,
        auto_advance: row.status == InvoiceStatus::Open && row.attempts < 4,
        automatic_tax: AutomaticTax::default(),
        automatically_finalizes_at: (),
        billing_reason: match (manual, row.cycle) {
            (true, _) => "manual",
            (false, 0) => "subscription_create",
            (false, _) => "subscription_cycle",
        },
        collection_method: collection_method(row),
        created: row.created,
        currency: population.currency(row.customer).code,
        custom_fields: (),
        // Stripe may name an Accounts v2 customer by its account alone.
        customer: account
            .is_none()
            .then(|| population.ids.id(ids::CUSTOMER, row.customer)),
        customer_account: account,
        customer_address: Some(address(person)),
        customer_email: population.email(row.customer),
        customer_name: Some(person.name.clone()),
        customer_phone: person.phone.clone(),
        customer_shipping: (),
        customer_tax_exempt: "none",
        customer_tax_ids: [],
        default_payment_method: (),
        default_source: (),
        default_tax_rates: [],
        description: (),
        discounts: discount.clone().into_iter().collect(),
        due_date: (row.due > 0).then_some(row.due),
        effective_at: finalized.then(|| finalized_at(row, population.now)),
        ending_balance: finalized.then_some(0),
        footer: (),
        from_invoice: (),
        hosted_invoice_url: hosted(""),
        invoice_pdf: hosted("/pdf"),
        issuer: SELF,
        last_finalization_error: (),
        latest_revision: (),
        lines: List::whole(
            lines(population, place, row, &bill, &id),
            format!("/v1/invoices/{id}/lines"),
        ),
        livemode: false,
        metadata: Metadata::new(),
        next_payment_attempt: next_attempt(population, row),
        number: finalized.then(|| {
            format!(
                "{}-{:04}",
                invoice_prefix(population, row.customer),
                row.sequence
            )
        }),
        on_behalf_of: (),
        parent: (!manual).then(|| Parent {
            quote_details: (),
            subscription_details: SubscriptionDetails {
                metadata: Metadata::new(),
                subscription: population.ids.id(ids::SUBSCRIPTION, row.subscription),
            },
            type_: "subscription_details",
        }),
        payment_settings: PaymentSettings::default(),
        period_end: row.created,
        period_start: row.created,
        post_payment_credit_notes_amount: credited(population, place),
        pre_payment_credit_notes_amount: 0,
        receipt_number: (),
        rendering: (),
        shipping_cost: (),
        shipping_details: (),
        starting_balance: 0,
        statement_descriptor: (),
        status: row.status.text(),
        status_details: status_details(row),
        status_transitions: transitions(population, row),
        subtotal: bill.subtotal,
        subtotal_excluding_tax: bill.subtotal,
        test_clock: (),
        total: bill.total,
        total_discount_amounts: discount
            .iter()
            .map(|id| DiscountAmount {
                amount: bill.discount,
                discount: id.clone(),
            })
            .collect(),
        total_excluding_tax: bill.subtotal - bill.discount,
        total_pretax_credit_amounts: discount
            .iter()
            .map(|id| PretaxCredit {
                amount: bill.discount,
                discount: id.clone(),
                type_: "discount",
            })
            .collect(),
        total_taxes: total_taxes(population, &bill),
        webhooks_delivered_at: Some(row.created),
        id,
    }
}

/// What was given back after it was paid.
fn credited(population: &Population, place: u32) -> i64 {
    let note = population.ledger.note_of(place);
    note.map_or(0, |note| {
        population.ledger.credit_notes[note as usize].amount
    })
}

pub fn collection_method(row: &Row) -> &'static str {
    if row.due > 0 {
        "send_invoice"
    } else {
        "charge_automatically"
    }
}

fn total_taxes(population: &Population, bill: &Bill) -> Vec<Tax> {
    let taxable = bill.subtotal - bill.discount;
    bill.taxed
        .then(|| tax(population, bill.tax, taxable))
        .into_iter()
        .collect()
}

fn next_attempt(population: &Population, row: &Row) -> Option<u32> {
    let retried = row.status == InvoiceStatus::Open && (1..4).contains(&row.attempts);
    let after_trial =
        || population.subscriptions[row.subscription as usize].scenario == Scenario::Incomplete;
    (retried && row.subscription != NONE && !after_trial()).then_some(population.now + 3 * DAY)
}

fn status_details(row: &Row) -> StatusDetails {
    let reason = if row.attempts >= 4 {
        "max_payment_attempts"
    } else {
        "user_forgiven"
    };
    let given_up = row.status == InvoiceStatus::Uncollectible;
    StatusDetails {
        uncollectible: given_up.then_some(Uncollectible { reason }),
    }
}

fn transitions(population: &Population, row: &Row) -> StatusTransitions {
    let settled = |status| (row.status == status).then(|| settled_at(row, population.now));
    let finalized = row.status != InvoiceStatus::Draft;
    StatusTransitions {
        finalized_at: finalized.then(|| finalized_at(row, population.now)),
        marked_uncollectible_at: settled(InvoiceStatus::Uncollectible),
        paid_at: settled(InvoiceStatus::Paid),
        voided_at: settled(InvoiceStatus::Void),
    }
}

#[derive(Serialize)]
pub struct InvoicePayment {
    id: String,
    object: &'static str,
    amount_paid: Option<i64>,
    amount_requested: i64,
    created: u32,
    currency: &'static str,
    invoice: String,
    is_default: bool,
    livemode: bool,
    payment: Payment,
    status: &'static str,
    status_transitions: PaymentTransitions,
}

#[derive(Serialize)]
struct Payment {
    payment_intent: String,
    #[serde(rename = "type")]
    type_: &'static str,
}

#[derive(Serialize)]
struct PaymentTransitions {
    canceled_at: Option<u32>,
    paid_at: Option<u32>,
}

pub fn invoice_payment(population: &Population, place: u32) -> InvoicePayment {
    let asked = &population.ledger.payments[place as usize];
    let row = &population.invoices[asked.invoice as usize];
    let paid = row.status == InvoiceStatus::Paid;
    let canceled = row.status == InvoiceStatus::Void;
    let settled = settled_at(row, population.now);
    InvoicePayment {
        id: population.ids.id(ids::INVOICE_PAYMENT, place),
        object: "invoice_payment",
        amount_paid: paid.then_some(asked.amount),
        amount_requested: asked.amount,
        created: asked.created,
        currency: population.currency(row.customer).code,
        invoice: population.ids.id(ids::INVOICE, asked.invoice),
        is_default: true,
        livemode: false,
        payment: Payment {
            payment_intent: population.ids.id(ids::PAYMENT_INTENT, place),
            type_: "payment_intent",
        },
        status: match (paid, canceled) {
            (true, _) => "paid",
            (_, true) => "canceled",
            _ => "open",
        },
        status_transitions: PaymentTransitions {
            canceled_at: canceled.then_some(settled),
            paid_at: paid.then_some(settled),
        },
    }
}
