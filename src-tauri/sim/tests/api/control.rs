//! The control door, as a library and over HTTP.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::{Value, json};
use stripe_sim::Fault;

use crate::client::{Client, id, number};

#[tokio::test]
async fn faults_look_to_the_client_like_what_they_are() {
    let client = Client::ordinary().await;
    let control = client.sim.control();
    let list = || {
        client.send(
            client
                .request(reqwest::Method::GET, "/v1/customers")
                .timeout(Duration::from_millis(500)),
        )
    };
    control.fail_next(1, Fault::Hang);
    assert!(list().await.is_err_and(|error| error.is_timeout()));
    control.fail_next(1, Fault::Cut);
    assert!(
        list()
            .await
            .is_err_and(|error| error.is_decode() || error.is_body())
    );
    control.fail_next(1, Fault::Drop);
    assert!(list().await.is_err_and(|error| error.is_request()));
    control.fail_next(1, Fault::Html);
    assert!(
        list()
            .await
            .expect("an answer")
            .text
            .starts_with("<!doctype html>")
    );
    control.fail_next(2, Fault::Status(429));
    for _ in 0..2 {
        let refused = list().await.expect("an answer");
        assert_eq!(
            (refused.status, refused.header("stripe-rate-limited-reason")),
            (429, Some("global-concurrency"))
        );
    }
    control.fail_next_on("/v1/invoices", 1, Fault::Status(500));
    assert_eq!(list().await.expect("an answer").status, 200);
    assert_eq!(client.get("/v1/invoices").await.status, 500);
    assert_eq!(client.get("/v1/invoices").await.status, 200);
    control.fail_next(9, Fault::Drop);
    control.clear_faults();
    assert_eq!(list().await.expect("an answer").status, 200);
}

#[tokio::test]
async fn a_dropped_request_changes_nothing() {
    let client = Client::ordinary().await;
    client.sim.control().fail_next(1, Fault::Drop);
    let request = client
        .request(reqwest::Method::POST, "/v1/customers")
        .body("name=A");
    assert!(client.send(request).await.is_err());
    assert_eq!(client.all("/v1/customers").await.len(), 120);
}

#[tokio::test]
async fn a_stopped_simulator_answers_nobody() {
    let client = Client::ordinary().await;
    let list = client.request(reqwest::Method::GET, "/v1/customers");
    let again = list.try_clone().expect("a copy");
    assert!(list.send().await.is_ok());
    // The client still holds the connection of its first request.
    let port = client.sim.url().rsplit(':').next().expect("a port");
    let port = port.parse().expect("a number");
    client.sim.shutdown().await;
    assert!(again.send().await.is_err());
    Client::start(stripe_sim::Options {
        port,
        ..crate::client::options()
    })
    .await;
}

#[tokio::test]
async fn requests_are_counted() {
    let client = Client::ordinary().await;
    let control = client.sim.control();
    client.get("/v1/customers?limit=1").await;
    client.get("/v1/customers?limit=2").await;
    client.get("/v1/customers/cus_x").await;
    let counts = control.request_counts();
    assert_eq!(
        (
            counts["GET /v1/customers"],
            counts["GET /v1/customers/cus_x"]
        ),
        (2, 1)
    );
    let last = control.requests().pop().expect("one");
    assert_eq!(
        (last.method.as_str(), last.path.as_str(), last.status),
        ("GET", "/v1/customers/cus_x", 404)
    );
    assert_eq!(control.requests()[1].query, "limit=2");
    control.reset_requests();
    assert!(control.requests().is_empty());
}

#[tokio::test]
async fn the_clock_only_moves_forward() {
    let client = Client::ordinary().await;
    let control = client.sim.control();
    let before = control.now();
    control.advance_clock(TimeDelta::days(3)).expect("forward");
    assert!(control.now() - before >= TimeDelta::days(3));
    assert!(control.set_clock(before).is_err());
    let customer = client.post("/v1/customers", "name=A").await.json();
    assert!(number(&customer, "/created") >= (before + TimeDelta::days(3)).timestamp());
    // Events are kept for 30 days.
    let moved = control.now();
    assert!(client.all("/v1/events").await.len() > 1);
    control.advance_clock(TimeDelta::days(31)).expect("forward");
    let events = client.all("/v1/events").await;
    assert!(
        events
            .iter()
            .all(|event| number(event, "/created") > moved.timestamp())
    );
}

