//! When Stripe is asked for news by itself, and what else the background looks after.

use crate::world::{Watch, World, add, options_in, until};
use chrono::{TimeDelta, Timelike, Utc};
use portico_core::{
    Core, Options,
    stripe::resource,
    sync::{
        self,
        health::{ComparisonKind, FreshnessLevel},
    },
    workspaces::{Poller, Turn, Workspace},
};
use serde_json::json;
use std::{ops::ControlFlow, sync::Arc};

async fn has_name(workspace: &Workspace, customer: &str, name: &str) -> bool {
    let found: Option<String> = sqlx::query_scalar("SELECT name FROM customers WHERE id = ?")
        .bind(customer)
        .fetch_optional(&workspace.store().reader)
        .await
        .unwrap()
        .flatten();
    found.as_deref() == Some(name)
}

fn polls(world: &World) -> u64 {
    let counts = world.sim.control().request_counts();
    counts.get("GET /v1/events").copied().unwrap_or(0)
}

#[tokio::test]
async fn the_computer_that_slept_catches_up_at_once_and_the_window_quickens_it() {
    let now = Utc::now();
    let watch = Watch::at(now);
    let world = World::with(stripe_sim::Options::default(), watch.clock()).await;
    world.fill().await;
    let mut poller = Poller::new(&world.workspace);
    assert!(matches!(poller.turn().await, Some(Turn::Polled(_))));
    let polling = world.workspace.sync_health().await.unwrap().polling;
    assert_eq!(polling.every_seconds, 600, "{polling:?}");
    assert!(polling.why.contains("in the background"), "{polling:?}");
    let before = polls(&world);
    let slept = async {
        // Begun after the wait: ten minutes are asked for, and the clock says that they have passed.
        watch.set(now + TimeDelta::hours(8));
    };
    tokio::join!(poller.wait(), slept);
    assert!(matches!(poller.turn().await, Some(Turn::Polled(_))));
    assert!(polls(&world) > before);

    world.core.set_in_use(true);
    world.workspace.wake_tail();
    poller.wait().await;
    poller.turn().await.unwrap();
    let polling = world.workspace.sync_health().await.unwrap().polling;
    assert_eq!(polling.every_seconds, 60, "{polling:?}");
}

#[tokio::test]
async fn a_window_follows_stripe_by_itself_and_a_second_one_does_not_ask_too() {
    let world = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    let options = || Options {
        background: true,
        ..options_in(folder.path().into())
    };
    let first = Core::open(options()).unwrap();
    first.set_staff("Ada", None).await.unwrap();
    let added = add(&first, world.sim.secret_key(), world.sim.url(), "Agency").await;
    let here = first.workspace(&added.id).await.unwrap();
    until("it is filled by itself and then followed", || async {
        here.freshness().await.unwrap().level == FreshnessLevel::Fresh
    })
    .await;

    let second = Core::open(options()).unwrap();
    let there = second.workspace(&added.id).await.unwrap();
    assert!(there.sync_health().await.unwrap().polling.elsewhere);
    let customer = world.listed(&resource::CUSTOMERS).await.swap_remove(0);
    let changes = json!({"name": "Seen in both"});
    world.sim.control().update(&customer, &changes).unwrap();
    world.sim.control().reset_requests();
    // Asked in the second, carried out by the first.
    there.check_now().await.unwrap();
    until("the first asks", || {
        has_name(&there, &customer, "Seen in both")
    })
    .await;
    assert_eq!(polls(&world), 1);
    assert!(!here.sync_health().await.unwrap().polling.elsewhere);
}

/// What no event told of: a row that is wrong here, and one that Stripe never had.
async fn disturb(workspace: &Workspace, customer: &str) {
    let writer = &workspace.store().writer;
    sqlx::query("UPDATE customers SET name = 'Wrong', hash = x'00' WHERE id = ?")
        .bind(customer)
        .execute(writer)
        .await
        .unwrap();
    sqlx::query("INSERT INTO customers (id, asked_at) VALUES ('cus_never', 1)")
        .execute(writer)
        .await
        .unwrap();
}

