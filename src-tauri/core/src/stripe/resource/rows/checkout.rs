//! How clients come in: checkout sessions and payment links.

use super::super::read::{flag, id, integer, payer, text};
use super::super::{Cell, Expand, Resource};
use super::{NOTHING, column};
use crate::events::Topic;
use crate::stripe::document::Json;

pub static CHECKOUT_SESSIONS: Resource = Resource {
    name: "checkout_sessions",
    label: "Checkout sessions",
    object: "checkout.session",
    path: Some("/v1/checkout/sessions"),
    ranged: true,
    permission: "rak_checkout_session_read",
    topic: Topic::Checkout,
    columns: &[
        column("payer", payer),
        column("mode", |o| text(o, "/mode")),
        column("status", |o| text(o, "/status")),
        column("payment_status", |o| text(o, "/payment_status")),
        column("currency", |o| text(o, "/currency")),
        column("total", |o| integer(o, "/amount_total")),
        column("subscription", |o| id(o, "/subscription")),
        column("invoice", |o| id(o, "/invoice")),
        column("payment_link", |o| id(o, "/payment_link")),
        column("payment_intent", |o| id(o, "/payment_intent")),
        column("created", |o| integer(o, "/created")),
        column("expires_at", |o| integer(o, "/expires_at")),
    ],
    // The address lets whoever holds it pay in the client's name; so does the one that revives an
    // expired session.
    never_store: &["/url", "/client_secret", "/after_expiration/recovery/url"],
    ..NOTHING
};

// Its address is meant to be public. The list takes no `created`.
pub static PAYMENT_LINKS: Resource = Resource {
    name: "payment_links",
    label: "Payment links",
    object: "payment_link",
    path: Some("/v1/payment_links"),
    // Stripe leaves out what it sells.
    expand: &[Expand {
        path: "line_items",
        permission: "rak_bucket_payment_links_read",
    }],
    permission: "rak_bucket_payment_links_read",
    topic: Topic::Checkout,
    columns: &[
        column("active", |o| flag(o, "/active")),
        column("url", |o| text(o, "/url")),
        column("currency", |o| text(o, "/currency")),
        column("price", only_price),
    ],
    ..NOTHING
};

/// What it sells, where that is one thing.
fn only_price(link: Json<'_>) -> Cell {
    match link
        .pointer("/line_items/data")
        .map(|items| items.items().len())
    {
        Some(1) => id(link, "/line_items/data/0/price"),
        _ => Cell::Null,
    }
}
