//! Idempotency keys over HTTP.

use stripe_sim::{Fault, Options};

use crate::client::{Answer, Client, options};

async fn create(client: &Client, key: &str, form: &str) -> reqwest::Result<Answer> {
    let request = client.request(reqwest::Method::POST, "/v1/customers");
    client
        .send(request.header("Idempotency-Key", key).body(form.to_owned()))
        .await
}

async fn post(client: &Client, key: &str, form: &str) -> Answer {
    create(client, key, form).await.expect("an answer")
}

#[tokio::test]
async fn the_first_answer_is_given_again() {
    let client = Client::ordinary().await;
    let first = post(&client, "k1", "name=A").await;
    let second = post(&client, "k1", "name=A").await;
    assert_eq!((first.status, &first.text), (second.status, &second.text));
    assert_eq!(first.header("idempotent-replayed"), None);
    assert_eq!(second.header("idempotent-replayed"), Some("true"));
    assert_ne!(first.header("request-id"), second.header("request-id"));
    assert_eq!(client.all("/v1/customers?limit=100").await.len(), 121);
    let other = post(&client, "k1", "name=B").await;
    assert_eq!(other.json()["error"]["type"], "idempotency_error");
}

#[tokio::test]
async fn a_refused_request_does_not_use_the_key_up() {
    let client = Client::ordinary().await;
    assert_eq!(post(&client, "k2", "email=nobody").await.status, 400);
    assert_eq!(post(&client, "k2", "frob=1").await.status, 400);
    assert_eq!(post(&client, "k2", "name=A").await.status, 200);
}

#[tokio::test]
async fn two_at_once_are_not_both_carried_out() {
    let client = Client::start(Options {
        latency_ms: Some((300, 300)),
        ..options()
    })
    .await;
    let (one, two) = tokio::join!(post(&client, "k3", "name=A"), post(&client, "k3", "name=A"));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
}

#[tokio::test]
async fn a_request_goes_on_when_its_client_has_left() {
    let client = Client::start(Options {
        latency_ms: Some((100, 100)),
        ..options()
    })
    .await;
    let request = client.request(reqwest::Method::POST, "/v1/customers");
    let request = request.header("Idempotency-Key", "k7").body("name=A");
    let leaving = tokio::spawn(request.send());
    while client.sim.control().requests().is_empty() {
        tokio::task::yield_now().await;
    }
    leaving.abort();
    let again = loop {
        let answer = post(&client, "k7", "name=A").await;
        if answer.status != 409 {
            break answer;
        }
    };
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(client.all("/v1/customers").await.len(), 121);
}

#[tokio::test]
async fn a_500_is_kept_and_a_503_is_not() {
    let client = Client::ordinary().await;
    let control = client.sim.control();
    control.fail_next(1, Fault::Status(503));
    assert_eq!(post(&client, "k4", "name=A").await.status, 503);
    assert_eq!(post(&client, "k4", "name=A").await.status, 200);
    control.fail_next(1, Fault::Status(500));
    assert_eq!(post(&client, "k5", "name=A").await.status, 500);
    assert_eq!(post(&client, "k5", "name=A").await.status, 500);
    assert_eq!(client.all("/v1/customers").await.len(), 121);
}

#[tokio::test]
async fn a_lost_answer_can_be_asked_for_again() {
    let client = Client::ordinary().await;
    client.sim.control().fail_next(1, Fault::LoseAnswer);
    assert!(create(&client, "k6", "name=A").await.is_err());
    let again = post(&client, "k6", "name=A").await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(client.all("/v1/customers").await.len(), 121);
}
