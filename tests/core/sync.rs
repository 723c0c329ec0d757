//! Filling the mirror: whole or visibly not, wherever it is interrupted.

use crate::agency::{Agency, assert_same};
use portico_core::{
    Error,
    events::Topic,
    stripe::Params,
    sync::{self, Mode, Outcome, ResourceState, SyncPhase},
};
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::collections::BTreeSet;
use stripe_sim::Fault;

#[tokio::test]
async fn a_filling_brings_everything() {
    let agency = Agency::of(400).await;
    assert_eq!(
        sync::status(&agency.store).await.unwrap().phase,
        SyncPhase::Never
    );
    let mut changes = agency.store.announcer.subscribe();
    let outcome = agency.fill(&agency.client(), Mode::Fresh).await;
    assert_eq!(outcome, Outcome::Complete);
    let requests = agency.sim.control().requests();
    agency.assert_whole(&agency.client()).await;

    let status = sync::status(&agency.store).await.unwrap();
    assert_eq!(status.phase, SyncPhase::Complete);
    assert!(status.completed_at.is_some());
    assert_eq!(status.requests as usize, requests.len());
    for resource in &status.resources {
        assert_eq!(resource.state, ResourceState::Done, "{}", resource.name);
        assert_eq!(
            resource.rows as usize,
            agency.rows(&resource.name).await.len(),
            "{}",
            resource.name
        );
    }
    assert_eq!(
        requests[0].path, "/v1/events",
        "the newest event comes first"
    );
    let splits: i64 =
        sqlx::query_scalar("SELECT count(*) FROM fill_ranges WHERE resource = 'invoices'")
            .fetch_one(&agency.store.reader)
            .await
            .unwrap();
    assert!(splits > 1, "the longest list was read by several readers");
    let cost = sync::cost(&agency.store).await.unwrap();
    assert!(cost.requests as usize <= requests.len());
    assert!(
        requests.len() < 2 * cost.requests as usize,
        "{} requests, {} would do",
        requests.len(),
        cost.requests
    );
    assert!(cost.words.contains(&cost.requests.to_string()));

    let mut told = BTreeSet::new();
    while !told.contains(&Topic::Sync) {
        told.extend(changes.next().await.unwrap().topics);
    }
}

#[tokio::test]
async fn the_newest_event_is_known_before_the_first_list() {
    let agency = Agency::of(20).await;
    let newest = agency
        .client()
        .list_page("/v1/events", &Params::new())
        .await
        .unwrap();
    agency.fill(&agency.client(), Mode::Fresh).await;
    let (event, time): (Option<String>, Option<i64>) =
        sqlx::query_as("SELECT newest_event, newest_event_time FROM sync_state")
            .fetch_one(&agency.store.reader)
            .await
            .unwrap();
    assert_eq!(event.as_deref(), newest.objects[0]["id"].as_str());
    assert!(time.is_some());
}

#[tokio::test]
async fn cancelled_at_any_point_it_resumes_to_the_same() {
    let expected = Agency::undisturbed(150).await.mirror().await;
    let whole = {
        let agency = Agency::of(150).await;
        agency.fill(&agency.client(), Mode::Fresh).await;
        agency.sim.control().requests().len()
    };
    let mut agency = Agency::of(150).await;
    let mut rng = StdRng::seed_from_u64(7);
    let mut interrupted = 0;
    loop {
        agency.sim.control().reset_requests();
        let stop_after = rng.random_range(1..=whole);
        let filling = agency.start(&agency.client(), Mode::Resume).await;
        while agency.sim.control().requests().len() < stop_after && !filling.has_ended() {
            tokio::task::yield_now().await;
        }
        filling.cancel();
        let outcome = filling.ended().await;
        agency.reopen().await;
        let phase = sync::status(&agency.store).await.unwrap().phase;
        if outcome == Outcome::Complete {
            assert_eq!(phase, SyncPhase::Complete);
            break;
        }
        assert_eq!(outcome, Outcome::Unfinished(Error::Cancelled.to_string()));
        assert_ne!(phase, SyncPhase::Complete);
        assert_ne!(phase, SyncPhase::Running);
        interrupted += 1;
        assert!(interrupted < 200, "it comes no further");
    }
    assert!(interrupted > 1);
    assert_same(&agency.mirror().await, &expected, "resumed");
}

#[tokio::test]
async fn what_was_deleted_in_stripe_is_buried_after_a_whole_listing() {
    let agency = Agency::of(60).await;
    let client = agency.client();
    agency.fill(&client, Mode::Fresh).await;
    let (gone, _) = agency.rows("customers").await.swap_remove(7);
    agency.sim.control().delete(&gone).unwrap();
    assert!(
        agency
            .rows("customers")
            .await
            .iter()
            .any(|(id, _)| *id == gone)
    );
    assert_eq!(agency.fill(&client, Mode::Fresh).await, Outcome::Complete);
    assert!(
        !agency
            .rows("customers")
            .await
            .iter()
            .any(|(id, _)| *id == gone)
    );
    agency.assert_whole(&agency.client()).await;
    let asked = agency.sim.control().request_counts();
    let mut by_id = asked
        .keys()
        .filter(|call| call.starts_with("GET /v1/customers/"));
    assert_eq!(by_id.next(), Some(&format!("GET /v1/customers/{gone}")));
    assert_eq!(by_id.next(), None, "only what was missing is asked for");
}

#[tokio::test]
async fn while_a_list_keeps_it_waiting_clients_are_shown_and_the_deleted_are_found() {
    let agency = Agency::of(150).await;
    let params = Params::new().with("status", "all");
    let client = agency.client();
    let subscriptions = client.list_page("/v1/subscriptions", &params).await;
    let gone = subscriptions.unwrap().objects[0]["customer"].clone();
    let gone = gone.as_str().unwrap();
    let control = agency.sim.control();
    control.delete(gone).unwrap();
    control.outage(Fault::Hang, Some("/v1/invoices"));
    let mut changes = agency.store.announcer.subscribe();
    let filling = agency.start(&agency.client(), Mode::Fresh).await;
    let plans = "SELECT count(*) FROM client_row WHERE plan <> ''";
    let found = "SELECT count(*) FROM customers WHERE deleted = 1 AND id = ?";
    loop {
        let reader = &agency.store.reader;
        let plans: i64 = sqlx::query_scalar(plans).fetch_one(reader).await.unwrap();
        let found: i64 = sqlx::query_scalar(found)
            .bind(gone)
            .fetch_one(reader)
            .await
            .unwrap();
        if plans > 0 && found > 0 {
            break;
        }
        assert!(!filling.has_ended(), "{plans} plans, {found} found");
        changes.next().await.unwrap();
    }
    filling.cancel();
    let outcome = filling.ended().await;
    assert_eq!(outcome, Outcome::Unfinished(Error::Cancelled.to_string()));

    control.end_outage();
    assert_eq!(
        agency.fill(&agency.client(), Mode::Resume).await,
        Outcome::Complete
    );
    agency.assert_whole(&agency.client()).await;
}
