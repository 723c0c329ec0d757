//! The rows themselves, by theme: adding a resource is one here, one table, one topic.

mod catalogue;
mod checkout;
mod customers;
mod invoices;
mod payments;
mod subscriptions;

pub use catalogue::*;
pub use checkout::*;
pub use customers::*;
pub use invoices::*;
pub use payments::*;
pub use subscriptions::*;

use super::{Cell, Column, Resource};
use crate::events::Topic;
use crate::stripe::document::Json;

/// What a row leaves unsaid.
const NOTHING: Resource = Resource {
    name: "",
    label: "",
    object: "",
    path: None,
    list: &[],
    parts: None,
    expand: &[],
    ranged: false,
    permission: "",
    topic: Topic::Customers,
    columns: &[],
    embeds: &[],
    sublists: &[],
    history: true,
    never_store: &[],
    owners: &[],
};

const fn column(name: &'static str, read: fn(Json<'_>) -> Cell) -> Column {
    Column { name, read }
}
