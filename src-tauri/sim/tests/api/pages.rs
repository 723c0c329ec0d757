//! The hosted pages, as a browser without scripts sees them.

use chrono::TimeDelta;
use serde_json::Value;

use crate::browser::{self, CARD, open, submit, url};
use crate::client::{Client, id};

const FEATURES: &str = "features[payment_method_update][enabled]=true&features[invoice_history][enabled]=true\
    &features[subscription_cancel][enabled]=true&features[subscription_cancel][cancellation_reason][enabled]=true\
    &features[subscription_cancel][cancellation_reason][options][0]=unused";

async fn configuration(client: &Client, more: &str) -> Value {
    browser::configuration(client, &format!("{FEATURES}{more}")).await
}

async fn session(client: &Client, customer: &str, more: &str) -> Value {
    browser::session(client, FEATURES, customer, more).await
}

async fn cancellable(client: &Client, mode: &str) -> Value {
    let all = client.all("/v1/subscriptions?status=active").await;
    let fits = |one: &&Value| one["cancel_at"].is_null() && one["billing_mode"]["type"] == mode;
    all.iter().find(fits).cloned().expect("a subscription")
}

#[tokio::test]
async fn a_card_is_replaced() {
    let client = Client::ordinary().await;
    let customer = client.first("/v1/customers").await;
    let session = session(&client, id(&customer), "&return_url=https://studio.example").await;
    let page = open(&client, url(&session)).await;
    assert!(
        page.status == 200
            && page.text.contains("<label for=\"number\">")
            && page.text.contains("https://studio.example")
    );
    let refused = submit(
        &client,
        &format!("{}/card", url(&session)),
        &CARD.replace("4444", "4445"),
    )
    .await;
    assert!(
        refused.text.contains("role=\"alert\"") && refused.text.contains("card number is invalid")
    );
    let done = submit(&client, &format!("{}/card", url(&session)), CARD).await;
    assert!(
        done.text.contains("Your card was replaced."),
        "{}",
        done.text
    );
    let path = format!(
        "/v1/customers/{}?expand[]=invoice_settings.default_payment_method",
        id(&customer)
    );
    let method =
        client.get(&path).await.json()["invoice_settings"]["default_payment_method"].clone();
    let card = &method["card"];
    assert_eq!(
        (&card["brand"], &card["last4"], &card["exp_year"]),
        (&"mastercard".into(), &"4444".into(), &2031.into())
    );
    assert_eq!(
        client
            .first(&format!("/v1/payment_methods?customer={}", id(&customer)))
            .await,
        method
    );
    let types: Vec<Value> = client
        .all("/v1/events")
        .await
        .iter()
        .take(2)
        .map(|event| event["type"].clone())
        .collect();
    assert_eq!(types, ["customer.updated", "payment_method.attached"]);
}

#[tokio::test]
async fn cancelling_marks_the_end_as_the_billing_mode_wants() {
    let client = Client::ordinary().await;
    for (mode, at_period_end) in [("flexible", false), ("classic", true)] {
        let subscription = cancellable(&client, mode).await;
        let session = session(
            &client,
            subscription["customer"].as_str().expect("a customer"),
            "",
        )
        .await;
        let form = format!(
            "subscription={}&feedback=unused&comment=Thanks",
            id(&subscription)
        );
        let done = submit(&client, &format!("{}/cancel", url(&session)), &form).await;
        assert!(
            done.text.contains("Your subscription is cancelled.")
                && done.text.contains("Don't cancel")
        );
        let path = format!("/v1/subscriptions/{}", id(&subscription));
        let ended = client.get(&path).await.json();
        assert!(ended["cancel_at"].is_i64());
        assert_eq!(ended["cancel_at_period_end"], at_period_end);
        assert_eq!(
            (
                &ended["cancellation_details"]["feedback"],
                &ended["cancellation_details"]["comment"]
            ),
            (&"unused".into(), &"Thanks".into())
        );
        submit(&client, &format!("{}/keep", url(&session)), &form).await;
        assert_eq!(client.get(&path).await.json()["cancel_at"], Value::Null);
    }
}

#[tokio::test]
async fn nobody_cancels_for_somebody_else() {
    let client = Client::ordinary().await;
    let foreign = cancellable(&client, "flexible").await;
    let customers = client.all("/v1/customers").await;
    let other = customers
        .iter()
        .find(|customer| customer["id"] != foreign["customer"])
        .expect("another");
    let session = session(&client, id(other), "").await;
    let refused = submit(
        &client,
        &format!("{}/cancel", url(&session)),
        &format!("subscription={}", id(&foreign)),
    )
    .await;
    assert!(refused.text.contains("cannot be cancelled here"));
    let unchanged = client
        .get(&format!("/v1/subscriptions/{}", id(&foreign)))
        .await
        .json();
    assert_eq!(unchanged, foreign);
}

