//! What a workspace asks of Stripe on an ordinary day, without faults: the checks send this through
//! a judge of Stripe's published types (`PORTICO_CONFORM_URL`), and fail on anything it objects to.

use crate::agency::{Agency, listed};
use portico_core::{
    stripe::{Params, hosted, invoices, listing::Reading, permissions, portal, resource},
    sync::{self, Mode, Outcome},
};
use stripe_sim::Options;

#[tokio::test]
async fn conform_a_first_filling_and_a_second_listing() {
    let agency = Agency::open(Options::default()).await;
    let client = agency.judged();
    for mode in [Mode::Fresh, Mode::Fresh] {
        assert_eq!(agency.fill(&client, mode).await, Outcome::Complete);
    }
    for resource in resource::LISTED {
        let there = listed(&client, &Reading::of(resource).unwrap()).await;
        // Portal configurations are made by hand, so a young agency has none.
        assert!(
            !there.is_empty() || resource.name == "portal_configurations",
            "{} has nothing to judge",
            resource.name
        );
    }
}

#[tokio::test]
async fn conform_a_key_a_portal_and_a_client() {
    let agency = Agency::open(Options::default()).await;
    let client = agency.judged();
    permissions::probe(&client).await.unwrap();
    assert_eq!(agency.fill(&client, Mode::Fresh).await, Outcome::Complete);

    let once = |name: &str| format!("{name}-{}", std::process::id());
    let params = Params::new()
        .with("business_profile[headline]", "Your plan and invoices")
        .with("features[invoice_history][enabled]", true)
        .with("features[payment_method_update][enabled]", true)
        .with("login_page[enabled]", true)
        .with("metadata[portico]", "default");
    let configuration = portal::create_configuration(&client, &params, &once("configuration"))
        .await
        .unwrap();
    let configuration = configuration.body["id"].as_str().unwrap();
    portal::retrieve_configuration(&client, configuration)
        .await
        .unwrap();
    let (all, _) = portal::active_configurations(&client).await.unwrap();
    assert!(all.iter().any(|other| other["id"] == configuration));

    let (customer, account): (String, Option<String>) =
        sqlx::query_as("SELECT id, account FROM customers ORDER BY account IS NULL, id LIMIT 1")
            .fetch_one(&agency.store.reader)
            .await
            .unwrap();
    let mut payers = vec![customer];
    payers.extend(account);
    sync::refresh_client(&agency.store, &client, &payers)
        .await
        .unwrap();
    for payer in &payers {
        let session = {
            let params = hosted::customer(payer).with("configuration", configuration);
            hosted::portal_session(&client, &params, &once(payer)).await
        };
        assert!(session.unwrap().body["url"].is_string());
    }
    let invoice: String = sqlx::query_scalar("SELECT id FROM invoices ORDER BY id LIMIT 1")
        .fetch_one(&agency.store.reader)
        .await
        .unwrap();
    let invoice = invoices::retrieve(&client, &invoice).await.unwrap();
    assert_eq!(invoice.body["object"], "invoice");
}
