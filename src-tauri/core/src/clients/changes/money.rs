//! Sentences about what was asked for and taken: invoices, refunds, disputes, checkouts.

use super::catalogue::{Names, amount};
use super::{Line, day, line, seconds};
use crate::words::Tone;
use serde_json::Value;

/// What the object's status became, where it became another.
fn became<'a>(before: &Value, after: &'a Value) -> Option<&'a str> {
    let now = after["status"].as_str()?;
    (before["status"].as_str() != Some(now)).then_some(now)
}

pub(super) fn invoice(before: &Value, after: &Value, names: &Names) -> Vec<Line> {
    let invoice = names.invoice(after);
    let status = match became(before, after) {
        Some("void") => line(Tone::Neutral, format!("Invoice {invoice} was voided")),
        Some("uncollectible") => line(Tone::Bad, format!("Invoice {invoice} was written off")),
        _ => None,
    };
    let tries = |invoice: &Value| invoice["attempt_count"].as_i64().unwrap_or_default();
    let failed = (tries(after) > tries(before) && after["status"] != "paid")
        .then(|| {
            let next = seconds(after, "/next_payment_attempt")
                .map(|at| format!("; Stripe tries again on {}", day(at, names.zone)));
            let next = next.unwrap_or_default();
            line(
                Tone::Bad,
                format!("The payment of invoice {invoice} failed{next}"),
            )
        })
        .flatten();
    [failed, status].into_iter().flatten().collect()
}

pub(super) fn refund(before: &Value, after: &Value) -> Vec<Line> {
    let sum = amount(after, "amount");
    let told = match became(before, after) {
        Some("failed") => line(Tone::Bad, format!("The refund of {sum} failed")),
        Some("canceled") => line(Tone::Warn, format!("The refund of {sum} was cancelled")),
        _ => None,
    };
    told.into_iter().collect()
}

pub(super) fn dispute(before: &Value, after: &Value) -> Vec<Line> {
    let sum = amount(after, "amount");
    let told = match became(before, after) {
        Some("won") => line(Tone::Good, format!("The dispute over {sum} was won")),
        Some("lost") => line(Tone::Bad, format!("The dispute over {sum} was lost")),
        Some("under_review" | "warning_under_review") => line(
            Tone::Info,
            format!("The dispute over {sum} was answered and is under review"),
        ),
        Some("warning_closed") => line(
            Tone::Good,
            format!("The inquiry about {sum} was closed without a dispute"),
        ),
        Some("needs_response") => {
            line(Tone::Bad, format!("The dispute over {sum} needs an answer"))
        }
        _ => None,
    };
    told.into_iter().collect()
}

pub(super) fn credit_note(before: &Value, after: &Value) -> Vec<Line> {
    let number = after["number"].as_str().unwrap_or_default();
    let told = match became(before, after) {
        Some("void") => line(Tone::Neutral, format!("Credit note {number} was voided")),
        _ => None,
    };
    told.into_iter().collect()
}

pub(super) fn checkout(before: &Value, after: &Value) -> Vec<Line> {
    let paid_late = before["payment_status"] == "unpaid" && after["payment_status"] == "paid";
    let told = match became(before, after) {
        Some("expired") => line(Tone::Neutral, "A checkout ran out unused"),
        None if paid_late => line(Tone::Good, "The payment of a checkout arrived"),
        _ => None,
    };
    told.into_iter().collect()
}
