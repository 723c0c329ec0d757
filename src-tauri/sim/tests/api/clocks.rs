//! Test clocks: a client whose time is its own.

use serde_json::{Value, json};

use crate::client::{Client, id, number};

const DAY: i64 = 86_400;
const CLOCKS: &str = "/v1/test_helpers/test_clocks";

impl Client {
    async fn made(&self, path: &str, form: &str) -> Value {
        let answer = self.post(path, form).await;
        assert_eq!(answer.status, 200, "{path} {form}: {}", answer.text);
        answer.json()
    }
}

#[tokio::test]
async fn a_clock_is_made_advanced_and_deleted_with_who_is_on_it() {
    let client = Client::ordinary().await;
    let start = 1_700_000_000;
    let clock = client
        .made(CLOCKS, &format!("frozen_time={start}&name=Renewals"))
        .await;
    assert_eq!(
        (&clock["status"], number(&clock, "/frozen_time")),
        (&json!("ready"), start)
    );
    assert_eq!(client.all(CLOCKS).await, std::slice::from_ref(&clock));
    let all = client.all("/v1/customers").await.len();
    let form = format!("name=Ada&email=ada@example.com&test_clock={}", id(&clock));
    let customer = client.made("/v1/customers", &form).await;
    assert_eq!(number(&customer, "/created"), start);
    assert_eq!(customer["test_clock"], clock["id"]);
    // Listed where the clock is asked for, and nowhere else.
    assert_eq!(client.all("/v1/customers").await.len(), all);
    let own = format!("/v1/customers?test_clock={}", id(&clock));
    assert_eq!(client.all(&own).await, std::slice::from_ref(&customer));
    let event = client.first("/v1/events?type=customer.created").await;
    assert_eq!(event["data"]["object"]["id"], customer["id"]);
    // What is told of it is told now.
    assert!(number(&event, "/created") > start);

    let path = format!("{CLOCKS}/{}", id(&clock));
    let advance = format!("{path}/advance");
    let back = client.post(&advance, &format!("frozen_time={start}")).await;
    assert_eq!(back.refusal().2, "frozen_time");
    let far = format!("frozen_time={}", start + 1_000 * DAY);
    assert_eq!(client.post(&advance, &far).await.status, 400);
    let to = start + 40 * DAY;
    let advancing = client.made(&advance, &format!("frozen_time={to}")).await;
    assert_eq!(advancing["status"], "advancing");
    assert_eq!(
        number(&advancing, "/status_details/advancing/target_frozen_time"),
        to
    );
    let ready = client.get(&path).await.json();
    assert_eq!(
        (&ready["status"], number(&ready, "/frozen_time")),
        (&json!("ready"), to)
    );

    let gone = client.delete(&path).await.json();
    assert_eq!(gone["deleted"], true);
    let customer = format!("/v1/customers/{}", id(&customer));
    assert_eq!(client.get(&customer).await.json()["deleted"], true);
    let missing = client
        .post("/v1/customers", "test_clock=clock_nothing")
        .await;
    assert_eq!(missing.refusal().1, "resource_missing");
}

#[tokio::test]
async fn a_subscription_on_a_clock_lives_by_it() {
    let client = Client::ordinary().await;
    let start = 1_700_000_000;
    let clock = client.made(CLOCKS, &format!("frozen_time={start}")).await;
    let customer = client
        .made(
            "/v1/customers",
            &format!("name=Ada&test_clock={}", id(&clock)),
        )
        .await;
    let card = client
        .made(
            "/v1/payment_methods/pm_card_visa/attach",
            &format!("customer={}", id(&customer)),
        )
        .await;
    client
        .made(
            &format!("/v1/customers/{}", id(&customer)),
            &format!("invoice_settings[default_payment_method]={}", id(&card)),
        )
        .await;
    let prices = client
        .all("/v1/prices?active=true&currency=eur&recurring[interval]=month")
        .await;
    let price = prices
        .iter()
        .find(|price| price["unit_amount"].is_i64() && price["recurring"]["interval_count"] == 1)
        .expect("a monthly price");
    let form = format!(
        "customer={}&items[0][price]={}&trial_period_days=14",
        id(&customer),
        id(price)
    );
    let trial = client.made("/v1/subscriptions", &form).await;
    assert_eq!(trial["status"], "trialing");
    assert_eq!(trial["test_clock"], clock["id"]);
    assert_eq!(number(&trial, "/created"), start);
    let path = format!("/v1/subscriptions/{}", id(&trial));
    let advance = async |to: i64| {
        let path = format!("{CLOCKS}/{}/advance", id(&clock));
        client.made(&path, &format!("frozen_time={to}")).await;
        client.get(&path.replace("/advance", "")).await.json()
    };
    advance(start + 12 * DAY).await;
    let told = client
        .first("/v1/events?type=customer.subscription.trial_will_end")
        .await;
    assert_eq!(told["data"]["object"]["id"], trial["id"]);
    advance(start + 15 * DAY).await;
    let active = client.get(&path).await.json();
    assert_eq!(active["status"], "active");
    let invoice = active["latest_invoice"].as_str().expect("an invoice");
    let invoice = client.get(&format!("/v1/invoices/{invoice}")).await.json();
    assert_eq!(invoice["status"], "paid");
    assert_eq!(invoice["amount_paid"], price["unit_amount"]);
    assert_eq!(invoice["test_clock"], clock["id"]);
    assert_eq!(number(&invoice, "/created"), start + 14 * DAY);
    advance(start + 60 * DAY).await;
    let invoices = client
        .all(&format!("/v1/invoices?subscription={}", id(&trial)))
        .await;
    assert!(invoices.len() >= 3, "{}", invoices.len());
    // Its time is its own: the account's has not moved.
    assert!(client.sim.control().now().timestamp() > start + 300 * DAY);
    let listed = client.all("/v1/subscriptions?status=all").await;
    assert!(listed.iter().all(|one| one["id"] != trial["id"]));
    let own = client
        .all(&format!("/v1/subscriptions?customer={}", id(&customer)))
        .await;
    assert_eq!(own.len(), 1);
}
