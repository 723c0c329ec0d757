//! What Stripe's objects were before they changed, kept in the journal's file for good.

mod erase;
mod gone;
mod read;
mod record;

pub(crate) use erase::erase;
pub(crate) use gone::{before, gone, has_payer};
pub use read::{Of, Step, Version, aspect_at, at, objects, resource_of, steps, steps_since};
pub(crate) use record::{Difference, Known, is_empty, record};

/// Who or what changed an object, as far as Stripe's event tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// `evt_…`
    pub event: String,
    /// E.g. `customer.subscription.updated`
    pub kind: String,
    /// When Stripe made the event, unix seconds.
    pub created: i64,
    /// The API request (`req_…`) behind it; none where Stripe acted by itself.
    pub request: Option<String>,
    pub idempotency_key: Option<String>,
}

/// How a row holds the object, as stored in `object_changes.form`.
mod form {
    /// What the object was when its first change was seen.
    pub const FIRST: &str = "first";
    pub const PATCH: &str = "patch";
    pub const WHOLE: &str = "whole";
    pub const GONE: &str = "gone";
}
