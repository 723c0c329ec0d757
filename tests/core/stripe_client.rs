//! The way to Stripe: what each failure is told as, what is tried again, and how fast.

use crate::agency::{client, only, quick};
use portico_core::{
    Clock, Error, links,
    stripe::{ApiBase, Client, Key, LONGEST_CALL, Pace, Params, Timing, invoices, portal},
};
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use stripe_sim::{Fault, Options, Sim};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

pub const CUSTOMERS: &str = "/v1/customers";

pub async fn sim() -> Sim {
    Sim::start(Options {
        customers: 30,
        ..Options::default()
    })
    .await
    .unwrap()
}

pub fn secret(sim: &Sim) -> Client {
    client(sim, sim.secret_key(), Pace::UNLIMITED, Clock::system())
}

pub fn asked(sim: &Sim) -> usize {
    sim.control().requests().len()
}

pub async fn list(client: &Client) -> Result<usize, Error> {
    let params = Params::new().with("limit", 5);
    let page = client.list_page(CUSTOMERS, &params).await?;
    Ok(page.objects.len())
}

/// Answers every connection with these bytes; for what Stripe itself never sends.
pub async fn answering(answer: &'static str) -> ApiBase {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let _ = socket.read(&mut request).await;
            let _ = socket.write_all(answer.as_bytes()).await;
        }
    });
    ApiBase::parse(&url).unwrap()
}

async fn ask(base: ApiBase) -> Error {
    let key = Key::parse("sk_test_51HouseOfPortico0001").unwrap();
    let client = Client::with_timing(base, key, Pace::UNLIMITED, Clock::system(), quick()).unwrap();
    list(&client).await.unwrap_err()
}

#[tokio::test]
async fn a_server_error_is_tried_three_times_then_told_in_stripes_words() {
    let sim = sim().await;
    sim.control().fail_next(2, Fault::Status(503));
    assert_eq!(list(&secret(&sim)).await.unwrap(), 5);
    assert_eq!(asked(&sim), 3);

    sim.control().reset_requests();
    sim.control().fail_next(9, Fault::Status(500));
    let error = list(&secret(&sim)).await.unwrap_err();
    assert_eq!(asked(&sim), 3);
    let Error::Stripe {
        status, request_id, ..
    } = &error
    else {
        panic!("{error:?}")
    };
    assert_eq!(*status, 500);
    let id = request_id.as_deref().unwrap();
    assert!(id.starts_with("req_"));
    assert_eq!(
        error.to_string(),
        format!(
            "Stripe has a problem of its own: An unknown error occurred (request {id}). Nothing is lost; try again in a moment. If it goes on, status.stripe.com tells of outages."
        )
    );
}

#[tokio::test]
async fn the_background_is_more_patient_than_a_click() {
    let sim = sim().await;
    sim.control().fail_next(6, Fault::Status(500));
    let client = secret(&sim).in_background();
    assert_eq!(list(&client).await.unwrap(), 5);
    assert_eq!(asked(&sim), 7);
    assert_eq!(client.spent(), 7);
    assert_eq!(client.sent()["GET /v1/customers"], 7);
}

#[tokio::test]
async fn slowing_down_is_asked_for_with_its_reason() {
    let sim = sim().await;
    sim.control().fail_next(1, Fault::Status(429));
    assert_eq!(list(&secret(&sim)).await.unwrap(), 5);
    assert_eq!(asked(&sim), 2);
    sim.control().fail_next(3, Fault::Status(429));
    let error = list(&secret(&sim)).await.unwrap_err();
    assert!(
        matches!(&error, Error::RateLimited { reason } if reason == "global-concurrency"),
        "{error:?}"
    );
    assert_eq!(
        error.to_string(),
        "Stripe asks to slow down: too many requests of the account are under way at once. Wait a moment and try again."
    );
}

#[tokio::test]
async fn broken_connections_are_tried_again() {
    let sim = sim().await;
    for fault in [Fault::Drop, Fault::Cut, Fault::LoseAnswer] {
        sim.control().reset_requests();
        sim.control().fail_next(2, fault);
        assert_eq!(list(&secret(&sim)).await.unwrap(), 5, "{fault:?}");
        assert_eq!(asked(&sim), 3, "{fault:?}");
    }
    sim.control().fail_next(3, Fault::Drop);
    let error = list(&secret(&sim)).await.unwrap_err();
    assert!(
        matches!(&error, Error::Offline(why) if why.contains("broke")),
        "{error:?}"
    );
}

#[tokio::test]
async fn silence_ends_at_the_time_limit() {
    let sim = sim().await;
    sim.control().fail_next(3, Fault::Hang);
    let error = list(&secret(&sim)).await.unwrap_err();
    assert!(
        matches!(&error, Error::Offline(why) if why.contains("did not answer in time")),
        "{error:?}"
    );
    // A person sits through two silences, not three; the background is not kept from going on.
    assert_eq!(asked(&sim), 2);
    sim.control().clear_faults();
    sim.control().reset_requests();
    sim.control().fail_next(3, Fault::Hang);
    assert_eq!(list(&secret(&sim).in_background()).await.unwrap(), 5);
    assert_eq!(asked(&sim), 4);
    let click = Timing::default().click;
    assert!(click < Timing::default().whole && click * 2 < LONGEST_CALL);
    assert!(LONGEST_CALL < links::UNDER_WAY);
}

