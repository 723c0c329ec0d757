//! The simulated clock: starts where it is told, runs with real time, and can be moved forward.

use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};

#[derive(Clone, Debug)]
pub struct Clock {
    /// What the clock showed at `since`.
    base: DateTime<Utc>,
    since: Instant,
}

impl Clock {
    pub fn starting_at(now: DateTime<Utc>) -> Self {
        Self {
            base: now,
            since: Instant::now(),
        }
    }

    pub fn now(&self) -> DateTime<Utc> {
        let ran = TimeDelta::from_std(self.since.elapsed()).unwrap_or(TimeDelta::MAX);
        self.base
            .checked_add_signed(ran)
            .unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// Only forward: lists are in order of creation, and time is what orders them.
    pub fn set(&mut self, to: DateTime<Utc>) -> Result<(), String> {
        let now = self.now();
        if to < now {
            return Err(format!(
                "the clock shows {now} and only moves forward; {to} is before that"
            ));
        }
        *self = Self::starting_at(to);
        Ok(())
    }
}
