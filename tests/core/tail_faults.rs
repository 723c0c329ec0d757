//! Following Stripe's events while objects, permissions, the network or a clock fail.

use crate::agency::{Agency, only};
use crate::world::{Watch, World};
use chrono::{TimeDelta, Utc};
use portico_core::{
    Error,
    db::BackgroundLock,
    stripe::resource,
    sync::{self, Mode, Outcome, ResourceState, Tail, health::FreshnessLevel},
    workspaces::{Poller, Turn},
};
use serde_json::json;
use std::sync::Arc;
use stripe_sim::Fault;

async fn name(world: &World, customer: &str) -> Option<String> {
    sqlx::query_scalar("SELECT name FROM customers WHERE id = ?")
        .bind(customer)
        .fetch_one(&world.workspace.store().reader)
        .await
        .unwrap()
}

/// A workspace that keeps up, and two of its customers.
async fn following() -> (World, Vec<String>) {
    let world = World::filled().await;
    world.workspace.check_now().await.unwrap();
    let mut customers = world.listed(&resource::CUSTOMERS).await;
    customers.truncate(2);
    (world, customers)
}

#[tokio::test]
async fn an_object_that_fails_is_parked_and_holds_nobody_up() {
    let (world, customers) = following().await;
    let [ill, well] = [&customers[0], &customers[1]];
    let control = world.sim.control();
    control.update(ill, &json!({"name": "Ill"})).unwrap();
    control.update(well, &json!({"name": "Well"})).unwrap();
    control.fail_next_on(&format!("/v1/customers/{ill}"), 1000, Fault::Status(400));
    world.workspace.check_now().await.unwrap();
    assert_eq!(name(&world, well).await.as_deref(), Some("Well"));
    assert_ne!(name(&world, ill).await.as_deref(), Some("Ill"));

    let health = world.workspace.sync_health().await.unwrap();
    assert_eq!(health.freshness.level, FreshnessLevel::Behind);
    let [parked] = &health.parked[..] else {
        panic!("{:?}", health.parked)
    };
    assert_eq!(
        (parked.id.as_str(), parked.label.as_str(), parked.attempts),
        (ill.as_str(), "Customer", 1)
    );
    assert_eq!(parked.event, "customer.updated");
    let client = parked.client.as_ref().unwrap();
    assert_eq!(client.id.as_str(), ill.replace("cus_", "cl_"));
    assert_eq!(Some(client.name.clone()), name(&world, ill).await);
    assert!(
        parked.error.contains("was told to answer 400"),
        "{}",
        parked.error
    );

    // Its time has not come: nothing is asked but the events.
    control.reset_requests();
    world.workspace.check_now().await.unwrap();
    assert_eq!(control.requests().len(), 1);
    world.workspace.retry_parked(ill).await.unwrap();
    let health = world.workspace.sync_health().await.unwrap();
    assert_eq!(health.parked[0].attempts, 2);
    control.clear_faults();
    world.workspace.retry_parked(ill).await.unwrap();
    assert_eq!(name(&world, ill).await.as_deref(), Some("Ill"));
    let health = world.workspace.sync_health().await.unwrap();
    assert_eq!(health.parked, []);
    assert_eq!(health.freshness.level, FreshnessLevel::Fresh);
    let again = world.workspace.retry_parked(ill).await;
    assert!(matches!(again, Err(Error::NotFound(_))));
}

#[tokio::test]
async fn a_parked_object_is_given_up_in_the_journal_and_comes_back_with_its_next_event() {
    let (world, customers) = following().await;
    let ill = &customers[0];
    let control = world.sim.control();
    control.update(ill, &json!({"name": "Ill"})).unwrap();
    control.fail_next_on(&format!("/v1/customers/{ill}"), 1, Fault::Status(400));
    world.workspace.check_now().await.unwrap();
    let entries = world.entries().await;
    world.workspace.ignore_parked(ill).await.unwrap();
    assert_eq!(world.entries().await, entries + 1);
    assert_eq!(world.workspace.sync_health().await.unwrap().parked, []);
    world.workspace.check_now().await.unwrap();
    assert_ne!(name(&world, ill).await.as_deref(), Some("Ill"));
    control.update(ill, &json!({"phone": "1"})).unwrap();
    world.workspace.check_now().await.unwrap();
    assert_eq!(name(&world, ill).await.as_deref(), Some("Ill"));
}

