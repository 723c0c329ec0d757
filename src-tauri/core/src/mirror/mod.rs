//! The money door: Stripe objects in, with the cursor that brought them, then an announcement.

use crate::stripe::resource::Resource;
use serde_json::Value;

/// One answer of Stripe, to be stored whole or not at all together with its `progress`.
#[derive(Debug)]
pub struct Page {
    pub resource: &'static Resource,
    pub objects: Vec<Value>,
    /// When the request was sent, unix milliseconds: an older answer never replaces a newer one.
    pub asked_at: i64,
    pub progress: Option<RangeProgress>,
}

/// How far the filling's range came with this page; committed with the page's rows.
#[derive(Debug, Clone)]
pub struct RangeProgress {
    /// Row of `fill_ranges`.
    pub range: i64,
    /// The id to continue after.
    pub starting_after: Option<String>,
    /// `created` of the oldest object seen so far, unix seconds.
    pub oldest_created: Option<i64>,
    pub done: bool,
}

/// How many objects came and how many of them were news.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Applied {
    pub received: usize,
    pub written: usize,
}
