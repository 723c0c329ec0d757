//! One client fetched again, without the others.

use crate::agency::Agency;
use portico_core::{
    stripe::Params,
    sync::{self, Mode},
};
use std::slice::from_ref;

#[tokio::test]
async fn a_client_is_refreshed_alone() {
    let agency = Agency::of(60).await;
    let client = agency.client();
    agency.fill(&client, Mode::Fresh).await;
    let payer: String = sqlx::query_scalar(
        "SELECT payer FROM subscriptions WHERE payer LIKE 'cus_%' ORDER BY id LIMIT 1",
    )
    .fetch_one(&agency.store.reader)
    .await
    .unwrap();
    let control = agency.sim.control();
    control
        .update(&payer, &serde_json::json!({"name": "Renamed in Stripe"}))
        .unwrap();
    control.reset_requests();
    sync::refresh_client(&agency.store, &client, from_ref(&payer))
        .await
        .unwrap();
    assert!(control.requests().len() <= 4);
    let name: String = sqlx::query_scalar("SELECT name FROM customers WHERE id = ?")
        .bind(&payer)
        .fetch_one(&agency.store.reader)
        .await
        .unwrap();
    assert_eq!(name, "Renamed in Stripe");

    control.delete(&payer).unwrap();
    sync::refresh_client(&agency.store, &client, from_ref(&payer))
        .await
        .unwrap();
    assert!(
        !agency
            .rows("customers")
            .await
            .iter()
            .any(|(id, _)| *id == payer)
    );
    let running: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM subscriptions WHERE payer = ? AND status <> 'canceled' AND status <> 'incomplete_expired'",
    )
    .bind(&payer)
    .fetch_one(&agency.store.reader)
    .await
    .unwrap();
    assert_eq!(running, 0);
}

#[tokio::test]
async fn an_accounts_v2_client_is_refreshed_by_its_account() {
    let agency = Agency::of(400).await;
    let client = agency.client();
    agency.fill(&client, Mode::Fresh).await;
    let (customer, account): (String, String) = sqlx::query_as(
        "SELECT id, account FROM customers WHERE account IN (SELECT payer FROM invoices) ORDER BY id LIMIT 1",
    )
    .fetch_one(&agency.store.reader)
    .await
    .unwrap();
    let control = agency.sim.control();
    control
        .update(
            &customer,
            &serde_json::json!({"name": "Renamed by account"}),
        )
        .unwrap();
    sync::refresh_client(&agency.store, &client, from_ref(&account))
        .await
        .unwrap();
    let name: String = sqlx::query_scalar("SELECT name FROM customers WHERE id = ?")
        .bind(&customer)
        .fetch_one(&agency.store.reader)
        .await
        .unwrap();
    assert_eq!(name, "Renamed by account");
    let gone: i64 =
        sqlx::query_scalar("SELECT count(*) FROM invoices WHERE payer = ? AND deleted = 1")
            .bind(&account)
            .fetch_one(&agency.store.reader)
            .await
            .unwrap();
    assert_eq!(gone, 0);
}

#[tokio::test]
async fn a_detached_card_goes_with_a_refresh() {
    let agency = Agency::of(60).await;
    let client = agency.client();
    agency.fill(&client, Mode::Fresh).await;
    let (card, payer): (String, String) = sqlx::query_as(
        "SELECT id, payer FROM payment_methods WHERE payer LIKE 'cus_%' ORDER BY id LIMIT 1",
    )
    .fetch_one(&agency.store.reader)
    .await
    .unwrap();
    client
        .post(
            &format!("/v1/payment_methods/{card}/detach"),
            &Params::new(),
            "detach-1",
        )
        .await
        .unwrap();
    sync::refresh_client(&agency.store, &client, from_ref(&payer))
        .await
        .unwrap();
    // The subscription may still name the card, which now belongs to nobody.
    let kept: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM payment_methods WHERE id = ? AND payer = ? AND deleted = 0",
    )
    .bind(&card)
    .bind(&payer)
    .fetch_one(&agency.store.reader)
    .await
    .unwrap();
    assert_eq!(kept, 0);
}
