//! Prices that Stripe's list leaves out of itself: archived ones, and those made for one subscription.

use crate::agency::client;
use crate::world::World;
use portico_core::Clock;
use portico_core::clients;
use portico_core::ids::ClientId;
use portico_core::stripe::resource::PRODUCTS;
use portico_core::stripe::{Pace, Params};
use serde_json::{Value, json};

async fn post(world: &World, path: &str, params: &[(&str, &str)]) -> Value {
    let sim = &world.sim;
    let client = client(sim, sim.secret_key(), Pace::UNLIMITED, Clock::system());
    let params = params.iter().fold(Params::new(), |params, (name, value)| {
        params.with(*name, *value)
    });
    let key = format!("{path} {params:?}");
    client.post(path, &params, &key).await.unwrap().body
}

fn id(object: &Value) -> &str {
    object["id"].as_str().unwrap()
}

/// A client who pays 40 euro a month for the maintenance of a shop.
async fn subscriber(world: &World, item: &[(&str, &str)]) -> (ClientId, Value) {
    let customer = post(world, "/v1/customers", &[("name", "Ada")]).await;
    let mut params = vec![
        ("customer", id(&customer)),
        ("collection_method", "send_invoice"),
        ("days_until_due", "14"),
    ];
    params.extend(item);
    let subscription = post(world, "/v1/subscriptions", &params).await;
    (ClientId::of_customer(id(&customer)), subscription)
}

async fn assert_shown(world: &World, client: &ClientId) {
    let rows = world.all().await;
    let row = rows.iter().find(|row| row.id == *client).unwrap();
    assert_eq!(row.plan, "Maintenance monthly");
    let monthly: Vec<String> = row.monthly.iter().map(ToString::to_string).collect();
    assert_eq!(monthly, ["40.00 EUR"]);
    let page = world.page(client).await;
    let item = &page.subscriptions[0].items[0];
    assert_eq!(item.name, "Maintenance monthly");
    assert_eq!(item.price_words, "40.00 EUR per month");
    let monthly = page.subscriptions[0].monthly.as_ref().unwrap();
    assert_eq!(monthly.to_string(), "40.00 EUR");
}

#[tokio::test]
async fn an_archived_price_keeps_its_plan_and_amount() {
    let world = World::new().await;
    let product = post(&world, "/v1/products", &[("name", "Maintenance")]).await;
    let price = [
        ("product", id(&product)),
        ("currency", "eur"),
        ("unit_amount", "4000"),
        ("recurring[interval]", "month"),
    ];
    let price = post(&world, "/v1/prices", &price).await;
    let (client, _) = subscriber(&world, &[("items[0][price]", id(&price))]).await;
    post(
        &world,
        &format!("/v1/prices/{}", id(&price)),
        &[("active", "false")],
    )
    .await;
    world.fill().await;
    assert_shown(&world, &client).await;
    let mirrored: bool =
        sqlx::query_scalar("SELECT active = 0 AND deleted = 0 FROM prices WHERE id = ?")
            .bind(id(&price))
            .fetch_one(&world.workspace.store().reader)
            .await
            .unwrap();
    assert!(mirrored, "archived, and still sold");
}

#[tokio::test]
async fn a_price_made_for_one_subscription_speaks_through_its_item() {
    let world = World::new().await;
    let product = post(&world, "/v1/products", &[("name", "Maintenance")]).await;
    let of = |amount| {
        [
            ("items[0][price_data][product]", id(&product)),
            ("items[0][price_data][currency]", "eur"),
            ("items[0][price_data][unit_amount]", amount),
            ("items[0][price_data][recurring][interval]", "month"),
        ]
    };
    let (client, subscription) = subscriber(&world, &of("4000")).await;
    world.fill().await;
    assert_shown(&world, &client).await;

    // A new name of the product shows, though the price is not mirrored.
    let path = format!("/v1/products/{}", id(&product));
    let renamed = post(&world, &path, &[("name", "Upkeep")]).await;
    world.mirror(&PRODUCTS, vec![renamed]).await;
    assert_eq!(world.page(&client).await.row.plan, "Upkeep monthly");
    world.mirror(&PRODUCTS, vec![product.clone()]).await;

    // It is told by its name in history too.
    let item = id(&subscription["items"]["data"][0]);
    let mut change = vec![("items[0][id]", item), ("proration_behavior", "none")];
    let dearer = of("5000");
    change.extend(&dearer);
    let path = format!("/v1/subscriptions/{}", id(&subscription));
    let changed = post(&world, &path, &change).await;
    assert_ne!(
        changed.pointer("/items/data/0/price/id"),
        subscription.pointer("/items/data/0/price/id")
    );
    clients::refresh(&world.workspace, &client).await.unwrap();
    let timeline = clients::timeline(&world.workspace, &client, None).await;
    let entries = timeline.unwrap().entries;
    assert!(
        entries
            .iter()
            .any(|entry| entry.text.contains("Maintenance monthly")),
        "{entries:#?}"
    );
    let row = world.page(&client).await.row;
    assert_eq!(json!(row.monthly)[0]["amount"], 5000, "{row:?}");
}
