//! Filling the mirror: whole or visibly not, whatever happens in between.

use crate::agency::{Agency, client, listed};
use portico_core::{
    Clock, Error,
    db::BackgroundLock,
    events::Topic,
    stripe::{Client, Pace, listing::Reading, resource},
    sync::{self, Mode, Outcome, ResourceState, SyncPhase},
};
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::sync::{Arc, Mutex};
use stripe_sim::{Fault, Options};

/// Enough customers that lists are split, few enough to be read in a moment.
async fn agency_of(customers: u32) -> Agency {
    Agency::open(Options {
        customers,
        ..Options::default()
    })
    .await
}

async fn state(agency: &Agency, name: &str) -> (ResourceState, Option<String>) {
    let status = sync::status(&agency.store).await.unwrap();
    let resource = status.resources.into_iter().find(|r| r.name == name);
    let resource = resource.unwrap();
    (resource.state, resource.message)
}

/// The mirror has exactly what reading every list page by page shows.
async fn assert_whole(agency: &Agency, client: &Client) {
    for resource in resource::LISTED {
        let expected = listed(client, &Reading::of(resource).unwrap()).await;
        let mirrored: Vec<String> = agency
            .rows(resource.name)
            .await
            .into_iter()
            .map(|(id, _)| id)
            .collect();
        assert_eq!(mirrored, expected, "{}", resource.name);
    }
}

/// Another agency that reads the same simulated Stripe without disturbance, to compare contents with.
async fn undisturbed(customers: u32) -> Agency {
    let agency = agency_of(customers).await;
    let outcome = agency.fill(&agency.client(), Mode::Fresh).await;
    assert_eq!(outcome, Outcome::Complete);
    agency
}

#[tokio::test]
async fn a_filling_brings_everything() {
    let agency = agency_of(400).await;
    assert_eq!(
        sync::status(&agency.store).await.unwrap().phase,
        SyncPhase::Never
    );
    let mut changes = agency.store.announcer.subscribe();
    let outcome = agency.fill(&agency.client(), Mode::Fresh).await;
    assert_eq!(outcome, Outcome::Complete);
    let requests = agency.sim.control().requests();
    assert_whole(&agency, &agency.client()).await;

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

    let mut told = std::collections::BTreeSet::new();
    while !told.contains(&Topic::Sync) {
        told.extend(changes.next().await.unwrap().topics);
    }
}

