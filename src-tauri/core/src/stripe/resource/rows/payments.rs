//! What was taken, given back, fought over, and paid out.

use super::super::Resource;
use super::super::read::{flag, id, integer, payer, text};
use super::{NOTHING, column};
use crate::events::Topic;

pub static CHARGES: Resource = Resource {
    name: "charges",
    label: "Charges",
    object: "charge",
    path: Some("/v1/charges"),
    ranged: true,
    permission: "rak_charge_read",
    topic: Topic::Payments,
    columns: &[
        column("payer", payer),
        column("payment_intent", |o| id(o, "/payment_intent")),
        column("status", |o| text(o, "/status")),
        column("currency", |o| text(o, "/currency")),
        column("amount", |o| integer(o, "/amount")),
        column("refunded", |o| integer(o, "/amount_refunded")),
        column("disputed", |o| flag(o, "/disputed")),
        column("failure_code", |o| text(o, "/failure_code")),
        column("failure_message", |o| text(o, "/failure_message")),
        column("payment_method", |o| id(o, "/payment_method")),
        column("balance_transaction", |o| id(o, "/balance_transaction")),
        column("created", |o| integer(o, "/created")),
    ],
    // Open to whoever holds it.
    never_store: &["/receipt_url"],
    ..NOTHING
};

// Refunds ride on the permission of charges.
pub static REFUNDS: Resource = Resource {
    name: "refunds",
    label: "Refunds",
    object: "refund",
    path: Some("/v1/refunds"),
    ranged: true,
    permission: "rak_charge_read",
    topic: Topic::Payments,
    columns: &[
        column("payer", payer),
        column("charge", |o| id(o, "/charge")),
        column("payment_intent", |o| id(o, "/payment_intent")),
        column("status", |o| text(o, "/status")),
        column("reason", |o| text(o, "/reason")),
        column("currency", |o| text(o, "/currency")),
        column("amount", |o| integer(o, "/amount")),
        column("failure_reason", |o| text(o, "/failure_reason")),
        column("balance_transaction", |o| id(o, "/balance_transaction")),
        column("created", |o| integer(o, "/created")),
    ],
    ..NOTHING
};

// The permission's name follows the pattern of the others; Stripe documents none. Who pays stands in
// the charge alone.
pub static DISPUTES: Resource = Resource {
    name: "disputes",
    label: "Disputes",
    object: "dispute",
    path: Some("/v1/disputes"),
    ranged: true,
    permission: "rak_dispute_read",
    topic: Topic::Payments,
    columns: &[
        column("charge", |o| id(o, "/charge")),
        column("payment_intent", |o| id(o, "/payment_intent")),
        column("status", |o| text(o, "/status")),
        column("reason", |o| text(o, "/reason")),
        column("currency", |o| text(o, "/currency")),
        column("amount", |o| integer(o, "/amount")),
        column("due_by", |o| integer(o, "/evidence_details/due_by")),
        column("created", |o| integer(o, "/created")),
    ],
    // What was sent to the bank: letters, addresses, signatures. Nothing here shows it.
    never_store: &["/evidence"],
    ..NOTHING
};

// As above: the name follows the pattern.
pub static PAYOUTS: Resource = Resource {
    name: "payouts",
    label: "Payouts",
    object: "payout",
    path: Some("/v1/payouts"),
    ranged: true,
    permission: "rak_payout_read",
    topic: Topic::Payouts,
    columns: &[
        column("status", |o| text(o, "/status")),
        column("currency", |o| text(o, "/currency")),
        column("amount", |o| integer(o, "/amount")),
        column("arrival_date", |o| integer(o, "/arrival_date")),
        column("automatic", |o| flag(o, "/automatic")),
        column("failure_code", |o| text(o, "/failure_code")),
        column("failure_message", |o| text(o, "/failure_message")),
        column("balance_transaction", |o| id(o, "/balance_transaction")),
        column("created", |o| integer(o, "/created")),
    ],
    ..NOTHING
};

// Listed whole: a hundred a request, where asking payout by payout takes a request for each. Which
// payout took one is not said by the object itself.
pub static BALANCE_TRANSACTIONS: Resource = Resource {
    name: "balance_transactions",
    label: "Balance transactions",
    object: "balance_transaction",
    path: Some("/v1/balance_transactions"),
    ranged: true,
    permission: "rak_balance_transaction_source_read",
    topic: Topic::Payouts,
    columns: &[
        column("source", |o| id(o, "/source")),
        column("type", |o| text(o, "/type")),
        column("status", |o| text(o, "/status")),
        column("currency", |o| text(o, "/currency")),
        column("amount", |o| integer(o, "/amount")),
        column("fee", |o| integer(o, "/fee")),
        column("net", |o| integer(o, "/net")),
        column("available_on", |o| integer(o, "/available_on")),
        column("created", |o| integer(o, "/created")),
    ],
    // Each becomes available some days after it was made: nobody asks what it was before.
    history: false,
    ..NOTHING
};
