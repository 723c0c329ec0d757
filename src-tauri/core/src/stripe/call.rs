//! One call to Stripe: what is sent, and what is known of its attempts.

use super::{Params, endpoint::is_id};
use reqwest::Method;
use std::sync::atomic::{AtomicI64, AtomicU8};

/// What is sent, the same in every attempt.
pub(super) struct Call<'a> {
    pub method: Method,
    pub path: &'a str,
    pub endpoint: String,
    pub params: &'a Params,
    pub idempotency_key: Option<&'a str>,
    /// When the first attempt left. The answer to a repeated POST is the stored one of the first.
    pub first_asked: AtomicI64,
    /// Attempts that got no answer in time.
    pub silences: AtomicU8,
}

impl Call<'_> {
    /// The object that this changes: the first that the path names, else the customer it is for.
    pub fn written(&self) -> Option<&str> {
        if self.method == Method::GET {
            return None;
        }
        let named = self.path.split('/').skip(2).find(|part| is_id(part));
        named.or_else(|| self.params.value("customer"))
    }
}
