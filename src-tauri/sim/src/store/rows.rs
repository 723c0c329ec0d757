//! The population's rows as objects: how many, how old, whose, and what the API shows of them.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::ids::{self, Form};
use crate::objects::{
    balance_transaction, charge, checkout, credit_note, customer, discount, event, invoice,
    payment_intent, payment_method, payout, refund, subscription, subscription_schedule, tax_id,
};
use crate::population::Population;
use crate::population::ledger::Reason;
use crate::population::rows::{Invoice, InvoiceStatus, Occasion};
use crate::registry::Kind;

pub fn count(population: &Population, kind: Kind) -> u32 {
    let ledger = &population.ledger;
    let count = match kind {
        Kind::Customer => population.customers.len(),
        Kind::PaymentMethod => population.payment_methods.len(),
        // A discount has the place of its subscription.
        Kind::Subscription | Kind::Discount => population.subscriptions.len(),
        Kind::Invoice => population.invoices.len(),
        Kind::Event => population.events.len(),
        Kind::TaxId => population.tax_ids.len(),
        Kind::SubscriptionSchedule => population.schedules.len(),
        Kind::CheckoutSession => population.sessions.len(),
        Kind::InvoicePayment | Kind::PaymentIntent => ledger.payments.len(),
        Kind::Charge => ledger.charges.len(),
        Kind::Refund => ledger.refunds.len(),
        Kind::Dispute => ledger.disputes.len(),
        Kind::CreditNote => ledger.credit_notes.len(),
        Kind::BalanceTransaction => ledger.movements.len(),
        Kind::Payout => ledger.payouts.len(),
        _ => 0,
    };
    count as u32
}

pub fn created(population: &Population, kind: Kind, place: u32) -> u32 {
    let (place, ledger) = (place as usize, &population.ledger);
    match kind {
        Kind::Customer => population.customers[place].created,
        Kind::PaymentMethod => population.payment_methods[place].created,
        Kind::Subscription => population.subscriptions[place].created,
        Kind::Invoice => population.invoices[place].created,
        Kind::Event => population.events[place].created,
        Kind::TaxId => population.tax_ids[place].created,
        Kind::SubscriptionSchedule => population.schedules[place].created,
        Kind::CheckoutSession => population.sessions[place].created,
        Kind::InvoicePayment | Kind::PaymentIntent => ledger.payments[place].created,
        Kind::Charge => ledger.charges[place].created,
        Kind::Refund => ledger.refunds[place].created,
        Kind::Dispute => ledger.disputes[place].created,
        Kind::CreditNote => ledger.credit_notes[place].created,
        Kind::BalanceTransaction => ledger.movements[place].created,
        Kind::Payout => ledger.payouts[place].created,
        _ => 0,
    }
}

pub fn owner(population: &Population, kind: Kind, place: u32) -> Option<u32> {
    let (at, ledger) = (place as usize, &population.ledger);
    let of_invoice = |invoice: u32| population.invoices[invoice as usize].customer;
    Some(match kind {
        Kind::PaymentMethod => {
            let customer = population.payment_methods[at].customer;
            return (!population.customers[customer as usize].deleted).then_some(customer);
        }
        Kind::Subscription => population.subscriptions[at].customer,
        Kind::Invoice => population.invoices[at].customer,
        Kind::TaxId => population.tax_ids[at].customer,
        Kind::SubscriptionSchedule => {
            let subscription = population.schedules[at].subscription;
            population.subscriptions[subscription as usize].customer
        }
        Kind::CheckoutSession => {
            let subscription = population.sessions[at].subscription;
            population.subscriptions[subscription as usize].customer
        }
        Kind::PaymentIntent => of_invoice(ledger.payments[at].invoice),
        Kind::Charge => of_invoice(ledger.invoice(place)),
        Kind::CreditNote => of_invoice(ledger.credit_notes[at].invoice),
        _ => return None,
    })
}

