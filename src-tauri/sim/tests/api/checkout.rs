//! Checkout in a browser: sessions of each kind, and payment links.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::browser::{CARD, REFUSED_CARD, led_to, made, open, price, submit, told, url};
use crate::client::{Client, id};

const SESSIONS: &str = "/v1/checkout/sessions";

async fn checkout(client: &Client, mode: &str, more: &str) -> Value {
    let form = format!(
        "mode={mode}&success_url=https://studio.example/thanks?s={{CHECKOUT_SESSION_ID}}{more}"
    );
    made(client, SESSIONS, &form).await
}

async fn now(client: &Client, session: &Value) -> Value {
    client
        .get(&format!("{SESSIONS}/{}", id(session)))
        .await
        .json()
}

fn lines(price: &Value) -> String {
    format!(
        "&line_items[0][price]={}&line_items[0][quantity]=2",
        id(price)
    )
}

#[tokio::test]
async fn whoever_subscribes_becomes_a_client_who_pays() {
    let client = Client::ordinary().await;
    let price = price(&client, 2500, "month").await;
    let more = format!(
        "{}&cancel_url=https://studio.example/back&subscription_data[metadata][deal]=7",
        lines(&price)
    );
    let session = checkout(&client, "subscription", &more).await;
    let page = open(&client, url(&session)).await.text;
    assert!(
        page.contains("50.00 EUR")
            && page.contains("id=\"email\"")
            && page.contains("https://studio.example/back"),
        "{page}"
    );
    let buyer = format!("email=new@example.com&name=New+Client&{CARD}");
    let unknown = submit(&client, url(&session), CARD).await;
    assert!(
        unknown.text.contains("e-mail address is needed"),
        "{}",
        unknown.text
    );
    let customers = client.all("/v1/customers").await.len();
    let refused = format!("email=new@example.com&{REFUSED_CARD}");
    let refused = submit(&client, url(&session), &refused).await;
    assert!(refused.text.contains("declined"), "{}", refused.text);
    assert_eq!(now(&client, &session).await, session, "it is still open");
    assert_eq!(client.all("/v1/customers").await.len(), customers);

    let to = led_to(&client, url(&session), &buyer).await;
    assert_eq!(
        to,
        format!("https://studio.example/thanks?s={}", id(&session))
    );
    assert_eq!(told(&client, 1).await, ["checkout.session.completed"]);
    let path = format!(
        "{SESSIONS}/{}?expand[]=subscription&expand[]=invoice&expand[]=customer",
        id(&session)
    );
    let done = client.get(&path).await.json();
    assert_eq!(
        (&done["status"], &done["payment_status"], &done["url"]),
        (&json!("complete"), &json!("paid"), &Value::Null)
    );
    assert_eq!(
        (
            &done["customer"]["name"],
            &done["customer_details"]["email"]
        ),
        (&json!("New Client"), &json!("new@example.com"))
    );
    let subscription = &done["subscription"];
    assert_eq!(subscription["status"], "active");
    assert_eq!(subscription["metadata"], json!({"deal": "7"}));
    assert!(subscription["default_payment_method"].is_string());
    assert_eq!(subscription["items"]["data"][0]["quantity"], 2);
    assert_eq!(
        (&done["invoice"]["status"], &done["invoice"]["total"]),
        (&json!("paid"), &json!(5000))
    );
    let again = open(&client, url(&session)).await;
    assert!(again.text.contains("Your subscription has begun."));
    let twice = submit(&client, url(&session), &buyer).await;
    assert!(twice.text.contains("Your subscription has begun."));
    assert_eq!(client.all("/v1/customers").await.len(), customers + 1);
}

#[tokio::test]
async fn a_known_client_begins_with_a_trial() {
    let client = Client::ordinary().await;
    let price = price(&client, 2500, "month").await;
    let customer = client.first("/v1/customers").await;
    let more = format!(
        "{}&customer={}&subscription_data[trial_period_days]=14",
        lines(&price),
        id(&customer)
    );
    let session = checkout(&client, "subscription", &more).await;
    assert!(
        !open(&client, url(&session))
            .await
            .text
            .contains("id=\"email\"")
    );
    led_to(&client, url(&session), CARD).await;
    let done = now(&client, &session).await;
    assert_eq!(
        (&done["customer"], &done["payment_status"]),
        (&customer["id"], &json!("no_payment_required"))
    );
    let path = format!(
        "/v1/subscriptions/{}",
        done["subscription"].as_str().expect("a subscription")
    );
    assert_eq!(client.get(&path).await.json()["status"], "trialing");
}

#[tokio::test]
async fn a_card_that_is_set_up_is_kept_and_not_the_default() {
    let client = Client::ordinary().await;
    let form = "name=Ada&email=ada@example.com";
    let customer = made(&client, "/v1/customers", form).await;
    let more = format!("&currency=eur&customer={}", id(&customer));
    let session = checkout(&client, "setup", &more).await;
    led_to(&client, url(&session), CARD).await;
    let done = now(&client, &session).await;
    assert_eq!(
        (&done["status"], &done["payment_status"]),
        (&json!("complete"), &json!("no_payment_required"))
    );
    let methods = format!("/v1/payment_methods?customer={}", id(&customer));
    let method = client.first(&methods).await;
    assert_eq!(method["card"]["last4"], "4444");
    let intent = done["setup_intent"].as_str().expect("a setup intent");
    let path = format!("/v1/setup_intents/{intent}?expand[]=payment_method");
    let intent = client.get(&path).await.json();
    assert_eq!(
        (&intent["status"], &intent["payment_method"]),
        (&json!("succeeded"), &method)
    );
    let path = format!("/v1/customers/{}", id(&customer));
    let default = &client.get(&path).await.json()["invoice_settings"]["default_payment_method"];
    assert_eq!(*default, Value::Null);
    assert_eq!(
        told(&client, 3).await,
        [
            "checkout.session.completed",
            "setup_intent.succeeded",
            "payment_method.attached"
        ]
    );
}

