//! A first filling that is cut off, by Stripe or by the end of the process, ends as if it had not been.

use std::path::Path;

use portico_core::stripe::resource;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection, QueryBuilder, Sqlite};
use stripe_sim::{Fault, Options};

use crate::agency::Agency;
use crate::harness::app::Setup;
use crate::harness::eventually;

type Rows = Vec<(String, Option<Vec<u8>>)>;

/// Everything that is mirrored from Stripe, by table, as the workspace's file holds it.
async fn mirror(folder: &Path) -> Vec<(&'static str, Rows)> {
    let file = SqliteConnectOptions::new()
        .filename(folder.join("portico.db"))
        .read_only(true);
    let mut database = SqliteConnection::connect_with(&file)
        .await
        .expect("the workspace's tables");
    let mut tables = Vec::new();
    for resource in resource::ALL {
        // Each agency serves its payment links from a port of its own, so their content differs.
        let columns = if *resource == resource::PAYMENT_LINKS {
            "SELECT id, NULL FROM "
        } else {
            "SELECT id, hash FROM "
        };
        let rows = QueryBuilder::<Sqlite>::new(columns)
            .push(resource.name)
            .push(" WHERE deleted = 0 ORDER BY id")
            .build_query_as()
            .fetch_all(&mut database)
            .await
            .expect("a mirrored table");
        tables.push((resource.name, rows));
    }
    tables
}

async fn mirrored(agency: &Agency) -> Vec<(&'static str, Rows)> {
    let workspaces = agency.app.desk().data().join("workspaces");
    mirror(&workspaces.join(agency.workspace().await)).await
}

/// Slow enough to be caught in the middle, and the same for every agency.
fn slow() -> Options {
    Options {
        latency_ms: Some((15, 30)),
        customers: 300,
        ..Options::default()
    }
}

async fn undisturbed() -> Vec<(&'static str, Rows)> {
    let agency = Agency::with(slow(), Setup::new()).await;
    agency.connect().await;
    agency.sees_the_filling_complete().await;
    let tables = mirrored(&agency).await;
    agency.close().await;
    assert!(
        tables.iter().any(|(_, rows)| rows.len() > 100),
        "an empty mirror"
    );
    tables
}

#[tokio::test]
async fn a_filling_that_lost_stripe_says_so_and_goes_on_by_itself_to_the_same() {
    let expected = undisturbed().await;
    let agency = Agency::with(slow(), Setup::new()).await;
    agency.enter_key(agency.sim.restricted_key()).await;
    let control = agency.sim.control();
    control.fail_next_on("/v1/invoices", u32::MAX, Fault::Drop);
    agency.save().await;
    // Each question is asked several times before it counts as lost.
    agency.app.see_with_the_news("Reading is unfinished").await;
    agency.app.screenshot("unfinished").await;
    control.clear_faults();
    agency.app.see_with_the_news("Up to date").await;
    assert_eq!(mirrored(&agency).await, expected);
    agency.close().await;
}

#[tokio::test]
async fn an_app_killed_while_it_fills_goes_on_after_the_next_start_to_the_same() {
    let expected = undisturbed().await;
    let mut agency =
        Agency::with(slow(), Setup::new().env("PORTICO_KILL_AT", "after_apply:3")).await;
    agency.enter_key(agency.sim.restricted_key()).await;
    agency
        .app
        .type_into("Name of the workspace", "Lumen Studio")
        .await;
    agency
        .app
        .click("button", "Save and read the clients")
        .await;
    agency.app.has_died().await;

    // Then again wherever it happens to be.
    agency.app.set_env("PORTICO_KILL_AT", "");
    agency.sim.control().reset_requests();
    agency.app.restart().await;
    let reading = eventually(async || (agency.sim.control().requests().len() > 5).then_some(()));
    assert!(reading.await.is_some(), "the filling did not go on");
    agency.app.kill().await;

    agency.app.restart().await;
    agency.sees_the_filling_complete().await;
    assert_eq!(mirrored(&agency).await, expected);
    agency.close().await;
}