#[tokio::test]
async fn the_newest_event_is_known_before_the_first_list() {
    let agency = agency_of(20).await;
    let newest = agency
        .client()
        .list_page("/v1/events", &portico_core::stripe::Params::new())
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
    let expected = undisturbed(150).await.mirror().await;
    let whole = {
        let agency = agency_of(150).await;
        agency.fill(&agency.client(), Mode::Fresh).await;
        agency.sim.control().requests().len()
    };
    let mut agency = agency_of(150).await;
    let mut rng = StdRng::seed_from_u64(7);
    let mut interrupted = 0;
    loop {
        agency.sim.control().reset_requests();
        let stop_after = rng.random_range(1..=whole / 3);
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
    assert_eq!(agency.mirror().await, expected);
}

/// A client whose every request meets a fault with this probability.
fn stormy(agency: &Agency, percent: u32) -> Client {
    let control = agency.sim.control();
    let rng = Mutex::new(StdRng::seed_from_u64(7));
    // The clock is read just before each request is sent.
    let clock = Clock::from_fn(move || {
        let mut rng = rng.lock().unwrap();
        if rng.random_range(0..100) < percent {
            let faults = [
                Fault::Status(500),
                Fault::Status(503),
                Fault::Status(429),
                Fault::Cut,
                Fault::Drop,
                Fault::LoseAnswer,
            ];
            control.fail_next(1, faults[rng.random_range(0..faults.len())]);
        }
        chrono::Utc::now()
    });
    client(&agency.sim, agency.sim.secret_key(), Pace::Full, clock)
}

#[tokio::test]
async fn through_storms_it_is_whole_or_says_what_is_not() {
    let expected = undisturbed(150).await.mirror().await;
    for percent in [5, 40] {
        let agency = agency_of(150).await;
        let client = stormy(&agency, percent);
        let mut mode = Mode::Fresh;
        loop {
            let outcome = agency.fill(&client, mode).await;
            let status = sync::status(&agency.store).await.unwrap();
            if outcome == Outcome::Complete {
                assert_eq!((status.phase, status.problem), (SyncPhase::Complete, None));
                break;
            }
            assert_ne!(status.phase, SyncPhase::Complete);
            assert!(status.problem.is_some());
            mode = Mode::Resume;
        }
        assert_eq!(agency.mirror().await, expected, "{percent} %");
    }
}

#[tokio::test]
async fn when_nothing_comes_through_it_says_so_and_resumes_when_stripe_is_back() {
    let agency = agency_of(60).await;
    let client = agency.client();
    agency
        .sim
        .control()
        .fail_next_on("/v1/", 100_000, Fault::Status(503));
    let outcome = agency.fill(&client, Mode::Fresh).await;
    assert!(
        matches!(&outcome, Outcome::Unfinished(why) if why.contains("temporarily unavailable")),
        "{outcome:?}"
    );
    agency.sim.control().clear_faults();
    assert_eq!(
        sync::status(&agency.store).await.unwrap().phase,
        SyncPhase::Never
    );

    agency
        .sim
        .control()
        .fail_next_on("/v1/invoices", 100_000, Fault::Status(503));
    let outcome = agency.fill(&client, Mode::Resume).await;
    assert!(
        matches!(&outcome, Outcome::Unfinished(why) if why.starts_with("Invoices: ")),
        "{outcome:?}"
    );
    let (invoices, message) = state(&agency, "invoices").await;
    assert_eq!(invoices, ResourceState::Failed);
    assert!(message.unwrap().contains("temporarily unavailable"));
    assert_eq!(state(&agency, "customers").await.0, ResourceState::Done);
    let status = sync::status(&agency.store).await.unwrap();
    assert_eq!(status.phase, SyncPhase::Unfinished);

    agency.sim.control().clear_faults();
    agency.sim.control().reset_requests();
    assert_eq!(agency.fill(&client, Mode::Resume).await, Outcome::Complete);
    let again = agency.sim.control().request_counts();
    assert!(
        !again.contains_key("GET /v1/customers"),
        "what was read is not read again"
    );
    assert_whole(&agency, &agency.client()).await;
}

#[tokio::test]
async fn with_stripe_gone_it_stops_at_once_and_resumes_by_itself() {
    let agency = agency_of(150).await;
    let client = agency.client();
    let filling = agency.start(&client, Mode::Fresh).await;
    while agency.sim.control().requests().len() < 5 {
        tokio::task::yield_now().await;
    }
    agency.sim.control().fail_next(100_000, Fault::Drop);
    let outcome = filling.ended().await;
    assert!(
        matches!(&outcome, Outcome::Unfinished(why) if why.contains("could not be reached")),
        "{outcome:?}"
    );
    agency.sim.control().clear_faults();
    assert_eq!(agency.fill(&client, Mode::Resume).await, Outcome::Complete);
    assert_whole(&agency, &agency.client()).await;
}

#[tokio::test]
async fn what_the_key_may_not_read_is_shown_and_read_with_another_key() {
    let agency = agency_of(60).await;
    let little = agency.restricted(
        "rak_customer_read,rak_subscription_read,rak_product_read,rak_event_read,rak_plan_read",
    );
    assert_eq!(agency.fill(&little, Mode::Fresh).await, Outcome::Complete);
    let (invoices, message) = state(&agency, "invoices").await;
    assert_eq!(invoices, ResourceState::NotPermitted);
    assert!(message.unwrap().contains("rak_invoice_read"));
    let (customers, message) = state(&agency, "customers").await;
    assert_eq!(customers, ResourceState::Done);
    assert!(message.unwrap().contains("rak_payment_method_read"));
    let (_, message) = state(&agency, "subscriptions").await;
    let message = message.unwrap();
    assert!(
        message.contains("rak_payment_method_read and rak_coupon_read"),
        "{message}"
    );
    assert!(agency.rows("payment_methods").await.is_empty());
    assert!(!agency.rows("subscriptions").await.is_empty());

    agency.sim.control().reset_requests();
    assert_eq!(agency.fill(&little, Mode::Resume).await, Outcome::Complete);
    assert!(
        agency.sim.control().requests().is_empty(),
        "the same key may still not read it"
    );

    assert_eq!(
        agency.fill(&agency.client(), Mode::Resume).await,
        Outcome::Complete
    );
    let read = agency.sim.control().request_counts();
    assert!(
        !read.contains_key("GET /v1/products"),
        "what was whole is not read again"
    );
    assert_eq!(agency.mirror().await, undisturbed(60).await.mirror().await);
    assert_eq!(
        state(&agency, "customers").await,
        (ResourceState::Done, None)
    );
    assert_eq!(
        state(&agency, "invoices").await,
        (ResourceState::Done, None)
    );
}

#[tokio::test]
async fn a_key_that_is_refused_in_the_middle_stops_it() {
    let agency = agency_of(150).await;
    let filling = agency.start(&agency.client(), Mode::Fresh).await;
    while agency.sim.control().requests().len() < 4 {
        tokio::task::yield_now().await;
    }
    let (secret, _) = agency.sim.control().roll_keys();
    let outcome = filling.ended().await;
    assert!(
        matches!(&outcome, Outcome::Unfinished(why) if why.contains("Stripe refused the key")),
        "{outcome:?}"
    );
    assert_eq!(
        sync::status(&agency.store).await.unwrap().phase,
        SyncPhase::Unfinished
    );
    let client = client(&agency.sim, &secret, Pace::Full, Clock::system());
    assert_eq!(agency.fill(&client, Mode::Resume).await, Outcome::Complete);
    assert_whole(&agency, &client).await;
}

#[tokio::test]
async fn what_was_deleted_in_stripe_is_buried_after_a_whole_listing() {
    let agency = agency_of(60).await;
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
    assert_whole(&agency, &agency.client()).await;
    let asked = agency.sim.control().request_counts();
    let mut by_id = asked
        .keys()
        .filter(|call| call.starts_with("GET /v1/customers/"));
    assert_eq!(by_id.next(), Some(&format!("GET /v1/customers/{gone}")));
    assert_eq!(by_id.next(), None, "only what was missing is asked for");
}

#[tokio::test]
async fn a_client_is_refreshed_alone() {
    let agency = agency_of(60).await;
    let client = agency.client();
    agency.fill(&client, Mode::Fresh).await;
    let payer: String = sqlx::query_scalar(
        "SELECT payer FROM subscriptions WHERE payer LIKE 'cus_%' ORDER BY id LIMIT 1",
    )
    .fetch_one(&agency.store.reader)
    .await
    .unwrap();
    let control = agency.sim.control();
    control
        .update(&payer, &serde_json::json!({"name": "Renamed in Stripe"}))
        .unwrap();
    control.reset_requests();
    sync::refresh_client(&agency.store, &client, std::slice::from_ref(&payer))
        .await
        .unwrap();
    assert!(control.requests().len() <= 4);
    let name: String = sqlx::query_scalar("SELECT name FROM customers WHERE id = ?")
        .bind(&payer)
        .fetch_one(&agency.store.reader)
        .await
        .unwrap();
    assert_eq!(name, "Renamed in Stripe");

    control.delete(&payer).unwrap();
    sync::refresh_client(&agency.store, &client, std::slice::from_ref(&payer))
        .await
        .unwrap();
    assert!(
        !agency
            .rows("customers")
            .await
            .iter()
            .any(|(id, _)| *id == payer)
    );
    let running: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM subscriptions WHERE payer = ? AND status <> 'canceled' AND status <> 'incomplete_expired'",
    )
    .bind(&payer)
    .fetch_one(&agency.store.reader)
    .await
    .unwrap();
    assert_eq!(running, 0);
}

