//! The rows themselves: adding a resource is one here, one table, one topic.

use super::read::{discounts, flag, id, integer, payer, text};
use super::{Cell, Column, Embed, Expand, Resource};
use crate::events::Topic;
use serde_json::Value;

/// What a row leaves unsaid.
const NOTHING: Resource = Resource {
    name: "",
    label: "",
    object: "",
    path: None,
    list: &[],
    expand: &[],
    ranged: false,
    permission: "",
    topic: Topic::Customers,
    columns: &[],
    embeds: &[],
    never_store: &[],
};

pub static PRODUCTS: Resource = Resource {
    name: "products",
    label: "Products",
    object: "product",
    path: Some("/v1/products"),
    permission: "rak_product_read",
    topic: Topic::Products,
    columns: &[
        Column {
            name: "name",
            read: |o| text(o, "/name"),
        },
        Column {
            name: "active",
            read: |o| flag(o, "/active"),
        },
        Column {
            name: "unit_label",
            read: |o| text(o, "/unit_label"),
        },
    ],
    ..NOTHING
};

pub static PRICES: Resource = Resource {
    name: "prices",
    label: "Prices",
    object: "price",
    path: Some("/v1/prices"),
    expand: &[Expand {
        path: "tiers",
        permission: "rak_plan_read",
    }],
    permission: "rak_plan_read",
    topic: Topic::Products,
    columns: &[
        Column {
            name: "product",
            read: |o| id(o, "/product"),
        },
        Column {
            name: "nickname",
            read: |o| text(o, "/nickname"),
        },
        Column {
            name: "active",
            read: |o| flag(o, "/active"),
        },
        Column {
            name: "currency",
            read: |o| text(o, "/currency"),
        },
    ],
    ..NOTHING
};

pub static PORTAL_CONFIGURATIONS: Resource = Resource {
    name: "portal_configurations",
    label: "Portal settings",
    object: "billing_portal.configuration",
    path: Some("/v1/billing_portal/configurations"),
    permission: "rak_customer_portal_read",
    topic: Topic::PortalConfigurations,
    columns: &[
        Column {
            name: "active",
            read: |o| flag(o, "/active"),
        },
        Column {
            name: "is_default",
            read: |o| flag(o, "/is_default"),
        },
        Column {
            name: "portico",
            read: |o| text(o, "/metadata/portico"),
        },
        Column {
            name: "login_page",
            read: |o| text(o, "/login_page/url"),
        },
    ],
    ..NOTHING
};

pub static CUSTOMERS: Resource = Resource {
    name: "customers",
    label: "Customers",
    object: "customer",
    path: Some("/v1/customers"),
    expand: &[Expand {
        path: "invoice_settings.default_payment_method",
        permission: "rak_payment_method_read",
    }],
    ranged: true,
    permission: "rak_customer_read",
    topic: Topic::Customers,
    columns: &[
        Column {
            name: "account",
            read: |o| text(o, "/customer_account"),
        },
        Column {
            name: "name",
            read: |o| text(o, "/name"),
        },
        Column {
            name: "email",
            read: |o| text(o, "/email"),
        },
        // Duplicates are found whatever the case.
        Column {
            name: "email_key",
            read: |o| match text(o, "/email") {
                Cell::Text(email) => Cell::Text(email.trim().to_lowercase()),
                other => other,
            },
        },
        Column {
            name: "phone",
            read: |o| text(o, "/phone"),
        },
        Column {
            name: "company",
            read: |o| text(o, "/business_name"),
        },
        Column {
            name: "currency",
            read: |o| text(o, "/currency"),
        },
        Column {
            name: "balance",
            read: |o| integer(o, "/balance"),
        },
        Column {
            name: "created",
            read: |o| integer(o, "/created"),
        },
        Column {
            name: "default_payment_method",
            read: |o| id(o, "/invoice_settings/default_payment_method"),
        },
    ],
    embeds: &[Embed {
        pointer: "/invoice_settings/default_payment_method",
        resource: &PAYMENT_METHODS,
        child_of: None,
    }],
    ..NOTHING
};

