//! Credit notes: create, change, void.

use serde_json::{Map, Value, json};

use super::invoices::collect::owner;
use super::{Edit, merge_metadata, refunds};
use crate::error::ApiError;
use crate::ids;
use crate::list;
use crate::objects::credit_note::{LINES, NoteFacts, credit_note_of, custom_line, pdf, refunded};
use crate::registry::Kind;

pub fn create(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&[
        "amount",
        "invoice",
        "lines",
        "memo",
        "metadata",
        "out_of_band_amount",
        "reason",
        "refund_amount",
    ])?;
    let at = edit
        .named(Kind::Invoice, "invoice")?
        .ok_or_else(|| ApiError::missing_parameter("invoice"))?;
    let invoice = edit.state.store.value(Kind::Invoice, at);
    let number = |name: &str| edit.value(name).and_then(Value::as_i64);
    let of = |name: &str| invoice[name].as_i64().unwrap_or_default();
    let (refund, out_of_band) = (
        number("refund_amount").unwrap_or_default(),
        number("out_of_band_amount").unwrap_or_default(),
    );
    let lines = lines(edit)?;
    let amount = match (number("amount"), lines.is_empty()) {
        (Some(_), false) => {
            return Err(ApiError::bad_request(
                "You may only specify one of these parameters: amount, lines.",
            )
            .param("lines"));
        }
        (Some(amount), true) => amount,
        (None, true) => refund + out_of_band,
        (None, false) => lines.iter().map(|line| line.unit * line.quantity).sum(),
    };
    let paid = invoice["status"] == "paid";
    let left = if paid {
        of("amount_paid") - of("post_payment_credit_notes_amount")
    } else {
        of("amount_remaining")
    };
    if !paid && invoice["status"] != "open" {
        return Err(ApiError::bad_request(
            "Credit notes can only be created for open or paid invoices.",
        )
        .param("invoice"));
    }
    if amount < 1 || amount > left {
        let message = format!(
            "The credit note's amount must be between 1 and {left}, what is left of the invoice."
        );
        return Err(ApiError::bad_request(message).param("amount"));
    }
    if paid && refund + out_of_band != amount {
        return Err(ApiError::bad_request(
            "The sum of credit amount, refund amount and out of band amount must equal the post payment amount.",
        )
        .param("amount"));
    }
    let cause = edit.cause.clone();
    let refunds = if refund > 0 {
        vec![give_back(edit, &invoice, refund)?]
    } else {
        Vec::new()
    };
    let place = edit.state.store.end(Kind::CreditNote);
    let id = edit.state.store.next_id(Kind::CreditNote);
    let lines = if lines.is_empty() {
        vec![Line {
            description: "Credit".to_owned(),
            unit: amount,
            quantity: 1,
        }]
    } else {
        lines
    };
    let shown = (0..).zip(&lines).map(|(number, line)| {
        let id = edit
            .state
            .id_of(ids::CREDIT_NOTE_LINE, place * LINES + number);
        custom_line(&id, &line.description, line.unit, line.quantity)
    });
    let customer = owner(edit.state, &invoice)
        .map(|place| edit.state.store.value(Kind::Customer, place)["id"].clone());
    let facts = NoteFacts {
        pdf: pdf(&edit.state.pages, &id),
        created: edit.state.now(),
        amount,
        pre_payment: if paid { 0 } else { amount },
        out_of_band,
        refunds,
        lines: shown.collect(),
        memo: edit.text("memo").map(str::to_owned),
        number: format!(
            "{}-CN-{:02}",
            invoice["number"].as_str().unwrap_or_default(),
            notes_of(edit, &invoice) + 1
        ),
        reason: edit.text("reason").map(str::to_owned),
        id,
    };
    let mut note = credit_note_of(&invoice, &customer.unwrap_or_default(), facts);
    merge_metadata(&mut note, edit.value("metadata"));
    let note = edit
        .state
        .add(Kind::CreditNote, note, "credit_note.created", &cause);
    credit(edit, at, amount);
    Ok(note)
}

/// A line that is of no line of the invoice.
struct Line {
    description: String,
    unit: i64,
    quantity: i64,
}

fn lines(edit: &Edit<'_>) -> Result<Vec<Line>, ApiError> {
    let given = edit.value("lines").and_then(Value::as_array);
    let given = given.map_or(&[][..], Vec::as_slice);
    let read = |(number, line): (usize, &Value)| {
        let at = |name: &str| format!("lines[{number}][{name}]");
        if line["type"] != "custom_line_item" {
            return Err(edit.lacks(&format!("{} other than custom_line_item", at("type"))));
        }
        let unit = line["unit_amount"].as_i64();
        Ok(Line {
            description: line["description"].as_str().unwrap_or("Credit").to_owned(),
            unit: unit.ok_or_else(|| ApiError::missing_parameter(&at("unit_amount")))?,
            quantity: line["quantity"].as_i64().unwrap_or(1),
        })
    };
    given.iter().enumerate().map(read).collect()
}