#[tokio::test]
async fn an_outage_in_the_middle_of_a_poll_loses_nothing() {
    let agency = Agency::of(20).await;
    agency.fill(&agency.client(), Mode::Fresh).await;
    let tail = Tail::new(&agency.client());
    tail.poll(&agency.store).await.unwrap();
    let customers = agency.rows("customers").await;
    let control = agency.sim.control();
    for (customer, _) in &customers {
        control.update(customer, &json!({"name": "New"})).unwrap();
    }
    control.fail_next_on("/v1/customers/", 100_000, Fault::Drop);
    let failed = tail.poll(&agency.store).await;
    assert!(matches!(failed, Err(Error::Offline(_))), "{failed:?}");
    let freshness = sync::freshness(&agency.store, None).await.unwrap();
    assert_eq!(freshness.level, FreshnessLevel::Stopped);
    assert_eq!(
        freshness.words,
        "Stripe cannot be asked for news now; it last answered just now"
    );
    let health = sync::sync_health(&agency.store, None, false).await.unwrap();
    assert_eq!(health.parked, [], "an outage is nobody's own fault");
    assert_eq!(health.problems.len(), 1);
    tail.poll(&agency.store).await.unwrap_err();
    let health = sync::sync_health(&agency.store, None, false).await.unwrap();
    assert_eq!(health.problems[0].times, 2);

    control.clear_faults();
    let polled = tail.poll(&agency.store).await.unwrap();
    assert_eq!(polled.applied.changed(), customers.len());
    let freshness = sync::freshness(&agency.store, None).await.unwrap();
    assert_eq!(freshness.level, FreshnessLevel::Fresh);
}

#[tokio::test]
async fn stripe_being_down_is_told_from_objects_that_are_ill() {
    let agency = Agency::of(20).await;
    agency.fill(&agency.client(), Mode::Fresh).await;
    let tail = Tail::new(&agency.client());
    tail.poll(&agency.store).await.unwrap();
    let control = agency.sim.control();
    let customers = agency.rows("customers").await;
    for (customer, _) in &customers[..2] {
        control.update(customer, &json!({"name": "New"})).unwrap();
    }
    // Everything that names a customer answers 500, and the rest works.
    control.fail_next_on("/v1/customers/", 100_000, Fault::Status(500));
    tail.poll(&agency.store).await.unwrap();
    let health = sync::sync_health(&agency.store, None, false).await.unwrap();
    assert_eq!(health.parked.len(), 2);
}

#[tokio::test]
async fn a_permission_that_is_lost_is_said_and_made_up_for_when_it_is_back() {
    const ALL: &str = "rak_event_read,rak_customer_read,rak_payment_method_read,rak_subscription_read,rak_invoice_read,rak_product_read,rak_plan_read,rak_coupon_read,rak_customer_portal_read,rak_promotion_code_read,rak_charge_read,rak_refund_read,rak_dispute_read,rak_payout_read,rak_credit_note_read,rak_balance_transaction_read,rak_tax_id_read,rak_checkout_session_read,rak_payment_link_read";
    let agency = Agency::of(20).await;
    let client = agency.restricted(ALL);
    assert_eq!(agency.fill(&client, Mode::Fresh).await, Outcome::Complete);
    let tail = Tail::new(&client);
    tail.poll(&agency.store).await.unwrap();
    let customer = agency.rows("customers").await.swap_remove(0).0;
    let control = agency.sim.control();
    control.set_permissions(only("rak_event_read,rak_invoice_read"));
    control
        .update(&customer, &json!({"name": "Unseen"}))
        .unwrap();
    tail.poll(&agency.store).await.unwrap();
    let (state, message) = agency.state("customers").await;
    assert_eq!(state, ResourceState::NotPermitted);
    assert!(message.unwrap().contains("rak_customer_read"));
    let health = sync::sync_health(&agency.store, None, false).await.unwrap();
    assert_eq!(health.parked, []);

    control.set_permissions(only(ALL));
    let lock = BackgroundLock::try_acquire(&agency.store.folder).unwrap();
    let filling = sync::retry_lacking(&agency.store, &client, Arc::new(lock.unwrap()))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(filling.ended().await, Outcome::Complete);
    assert_eq!(agency.state("customers").await.0, ResourceState::Done);
    let name: String = sqlx::query_scalar("SELECT name FROM customers WHERE id = ?")
        .bind(&customer)
        .fetch_one(&agency.store.reader)
        .await
        .unwrap();
    assert_eq!(name, "Unseen");
}

