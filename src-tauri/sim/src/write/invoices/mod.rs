//! Invoices: create, change, finalise, collect, give up.

pub mod collect;
pub mod draft;
pub mod preview;

use serde_json::{Value, json};

use super::{Edit, invoice_items, payment_methods};
use crate::error::ApiError;
use crate::objects::event::Cause;
use crate::population::DAY;
use crate::registry::Kind;
use crate::state::State;
use draft::Draft;

const CHANGEABLE: [&str; 11] = [
    "auto_advance",
    "collection_method",
    "custom_fields",
    "days_until_due",
    "default_payment_method",
    "description",
    "due_date",
    "footer",
    "metadata",
    "number",
    "statement_descriptor",
];

pub fn create(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    let others = [
        "currency",
        "customer",
        "customer_account",
        "pending_invoice_items_behavior",
    ];
    let known: Vec<&str> = CHANGEABLE.iter().chain(&others).copied().collect();
    edit.only(&known)?;
    let customer = edit
        .named(Kind::Customer, "customer")?
        .or(edit.named(Kind::Customer, "customer_account")?)
        .ok_or_else(|| ApiError::missing_parameter("customer"))?;
    edit.named(Kind::PaymentMethod, "default_payment_method")?;
    let owner = edit.state.store.value(Kind::Customer, customer);
    let currency = edit
        .text("currency")
        .or(owner["currency"].as_str())
        .unwrap_or("eur")
        .to_lowercase();
    super::balance::currency(&currency)?;
    let collection_method = edit
        .text("collection_method")
        .unwrap_or("charge_automatically")
        .to_owned();
    let now = edit.state.now();
    let due_date = due_date(edit, &collection_method, now)?;
    let cause = edit.cause.clone();
    let pending = match edit.text("pending_invoice_items_behavior") {
        Some("include") => invoice_items::pending(edit.state, customer, &currency),
        _ => Vec::new(),
    };
    let lines = pending
        .iter()
        .map(|place| invoice_items::line(edit.state, *place));
    let mut fields = edit.params.clone();
    fields.retain(|name, _| {
        CHANGEABLE.contains(&name.as_str())
            && !["days_until_due", "due_date"].contains(&name.as_str())
    });
    let draft = Draft {
        customer,
        currency,
        billing_reason: "manual",
        collection_method,
        due_date,
        subscription: Value::Null,
        period: (now, now),
        auto_advance: edit.value("auto_advance") == Some(&json!(true)),
        fields: Value::Object(fields),
    };
    let lines = lines.collect();
    let id = edit.state.store.next_id(Kind::Invoice);
    for item in pending {
        invoice_items::put_on(edit.state, item, &id);
    }
    let place = draft::open(edit.state, draft, lines, &cause);
    Ok(edit.state.store.value(Kind::Invoice, place))
}

fn due_date(edit: &Edit<'_>, collection_method: &str, now: i64) -> Result<Option<i64>, ApiError> {
    let days = edit.value("days_until_due").and_then(Value::as_i64);
    let date = edit.value("due_date").and_then(Value::as_i64);
    match (collection_method, days, date) {
        ("send_invoice", Some(days), None) => Ok(Some(now + days * i64::from(DAY))),
        ("send_invoice", None, Some(date)) => Ok(Some(date)),
        ("send_invoice", ..) => Err(ApiError::bad_request(
            "You must pass either `due_date` or `days_until_due` when `collection_method` is `send_invoice`.",
        )
        .param("days_until_due")),
        (_, None, None) => Ok(None),
        _ => Err(ApiError::bad_request(
            "You can only specify `days_until_due` or `due_date` when `collection_method` is `send_invoice`.",
        )
        .param("days_until_due")),
    }
}

pub fn update(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&CHANGEABLE)?;
    let place = edit.target(Kind::Invoice)?;
    edit.named(Kind::PaymentMethod, "default_payment_method")?;
    let invoice = edit.state.store.value(Kind::Invoice, place);
    let status = invoice["status"].as_str().unwrap_or_default();
    let always = [
        "auto_advance",
        "default_payment_method",
        "expand",
        "metadata",
    ];
    if status != "draft"
        && let Some(name) = edit
            .params
            .keys()
            .find(|name| !always.contains(&name.as_str()))
    {
        let message = format!(
            "Finalized invoices can't be updated in this way: `{name}` can only be changed while the invoice is a draft."
        );
        return Err(ApiError::bad_request(message).code("invoice_not_editable"));
    }
    let method = edit
        .text("collection_method")
        .or(invoice["collection_method"].as_str());
    let method = method.unwrap_or_default().to_owned();
    if ["collection_method", "days_until_due", "due_date"]
        .iter()
        .any(|name| edit.value(name).is_some())
    {
        let created = invoice["created"].as_i64().unwrap_or_default();
        let due = due_date(edit, &method, created)?;
        edit.params.remove("days_until_due");
        edit.params.insert("due_date".to_owned(), json!(due));
    }
    edit.change(Kind::Invoice, place, "invoice.updated")
}

