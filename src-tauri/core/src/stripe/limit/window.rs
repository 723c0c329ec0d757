//! Counts what was let through in the last second, and lets less through after a refusal.

use std::{collections::VecDeque, time::Duration};
use tokio::time::Instant;

/// A little over a second: requests that leave a second apart may arrive less than that apart.
const SECOND: Duration = Duration::from_millis(1020);
/// How long it takes from nothing to everything; from half, half as long.
const RECOVERY: Duration = Duration::from_secs(20);

/// The last second of one rate limit. A token bucket lets through its burst and a second's refill
/// in one second; this keeps to the limit in any second, wherever it begins.
#[derive(Debug, Default)]
pub(super) struct Window {
    sent: VecDeque<Instant>,
    pub throttle: Throttle,
}

impl Window {
    /// When one more may go, if not now.
    pub fn free_at(&mut self, most: u32, now: Instant) -> Option<Instant> {
        while self.sent.front().is_some_and(|sent| *sent + SECOND <= now) {
            self.sent.pop_front();
        }
        let most = self.throttle.of(most as usize, now);
        let too_many = self.sent.len().checked_sub(most)?;
        self.sent.get(too_many).map(|sent| *sent + SECOND)
    }

    pub fn count(&mut self, now: Instant) {
        self.sent.push_back(now);
    }
}

/// Halves at a refusal and recovers evenly, as TCP does: others share the limit, and how much they
/// leave is found out by trying.
#[derive(Debug, Default)]
pub(super) struct Throttle(Option<(f64, Instant)>);

impl Throttle {
    /// `sent_at`: when the refused call was let through. What left before the last slowing down
    /// says nothing about whether that was enough.
    pub fn slow_down(&mut self, sent_at: Instant, now: Instant) {
        if self.0.is_none_or(|(_, slowed_at)| sent_at >= slowed_at) {
            self.0 = Some((self.share(now) / 2.0, now));
        }
    }

    pub fn of(&self, most: usize, now: Instant) -> usize {
        ((most as f64 * self.share(now)) as usize).max(1)
    }

    fn share(&self, now: Instant) -> f64 {
        self.0.map_or(1.0, |(share, slowed_at)| {
            let recovered = now.saturating_duration_since(slowed_at).as_secs_f64();
            (share + recovered / RECOVERY.as_secs_f64()).min(1.0)
        })
    }
}
