//! Keeps all calls of one client below Stripe's limits, and lets a person's click go first.

use governor::{
    DefaultDirectRateLimiter, DefaultKeyedRateLimiter, NotUntil, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};
use std::{num::NonZeroU32, time::Instant};
use tokio::sync::{Semaphore, SemaphorePermit, watch};

/// How much of Stripe's limits one client may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// 80 % of the published limits, which the agency's other integrations share.
    Polite,
    /// All of them; against a simulator on this computer, which has limits of its own, none here.
    Full,
}

/// Who waits for the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// A person; goes before everything that waits in the background.
    Click,
    Background,
}

/// <https://docs.stripe.com/rate-limits>: per account, by mode.
const LIVE_PER_SECOND: u32 = 100;
const TEST_PER_SECOND: u32 = 25;
const ENDPOINT_PER_SECOND: u32 = 25;

/// Stripe also limits how many calls run at once, and does not say at how many.
const BACKGROUND_AT_ONCE: usize = 8;
const CLICKS_AT_ONCE: usize = 4;

pub(super) struct Limiter {
    buckets: Option<Buckets>,
    background: Semaphore,
    clicks: Semaphore,
    clicks_waiting: watch::Sender<usize>,
}

struct Buckets {
    overall: DefaultDirectRateLimiter,
    endpoints: DefaultKeyedRateLimiter<String>,
    clock: DefaultClock,
}

impl Limiter {
    pub fn new(livemode: bool, loopback: bool, pace: Pace) -> Self {
        let overall = if livemode {
            LIVE_PER_SECOND
        } else {
            TEST_PER_SECOND
        };
        let buckets = (!(loopback && pace == Pace::Full)).then(|| Buckets {
            overall: RateLimiter::direct(quota(overall, pace)),
            endpoints: RateLimiter::keyed(quota(ENDPOINT_PER_SECOND, pace)),
            clock: DefaultClock::default(),
        });
        Self {
            buckets,
            background: Semaphore::new(BACKGROUND_AT_ONCE),
            clicks: Semaphore::new(CLICKS_AT_ONCE),
            clicks_waiting: watch::Sender::new(0),
        }
    }

    /// Waits for a call's turn; the call holds what it gets until its answer is there.
    pub async fn admit(
        &self,
        priority: Priority,
        endpoint: &String,
    ) -> Option<SemaphorePermit<'_>> {
        let _announced = (priority == Priority::Click).then(|| Waiting::new(&self.clicks_waiting));
        let lanes = match priority {
            Priority::Click => &self.clicks,
            Priority::Background => &self.background,
        };
        // An error would say that the semaphore is closed, which never happens.
        let permit = lanes.acquire().await.ok();
        if let Some(buckets) = &self.buckets {
            self.turn(priority, buckets, || buckets.endpoints.check_key(endpoint))
                .await;
            self.turn(priority, buckets, || buckets.overall.check())
                .await;
        }
        permit
    }

    async fn turn(
        &self,
        priority: Priority,
        buckets: &Buckets,
        check: impl Fn() -> Result<(), NotUntil<Instant>>,
    ) {
        loop {
            if priority == Priority::Background {
                // An error would say that the sender is gone, but `self` holds it.
                let _ = self.clicks_waiting.subscribe().wait_for(|n| *n == 0).await;
            }
            match check() {
                Ok(()) => return,
                Err(later) => {
                    tokio::time::sleep(later.wait_time_from(buckets.clock.now())).await;
                }
            }
        }
    }
}

/// The burst and the steady rate together stay within the limit in any one second, with room for
/// calls that the network pushes together.
fn quota(limit: u32, pace: Pace) -> Quota {
    let steady = match pace {
        Pace::Polite => limit * 4 / 5,
        Pace::Full => limit,
    };
    let at_least_one = |n: u32| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
    Quota::per_second(at_least_one(steady)).allow_burst(at_least_one((limit - steady) / 2))
}

/// Counts a waiting click for as long as it waits, also when its caller gives up.
struct Waiting<'a>(&'a watch::Sender<usize>);

impl<'a> Waiting<'a> {
    fn new(count: &'a watch::Sender<usize>) -> Self {
        count.send_modify(|n| *n += 1);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|n| *n -= 1);
    }
}
