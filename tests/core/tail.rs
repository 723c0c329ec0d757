//! Following Stripe's events: what changes there is here after one poll, at the price of what changed.

use crate::agency::Agency;
use crate::world::World;
use chrono::TimeDelta;
use portico_core::{
    stripe::{Params, resource},
    sync::{Mode, Outcome, Polled, Tail},
};
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::json;
use stripe_sim::Disorder;

impl Agency {
    /// Filled, and followed up to now.
    async fn followed(customers: u32) -> (Self, Tail) {
        let agency = Self::of(customers).await;
        assert_eq!(
            agency.fill(&agency.client(), Mode::Fresh).await,
            Outcome::Complete
        );
        let tail = Tail::new(&agency.client());
        tail.poll(&agency.store).await.unwrap();
        agency.sim.control().reset_requests();
        (agency, tail)
    }

    async fn poll(&self, tail: &Tail) -> Polled {
        tail.poll(&self.store).await.unwrap()
    }

    async fn customers(&self) -> Vec<String> {
        let rows = self.rows("customers").await;
        rows.into_iter().map(|(id, _)| id).collect()
    }

    fn rename(&self, customer: &str, name: &str) {
        let changes = json!({ "name": name });
        self.sim.control().update(customer, &changes).unwrap();
    }

    async fn name(&self, customer: &str) -> Option<String> {
        sqlx::query_scalar("SELECT name FROM customers WHERE id = ?")
            .bind(customer)
            .fetch_one(&self.store.reader)
            .await
            .unwrap()
    }

    fn asked(&self) -> usize {
        self.sim.control().requests().len()
    }
}

#[tokio::test]
async fn a_quiet_poll_is_one_question() {
    let (agency, tail) = Agency::followed(20).await;
    for _ in 0..3 {
        assert_eq!(agency.poll(&tail).await, Polled::default());
    }
    assert_eq!(agency.asked(), 3);
}

#[tokio::test]
async fn a_change_is_here_after_one_poll_and_costs_one_more_question() {
    let (agency, tail) = Agency::followed(20).await;
    let customer = agency.customers().await.swap_remove(3);
    for name in ["First", "Second", "Third"] {
        agency.rename(&customer, name);
    }
    let polled = agency.poll(&tail).await;
    assert_eq!(polled.events, 3);
    assert_eq!((polled.applied.written, polled.applied.changed()), (1, 1));
    assert_eq!(agency.name(&customer).await.as_deref(), Some("Third"));
    assert_eq!(agency.asked(), 2, "the events, and the customer once");

    // The same events come with the overlap again and count no more.
    assert_eq!(agency.poll(&tail).await.events, 0);
    assert_eq!(agency.asked(), 3);
}

#[tokio::test]
async fn several_objects_cost_a_question_each() {
    let (agency, tail) = Agency::followed(20).await;
    let customers = agency.customers().await;
    let subscription = agency.rows("subscriptions").await.swap_remove(0).0;
    agency.rename(&customers[0], "One");
    agency.rename(&customers[1], "Two");
    let changes = json!({"metadata": {"seats": "4"}});
    agency
        .sim
        .control()
        .update(&subscription, &changes)
        .unwrap();
    assert_eq!(agency.poll(&tail).await.applied.written, 3);
    assert_eq!(agency.asked(), 1 + 3);
    let whole = Agency::undisturbed(20).await;
    assert_ne!(agency.mirror().await, whole.mirror().await);
    agency.assert_whole(&agency.client()).await;
}

