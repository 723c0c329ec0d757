//! Stripe's API as this product uses it: one client, one pinned version, one registry of resources.

mod answer;
mod base;
mod call;
mod client;
mod endpoint;
mod failure;
mod key;
mod limit;
mod params;
mod sublists;

pub mod document;
pub mod events;
pub mod hosted;
pub mod invoices;
pub mod listing;
pub mod permissions;
pub mod portal;
pub mod resource;

pub use answer::{Answer, ListPage, Listed};
pub use base::ApiBase;
pub use client::{Client, LONGEST_CALL, Reads, Timing};
pub use key::{Key, KeyKind};
pub use limit::{Limits, Pace, Priority};
pub use params::Params;

use crate::{Error, Result};

/// The version whose shapes this product knows. Sent with every request: without it Stripe would
/// answer in the default version of the account, which differs from agency to agency.
pub const VERSION: &str = "2026-10-28.endive";

/// Lets an id into a path only if it cannot lead to another endpoint.
fn segment(id: &str) -> Result<&str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !id.is_empty() && id.chars().all(plain) {
        Ok(id)
    } else {
        Err(Error::invalid(
            "id",
            format!("“{id}” is not an id of a Stripe object."),
        ))
    }
}