#[tokio::test]
async fn objects_change_as_if_in_the_dashboard() {
    let client = Client::ordinary().await;
    let control = client.sim.control();
    let subscription = client.first("/v1/subscriptions?status=active").await;
    control
        .update(id(&subscription), &json!({"status": "frozen"}))
        .expect("an update");
    assert_eq!(
        client.first("/v1/subscriptions?status=frozen").await,
        Value::Null
    );
    let changed = client
        .get(&format!("/v1/subscriptions/{}", id(&subscription)))
        .await
        .json();
    assert_eq!(changed["status"], "frozen");
    let event = client.first("/v1/events").await;
    assert_eq!(event["type"], "customer.subscription.updated");
    assert_eq!(
        event["data"]["previous_attributes"],
        json!({"status": "active"})
    );
    assert_eq!(event["request"]["id"], Value::Null);
    let customer = subscription["customer"].as_str().expect("a customer");
    control.delete(customer).expect("a deletion");
    assert_eq!(
        client
            .get(&format!("/v1/customers/{customer}"))
            .await
            .json()["deleted"],
        true
    );
    assert_eq!(client.all("/v1/customers").await.len(), 119);
    assert!(control.delete("cus_nobody").is_err());
}

#[tokio::test]
async fn the_door_over_http_does_the_same() {
    let client = Client::ordinary().await;
    let door = client.sim.control_url();
    let send = |method: reqwest::Method, path: &str, body: Value| {
        client.send(
            client
                .http
                .request(method, format!("{door}{path}"))
                .body(body.to_string()),
        )
    };
    let post = |path: &'static str, body: Value| async move {
        send(reqwest::Method::POST, path, body)
            .await
            .expect("an answer")
    };
    let get = |path: &'static str| async move {
        send(reqwest::Method::GET, path, Value::Null)
            .await
            .expect("an answer")
            .json()
    };
    assert!(
        get("/").await["calls"]
            .as_array()
            .is_some_and(|calls| calls.len() > 8)
    );
    let later = post("/clock", json!({"set": "2027-01-01T00:00:00Z"}))
        .await
        .json();
    assert!(
        later["now"]
            .as_str()
            .expect("a time")
            .starts_with("2027-01-01T00:00")
    );
    assert_eq!(
        post("/clock", json!({"set": "2020-01-01T00:00:00Z"}))
            .await
            .status,
        400
    );
    assert_eq!(post("/clock", json!({"back": 1})).await.status, 400);
    post("/clock", json!({"advance_seconds": 60})).await;
    post(
        "/faults",
        json!({"count": 1, "fault": {"status": 503}, "path_prefix": "/v1/coupons"}),
    )
    .await;
    assert_eq!(client.get("/v1/coupons").await.status, 503);
    post("/faults", json!({"count": 1, "fault": "drop"})).await;
    send(reqwest::Method::DELETE, "/faults", Value::Null)
        .await
        .expect("an answer");
    assert_eq!(client.get("/v1/coupons").await.status, 200);
    let requests = get("/requests").await;
    assert_eq!(requests["counts"], json!({"GET /v1/coupons": 2}));
    assert_eq!(requests["requests"][0]["status"], 503);
    assert_eq!(
        post("/permissions", json!({"permissions": "customers"}))
            .await
            .status,
        400
    );
    let rolled = post("/keys/roll", Value::Null).await.json();
    assert_ne!(rolled["secret_key"], client.key);
    assert_eq!(client.get("/v1/coupons").await.status, 401);
    assert_eq!(get("/login_codes").await, json!({}));
}