/// The rows that belong to a customer, if an index tells.
pub fn of_customer(population: &Population, kind: Kind, customer: u32) -> Option<Vec<u32>> {
    let ledger = &population.ledger;
    let invoices = || population.invoices_of(customer).iter().copied();
    let payments = || invoices().filter_map(|invoice| ledger.payment_of(invoice));
    let subscriptions = || population.subscriptions_of(customer).iter();
    Some(match kind {
        Kind::PaymentMethod => population.payment_methods_of(customer).to_vec(),
        Kind::Subscription => population.subscriptions_of(customer).to_vec(),
        Kind::Invoice => population.invoices_of(customer).to_vec(),
        Kind::TaxId => population.tax_ids_of(customer).to_vec(),
        Kind::SubscriptionSchedule => subscriptions()
            .filter_map(|place| population.schedule_of(*place))
            .collect(),
        Kind::PaymentIntent => payments().collect(),
        Kind::Charge => payments()
            .flat_map(|payment| ledger.charges_of(payment).to_vec())
            .collect(),
        Kind::CreditNote => invoices()
            .filter_map(|invoice| ledger.note_of(invoice))
            .collect(),
        _ => return None,
    })
}

/// The few rows that can have what a list asks for, if an index tells.
pub fn with(population: &Population, kind: Kind, params: &Map<String, Value>) -> Option<Vec<u32>> {
    let ledger = &population.ledger;
    let named = |value: &Value, form: Form, kind: Kind| {
        let place = population.ids.place(form, value.as_str()?)?;
        (place < count(population, kind)).then_some(place)
    };
    let given = |name: &str| params.get(name);
    let of_charge = |charge: Option<u32>| {
        let charge = charge?;
        match kind {
            Kind::Refund => ledger.refund_of(charge),
            _ => ledger.dispute_of(charge),
        }
    };
    let rows: Option<Vec<u32>> = match kind {
        Kind::InvoicePayment => match (given("invoice"), given("payment")) {
            (Some(invoice), _) => {
                let invoice = named(invoice, ids::INVOICE, Kind::Invoice);
                Some(
                    invoice
                        .and_then(|place| ledger.payment_of(place))
                        .into_iter()
                        .collect(),
                )
            }
            (_, Some(payment)) => {
                let intent = &payment["payment_intent"];
                let place = named(intent, ids::PAYMENT_INTENT, Kind::PaymentIntent);
                Some(place.into_iter().collect())
            }
            _ => None,
        },
        Kind::CreditNote => given("invoice").map(|invoice| {
            let invoice = named(invoice, ids::INVOICE, Kind::Invoice);
            invoice
                .and_then(|place| ledger.note_of(place))
                .into_iter()
                .collect()
        }),
        Kind::Charge => given("payment_intent").map(|intent| {
            let place = named(intent, ids::PAYMENT_INTENT, Kind::PaymentIntent);
            place.map_or_else(Vec::new, |place| ledger.charges_of(place).to_vec())
        }),
        Kind::Refund | Kind::Dispute => given("charge").map(|charge| {
            of_charge(named(charge, ids::CHARGE, Kind::Charge))
                .into_iter()
                .collect()
        }),
        Kind::BalanceTransaction => given("source").map(|source| {
            let moved = [
                (ids::CHARGE, Kind::Charge, &[Reason::Charge][..]),
                (ids::REFUND, Kind::Refund, &[Reason::Refund]),
                (
                    ids::DISPUTE,
                    Kind::Dispute,
                    &[Reason::Dispute, Reason::DisputeWon],
                ),
                (
                    ids::PAYOUT,
                    Kind::Payout,
                    &[Reason::Payout, Reason::PayoutFailure],
                ),
            ];
            let places = moved.iter().flat_map(|(form, kind, reasons)| {
                let place = named(source, *form, *kind);
                let moved = move |reason: &Reason| ledger.moved_by(*reason, place?);
                reasons.iter().filter_map(moved)
            });
            places.collect()
        }),
        _ => None,
    };
    rows
}

/// A field that lists filter by, without rendering the row.
pub fn field(population: &Population, kind: Kind, place: u32, pointer: &str) -> Option<Value> {
    let at = place as usize;
    Some(match (kind, pointer) {
        (Kind::Customer, "/email") => json!(population.email(place)),
        (Kind::Subscription, "/status") => json!(population.subscriptions[at].scenario.status()),
        (Kind::Subscription, "/collection_method") => {
            json!(subscription::collection_method(
                &population.subscriptions[at]
            ))
        }
        (Kind::Invoice, "/status") => json!(population.invoices[at].status.text()),
        (Kind::Invoice, "/collection_method") => {
            json!(invoice::collection_method(&population.invoices[at]))
        }
        (Kind::Invoice, "/due_date") => {
            let due = population.invoices[at].due;
            json!((due > 0).then_some(due))
        }
        (Kind::Event, "/type") => json!(population.events[at].occasion.type_name()),
        (Kind::BalanceTransaction, "/type") => {
            json!(balance_transaction::type_of(
                population.ledger.movements[at].reason
            ))
        }
        (Kind::BalanceTransaction, "/currency") => json!(balance_transaction::CURRENCY),
        _ => return None,
    })
}

