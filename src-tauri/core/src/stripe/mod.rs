//! Stripe's API as this product uses it: one client, one pinned version, one registry of resources.

pub mod resource;
