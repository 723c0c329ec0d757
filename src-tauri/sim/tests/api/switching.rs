//! Changing a plan in the portal: to what the configuration offers, now or with the next period.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::browser::{
    configuration, customer, made, now, open, price, session, submit, subscriber, url,
};
use crate::client::{Client, id, number};

const UPDATE: &str = "features[subscription_update][enabled]=true\
    &features[subscription_update][default_allowed_updates][0]=price\
    &features[subscription_update][default_allowed_updates][1]=quantity\
    &features[subscription_update][default_allowed_updates][2]=promotion_code";

/// A configuration that offers these prices, up to nine of each.
fn offering(prices: &[&Value], more: &str) -> String {
    let mut form = format!("{UPDATE}{more}");
    for (number, price) in prices.iter().enumerate() {
        let at = format!("features[subscription_update][products][{number}]");
        let product = price["product"].as_str().expect("a product");
        form += &format!(
            "&{at}[product]={product}&{at}[prices][0]={}&{at}[adjustable_quantity][enabled]=true\
             &{at}[adjustable_quantity][maximum]=9",
            id(price)
        );
    }
    form
}

fn form(subscription: &Value, more: &str) -> String {
    format!("subscription={}{more}", id(subscription))
}

#[tokio::test]
async fn a_client_chooses_among_what_is_offered() {
    let client = Client::ordinary().await;
    let (small, large) = (
        price(&client, 1000, "month").await,
        price(&client, 5000, "month").await,
    );
    let foreign = price(&client, 9000, "month").await;
    let subscription = subscriber(&client, &small, "").await;
    let features = offering(
        &[&small, &large],
        "&features[subscription_update][proration_behavior]=always_invoice",
    );
    let flow = format!(
        "&flow_data[type]=subscription_update&flow_data[subscription_update][subscription]={}",
        id(&subscription)
    );
    let session = session(&client, &features, customer(&subscription), &flow).await;
    let page = open(&client, url(&session)).await.text;
    assert!(
        page.contains("Plan 5000, 50.00 EUR every month") && !page.contains(id(&foreign)),
        "{page}"
    );
    let update = format!("{}/update", url(&session));
    for (more, words) in [
        (
            format!("&price={}", id(&foreign)),
            "cannot be changed to that price",
        ),
        ("&quantity=10".to_owned(), "must be from 1 to 9"),
        ("&quantity=many".to_owned(), "is a number"),
        ("&promotion_code=NOPE".to_owned(), "not known"),
        (String::new(), "Choose what is to change"),
    ] {
        let refused = submit(&client, &update, &form(&subscription, &more)).await;
        assert!(refused.text.contains(words), "{more}: {}", refused.text);
    }
    assert_eq!(now(&client, &subscription).await, subscription);
    let chosen = form(&subscription, &format!("&price={}&quantity=3", id(&large)));
    let done = submit(&client, &update, &chosen).await;
    assert!(
        done.text.contains("Your plan was changed."),
        "{}",
        done.text
    );
    let changed = now(&client, &subscription).await;
    let item = &changed["items"]["data"][0];
    assert_eq!(
        (&item["price"]["id"], &item["quantity"]),
        (&large["id"], &json!(3))
    );
    let invoice = changed["latest_invoice"].as_str().expect("an invoice");
    let invoice = client.get(&format!("/v1/invoices/{invoice}")).await.json();
    assert_eq!(
        (&invoice["billing_reason"], &invoice["status"]),
        (&json!("subscription_update"), &json!("paid"))
    );
}

#[tokio::test]
async fn only_what_is_allowed_can_be_changed() {
    let client = Client::ordinary().await;
    let (small, large) = (
        price(&client, 1000, "month").await,
        price(&client, 5000, "month").await,
    );
    let subscription = subscriber(&client, &small, "").await;
    let features = offering(&[&small, &large], "");
    let features = features.replace("[1]=quantity", "[1]=price");
    let session = session(&client, &features, customer(&subscription), "").await;
    let page = open(&client, url(&session)).await.text;
    assert!(page.contains("name=\"price\"") && !page.contains("name=\"quantity\""));
    let update = format!("{}/update", url(&session));
    let refused = submit(&client, &update, &form(&subscription, "&quantity=2")).await;
    assert!(
        refused.text.contains("quantity of this plan cannot"),
        "{}",
        refused.text
    );
    // A price that was retired since is not offered any more.
    made(
        &client,
        &format!("/v1/prices/{}", id(&large)),
        "active=false",
    )
    .await;
    let chosen = form(&subscription, &format!("&price={}", id(&large)));
    let refused = submit(&client, &update, &chosen).await;
    assert!(refused.text.contains("cannot be changed to that price"));
}

