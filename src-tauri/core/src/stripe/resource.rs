//! The registry of what is mirrored: one row per Stripe resource.

use crate::events::Topic;
use serde_json::Value;

/// One resource of the API, how it is listed, and which table holds it.
#[derive(Debug)]
pub struct Resource {
    /// The name in the API's path and of the mirror table, e.g. `subscriptions`.
    pub name: &'static str,
    /// Its name on screen, e.g. `Subscriptions`.
    pub label: &'static str,
    /// What `object` says in its JSON.
    pub object: &'static str,
    /// Where it is listed, e.g. `/v1/subscriptions`.
    pub path: &'static str,
    /// Parameters of every list call besides paging.
    pub list: &'static [(&'static str, &'static str)],
    /// What is asked to come along; dropped one by one where the key may not read it.
    pub expand: &'static [Expand],
    /// Whether the list takes `created[gte|lt]`, so that ranges of it can be read side by side.
    pub ranged: bool,
    /// The permission that lists it.
    pub permission: &'static str,
    pub topic: Topic,
    /// Columns besides `id`, `asked_at`, `deleted`, `hash`, `json`.
    pub columns: &'static [Column],
    /// JSON pointers that are cut out before the object is stored.
    pub never_store: &'static [&'static str],
}

/// One `expand[]` of a list call. `path` is relative to the object (`data.` is added by the caller).
#[derive(Debug)]
pub struct Expand {
    pub path: &'static str,
    pub permission: &'static str,
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
