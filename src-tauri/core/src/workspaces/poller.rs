//! When Stripe is asked for news, and what else is due meanwhile: the rhythm of the background.

use super::types::KeyState;
use super::workspace::Workspace;
use crate::sync::{self, Polled, SyncPhase};
use crate::{Clock, Error, Result};
use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use chrono::{DateTime, TimeDelta, Timelike, Utc};
use std::sync::{Arc, Weak, atomic::AtomicBool, atomic::Ordering};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

const IN_USE: Duration = Duration::from_secs(60);
const AFTER_LINK: Duration = Duration::from_secs(15);
const IN_BACKGROUND: Duration = Duration::from_secs(600);
/// How long a client may be expected to use a link.
const LINK_USED: TimeDelta = TimeDelta::hours(1);
/// After a failure; doubled up to the usual interval.
const FIRST_RETRY: Duration = Duration::from_secs(5);
/// Without a network a question costs nothing, and its return is noticed so soon.
const OFFLINE_RETRY: Duration = Duration::from_secs(60);
/// How soon it is noticed that the computer slept, or that the window is in use again.
const LOOK: Duration = Duration::from_secs(2);
/// The clock went on by so much more than the timer: the computer slept.
const SLEPT: TimeDelta = TimeDelta::seconds(30);
/// When nobody is likely to work, hours of the workspace's day.
const NIGHT: std::ops::Range<u32> = 1..5;

/// What a turn came to.
#[derive(Debug)]
pub enum Turn {
    /// Nothing was due, or something else than news.
    Idle,
    Polled(Polled),
    Failed(Error),
}

/// The rhythm of one workspace. Whoever drives it holds the background lock.
pub struct Poller {
    workspace: Weak<Workspace>,
    clock: Clock,
    wake: Arc<Notify>,
    in_use: Arc<AtomicBool>,
    was_in_use: bool,
    /// It is in use until it is ended, but nobody sits at it all the time.
    unattended: bool,
    polled: Instant,
    next: Instant,
    /// The waits left after failures of polls, and of fillings.
    poll_retries: Option<ExponentialBackoff>,
    fill_retries: Option<ExponentialBackoff>,
    next_filling: Instant,
}

impl Poller {
    pub fn new(workspace: &Arc<Workspace>) -> Self {
        let now = Instant::now();
        Self {
            workspace: Arc::downgrade(workspace),
            clock: workspace.clock().clone(),
            wake: Arc::clone(&workspace.wake),
            in_use: Arc::clone(&workspace.in_use),
            was_in_use: false,
            unattended: false,
            polled: now,
            next: now,
            poll_retries: None,
            fill_retries: None,
            next_filling: now,
        }
    }

    /// For a terminal that follows Stripe for days: at night nobody uses it.
    pub fn unattended(mut self) -> Self {
        self.unattended = true;
        self
    }

    /// Does what is due; `None` once the workspace is closed.
    pub async fn turn(&mut self) -> Option<Turn> {
        let here = self.workspace.upgrade()?;
        match self.work(&here).await {
            Ok(turn) => Some(turn),
            Err(error) => {
                self.next = Instant::now() + OFFLINE_RETRY;
                Some(Turn::Failed(error))
            }
        }
    }

    async fn work(&mut self, here: &Workspace) -> Result<Turn> {
        if !matches!(here.key_state().await, KeyState::Ready { .. }) || here.is_filling() {
            self.next = Instant::now() + LOOK;
            return Ok(Turn::Idle);
        }
        if self.fill(here).await? {
            self.next = Instant::now() + LOOK;
            return Ok(Turn::Idle);
        }
        let polled = here.poll().await;
        self.polled = Instant::now();
        let (every, why) = self.interval(here).await?;
        let wait = match &polled {
            // As soon as the filling that makes up for it may begin.
            Ok(Polled { gap: true, .. }) => self
                .next_filling
                .saturating_duration_since(Instant::now())
                .max(LOOK)
                .min(every),
            Ok(_) => {
                self.poll_retries = None;
                every
            }
            Err(error) => {
                let most = match error {
                    Error::Offline(_) => OFFLINE_RETRY.min(every),
                    _ => every,
                };
                wait_after(&mut self.poll_retries, most)
            }
        };
        sync::next_poll(here.store(), every, &why, wait).await?;
        self.next = Instant::now() + wait;
        match polled {
            Ok(polled) => {
                self.look_after(here).await?;
                Ok(Turn::Polled(polled))
            }
            Err(error) => Ok(Turn::Failed(error)),
        }
    }

    /// Starts a filling where one is owed: an earlier one broke off, or events are missing.
    async fn fill(&mut self, here: &Workspace) -> Result<bool> {
        let status = here.sync_status().await?;
        let begun = match status.phase {
            SyncPhase::Unfinished => true,
            // It did not even come to its first list.
            SyncPhase::Never => status.problem.is_some(),
            _ => false,
        };
        let broke_off = begun && !sync::was_stopped(here.store()).await?;
        let lost = sync::gap_is_uncovered(here.store()).await?;
        if !(broke_off || lost) {
            self.fill_retries = None;
            return Ok(false);
        }
        if Instant::now() < self.next_filling {
            return Ok(false);
        }
        self.next_filling = Instant::now() + wait_after(&mut self.fill_retries, IN_BACKGROUND);
        if lost {
            here.sync_now().await?;
        } else {
            here.resume_sync().await?;
        }
        Ok(true)
    }

