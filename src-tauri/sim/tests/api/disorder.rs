//! Events that come late, twice or in another order, outages, and the simulated date.

use chrono::{DateTime, TimeDelta};
use serde_json::{Value, json};
use stripe_sim::{Disorder, Fault, LimitReason, Options};

use crate::client::{Client, id, options};

/// Types and objects of the events after `cursor`, oldest first, as a tail reads them.
async fn tail(client: &Client, cursor: &str) -> Vec<Value> {
    let page = client
        .get(&format!("/v1/events?limit=100&ending_before={cursor}"))
        .await
        .json();
    let mut events = page["data"].as_array().expect("data").clone();
    events.reverse();
    events
}

async fn newest(client: &Client) -> String {
    id(&client.first("/v1/events").await).to_owned()
}

#[tokio::test]
async fn a_late_event_shows_up_behind_those_that_followed_it() {
    let client = Client::start(Options {
        billing: false,
        ..options()
    })
    .await;
    let control = client.sim.control();
    let cursor = newest(&client).await;
    control.disorder(Disorder {
        delay_percent: 100,
        delay_events: 2,
        delay_seconds: 3_600,
        ..Disorder::default()
    });
    client.post("/v1/customers", "name=First").await;
    assert!(tail(&client, &cursor).await.is_empty());
    control.disorder(Disorder::default());
    client.post("/v1/customers", "name=Second").await;
    let seen = tail(&client, &cursor).await;
    assert_eq!(seen[0]["data"]["object"]["name"], "Second");
    client.post("/v1/customers", "name=Third").await;
    // It lies before the event that a tail has already passed.
    let names = |events: Vec<Value>| -> Vec<String> {
        let name = |event: &Value| event["data"]["object"]["name"].as_str().map(str::to_owned);
        events.iter().filter_map(name).collect()
    };
    assert_eq!(names(tail(&client, id(&seen[0])).await), ["Third"]);
    assert_eq!(
        names(tail(&client, &cursor).await),
        ["First", "Second", "Third"]
    );
    control.disorder(Disorder {
        delay_percent: 100,
        delay_events: 1_000,
        delay_seconds: 60,
        ..Disorder::default()
    });
    client.post("/v1/customers", "name=Fourth").await;
    assert_eq!(tail(&client, &cursor).await.len(), 3);
    control
        .advance_clock(TimeDelta::seconds(60))
        .expect("forward");
    assert_eq!(tail(&client, &cursor).await.len(), 4);
    assert_eq!(control.disorder_counts().delayed, 2);
}

#[tokio::test]
async fn one_change_may_be_told_twice_and_neighbours_may_change_places() {
    let client = Client::ordinary().await;
    let control = client.sim.control();
    let cursor = newest(&client).await;
    control.disorder(Disorder {
        duplicate_percent: 100,
        ..Disorder::default()
    });
    client.post("/v1/customers", "name=Twice").await;
    let told = tail(&client, &cursor).await;
    assert_eq!(told.len(), 2);
    assert_ne!(told[0]["id"], told[1]["id"]);
    assert_eq!(told[0]["data"], told[1]["data"]);
    assert_eq!(
        client
            .get(&format!("/v1/events/{}", id(&told[1])))
            .await
            .json(),
        told[1]
    );
    control.disorder(Disorder {
        reorder_percent: 100,
        ..Disorder::default()
    });
    // What happens in one second may be listed in another order, also behind what was seen before.
    let seen = newest(&client).await;
    client.post("/v1/customers", "name=Later").await;
    let page = client.get("/v1/events?limit=10").await.json();
    let page = page["data"].as_array().expect("data");
    let place = |name: &str| {
        page.iter()
            .position(|event| event["data"]["object"]["name"] == name)
            .expect("the event")
    };
    if control.disorder_counts().reordered > 0 {
        assert!(place("Later") > 0);
        assert!(tail(&client, &seen).await.is_empty());
    } else {
        // The second turned between the two.
        assert_eq!(place("Later"), 0);
    }
}

#[tokio::test]
async fn the_same_seed_disturbs_the_same_events() {
    let story = async || {
        let client = Client::ordinary().await;
        client.sim.control().disorder(Disorder {
            delay_percent: 30,
            delay_events: 3,
            delay_seconds: 600,
            duplicate_percent: 30,
            reorder_percent: 50,
        });
        let cursor = newest(&client).await;
        for number in 0..20 {
            client
                .post("/v1/customers", &format!("name=N{number}"))
                .await;
        }
        let seen: Vec<String> = tail(&client, &cursor)
            .await
            .iter()
            .map(|event| id(event).to_owned())
            .collect();
        (seen, client.sim.control().disorder_counts())
    };
    let (first, second) = (story().await, story().await);
    assert_eq!(first.1.delayed, second.1.delayed);
    assert_eq!(first.1.duplicated, second.1.duplicated);
    assert!(first.1.delayed > 0 && first.1.duplicated > 0);
    assert!(!first.0.is_empty());
}

