//! What a workspace asks of Stripe on an ordinary day, without faults: the checks send this through
//! a judge of Stripe's published types (`PORTICO_CONFORM_URL`), and fail on anything it objects to.

use crate::agency::{Agency, listed};
use crate::link_story::issue_every_kind;
use crate::portal_studio::{everything, simple};
use crate::world::{add, options_in};
use portico_core::portal as studio;
use portico_core::workspaces::Workspace;
use portico_core::{
    Core,
    stripe::{Params, hosted, invoices, listing::Reading, permissions, portal, resource},
    sync::{self, Mode, Outcome},
};
use stripe_sim::{Options, Sim};

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

#[tokio::test]
async fn conform_the_portal_studio() {
    let sim = Sim::start(Options::default()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (_core, workspace) = judged(&sim, &folder).await;
    let all = everything(&workspace).await;
    let made = studio::save(&workspace, None, &all).await.unwrap();
    for settings in [simple(""), all] {
        let changed = studio::save(&workspace, Some(&made.id), &settings).await;
        assert_eq!(changed.unwrap().differences, Vec::<String>::new());
    }
    for active in [false, true] {
        studio::set_active(&workspace, &made.id, active)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn conform_every_kind_of_link() {
    let sim = Sim::start(Options::default()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (_core, workspace) = judged(&sim, &folder).await;
    issue_every_kind(&workspace).await;
}

/// A workspace that is filled, its traffic judged where the suite is run so.
async fn judged(sim: &Sim, folder: &tempfile::TempDir) -> (Core, std::sync::Arc<Workspace>) {
    let core = Core::open(options_in(folder.path().into())).unwrap();
    core.set_staff("Ada Lovelace", None).await.unwrap();
    let url = std::env::var("PORTICO_CONFORM_URL").ok();
    let url = url.as_deref().unwrap_or(sim.url());
    let summary = add(&core, sim.secret_key(), url, "Judged").await;
    let workspace = core.workspace(&summary.id).await.unwrap();
    workspace.sync_and_wait(|_| {}).await.unwrap();
    (core, workspace)
}