#[tokio::test]
async fn a_session_ends_five_minutes_unused_and_an_hour_after_use() {
    let client = Client::ordinary().await;
    let control = client.sim.control();
    let customer = client.first("/v1/customers").await;
    let unused = session(&client, id(&customer), "").await;
    control
        .advance_clock(TimeDelta::seconds(301))
        .expect("forward");
    let gone = open(&client, url(&unused)).await;
    assert!(gone.status == 410 && gone.text.contains("has expired"));
    let used = session(&client, id(&customer), "").await;
    for _ in 0..3 {
        control
            .advance_clock(TimeDelta::seconds(if gone.status == 410 { 250 } else { 0 }))
            .expect("forward");
        assert_eq!(open(&client, url(&used)).await.status, 200);
        control
            .advance_clock(TimeDelta::minutes(54))
            .expect("forward");
        assert_eq!(open(&client, url(&used)).await.status, 200);
    }
    control
        .advance_clock(TimeDelta::minutes(61))
        .expect("forward");
    assert_eq!(open(&client, url(&used)).await.status, 410);
    assert_eq!(
        submit(&client, &format!("{}/card", url(&used)), CARD)
            .await
            .status,
        410
    );
    assert_eq!(open(&client, &format!("{}x", url(&used))).await.status, 404);
}

#[tokio::test]
async fn a_flow_shows_its_own_form_and_leads_where_it_should() {
    let client = Client::ordinary().await;
    let subscription = cancellable(&client, "flexible").await;
    let customer = subscription["customer"].as_str().expect("a customer");
    let flow = "&flow_data[type]=payment_method_update&flow_data[after_completion][type]=hosted_confirmation\
                &flow_data[after_completion][hosted_confirmation][custom_message]=Merci";
    let card = session(&client, customer, flow).await;
    let page = open(&client, url(&card)).await.text;
    assert!(page.contains("Card number") && !page.contains("Cancel plan"));
    assert!(
        submit(&client, &format!("{}/card", url(&card)), CARD)
            .await
            .text
            .contains("Merci")
    );
    let pages = client.sim.pages_url();
    let flow = format!(
        "&flow_data[type]=subscription_cancel&flow_data[subscription_cancel][subscription]={}\
         &flow_data[after_completion][type]=redirect&flow_data[after_completion][redirect][return_url]={pages}/elsewhere",
        id(&subscription)
    );
    let cancel = session(&client, customer, &flow).await;
    let page = open(&client, url(&cancel)).await.text;
    assert!(page.contains("Cancel plan") && !page.contains("Card number"));
    let done = submit(
        &client,
        &format!("{}/cancel", url(&cancel)),
        &format!("subscription={}", id(&subscription)),
    )
    .await;
    assert_eq!(
        done.status, 404,
        "led to {pages}/elsewhere, where nothing is"
    );
    // Cancelling once more is refused when the session is made.
    let configuration = configuration(&client, "").await;
    let form = format!(
        "customer={customer}&configuration={}&flow_data[type]=subscription_cancel&flow_data[subscription_cancel][subscription]={}",
        id(&configuration),
        id(&subscription)
    );
    let refused = client.post("/v1/billing_portal/sessions", &form).await;
    assert!(refused.status == 400 && refused.message().contains("already set to be canceled"));
}

#[tokio::test]
async fn the_login_page_takes_an_address_and_its_code() {
    let client = Client::ordinary().await;
    let control = client.sim.control();
    let configuration = configuration(&client, "&login_page[enabled]=true").await;
    let login = configuration["login_page"]["url"].as_str().expect("a URL");
    let subscription = cancellable(&client, "flexible").await;
    let path = format!(
        "/v1/customers/{}",
        subscription["customer"].as_str().expect("a customer")
    );
    client.post(&path, "email=a.b%2Bc@example.com").await;
    let page = open(
        &client,
        &format!("{login}?prefilled_email=a.b%2Bc%40example.com"),
    )
    .await;
    assert!(page.text.contains("value=\"a.b+c@example.com\""));
    assert!(
        submit(&client, login, "email=nobody@example.com")
            .await
            .text
            .contains("name=\"code\"")
    );
    assert!(control.login_codes().is_empty());
    submit(&client, login, "email=a.b%2Bc@example.com").await;
    let code = control.login_codes()["a.b+c@example.com"].clone();
    let answer = |code: &str| format!("email=a.b%2Bc@example.com&code={code}");
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let refused = submit(&client, &format!("{login}/code"), &answer(wrong)).await;
    assert!(refused.text.contains("wrong or has expired"));
    let portal = submit(&client, &format!("{login}/code"), &answer(&code)).await;
    assert!(portal.text.contains("Payment methods"), "{}", portal.text);
    let again = submit(&client, &format!("{login}/code"), &answer(&code)).await;
    assert!(
        again.text.contains("wrong or has expired"),
        "a code works once"
    );
    client
        .post(
            &format!("/v1/billing_portal/configurations/{}", id(&configuration)),
            "login_page[enabled]=false",
        )
        .await;
    assert_eq!(open(&client, login).await.status, 404);
}
