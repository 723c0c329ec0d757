//! Keeps all calls of one client below Stripe's limits, and lets a person's click go first.

mod objects;
mod pace;
#[cfg(test)]
mod tests;
mod window;

pub(super) use objects::Objects;
pub use pace::{Limits, Pace, Priority};

use pace::Bounds;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio::{sync::Notify, time::Instant};
use window::{Throttle, Window};

/// Which limit a 429 was about (`Stripe-Rate-Limited-Reason`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exceeded {
    Overall,
    Endpoint,
    Concurrency,
    /// Of one object, or its lock: nothing else has to slow down.
    Object,
}

impl Exceeded {
    pub fn of(reason: Option<&str>) -> Self {
        match reason {
            Some("global-rate") => Self::Overall,
            Some("endpoint-rate") => Self::Endpoint,
            Some("global-concurrency" | "endpoint-concurrency") => Self::Concurrency,
            _ => Self::Object,
        }
    }
}

pub(super) struct Limiter {
    bounds: Bounds,
    state: Mutex<State>,
    /// Something became free, or no click waits any more.
    changed: Notify,
}

#[derive(Default)]
struct State {
    overall: Window,
    endpoints: HashMap<String, Window>,
    quiet: Window,
    lanes: Throttle,
    clicks_waiting: usize,
    clicks_under_way: usize,
    rest_under_way: usize,
}

/// Why a call does not go now.
enum NotNow {
    Until(Instant),
    /// Until another call ends, or a click has gone.
    Changed,
}

/// A call that was let through; its lane is free again when this is dropped.
pub(super) struct Admission<'a> {
    limiter: &'a Limiter,
    priority: Priority,
    pub at: Instant,
}

impl Limiter {
    pub fn new(livemode: bool, loopback: bool, pace: Pace) -> Self {
        Self {
            bounds: Bounds::new(livemode, loopback, pace),
            state: Mutex::default(),
            changed: Notify::new(),
        }
    }

    pub fn lanes(&self, priority: Priority) -> usize {
        self.bounds.lanes(priority)
    }

    pub fn endpoint_lanes(&self) -> usize {
        self.bounds.endpoint_lanes()
    }

    /// Waits for a call's turn. Everything it needs is taken at once: who waits for one limit holds
    /// nothing that others could use.
    pub async fn admit(&self, priority: Priority, endpoint: &str) -> Admission<'_> {
        let _waiting = (priority == Priority::Click).then(|| Waiting::new(self));
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            // From here on no change is missed.
            changed.as_mut().enable();
            let now = Instant::now();
            let taken = self.lock().take(&self.bounds, priority, endpoint, now);
            match taken {
                Ok(()) => {
                    return Admission {
                        limiter: self,
                        priority,
                        at: now,
                    };
                }
                Err(NotNow::Until(free)) => tokio::select! {
                    () = tokio::time::sleep_until(free) => {}
                    () = changed => {}
                },
                Err(NotNow::Changed) => changed.await,
            }
        }
    }

    /// Stripe answered 429 to a call that was let through at `sent_at`.
    pub fn refused(&self, exceeded: Exceeded, endpoint: &str, sent_at: Instant) {
        let now = Instant::now();
        let mut state = self.lock();
        let throttle = match exceeded {
            Exceeded::Overall => &mut state.overall.throttle,
            Exceeded::Endpoint => match state.endpoints.get_mut(endpoint) {
                Some(window) => &mut window.throttle,
                None => return,
            },
            Exceeded::Concurrency => &mut state.lanes,
            Exceeded::Object => return,
        };
        throttle.slow_down(sent_at, now);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn take(
        &mut self,
        bounds: &Bounds,
        priority: Priority,
        endpoint: &str,
        now: Instant,
    ) -> Result<(), NotNow> {
        let (under_way, lanes) = match priority {
            Priority::Click => (&mut self.clicks_under_way, bounds.lanes(priority)),
            Priority::Filling | Priority::Quiet if self.clicks_waiting > 0 => {
                return Err(NotNow::Changed);
            }
            Priority::Filling | Priority::Quiet => (
                &mut self.rest_under_way,
                self.lanes.of(bounds.lanes(priority), now),
            ),
        };
        if *under_way >= lanes {
            return Err(NotNow::Changed);
        }
        let mut windows = Vec::with_capacity(3);
        if let Some(rate) = bounds.overall {
            windows.push((&mut self.overall, rate.of_priority(priority)));
        }
        if let Some(rate) = bounds.endpoint {
            if !self.endpoints.contains_key(endpoint) {
                self.endpoints
                    .insert(endpoint.to_owned(), Window::default());
            }
            let window = self.endpoints.get_mut(endpoint);
            windows.extend(window.map(|window| (window, rate.of_priority(priority))));
        }
        if let (Priority::Quiet, Some(most)) = (priority, bounds.quiet) {
            windows.push((&mut self.quiet, most));
        }
        let free_at = |(window, most): &mut (&mut Window, u32)| window.free_at(*most, now);
        if let Some(free) = windows.iter_mut().filter_map(free_at).max() {
            return Err(NotNow::Until(free));
        }
        for (window, _) in windows {
            window.count(now);
        }
        *under_way += 1;
        Ok(())
    }
}

impl Drop for Admission<'_> {
    fn drop(&mut self) {
        let mut state = self.limiter.lock();
        match self.priority {
            Priority::Click => state.clicks_under_way -= 1,
            Priority::Filling | Priority::Quiet => state.rest_under_way -= 1,
        }
        drop(state);
        self.limiter.changed.notify_waiters();
    }
}

/// Counts a waiting click for as long as it waits, also when its caller gives up.
struct Waiting<'a>(&'a Limiter);

impl<'a> Waiting<'a> {
    fn new(limiter: &'a Limiter) -> Self {
        limiter.lock().clicks_waiting += 1;
        Self(limiter)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.lock().clicks_waiting -= 1;
        self.0.changed.notify_waiters();
    }
}