async fn stands(workspace: &Workspace, customer: &str) -> bool {
    sqlx::query_scalar("SELECT count(*) > 0 FROM customers WHERE id = ? AND deleted = 0")
        .bind(customer)
        .fetch_one(&workspace.store().reader)
        .await
        .unwrap()
}

#[tokio::test]
async fn at_night_differences_are_found_repaired_and_reported() {
    let now = Utc::now();
    let watch = Watch::at(now);
    let world = World::with(stripe_sim::Options::default(), watch.clock()).await;
    world.fill().await;
    let mut poller = Poller::new(&world.workspace);
    poller.turn().await.unwrap();
    let customer = world.listed(&resource::CUSTOMERS).await.swap_remove(0);
    disturb(&world.workspace, &customer).await;
    poller.turn().await.unwrap();
    let health = world.workspace.sync_health().await.unwrap();
    assert_eq!(health.comparisons, [], "everything was read only just now");

    watch.set(now + TimeDelta::hours(37));
    poller.turn().await.unwrap();
    let health = world.workspace.sync_health().await.unwrap();
    let [nightly] = &health.comparisons[..] else {
        panic!("{:?}", health.comparisons)
    };
    assert_eq!(nightly.kind, ComparisonKind::Nightly);
    assert_eq!(
        (nightly.added, nightly.changed, nightly.gone),
        (0, 1, 1),
        "{nightly:?}"
    );
    assert_eq!(
        nightly.words,
        "Repaired 2 differences: 1 changed in Stripe, 1 gone from Stripe."
    );
    assert!(nightly.requests > 0);
    assert!(!has_name(&world.workspace, &customer, "Wrong").await);
    assert!(!stands(&world.workspace, "cus_never").await);

    poller.turn().await.unwrap();
    let health = world.workspace.sync_health().await.unwrap();
    assert_eq!(health.comparisons.len(), 1, "once is enough for a night");
}

/// Polls alone come to more than a small agency's allowance, and slow down by themselves; a night's
/// handful of questions is not what has to go.
#[tokio::test]
async fn a_small_agency_whose_polls_use_the_allowance_up_is_compared_all_the_same() {
    let now = Utc::now();
    let watch = Watch::at(now);
    let world = World::with(stripe_sim::Options::default(), watch.clock()).await;
    world.fill().await;
    let reads = portico_core::stripe::Reads::default();
    reads
        .other
        .store(100_000, std::sync::atomic::Ordering::Relaxed);
    let store = world.workspace.store();
    sync::note_reads(store, &reads).await.unwrap();
    let mut poller = Poller::new(&world.workspace);
    watch.set(now + TimeDelta::hours(37));
    poller.turn().await.unwrap();
    let allowance = world.workspace.allowance().await.unwrap();
    assert!(sync::stretch(&allowance) > 1, "{allowance:?}");
    let health = world.workspace.sync_health().await.unwrap();
    assert_eq!(health.comparisons.len(), 1, "{allowance:?}");
    assert_eq!(health.comparisons[0].kind, ComparisonKind::Nightly);

    watch.set(now + TimeDelta::days(8));
    poller.turn().await.unwrap();
    until("everything is compared", || async {
        let health = world.workspace.sync_health().await.unwrap();
        let newest = &health.comparisons[0];
        newest.kind == ComparisonKind::Full && newest.ended_at.is_some()
    })
    .await;
}

/// A terminal that follows Stripe for weeks is never left, but nobody sits at it at night.
#[tokio::test]
async fn a_terminal_that_follows_stripe_compares_at_night() {
    let now = Utc::now();
    let watch = Watch::at(now);
    let world = World::with(stripe_sim::Options::default(), watch.clock()).await;
    world.fill().await;
    let mut compared_at = Vec::new();
    for hour in 0..24 {
        watch.set(now + TimeDelta::hours(13 + hour));
        let before = world.workspace.sync_health().await.unwrap().comparisons;
        let polled = |turn| match turn {
            Turn::Polled(_) => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        };
        world.core.watch(&world.workspace, polled).await.unwrap();
        let after = world.workspace.sync_health().await.unwrap().comparisons;
        if after.len() > before.len() {
            let zone = world.workspace.time_zone();
            let at = world.workspace.clock().now().with_timezone(&zone);
            compared_at.push(at.hour());
        }
    }
    assert!(!compared_at.is_empty());
    assert!(
        compared_at.iter().all(|hour| (1..5).contains(hour)),
        "{compared_at:?}"
    );
}

