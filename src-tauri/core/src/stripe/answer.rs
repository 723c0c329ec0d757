//! What Stripe answered: one object or one page of a list, with when it was asked.

use super::document::{Document, Objects, Unread};
use crate::{Error, Result};
use chrono::{DateTime, Utc};
use serde_json::Value;

/// What Stripe answered.
#[derive(Clone)]
pub struct Answer<B = Value> {
    pub body: B,
    /// When the request was sent, unix milliseconds: what it says was true no earlier than that.
    pub asked_at: i64,
    pub request_id: Option<String>,
    /// Stripe's own clock.
    pub date: Option<DateTime<Utc>>,
}

/// Bodies hold session URLs and client data, so they are not printed.
impl<B> std::fmt::Debug for Answer<B> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer")
            .field("asked_at", &self.asked_at)
            .field("request_id", &self.request_id)
            .field("date", &self.date)
            .finish_non_exhaustive()
    }
}

/// How an answer is read.
pub(super) trait Body: Sized + Send {
    fn read(body: Vec<u8>) -> std::result::Result<Self, Unread>;
}

impl Body for Value {
    fn read(body: Vec<u8>) -> std::result::Result<Self, Unread> {
        serde_json::from_slice(&body).map_err(|error| Unread { body, error })
    }
}

impl Body for Document {
    fn read(body: Vec<u8>) -> std::result::Result<Self, Unread> {
        Document::read(body)
    }
}

/// One page of a list as it came: what a filling stores by the thousand.
#[derive(Debug)]
pub struct Listed {
    pub objects: Objects,
    pub has_more: bool,
    pub asked_at: i64,
}

impl Listed {
    pub(super) fn of(answer: Answer<Document>) -> Result<Self> {
        let root = answer.body.root();
        let data = root.get("data").filter(|data| data.is_list());
        let has_more = root.get("has_more").and_then(|more| more.as_bool());
        match (data.map(|data| data.place()), has_more) {
            (Some(data), Some(has_more)) => Ok(Self {
                objects: Objects::of(answer.body, data),
                has_more,
                asked_at: answer.asked_at,
            }),
            _ => Err(no_list()),
        }
    }
}

/// A list that does not say whether there is more cannot be known to be whole.
fn no_list() -> Error {
    Error::UnreadableAnswer("it is not a list".to_owned())
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
        match (data, answer.body.get("has_more").and_then(Value::as_bool)) {
            (Some(Value::Array(objects)), Some(has_more)) => Ok(Self {
                objects,
                has_more,
                asked_at: answer.asked_at,
                date: answer.date,
            }),
            _ => Err(no_list()),
        }
    }
}
