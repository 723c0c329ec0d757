//! Which requests were made, so that a test can say so.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;

/// Older ones are forgotten; the counts are not.
const KEPT: usize = 20_000;

#[derive(Clone, Debug, Serialize)]
pub struct LoggedRequest {
    pub method: String,
    pub path: String,
    pub query: String,
    /// 0 where the connection was broken without an answer, or none was given yet.
    pub status: u16,
    pub idempotency_key: Option<String>,
}

#[derive(Default)]
pub struct RequestLog {
    first: u64,
    kept: VecDeque<LoggedRequest>,
    counts: BTreeMap<String, u64>,
}

impl RequestLog {
    /// Gives the number by which the answer's status is added.
    pub fn begin(&mut self, request: LoggedRequest) -> u64 {
        *self
            .counts
            .entry(format!("{} {}", request.method, request.path))
            .or_default() += 1;
        if self.kept.len() == KEPT {
            self.kept.pop_front();
            self.first += 1;
        }
        self.kept.push_back(request);
        self.first + self.kept.len() as u64 - 1
    }

    pub fn answered(&mut self, number: u64, status: u16) {
        let place = number
            .checked_sub(self.first)
            .and_then(|place| self.kept.get_mut(place as usize));
        if let Some(request) = place {
            request.status = status;
        }
    }

    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.kept.iter().cloned().collect()
    }

    /// By `METHOD /path`.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        self.counts.clone()
    }

    pub fn reset(&mut self) {
        self.first += self.kept.len() as u64;
        self.kept.clear();
        self.counts.clear();
    }
}
