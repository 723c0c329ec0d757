//! From a draft to money: finalising, charging, and what else can become of an invoice.

use serde_json::{Map, Value, json};

use crate::billing::next_attempt;
use crate::error::ApiError;
use crate::ids;
use crate::list;
use crate::objects::event::Cause;
use crate::registry::Kind;
use crate::state::State;
use crate::write::payment_intents::{self, Asked};
use crate::write::{balance, payment_methods};

/// Gives it its number, its page and its payment; nothing to pay is paid at once.
pub fn finalize(state: &mut State, place: u32, cause: &Cause) -> Result<Value, ApiError> {
    let now = state.now();
    let draft = state.store.value(Kind::Invoice, place);
    let total = draft["total"].as_i64().unwrap_or_default();
    let owner = owner(state, &draft);
    let (number, credit) = owner.map_or((None, 0), |owner| {
        let (number, credit) = count_in(state, owner, total, cause);
        (Some(number), credit)
    });
    let due = (total - credit).max(0);
    let secret = state.id_of(ids::INVOICE_SECRET, place);
    let page = format!(
        "{}/i/{}/{secret}",
        state.pages, state.store.population.account
    );
    let invoice = state.change(
        Kind::Invoice,
        place,
        "invoice.finalized",
        cause,
        |invoice| {
            invoice["amount_due"] = json!(due);
            invoice["amount_remaining"] = json!(due);
            invoice["automatically_finalizes_at"] = Value::Null;
            invoice["effective_at"] = json!(now);
            invoice["starting_balance"] = json!(-credit);
            invoice["ending_balance"] = json!(0);
            invoice["hosted_invoice_url"] = json!(page);
            invoice["invoice_pdf"] = json!(format!("{page}/pdf"));
            invoice["number"] = json!(number);
            invoice["status"] = json!("open");
            invoice["status_transitions"]["finalized_at"] = json!(now);
            invoice["webhooks_delivered_at"] = json!(now);
        },
    );
    if due == 0 {
        return Ok(mark_paid(state, place, (0, 0), cause));
    }
    ask(state, &invoice, due, cause)?;
    Ok(invoice)
}

/// The next number of the customer's invoices, and the credit that pays for some of this one.
fn count_in(state: &mut State, owner: u32, total: i64, cause: &Cause) -> (String, i64) {
    let customer = state.store.value(Kind::Customer, owner);
    let sequence = customer["next_invoice_sequence"].as_i64().unwrap_or(1);
    let prefix = customer["invoice_prefix"].as_str().unwrap_or_default();
    let number = format!("{prefix}-{sequence:04}");
    let balance = customer["balance"].as_i64().unwrap_or_default();
    let credit = (-balance).clamp(0, total.max(0));
    state.change(
        Kind::Customer,
        owner,
        "customer.updated",
        cause,
        |customer| {
            customer["next_invoice_sequence"] = json!(sequence + 1);
            customer["balance"] = json!(balance + credit);
        },
    );
    (number, credit)
}

/// The payment intent and the invoice payment of an invoice that is to be paid.
fn ask(state: &mut State, invoice: &Value, due: i64, cause: &Cause) -> Result<(), ApiError> {
    let owner = owner(state, invoice);
    let currency = invoice["currency"].as_str().unwrap_or_default();
    let asked = Asked {
        amount: due,
        currency: balance::currency(currency)?,
        customer: owner.map_or(Value::Null, |owner| {
            state.store.value(Kind::Customer, owner)
        }),
        description: Some("Payment for Invoice".to_owned()),
        fields: Value::Null,
    };
    let intent = payment_intents::open(state, asked, cause);
    let payment = json!({
        "id": state.store.next_id(Kind::InvoicePayment),
        "object": "invoice_payment",
        "amount_paid": null,
        "amount_requested": due,
        "created": state.now(),
        "currency": currency,
        "invoice": invoice["id"],
        "is_default": true,
        "livemode": false,
        "payment": {
            "payment_intent": state.id_of(ids::PAYMENT_INTENT, intent), "type": "payment_intent"
        },
        "status": "open",
        "status_transitions": {"canceled_at": null, "paid_at": null}
    });
    // Stripe tells of an invoice payment only once it is paid.
    state.store.insert(Kind::InvoicePayment, payment);
    Ok(())
}

/// The open payment of an invoice and its payment intent.
fn open_payment(state: &State, invoice: &Value) -> Option<(u32, u32)> {
    let params = Map::from_iter([
        ("invoice".to_owned(), invoice["id"].clone()),
        ("status".to_owned(), json!("open")),
    ]);
    let page = list::page(state, Kind::InvoicePayment, &params, None).ok()?;
    let payment = *page.places.first()?;
    let pointer = "/payment/payment_intent";
    let intent = state.store.field(Kind::InvoicePayment, payment, pointer)?;
    Some((
        payment,
        state.store.find(Kind::PaymentIntent, intent.as_str()?)?,
    ))
}

