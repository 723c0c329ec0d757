//! What was agreed: subscriptions, what is in them, and what they will change to.

use super::super::read::{discounts, flag, id, integer, payer, text};
use super::super::{Cell, Embed, Expand, Resource, Sublist};
use super::{NOTHING, PAYMENT_METHODS, column};
use crate::events::Topic;

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
        column("payer", payer),
        column("status", |o| text(o, "/status")),
        column("currency", |o| text(o, "/currency")),
        column("created", |o| integer(o, "/created")),
        column("start_date", |o| integer(o, "/start_date")),
        column("trial_end", |o| integer(o, "/trial_end")),
        column("cancel_at", |o| integer(o, "/cancel_at")),
        column("cancel_at_period_end", |o| flag(o, "/cancel_at_period_end")),
        column("ended_at", |o| integer(o, "/ended_at")),
        column("collection_paused", |o| {
            Cell::Integer(
                o.pointer("/pause_collection")
                    .is_some_and(|p| !p.is_null())
                    .into(),
            )
        }),
        column("discounts", discounts),
        column("default_payment_method", |o| {
            id(o, "/default_payment_method")
        }),
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
    sublists: &[Sublist {
        pointer: "/items",
        path: "/v1/subscription_items",
        by: Some("subscription"),
    }],
    ..NOTHING
};

pub static SUBSCRIPTION_ITEMS: Resource = Resource {
    name: "subscription_items",
    label: "Subscription items",
    object: "subscription_item",
    permission: "rak_subscription_read",
    topic: Topic::Subscriptions,
    columns: &[
        column("subscription", |o| id(o, "/subscription")),
        column("price", |o| id(o, "/price")),
        // The price may have been made for this item alone, and be in no list.
        column("product", |o| id(o, "/price/product")),
        column("quantity", |o| integer(o, "/quantity")),
        column("period_end", |o| integer(o, "/current_period_end")),
        column("discounts", discounts),
    ],
    ..NOTHING
};

pub static SUBSCRIPTION_SCHEDULES: Resource = Resource {
    name: "subscription_schedules",
    label: "Scheduled changes",
    object: "subscription_schedule",
    path: Some("/v1/subscription_schedules"),
    ranged: true,
    permission: "rak_subscription_read",
    topic: Topic::Subscriptions,
    columns: &[
        column("payer", payer),
        column("subscription", |o| id(o, "/subscription")),
        column("status", |o| text(o, "/status")),
        column("end_behavior", |o| text(o, "/end_behavior")),
        column("phase_start", |o| integer(o, "/current_phase/start_date")),
        column("phase_end", |o| integer(o, "/current_phase/end_date")),
        column("created", |o| integer(o, "/created")),
        column("completed_at", |o| integer(o, "/completed_at")),
        column("canceled_at", |o| integer(o, "/canceled_at")),
        column("released_at", |o| integer(o, "/released_at")),
    ],
    ..NOTHING
};
