//! What the mirror holds, against what the simulator lists, and against a mirror that is filled from
//! nothing.

use super::DIFFERS;
use portico_core::db::{BackgroundLock, Store, unpack};
use portico_core::stripe::resource::{self, Part, Resource};
use portico_core::stripe::{Client, Params};
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
    let mut object = whole(store, table, id).await;
    forget_coupons(&mut object);
    object
}

async fn whole(store: &Store, table: &str, id: &str) -> Value {
    let query = format!("SELECT json FROM {table} WHERE id = ?");
    let json: Option<Option<Vec<u8>>> = sqlx::query_scalar(AssertSqlSafe(query))
        .bind(id)
        .fetch_optional(&store.reader)
        .await
        .unwrap();
    json.flatten()
        .map_or(Value::Null, |json| unpack(&json).unwrap())
}

/// Of a coupon that comes along no event of this object tells how often others used it, nor that it
/// was deleted.
fn forget_coupons(object: &mut Value) {
    let discounts = object.get_mut("discounts").and_then(Value::as_array_mut);
    for discount in discounts.into_iter().flatten() {
        if let Some(coupon) = discount.pointer_mut("/source/coupon") {
            id_of(coupon);
        }
    }
}

/// The id in place of the object.
fn id_of(value: &mut Value) {
    if value.is_object() {
        *value = value["id"].take();
    }
}

/// The whole of a list, as anybody would read it.
async fn listed(client: &Client, path: &str, filter: Params) -> Vec<Value> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let params = filter.clone().with("limit", 100);
        let params = params.maybe("starting_after", after.as_deref());
        let page = client.list_page(path, &params).await.unwrap();
        all.extend(page.objects);
        if !page.has_more {
            return all;
        }
        after = all
            .last()
            .and_then(|last| last["id"].as_str())
            .map(str::to_owned);
    }
}

/// A listed object as the mirror is to keep it, and the mirror's own, as far as the two can be compared.
fn comparable(resource: &Resource, mut listed: Value, mut kept: Value) -> (Value, Value) {
    for embed in resource
        .embeds
        .iter()
        .filter(|embed| embed.child_of.is_none())
    {
        if let Some(inner) = listed.pointer_mut(embed.pointer) {
            id_of(inner);
        }
    }
    for pointer in resource.never_store {
        if let Some(secret) = listed.pointer_mut(pointer).filter(|value| !value.is_null()) {
            *secret = Value::Bool(true);
        }
    }
    for sublist in resource.sublists {
        let whole = listed
            .pointer(sublist.pointer)
            .is_none_or(|list| list["has_more"] != true);
        if !whole {
            for object in [&mut listed, &mut kept] {
                object.pointer_mut(sublist.pointer).map(Value::take);
            }
        }
    }
    forget_coupons(&mut listed);
    forget_coupons(&mut kept);
    (listed, kept)
}

/// Object by object what the simulator lists, by id and content.
pub async fn assert_listed(seed: u64, store: &Store, client: &Client, but: &[&str]) {
    for resource in resource::LISTED {
        if but.contains(&resource.name) {
            continue;
        }
        let mut there = Vec::new();
        for part in resource.parts() {
            let own = resource.list.iter();
            let filter = own.fold(Part::filter(part), |params, (name, value)| {
                params.with(*name, value)
            });
            let expand = resource
                .expand
                .iter()
                .map(|one| format!("data.{}", one.path));
            there.extend(listed(client, resource.path.unwrap(), filter.expanding(expand)).await);
        }
        let mut here = rows(store, resource.name).await;
        for listed in there {
            let (id, name) = (listed["id"].as_str().unwrap().to_owned(), resource.name);
            assert!(
                here.remove(&id).is_some(),
                "history {seed}: {DIFFERS}: {id} is missing in {name}"
            );
            let kept = whole(store, name, &id).await;
            let (listed, kept) = comparable(resource, listed, kept);
            assert!(
                kept == listed,
                "history {seed}: {DIFFERS}: {id} in {name} is\n{kept}\ninstead of\n{listed}"
            );
        }
        for id in here.keys() {
            // No list has a price that was made for one subscription.
            let price =
                *resource == resource::PRICES && asked(client, "prices", id).await.is_object();
            assert!(
                price,
                "history {seed}: {DIFFERS}: {id} in {} is listed no more",
                resource.name
            );
        }
    }
    let payers: Vec<String> = sqlx::query_scalar("SELECT payer FROM payment_method_listings")
        .fetch_all(&store.reader)
        .await
        .unwrap();
    let here = rows(store, "payment_methods").await;
    for payer in payers.iter().filter(|payer| payer.starts_with("cus_")) {
        let customer = client
            .get(&format!("/v1/customers/{payer}"), &Params::new())
            .await;
        if customer.unwrap().body["deleted"] == true {
            continue;
        }
        let filter = Params::new().with("customer", payer);
        for method in listed(client, "/v1/payment_methods", filter).await {
            let id = method["id"].as_str().unwrap();
            assert!(
                here.contains_key(id),
                "history {seed}: {DIFFERS}: {id} of {payer} is missing"
            );
        }
    }
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
        if *resource == resource::PRICES {
            // One that was made for a single subscription comes by its event, and by no list.
            here.retain(|id, _| there.contains_key(id));
        }
        if *resource == resource::PAYMENT_METHODS {
            assert_as_told(seed, store, client).await;
            // Lists bring only those that are somebody's default; the others came by events.
            here.retain(|id, _| there.contains_key(id));
            // And what is detached may stay the default of a subscription.
            for id in there.keys().cloned().collect::<Vec<_>>() {
                let customer = &asked(client, "payment_methods", &id).await["customer"];
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

/// An object by its id: payment methods and prices are answered for as long as the account lasts.
async fn asked(client: &Client, kind: &str, id: &str) -> Value {
    let path = format!("/v1/{kind}/{id}");
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
        let (here, there) = (
            unpack(&json).unwrap(),
            asked(client, "payment_methods", &id).await,
        );
        assert!(
            here == there,
            "history {seed}: {DIFFERS}: {id} in payment_methods is\n{here}\ninstead of\n{there}"
        );
    }
}
