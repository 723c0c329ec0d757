//! The registry of what is mirrored: one row per Stripe resource.

mod read;
mod rows;

pub use rows::*;

use super::{Params, document::Json};
use crate::events::Topic;

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
    /// A parameter without which the list leaves something out, and the values that bring all of it
    /// between them: the list is read once for each.
    pub parts: Option<(&'static str, &'static [&'static str])>,
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
    /// Lists inside the object of which Stripe sends only the beginning.
    pub sublists: &'static [Sublist],
    /// Whether what it was is kept when it changes.
    pub history: bool,
    /// JSON pointers that are cut out before the object is stored.
    pub never_store: &'static [&'static str],
    /// The fields that say whose it is, where it cannot be used any more once none does: Stripe keeps
    /// such an object, and what it was used for names it, but no list does.
    pub owners: &'static [&'static str],
}

impl PartialEq for Resource {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Resource {
    /// Whether the object counts as deleted: Stripe says so, or it is nobody's any more.
    pub fn is_gone(&self, object: Json<'_>) -> bool {
        let deleted = object.get("deleted").and_then(Json::as_bool) == Some(true);
        let missing = |name: &&str| object.get(name).is_none_or(Json::is_null);
        deleted || (!self.owners.is_empty() && self.owners.iter().all(missing))
    }

    /// What each reading of the list is narrowed to.
    pub fn parts(&self) -> Vec<Option<Part>> {
        match self.parts {
            None => vec![None],
            Some((name, values)) => values
                .iter()
                .map(|value| Some(Part { name, value }))
                .collect(),
        }
    }
}

/// One part of a list that does not come as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    pub name: &'static str,
    pub value: &'static str,
}

impl Part {
    pub fn filter(part: Option<Self>) -> Params {
        match part {
            None => Params::new(),
            Some(part) => Params::new().with(part.name, part.value),
        }
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

/// A list inside an object, and where the whole of it is read.
#[derive(Debug)]
pub struct Sublist {
    /// JSON pointer to the list object.
    pub pointer: &'static str,
    /// `{}` stands for the object's id.
    pub path: &'static str,
    /// The parameter that takes the object's id, where the path does not.
    pub by: Option<&'static str>,
}

/// One typed column, filled from the object's JSON.
#[derive(Debug)]
pub struct Column {
    pub name: &'static str,
    pub read: fn(Json<'_>) -> Cell,
}

/// What a column can hold.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Null,
    Integer(i64),
    Text(String),
}

impl From<Option<&str>> for Cell {
    fn from(text: Option<&str>) -> Self {
        text.map_or(Cell::Null, |text| Cell::Text(text.to_owned()))
    }
}

/// The resources of a filling, in the order they are read: what the client list shows first, small
/// ones that others refer to before it, and the longest lists last.
pub static LISTED: [&Resource; 17] = [
    &PRODUCTS,
    &PRICES,
    &COUPONS,
    &PORTAL_CONFIGURATIONS,
    &CUSTOMERS,
    &SUBSCRIPTIONS,
    &INVOICES,
    &PROMOTION_CODES,
    &PAYMENT_LINKS,
    &SUBSCRIPTION_SCHEDULES,
    &PAYOUTS,
    &DISPUTES,
    &REFUNDS,
    &CREDIT_NOTES,
    &CHECKOUT_SESSIONS,
    &CHARGES,
    &BALANCE_TRANSACTIONS,
];

/// Every mirrored resource, also those that only come inside others.
pub static ALL: [&Resource; 20] = [
    &PRODUCTS,
    &PRICES,
    &COUPONS,
    &PROMOTION_CODES,
    &PORTAL_CONFIGURATIONS,
    &PAYMENT_LINKS,
    &CUSTOMERS,
    &TAX_IDS,
    &SUBSCRIPTIONS,
    &SUBSCRIPTION_ITEMS,
    &SUBSCRIPTION_SCHEDULES,
    &PAYOUTS,
    &DISPUTES,
    &REFUNDS,
    &CREDIT_NOTES,
    &CHECKOUT_SESSIONS,
    &INVOICES,
    &CHARGES,
    &BALANCE_TRANSACTIONS,
    &PAYMENT_METHODS,
];