#[tokio::test]
async fn a_smaller_plan_waits_for_the_next_period_where_that_is_set() {
    let client = Client::ordinary().await;
    let control = client.sim.control();
    let (small, large) = (
        price(&client, 1000, "month").await,
        price(&client, 5000, "month").await,
    );
    let subscription = subscriber(&client, &large, "").await;
    let features = offering(
        &[&small, &large],
        "&features[subscription_update][schedule_at_period_end][conditions][0][type]=decreasing_item_amount",
    );
    let session = session(&client, &features, customer(&subscription), "").await;
    let update = format!("{}/update", url(&session));
    let chosen = form(&subscription, &format!("&price={}", id(&small)));
    let done = submit(&client, &update, &chosen).await;
    assert!(
        done.text.contains("at the end of its period") && !done.text.contains("Change plan"),
        "{}",
        done.text
    );
    let waiting = now(&client, &subscription).await;
    assert!(waiting["schedule"].is_string());
    assert_eq!(waiting["items"]["data"][0]["price"]["id"], large["id"]);
    control.advance_clock(TimeDelta::days(32)).expect("later");
    let changed = now(&client, &subscription).await;
    assert_eq!(changed["items"]["data"][0]["price"]["id"], small["id"]);
    let invoice = client
        .first(&format!(
            "/v1/invoices?customer={}",
            customer(&subscription)
        ))
        .await;
    assert_eq!(
        (number(&invoice, "/total"), &invoice["status"]),
        (1000, &json!("paid"))
    );
}

#[tokio::test]
async fn a_prepared_change_is_only_confirmed() {
    let client = Client::ordinary().await;
    let (small, large) = (
        price(&client, 1000, "month").await,
        price(&client, 5000, "month").await,
    );
    let subscription = subscriber(&client, &small, "").await;
    let configuration = configuration(&client, &offering(&[&small, &large], "")).await;
    let at = "flow_data[subscription_update_confirm]";
    let basis = format!(
        "customer={}&configuration={}&flow_data[type]=subscription_update_confirm&{at}[subscription]={}\
         &{at}[items][0][id]={}&{at}[items][0][price]={}&{at}[items][0][quantity]=2",
        customer(&subscription),
        id(&configuration),
        id(&subscription),
        id(&subscription["items"]["data"][0]),
        id(&large)
    );
    let path = "/v1/billing_portal/sessions";
    let missing = client
        .post(path, &format!("{basis}&{at}[discounts][0][coupon]=NOPE"))
        .await;
    assert_eq!(missing.refusal().2, format!("{at}[discounts][0][coupon]"));
    let session = made(
        &client,
        path,
        &format!("{basis}&{at}[discounts][0][coupon]=PARTNER10"),
    )
    .await;
    let shown = &session["flow"]["subscription_update_confirm"]["discounts"];
    assert_eq!(
        *shown,
        json!([{"coupon": "PARTNER10", "promotion_code": null}])
    );
    let page = open(&client, url(&session)).await.text;
    assert!(
        page.contains("2 × Plan 5000") && page.contains("PARTNER10") && !page.contains("<select"),
        "{page}"
    );
    // Whatever else the form says.
    let other = form(&subscription, &format!("&price={}&quantity=9", id(&small)));
    submit(&client, &format!("{}/confirm", url(&session)), &other).await;
    let changed = now(&client, &subscription).await;
    let item = &changed["items"]["data"][0];
    assert_eq!(
        (&item["price"]["id"], &item["quantity"]),
        (&large["id"], &json!(2))
    );
    assert_eq!(changed["discounts"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_new_cycle_and_the_trial_follow_the_configuration() {
    let client = Client::ordinary().await;
    let control = client.sim.control();
    let (small, large) = (
        price(&client, 1000, "month").await,
        price(&client, 5000, "month").await,
    );
    let running = subscriber(&client, &small, "").await;
    let trying = subscriber(&client, &small, "&trial_period_days=14").await;
    control.advance_clock(TimeDelta::days(5)).expect("later");
    let anew = "&features[subscription_update][billing_cycle_anchor]=now";
    let features = offering(&[&small, &large], anew);
    let change = async |subscription: &Value, features: &str| {
        let session = session(&client, features, customer(subscription), "").await;
        let chosen = form(subscription, &format!("&price={}", id(&large)));
        let done = submit(&client, &format!("{}/update", url(&session)), &chosen).await;
        assert!(
            done.text.contains("Your plan was changed."),
            "{}",
            done.text
        );
        now(&client, subscription).await
    };
    let changed = change(&running, &features).await;
    let start = |subscription: &Value| number(subscription, "/items/data/0/current_period_start");
    assert!(start(&changed) > start(&running), "the cycle begins anew");
    let on = "&features[subscription_update][trial_update_behavior]=continue_trial";
    let still = change(&trying, &offering(&[&small, &large], on)).await;
    assert_eq!(still["status"], "trialing");
    let other = subscriber(&client, &small, "&trial_period_days=14").await;
    let ended = change(&other, &offering(&[&small, &large], "")).await;
    assert_eq!(ended["status"], "active");
}
