//! What an expired portal session does with whoever opens it.

use chrono::TimeDelta;
use serde_json::Value;

use crate::browser::{configuration, made, now, open, price, session, submit, url};
use crate::client::{Client, id, number};

const FEATURES: &str = "features[invoice_history][enabled]=true&login_page[enabled]=true";

/// A client with an address, and a session of theirs that has expired.
async fn expired(client: &Client, configuration: &Value, more: &str) -> Value {
    let customer = made(client, "/v1/customers", "name=Ada&email=ada@example.com").await;
    let form = format!(
        "customer={}&configuration={}&return_url=https://studio.example/back{more}",
        id(&customer),
        id(configuration)
    );
    let session = made(client, "/v1/billing_portal/sessions", &form).await;
    let control = client.sim.control();
    control.advance_clock(TimeDelta::minutes(6)).expect("later");
    session
}

#[tokio::test]
async fn a_mailed_session_recovers_a_day_later() {
    let client = Client::ordinary().await;
    let control = client.sim.control();
    let configuration = configuration(&client, FEATURES).await;
    let session = expired(
        &client,
        &configuration,
        "&after_expiration[type]=customer_login",
    )
    .await;
    control.advance_clock(TimeDelta::hours(24)).expect("later");
    let page = open(&client, url(&session)).await;
    assert!(
        page.status == 200
            && page.text.contains("has expired")
            && page.text.contains("<label for=\"email\">"),
        "{}",
        page.text
    );
    let recover = format!("{}/recover", url(&session));
    let asked = submit(&client, &recover, "email=eve@example.com").await;
    assert!(asked.text.contains("name=\"code\""));
    assert!(control.login_codes().is_empty(), "nobody else gets a code");
    submit(&client, &recover, "email=Ada@example.com").await;
    let code = control.login_codes()["Ada@example.com"].clone();
    let form = format!("email=Ada@example.com&code={code}");
    // The code opens nothing but what it was asked for.
    let login = configuration["login_page"]["url"].as_str().expect("a URL");
    let refused = submit(&client, &format!("{login}/code"), &form).await;
    assert!(refused.text.contains("wrong or has expired"));
    let before = client.all("/v1/events").await.len();
    let portal = submit(&client, &format!("{recover}/code"), &form).await;
    assert!(
        portal.text.contains("Billing of Ada")
            && portal.text.contains("https://studio.example/back"),
        "{}",
        portal.text
    );
    let told = client.all("/v1/events").await;
    assert_eq!(told.len(), before + 1);
    let replacement = &told[0]["data"]["object"];
    assert_eq!(told[0]["type"], "billing_portal.session.created");
    assert_ne!(replacement["id"], session["id"]);
    for name in ["configuration", "customer", "return_url"] {
        assert_eq!(replacement[name], session[name], "{name}");
    }
    let again = submit(&client, &format!("{recover}/code"), &form).await;
    assert!(
        again.text.contains("wrong or has expired"),
        "a code works once"
    );
}

#[tokio::test]
async fn recovery_has_an_end_where_it_was_given_one() {
    let client = Client::ordinary().await;
    let control = client.sim.control();
    let configuration = configuration(&client, FEATURES).await;
    let until = control.now().timestamp() + 86_400;
    let more = format!(
        "&after_expiration[type]=customer_login&after_expiration[customer_login][expires_at]={until}"
    );
    let session = expired(&client, &configuration, &more).await;
    assert_eq!(
        number(&session, "/after_expiration/customer_login/expires_at"),
        until
    );
    assert_eq!(open(&client, url(&session)).await.status, 200);
    control.advance_clock(TimeDelta::hours(24)).expect("later");
    let gone = open(&client, url(&session)).await;
    assert!(gone.status == 410 && gone.text.contains("Ask Studio Lindqvist"));
    let recover = format!("{}/recover", url(&session));
    assert_eq!(
        submit(&client, &recover, "email=ada@example.com")
            .await
            .status,
        410
    );
    let form = format!(
        "customer={}&configuration={}&after_expiration[type]=customer_login\
         &after_expiration[customer_login][expires_at]={until}",
        session["customer"].as_str().expect("a customer"),
        id(&configuration)
    );
    let refused = client.post("/v1/billing_portal/sessions", &form).await;
    assert_eq!(refused.status, 400, "{}", refused.text);
}

#[tokio::test]
async fn without_recovery_it_says_whom_to_ask() {
    let client = Client::ordinary().await;
    let configuration = configuration(&client, FEATURES).await;
    let session = expired(&client, &configuration, "").await;
    let gone = open(&client, url(&session)).await;
    assert!(
        gone.status == 410
            && gone.text.contains("Ask Studio Lindqvist")
            && !gone.text.contains("<form"),
        "{}",
        gone.text
    );
}

#[tokio::test]
async fn a_session_lives_in_real_time_and_acts_in_its_clients() {
    let client = Client::ordinary().await;
    let control = client.sim.control();
    // Its client's clock is a year behind.
    let frozen = control.now().timestamp() - 365 * 86_400;
    let clock = made(
        &client,
        "/v1/test_helpers/test_clocks",
        &format!("frozen_time={frozen}"),
    )
    .await;
    let form = format!("name=Ada&email=ada@example.com&test_clock={}", id(&clock));
    let customer = made(&client, "/v1/customers", &form).await;
    let plan = price(&client, 5000, "month").await;
    let form = format!(
        "customer={}&items[0][price]={}&collection_method=send_invoice&days_until_due=14",
        id(&customer),
        id(&plan)
    );
    let subscription = made(&client, "/v1/subscriptions", &form).await;
    let features = "features[subscription_cancel][enabled]=true";
    let session = session(&client, features, id(&customer), "").await;
    assert_eq!(open(&client, url(&session)).await.status, 200);
    let form = format!("subscription={}", id(&subscription));
    submit(&client, &format!("{}/cancel", url(&session)), &form).await;
    let ended = now(&client, &subscription).await;
    assert_eq!(number(&ended, "/canceled_at"), frozen);
}