    /// What waits for a quiet hour, or for a permission.
    async fn look_after(&mut self, here: &Workspace) -> Result<()> {
        here.retry_lacking().await?;
        here.read_some_cards().await?;
        let now = self.clock.now();
        let night = NIGHT.contains(&now.with_timezone(&here.time_zone()).hour());
        if here.is_filling() || (self.is_in_use() && !(self.unattended && night)) {
            return Ok(());
        }
        let allowance = here.allowance().await?;
        let store = here.store();
        let (nightly, full) = sync::last_comparisons(store).await?;
        if is_due(full, now, TimeDelta::days(7))
            && sync::affords(&allowance, here.sync_cost().await?.requests, 5, 4)
        {
            return here.compare().await;
        }
        let rested = if night { 12 } else { 36 };
        if is_due(nightly.max(full), now, TimeDelta::hours(rested))
            && sync::affords(&allowance, sync::nightly_cost(store).await?, 30, 2)
        {
            let client = here.stripe().await?;
            return here.checked(sync::nightly(store, &client).await);
        }
        Ok(())
    }

    async fn interval(&self, here: &Workspace) -> Result<(Duration, String)> {
        let since = self.clock.now() - LINK_USED;
        let issued: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM links WHERE at > ?)")
            .bind(since.timestamp_millis())
            .fetch_one(&here.store().reader)
            .await?;
        let (usual, why) = if issued {
            (
                AFTER_LINK,
                "every 15 seconds, because a link was issued within the last hour",
            )
        } else if self.is_in_use() {
            (IN_USE, "every minute while Portico is in use")
        } else {
            (
                IN_BACKGROUND,
                "every 10 minutes while Portico is in the background",
            )
        };
        let stretch = sync::stretch(&here.allowance().await?);
        if stretch == 1 {
            return Ok((usual, why.to_owned()));
        }
        let why = format!("{why}, {stretch} times slower to stay within Stripe's read allowance");
        Ok((usual * stretch, why))
    }

    /// Waits until something may be due.
    pub async fn wait(&mut self) {
        loop {
            let left = self.next.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            let (timer, clock) = (Instant::now(), self.clock.now());
            tokio::select! {
                () = tokio::time::sleep(left.min(LOOK)) => {}
                () = self.wake.notified() => return self.hurry(),
            }
            let ran = TimeDelta::from_std(timer.elapsed()).unwrap_or_default();
            if self.clock.now() - clock - ran > SLEPT {
                return self.hurry();
            }
            let in_use = self.is_in_use();
            if in_use && !self.was_in_use {
                self.next = self.next.min(self.polled + IN_USE);
            }
            self.was_in_use = in_use;
        }
    }

    fn hurry(&mut self) {
        self.next = Instant::now();
        self.next_filling = self.next;
        self.poll_retries = None;
    }

    fn is_in_use(&self) -> bool {
        self.in_use.load(Ordering::Relaxed)
    }
}

/// The next wait of a row of failures, with jitter, so that several desks do not come together.
fn wait_after(retries: &mut Option<ExponentialBackoff>, most: Duration) -> Duration {
    let retries = retries.get_or_insert_with(|| {
        ExponentialBuilder::default()
            .with_min_delay(FIRST_RETRY)
            .with_max_delay(IN_BACKGROUND)
            .without_max_times()
            .with_jitter()
            .build()
    });
    retries.next().unwrap_or(most).min(most)
}

fn is_due(last: Option<DateTime<Utc>>, now: DateTime<Utc>, rest: TimeDelta) -> bool {
    // One in the future was made under a clock that has been set back since.
    last.is_none_or(|last| now - last > rest || last > now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_wait_longer_and_longer_but_never_beyond_the_interval() {
        let mut retries = None;
        let waits: Vec<Duration> = (0..12).map(|_| wait_after(&mut retries, IN_USE)).collect();
        assert!(
            waits[0] >= FIRST_RETRY && waits[0] <= FIRST_RETRY * 2,
            "{waits:?}"
        );
        assert!(
            waits[1] > waits[0] || waits[1] >= FIRST_RETRY * 2,
            "{waits:?}"
        );
        assert!(waits.iter().all(|wait| *wait <= IN_USE), "{waits:?}");
        assert_eq!(waits[11], IN_USE);
    }

    #[test]
    fn a_comparison_rests_between_two() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let rest = TimeDelta::hours(12);
        assert!(is_due(None, now, rest));
        assert!(is_due(Some(now - TimeDelta::hours(13)), now, rest));
        assert!(!is_due(Some(now - TimeDelta::hours(11)), now, rest));
        assert!(is_due(Some(now + TimeDelta::hours(1)), now, rest));
    }
}
