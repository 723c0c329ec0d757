//! Stripe's request limits, per account and per endpoint, on real time.

use std::collections::HashMap;
use std::time::Instant;

use crate::error::ApiError;
use crate::options::Limits;

pub struct Limiter {
    limits: Limits,
    account: Bucket,
    endpoints: HashMap<&'static str, Bucket>,
}

/// Refills evenly; holds at most one second's worth.
struct Bucket {
    tokens: f64,
    filled: Instant,
}

impl Bucket {
    fn full(rate: u32, now: Instant) -> Self {
        Self {
            tokens: f64::from(rate),
            filled: now,
        }
    }

    fn refill(&mut self, rate: u32, now: Instant) -> bool {
        let rate = f64::from(rate);
        let earned = now.saturating_duration_since(self.filled).as_secs_f64() * rate;
        self.tokens = (self.tokens + earned).min(rate);
        self.filled = now;
        self.tokens >= 1.0
    }
}

impl Limiter {
    pub fn new(limits: Limits) -> Self {
        let per_account = limits.per_second().map_or(0, |(account, _)| account);
        Self {
            limits,
            account: Bucket::full(per_account, Instant::now()),
            endpoints: HashMap::new(),
        }
    }

    /// A refused request counts for nothing.
    pub fn admit(&mut self, endpoint: &'static str, now: Instant) -> Result<(), ApiError> {
        let Some((per_account, per_endpoint)) = self.limits.per_second() else {
            return Ok(());
        };
        let bucket = self
            .endpoints
            .entry(endpoint)
            .or_insert_with(|| Bucket::full(per_endpoint, now));
        let account_has = self.account.refill(per_account, now);
        let endpoint_has = bucket.refill(per_endpoint, now);
        match (account_has, endpoint_has) {
            (true, true) => {
                self.account.tokens -= 1.0;
                bucket.tokens -= 1.0;
                Ok(())
            }
            (false, _) => Err(ApiError::limited("global-rate")),
            (true, false) => Err(ApiError::limited("endpoint-rate")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_endpoint_and_the_account_run_dry_and_refill() {
        let mut limiter = Limiter::new(Limits::Live);
        let start = Instant::now();
        let mut reason = |endpoint, now| {
            limiter
                .admit(endpoint, now)
                .err()
                .and_then(|error| error.limit)
        };
        for endpoint in ["a", "b", "c", "d"] {
            for _ in 0..25 {
                assert_eq!(reason(endpoint, start), None);
            }
        }
        assert_eq!(reason("a", start), Some("global-rate"));
        let later = start + Duration::from_millis(40);
        assert_eq!(reason("a", later), None);
        assert_eq!(reason("a", later), Some("endpoint-rate"));
        assert_eq!(reason("b", later), None);
    }
}
