//! The registry of what is mirrored: one row per Stripe resource.

use crate::events::Topic;
use serde_json::{Value, json};

/// One resource of the API, how it is listed, and which table holds it.
#[derive(Debug)]
pub struct Resource {
    /// The name in the API's path and of the mirror table, e.g. `subscriptions`.
    pub name: &'static str,
    /// Its name on screen, e.g. `Subscriptions`.
    pub label: &'static str,
    /// What `object` says in its JSON.
    pub object: &'static str,
    /// Where it is listed, e.g. `/v1/subscriptions`; none for what only comes inside others.
    pub path: Option<&'static str>,
    /// Parameters of every list call besides paging.
    pub list: &'static [(&'static str, &'static str)],
    /// What is asked to come along; dropped one by one where the key may not read it.
    pub expand: &'static [Expand],
    /// Whether the list takes `created[gte|lt]`, so that ranges of it can be read side by side.
    pub ranged: bool,
    /// The permission that lists it.
    pub permission: &'static str,
    pub topic: Topic,
    /// Columns besides `id`, `asked_at`, `deleted`, `hash` and `json`.
    pub columns: &'static [Column],
    /// Objects inside this one that have a table of their own.
    pub embeds: &'static [Embed],
    /// JSON pointers that are cut out before the object is stored.
    pub never_store: &'static [&'static str],
}

impl PartialEq for Resource {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// One `expand[]`. `path` is relative to the object; a list call puts `data.` in front.
#[derive(Debug)]
pub struct Expand {
    pub path: &'static str,
    pub permission: &'static str,
}

/// An object found inside another.
#[derive(Debug)]
pub struct Embed {
    /// JSON pointer to the object, or to an array of them.
    pub pointer: &'static str,
    pub resource: &'static Resource,
    /// `Some(column)`: children that live and die with the parent, whose id stands in that column,
    /// and whose JSON stays in the parent's. `None`: an expanded object of its own; the parent
    /// keeps the id, so that it hashes the same whether it was expanded or not.
    pub child_of: Option<&'static str>,
}

/// One typed column, filled from the object's JSON.
#[derive(Debug)]
pub struct Column {
    pub name: &'static str,
    pub read: fn(&Value) -> Cell,
}

/// What a column can hold.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Null,
    Integer(i64),
    Text(String),
}

/// The resources of a filling, in the order they are read: small ones that others refer to first.
pub static LISTED: [&Resource; 6] = [
    &PRODUCTS,
    &PRICES,
    &PORTAL_CONFIGURATIONS,
    &CUSTOMERS,
    &SUBSCRIPTIONS,
    &INVOICES,
];

/// Every mirrored resource, also those that only come inside others.
pub static ALL: [&Resource; 8] = [
    &PRODUCTS,
    &PRICES,
    &PORTAL_CONFIGURATIONS,
    &CUSTOMERS,
    &SUBSCRIPTIONS,
    &SUBSCRIPTION_ITEMS,
    &INVOICES,
    &PAYMENT_METHODS,
];

/// The resource whose JSON says `object`.
pub fn by_object(object: &str) -> Option<&'static Resource> {
    ALL.into_iter().find(|resource| resource.object == object)
}

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

fn text(object: &Value, pointer: &str) -> Cell {
    match object.pointer(pointer) {
        Some(Value::String(text)) => Cell::Text(text.clone()),
        _ => Cell::Null,
    }
}

fn integer(object: &Value, pointer: &str) -> Cell {
    object
        .pointer(pointer)
        .and_then(Value::as_i64)
        .map_or(Cell::Null, Cell::Integer)
}

fn flag(object: &Value, pointer: &str) -> Cell {
    object
        .pointer(pointer)
        .and_then(Value::as_bool)
        .map_or(Cell::Null, |b| Cell::Integer(b.into()))
}

/// The id at `pointer`, whether the object there is expanded or not.
fn id(object: &Value, pointer: &str) -> Cell {
    match object.pointer(pointer) {
        Some(Value::String(text)) => Cell::Text(text.clone()),
        Some(Value::Object(expanded)) => match expanded.get("id") {
            Some(Value::String(text)) => Cell::Text(text.clone()),
            _ => Cell::Null,
        },
        _ => Cell::Null,
    }
}

/// Who pays: the customer, or the account of an Accounts v2 customer where `customer` is empty.
fn payer(object: &Value) -> Cell {
    match id(object, "/customer") {
        Cell::Null => id(object, "/customer_account"),
        customer => customer,
    }
}

/// The terms of expanded discounts as compact JSON; null where none is expanded.
fn discounts(object: &Value) -> Cell {
    let terms: Vec<Value> = object
        .pointer("/discounts")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|discount| {
            let coupon = discount
                .pointer("/source/coupon")
                .filter(|c| c.is_object())?;
            Some(json!({
                "name": coupon["name"],
                "percent_off": coupon["percent_off"],
                "amount_off": coupon["amount_off"],
                "currency": coupon["currency"],
                "duration": coupon["duration"],
                "end": discount["end"],
            }))
        })
        .collect();
    if terms.is_empty() {
        Cell::Null
    } else {
        Cell::Text(Value::Array(terms).to_string())
    }
}
