//! Payment methods that are nobody's default: no list of everything brings them.

use crate::agency::{Agency, client};
use crate::world::{Watch, World, until};
use chrono::{TimeDelta, Utc};
use portico_core::clients;
use portico_core::stripe::{Pace, Params};
use portico_core::sync::health::ResourceHealth;
use portico_core::sync::{self, Mode, ResourceState, Tail};
use portico_core::workspaces::Poller;
use portico_core::{Clock, stripe::Client};
use std::collections::BTreeSet;

/// A card that nothing is charged to.
async fn attach(client: &Client, customer: &str) -> String {
    let params = Params::new().with("customer", customer);
    let path = "/v1/payment_methods/pm_card_visa/attach";
    let key = format!("attach to {customer}");
    let card = client.post(path, &params, &key).await.unwrap().body;
    card["id"].as_str().unwrap().to_owned()
}

/// Whom the simulator bills: with a subscription that is not over, or an open invoice.
async fn billed(agency: &Agency) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT payer FROM subscriptions WHERE status NOT IN ('canceled', 'incomplete_expired')
         UNION SELECT payer FROM invoices WHERE status = 'open' ORDER BY payer",
    )
    .fetch_all(&agency.store.reader)
    .await
    .unwrap()
}

/// As Stripe lists them, customer by customer.
async fn listed(client: &Client, payers: &[String]) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for payer in payers {
        let by = if payer.starts_with("cus_") {
            "customer"
        } else {
            "customer_account"
        };
        let params = Params::new().with(by, payer).with("limit", 100);
        // A deleted customer has none.
        if let Ok(page) = client.list_page("/v1/payment_methods", &params).await {
            ids.extend(
                page.objects
                    .iter()
                    .map(|card| card["id"].as_str().unwrap().to_owned()),
            );
        }
    }
    ids
}

async fn health(agency: &Agency) -> ResourceHealth {
    let health = sync::sync_health(&agency.store, None, false).await.unwrap();
    let mut resources = health.resources.into_iter();
    resources.find(|one| one.name == "payment_methods").unwrap()
}

async fn mirrored(agency: &Agency) -> BTreeSet<String> {
    let rows = agency.rows("payment_methods").await;
    rows.into_iter().map(|(id, _)| id).collect()
}

#[tokio::test]
async fn an_opened_page_brings_every_card_of_the_client() {
    let world = World::new().await;
    let customer = world
        .listed(&portico_core::stripe::resource::CUSTOMERS)
        .await
        .swap_remove(0);
    let sim = &world.sim;
    let stripe = client(sim, sim.secret_key(), Pace::UNLIMITED, Clock::system());
    let card = attach(&stripe, &customer).await;
    world.fill().await;
    let client = portico_core::ids::ClientId::of_customer(&customer);
    let shows = async || {
        let page = world.page(&client).await;
        page.payment_methods.iter().any(|method| method.id == card)
    };
    assert!(!shows().await, "no list of everything brings it");
    clients::open(&world.workspace, &client).await.unwrap();
    until("the card shows", shows).await;
    let settled = async || {
        world
            .workspace
            .busy(format!("cards of {customer}"))
            .is_some()
    };
    until("it was written down", settled).await;

    sim.control().reset_requests();
    clients::open(&world.workspace, &client).await.unwrap();
    until("the second look ended", settled).await;
    assert_eq!(sim.control().requests().len(), 0, "once a day is enough");
}

#[tokio::test]
async fn cards_of_whoever_is_billed_are_read_bit_by_bit() {
    let agency = Agency::of(60).await;
    let client = agency.client();
    agency.fill(&client, Mode::Fresh).await;
    let billed = billed(&agency).await;
    let card = attach(
        &client,
        billed.iter().find(|id| id.starts_with("cus_")).unwrap(),
    )
    .await;
    let line = health(&agency).await;
    assert_eq!(line.state, ResourceState::Reading);
    assert!(
        line.message.as_ref().unwrap().contains("all of 0 of "),
        "{line:?}"
    );
    assert!(!mirrored(&agency).await.contains(&card));

    agency.sim.control().reset_requests();
    assert_eq!(
        sync::read_some_cards(&agency.store, &client, 10)
            .await
            .unwrap(),
        10
    );
    assert_eq!(agency.sim.control().requests().len(), 10);
    while sync::read_some_cards(&agency.store, &client, 10)
        .await
        .unwrap()
        > 0
    {}
    let expected = listed(&client, &billed).await;
    let here = mirrored(&agency).await;
    let missing: Vec<&String> = expected.difference(&here).collect();
    assert_eq!(missing, Vec::<&String>::new());
    assert!(here.contains(&card));
    let line = health(&agency).await;
    assert_eq!(line.state, ResourceState::Done, "{line:?}");
}

