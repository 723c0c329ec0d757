//! One history: an agency whose bills change, a computer that follows, and mishaps of every kind.

use super::report::Report;
use super::truth;
use crate::agency::client;
use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use portico_core::db::{BackgroundLock, Store};
use portico_core::stripe::{Client, Pace};
use portico_core::sync::health::ResourceHealth;
use portico_core::sync::{self, Mode, Outcome, ResourceState, SyncPhase, Tail};
use portico_core::{Clock, Error, Result, journal};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::task::Poll;
use std::time::Duration;
use stripe_sim::{AfterRetries, Disorder, Options, Permissions, Sim};
use tempfile::TempDir;

/// What Stripe lists but tells of by no event: only a comparison finds it.
const SILENT: [&str; 2] = ["balance_transactions", "checkout_sessions"];

/// This computer's clock: Stripe's, wrong by so much, and never twice the same.
#[derive(Clone, Default)]
pub(super) struct Wrong {
    millis: Arc<AtomicI64>,
    ticks: Arc<AtomicI64>,
}

impl Wrong {
    fn set(&self, stripe: DateTime<Utc>, by: TimeDelta) {
        let millis = (stripe + by).timestamp_millis();
        self.millis.store(millis, Ordering::SeqCst);
    }

    pub fn clock(&self) -> Clock {
        let Self { millis, ticks } = self.clone();
        Clock::from_fn(move || {
            let tick = ticks.fetch_add(1, Ordering::SeqCst);
            let millis = millis.load(Ordering::SeqCst) + tick;
            Utc.timestamp_millis_opt(millis).unwrap()
        })
    }
}

pub struct Course {
    seed: u64,
    pub(super) rng: StdRng,
    pub(super) sim: Sim,
    pub(super) folder: TempDir,
    pub(super) watch: Wrong,
    pub(super) wrong_by: TimeDelta,
    pub(super) store: Store,
    pub(super) client: Client,
    pub(super) tail: Tail,
    pub(super) report: Report,
}

impl Course {
    pub async fn run(seed: u64) -> Report {
        let mut course = Self::begin(seed).await;
        for _ in 0..course.rng.random_range(8..14) {
            course.disturb().await;
            for _ in 0..course.rng.random_range(1..10) {
                course.change();
            }
            for _ in 0..course.rng.random_range(1..3) {
                course.turn(true).await;
            }
        }
        course.end().await
    }

    async fn begin(seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let ends = [
            AfterRetries::Cancel,
            AfterRetries::Unpaid,
            AfterRetries::PastDue,
        ];
        let options = Options {
            seed,
            customers: rng.random_range(10..20),
            now: Some(Utc.with_ymd_and_hms(2026, 11, 2, 9, 0, 0).unwrap()),
            after_retries: *ends.choose(&mut rng).unwrap(),
            ..Options::default()
        };
        let sim = Sim::start(options).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let watch = Wrong::default();
        watch.set(sim.control().now(), TimeDelta::zero());
        let client = client(&sim, sim.restricted_key(), Pace::UNLIMITED, watch.clock());
        Self {
            seed,
            rng,
            store: crate::desk::open_at(folder.path(), watch.clock())
                .await
                .unwrap(),
            tail: Tail::new(&client),
            client,
            sim,
            folder,
            watch,
            wrong_by: TimeDelta::zero(),
            report: Report::default(),
        }
    }

    fn change(&mut self) {
        let rng = &mut self.rng;
        let transition = self.sim.control().random_change(&mut || rng.random());
        self.report.note(&transition);
        self.time_passed();
    }

    /// Stripe's time went on, and this computer's with it.
    pub(super) fn time_passed(&self) {
        self.watch.set(self.sim.control().now(), self.wrong_by);
    }

    pub(super) fn wait(&mut self, seconds: i64) {
        let by = TimeDelta::seconds(seconds);
        self.sim.control().advance_clock(by).unwrap();
        self.time_passed();
    }

    /// What the background does in one turn (`workspaces::Poller`), cut off now and then if `wild`;
    /// whether there was nothing left to do.
    async fn turn(&mut self, wild: bool) -> bool {
        let phase = sync::status(&self.store).await.unwrap().phase;
        let gap = sync::gap_is_uncovered(&self.store).await.unwrap();
        let owed = match phase {
            _ if gap => Some(Mode::Fresh),
            SyncPhase::Never => Some(Mode::Fresh),
            SyncPhase::Unfinished => Some(Mode::Resume),
            _ => None,
        };
        if let Some(mode) = owed.filter(|_| !wild || self.rng.random_ratio(2, 3)) {
            self.fill(mode, wild).await;
        }
        let cut_after = (wild && self.rng.random_ratio(1, 5)).then(|| self.rng.random_range(1..90));
        let polled = cut(self.tail.poll(&self.store), cut_after).await;
        let Some(polled) = polled else {
            self.report.note("poll cut off");
            return false;
        };
        match checked(polled) {
            None => self.report.note("poll failed"),
            Some(polled) if polled.gap => self.report.note("gap"),
            Some(polled) => {
                self.look_after(wild).await;
                return polled.events == 0 && self.lacks_nothing().await;
            }
        }
        false
    }