#[tokio::test]
async fn an_accounts_v2_client_is_refreshed_by_its_account() {
    let agency = agency_of(400).await;
    let client = agency.client();
    agency.fill(&client, Mode::Fresh).await;
    let (customer, account): (String, String) = sqlx::query_as(
        "SELECT id, account FROM customers WHERE account IN (SELECT payer FROM invoices) ORDER BY id LIMIT 1",
    )
    .fetch_one(&agency.store.reader)
    .await
    .unwrap();
    let control = agency.sim.control();
    control
        .update(
            &customer,
            &serde_json::json!({"name": "Renamed by account"}),
        )
        .unwrap();
    sync::refresh_client(&agency.store, &client, std::slice::from_ref(&account))
        .await
        .unwrap();
    let name: String = sqlx::query_scalar("SELECT name FROM customers WHERE id = ?")
        .bind(&customer)
        .fetch_one(&agency.store.reader)
        .await
        .unwrap();
    assert_eq!(name, "Renamed by account");
    let gone: i64 =
        sqlx::query_scalar("SELECT count(*) FROM invoices WHERE payer = ? AND deleted = 1")
            .bind(&account)
            .fetch_one(&agency.store.reader)
            .await
            .unwrap();
    assert_eq!(gone, 0);
}

#[tokio::test]
async fn a_detached_card_goes_with_a_refresh() {
    let agency = agency_of(60).await;
    let client = agency.client();
    agency.fill(&client, Mode::Fresh).await;
    let (card, payer): (String, String) = sqlx::query_as(
        "SELECT id, payer FROM payment_methods WHERE payer LIKE 'cus_%' ORDER BY id LIMIT 1",
    )
    .fetch_one(&agency.store.reader)
    .await
    .unwrap();
    client
        .post(
            &format!("/v1/payment_methods/{card}/detach"),
            &portico_core::stripe::Params::new(),
            "detach-1",
        )
        .await
        .unwrap();
    sync::refresh_client(&agency.store, &client, std::slice::from_ref(&payer))
        .await
        .unwrap();
    // The subscription may still name the card, which now belongs to nobody.
    let kept: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM payment_methods WHERE id = ? AND payer = ? AND deleted = 0",
    )
    .bind(&card)
    .bind(&payer)
    .fetch_one(&agency.store.reader)
    .await
    .unwrap();
    assert_eq!(kept, 0);
}