#[tokio::test]
async fn a_payment_is_made_once() {
    let client = Client::ordinary().await;
    let product = made(&client, "/v1/products", "name=Audit").await;
    let form = format!("product={}&currency=eur&unit_amount=9000", id(&product));
    let price = made(&client, "/v1/prices", &form).await;
    let session = checkout(&client, "payment", &lines(&price)).await;
    let refused = format!("email=guest@example.com&{REFUSED_CARD}");
    let refused = submit(&client, url(&session), &refused).await;
    assert!(refused.text.contains("declined") && refused.text.contains("guest@example.com"));
    let buyer = format!("email=guest@example.com&{CARD}");
    led_to(&client, url(&session), &buyer).await;
    let path = format!("{SESSIONS}/{}?expand[]=payment_intent", id(&session));
    let done = client.get(&path).await.json();
    assert_eq!(done["customer"], Value::Null, "a guest stays one");
    assert_eq!(done["customer_details"]["email"], "guest@example.com");
    let intent = &done["payment_intent"];
    assert_eq!(
        (&intent["status"], &intent["amount_received"]),
        (&json!("succeeded"), &json!(18_000))
    );
    let charge = client.first("/v1/charges").await;
    assert_eq!(
        (&charge["payment_intent"], &charge["paid"]),
        (&intent["id"], &json!(true))
    );
}

#[tokio::test]
async fn a_session_expires_by_itself_or_when_told_to() {
    let client = Client::ordinary().await;
    let control = client.sim.control();
    let price = price(&client, 2500, "month").await;
    let session = checkout(&client, "subscription", &lines(&price)).await;
    let other = checkout(&client, "subscription", &lines(&price)).await;
    made(&client, &format!("{SESSIONS}/{}/expire", id(&other)), "").await;
    let gone = open(&client, url(&other)).await;
    assert!(gone.status == 410 && gone.text.contains("has expired"));
    control.advance_clock(TimeDelta::hours(23)).expect("later");
    assert_eq!(open(&client, url(&session)).await.status, 200);
    control.advance_clock(TimeDelta::hours(1)).expect("later");
    let gone = submit(&client, url(&session), CARD).await;
    assert!(gone.status == 410 && gone.text.contains("Ask Studio Lindqvist"));
    let expired = now(&client, &session).await;
    assert_eq!(
        (&expired["status"], &expired["url"]),
        (&json!("expired"), &Value::Null)
    );
    let told = client.all("/v1/events?type=checkout.session.expired").await;
    let told: Vec<&Value> = told
        .iter()
        .map(|event| &event["data"]["object"]["id"])
        .collect();
    assert!(told.contains(&&session["id"]) && told.contains(&&other["id"]));
    assert_eq!(
        open(&client, &format!("{}x", url(&session))).await.status,
        404
    );
}

#[tokio::test]
async fn a_payment_link_opens_sessions_until_it_is_inactive() {
    let client = Client::ordinary().await;
    let price = price(&client, 2500, "month").await;
    let form = format!(
        "{}&metadata[deal]=9&inactive_message=Sold+out&restrictions[completed_sessions][limit]=1\
         &after_completion[type]=redirect&after_completion[redirect][url]=https://studio.example/welcome",
        lines(&price).trim_start_matches('&')
    );
    let link = made(&client, "/v1/payment_links", &form).await;
    let address = format!(
        "{}?prefilled_email=a.b%2Bc%40example.com&client_reference_id=cl_1",
        url(&link)
    );
    let page = open(&client, &address).await.text;
    assert!(page.contains("value=\"a.b+c@example.com\""), "{page}");
    let sessions = format!("{SESSIONS}?payment_link={}", id(&link));
    let session = client.first(&sessions).await;
    assert_eq!(
        (&session["status"], &session["client_reference_id"]),
        (&json!("open"), &json!("cl_1"))
    );
    open(&client, &address).await;
    assert_eq!(
        client.all(&sessions).await.len(),
        2,
        "each visit has its own"
    );
    let buyer = format!("email=a.b%2Bc@example.com&{CARD}");
    let to = led_to(&client, url(&session), &buyer).await;
    assert_eq!(to, "https://studio.example/welcome");
    let done = now(&client, &session).await;
    assert_eq!(done["metadata"], json!({"deal": "9"}));
    let customer = format!(
        "/v1/customers/{}",
        done["customer"].as_str().expect("a customer")
    );
    assert_eq!(
        client.get(&customer).await.json()["email"],
        "a.b+c@example.com"
    );
    // Its one sale is made.
    let path = format!("/v1/payment_links/{}", id(&link));
    let used = client.get(&path).await.json();
    assert_eq!(used["restrictions"]["completed_sessions"]["count"], 1);
    let gone = open(&client, &address).await;
    assert!(gone.status == 410 && gone.text.contains("Sold out"));
    let form = lines(&price);
    let link = made(&client, "/v1/payment_links", form.trim_start_matches('&')).await;
    assert_eq!(open(&client, url(&link)).await.status, 200);
    made(
        &client,
        &format!("/v1/payment_links/{}", id(&link)),
        "active=false",
    )
    .await;
    let gone = open(&client, url(&link)).await;
    assert!(gone.status == 410 && gone.text.contains("no longer active"));
}
