//! What an invoice would be: what is previewed is what is then charged, and nothing of it is kept.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::browser::{customer, made, now, price, subscriber};
use crate::client::{Client, id, number};

const PREVIEW: &str = "/v1/invoices/create_preview";

fn item(subscription: &Value) -> &str {
    id(&subscription["items"]["data"][0])
}

async fn preview(client: &Client, subscription: &Value, more: &str) -> Value {
    let form = format!("subscription={}{more}", id(subscription));
    made(client, PREVIEW, &form).await
}

/// Is a line a share of a period?
fn is_share(line: &Value) -> bool {
    line.pointer("/parent/subscription_item_details/proration") == Some(&json!(true))
}

#[tokio::test]
async fn what_is_previewed_is_what_is_charged() {
    let client = Client::ordinary().await;
    let control = client.sim.control();
    let (small, large) = (
        price(&client, 1700, "month").await,
        price(&client, 5300, "month").await,
    );
    let subscription = subscriber(&client, &small, "&discounts[0][coupon]=PARTNER10").await;
    control.advance_clock(TimeDelta::days(11)).expect("later");
    let date = control.now().timestamp();
    let before = (
        client.all("/v1/invoices").await,
        client.all("/v1/invoiceitems").await,
        client.all("/v1/events").await,
        now(&client, &subscription).await,
    );
    let fields = [
        ("items", "[0][id]", item(&subscription).to_owned()),
        ("items", "[0][price]", id(&large).to_owned()),
        ("items", "[0][quantity]", "3".to_owned()),
        ("proration_behavior", "", "always_invoice".to_owned()),
        ("proration_date", "", date.to_string()),
    ];
    let asked = fields
        .iter()
        .map(|(name, rest, value)| format!("&subscription_details[{name}]{rest}={value}"));
    let asked: String = asked.collect();
    let shown = preview(&client, &subscription, &asked).await;
    assert!(id(&shown).starts_with("upcoming_in_"));
    assert_eq!(
        (&shown["status"], &shown["number"], &shown["billing_reason"]),
        (&json!("draft"), &Value::Null, &json!("subscription_update"))
    );
    let lines = shown["lines"]["data"].as_array().expect("lines");
    assert!(lines.len() == 2 && lines.iter().all(is_share), "{lines:?}");
    let after = (
        client.all("/v1/invoices").await,
        client.all("/v1/invoiceitems").await,
        client.all("/v1/events").await,
        now(&client, &subscription).await,
    );
    assert!(before == after, "a preview changes nothing");
    assert_eq!(
        client
            .get(&format!("/v1/invoices/{}", id(&shown)))
            .await
            .status,
        404
    );

    // Whoever confirms later is charged what was shown.
    control.advance_clock(TimeDelta::hours(7)).expect("later");
    let path = format!("/v1/subscriptions/{}", id(&subscription));
    let confirmed = fields.map(|(name, rest, value)| format!("{name}{rest}={value}"));
    let changed = made(&client, &path, &confirmed.join("&")).await;
    assert!(changed.get("proration_date").is_none());
    let invoices = format!("/v1/invoices?customer={}", customer(&subscription));
    let charged = client.first(&invoices).await;
    assert_eq!(charged["status"], "paid");
    for name in ["subtotal", "total", "amount_due"] {
        assert_eq!(charged[name], shown[name], "{name}");
    }
    let early = format!(
        "subscription={}&subscription_details[proration_date]={}",
        id(&subscription),
        date - 60 * 86_400
    );
    let refused = client.post(PREVIEW, &early).await;
    assert_eq!(
        (refused.status, refused.refusal().2.as_str()),
        (400, "subscription_details[proration_date]")
    );
}

#[tokio::test]
async fn the_next_invoice_is_known_before_it_comes() {
    let client = Client::ordinary().await;
    let control = client.sim.control();
    let (small, large) = (
        price(&client, 1700, "month").await,
        price(&client, 5300, "month").await,
    );
    let subscription = subscriber(&client, &small, "").await;
    let end = number(&subscription, "/items/data/0/current_period_end");
    control.advance_clock(TimeDelta::days(9)).expect("later");
    let path = format!("/v1/subscriptions/{}", id(&subscription));
    let form = format!(
        "items[0][id]={}&items[0][price]={}",
        item(&subscription),
        id(&large)
    );
    made(&client, &path, &form).await;
    let shown = preview(&client, &subscription, "").await;
    assert_eq!(number(&shown, "/period_end"), end);
    let lines = shown["lines"]["data"].as_array().expect("lines");
    assert_eq!(lines.iter().filter(|line| is_share(line)).count(), 2);
    let recurring = preview(&client, &subscription, "&preview_mode=recurring").await;
    assert_eq!(number(&recurring, "/total"), 5300);
    control.advance_clock(TimeDelta::days(24)).expect("later");
    let invoices = format!("/v1/invoices?customer={}", customer(&subscription));
    let came = client.first(&invoices).await;
    assert_eq!(
        (&came["total"], &came["period_end"]),
        (&shown["total"], &shown["period_end"])
    );
}

#[tokio::test]
async fn a_trial_a_new_interval_and_an_end_are_previewed() {
    let client = Client::ordinary().await;
    let control = client.sim.control();
    let (monthly, yearly) = (
        price(&client, 1700, "month").await,
        price(&client, 17_000, "year").await,
    );
    let trying = subscriber(&client, &monthly, "&trial_period_days=14").await;
    let shown = preview(&client, &trying, "").await;
    assert_eq!(number(&shown, "/total"), 1700);
    assert_eq!(shown["period_end"], trying["trial_end"]);
    let running = subscriber(&client, &monthly, "").await;
    control.advance_clock(TimeDelta::days(10)).expect("later");
    let form = format!(
        "&subscription_details[items][0][id]={}&subscription_details[items][0][price]={}",
        item(&running),
        id(&yearly)
    );
    let shown = preview(&client, &running, &form).await;
    let total = number(&shown, "/total");
    assert!((17_000 - 1700..17_000).contains(&total), "{total}");
    let ended = preview(&client, &running, "&subscription_details[cancel_now]=true").await;
    let credit = number(&ended, "/total");
    assert!((-1700..-1000).contains(&credit), "{credit}");
    assert_eq!(number(&ended, "/amount_due"), 0);
    let path = format!("/v1/subscriptions/{}", id(&running));
    made(&client, &path, "cancel_at_period_end=true").await;
    let form = format!("subscription={}", id(&running));
    let none = client.post(PREVIEW, &form).await;
    assert_eq!(none.refusal().1, "invoice_upcoming_none");
    let foreign = format!("{form}&customer={}", customer(&trying));
    assert_eq!(
        client.post(PREVIEW, &foreign).await.refusal().2,
        "subscription"
    );
}
