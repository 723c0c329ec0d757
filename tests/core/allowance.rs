//! Stripe's read allowance: what is counted, for how long, and what a month would come to.

use crate::world::World;
use chrono::{DateTime, TimeDelta, Utc};
use portico_core::{
    Clock,
    stripe::Reads,
    sync::{self, affords, health::Allowance, stretch},
};
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

/// A world whose time the test moves.
struct Days {
    world: World,
    now: Arc<AtomicI64>,
}

impl Days {
    async fn begin() -> Self {
        let start: DateTime<Utc> = "2026-11-25T10:20:00Z".parse().unwrap();
        let now = Arc::new(AtomicI64::new(start.timestamp()));
        let clock = {
            let now = Arc::clone(&now);
            Clock::from_fn(move || {
                DateTime::from_timestamp(now.load(Ordering::Relaxed), 0).unwrap()
            })
        };
        let options = stripe_sim::Options {
            now: Some(start),
            ..Default::default()
        };
        Self {
            world: World::with(options, clock).await,
            now,
        }
    }

    fn pass(&self, time: TimeDelta) {
        self.now.fetch_add(time.num_seconds(), Ordering::Relaxed);
    }

    async fn read(&self, filling: u64, other: u64) {
        let reads = Reads::default();
        reads.filling.store(filling, Ordering::Relaxed);
        reads.other.store(other, Ordering::Relaxed);
        sync::note_reads(self.world.workspace.store(), &reads)
            .await
            .unwrap();
    }

    async fn allowance(&self) -> Allowance {
        self.world.workspace.allowance().await.unwrap()
    }
}

fn gets(world: &World) -> usize {
    let requests = world.sim.control().requests();
    requests.iter().filter(|it| it.method == "GET").count()
}

#[tokio::test]
async fn every_get_is_counted_and_a_filling_only_once_into_the_projection() {
    let days = Days::begin().await;
    let workspace = &days.world.workspace;
    days.world.sim.control().reset_requests();
    assert_eq!(days.allowance().await.used, 0);
    days.world.fill().await;
    let filled = gets(&days.world);
    let allowance = days.allowance().await;
    assert_eq!(allowance.used as usize, filled);
    assert_eq!(allowance.projected as usize, filled);
    let client = workspace.stripe().await.unwrap();
    for _ in 0..10 {
        client
            .get("/v1/customers", &Default::default())
            .await
            .unwrap();
    }
    let allowance = days.allowance().await;
    assert_eq!(allowance.used as usize, filled + 10);
    assert_eq!(allowance.projected as usize, filled + 10 * 30);
    assert_eq!(allowance.days.len(), 1);
    assert_eq!(allowance.days[0].reads, allowance.used);
}

#[tokio::test]
async fn a_month_is_projected_from_the_last_week_or_from_fewer_days() {
    let days = Days::begin().await;
    // 1,000 a day: after two days as after forty a month comes to 30,000.
    for day in 1..=40 {
        days.read(0, 1000).await;
        days.pass(TimeDelta::hours(23));
        let projected = days.allowance().await.projected;
        assert!((28_000..=30_100).contains(&projected), "{day}: {projected}");
        days.pass(TimeDelta::hours(1));
    }
    let allowance = days.allowance().await;
    assert_eq!(allowance.days.len(), 29);
    assert_eq!(allowance.used, 29_000);
    // A quiet week later nothing is projected any more.
    days.pass(TimeDelta::days(7));
    assert_eq!(days.allowance().await.projected, 0);
}

#[tokio::test]
async fn what_is_allowed_grows_with_what_was_paid() {
    let days = Days::begin().await;
    let allowance = days.allowance().await;
    assert_eq!((allowance.transactions, allowance.allowed), (0, 10_000));
    days.world.fill().await;
    let allowance = days.allowance().await;
    assert!(allowance.transactions > 20, "{allowance:?}");
    assert_eq!(allowance.allowed, allowance.transactions * 500);
    days.pass(TimeDelta::days(31));
    assert_eq!(days.allowance().await.allowed, 10_000);
}

#[tokio::test]
async fn the_words_say_how_it_stands_and_polling_slows_down_with_it() {
    let days = Days::begin().await;
    for (reads, said, factor) in [
        (100, "well within", 1),
        (100, "well within", 2),
        (100, "close to", 4),
        (200, "more than", 10),
    ] {
        days.read(0, reads).await;
        let allowance = days.allowance().await;
        assert!(allowance.words.contains(said), "{}", allowance.words);
        assert_eq!(stretch(&allowance), factor, "{}", allowance.words);
    }
    assert_eq!(
        days.allowance().await.words,
        "500 reads in the last 30 days; at this pace a month comes to about 15,000, more than the 10,000 that Stripe allows, as far as this computer knows."
    );
}

#[tokio::test]
async fn a_comparison_may_take_what_polls_leave_and_a_little_in_any_case() {
    let days = Days::begin().await;
    days.read(0, 200).await;
    let allowance = days.allowance().await;
    assert_eq!((allowance.projected, allowance.allowed), (6000, 10_000));
    assert!(affords(&allowance, 130, 30, 2), "3,900 of the 4,000 left");
    assert!(!affords(&allowance, 140, 30, 2));
    assert!(!affords(&allowance, 130, 30, 3), "more than a third");
    days.read(0, 200).await;
    let allowance = days.allowance().await;
    assert!(affords(&allowance, 33, 30, 2), "a tenth");
    assert!(!affords(&allowance, 34, 30, 2));
}