    async fn look_after(&mut self, wild: bool) {
        let since = (self.store.clock.now() - TimeDelta::days(1)).timestamp_millis();
        let due = sync::lacking_is_due(&self.store, self.client.key(), since);
        if due.await.unwrap() {
            let again = sync::retry_lacking(&self.store, &self.client, self.lock().await).await;
            if let Some(Some(filling)) = checked(again) {
                filling.ended().await;
                self.report.note("read again after a permission came back");
            }
        }
        let cards = sync::read_some_cards(&self.store, &self.client, 20).await;
        if checked(cards).is_some_and(|read| read > 0) {
            self.report.note("payment methods read");
        }
        match self.rng.random_range(0..20) {
            0 | 1 if wild => {
                let cut_after = self
                    .rng
                    .random_ratio(1, 2)
                    .then(|| self.rng.random_range(1..60));
                let compared = cut(sync::nightly(&self.store, &self.client), cut_after).await;
                match compared {
                    Some(compared) => {
                        checked(compared);
                        self.report.note("nightly comparison");
                    }
                    None => self.report.note("comparison cut off"),
                }
            }
            2 if wild => {
                self.report.note("full comparison");
                self.fill(Mode::Fresh, true).await;
            }
            _ => {}
        }
    }

    async fn lock(&self) -> Arc<BackgroundLock> {
        let lock = BackgroundLock::try_acquire(&self.store.folder).unwrap();
        let lock = lock.expect("nobody else is in this folder");
        sync::take_over(&self.store, &lock).await.unwrap();
        Arc::new(lock)
    }

    async fn fill(&mut self, mode: Mode, wild: bool) {
        let lock = self.lock().await;
        let filling = sync::start(&self.store, &self.client, mode, lock).await;
        let filling = filling.unwrap();
        if wild && self.rng.random_ratio(1, 4) {
            let asked = || self.sim.control().request_counts().values().sum::<u64>();
            let enough = asked() + self.rng.random_range(1..25);
            let mut looks = tokio::time::interval(Duration::from_millis(1));
            while asked() < enough && !filling.has_ended() {
                looks.tick().await;
            }
            filling.cancel();
            self.report.note("filling stopped half-way");
        }
        if let Outcome::Unfinished(_) = filling.ended().await {
            self.report.note("filling failed");
        }
    }

    async fn lacks_nothing(&mut self) -> bool {
        let health = sync::sync_health(&self.store, None, false).await.unwrap();
        if !health.parked.is_empty() {
            self.report.note("parked");
            return false;
        }
        let lacking: i64 = sqlx::query_scalar("SELECT count(*) FROM sync_resources")
            .fetch_one(&self.store.reader)
            .await
            .unwrap();
        let status = sync::status(&self.store).await.unwrap();
        let whole = |one: &ResourceHealth| one.state == ResourceState::Done;
        lacking == 0 && status.phase == SyncPhase::Complete && health.resources.iter().all(whole)
    }

    /// Everything works again, and what was late has arrived.
    async fn end(mut self) -> Report {
        let control = self.sim.control();
        control.clear_faults();
        control.disorder(Disorder::default());
        control.set_permissions(Permissions::All);
        self.wait(601);
        let mut turns = 0;
        while !self.turn(false).await {
            turns += 1;
            assert!(turns < 40, "history {}: {}", self.seed, self.unrest().await);
            // Parked objects and lost permissions are looked at once a day at least.
            self.wrong_by += TimeDelta::hours(25);
            self.time_passed();
        }
        truth::assert_listed(self.seed, &self.store, &self.client, &SILENT).await;
        truth::assert_equal(self.seed, &self.store, &self.client, &SILENT).await;
        self.fill(Mode::Fresh, false).await;
        truth::assert_listed(self.seed, &self.store, &self.client, &[]).await;
        truth::assert_equal(self.seed, &self.store, &self.client, &[]).await;
        self.assert_journal_holds().await;
        self.report.close(&self.sim);
        self.store.close().await;
        self.report
    }

    /// What keeps it from coming to rest.
    async fn unrest(&self) -> String {
        let health = sync::sync_health(&self.store, None, false).await.unwrap();
        let status = sync::status(&self.store).await.unwrap();
        format!(
            "it does not come to rest: {:?} {:?} {:?} {:?} {:?}",
            status.phase, status.resources, health.gaps, health.parked, health.problems
        )
    }

    async fn assert_journal_holds(&self) {
        journal::verify(&self.store).await.unwrap();
        let before = crate::desk::dump(&self.store).await;
        let derived = crate::desk::dump_derived(&self.store).await;
        journal::rebuild(&self.store).await.unwrap();
        assert_eq!(crate::desk::dump(&self.store).await, before);
        assert_eq!(crate::desk::dump_derived(&self.store).await, derived);
    }
}

/// An error that a network or a Stripe in trouble explains; any other is Portico's own.
fn checked<T>(outcome: Result<T>) -> Option<T> {
    match outcome {
        Ok(outcome) => Some(outcome),
        Err(
            Error::Offline(_)
            | Error::RateLimited { .. }
            | Error::Stripe { .. }
            | Error::UnreadableAnswer(_)
            | Error::PermissionMissing { .. },
        ) => None,
        Err(error) => panic!("{error:?}"),
    }
}

/// Runs it until it was woken so often, then forgets it in the middle.
async fn cut<F: Future>(future: F, wakes: Option<u32>) -> Option<F::Output> {
    let Some(mut left) = wakes else {
        return Some(future.await);
    };
    let mut future = Box::pin(future);
    poll_fn(move |context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}