#[tokio::test]
async fn more_than_a_page_of_events_is_followed_to_its_end() {
    let (agency, tail) = Agency::followed(150).await;
    let customers = agency.customers().await;
    for round in 0..3 {
        for customer in customers.iter().take(90) {
            agency.rename(customer, &format!("Round {round}"));
        }
    }
    let polled = agency.poll(&tail).await;
    assert_eq!(polled.events, 270);
    for customer in customers.iter().take(90) {
        assert_eq!(agency.name(customer).await.as_deref(), Some("Round 2"));
    }
    let fetched = agency
        .sim
        .control()
        .requests()
        .iter()
        .filter(|request| request.path.starts_with("/v1/customers/"))
        .count();
    assert!(fetched < 270, "{fetched}: each object once a page");
    agency.sim.control().reset_requests();
    assert_eq!(agency.poll(&tail).await.events, 0);
}

/// What the overlap brings again is read once: three pages, of which the first is asked for anyway.
#[tokio::test]
async fn a_busy_window_is_read_once_a_poll() {
    let (agency, tail) = Agency::followed(150).await;
    let customers = agency.customers().await;
    for round in 0..2 {
        for customer in customers.iter().take(110) {
            agency.rename(customer, &format!("Round {round}"));
        }
    }
    assert_eq!(agency.poll(&tail).await.events, 220);
    agency.sim.control().reset_requests();
    assert_eq!(agency.poll(&tail).await.events, 0);
    assert_eq!(agency.asked(), 3);
}

/// Away long enough that the windows of then and now have nothing in common.
#[tokio::test]
async fn a_long_absence_is_followed_from_event_to_event() {
    let (agency, tail) = Agency::followed(150).await;
    let customers = agency.customers().await;
    let control = agency.sim.control();
    for round in 0..4 {
        control.advance_clock(TimeDelta::hours(7)).unwrap();
        for customer in customers.iter().take(70) {
            agency.rename(customer, &format!("Round {round}"));
        }
    }
    // And what time did by itself: renewals, invoices.
    assert!(agency.poll(&tail).await.events >= 280);
    for customer in customers.iter().take(70) {
        assert_eq!(agency.name(customer).await.as_deref(), Some("Round 3"));
    }
    assert_eq!(agency.poll(&tail).await.events, 0);
}

#[tokio::test]
async fn a_deleted_customer_becomes_a_tombstone() {
    let (agency, tail) = Agency::followed(20).await;
    let customer = agency.customers().await.swap_remove(5);
    agency.sim.control().delete(&customer).unwrap();
    let polled = agency.poll(&tail).await;
    // With the cards, if it has any.
    assert!(polled.applied.gone >= 1, "{polled:?}");
    assert!(!agency.customers().await.contains(&customer));
    assert!(agency.name(&customer).await.is_some(), "still readable");
    agency.assert_whole(&agency.client()).await;
}

#[tokio::test]
async fn a_change_during_the_filling_is_not_lost() {
    let agency = Agency::of(150).await;
    let client = agency.client();
    let filling = agency.start(&client, Mode::Fresh).await;
    let asked = || agency.sim.control().requests();
    while !asked().iter().any(|r| r.path == "/v1/customers") {
        tokio::task::yield_now().await;
    }
    let rows = crate::agency::listed(
        &client,
        &portico_core::stripe::listing::Reading::of(&resource::CUSTOMERS).unwrap(),
    )
    .await;
    for customer in rows.iter().step_by(10) {
        agency.rename(customer, "Changed meanwhile");
    }
    assert_eq!(filling.ended().await, Outcome::Complete);
    agency.poll(&Tail::new(&client)).await;
    for customer in rows.iter().step_by(10) {
        assert_eq!(
            agency.name(customer).await.as_deref(),
            Some("Changed meanwhile")
        );
    }
}

/// Its first event has none before it to start from.
#[tokio::test]
async fn an_account_without_events_is_followed_from_its_first() {
    let (agency, tail) = Agency::followed(0).await;
    let events = agency
        .client()
        .list_page("/v1/events", &Params::new())
        .await
        .unwrap();
    assert_eq!(events.objects.len(), 0);
    for number in 0..120 {
        let params = Params::new().with("name", format!("Client {number}"));
        agency
            .client()
            .post("/v1/customers", &params, &format!("key-{number}"))
            .await
            .unwrap();
    }
    let polled = agency.poll(&tail).await;
    assert_eq!((polled.events, polled.applied.added), (120, 120));
    agency.assert_whole(&agency.client()).await;
}

