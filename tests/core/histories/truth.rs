//! What the mirror holds, against a mirror that is filled from nothing.

use super::DIFFERS;
use portico_core::db::{BackgroundLock, Store, unpack};
use portico_core::stripe::{Client, Params, resource};
use portico_core::sync::{self, Mode, Outcome};
use serde_json::Value;
use sqlx::AssertSqlSafe;
use std::collections::BTreeMap;
use std::sync::Arc;

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

/// The object as it is stored.
async fn content(store: &Store, table: &str, id: &str) -> Value {
    let query = format!("SELECT json FROM {table} WHERE id = ?");
    let json: Option<Option<Vec<u8>>> = sqlx::query_scalar(AssertSqlSafe(query))
        .bind(id)
        .fetch_optional(&store.reader)
        .await
        .unwrap();
    let mut object = json
        .flatten()
        .map_or(Value::Null, |json| unpack(&json).unwrap());
    let discounts = object.get_mut("discounts").and_then(Value::as_array_mut);
    for discount in discounts.into_iter().flatten() {
        // Of the coupon that comes along; no event of this object tells how often others used it.
        if let Some(used) = discount.pointer_mut("/source/coupon/times_redeemed") {
            *used = Value::Null;
        }
    }
    object
}

/// Object by object and column by column, the content by its hash.
pub async fn assert_equal(seed: u64, store: &Store, client: &Client, but: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let fresh = crate::desk::open_at(folder.path(), store.clock.clone())
        .await
        .unwrap();
    let lock = BackgroundLock::try_acquire(&fresh.folder).unwrap().unwrap();
    let filling = sync::start(&fresh, client, Mode::Fresh, Arc::new(lock)).await;
    assert_eq!(filling.unwrap().ended().await, Outcome::Complete);
    for resource in resource::ALL {
        if but.contains(&resource.name) {
            continue;
        }
        let (mut here, mut there) = (
            rows(store, resource.name).await,
            rows(&fresh, resource.name).await,
        );
        if *resource == resource::TAX_IDS {
            // Those of a deleted customer stay readable beside its tombstone.
            let customers = rows(store, "customers").await;
            here.retain(|_, row| customers.keys().any(|customer| row.contains(customer)));
        }
        if *resource == resource::PAYMENT_METHODS {
            assert_as_told(seed, store, client).await;
            // Lists bring only those that are somebody's default; the others came by events.
            here.retain(|id, _| there.contains_key(id));
            // And what is detached may stay the default of a subscription.
            for id in there.keys().cloned().collect::<Vec<_>>() {
                let customer = &asked(client, &id).await["customer"];
                if customer.is_null() && !here.contains_key(&id) {
                    there.remove(&id);
                }
            }
        }
        for id in here.keys().chain(there.keys()) {
            if here.get(id) == there.get(id) {
                continue;
            }
            let name = resource.name;
            let (here, there) = (
                content(store, name, id).await,
                content(&fresh, name, id).await,
            );
            assert!(
                here == there,
                "history {seed}: {DIFFERS}: {id} in {name} is\n{here}\ninstead of\n{there}"
            );
        }
    }
    fresh.close().await;
}

/// A payment method by its id, which Stripe answers for as long as the account lasts.
async fn asked(client: &Client, payment_method: &str) -> Value {
    let path = format!("/v1/payment_methods/{payment_method}");
    client.get(&path, &Params::new()).await.unwrap().body
}

/// Each payment method that the mirror has is as Stripe has it.
async fn assert_as_told(seed: u64, store: &Store, client: &Client) {
    let known: Vec<(String, Vec<u8>)> =
        sqlx::query_as("SELECT id, json FROM payment_methods WHERE deleted = 0")
            .fetch_all(&store.reader)
            .await
            .unwrap();
    for (id, json) in known {
        let (here, there) = (unpack(&json).unwrap(), asked(client, &id).await);
        assert!(
            here == there,
            "history {seed}: {DIFFERS}: {id} in payment_methods is\n{here}\ninstead of\n{there}"
        );
    }
}