#[tokio::test]
async fn a_cursor_that_is_gone_is_refused() {
    let client = Client::ordinary().await;
    let control = client.sim.control();
    client.post("/v1/customers", "name=A").await;
    let old = newest(&client).await;
    control.advance_clock(TimeDelta::days(31)).expect("forward");
    for path in [
        format!("/v1/events?ending_before={old}"),
        format!("/v1/events?starting_after={old}"),
        "/v1/events?ending_before=evt_nothing".to_owned(),
    ] {
        let refused = client.get(&path).await;
        assert_eq!(
            (refused.status, refused.refusal().1.as_str()),
            (400, "resource_missing"),
            "{path}"
        );
    }
    assert_eq!(client.get(&format!("/v1/events/{old}")).await.status, 404);
}

#[tokio::test]
async fn an_outage_lasts_until_it_is_ended() {
    let client = Client::ordinary().await;
    let control = client.sim.control();
    control.outage(Fault::Status(503), Some("/v1/invoices"));
    for _ in 0..3 {
        assert_eq!(client.get("/v1/invoices").await.status, 503);
        assert_eq!(client.get("/v1/customers").await.status, 200);
    }
    control.end_outage();
    assert_eq!(client.get("/v1/invoices").await.status, 200);
    control.outage(Fault::Limited(LimitReason::LockTimeout), None);
    let locked = client.get("/v1/invoices").await;
    assert_eq!((locked.status, locked.refusal().0), (429, 429));
    assert_eq!(locked.refusal().1, "lock_timeout");
    assert_eq!(locked.header("stripe-rate-limited-reason"), None);
    control.clear_faults();
    control.outage(Fault::Limited(LimitReason::EndpointRate), None);
    let limited = client.get("/v1/invoices").await;
    assert_eq!(
        limited.header("stripe-rate-limited-reason"),
        Some("endpoint-rate")
    );
    control.end_outage();
    control.fault_rate(Fault::Status(500), 0.4, None);
    let mut failed = 0;
    for _ in 0..50 {
        failed += u32::from(client.get("/v1/coupons").await.status == 500);
    }
    assert!((8..35).contains(&failed), "{failed}");
    let counts = control.fault_counts();
    assert_eq!((counts["status 503"], counts["429 lock_timeout"]), (3, 1));
}

#[tokio::test]
async fn disorder_and_outages_are_had_over_http_too() {
    let client = Client::ordinary().await;
    let door = client.sim.control_url();
    let send = async |method: reqwest::Method, path: &str, body: Value| {
        let request = client
            .http
            .request(method, format!("{door}{path}"))
            .body(body.to_string());
        client.send(request).await.expect("an answer")
    };
    let (get, post, delete) = (
        reqwest::Method::GET,
        reqwest::Method::POST,
        reqwest::Method::DELETE,
    );
    let fault = json!({"fault": {"limited": "global_rate"}, "path_prefix": "/v1/events"});
    send(post.clone(), "/outage", fault).await;
    assert_eq!(client.get("/v1/events").await.status, 429);
    send(delete, "/outage", Value::Null).await;
    assert_eq!(client.get("/v1/events").await.status, 200);
    assert_eq!(
        send(get.clone(), "/faults", Value::Null).await.json(),
        json!({"429 global-rate": 1})
    );
    send(post.clone(), "/disorder", json!({"duplicate_percent": 100})).await;
    client.post("/v1/customers", "name=A").await;
    let shown = send(get, "/disorder", Value::Null).await.json();
    assert_eq!(shown["rules"]["duplicate_percent"], 100);
    assert_eq!(shown["counts"]["duplicated"], 1);
    assert_eq!(send(post, "/disorder", json!({"dup": 1})).await.status, 400);
}

#[tokio::test]
async fn answers_carry_the_simulated_date() {
    let client = Client::ordinary().await;
    let control = client.sim.control();
    control.advance_clock(TimeDelta::days(40)).expect("forward");
    let answer = client.get("/v1/customers?limit=1").await;
    let date = answer.header("date").expect("a date");
    let date = DateTime::parse_from_rfc2822(date).expect("a date");
    assert!((control.now() - date.to_utc()).num_seconds().abs() <= 2);
}
