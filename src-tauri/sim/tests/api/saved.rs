//! A simulator that was saved goes on as the same one.

use chrono::TimeDelta;
use serde_json::Value;
use stripe_sim::{Options, Sim};

use crate::client::{Client, id, options};

const LISTS: [&str; 23] = [
    "/v1/customers",
    "/v1/products",
    "/v1/prices?expand[]=data.tiers",
    "/v1/prices?active=false",
    "/v1/coupons",
    "/v1/promotion_codes",
    "/v1/subscriptions?status=all",
    "/v1/subscription_schedules",
    "/v1/invoices",
    "/v1/invoice_payments",
    "/v1/payment_methods",
    "/v1/payment_intents",
    "/v1/tax_ids",
    "/v1/credit_notes",
    "/v1/charges",
    "/v1/refunds",
    "/v1/disputes",
    "/v1/balance_transactions",
    "/v1/payouts",
    "/v1/checkout/sessions",
    "/v1/payment_links",
    "/v1/billing_portal/configurations",
    "/v1/events",
];

async fn everything(client: &Client) -> Vec<(&'static str, Vec<Value>)> {
    let mut lists = Vec::new();
    for path in LISTS {
        lists.push((path, client.all(path).await));
    }
    lists
}

fn kept_in(folder: &tempfile::TempDir) -> Options {
    Options {
        state: Some(folder.path().join("sim.json")),
        ..options()
    }
}

#[tokio::test]
async fn a_saved_simulator_answers_the_same_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let client = Client::start(kept_in(&folder)).await;
    let control = client.sim.control();
    let customer = client
        .post("/v1/customers", "name=Ada&email=ada@example.com")
        .await
        .json();
    client
        .post(
            "/v1/billing_portal/configurations",
            "features[invoice_history][enabled]=true&login_page[enabled]=true",
        )
        .await;
    let doomed = client.all("/v1/customers").await.pop().expect("one");
    client
        .delete(&format!("/v1/customers/{}", id(&doomed)))
        .await;
    let keyed = async |client: &Client| {
        let request = client
            .request(reqwest::Method::POST, "/v1/customers")
            .header("Idempotency-Key", "the-key")
            .body("name=Once");
        client.send(request).await.expect("an answer")
    };
    control.advance_clock(TimeDelta::days(9)).expect("forward");
    control.roll_keys();
    let client = Client {
        key: client.sim.control().roll_keys().0,
        ..client
    };
    let first = keyed(&client).await;
    let (before, urls) = (everything(&client).await, client.sim.url().to_owned());
    let (key, now) = (client.key.clone(), client.sim.control().now());
    client.sim.shutdown().await;

    let again = Client::start(Options {
        seed: 99,
        customers: 5,
        ..kept_in(&folder)
    })
    .await;
    assert_eq!((again.sim.url(), &again.key), (urls.as_str(), &key));
    assert!(again.sim.control().now() >= now);
    let after = everything(&again).await;
    for ((path, before), (_, after)) in before.iter().zip(&after) {
        assert_eq!(before, after, "{path}");
    }
    let replayed = keyed(&again).await;
    assert_eq!(replayed.header("idempotent-replayed"), Some("true"));
    assert_eq!(replayed.json()["id"], first.json()["id"]);
    // What comes next comes after what was there.
    let next = again.post("/v1/customers", "name=Bob").await.json();
    assert_ne!(next["id"], customer["id"]);
    assert_eq!(
        again.all("/v1/customers").await.len(),
        before[0].1.len() + 1
    );
}

#[tokio::test]
async fn pages_that_had_to_move_are_named_where_they_are() {
    let folder = tempfile::tempdir().expect("a folder");
    let client = Client::start(kept_in(&folder)).await;
    client
        .post(
            "/v1/billing_portal/configurations",
            "features[invoice_history][enabled]=true&login_page[enabled]=true",
        )
        .await;
    assert!(client.sim.control().save().expect("a file"));
    // The first simulator still holds its ports.
    let second = Client::start(kept_in(&folder)).await;
    assert_ne!(client.sim.pages_url(), second.sim.pages_url());
    let configuration = second.first("/v1/billing_portal/configurations").await;
    let page = configuration["login_page"]["url"].as_str().expect("a page");
    assert!(page.starts_with(second.sim.pages_url()));
}