/// A row as the API shows it.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Row {
    Customer(Box<customer::Customer>),
    PaymentMethod(Box<payment_method::PaymentMethod>),
    Subscription(Box<subscription::Subscription>),
    Invoice(Box<invoice::Invoice>),
    InvoicePayment(Box<invoice::InvoicePayment>),
    PaymentIntent(Box<payment_intent::PaymentIntent>),
    Charge(Box<charge::Charge>),
    BalanceTransaction(Box<balance_transaction::BalanceTransaction>),
    Other(Value),
}

/// `pages` is where hosted pages live.
pub fn row(population: &Population, pages: &str, kind: Kind, place: u32) -> Row {
    match kind {
        Kind::Customer => Row::Customer(customer::customer(population, place).into()),
        Kind::PaymentMethod => {
            Row::PaymentMethod(payment_method::payment_method(population, place).into())
        }
        Kind::Subscription => {
            Row::Subscription(subscription::subscription(population, place).into())
        }
        Kind::Invoice => {
            let row = &population.invoices[place as usize];
            Row::Invoice(invoice::invoice(population, place, row, pages).into())
        }
        Kind::InvoicePayment => {
            Row::InvoicePayment(invoice::invoice_payment(population, place).into())
        }
        Kind::PaymentIntent => {
            Row::PaymentIntent(payment_intent::payment_intent(population, place).into())
        }
        Kind::Charge => Row::Charge(charge::charge(population, place).into()),
        Kind::BalanceTransaction => Row::BalanceTransaction(
            balance_transaction::balance_transaction(population, place).into(),
        ),
        Kind::Event => Row::Other(event(population, pages, place)),
        Kind::Discount => Row::Other(super::to_value(&discount::discount(population, place))),
        Kind::TaxId => Row::Other(tax_id::tax_id(population, place)),
        Kind::SubscriptionSchedule => Row::Other(subscription_schedule::subscription_schedule(
            population, place,
        )),
        Kind::CheckoutSession => Row::Other(checkout::session(population, place, pages)),
        Kind::CreditNote => Row::Other(credit_note::credit_note(population, place, pages)),
        Kind::Refund => Row::Other(refund::refund(population, place)),
        Kind::Dispute => Row::Other(refund::dispute(population, place)),
        Kind::Payout => Row::Other(payout::payout(population, place)),
        _ => Row::Other(Value::Null),
    }
}

fn event(population: &Population, pages: &str, place: u32) -> Value {
    let happened = &population.events[place as usize];
    let object = match happened.occasion {
        Occasion::CustomerCreated => row(population, pages, Kind::Customer, happened.place),
        Occasion::SubscriptionCreated | Occasion::SubscriptionDeleted => {
            row(population, pages, Kind::Subscription, happened.place)
        }
        occasion => Row::Invoice(invoice_at(population, pages, occasion, happened.place).into()),
    };
    event::event(
        &population.ids.id(ids::EVENT, place),
        happened.occasion.type_name(),
        i64::from(happened.created),
        super::to_value(&object),
        None,
        &event::Cause::default(),
    )
}

/// The invoice as it was when that happened to it.
fn invoice_at(
    population: &Population,
    pages: &str,
    occasion: Occasion,
    place: u32,
) -> invoice::Invoice {
    let now = population.invoices[place as usize];
    let as_it_was = |status| Invoice {
        status,
        attempts: 0,
        ..now
    };
    let row = match occasion {
        Occasion::InvoiceCreated => as_it_was(InvoiceStatus::Draft),
        Occasion::InvoiceFinalized => as_it_was(InvoiceStatus::Open),
        _ => now,
    };
    invoice::invoice(population, place, &row, pages)
}
