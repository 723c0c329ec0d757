//! Random changes: every transition occurs, and the draws decide all.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::client::{Client, id};

/// SplitMix64.
fn draws(seed: u64) -> impl FnMut() -> u64 {
    let mut state = seed;
    move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut draw = state;
        draw = (draw ^ (draw >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        draw = (draw ^ (draw >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        draw ^ (draw >> 31)
    }
}

#[tokio::test]
async fn every_transition_occurs() {
    let client = Client::ordinary().await;
    let control = client.sim.control();
    let mut draw = draws(7);
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for _ in 0..1_000 {
        *counts.entry(control.random_change(&mut draw)).or_default() += 1;
    }
    let missing: Vec<&str> = control
        .transitions()
        .into_iter()
        .filter(|name| !counts.contains_key(*name))
        .collect();
    assert!(missing.is_empty(), "{missing:?} of {counts:?}");
    assert!(!counts.contains_key("nothing"));
    // Whatever happened, lists can be read and say what reading one object says.
    for path in [
        "/v1/subscriptions?status=all",
        "/v1/invoices",
        "/v1/customers",
        "/v1/charges",
    ] {
        let all = client.all(path).await;
        for object in all.iter().take(20) {
            let (base, _) = path.split_once('?').unwrap_or((path, ""));
            let one = client.get(&format!("{base}/{}", id(object))).await.json();
            assert_eq!(one, *object);
        }
    }
}

#[tokio::test]
async fn the_same_draws_make_the_same_changes() {
    let story = async || {
        let client = Client::ordinary().await;
        let control = client.sim.control();
        let mut draw = draws(11);
        let names: Vec<String> = (0..80).map(|_| control.random_change(&mut draw)).collect();
        let types: Vec<Value> = client.all("/v1/events").await;
        let types: Vec<Value> = types
            .iter()
            .map(|event| json!([event["id"], event["type"], event["data"]["object"]["id"]]))
            .collect();
        (names, types)
    };
    assert_eq!(story().await, story().await);
}
