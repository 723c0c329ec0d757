//! What was asked for: invoices with lines and payments, and what was credited of them.

use super::super::read::{id, integer, payer, text};
use super::super::{Cell, Expand, Resource, Sublist};
use super::{NOTHING, column};
use crate::events::Topic;
use crate::stripe::document::Json;

pub static INVOICES: Resource = Resource {
    name: "invoices",
    label: "Invoices",
    object: "invoice",
    path: Some("/v1/invoices"),
    expand: &[Expand {
        path: "payments",
        permission: "rak_invoice_read",
    }],
    ranged: true,
    permission: "rak_invoice_read",
    topic: Topic::Invoices,
    columns: &[
        column("payer", payer),
        column("number", |o| text(o, "/number")),
        column("status", |o| text(o, "/status")),
        column("currency", |o| text(o, "/currency")),
        column("total", |o| integer(o, "/total")),
        column("remaining", |o| integer(o, "/amount_remaining")),
        column("created", |o| integer(o, "/created")),
        column("due_date", |o| integer(o, "/due_date")),
        column("paid_at", |o| integer(o, "/status_transitions/paid_at")),
        column("subscription", |o| {
            id(o, "/parent/subscription_details/subscription")
        }),
        column("has_page", |o| {
            Cell::Integer(
                o.pointer("/hosted_invoice_url")
                    .is_some_and(|url| url.as_str().is_some())
                    .into(),
            )
        }),
        // The payment that Stripe made for it: charges know only their payment, no invoice. Partial
        // payments beside it stand in the JSON.
        column("payment_intent", default_payment),
        column("customer_name", |o| text(o, "/customer_name")),
        column("customer_email", |o| text(o, "/customer_email")),
    ],
    // Ten of each come along.
    sublists: &[
        Sublist {
            pointer: "/lines",
            path: "/v1/invoices/{}/lines",
            by: None,
        },
        Sublist {
            pointer: "/payments",
            path: "/v1/invoice_payments",
            by: Some("invoice"),
        },
    ],
    // Both are open to whoever holds them and go stale; they are fetched again when needed.
    never_store: &[
        "/hosted_invoice_url",
        "/invoice_pdf",
        "/confirmation_secret",
    ],
    ..NOTHING
};

pub static CREDIT_NOTES: Resource = Resource {
    name: "credit_notes",
    label: "Credit notes",
    object: "credit_note",
    path: Some("/v1/credit_notes"),
    ranged: true,
    permission: "rak_credit_note_read",
    topic: Topic::Invoices,
    columns: &[
        column("payer", payer),
        column("invoice", |o| id(o, "/invoice")),
        column("number", |o| text(o, "/number")),
        column("status", |o| text(o, "/status")),
        column("type", |o| text(o, "/type")),
        column("reason", |o| text(o, "/reason")),
        column("currency", |o| text(o, "/currency")),
        column("total", |o| integer(o, "/total")),
        column("created", |o| integer(o, "/created")),
        column("voided_at", |o| integer(o, "/voided_at")),
    ],
    sublists: &[Sublist {
        pointer: "/lines",
        path: "/v1/credit_notes/{}/lines",
        by: None,
    }],
    // Open to whoever holds it.
    never_store: &["/pdf"],
    ..NOTHING
};

fn default_payment(invoice: Json<'_>) -> Cell {
    let payments = || {
        invoice
            .pointer("/payments/data")
            .into_iter()
            .flat_map(Json::items)
    };
    let is_default = |payment: &Json<'_>| {
        let flag = payment.get("is_default").and_then(Json::as_bool);
        flag == Some(true)
    };
    payments()
        .find(is_default)
        .or_else(|| payments().next())
        .map_or(Cell::Null, |payment| id(payment, "/payment/payment_intent"))
}
