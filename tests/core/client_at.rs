//! What a client had on a day in the past, and the long timeline that tells of it.

use crate::changes::object;
use crate::world::{Watch, World};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use portico_core::Clock;
use portico_core::clients;
use portico_core::stripe::resource::{CUSTOMERS, PRICES, SUBSCRIPTIONS};
use portico_core::stripe::{Pace, Params};
use portico_core::words::BillingState;
use serde_json::{Value, json};

#[tokio::test]
async fn what_a_client_had_on_a_day_is_answered_by_the_workspace_s_calendar() {
    let watch = Watch::at("2026-01-02T12:00:00Z".parse::<DateTime<Utc>>().unwrap());
    let world = World::with(stripe_sim::Options::default(), watch.clock()).await;
    let zone = "Europe/Berlin";
    world
        .core
        .set_time_zone(&world.workspace.summary().id, zone)
        .await
        .unwrap();
    let price = |id: &str, amount: i64| {
        json!({"id": id, "object": "price", "currency": "eur", "unit_amount": amount, "nickname": format!("Plan {amount}"),
        "created": 1_700_000_000, "recurring": {"interval": "month", "interval_count": 1, "usage_type": "licensed"}})
    };
    let subscription = |price: Value| {
        object(
            "subscription",
            "sub_a",
            json!({"status": "active", "discounts": [], "created": 1_700_000_000,
        "items": {"object": "list", "has_more": false, "data": [{"id": "si_a", "object": "subscription_item", "quantity": 2, "discounts": [], "price": price}]}}),
        )
    };
    let customer = |city: &str, method: &str| {
        object(
            "customer",
            "cus_a",
            json!({"name": "Lumen", "created": 1_700_000_000, "email": "a@example.com",
        "address": {"line1": "Street 1", "city": city}, "invoice_settings": {"default_payment_method": {
            "id": method, "object": "payment_method", "type": "card", "customer": "cus_a", "created": 1_700_000_000,
            "card": {"brand": "visa", "last4": &method[3..], "exp_year": 2030, "exp_month": 8}}}}),
        )
    };
    let on = async |at: &str| watch.set(at.parse::<DateTime<Utc>>().unwrap());
    on("2026-01-02T12:00:00Z").await;
    world
        .mirror(
            &PRICES,
            vec![price("price_a", 4000), price("price_b", 9000)],
        )
        .await;
    world
        .mirror(&CUSTOMERS, vec![customer("Berlin", "pm_4242")])
        .await;
    world
        .mirror(&SUBSCRIPTIONS, vec![subscription(price("price_a", 4000))])
        .await;
    // In Berlin this is half past midnight of the 4th of March.
    on("2026-03-03T23:30:00Z").await;
    world
        .mirror(&SUBSCRIPTIONS, vec![subscription(price("price_b", 9000))])
        .await;
    // The next invoice changes the subscription, and nothing that is told of it.
    on("2026-03-20T12:00:00Z").await;
    let mut renewed = subscription(price("price_b", 9000));
    renewed["latest_invoice"] = json!("in_b");
    world.mirror(&SUBSCRIPTIONS, vec![renewed]).await;
    on("2026-04-01T12:00:00Z").await;
    world
        .mirror(&CUSTOMERS, vec![customer("Potsdam", "pm_4444")])
        .await;
    let client = world.all().await[0].id.clone();
    let at = async |month: u32, day: u32| {
        let date = NaiveDate::from_ymd_opt(2026, month, day).unwrap();
        clients::at(&world.workspace, &client, date).await.unwrap()
    };
    let plan = |then: &clients::ClientAt| then.subscriptions[0].items[0].plan.clone();
    let third = at(3, 3).await;
    assert!(
        plan(&third).contains("Plan 4000") || plan(&third).contains("monthly"),
        "{}",
        plan(&third)
    );
    assert_eq!(
        third.subscriptions[0].items[0].price_words,
        "40.00 EUR per month"
    );
    assert_eq!(
        third.subscriptions[0].items[0]
            .amount
            .as_ref()
            .unwrap()
            .to_string(),
        "80.00 EUR"
    );
    assert_eq!(third.customers[0].address, ["Street 1", "Berlin"]);
    let default = third
        .payment_methods
        .iter()
        .find(|method| method.default)
        .unwrap();
    assert_eq!(
        (default.label.as_str(), default.expires.as_deref()),
        ("Visa ending 4242", Some("08/2030"))
    );
    assert_eq!(third.note, None);
    let fourth = at(3, 4).await;
    assert_eq!(
        fourth.subscriptions[0].items[0].price_words,
        "90.00 EUR per month"
    );
    assert_eq!(
        fourth.subscriptions[0].known.since,
        Some("2026-03-03T23:30:00Z".parse().unwrap())
    );
    let april = at(4, 1).await;
    assert_eq!(april.subscriptions[0].known, fourth.subscriptions[0].known);
    assert_eq!(april.customers[0].address, ["Street 1", "Potsdam"]);
    let default = april
        .payment_methods
        .iter()
        .find(|method| method.default)
        .unwrap();
    assert_eq!(default.label, "Visa ending 4444");
    // Before anything was read the answer says so, and before anything existed it is empty.
    let old = clients::at(
        &world.workspace,
        &client,
        NaiveDate::from_ymd_opt(2025, 6, 1).unwrap(),
    )
    .await
    .unwrap();
    assert!(old.note.unwrap().contains("2 January 2026"));
    let none = clients::at(
        &world.workspace,
        &client,
        NaiveDate::from_ymd_opt(2020, 1, 1).unwrap(),
    )
    .await
    .unwrap();
    assert!(none.customers.is_empty() && none.subscriptions.is_empty());
    let sub = clients::object_at(
        &world.workspace,
        "sub_a",
        NaiveDate::from_ymd_opt(2026, 3, 3).unwrap(),
    )
    .await
    .unwrap();
    assert_eq!(sub.json["items"]["data"][0]["price"]["id"], "price_a");
    clients::object_at(
        &world.workspace,
        "sub_unknown",
        NaiveDate::from_ymd_opt(2026, 3, 3).unwrap(),
    )
    .await
    .unwrap_err();
}

