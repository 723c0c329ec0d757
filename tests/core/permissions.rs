//! What a key is found to allow, each permission by its own probe.

use crate::agency::{self, Agency};
use crate::world::{World, add, options_in};
use portico_core::clients::{self, ClientList, ClientQuery};
use portico_core::secrets::Secret;
use portico_core::stripe::permissions::{ProbeResult, probe, wanted};
use portico_core::words::BillingState;
use portico_core::workspaces::Workspace;
use portico_core::{Core, Error};
use std::sync::Arc;
use stripe_sim::{Fault, Sim};

#[tokio::test]
async fn a_secret_key_may_do_everything_and_names_its_account() {
    let agency = Agency::of(5).await;
    let report = probe(&agency.client()).await.unwrap();
    assert!(!report.restricted && !report.livemode);
    assert_eq!(report.account_id.as_deref(), Some(agency.sim.account_id()));
    assert!(report.account_name.is_some());
    assert!(report.country.is_some());
    assert!(report.default_currency.is_some());
    assert!(report.time_zone.unwrap().parse::<chrono_tz::Tz>().is_ok());
    assert!(agency.sim.secret_key().ends_with(&report.last4));
    for row in &report.permissions {
        assert_eq!(row.result, ProbeResult::Granted, "{}", row.slug);
    }
}

/// Each permission is granted alone, so a probe that asks for something else is found out.
#[tokio::test]
async fn each_permission_is_found_by_itself() {
    let agency = Agency::of(5).await;
    for granted in wanted() {
        let report = probe(&agency.restricted(&granted.slug)).await.unwrap();
        assert!(report.restricted);
        assert_eq!(report.account_id.as_deref(), Some(agency.sim.account_id()));
        for row in report.permissions {
            // Who may write may read.
            let read = granted.slug.replace("_write", "_read");
            let expected = if row.slug == granted.slug || row.slug == read {
                ProbeResult::Granted
            } else {
                ProbeResult::Missing
            };
            assert_eq!(row.result, expected, "{} with {}", row.slug, granted.slug);
        }
    }
}

#[tokio::test]
async fn probing_changes_nothing() {
    let agency = Agency::of(5).await;
    probe(&agency.client()).await.unwrap();
    for request in agency.sim.control().requests() {
        if request.method != "GET" {
            assert_eq!(request.status, 404, "{} {}", request.method, request.path);
        }
    }
}

#[tokio::test]
async fn a_probe_without_an_answer_is_not_checked() {
    let agency = Agency::of(5).await;
    agency
        .sim
        .control()
        .fail_next_on("/v1/invoices", 99, Fault::Status(503));
    let report = probe(&agency.client()).await.unwrap();
    for row in report.permissions {
        let expected = match row.slug.as_str() {
            "rak_invoice_read" => ProbeResult::NotChecked,
            _ => ProbeResult::Granted,
        };
        assert_eq!(row.result, expected, "{}", row.slug);
    }
}

/// A key that lacks something leaves gaps, and none of them is called nothing.
#[tokio::test]
async fn what_the_key_may_not_read_is_never_said_to_be_absent() {
    let (_sim, _core, _folder, workspace) =
        limited("rak_customer_read,rak_subscription_read").await;
    let list = every_client(&workspace).await;
    let said = list.not_read.unwrap();
    assert!(
        said.starts_with("The key may not read invoices, prices and products:"),
        "{said}"
    );
    let mut plans = 0;
    for row in list.rows {
        let shown = (row.state, row.word.code.as_str(), row.plan.as_str());
        match row.state {
            BillingState::NoBilling => assert_eq!(shown.1, "not_read", "{shown:?}"),
            BillingState::Active => {
                assert_ne!(shown.2, "", "its price is carried by the subscription");
                plans += 1;
            }
            _ => {}
        }
        let page = clients::page(&workspace, &row.id).await.unwrap();
        assert_eq!(
            page.not_read,
            ["invoices", "prices", "products", "payment_methods"]
        );
    }
    assert!(plans > 0);
    // Without subscriptions nobody is known to have none.
    let (_sim, _core, _folder, workspace) = limited("rak_customer_read,rak_invoice_read").await;
    for row in every_client(&workspace).await.rows {
        if !matches!(
            row.state,
            BillingState::InvoiceOverdue | BillingState::Deleted
        ) {
            assert_eq!(
                (row.word.label.as_str(), row.plan.as_str()),
                ("Not read", "Not read"),
                "{row:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_key_that_may_read_all_leaves_nothing_unread() {
    let world = World::filled().await;
    let list = every_client(&world.workspace).await;
    assert_eq!(list.not_read, None);
    assert!(list.rows.iter().all(|row| row.word == row.state.word()));
    assert!(world.page(&list.rows[0].id).await.not_read.is_empty());
}

async fn limited(slugs: &str) -> (Sim, Core, tempfile::TempDir, Arc<Workspace>) {
    let sim = Sim::start(stripe_sim::Options::default()).await.unwrap();
    sim.control().set_permissions(agency::only(slugs));
    let folder = tempfile::tempdir().unwrap();
    let core = Core::open(options_in(folder.path().into())).unwrap();
    let summary = add(&core, sim.restricted_key(), sim.url(), "Limited").await;
    let workspace = core.workspace(&summary.id).await.unwrap();
    workspace.sync_and_wait(|_| {}).await.unwrap();
    (sim, core, folder, workspace)
}

async fn every_client(workspace: &Workspace) -> ClientList {
    let query = ClientQuery {
        limit: 500,
        ..ClientQuery::default()
    };
    clients::list(workspace, &query).await.unwrap()
}

#[tokio::test]
async fn a_refused_key_is_an_error_not_a_report() {
    let agency = Agency::of(5).await;
    let client = agency.client();
    agency.sim.control().roll_keys();
    let error = probe(&client).await.unwrap_err();
    assert!(matches!(error, Error::KeyRefused(_)), "{error:?}");
    // While connecting there are no Settings to be sent to.
    let folder = tempfile::tempdir().unwrap();
    let core = Core::open(options_in(folder.path().into())).unwrap();
    let key = Secret::new("rk_test_51Abcdefghijklmnop");
    let refused = core.check_key(key, Some(agency.sim.url())).await;
    let refused = refused.unwrap_err();
    assert!(
        matches!(&refused, Error::Invalid { field: "key", message } if !message.contains("Settings")),
        "{refused:?}"
    );
    assert!(refused.to_string().contains("Invalid API Key provided"));
}
