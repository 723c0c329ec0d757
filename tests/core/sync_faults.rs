//! Filling the mirror while Stripe, the network or the key fail.

use crate::agency::{Agency, assert_same, client, only, quick};
use portico_core::{
    Clock,
    db::BackgroundLock,
    stripe::{ApiBase, Client, Key, Pace},
    sync::{self, Mode, Outcome, ResourceState, SyncPhase},
};
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::json;
use std::sync::{Arc, Mutex};
use stripe_sim::Fault;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

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
    client(&agency.sim, agency.sim.secret_key(), Pace::UNLIMITED, clock)
}

#[tokio::test]
async fn through_storms_it_is_whole_or_says_what_is_not() {
    let expected = Agency::undisturbed(150).await.mirror().await;
    for percent in [5, 40] {
        let agency = Agency::of(150).await;
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
        assert_same(&agency.mirror().await, &expected, &format!("{percent} %"));
    }
}

#[tokio::test]
async fn when_nothing_comes_through_it_says_so_and_resumes_when_stripe_is_back() {
    let agency = Agency::of(60).await;
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
    let (invoices, message) = agency.state("invoices").await;
    assert_eq!(invoices, ResourceState::Failed);
    assert!(message.unwrap().contains("temporarily unavailable"));
    assert_eq!(agency.state("customers").await.0, ResourceState::Done);
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
    agency.assert_whole(&agency.client()).await;
}

#[tokio::test]
async fn with_stripe_gone_it_stops_at_once_and_resumes_by_itself() {
    let agency = Agency::of(150).await;
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
    agency.assert_whole(&agency.client()).await;
}

#[tokio::test]
async fn what_the_key_may_not_read_is_shown_and_read_with_another_key() {
    let agency = Agency::of(60).await;
    let little = agency.restricted(
        "rak_customer_read,rak_subscription_read,rak_product_read,rak_event_read,rak_plan_read",
    );
    assert_eq!(agency.fill(&little, Mode::Fresh).await, Outcome::Complete);
    let (invoices, message) = agency.state("invoices").await;
    assert_eq!(invoices, ResourceState::NotPermitted);
    assert!(message.unwrap().contains("rak_invoice_read"));
    let (customers, message) = agency.state("customers").await;
    assert_eq!(customers, ResourceState::Done);
    assert!(message.unwrap().contains("rak_payment_method_read"));
    let (_, message) = agency.state("subscriptions").await;
    let message = message.unwrap();
    assert_eq!(
        message,
        "Some details are left out: the key lacks “Payment methods: read” (rak_payment_method_read) and “Coupons: read” (rak_coupon_read). Grant this to the key in Stripe; Settings shows what the key may do."
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
    assert_same(
        &agency.mirror().await,
        &Agency::undisturbed(60).await.mirror().await,
        "read with another key",
    );
    assert_eq!(agency.state("customers").await, (ResourceState::Done, None));
    assert_eq!(agency.state("invoices").await, (ResourceState::Done, None));
}

#[tokio::test]
async fn a_key_that_is_refused_in_the_middle_stops_it() {
    let agency = Agency::of(150).await;
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
    let client = client(&agency.sim, &secret, Pace::UNLIMITED, Clock::system());
    assert_eq!(agency.fill(&client, Mode::Resume).await, Outcome::Complete);
    agency.assert_whole(&client).await;
}

/// Stripe's list of three customers, of which the one that ended the first page is deleted before
/// the second is asked for. Every other list is empty.
async fn losing_a_customer() -> ApiBase {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let customer =
        |id: &str, created: i64| json!({"id": id, "object": "customer", "created": created});
    let answer = move |request: &str| {
        if !request.starts_with("GET /v1/customers?") {
            (
                200,
                json!({"object": "list", "data": [], "has_more": false}),
            )
        } else if request.contains("starting_after=cus_2") {
            let gone = json!({"code": "resource_missing", "param": "starting_after", "message": "No such customer: 'cus_2'"});
            (400, json!({"error": gone}))
        } else if request.contains("created%5Blte%5D=200") {
            (
                200,
                json!({"object": "list", "data": [customer("cus_1", 100)], "has_more": false}),
            )
        } else if request.contains("created%5Blt%5D=") {
            (
                200,
                json!({"object": "list", "data": [], "has_more": false}),
            )
        } else {
            let both = [customer("cus_3", 300), customer("cus_2", 200)];
            (
                200,
                json!({"object": "list", "data": both, "has_more": true}),
            )
        }
    };
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = vec![0; 8192];
            let length = socket.read(&mut request).await.unwrap();
            let (status, body) = answer(&String::from_utf8_lossy(&request[..length]));
            let body = body.to_string();
            let answer = format!(
                "HTTP/1.1 {status} Stripe\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
            socket.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    ApiBase::parse(&url).unwrap()
}

#[tokio::test]
async fn a_list_goes_on_after_the_object_it_stood_at_was_deleted() {
    let agency = Agency::of(5).await;
    let key = Key::parse(agency.sim.secret_key()).unwrap();
    let base = losing_a_customer().await;
    let client = Client::with_timing(base, key, Pace::UNLIMITED, Clock::system(), quick()).unwrap();
    assert_eq!(agency.fill(&client, Mode::Fresh).await, Outcome::Complete);
    let ids: Vec<String> = agency
        .rows("customers")
        .await
        .into_iter()
        .map(|(id, _)| id)
        .collect();
    assert_eq!(ids, ["cus_1", "cus_2", "cus_3"]);
}

/// The same key, whose permissions somebody changed in the Dashboard.
#[tokio::test]
async fn a_permission_that_appears_is_noticed_and_only_what_it_lacked_is_read() {
    let agency = Agency::of(60).await;
    let little =
        "rak_customer_read,rak_subscription_read,rak_product_read,rak_event_read,rak_plan_read";
    let client = agency.restricted(little);
    agency.fill(&client, Mode::Fresh).await;
    let retry = async || {
        let lock = BackgroundLock::try_acquire(&agency.store.folder).unwrap();
        sync::retry_lacking(&agency.store, &client, Arc::new(lock.unwrap()))
            .await
            .unwrap()
    };
    assert!(retry().await.is_none(), "nothing was granted");
    let status = sync::status(&agency.store).await.unwrap();
    assert_eq!(status.phase, SyncPhase::Complete);

    let more = format!("{little},rak_invoice_read,rak_coupon_read,rak_payment_method_read");
    agency.sim.control().set_permissions(only(&more));
    agency.sim.control().reset_requests();
    let outcome = retry().await.unwrap().ended().await;
    assert_eq!(outcome, Outcome::Complete);
    for name in ["invoices", "customers", "subscriptions", "coupons"] {
        assert_eq!(
            agency.state(name).await,
            (ResourceState::Done, None),
            "{name}"
        );
        assert!(!agency.rows(name).await.is_empty(), "{name}");
    }
    assert_eq!(agency.state("charges").await.0, ResourceState::NotPermitted);
    let asked = agency.sim.control().request_counts();
    assert!(!asked.contains_key("GET /v1/products"), "{asked:?}");
    assert!(retry().await.is_none());
}

/// Also where several readers wait for each other.
#[tokio::test]
async fn a_mirror_that_cannot_be_written_ends_the_filling_with_its_reason() {
    let agency = Agency::of(150).await;
    sqlx::query("DROP TABLE invoices")
        .execute(&agency.store.writer)
        .await
        .unwrap();
    let outcome = agency.fill(&agency.client(), Mode::Fresh).await;
    assert!(
        matches!(&outcome, Outcome::Unfinished(why) if why.contains("invoices")),
        "{outcome:?}"
    );
}