/// A page of the timeline holds its number of lines however many changes say nothing.
#[tokio::test]
async fn every_sentence_appears_once_page_after_page() {
    let watch = Watch::at("2026-01-02T12:00:00Z".parse::<DateTime<Utc>>().unwrap());
    let world = World::with(stripe_sim::Options::default(), watch.clock()).await;
    for n in 0..130 {
        watch.set(world.workspace.clock().now() + TimeDelta::seconds(7));
        let customer = json!({"name": format!("Name {}", n / 2), "phone": format!("{}", n / 3), "metadata": {"n": n}, "created": 1_700_000_000});
        world
            .mirror(&CUSTOMERS, vec![object("customer", "cus_a", customer)])
            .await;
    }
    let client = world.all().await[0].id.clone();
    let (mut all, mut older) = (Vec::new(), None);
    loop {
        let page = clients::timeline(&world.workspace, &client, older.as_deref())
            .await
            .unwrap();
        assert!(page.entries.len() <= 50);
        all.extend(page.entries);
        older = page.older;
        if older.is_none() {
            break;
        }
    }
    let mut ids: Vec<&str> = all.iter().map(|entry| entry.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((ids.len(), all.len()), (64 + 43, 64 + 43));
    assert!(all.is_sorted_by(|newer, older| newer.at >= older.at));
}

#[tokio::test]
async fn what_was_made_while_portico_followed_is_so_since_then() {
    let world = World::filled().await;
    let page = world.client_in(BillingState::Active).await;
    let (client, customer) = (page.row.id.clone(), page.customers[0].id.clone());
    let sim = &world.sim;
    let stripe = crate::agency::client(sim, sim.secret_key(), Pace::UNLIMITED, Clock::system());
    // The simulator begins with the day.
    let later = TimeDelta::hours(25);
    sim.control().advance_clock(later).unwrap();
    let params = Params::new().with("customer", &customer);
    let path = "/v1/payment_methods/pm_card_visa/attach";
    let card = stripe.post(path, &params, "a card").await.unwrap().body;
    clients::refresh(&world.workspace, &client).await.unwrap();
    let today = (Utc::now() + later)
        .with_timezone(&world.workspace.time_zone())
        .date_naive();
    let then = clients::at(&world.workspace, &client, today).await.unwrap();
    let since = |id: &str| {
        let found = then.payment_methods.iter().find(|method| method.id == id);
        found.unwrap().known.since
    };
    let made = card["created"].as_i64().unwrap();
    assert_eq!(
        since(card["id"].as_str().unwrap()).unwrap().timestamp(),
        made
    );
    for method in &page.payment_methods {
        assert_eq!(since(&method.id), None, "as first read");
    }
}