pub static SUBSCRIPTIONS: Resource = Resource {
    name: "subscriptions",
    label: "Subscriptions",
    object: "subscription",
    path: Some("/v1/subscriptions"),
    // Without it Stripe leaves cancelled ones out.
    list: &[("status", "all")],
    expand: &[
        Expand {
            path: "default_payment_method",
            permission: "rak_payment_method_read",
        },
        Expand {
            path: "discounts.source.coupon",
            permission: "rak_coupon_read",
        },
    ],
    ranged: true,
    permission: "rak_subscription_read",
    topic: Topic::Subscriptions,
    columns: &[
        Column {
            name: "payer",
            read: payer,
        },
        Column {
            name: "status",
            read: |o| text(o, "/status"),
        },
        Column {
            name: "currency",
            read: |o| text(o, "/currency"),
        },
        Column {
            name: "created",
            read: |o| integer(o, "/created"),
        },
        Column {
            name: "start_date",
            read: |o| integer(o, "/start_date"),
        },
        Column {
            name: "trial_end",
            read: |o| integer(o, "/trial_end"),
        },
        Column {
            name: "cancel_at",
            read: |o| integer(o, "/cancel_at"),
        },
        Column {
            name: "cancel_at_period_end",
            read: |o| flag(o, "/cancel_at_period_end"),
        },
        Column {
            name: "ended_at",
            read: |o| integer(o, "/ended_at"),
        },
        Column {
            name: "collection_paused",
            read: |o| {
                Cell::Integer(
                    o.pointer("/pause_collection")
                        .is_some_and(|p| !p.is_null())
                        .into(),
                )
            },
        },
        Column {
            name: "discounts",
            read: discounts,
        },
        Column {
            name: "default_payment_method",
            read: |o| id(o, "/default_payment_method"),
        },
    ],
    embeds: &[
        Embed {
            pointer: "/default_payment_method",
            resource: &PAYMENT_METHODS,
            child_of: None,
        },
        Embed {
            pointer: "/items/data",
            resource: &SUBSCRIPTION_ITEMS,
            child_of: Some("subscription"),
        },
    ],
    ..NOTHING
};

pub static SUBSCRIPTION_ITEMS: Resource = Resource {
    name: "subscription_items",
    label: "Subscription items",
    object: "subscription_item",
    permission: "rak_subscription_read",
    topic: Topic::Subscriptions,
    columns: &[
        Column {
            name: "subscription",
            read: |o| id(o, "/subscription"),
        },
        Column {
            name: "price",
            read: |o| id(o, "/price"),
        },
        Column {
            name: "quantity",
            read: |o| integer(o, "/quantity"),
        },
        Column {
            name: "period_end",
            read: |o| integer(o, "/current_period_end"),
        },
        Column {
            name: "discounts",
            read: discounts,
        },
    ],
    ..NOTHING
};

pub static INVOICES: Resource = Resource {
    name: "invoices",
    label: "Invoices",
    object: "invoice",
    path: Some("/v1/invoices"),
    ranged: true,
    permission: "rak_invoice_read",
    topic: Topic::Invoices,
    columns: &[
        Column {
            name: "payer",
            read: payer,
        },
        Column {
            name: "number",
            read: |o| text(o, "/number"),
        },
        Column {
            name: "status",
            read: |o| text(o, "/status"),
        },
        Column {
            name: "currency",
            read: |o| text(o, "/currency"),
        },
        Column {
            name: "total",
            read: |o| integer(o, "/total"),
        },
        Column {
            name: "remaining",
            read: |o| integer(o, "/amount_remaining"),
        },
        Column {
            name: "created",
            read: |o| integer(o, "/created"),
        },
        Column {
            name: "due_date",
            read: |o| integer(o, "/due_date"),
        },
        Column {
            name: "paid_at",
            read: |o| integer(o, "/status_transitions/paid_at"),
        },
        Column {
            name: "subscription",
            read: |o| id(o, "/parent/subscription_details/subscription"),
        },
        Column {
            name: "has_page",
            read: |o| {
                Cell::Integer(
                    o.pointer("/hosted_invoice_url")
                        .is_some_and(Value::is_string)
                        .into(),
                )
            },
        },
        Column {
            name: "customer_name",
            read: |o| text(o, "/customer_name"),
        },
        Column {
            name: "customer_email",
            read: |o| text(o, "/customer_email"),
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

pub static PAYMENT_METHODS: Resource = Resource {
    name: "payment_methods",
    label: "Payment methods",
    object: "payment_method",
    permission: "rak_payment_method_read",
    topic: Topic::PaymentMethods,
    columns: &[
        Column {
            name: "payer",
            read: payer,
        },
        Column {
            name: "type",
            read: |o| text(o, "/type"),
        },
    ],
    ..NOTHING
};
