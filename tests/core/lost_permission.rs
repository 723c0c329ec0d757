//! A key that loses a permission while it is followed, and gets it back: what could not be read stays
//! as it was, and what happened meanwhile is made up for.

use crate::agency::{Agency, only};
use crate::world::{add, options_in, until};
use portico_core::{
    Core,
    db::BackgroundLock,
    stripe::Client,
    sync::{self, Mode, Outcome, ResourceState, Tail},
};
use serde_json::json;
use std::sync::Arc;
use stripe_sim::Sim;

const BUT_COUPONS: &str = "rak_event_read,rak_customer_read,rak_payment_method_read,rak_subscription_read,rak_invoice_read,rak_product_read,rak_plan_read,rak_customer_portal_read,rak_promotion_code_read,rak_charge_read,rak_refund_read,rak_dispute_read,rak_payout_read,rak_credit_note_read,rak_balance_transaction_read,rak_tax_id_read,rak_checkout_session_read,rak_payment_link_read";

fn with_coupons() -> String {
    format!("{BUT_COUPONS},rak_coupon_read")
}

/// Filled and followed with every permission.
async fn followed() -> (Agency, Client, Tail) {
    let agency = Agency::of(80).await;
    let client = agency.restricted(&with_coupons());
    assert_eq!(agency.fill(&client, Mode::Fresh).await, Outcome::Complete);
    let tail = Tail::new(&client);
    tail.poll(&agency.store).await.unwrap();
    (agency, client, tail)
}

async fn regain(agency: &Agency, client: &Client) {
    agency.sim.control().set_permissions(only(&with_coupons()));
    let lock = BackgroundLock::try_acquire(&agency.store.folder).unwrap();
    let filling = sync::retry_lacking(&agency.store, client, Arc::new(lock.unwrap()))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(filling.ended().await, Outcome::Complete);
}

/// The terms of what is taken off, as they stand in the mirror.
async fn terms(agency: &Agency, subscription: &str) -> Option<String> {
    sqlx::query_scalar("SELECT discounts FROM subscriptions WHERE id = ?")
        .bind(subscription)
        .fetch_one(&agency.store.reader)
        .await
        .unwrap()
}

async fn versions(agency: &Agency, object: &str) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM object_changes WHERE object = ?")
        .bind(object)
        .fetch_one(&agency.store.journal)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_discount_outlives_the_permission_to_read_its_coupon() {
    let (agency, client, tail) = followed().await;
    let subscription: String =
        sqlx::query_scalar("SELECT id FROM subscriptions WHERE discounts IS NOT NULL LIMIT 1")
            .fetch_one(&agency.store.reader)
            .await
            .unwrap();
    let agreed = terms(&agency, &subscription).await;
    let control = agency.sim.control();
    let seats = |seats: &str| {
        let changes = json!({"metadata": {"seats": seats}});
        control.update(&subscription, &changes).unwrap();
    };

    control.set_permissions(only(BUT_COUPONS));
    seats("4");
    tail.poll(&agency.store).await.unwrap();
    let (_, message) = agency.state("subscriptions").await;
    assert!(message.unwrap().contains("rak_coupon_read"));
    assert_eq!(terms(&agency, &subscription).await, agreed);
    // Whoever lists everything meanwhile is told no more.
    assert_eq!(agency.fill(&client, Mode::Fresh).await, Outcome::Complete);
    assert_eq!(terms(&agency, &subscription).await, agreed);

    let known = versions(&agency, &subscription).await;
    regain(&agency, &client).await;
    assert_eq!(terms(&agency, &subscription).await, agreed);
    assert_eq!(versions(&agency, &subscription).await, known);
    seats("5");
    tail.poll(&agency.store).await.unwrap();
    assert_eq!(terms(&agency, &subscription).await, agreed);
    assert_eq!(
        agency.state("subscriptions").await,
        (ResourceState::Done, None)
    );
}

#[tokio::test]
async fn what_was_deleted_meanwhile_is_buried_when_the_permission_is_back() {
    let (agency, client, tail) = followed().await;
    let completed = sync::status(&agency.store).await.unwrap().completed_at;
    let coupons = agency.rows("coupons").await;
    let control = agency.sim.control();
    control.set_permissions(only(BUT_COUPONS));
    for (coupon, _) in &coupons[..2] {
        control.delete(coupon).unwrap();
    }
    tail.poll(&agency.store).await.unwrap();
    assert_eq!(agency.state("coupons").await.0, ResourceState::NotPermitted);
    regain(&agency, &client).await;
    let left = agency.rows("coupons").await;
    assert_eq!(left.len(), coupons.len() - 2);
    assert_eq!(
        sync::status(&agency.store).await.unwrap().completed_at,
        completed,
        "a part was read, not everything"
    );
}

#[tokio::test]
async fn a_person_who_checks_now_has_what_was_granted_read_at_once() {
    let sim = Sim::start(stripe_sim::Options::default()).await.unwrap();
    sim.control().set_permissions(only(BUT_COUPONS));
    let folder = tempfile::tempdir().unwrap();
    let core = Core::open(options_in(folder.path().into())).unwrap();
    core.set_staff("Ada", None).await.unwrap();
    let added = add(&core, sim.restricted_key(), sim.url(), "Agency").await;
    let here = core.workspace(&added.id).await.unwrap();
    here.sync_and_wait(|_| {}).await.unwrap();
    here.check_now().await.unwrap();
    let coupons = async || {
        let status = here.sync_status().await.unwrap();
        let found = status
            .resources
            .into_iter()
            .find(|one| one.name == "coupons");
        found.unwrap()
    };
    let before = coupons().await;
    assert_eq!(before.state, ResourceState::NotPermitted);
    let message = before.message.unwrap();
    assert!(message.contains("Settings"), "where to grant it: {message}");

    sim.control().set_permissions(only(&with_coupons()));
    here.check_now().await.unwrap();
    until("the coupons are here", || async {
        !here.is_filling() && coupons().await.state == ResourceState::Done
    })
    .await;
}
