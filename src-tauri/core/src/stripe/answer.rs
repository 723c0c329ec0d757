//! What Stripe answered: one object or one page of a list, with when it was asked.

use crate::{Error, Result};
use chrono::{DateTime, Utc};
use serde_json::Value;

/// What Stripe answered.
#[derive(Clone)]
pub struct Answer {
    pub body: Value,
    /// When the request was sent, unix milliseconds: what it says was true no earlier than that.
    pub asked_at: i64,
    pub request_id: Option<String>,
    /// Stripe's own clock.
    pub date: Option<DateTime<Utc>>,
}

/// Bodies hold session URLs and client data, so they are not printed.
impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer")
            .field("asked_at", &self.asked_at)
            .field("request_id", &self.request_id)
            .field("date", &self.date)
            .finish_non_exhaustive()
    }
}

/// One page of a list.
#[derive(Clone)]
pub struct ListPage {
    pub objects: Vec<Value>,
    pub has_more: bool,
    pub asked_at: i64,
    pub date: Option<DateTime<Utc>>,
}

impl ListPage {
    pub(super) fn of(mut answer: Answer) -> Result<Self> {
        let data = answer.body.get_mut("data").map(Value::take);
        // A list that does not say whether there is more cannot be known to be whole.
        match (data, answer.body.get("has_more").and_then(Value::as_bool)) {
            (Some(Value::Array(objects)), Some(has_more)) => Ok(Self {
                objects,
                has_more,
                asked_at: answer.asked_at,
                date: answer.date,
            }),
            _ => Err(Error::UnreadableAnswer("it is not a list".to_owned())),
        }
    }
}
