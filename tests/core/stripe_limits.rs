//! Stripe's limits: kept to, and obeyed when they are exceeded all the same.

use crate::agency::{client, quick};
use crate::stripe_client::{CUSTOMERS, answering, asked, list, secret, sim};
use portico_core::{
    Clock, Error,
    stripe::{self, Client, Key, Pace, Params, invoices},
};
use stripe_sim::{Fault, LimitReason, Limits, Options, Sim};

#[tokio::test]
async fn many_calls_at_once_stay_within_stripes_limits() {
    let sim = Sim::start(Options {
        customers: 5,
        limits: Limits::Sandbox,
        ..Options::default()
    })
    .await
    .unwrap();
    let client = client(&sim, sim.secret_key(), Pace::Polite, Clock::system()).filling();
    // More than one second's allowance, so a client without limits is refused.
    futures_util::future::join_all((0..60).map(|_| list(&client)))
        .await
        .into_iter()
        .for_each(|answer| assert!(answer.is_ok(), "{answer:?}"));
    let refused = sim
        .control()
        .requests()
        .iter()
        .filter(|r| r.status == 429)
        .count();
    assert_eq!((asked(&sim), refused), (60, 0));
}

#[tokio::test]
async fn a_click_overtakes_the_background() {
    let sim = Sim::start(Options {
        customers: 5,
        ..Options::default()
    })
    .await
    .unwrap();
    let client = client(&sim, sim.secret_key(), Pace::Polite, Clock::system());
    let background = client.filling();
    let many = futures_util::future::join_all((0..40).map(|_| list(&background)));
    let click = async {
        // Once the first of the crowd have been let through, the rest are waiting.
        while asked(&sim) < 3 {
            tokio::task::yield_now().await;
        }
        invoices::retrieve(&client, "in_1Nothing")
            .await
            .unwrap_err();
        asked(&sim)
    };
    let (answers, asked_when_clicked) = tokio::join!(many, click);
    assert!(answers.iter().all(Result::is_ok));
    assert!(
        asked_when_clicked < 30,
        "the click was number {asked_when_clicked}"
    );
}

/// A simulator without limits, and a client that keeps to some.
async fn limited() -> (Sim, Client) {
    let sim = sim().await;
    let limits = stripe::Limits {
        overall: Some(1000),
        endpoint: Some(1000),
    };
    let pace = Pace::Simulated(limits);
    let client = client(&sim, sim.secret_key(), pace, Clock::system()).filling();
    (sim, client)
}

#[tokio::test]
async fn whatever_limit_was_exceeded_the_call_is_tried_again() {
    for reason in [
        LimitReason::GlobalRate,
        LimitReason::GlobalConcurrency,
        LimitReason::EndpointRate,
        LimitReason::EndpointConcurrency,
        LimitReason::ResourceSpecific,
        LimitReason::LockTimeout,
    ] {
        let (sim, client) = limited().await;
        sim.control().fail_next(2, Fault::Limited(reason));
        assert_eq!(list(&client).await.unwrap(), 5, "{reason:?}");
        assert_eq!(asked(&sim), 3, "{reason:?}");
        sim.control().fail_next(7, Fault::Limited(reason));
        let error = list(&client).await.unwrap_err();
        let Error::RateLimited { reason: told } = &error else {
            panic!("{error:?}")
        };
        let word = format!("{reason:?}").to_lowercase();
        assert_eq!(told.replace(['-', '_'], ""), word);
    }
}

#[tokio::test]
async fn stripes_own_word_about_trying_again_counts_most() {
    for (header, status, requests) in [
        ("false", "500 Internal Server Error", 1),
        ("true", "400 Bad Request", 3),
    ] {
        let answer = format!(
            "HTTP/1.1 {status}\r\nstripe-should-retry: {header}\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{{}}"
        );
        let base = answering(answer.leak()).await;
        let key = Key::parse("sk_test_51HouseOfPortico0001").unwrap();
        let client =
            Client::with_timing(base, key, Pace::UNLIMITED, Clock::system(), quick()).unwrap();
        list(&client).await.unwrap_err();
        assert_eq!(client.spent(), requests, "{header}");
    }
}

async fn annotate(client: &Client, customer: &str, key: &str) -> Result<(), Error> {
    let params = Params::new().with("metadata[portico]", key);
    let path = format!("{CUSTOMERS}/{customer}");
    client.post(&path, &params, key).await.map(drop)
}

#[tokio::test]
async fn two_writes_to_one_object_never_run_together() {
    let sim = sim().await;
    let client = secret(&sim);
    let page = client.list_page(CUSTOMERS, &Params::new()).await.unwrap();
    let id = |n: usize| page.objects[n]["id"].as_str().unwrap();
    sim.control().reset_requests();
    sim.control().fail_next(1, Fault::Hang);
    let mut first = Box::pin(annotate(&client, id(0), "first"));
    let hangs = async {
        while asked(&sim) < 1 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        ended = &mut first => panic!("{ended:?}"),
        () = hangs => {}
    }
    let mut second = Box::pin(annotate(&client, id(0), "second"));
    // A write to another object goes past both.
    tokio::select! {
        biased;
        ended = &mut second => panic!("{ended:?}"),
        other = annotate(&client, id(1), "other") => other.unwrap(),
    }
    let sent = || -> Vec<Option<String>> {
        let requests = sim.control().requests().into_iter();
        requests.map(|request| request.idempotency_key).collect()
    };
    assert_eq!(sent(), [Some("first".into()), Some("other".into())]);
    drop(first);
    second.await.unwrap();
    assert_eq!(sent()[2], Some("second".into()));
}
