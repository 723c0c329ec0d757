//! Who pays, how they are taxed, and with what they pay.

use super::super::read::{id, integer, payer, text};
use super::super::{Cell, Embed, Expand, Resource, Sublist};
use super::{NOTHING, column};
use crate::events::Topic;

pub static CUSTOMERS: Resource = Resource {
    name: "customers",
    label: "Customers",
    object: "customer",
    path: Some("/v1/customers"),
    expand: &[
        Expand {
            path: "invoice_settings.default_payment_method",
            permission: "rak_payment_method_read",
        },
        // The list /v1/tax_ids holds the account's own unless it is asked customer by customer.
        Expand {
            path: "tax_ids",
            permission: "rak_customer_read",
        },
    ],
    ranged: true,
    permission: "rak_customer_read",
    topic: Topic::Customers,
    columns: &[
        column("account", |o| text(o, "/customer_account")),
        column("name", |o| text(o, "/name")),
        column("email", |o| text(o, "/email")),
        // Duplicates are found whatever the case.
        column("email_key", |o| match text(o, "/email") {
            Cell::Text(email) => Cell::Text(email.trim().to_lowercase()),
            other => other,
        }),
        column("phone", |o| text(o, "/phone")),
        column("company", |o| text(o, "/business_name")),
        column("currency", |o| text(o, "/currency")),
        column("balance", |o| integer(o, "/balance")),
        column("created", |o| integer(o, "/created")),
        column("default_payment_method", |o| {
            id(o, "/invoice_settings/default_payment_method")
        }),
    ],
    embeds: &[
        Embed {
            pointer: "/invoice_settings/default_payment_method",
            resource: &PAYMENT_METHODS,
            child_of: None,
        },
        Embed {
            pointer: "/tax_ids/data",
            resource: &TAX_IDS,
            child_of: Some("customer"),
        },
    ],
    sublists: &[Sublist {
        pointer: "/tax_ids",
        path: "/v1/customers/{}/tax_ids",
        by: None,
    }],
    ..NOTHING
};

pub static TAX_IDS: Resource = Resource {
    name: "tax_ids",
    label: "Tax IDs",
    object: "tax_id",
    permission: "rak_customer_read",
    topic: Topic::Customers,
    columns: &[
        column("customer", |o| id(o, "/customer")),
        column("type", |o| text(o, "/type")),
        column("value", |o| text(o, "/value")),
        column("country", |o| text(o, "/country")),
        column("verification", |o| text(o, "/verification/status")),
    ],
    ..NOTHING
};

pub static PAYMENT_METHODS: Resource = Resource {
    name: "payment_methods",
    label: "Payment methods",
    object: "payment_method",
    permission: "rak_payment_method_read",
    topic: Topic::PaymentMethods,
    columns: &[column("payer", payer), column("type", |o| text(o, "/type"))],
    // Both are empty once it was detached, and it can never be attached again.
    owners: &["customer", "customer_account"],
    ..NOTHING
};