/// What an invoice is charged to: its own payment method, its subscription's, its customer's.
pub fn method_of(state: &State, invoice: &Value) -> Option<Value> {
    let subscription = invoice.pointer("/parent/subscription_details/subscription");
    let subscription = subscription
        .and_then(Value::as_str)
        .and_then(|id| state.store.get(Kind::Subscription, id))
        .unwrap_or_default();
    let named = [invoice, &subscription].into_iter().find_map(|object| {
        let id = object["default_payment_method"].as_str()?;
        state.store.get(Kind::PaymentMethod, id)
    });
    named.or_else(|| payment_methods::default_of(state, owner(state, invoice)?))
}

/// One attempt to take what is open; the error is the bank's refusal.
pub fn collect(
    state: &mut State,
    place: u32,
    method: &Value,
    cause: &Cause,
) -> Result<Value, ApiError> {
    let invoice = state.store.value(Kind::Invoice, place);
    let due = invoice["amount_remaining"].as_i64().unwrap_or_default();
    let Some((payment, intent)) = open_payment(state, &invoice) else {
        return Ok(mark_paid(state, place, (due, 0), cause));
    };
    let now = state.now();
    match payment_intents::attempt(state, intent, method, cause) {
        Ok(_) => {
            let event = "invoice_payment.paid";
            state.change(Kind::InvoicePayment, payment, event, cause, |payment| {
                payment["amount_paid"] = json!(due);
                payment["status"] = json!("paid");
                payment["status_transitions"]["paid_at"] = json!(now);
            });
            Ok(mark_paid(state, place, (due, 0), cause))
        }
        Err(refusal) => {
            count_failure(state, place, cause);
            Err(refusal)
        }
    }
}

/// An attempt has failed: it is made again while there are attempts left.
pub fn count_failure(state: &mut State, place: u32, cause: &Cause) {
    let now = state.now();
    let event = "invoice.payment_failed";
    let invoice = state.change(Kind::Invoice, place, event, cause, |invoice| {
        let count = invoice["attempt_count"].as_i64().unwrap_or_default() + 1;
        invoice["attempt_count"] = json!(count);
        invoice["attempted"] = json!(true);
        let next = next_attempt(count, now).filter(|_| invoice["auto_advance"] == true);
        invoice["next_payment_attempt"] = json!(next);
        invoice["auto_advance"] = json!(next.is_some());
    });
    follow(state, &invoice, "active", "past_due", cause);
}

/// Paid outside Stripe: what was asked for through it is taken back.
pub fn paid_elsewhere(state: &mut State, place: u32, cause: &Cause) -> Value {
    let invoice = state.store.value(Kind::Invoice, place);
    drop_payment(state, &invoice, None, cause);
    let due = invoice["amount_remaining"].as_i64().unwrap_or_default();
    mark_paid(state, place, (due, due), cause)
}

pub fn drop_payment(state: &mut State, invoice: &Value, reason: Option<&str>, cause: &Cause) {
    let Some((payment, intent)) = open_payment(state, invoice) else {
        return;
    };
    payment_intents::cancel_now(state, intent, reason, cause);
    let now = state.now();
    let mut payment_value = state.store.value(Kind::InvoicePayment, payment);
    payment_value["status"] = json!("canceled");
    payment_value["status_transitions"]["canceled_at"] = json!(now);
    state
        .store
        .replace(Kind::InvoicePayment, payment, payment_value);
}

/// How much was paid, and how much of it outside Stripe.
fn mark_paid(
    state: &mut State,
    place: u32,
    (amount, elsewhere): (i64, i64),
    cause: &Cause,
) -> Value {
    let now = state.now();
    let invoice = state.change(Kind::Invoice, place, "invoice.paid", cause, |invoice| {
        let paid = invoice["amount_paid"].as_i64().unwrap_or_default();
        invoice["amount_paid"] = json!(paid + amount);
        invoice["amount_paid_off_stripe"] = json!(elsewhere);
        invoice["amount_remaining"] = json!(0);
        invoice["attempted"] = json!(true);
        invoice["auto_advance"] = json!(false);
        if amount > 0 {
            let count = invoice["attempt_count"].as_i64().unwrap_or_default();
            invoice["attempt_count"] = json!(count + 1);
        }
        invoice["next_payment_attempt"] = Value::Null;
        invoice["status"] = json!("paid");
        invoice["status_transitions"]["paid_at"] = json!(now);
    });
    state.tell("invoice.payment_succeeded", invoice.clone(), None, cause);
    for from in ["incomplete", "past_due", "unpaid"] {
        follow(state, &invoice, from, "active", cause);
    }
    invoice
}

/// The subscription's status follows its latest invoice.
fn follow(state: &mut State, invoice: &Value, from: &str, to: &str, cause: &Cause) {
    let id = invoice.pointer("/parent/subscription_details/subscription");
    let place = id
        .and_then(Value::as_str)
        .and_then(|id| state.store.find(Kind::Subscription, id));
    let Some(place) = place else { return };
    let subscription = state.store.value(Kind::Subscription, place);
    if subscription["status"] == from && subscription["latest_invoice"] == invoice["id"] {
        let event = "customer.subscription.updated";
        state.change(Kind::Subscription, place, event, cause, |subscription| {
            subscription["status"] = json!(to);
        });
    }
}

/// The customer of an invoice, which may name it by its account alone.
pub fn owner(state: &State, invoice: &Value) -> Option<u32> {
    let id = invoice["customer"]
        .as_str()
        .or(invoice["customer_account"].as_str())?;
    state.store.customer(id)
}
