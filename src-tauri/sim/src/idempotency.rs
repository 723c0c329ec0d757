//! Idempotency keys: the first answer is kept and given again.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::error::ApiError;

/// Stripe keeps keys for at least a day.
const KEPT_SECONDS: i64 = 24 * 3_600;

#[derive(Default, Serialize, Deserialize)]
pub struct Idempotency(HashMap<String, Entry>);

#[derive(Clone, Serialize, Deserialize)]
struct Entry {
    /// Method, path and body of the first request.
    request: String,
    at: i64,
    /// `None` while it is being carried out.
    answer: Option<(u16, String)>,
}

impl Idempotency {
    /// The kept answer, or `None` if this request is the first and goes on.
    pub fn begin(
        &mut self,
        key: &str,
        request: String,
        now: i64,
    ) -> Result<Option<(u16, Vec<u8>)>, ApiError> {
        self.0.retain(|_, entry| now - entry.at <= KEPT_SECONDS);
        let Some(entry) = self.0.get(key) else {
            self.0.insert(
                key.to_owned(),
                Entry {
                    request,
                    at: now,
                    answer: None,
                },
            );
            return Ok(None);
        };
        if entry.request != request {
            return Err(ApiError::idempotency(
                400,
                format!(
                    "Keys for idempotent requests can only be used with the same parameters they were first used with. \
                 Try using a key other than '{key}' if you meant to execute a different request."
                ),
            ));
        }
        match &entry.answer {
            Some((status, body)) => Ok(Some((*status, body.clone().into_bytes()))),
            None => {
                let message = format!(
                    "There is currently another in-progress request using this Idempotent Key (that probably means you \
                     submitted twice, and the other request is still going through): {key}. Please try again later."
                );
                Err(ApiError::idempotency(409, message).code("idempotency_key_in_use"))
            }
        }
    }

    pub fn keep(&mut self, key: &str, status: u16, body: &[u8]) {
        if let Some(entry) = self.0.get_mut(key) {
            entry.answer = Some((status, String::from_utf8_lossy(body).into_owned()));
        }
    }

    /// The keys whose answers are known.
    pub fn settled(&self) -> Self {
        let settled = self.0.iter().filter(|(_, entry)| entry.answer.is_some());
        Self(
            settled
                .map(|(key, entry)| (key.clone(), entry.clone()))
                .collect(),
        )
    }

    /// A request that was refused before it began leaves no trace.
    pub fn forget(&mut self, key: &str) {
        self.0.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_answer_in_use_and_mismatch() {
        let mut keys = Idempotency::default();
        assert_eq!(keys.begin("k", "a".into(), 0).expect("first"), None);
        assert_eq!(
            keys.begin("k", "a".into(), 0).expect_err("in use").status,
            409
        );
        keys.keep("k", 200, b"{}");
        assert_eq!(
            keys.begin("k", "a".into(), 1).expect("replayed"),
            Some((200, b"{}".to_vec()))
        );
        assert_eq!(
            keys.begin("k", "b".into(), 1).expect_err("mismatch").status,
            400
        );
        assert_eq!(
            keys.begin("k", "b".into(), KEPT_SECONDS + 1)
                .expect("forgotten by now"),
            None
        );
    }
}