#[tokio::test]
async fn a_file_that_does_not_fit_is_refused_in_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sim.json");
    std::fs::write(&path, r#"{"version": 0}"#).expect("a file");
    let refused = Sim::start(kept_in(&folder)).await.err().expect("a refusal");
    assert!(refused.to_string().contains("version 0"), "{refused}");
    std::fs::write(&path, "not JSON").expect("a file");
    assert!(Sim::start(kept_in(&folder)).await.is_err());
    let client = Client::ordinary().await;
    assert!(!client.sim.control().save().expect("no file asked for"));
    let save = client
        .http
        .post(format!("{}/save", client.sim.control_url()));
    assert_eq!(client.send(save).await.expect("an answer").status, 400);
    let state = client
        .http
        .get(format!("{}/state", client.sim.control_url()));
    let state = client.send(state).await.expect("an answer").json();
    assert_eq!(state["version"], 3);
}

#[tokio::test]
async fn changes_to_another_population_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let client = Client::start(kept_in(&folder)).await;
    client.sim.shutdown().await;
    let path = folder.path().join("sim.json");
    let mut state: Value =
        serde_json::from_slice(&std::fs::read(&path).expect("a file")).expect("JSON");
    // As another build's would be: its seed makes other people.
    state["seed"] = 7.into();
    std::fs::write(&path, state.to_string()).expect("a file");
    let refused = Sim::start(kept_in(&folder)).await.err().expect("a refusal");
    assert!(refused.to_string().contains("population"), "{refused}");
    assert_eq!(refused.kind(), std::io::ErrorKind::InvalidData);
}

#[tokio::test]
async fn an_event_that_was_never_saved_lends_its_id_to_no_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let client = Client::start(kept_in(&folder)).await;
    let control = client.sim.control();
    let mut changes = control.changes();
    let newest = async |client: &Client| id(&client.first("/v1/events").await).to_owned();
    assert!(control.save().expect("a file"));
    assert!(!changes.has_changed().expect("a simulator"));
    client.post("/v1/customers", "name=Lost").await;
    changes.changed().await.expect("a simulator");
    let lost = newest(&client).await;
    // Killed: nothing is saved at its end.
    drop(client);
    let again = Client::start(kept_in(&folder)).await;
    let unknown = again
        .get(&format!("/v1/events?ending_before={lost}"))
        .await
        .status;
    assert_eq!(unknown, 400);
    again.post("/v1/customers", "name=Kept").await;
    let kept = newest(&again).await;
    assert_ne!(kept, lost);
    again.sim.shutdown().await;
    let once_more = Client::start(kept_in(&folder)).await;
    assert_eq!(newest(&once_more).await, kept);
    let found = once_more.get(&format!("/v1/events/{kept}")).await;
    assert_eq!(found.json()["data"]["object"]["name"], "Kept");
}

#[tokio::test]
async fn events_that_stripe_no_longer_keeps_are_not_saved_either() {
    let folder = tempfile::tempdir().expect("a folder");
    let client = Client::start(kept_in(&folder)).await;
    client.post("/v1/customers", "name=Ada").await;
    let old = id(&client.first("/v1/events").await).to_owned();
    let control = client.sim.control();
    control.advance_clock(TimeDelta::days(29)).expect("forward");
    assert_eq!(client.get(&format!("/v1/events/{old}")).await.status, 200);
    control.advance_clock(TimeDelta::days(5)).expect("forward");
    assert_eq!(client.get(&format!("/v1/events/{old}")).await.status, 404);
    let before = client.all("/v1/events").await;
    assert!(before.len() > 10, "{}", before.len());
    let state = String::from_utf8(control.state().expect("a state")).expect("text");
    assert!(!state.contains(&old));
    client.sim.shutdown().await;
    let again = Client::start(kept_in(&folder)).await;
    assert_eq!(again.all("/v1/events").await, before);
}
