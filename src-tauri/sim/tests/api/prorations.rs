//! Changes in the middle of a period: what is given back and what is charged.

use serde_json::json;

use crate::billing::{ordinary, period_end};
use crate::client::{Client, id, number};

#[tokio::test]
async fn a_change_in_the_middle_of_a_period_is_prorated() {
    let client = Client::ordinary().await;
    let before = ordinary(&client).await;
    let item = &before["items"]["data"][0];
    let (start, end) = (
        number(item, "/current_period_start"),
        number(item, "/current_period_end"),
    );
    let now = client.sim.control().now().timestamp();
    let old = number(item, "/price/unit_amount") * number(item, "/quantity");
    let path = format!("/v1/subscriptions/{}", id(&before));
    let change = |quantity: i64, behaviour: &str| {
        format!(
            "items[0][id]={}&items[0][quantity]={quantity}&proration_behavior={behaviour}",
            id(item)
        )
    };
    let quantity = number(item, "/quantity") + 3;
    let changed = client
        .post(&path, &change(quantity, "create_prorations"))
        .await;
    assert_eq!(changed.json()["latest_invoice"], before["latest_invoice"]);
    let customer = before["customer"].as_str().expect("a customer");
    let waiting = format!("/v1/invoiceitems?pending=true&customer={customer}");
    let items = client.all(&waiting).await;
    assert_eq!(items.len(), 2);
    assert!(items.iter().all(|item| item["proration"] == true));
    let given_back = items.iter().map(|item| number(item, "/amount")).min();
    let expected = old as f64 * (end - now) as f64 / (end - start) as f64;
    let difference = given_back.expect("one") as f64 + expected;
    assert!(difference.abs() <= expected / 100.0 + 100.0, "{difference}");
    // The next invoice takes them along.
    client.move_to(end + 10);
    let invoice = client.invoice_of(&before).await;
    let lines = invoice["lines"]["data"].as_array().expect("lines");
    let prorations = lines.iter().filter(|line| {
        line.pointer("/parent/subscription_item_details/proration") == Some(&json!(true))
    });
    assert_eq!(prorations.count(), 2);
    assert!(client.all(&waiting).await.is_empty());
    let sum: i64 = lines.iter().map(|line| number(line, "/amount")).sum();
    assert_eq!(number(&invoice, "/subtotal"), sum);
    // At once where that is asked for.
    let at_once = client
        .post(&path, &change(quantity + 2, "always_invoice"))
        .await
        .json();
    assert_ne!(at_once["latest_invoice"], invoice["id"]);
    let invoice = client.invoice_of(&before).await;
    assert_eq!(
        (&invoice["billing_reason"], &invoice["status"]),
        (&json!("subscription_update"), &json!("paid"))
    );
}

#[tokio::test]
async fn another_interval_begins_a_new_period_and_a_trial_can_end_now() {
    let client = Client::ordinary().await;
    let before = ordinary(&client).await;
    let item = &before["items"]["data"][0];
    let other = if item["price"]["recurring"]["interval"] == "month" {
        "year"
    } else {
        "month"
    };
    let currency = item["price"]["currency"].as_str().expect("a currency");
    let prices = format!(
        "/v1/prices?active=true&currency={currency}&recurring[interval]={other}&recurring[usage_type]=licensed"
    );
    let prices = client.all(&prices).await;
    let price = prices
        .iter()
        .find(|price| price["unit_amount"].is_i64())
        .expect("a price");
    let now = client.sim.control().now().timestamp();
    let form = format!("items[0][id]={}&items[0][price]={}", id(item), id(price));
    let changed = client
        .post(&format!("/v1/subscriptions/{}", id(&before)), &form)
        .await
        .json();
    let start = number(&changed, "/items/data/0/current_period_start");
    assert!((now..now + 60).contains(&start));
    assert_eq!(number(&changed, "/billing_cycle_anchor"), start);
    assert_ne!(changed["latest_invoice"], before["latest_invoice"]);
    let trial = client.first("/v1/subscriptions?status=trialing").await;
    let path = format!("/v1/subscriptions/{}", id(&trial));
    let ended = client.post(&path, "trial_end=now").await.json();
    assert_ne!(ended["status"], "trialing");
    assert!(period_end(&ended) > now);
    let invoice = client.invoice_of(&ended).await;
    assert_ne!(invoice["status"], "draft");
}
