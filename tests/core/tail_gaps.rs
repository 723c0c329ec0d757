//! Events that are missing: everything is compared, and meanwhile, or if that is stopped or cannot be
//! finished, the news go on.

use crate::world::{Watch, World, until};
use chrono::{DateTime, TimeDelta, Utc};
use portico_core::{
    stripe::resource,
    sync::{SyncPhase, health::FreshnessLevel},
    workspaces::{Poller, Turn},
};
use serde_json::json;
use stripe_sim::Fault;

/// Six weeks away, and what happened meanwhile.
struct Away {
    world: World,
    now: DateTime<Utc>,
    customers: Vec<String>,
    poller: Poller,
}

impl Away {
    async fn for_six_weeks() -> Self {
        let now = Utc::now();
        let watch = Watch::at(now);
        let world = World::with(stripe_sim::Options::default(), watch.clock()).await;
        world.fill().await;
        world.workspace.check_now().await.unwrap();
        let customers = world.listed(&resource::CUSTOMERS).await;
        let control = world.sim.control();
        control
            .update(&customers[0], &json!({"name": "Long ago"}))
            .unwrap();
        control.advance_clock(TimeDelta::weeks(6)).unwrap();
        let now = now + TimeDelta::weeks(6);
        watch.set(now);
        let poller = Poller::new(&world.workspace);
        Self {
            world,
            now,
            customers,
            poller,
        }
    }

    async fn turn(&mut self) -> Turn {
        let turn = self.poller.turn().await.unwrap();
        assert!(!matches!(turn, Turn::Failed(_)), "{turn:?}");
        turn
    }

    async fn begins_to_compare(&mut self) {
        while !self.world.workspace.is_filling() {
            self.turn().await;
        }
    }

    async fn rests(&self) {
        until("the comparison rests", || async {
            !self.world.workspace.is_filling()
        })
        .await;
    }

    async fn rename(&self, customer: usize, name: &str) {
        let control = self.world.sim.control();
        let changes = json!({ "name": name });
        control.update(&self.customers[customer], &changes).unwrap();
    }

    async fn is_named(&self, customer: usize, name: &str) -> bool {
        let found: Option<String> = sqlx::query_scalar("SELECT name FROM customers WHERE id = ?")
            .bind(&self.customers[customer])
            .fetch_one(&self.world.workspace.store().reader)
            .await
            .unwrap();
        found.as_deref() == Some(name)
    }

    /// Until Stripe is asked next, as the health page tells it.
    async fn wait(&self) -> TimeDelta {
        let polling = self.world.workspace.sync_health().await.unwrap().polling;
        polling.next_at.unwrap() - self.now
    }

    /// What it cannot get by holds it, so that there is something to stop.
    async fn begins_and_is_stopped_at(&mut self, path: &str) {
        let control = self.world.sim.control();
        control.fail_next_on(path, 1000, Fault::Status(503));
        self.begins_to_compare().await;
        self.world.workspace.cancel_sync().await.unwrap();
        self.rests().await;
        control.clear_faults();
    }

    async fn is_made_up_for(&mut self) {
        self.world.workspace.resume_sync().await.unwrap();
        self.rests().await;
        self.turn().await;
        assert_eq!(self.open_gaps().await, 0);
        assert!(self.is_named(0, "Long ago").await);
    }

    async fn open_gaps(&self) -> usize {
        let health = self.world.workspace.sync_health().await.unwrap();
        health
            .gaps
            .iter()
            .filter(|gap| gap.closed_at.is_none())
            .count()
    }
}

#[tokio::test]
async fn a_comparison_that_a_person_stops_is_left_to_the_person_and_news_go_on() {
    let mut away = Away::for_six_weeks().await;
    let here = std::sync::Arc::clone(&away.world.workspace);
    away.begins_and_is_stopped_at("/v1/payouts").await;
    assert_eq!(
        here.sync_status().await.unwrap().phase,
        SyncPhase::Unfinished
    );
    for _ in 0..3 {
        let turn = away.turn().await;
        assert!(
            matches!(turn, Turn::Polled(_)),
            "nothing is begun: {turn:?}"
        );
        assert!(away.wait().await >= TimeDelta::seconds(60));
    }
    let freshness = here.freshness().await.unwrap();
    assert_eq!(freshness.level, FreshnessLevel::Behind, "{freshness:?}");
    assert!(freshness.words.contains("Resume"), "{}", freshness.words);
    for resource in here.sync_status().await.unwrap().resources {
        assert_eq!(
            resource.state,
            portico_core::sync::ResourceState::Done,
            "all of it is here from before: {resource:?}"
        );
    }

    away.rename(1, "Today").await;
    away.turn().await;
    assert!(away.is_named(1, "Today").await);
    assert_eq!(away.open_gaps().await, 1);

    away.is_made_up_for().await;
    let freshness = here.freshness().await.unwrap();
    assert_eq!(freshness.level, FreshnessLevel::Fresh, "{freshness:?}");
}

#[tokio::test]
async fn a_comparison_stopped_before_its_first_list_is_not_begun_again_by_itself() {
    let mut away = Away::for_six_weeks().await;
    let here = std::sync::Arc::clone(&away.world.workspace);
    away.turn().await;
    // It asks for the newest event before it lists anything.
    away.begins_and_is_stopped_at("/v1/events").await;
    for _ in 0..3 {
        away.turn().await;
        assert!(!here.is_filling());
        assert!(away.wait().await >= TimeDelta::seconds(60));
    }
    away.is_made_up_for().await;
}

#[tokio::test]
async fn a_list_that_fails_after_a_gap_holds_no_news_up() {
    let mut away = Away::for_six_weeks().await;
    let here = std::sync::Arc::clone(&away.world.workspace);
    let control = away.world.sim.control();
    control.fail_next_on("/v1/payouts", 100_000, Fault::Status(500));
    away.begins_to_compare().await;
    away.rests().await;
    away.rename(1, "Today").await;
    here.check_now().await.unwrap();
    assert!(away.is_named(1, "Today").await);
    assert!(away.is_named(0, "Long ago").await, "its list was read");
    assert_eq!(away.open_gaps().await, 1, "payouts are still missing");
    let freshness = here.freshness().await.unwrap();
    assert_eq!(freshness.level, FreshnessLevel::Behind, "{freshness:?}");

    control.clear_faults();
    here.resume_sync().await.unwrap();
    away.rests().await;
    here.check_now().await.unwrap();
    assert_eq!(away.open_gaps().await, 0);
}

/// Another six weeks before the first are made up for.
#[tokio::test]
async fn a_second_gap_does_not_hide_behind_the_first() {
    let mut away = Away::for_six_weeks().await;
    let here = std::sync::Arc::clone(&away.world.workspace);
    let control = away.world.sim.control();
    control.fail_next_on("/v1/payouts", 100_000, Fault::Status(500));
    away.begins_to_compare().await;
    away.rests().await;
    away.turn().await;
    away.rename(1, "Between").await;
    control.advance_clock(TimeDelta::weeks(6)).unwrap();
    while away.open_gaps().await < 2 {
        // The comparison may be tried again meanwhile.
        away.rests().await;
        away.turn().await;
    }
    away.rests().await;
    control.clear_faults();
    here.sync_now().await.unwrap();
    away.rests().await;
    here.check_now().await.unwrap();
    assert_eq!(away.open_gaps().await, 0);
    assert!(away.is_named(1, "Between").await);
}
