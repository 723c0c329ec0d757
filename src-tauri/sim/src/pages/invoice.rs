//! The hosted invoice: a page and a PDF.

use std::sync::Arc;

use axum::extract::{Path, State as Shares};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::html;
use serde_json::Value;

use super::layout::{date, money, page, refusal, text};
use super::pdf;
use crate::ids;
use crate::registry::Kind;
use crate::shared::Shared;

fn find(shared: &Shared, account: &str, secret: &str) -> Option<Value> {
    let state = shared.state();
    let place = state
        .store
        .population
        .ids
        .place(ids::INVOICE_SECRET, secret)?;
    let known = account == state.store.population.account && place < state.store.end(Kind::Invoice);
    let invoice = known.then(|| state.store.value(Kind::Invoice, place))?;
    (invoice["status"] != "draft").then_some(invoice)
}

fn missing() -> Response {
    refusal(
        StatusCode::NOT_FOUND,
        "Page not found",
        "There is no such invoice.",
    )
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

pub async fn show(
    Shares(shared): Shares<Arc<Shared>>,
    Path((account, secret)): Path<(String, String)>,
) -> Response {
    let Some(invoice) = find(&shared, &account, &secret) else {
        return missing();
    };
    let body = html! {
        p { "State: " strong { (text(&invoice, "status")) } }
        @for line in lines(&invoice) { p { (line) } }
        p { a href=(text(&invoice, "invoice_pdf")) { "Download PDF" } }
    };
    page(&format!("Invoice {}", text(&invoice, "number")), &body)
}

pub async fn pdf(
    Shares(shared): Shares<Arc<Shared>>,
    Path((account, secret)): Path<(String, String)>,
) -> Response {
    let Some(invoice) = find(&shared, &account, &secret) else {
        return missing();
    };
    let title = format!("Invoice {}", text(&invoice, "number"));
    let bytes = pdf::one_page(&title, &lines(&invoice));
    ([(header::CONTENT_TYPE, "application/pdf")], bytes).into_response()
}
