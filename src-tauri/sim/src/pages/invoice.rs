//! The hosted invoice: a page where it is paid, and a PDF.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State as Shares};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::html;
use serde::Deserialize;
use serde_json::Value;

use super::layout::{date, lead_to, money, page, refusal, text};
use super::{card, pdf};
use crate::form;
use crate::ids;
use crate::objects::account;
use crate::population::DAY;
use crate::registry::Kind;
use crate::shared::Shared;
use crate::state::State;
use crate::write::{cards, carry_out};

/// How long an address is good for: after the invoice is due (or finalised), at most, and after it was
/// last asked for.
const DUE_DAYS: i64 = 30;
const MOST_DAYS: i64 = 120;
const ASKED_DAYS: i64 = 10;

/// The invoice of an address that has not expired.
fn find(state: &State, of: &str, secret: &str) -> Result<Value, Box<Response>> {
    let ids = state.store.population.ids;
    let known = of == state.store.population.account;
    let place = ids
        .place(ids::INVOICE_SECRET, secret)
        .filter(|place| known && *place < state.store.end(Kind::Invoice));
    let invoice = place.map(|place| state.store.value(Kind::Invoice, place));
    let invoice = invoice.filter(|invoice| invoice["status"] != "draft");
    let (Some(place), Some(invoice)) = (place, invoice) else {
        let reason = "There is no such invoice.";
        let missing = refusal(StatusCode::NOT_FOUND, "Page not found", reason);
        return Err(Box::new(missing));
    };
    let day = i64::from(DAY);
    let finalized = invoice["status_transitions"]["finalized_at"].as_i64();
    let finalized = finalized
        .or(invoice["created"].as_i64())
        .unwrap_or_default();
    let due = invoice["due_date"].as_i64().unwrap_or(finalized);
    let ordinary = (due + DUE_DAYS * day).min(finalized + MOST_DAYS * day);
    let asked = state.invoices_asked.get(&place);
    let renewed = asked.map(|asked| asked + ASKED_DAYS * day);
    if renewed.unwrap_or_default().max(ordinary) > state.now() {
        return Ok(invoice);
    }
    let reason = format!(
        "This address of the invoice has expired. Ask {} for a new one.",
        account::NAME
    );
    let title = "This link has expired";
    Err(Box::new(refusal(StatusCode::GONE, title, &reason)))
}

/// The invoice in lines of text, for the page and the paper alike.
fn lines(invoice: &Value) -> Vec<String> {
    let currency = &invoice["currency"];
    let items = invoice["lines"]["data"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    let mut lines = vec![
        format!("From {}", text(invoice, "account_name")),
        format!("To {}", text(invoice, "customer_name")),
        format!("Date {}", date(&invoice["created"])),
    ];
    if invoice["due_date"].is_i64() {
        lines.push(format!("Due {}", date(&invoice["due_date"])));
    }
    lines.extend(items.iter().map(|item| {
        format!(
            "{}: {}",
            text(item, "description"),
            money(&item["amount"], currency)
        )
    }));
    lines.push(format!("Total {}", money(&invoice["total"], currency)));
    lines.push(format!(
        "Amount due {}",
        money(&invoice["amount_remaining"], currency)
    ));
    lines
}

#[derive(Deserialize)]
pub struct Outcome {
    error: Option<String>,
}

pub async fn show(
    Shares(shared): Shares<Arc<Shared>>,
    Path((account, secret)): Path<(String, String)>,
    Query(outcome): Query<Outcome>,
) -> Response {
    let invoice = match find(&shared.state(), &account, &secret) {
        Ok(invoice) => invoice,
        Err(refusal) => return *refusal,
    };
    let status = text(&invoice, "status");
    let settled = match status {
        "paid" => Some("This invoice has been paid."),
        "void" => Some("This invoice is void: nothing is to be paid."),
        "uncollectible" => Some("This invoice can no longer be paid here."),
        _ => None,
    };
    let body = html! {
        @if let Some(error) = outcome.error { p role="alert" { (error) } }
        @if let Some(settled) = settled { p role="status" { (settled) } }
        p { "State: " strong { (status) } }
        @for line in lines(&invoice) { p { (line) } }
        @if status == "open" {
            form method="post" action={ "/i/" (account) "/" (secret) "/pay" } {
                (card::fields())
                div { button id="pay" { "Pay" } }
            }
        }
        p { a href=(text(&invoice, "invoice_pdf")) { "Download PDF" } }
    };
    page(&format!("Invoice {}", text(&invoice, "number")), &body)
}

pub async fn pay(
    Shares(shared): Shares<Arc<Shared>>,
    Path((account, secret)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let mut state = shared.state_mut();
    let invoice = match find(&state, &account, &secret) {
        Ok(invoice) => invoice,
        Err(refusal) => return *refusal,
    };
    let form = form::parse(&String::from_utf8_lossy(&body));
    let cause = shared.asked_by_page();
    let paid = card::read(&form, state.clock.now()).and_then(|card| {
        let method = cards::loose(&mut state, &card);
        let form = form::tree([("payment_method", method.as_str())]);
        let id = text(&invoice, "id");
        carry_out(&mut state, "POST /v1/invoices/{}/pay", &[id], form, &cause)
            .map_err(|error| error.message().to_owned())
    });
    let page = format!("/i/{account}/{secret}");
    match paid {
        Ok(_) => Redirect::to(&page).into_response(),
        Err(reason) => lead_to(&page, &[("error", &reason)]),
    }
}

pub async fn pdf(
    Shares(shared): Shares<Arc<Shared>>,
    Path((account, secret)): Path<(String, String)>,
) -> Response {
    let invoice = match find(&shared.state(), &account, &secret) {
        Ok(invoice) => invoice,
        Err(refusal) => return *refusal,
    };
    let title = format!("Invoice {}", text(&invoice, "number"));
    let bytes = pdf::one_page(&title, &lines(&invoice));
    ([(header::CONTENT_TYPE, "application/pdf")], bytes).into_response()
}