#[tokio::test]
async fn a_person_compares_everything_and_learns_what_differed() {
    let world = World::filled().await;
    let entries = world.entries().await;
    let status = world.workspace.compare_and_wait(|_| {}).await.unwrap();
    assert_eq!(status.problem, None);
    assert_eq!(
        world.entries().await,
        entries + 1,
        "the journal knows who asked"
    );
    let customer = world.listed(&resource::CUSTOMERS).await.swap_remove(0);
    disturb(&world.workspace, &customer).await;
    world.workspace.compare_and_wait(|_| {}).await.unwrap();
    let health = world.workspace.sync_health().await.unwrap();
    let words: Vec<&str> = health
        .comparisons
        .iter()
        .map(|comparison| comparison.words.as_str())
        .collect();
    assert_eq!(
        words,
        [
            "Repaired 2 differences: 1 changed in Stripe, 1 gone from Stripe.",
            "Everything that was listed is as Stripe has it."
        ]
    );
    assert!(health.comparisons.iter().all(|one| one.ended_at.is_some()));
    for resource in &health.resources {
        // Payment methods are listed customer by customer.
        let listed = resource.listed_at.is_some() || resource.name == "payment_methods";
        assert!(listed, "{resource:?}");
    }
}

#[tokio::test]
async fn the_mirror_is_rebuilt_and_what_people_did_stays() {
    let world = World::filled().await;
    let before = world.all().await;
    let client = before[0].id.clone();
    portico_core::clients::write_note(&world.workspace, &client, "Calls on Mondays".into())
        .await
        .unwrap();
    let customer = world.listed(&resource::CUSTOMERS).await.swap_remove(0);
    disturb(&world.workspace, &customer).await;
    world.workspace.rebuild_mirror().await.unwrap();
    until("it is whole again", || async {
        !world.workspace.is_filling()
    })
    .await;
    let ids = |rows: &[portico_core::clients::ClientRow]| -> Vec<String> {
        rows.iter().map(|row| row.id.to_string()).collect()
    };
    assert_eq!(ids(&world.all().await), ids(&before));
    assert!(!stands(&world.workspace, "cus_never").await);
    assert!(!has_name(&world.workspace, &customer, "Wrong").await);
    assert_eq!(world.page(&client).await.notes.len(), 1);
    world.workspace.check_now().await.unwrap();
    let freshness = world.workspace.freshness().await.unwrap();
    assert_eq!(freshness.level, FreshnessLevel::Fresh, "{freshness:?}");
}

#[tokio::test]
async fn the_words_say_how_fresh_it_is() {
    let now = Utc::now();
    let watch = Watch::at(now);
    let world = World::with(stripe_sim::Options::default(), watch.clock()).await;
    let words = async |workspace: &Arc<Workspace>| workspace.freshness().await.unwrap().words;
    assert_eq!(
        words(&world.workspace).await,
        "Nothing has been read from Stripe yet"
    );
    world.fill().await;
    world.workspace.check_now().await.unwrap();
    assert_eq!(
        words(&world.workspace).await,
        "Up to date, checked just now"
    );
    watch.set(now + TimeDelta::seconds(20));
    assert_eq!(
        words(&world.workspace).await,
        "Up to date, checked less than a minute ago"
    );
    watch.set(now + TimeDelta::hours(3));
    assert_eq!(words(&world.workspace).await, "Checked 3 hours ago");
    world
        .core
        .remove_key(&world.workspace.store().workspace)
        .await
        .unwrap();
    assert_eq!(
        words(&world.workspace).await,
        "Stripe cannot be asked: there is no key on this computer"
    );
}
