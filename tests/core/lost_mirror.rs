//! What is known of clients when portico.db is lost: before it is filled again, and of what Stripe no
//! longer has.

use crate::agency::client;
use crate::world::World;
use portico_core::clients;
use portico_core::ids::ClientId;
use portico_core::stripe::{Pace, Params};
use portico_core::words::BillingState;
use portico_core::{Clock, Error, mirror};
use serde_json::json;

async fn texts(world: &World, client: &ClientId) -> Vec<String> {
    let timeline = clients::timeline(&world.workspace, client, None).await;
    let entries = timeline.unwrap().entries;
    entries.into_iter().map(|entry| entry.text).collect()
}

#[tokio::test]
async fn a_deleted_client_keeps_its_name_and_its_history() {
    let world = World::filled().await;
    let sim = &world.sim;
    let stripe = client(sim, sim.secret_key(), Pace::UNLIMITED, Clock::system());
    let params = Params::new().with("name", "Ada");
    let made = stripe.post("/v1/customers", &params, "ada").await.unwrap();
    let customer = made.body["id"].as_str().unwrap().to_owned();
    let gone = ClientId::of_customer(&customer);
    world
        .mirror(&portico_core::stripe::resource::CUSTOMERS, vec![made.body])
        .await;
    world
        .change(&gone, &customer, json!({"name": "Ada & Co"}))
        .await;
    sim.control().delete(&customer).unwrap();
    clients::refresh(&world.workspace, &gone).await.unwrap();
    let told = texts(&world, &gone).await;
    assert_eq!(
        told,
        [
            "The customer was deleted in Stripe",
            "Name changed from Ada to Ada & Co"
        ]
    );
    let here = world.client_in(BillingState::Active).await.row.id;
    let own = world.page(&here).await.customers.remove(0).id;
    world.change(&here, &own, json!({"name": "Changed"})).await;

    mirror::clear(world.workspace.store()).await.unwrap();
    assert_eq!(texts(&world, &gone).await, told, "from the journal alone");
    let today = chrono::Utc::now()
        .with_timezone(&world.workspace.time_zone())
        .date_naive();
    let then = clients::at(&world.workspace, &here, today).await.unwrap();
    assert_eq!(then.customers[0].name.as_deref(), Some("Changed"));

    world.fill().await;
    assert_eq!(texts(&world, &gone).await, told);
    let page = world.page(&gone).await;
    assert_eq!(page.row.name, "Ada & Co");
    assert_eq!(page.row.state, BillingState::Deleted);
    // Nothing became of it again.
    let dump = |rows: Vec<clients::ClientRow>| rows.len();
    let before = dump(world.all().await);
    world.fill().await;
    assert_eq!(dump(world.all().await), before);
    assert_eq!(texts(&world, &gone).await, told);
}

#[tokio::test]
async fn an_id_that_was_never_read_is_said_to_be_unknown() {
    let world = World::filled().await;
    for id in ["nonsense", "sub_nope"] {
        let told = clients::object_timeline(&world.workspace, id).await;
        let Err(Error::NotFound(words)) = told else {
            panic!("{told:?}")
        };
        assert!(words.contains(id) && words.contains("not known"), "{words}");
    }
    let nobody = clients::timeline(&world.workspace, &ClientId::from("cl_nobody"), None).await;
    assert!(matches!(nobody, Err(Error::NotFound(_))), "{nobody:?}");
    let known = world
        .page(&world.all().await[0].id)
        .await
        .customers
        .remove(0);
    clients::object_timeline(&world.workspace, &known.id)
        .await
        .unwrap();
}