#[tokio::test]
async fn nobody_listening_is_offline() {
    let sim = sim().await;
    let client = secret(&sim);
    sim.shutdown().await;
    let error = list(&client).await.unwrap_err();
    assert!(
        matches!(&error, Error::Offline(why) if why.contains("the connection to 127.0.0.1 failed")),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_login_page_of_the_network_is_not_an_answer_and_not_asked_again() {
    let sim = sim().await;
    sim.control().fail_next(1, Fault::Html);
    let error = list(&secret(&sim)).await.unwrap_err();
    assert_eq!(asked(&sim), 1);
    assert!(
        matches!(&error, Error::UnreadableAnswer(why) if why == "HTML instead of JSON, status 200"),
        "{error:?}"
    );
}

#[tokio::test]
async fn what_is_not_stripes_json_is_named() {
    for (answer, named) in [
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello",
            "text instead of JSON, status 200",
        ),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
            "an empty body, status 200",
        ),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}",
            "it is not a list",
        ),
        (
            "HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}",
            "JSON of another shape, status 404",
        ),
        (
            "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
            "a redirect to another address, status 302",
        ),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 999\r\nconnection: close\r\n\r\n{\"object\":\"l",
            "it was cut off in the middle",
        ),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 12\r\nconnection: close\r\n\r\n{\"object\":\"l",
            "it was cut off in the middle",
        ),
    ] {
        let error = ask(answering(answer).await).await;
        assert!(
            matches!(&error, Error::UnreadableAnswer(why) if why == named),
            "{named}: {error:?}"
        );
    }
}

#[tokio::test]
async fn a_refused_key_says_so() {
    let sim = sim().await;
    let client = secret(&sim);
    sim.control().roll_keys();
    let error = list(&client).await.unwrap_err();
    assert!(
        matches!(&error, Error::KeyRefused(why) if why.contains("Expired API Key")),
        "{error:?}"
    );
    assert_eq!(asked(&sim), 1);
}

#[tokio::test]
async fn a_missing_permission_is_named() {
    let sim = sim().await;
    sim.control().set_permissions(only("rak_invoice_read"));
    let client = client(&sim, sim.restricted_key(), Pace::UNLIMITED, Clock::system());
    let error = list(&client).await.unwrap_err();
    assert!(
        matches!(&error, Error::PermissionMissing { slug, .. } if slug == "rak_customer_read"),
        "{error:?}"
    );
    assert!(error.to_string().contains(sim.account_id()));
}

#[tokio::test]
async fn a_missing_object_keeps_its_code() {
    let sim = sim().await;
    let error = invoices::retrieve(&secret(&sim), "in_1Nothing")
        .await
        .unwrap_err();
    let Error::Stripe { status, code, .. } = &error else {
        panic!("{error:?}")
    };
    assert_eq!((*status, code.as_deref()), (404, Some("resource_missing")));
    let error = invoices::retrieve(&secret(&sim), "../account")
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Invalid { field: "id", .. }));
    assert_eq!(asked(&sim), 1);
}

#[tokio::test]
async fn a_write_whose_answer_was_lost_is_done_once() {
    let sim = sim().await;
    let client = secret(&sim);
    let params = Params::new()
        .with("features[invoice_history][enabled]", true)
        .with("metadata[portico]", "once");
    sim.control().fail_next(2, Fault::LoseAnswer);
    portal::create_configuration(&client, &params, "key-1")
        .await
        .unwrap();
    let posts: Vec<_> = sim
        .control()
        .requests()
        .into_iter()
        .filter(|request| request.method == "POST")
        .map(|request| request.idempotency_key)
        .collect();
    assert_eq!(posts, vec![Some("key-1".to_owned()); 3]);
    let (all, _) = portal::active_configurations(&client).await.unwrap();
    let ours = all.iter().filter(|c| c["metadata"]["portico"] == "once");
    assert_eq!(ours.count(), 1);
}

/// The answer to a repeated POST is the first one, so it is as old as the first request.
#[tokio::test]
async fn an_answer_is_as_old_as_the_request_it_belongs_to() {
    let sim = sim().await;
    let ticks = Arc::new(AtomicI64::new(0));
    let clock = {
        let ticks = Arc::clone(&ticks);
        Clock::from_fn(move || {
            let tick = ticks.fetch_add(1000, Ordering::Relaxed);
            chrono::DateTime::from_timestamp_millis(tick).unwrap()
        })
    };
    let client = client(&sim, sim.secret_key(), Pace::UNLIMITED, clock);
    sim.control().fail_next(2, Fault::Drop);
    let page = client.list_page(CUSTOMERS, &Params::new()).await.unwrap();
    assert_eq!(page.asked_at, 2000);
    assert!(page.date.is_some());
    sim.control().fail_next(2, Fault::LoseAnswer);
    let params = Params::new().with("features[invoice_history][enabled]", true);
    let answer = portal::create_configuration(&client, &params, "key-2")
        .await
        .unwrap();
    assert_eq!(answer.asked_at, 3000);
    assert!(answer.request_id.is_some());
    assert!(!format!("{answer:?}").contains("invoice_history"));
}

#[tokio::test]
async fn every_page_of_a_list_is_followed() {
    let sim = sim().await;
    let client = secret(&sim);
    let before = portal::active_configurations(&client)
        .await
        .unwrap()
        .0
        .len();
    let params = Params::new().with("features[invoice_history][enabled]", true);
    for n in 0..101 {
        portal::create_configuration(&client, &params, &format!("page-{n}"))
            .await
            .unwrap();
    }
    let (all, _) = portal::active_configurations(&client).await.unwrap();
    assert_eq!(all.len(), before + 101);
}
