//! Coupons that subscriptions are discounted by: what becomes of one, and of whoever has it.

use crate::agency;
use crate::changes::{active, told};
use crate::world::World;
use portico_core::Clock;
use portico_core::clients;
use portico_core::mirror;
use portico_core::stripe::resource::COUPONS;
use portico_core::stripe::{Client, Pace, Params};
use serde_json::{Value, json};

fn stripe(world: &World) -> Client {
    let sim = &world.sim;
    agency::client(sim, sim.secret_key(), Pace::UNLIMITED, Clock::system())
}

async fn coupon(stripe: &Client) -> Value {
    let coupon = Params::new()
        .with("id", "PARTNER")
        .with("name", "Partner")
        .with("percent_off", 25)
        .with("duration", "forever");
    let made = stripe.post("/v1/coupons", &coupon, "coupon").await;
    made.unwrap().body
}

async fn give(stripe: &Client, subscription: &str) {
    let path = format!("/v1/subscriptions/{subscription}");
    let given = Params::new().with("discounts[0][coupon]", "PARTNER");
    let key = format!("given to {subscription}");
    stripe.post(&path, &given, &key).await.unwrap();
}

#[tokio::test]
async fn a_deleted_coupon_goes_on_for_whoever_has_it() {
    let (world, page) = active().await;
    let (client, subscription) = (page.row.id.clone(), page.subscriptions[0].id.clone());
    let stripe = stripe(&world);
    let coupon = coupon(&stripe).await;
    give(&stripe, &subscription).await;
    world.mirror(&COUPONS, vec![coupon]).await;
    clients::refresh(&world.workspace, &client).await.unwrap();
    let before = world.page(&client).await;
    assert_eq!(before.subscriptions[0].discounts, ["Partner: 25 % off"]);

    stripe
        .delete("/v1/coupons/PARTNER", &Params::new())
        .await
        .unwrap();
    let now = world.workspace.clock().millis();
    let gone = ["PARTNER".to_owned()];
    mirror::tombstone(world.workspace.store(), &COUPONS, &gone, now)
        .await
        .unwrap();
    let told = told(
        &world,
        &client,
        &subscription,
        json!({"metadata": {"seats": "3"}}),
    )
    .await;
    assert_eq!(told, Vec::<String>::new());
    let after = world.page(&client).await;
    assert_eq!(after.subscriptions[0].discounts, ["Partner: 25 % off"]);
    assert_eq!(after.row.monthly, before.row.monthly);
}

#[tokio::test]
async fn what_others_use_a_coupon_for_changes_nobody_else() {
    let (world, page) = active().await;
    let (client, subscription) = (page.row.id.clone(), page.subscriptions[0].id.clone());
    let other: String = sqlx::query_scalar(
        "SELECT id FROM subscriptions WHERE status = 'active' AND id <> ? LIMIT 1",
    )
    .bind(&subscription)
    .fetch_one(&world.workspace.store().reader)
    .await
    .unwrap();
    let stripe = stripe(&world);
    coupon(&stripe).await;
    give(&stripe, &subscription).await;
    let hash = async || -> Vec<u8> {
        clients::refresh(&world.workspace, &client).await.unwrap();
        sqlx::query_scalar("SELECT hash FROM subscriptions WHERE id = ?")
            .bind(&subscription)
            .fetch_one(&world.workspace.store().reader)
            .await
            .unwrap()
    };
    let uses = async || {
        let coupon = stripe.get("/v1/coupons/PARTNER", &Params::new()).await;
        coupon.unwrap().body["times_redeemed"].clone()
    };
    let (before, used) = (hash().await, uses().await);
    give(&stripe, &other).await;
    assert_ne!(uses().await, used);
    assert_eq!(hash().await, before);
}