#[tokio::test]
async fn what_was_attached_while_nobody_could_tell_is_found() {
    let now = Utc::now();
    let watch = Watch::at(now);
    let world = World::with(stripe_sim::Options::default(), watch.clock()).await;
    world.fill().await;
    world.workspace.check_now().await.unwrap();
    let (sim, store) = (&world.sim, world.workspace.store());
    let stripe = client(sim, sim.secret_key(), Pace::UNLIMITED, watch.clock());
    while sync::read_some_cards(store, &stripe, 50).await.unwrap() > 0 {}
    let payer: String = sqlx::query_scalar(
        "SELECT payer FROM subscriptions WHERE status = 'active' AND payer LIKE 'cus_%' LIMIT 1",
    )
    .fetch_one(&store.reader)
    .await
    .unwrap();
    let card = attach(&stripe, &payer).await;
    sim.control().advance_clock(TimeDelta::weeks(6)).unwrap();
    watch.set(now + TimeDelta::weeks(6));

    let mut poller = Poller::new(&world.workspace);
    while !world.workspace.is_filling() {
        poller.turn().await.unwrap();
    }
    until("everything is compared", || async {
        !world.workspace.is_filling()
    })
    .await;
    while sync::read_some_cards(store, &stripe, 50).await.unwrap() > 0 {}
    let found: Vec<String> = sqlx::query_scalar("SELECT id FROM payment_methods WHERE id = ?")
        .bind(&card)
        .fetch_all(&store.reader)
        .await
        .unwrap();
    assert_eq!(found, [card]);
}

#[tokio::test]
async fn what_was_attached_before_the_first_event_was_read_is_found() {
    let agency = Agency::of(20).await;
    let client = agency.client();
    agency.fill(&client, Mode::Fresh).await;
    let read_cards = async || {
        while sync::read_some_cards(&agency.store, &client, 50)
            .await
            .unwrap()
            > 0
        {}
    };
    read_cards().await;
    let billed = billed(&agency).await;
    let payer = billed.iter().find(|id| id.starts_with("cus_"));
    let card = attach(&client, payer.unwrap()).await;

    // Events are followed from where this one begins.
    agency
        .sim
        .control()
        .advance_clock(TimeDelta::hours(1))
        .unwrap();
    agency.fill(&client, Mode::Fresh).await;
    Tail::new(&client).poll(&agency.store).await.unwrap();
    read_cards().await;
    assert!(mirrored(&agency).await.contains(&card));
}

#[tokio::test]
async fn a_comparison_takes_about_what_it_was_said_to_and_notices_detached_cards() {
    let agency = Agency::of(60).await;
    let client = agency.client();
    agency.fill(&client, Mode::Fresh).await;
    let before = sync::cost(&agency.store).await.unwrap().requests;
    let mut card = String::new();
    for payer in billed(&agency)
        .await
        .iter()
        .filter(|id| id.starts_with("cus_"))
    {
        card = attach(&client, payer).await;
    }
    while sync::read_some_cards(&agency.store, &client, 50)
        .await
        .unwrap()
        > 0
    {}
    let said = sync::cost(&agency.store).await.unwrap().requests;
    assert!(said > before + 20, "{said} instead of {before}");
    agency.sim.control().reset_requests();
    agency.fill(&client, Mode::Fresh).await;
    let took = u32::try_from(agency.sim.control().requests().len()).unwrap();
    assert!(
        took.abs_diff(said) <= said / 5,
        "{took} requests, {said} were said"
    );

    let path = format!("/v1/payment_methods/{card}/detach");
    assert!(mirrored(&agency).await.contains(&card));
    client.post(&path, &Params::new(), "detach").await.unwrap();
    agency.fill(&client, Mode::Fresh).await;
    assert!(!mirrored(&agency).await.contains(&card));
}

#[tokio::test]
async fn a_detached_card_is_nobodys_though_a_subscription_still_names_it() {
    let agency = Agency::of(20).await;
    let client = agency.client();
    agency.fill(&client, Mode::Fresh).await;
    let (subscription, payer): (String, String) = sqlx::query_as(
        "SELECT id, payer FROM subscriptions WHERE status = 'active' AND payer LIKE 'cus_%' LIMIT 1",
    )
    .fetch_one(&agency.store.reader)
    .await
    .unwrap();
    let card = attach(&client, &payer).await;
    let path = format!("/v1/subscriptions/{subscription}");
    let named = Params::new().with("default_payment_method", &card);
    client.post(&path, &named, "name it").await.unwrap();
    agency.fill(&client, Mode::Fresh).await;
    assert!(mirrored(&agency).await.contains(&card));

    let path = format!("/v1/payment_methods/{card}/detach");
    client.post(&path, &Params::new(), "detach").await.unwrap();
    let still = agency.sim.control().object(&subscription).unwrap();
    assert_eq!(still["default_payment_method"], card.as_str());
    agency.fill(&client, Mode::Fresh).await;
    assert!(!mirrored(&agency).await.contains(&card));
}

#[tokio::test]
async fn without_the_permission_nothing_is_asked() {
    let agency = Agency::of(20).await;
    let all = "rak_customer_read,rak_subscription_read,rak_invoice_read,rak_event_read";
    let client = agency.restricted(all);
    agency.fill(&client, Mode::Fresh).await;
    agency.sim.control().reset_requests();
    assert_eq!(
        sync::read_some_cards(&agency.store, &client, 10)
            .await
            .unwrap(),
        0
    );
    assert_eq!(agency.sim.control().requests().len(), 0);
    assert_eq!(health(&agency).await.state, ResourceState::NotPermitted);
}
