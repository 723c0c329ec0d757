//! What is sold, for less with which codes, and how the portal shows it.

use super::super::read::{decimal, flag, id, integer, text};
use super::super::{Expand, Resource};
use super::{NOTHING, column};
use crate::events::Topic;

pub static PRODUCTS: Resource = Resource {
    name: "products",
    label: "Products",
    object: "product",
    path: Some("/v1/products"),
    permission: "rak_product_read",
    topic: Topic::Products,
    columns: &[
        column("name", |o| text(o, "/name")),
        column("active", |o| flag(o, "/active")),
        column("unit_label", |o| text(o, "/unit_label")),
    ],
    ..NOTHING
};

pub static PRICES: Resource = Resource {
    name: "prices",
    label: "Prices",
    object: "price",
    path: Some("/v1/prices"),
    // Of itself the list brings active ones alone. Those made for one subscription (`price_data`) are in neither.
    parts: Some(("active", &["true", "false"])),
    expand: &[Expand {
        path: "tiers",
        permission: "rak_plan_read",
    }],
    permission: "rak_plan_read",
    topic: Topic::Products,
    columns: &[
        column("product", |o| id(o, "/product")),
        column("nickname", |o| text(o, "/nickname")),
        column("active", |o| flag(o, "/active")),
        column("currency", |o| text(o, "/currency")),
    ],
    ..NOTHING
};

pub static COUPONS: Resource = Resource {
    name: "coupons",
    label: "Coupons",
    object: "coupon",
    path: Some("/v1/coupons"),
    ranged: true,
    permission: "rak_coupon_read",
    topic: Topic::Products,
    columns: &[
        column("name", |o| text(o, "/name")),
        column("percent_off", |o| decimal(o, "/percent_off")),
        column("amount_off", |o| integer(o, "/amount_off")),
        column("currency", |o| text(o, "/currency")),
        column("duration", |o| text(o, "/duration")),
        column("duration_in_months", |o| integer(o, "/duration_in_months")),
        column("valid", |o| flag(o, "/valid")),
        column("created", |o| integer(o, "/created")),
    ],
    ..NOTHING
};

pub static PROMOTION_CODES: Resource = Resource {
    name: "promotion_codes",
    label: "Promotion codes",
    object: "promotion_code",
    path: Some("/v1/promotion_codes"),
    ranged: true,
    permission: "rak_promotion_code_read",
    topic: Topic::Products,
    columns: &[
        column("code", |o| text(o, "/code")),
        column("coupon", |o| id(o, "/promotion/coupon")),
        column("customer", |o| id(o, "/customer")),
        column("active", |o| flag(o, "/active")),
        column("times_redeemed", |o| integer(o, "/times_redeemed")),
        column("expires_at", |o| integer(o, "/expires_at")),
        column("created", |o| integer(o, "/created")),
    ],
    ..NOTHING
};

pub static PORTAL_CONFIGURATIONS: Resource = Resource {
    name: "portal_configurations",
    label: "Portal settings",
    object: "billing_portal.configuration",
    path: Some("/v1/billing_portal/configurations"),
    // The one part that Stripe leaves out unless asked.
    expand: &[Expand {
        path: "features.subscription_update.products",
        permission: "rak_customer_portal_read",
    }],
    permission: "rak_customer_portal_read",
    topic: Topic::PortalConfigurations,
    columns: &[
        column("active", |o| flag(o, "/active")),
        column("is_default", |o| flag(o, "/is_default")),
        column("portico", |o| text(o, "/metadata/portico")),
        column("login_page", |o| text(o, "/login_page/url")),
    ],
    ..NOTHING
};
