//! A browser without scripts, and what the stories about the hosted pages begin with.

use serde_json::Value;

use crate::client::{Answer, Client, id};

pub const CARD: &str = "number=5555+5555+5555+4444&exp_month=7&exp_year=31&cvc=123";
/// One that the bank refuses.
pub const REFUSED_CARD: &str = "number=4000+0000+0000+0002&exp_month=7&exp_year=31&cvc=123";

pub fn url(object: &Value) -> &str {
    object["url"].as_str().expect("a URL")
}

pub async fn open(client: &Client, url: &str) -> Answer {
    client.send(client.http.get(url)).await.expect("a page")
}

pub async fn submit(client: &Client, url: &str, form: &str) -> Answer {
    client
        .send(client.http.post(url).body(form.to_owned()))
        .await
        .expect("a page")
}

/// Submits a form; where that leads to, which is not opened.
pub async fn led_to(client: &Client, url: &str, form: &str) -> String {
    let http = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client");
    let answer = client
        .send(http.post(url).body(form.to_owned()))
        .await
        .expect("an answer");
    answer.header("location").expect("a way on").to_owned()
}

/// Makes an object by a request that must succeed.
pub async fn made(client: &Client, path: &str, form: &str) -> Value {
    let answer = client.post(path, form).await;
    assert_eq!(answer.status, 200, "{path} {form}: {}", answer.text);
    answer.json()
}

pub async fn configuration(client: &Client, features: &str) -> Value {
    made(client, "/v1/billing_portal/configurations", features).await
}

/// A session with a configuration of its own.
pub async fn session(client: &Client, features: &str, customer: &str, more: &str) -> Value {
    let configuration = configuration(client, features).await;
    let form = format!(
        "customer={customer}&configuration={}{more}",
        id(&configuration)
    );
    made(client, "/v1/billing_portal/sessions", &form).await
}

/// A price of a product of its own.
pub async fn price(client: &Client, amount: i64, interval: &str) -> Value {
    let product = made(client, "/v1/products", &format!("name=Plan+{amount}")).await;
    let form = format!(
        "product={}&currency=eur&unit_amount={amount}&recurring[interval]={interval}",
        id(&product)
    );
    made(client, "/v1/prices", &form).await
}

/// A new client with a card, who subscribes; `terms` go with the subscription.
pub async fn subscriber(client: &Client, price: &Value, terms: &str) -> Value {
    let customer = made(
        client,
        "/v1/customers",
        "name=Ada&email=ada@example.com&payment_method=pm_card_visa\
         &invoice_settings[default_payment_method]=pm_card_visa",
    )
    .await;
    let form = format!(
        "customer={}&items[0][price]={}{terms}",
        id(&customer),
        id(price)
    );
    made(client, "/v1/subscriptions", &form).await
}

pub fn customer(object: &Value) -> &str {
    object["customer"].as_str().expect("a customer")
}

pub async fn now(client: &Client, subscription: &Value) -> Value {
    let path = format!("/v1/subscriptions/{}", id(subscription));
    client.get(&path).await.json()
}

/// The types of the newest events, newest first.
pub async fn told(client: &Client, count: usize) -> Vec<String> {
    let events = client.all("/v1/events").await;
    let types = events.iter().filter_map(|event| event["type"].as_str());
    types.take(count).map(str::to_owned).collect()
}