pub fn finalize(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&["auto_advance"])?;
    let place = in_status(edit, &["draft"])?;
    let cause = edit.cause.clone();
    if let Some(auto) = edit.value("auto_advance").cloned() {
        let mut invoice = edit.state.store.value(Kind::Invoice, place);
        invoice["auto_advance"] = auto;
        edit.state.store.replace(Kind::Invoice, place, invoice);
    }
    collect::finalize(edit.state, place, &cause)
}

pub fn pay(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&["off_session", "paid_out_of_band", "payment_method"])?;
    let place = in_status(edit, &["draft", "open", "uncollectible"])?;
    let cause = edit.cause.clone();
    let given = payment_methods::given(edit, "payment_method")?;
    let mut invoice = edit.state.store.value(Kind::Invoice, place);
    let elsewhere = edit.value("paid_out_of_band") == Some(&json!(true));
    let method = given.or_else(|| collect::method_of(edit.state, &invoice));
    let owes = invoice["total"].as_i64().is_some_and(|total| total > 0);
    if method.is_none() && owes && !elsewhere {
        return Err(ApiError::bad_request(
            "There is no `default_payment_method` set on this Customer or Invoice. Please set a default or pass \
             `payment_method`.",
        )
        .code("resource_missing"));
    }
    if invoice["status"] == "draft" {
        invoice = collect::finalize(edit.state, place, &cause)?;
    }
    match method {
        _ if invoice["status"] == "paid" => Ok(invoice),
        _ if elsewhere => Ok(collect::paid_elsewhere(edit.state, place, &cause)),
        Some(method) => collect::collect(edit.state, place, &method, &cause),
        None => Ok(invoice),
    }
}

pub fn void(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&[])?;
    let place = in_status(edit, &["open", "uncollectible"])?;
    let cause = edit.cause.clone();
    Ok(void_now(edit.state, place, &cause))
}

pub fn void_now(state: &mut State, place: u32, cause: &Cause) -> Value {
    let invoice = state.store.value(Kind::Invoice, place);
    collect::drop_payment(state, &invoice, Some("void_invoice"), cause);
    let now = state.now();
    state.change(Kind::Invoice, place, "invoice.voided", cause, |invoice| {
        invoice["amount_remaining"] = json!(0);
        invoice["auto_advance"] = json!(false);
        invoice["next_payment_attempt"] = Value::Null;
        invoice["status"] = json!("void");
        invoice["status_transitions"]["voided_at"] = json!(now);
    })
}

pub fn mark_uncollectible(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&[])?;
    let place = in_status(edit, &["open"])?;
    let cause = edit.cause.clone();
    Ok(give_up(edit.state, place, "user_forgiven", &cause))
}

/// Marks it uncollectible for this reason.
pub fn give_up(state: &mut State, place: u32, reason: &str, cause: &Cause) -> Value {
    let now = state.now();
    let event = "invoice.marked_uncollectible";
    state.change(Kind::Invoice, place, event, cause, |invoice| {
        invoice["auto_advance"] = json!(false);
        invoice["next_payment_attempt"] = Value::Null;
        invoice["status"] = json!("uncollectible");
        invoice["status_details"] = json!({"uncollectible": {"reason": reason}});
        invoice["status_transitions"]["marked_uncollectible_at"] = json!(now);
    })
}

/// Stripe sends nothing in test mode and tells of it all the same.
pub fn send(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&[])?;
    let place = in_status(edit, &["draft", "open", "paid"])?;
    let cause = edit.cause.clone();
    let mut invoice = edit.state.store.value(Kind::Invoice, place);
    if invoice["collection_method"] != "send_invoice" {
        return Err(ApiError::bad_request(
            "You can only manually send an invoice if its collection method is 'send_invoice'.",
        ));
    }
    if invoice["status"] == "draft" {
        invoice = collect::finalize(edit.state, place, &cause)?;
    }
    edit.state
        .tell("invoice.sent", invoice.clone(), None, &cause);
    Ok(invoice)
}

pub fn delete(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    let place = in_status(edit, &["draft"])?;
    let invoice = edit.state.store.value(Kind::Invoice, place);
    if !invoice["parent"].is_null() {
        return Err(ApiError::bad_request(
            "You can only delete draft invoices that were not created by a subscription.",
        ));
    }
    let cause = edit.cause.clone();
    edit.state.store.remove(Kind::Invoice, place);
    edit.state
        .tell("invoice.deleted", invoice.clone(), None, &cause);
    Ok(json!({"id": invoice["id"], "object": "invoice", "deleted": true}))
}

fn in_status(edit: &Edit<'_>, allowed: &[&str]) -> Result<u32, ApiError> {
    let place = edit.target(Kind::Invoice)?;
    let status = edit.state.store.field(Kind::Invoice, place, "/status");
    let status = status
        .as_deref()
        .and_then(Value::as_str)
        .unwrap_or_default();
    if allowed.contains(&status) {
        return Ok(place);
    }
    let error = if status == "paid" {
        ApiError::bad_request("Invoice is already paid").code("invoice_already_paid")
    } else {
        let message = format!(
            "This invoice's status is `{status}`; that takes {}.",
            allowed.join(" or ")
        );
        ApiError::bad_request(message).code("invoice_not_editable")
    };
    Err(error)
}