#[tokio::test]
async fn one_filling_at_a_time() {
    let agency = agency_of(20).await;
    let client = agency.client();
    agency.sim.control().fail_next(1, Fault::Hang);
    let filling = agency.start(&client, Mode::Fresh).await;
    let lock = BackgroundLock::try_acquire(&agency.store.folder).unwrap();
    assert!(lock.is_none(), "the filling holds the lock");
    assert_eq!(
        sync::status(&agency.store).await.unwrap().phase,
        SyncPhase::Running
    );
    filling.cancel();
    filling.ended().await;
    let lock = BackgroundLock::try_acquire(&agency.store.folder).unwrap();
    let lock = Arc::new(lock.expect("the lock is free again"));
    agency.sim.control().fail_next(1, Fault::Hang);
    let first = sync::start(&agency.store, &client, Mode::Fresh, Arc::clone(&lock))
        .await
        .unwrap();
    let second = sync::start(&agency.store, &client, Mode::Fresh, lock).await;
    assert!(matches!(second, Err(Error::Conflict(_))));
    first.cancel();
    first.ended().await;
}

/// What a process that was killed left behind is not taken for a running filling.
#[tokio::test]
async fn a_dead_process_does_not_count_as_running() {
    let agency = agency_of(20).await;
    sqlx::query("UPDATE sync_state SET running = 1, process = 4194304, started_at = 1")
        .execute(&agency.store.writer)
        .await
        .unwrap();
    assert_eq!(
        sync::status(&agency.store).await.unwrap().phase,
        SyncPhase::Unfinished
    );
    let held = BackgroundLock::try_acquire(&agency.store.folder).unwrap();
    assert_eq!(
        sync::status(&agency.store).await.unwrap().phase,
        SyncPhase::RunningElsewhere
    );
    drop(held);
    assert_eq!(
        agency.fill(&agency.client(), Mode::Resume).await,
        Outcome::Complete
    );
}

/// Two opened stores of one folder stand for two processes here.
#[tokio::test]
async fn the_holder_fills_when_another_process_asks() {
    let agency = agency_of(20).await;
    let asking = async {
        let asked = sync::ask_holder(&agency.store).await.unwrap();
        let mut seen = 0;
        let status = asked.ended(&agency.store, |_| seen += 1).await.unwrap();
        assert!(seen > 0);
        status
    };
    let holding = async {
        sync::next_request(&agency.store).await.unwrap();
        agency.fill(&agency.client(), Mode::Fresh).await
    };
    let (status, outcome) = tokio::join!(asking, holding);
    assert_eq!(outcome, Outcome::Complete);
    assert!(matches!(
        status.phase,
        SyncPhase::Complete | SyncPhase::Running
    ));
}
