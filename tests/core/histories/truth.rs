//! What the mirror holds, against a mirror that is filled from nothing.

use super::DIFFERS;
use portico_core::Clock;
use portico_core::db::{BackgroundLock, Store, unpack};
use portico_core::stripe::{Client, resource};
use portico_core::sync::{self, Mode, Outcome};
use sqlx::AssertSqlSafe;
use std::collections::BTreeMap;
use std::sync::Arc;
use stripe_sim::Sim;

/// Every row that is not deleted, by table and id, without what tells when it was asked for.
async fn rows(store: &Store, table: &str) -> BTreeMap<String, String> {
    let columns: String = sqlx::query_scalar(
        "SELECT group_concat(iif(type = 'BLOB', 'hex(' || name || ')', name))
         FROM pragma_table_info(?) WHERE name NOT IN ('asked_at', 'json')",
    )
    .bind(table)
    .fetch_one(&store.reader)
    .await
    .unwrap();
    let query = format!("SELECT id, json_array({columns}) FROM {table} WHERE deleted = 0");
    let rows: Vec<(String, String)> = sqlx::query_as(AssertSqlSafe(query))
        .fetch_all(&store.reader)
        .await
        .unwrap();
    rows.into_iter().collect()
}

/// Object by object and column by column, the content by its hash.
pub async fn assert_equal(seed: u64, store: &Store, client: &Client, sim: &Sim, but: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let fresh = crate::desk::open_at(folder.path(), Clock::system())
        .await
        .unwrap();
    let lock = BackgroundLock::try_acquire(&fresh.folder).unwrap().unwrap();
    let filling = sync::start(&fresh, client, Mode::Fresh, Arc::new(lock)).await;
    assert_eq!(filling.unwrap().ended().await, Outcome::Complete);
    for resource in resource::ALL {
        if but.contains(&resource.name) {
            continue;
        }
        let (mut here, there) = (
            rows(store, resource.name).await,
            rows(&fresh, resource.name).await,
        );
        if *resource == resource::PAYMENT_METHODS {
            // Lists bring only those that are somebody's default; the others came by events.
            here.retain(|id, _| there.contains_key(id));
            assert_attached(seed, store, sim).await;
        }
        for id in here.keys().chain(there.keys()) {
            let (here, there) = (here.get(id), there.get(id));
            assert!(
                here == there,
                "history {seed}: {DIFFERS}: {id} in {} is\n{here:?}\ninstead of\n{there:?}",
                resource.name
            );
        }
    }
    fresh.close().await;
}

/// Each payment method that the mirror has is still somebody's, and as Stripe has it.
async fn assert_attached(seed: u64, store: &Store, sim: &Sim) {
    let known: Vec<(String, Vec<u8>)> =
        sqlx::query_as("SELECT id, json FROM payment_methods WHERE deleted = 0")
            .fetch_all(&store.reader)
            .await
            .unwrap();
    for (id, json) in known {
        let there = sim.control().object(&id);
        let attached = there.as_ref().is_some_and(|there| {
            !there["customer"].is_null() || !there["customer_account"].is_null()
        });
        assert!(
            attached && there == Some(unpack(&json).unwrap()),
            "history {seed}: {DIFFERS}: {id} in payment_methods is\n{:?}\ninstead of\n{there:?}",
            unpack(&json)
        );
    }
}