fn notes_of(edit: &Edit<'_>, invoice: &Value) -> usize {
    let params = Map::from_iter([("invoice".to_owned(), invoice["id"].clone())]);
    list::page(edit.state, Kind::CreditNote, &params, None).map_or(0, |page| page.places.len())
}

/// Through the charge that paid the invoice.
fn give_back(edit: &mut Edit<'_>, invoice: &Value, amount: i64) -> Result<Value, ApiError> {
    let params = Map::from_iter([
        ("invoice".to_owned(), invoice["id"].clone()),
        ("status".to_owned(), json!("paid")),
    ]);
    let store = &edit.state.store;
    let page = list::page(edit.state, Kind::InvoicePayment, &params, None)?;
    let charge = page.places.first().and_then(|place| {
        let intent = store.field(Kind::InvoicePayment, *place, "/payment/payment_intent")?;
        let intent = store.get(Kind::PaymentIntent, intent.as_str()?)?;
        store.find(Kind::Charge, intent["latest_charge"].as_str()?)
    });
    let charge = charge.ok_or_else(|| {
        ApiError::bad_request("The invoice has no payment that can be refunded.")
            .param("refund_amount")
    })?;
    let left = refunds::refundable(&store.value(Kind::Charge, charge))?;
    if amount > left {
        let message = format!("Only {left} of the payment can still be refunded.");
        return Err(ApiError::bad_request(message).param("refund_amount"));
    }
    let cause = edit.cause.clone();
    let reason = Some("requested_by_customer".to_owned());
    let refund = refunds::give_back(edit.state, charge, amount, (reason, &Value::Null), &cause)?;
    Ok(refunded(refund["id"].as_str().unwrap_or_default(), amount))
}

/// What a note, or a voided one with its amount below zero, does to the invoice.
fn credit(edit: &mut Edit<'_>, at: u32, amount: i64) {
    let cause = edit.cause.clone();
    let event = "invoice.updated";
    let now = edit.state.now();
    let invoice = edit
        .state
        .change(Kind::Invoice, at, event, &cause, |invoice| {
            let add = |invoice: &mut Value, name: &str, amount: i64| {
                let sum = invoice[name].as_i64().unwrap_or_default() + amount;
                invoice[name] = json!(sum);
            };
            if invoice["status"] == "paid" {
                return add(invoice, "post_payment_credit_notes_amount", amount);
            }
            add(invoice, "pre_payment_credit_notes_amount", amount);
            add(invoice, "amount_due", -amount);
            add(invoice, "amount_remaining", -amount);
            if invoice["amount_remaining"] == 0 {
                invoice["status"] = json!("paid");
                invoice["status_transitions"]["paid_at"] = json!(now);
            }
        });
    if invoice["status"] == "paid"
        && invoice["status_transitions"]["paid_at"] == now
        && invoice["amount_paid"] == 0
    {
        edit.state.tell("invoice.paid", invoice, None, &cause);
    }
}

pub fn update(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&["memo", "metadata"])?;
    let place = edit.target(Kind::CreditNote)?;
    edit.change(Kind::CreditNote, place, "credit_note.updated")
}

pub fn void(edit: &mut Edit<'_>) -> Result<Value, ApiError> {
    edit.only(&[])?;
    let place = edit.target(Kind::CreditNote)?;
    let note = edit.state.store.value(Kind::CreditNote, place);
    let invoice = note["invoice"]
        .as_str()
        .and_then(|id| edit.state.store.find(Kind::Invoice, id));
    let open = invoice.filter(|at| {
        let status = edit.state.store.field(Kind::Invoice, *at, "/status");
        status.is_some_and(|status| *status == "open")
    });
    let (Some(at), "issued") = (open, note["status"].as_str().unwrap_or_default()) else {
        return Err(ApiError::bad_request(
            "You can only void issued credit notes of open invoices.",
        ));
    };
    let cause = edit.cause.clone();
    let now = edit.state.now();
    let event = "credit_note.voided";
    let note = edit
        .state
        .change(Kind::CreditNote, place, event, &cause, |note| {
            note["status"] = json!("void");
            note["voided_at"] = json!(now);
        });
    credit(edit, at, -note["amount"].as_i64().unwrap_or_default());
    Ok(note)
}