#[tokio::test]
async fn a_portal_session_is_noted_without_its_address() {
    let world = World::filled().await;
    let customer = world.listed(&resource::CUSTOMERS).await.swap_remove(0);
    let client = world.workspace.stripe().await.unwrap();
    let configuration = Params::new()
        .with("features[invoice_history][enabled]", true)
        .with("business_profile[headline]", "Portal");
    let made = client
        .post("/v1/billing_portal/configurations", &configuration, "a")
        .await
        .unwrap();
    let params = Params::new()
        .with("customer", &customer)
        .with("configuration", made.body["id"].as_str().unwrap());
    let session = client
        .post("/v1/billing_portal/sessions", &params, "b")
        .await
        .unwrap();
    world.workspace.check_now().await.unwrap();
    let (payer, configuration): (String, String) =
        sqlx::query_as("SELECT payer, configuration FROM portal_sessions_seen")
            .fetch_one(&world.workspace.store().reader)
            .await
            .unwrap();
    assert_eq!(payer, customer);
    assert_eq!(Some(configuration.as_str()), made.body["id"].as_str());
    let url = session.body["url"].as_str().unwrap().as_bytes();
    for (path, bytes) in crate::world::files_under(world.folder.path()) {
        let found = bytes.windows(url.len()).any(|part| part == url);
        assert!(!found, "{}", path.display());
    }
}

/// Late ones appear behind the newest, where only the overlap finds them.
#[tokio::test]
async fn events_that_come_late_twice_or_in_another_order_leave_nothing_wrong() {
    let (agency, tail) = Agency::followed(60).await;
    let control = agency.sim.control();
    control.disorder(Disorder {
        delay_percent: 40,
        delay_events: 150,
        delay_seconds: 300,
        duplicate_percent: 30,
        reorder_percent: 30,
    });
    let customers = agency.customers().await;
    let mut rng = StdRng::seed_from_u64(11);
    for round in 0..6 {
        // Now and then more than a page.
        for _ in 0..(rng.random_range(5..40) * if round == 3 { 4 } else { 1 }) {
            let customer = &customers[rng.random_range(0..customers.len())];
            agency.rename(customer, &format!("{round} {}", rng.random::<u16>()));
        }
        agency.poll(&tail).await;
        control.advance_clock(TimeDelta::seconds(90)).unwrap();
    }
    let counts = control.disorder_counts();
    assert!(counts.delayed > 0 && counts.duplicated > 0 && counts.reordered > 0);
    control.advance_clock(TimeDelta::seconds(300)).unwrap();
    agency.poll(&tail).await;
    for customer in &customers {
        let there = control.object(customer).unwrap();
        assert_eq!(
            agency.name(customer).await.as_deref(),
            there["name"].as_str()
        );
    }
}

/// The last event is gone from Stripe, and yet none is missing: the account was quiet.
#[tokio::test]
async fn a_cursor_older_than_stripe_keeps_is_no_gap_in_a_quiet_account() {
    let (agency, tail) = Agency::followed(120).await;
    let customers = agency.customers().await;
    agency.rename(&customers[0], "The last for long");
    agency.poll(&tail).await;
    for _ in 0..3 {
        agency
            .sim
            .control()
            .advance_clock(TimeDelta::days(20))
            .unwrap();
        let polled = agency.poll(&tail).await;
        assert!(!polled.gap);
    }
    for customer in &customers {
        agency.rename(customer, "All at once");
    }
    let polled = agency.poll(&tail).await;
    assert!(!polled.gap, "{polled:?}");
    for customer in &customers {
        assert_eq!(agency.name(customer).await.as_deref(), Some("All at once"));
    }
}