/// The computer's clock is wrong for a while and then corrected; Stripe's own counts.
#[tokio::test]
async fn a_clock_that_is_an_hour_wrong_hides_nothing() {
    for wrong in [TimeDelta::hours(1), TimeDelta::hours(-1)] {
        let now = Utc::now();
        let watch = Watch::at(now + wrong);
        let world = World::with(stripe_sim::Options::default(), watch.clock()).await;
        world.fill().await;
        let customer = world.listed(&resource::CUSTOMERS).await.swap_remove(0);
        let control = world.sim.control();
        control
            .update(&customer, &json!({"name": "While wrong"}))
            .unwrap();
        world.workspace.check_now().await.unwrap();
        assert_eq!(
            name(&world, &customer).await.as_deref(),
            Some("While wrong")
        );
        watch.set(now + TimeDelta::minutes(1));
        control
            .update(&customer, &json!({"name": "Corrected"}))
            .unwrap();
        world.workspace.check_now().await.unwrap();
        assert_eq!(name(&world, &customer).await.as_deref(), Some("Corrected"));
        control.delete(&customer).unwrap();
        world.workspace.check_now().await.unwrap();
        let deleted: bool = sqlx::query_scalar("SELECT deleted FROM customers WHERE id = ?")
            .bind(&customer)
            .fetch_one(&world.workspace.store().reader)
            .await
            .unwrap();
        assert!(deleted, "{wrong}");
    }
}

#[tokio::test]
async fn after_six_weeks_away_everything_is_compared_and_the_gap_is_said() {
    let now = Utc::now();
    let watch = Watch::at(now);
    let world = World::with(stripe_sim::Options::default(), watch.clock()).await;
    world.fill().await;
    world.workspace.check_now().await.unwrap();
    let customers = world.listed(&resource::CUSTOMERS).await;
    let control = world.sim.control();
    control
        .update(&customers[0], &json!({"name": "Long ago"}))
        .unwrap();
    control.delete(&customers[1]).unwrap();
    control.advance_clock(TimeDelta::weeks(6)).unwrap();
    watch.set(now + TimeDelta::weeks(6));

    let mut poller = Poller::new(&world.workspace);
    loop {
        let turn = poller.turn().await.unwrap();
        assert!(!matches!(turn, Turn::Failed(_)), "{turn:?}");
        let health = world.workspace.sync_health().await.unwrap();
        if health
            .gaps
            .first()
            .is_some_and(|gap| gap.closed_at.is_some())
        {
            break;
        }
        poller.wait().await;
    }
    let health = world.workspace.sync_health().await.unwrap();
    assert_eq!(health.gaps.len(), 1);
    assert_eq!(
        health.gaps[0].words,
        "Portico was away for 6 weeks. Stripe keeps 30 days of events, so everything is compared with Stripe again."
    );
    let found = &health.comparisons[0];
    assert!(found.ended_at.is_some());
    assert!(found.changed >= 1 && found.gone >= 1, "{found:?}");
    assert_eq!(
        name(&world, &customers[0]).await.as_deref(),
        Some("Long ago")
    );
    let deleted: bool = sqlx::query_scalar("SELECT deleted FROM customers WHERE id = ?")
        .bind(&customers[1])
        .fetch_one(&world.workspace.store().reader)
        .await
        .unwrap();
    assert!(deleted);

    // And from there on it is followed as ever.
    control
        .update(&customers[2], &json!({"name": "Today"}))
        .unwrap();
    world.workspace.check_now().await.unwrap();
    assert_eq!(name(&world, &customers[2]).await.as_deref(), Some("Today"));
}
