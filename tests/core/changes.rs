//! What changes in Stripe, as sentences on the client's timeline, with who made the change.

use crate::world::{Watch, World};
use chrono::{DateTime, TimeDelta, Utc};
use portico_core::clients::{self, ClientPage, TimelineEntry};
use portico_core::ids::{ClientId, LinkId};
use portico_core::journal::{self, Change, LinkKind, LinkResult};
use portico_core::mirror::{self, Cause, Page};
use portico_core::stripe::resource::{CHARGES, CUSTOMERS, DISPUTES, INVOICES, REFUNDS, Resource};
use portico_core::words::{BillingState, Tone};
use serde_json::{Value, json};
use std::collections::BTreeMap;

async fn timeline(world: &World, client: &ClientId) -> Vec<TimelineEntry> {
    let timeline = clients::timeline(&world.workspace, client, None)
        .await
        .unwrap();
    timeline.entries
}

async fn texts(world: &World, client: &ClientId) -> Vec<String> {
    timeline(world, client)
        .await
        .into_iter()
        .map(|entry| entry.text)
        .collect()
}

/// What the timeline says that it did not say before.
pub async fn told(world: &World, client: &ClientId, object: &str, changes: Value) -> Vec<String> {
    let before = texts(world, client).await;
    world.change(client, object, changes).await;
    let mut after = texts(world, client).await;
    after.retain(|text| !before.contains(text));
    after
}

pub async fn active() -> (World, ClientPage) {
    let world = World::filled().await;
    let page = world.client_in(BillingState::Active).await;
    (world, page)
}

#[tokio::test]
async fn who_the_client_is_changes_in_words() {
    let (world, page) = active().await;
    let (client, customer) = (page.row.id.clone(), page.customers[0].id.clone());
    let email = page.customers[0].email.clone().unwrap();
    let told = async |changes: Value| told(&world, &client, &customer, changes).await;
    assert_eq!(
        told(json!({"email": "new@example.com"})).await,
        [format!("Email changed from {email} to new@example.com")]
    );
    assert_eq!(
        told(json!({"email": null})).await,
        ["Email new@example.com removed"]
    );
    told(json!({"phone": null})).await;
    assert_eq!(
        told(json!({"phone": "+49 30 1"})).await,
        ["Phone number set to +49 30 1"]
    );
    told(json!({"phone": null})).await;
    assert_eq!(
        // As a form field whose plus sign was not encoded arrives.
        told(json!({"phone": " 49 555"})).await,
        ["Phone number set to 49 555"]
    );
    told(json!({"address": null})).await;
    let address = json!({"line1": "Street 1", "line2": null, "city": "Berlin", "postal_code": "10115", "state": null, "country": "DE"});
    assert_eq!(
        told(json!({"address": address})).await,
        ["Address set to Street 1, 10115 Berlin, DE"]
    );
    // Of no interest to anybody.
    assert!(
        told(json!({"metadata": {"internal": "1"}}))
            .await
            .is_empty()
    );
    let method = page.payment_methods[0].id.clone();
    told(json!({"invoice_settings": {"default_payment_method": null}})).await;
    let label = page.payment_methods[0].label.replace(" •••• ", " ending ");
    assert_eq!(
        told(json!({"invoice_settings": {"default_payment_method": method}})).await,
        [format!("Default payment method set to {label}")]
    );
}

#[tokio::test]
async fn what_they_pay_for_changes_in_words() {
    let (world, page) = active().await;
    let (client, id) = (page.row.id.clone(), page.subscriptions[0].id.clone());
    let told = async |changes: Value| told(&world, &client, &id, changes).await;
    let items = world.sim.control().object(&id).unwrap()["items"].clone();
    let plan = page.subscriptions[0].items[0].name.clone();
    let prices =
        sqlx::query_scalar::<_, String>("SELECT id FROM prices WHERE deleted = 0 ORDER BY id");
    let prices = prices
        .fetch_all(&world.workspace.store().reader)
        .await
        .unwrap();
    let other = prices
        .into_iter()
        .find(|price| *price != page.subscriptions[0].items[0].price);
    let other = world.sim.control().object(&other.unwrap()).unwrap();

    let mut changed = items.clone();
    changed["data"][0]["price"] = other;
    let lines = told(json!({"items": changed})).await;
    assert!(
        lines[0].starts_with(&format!("Plan changed from {plan} to ")),
        "{lines:?}"
    );
    let renamed = lines[0].split(" to ").last().unwrap().to_owned();
    changed["data"][0]["quantity"] = json!(7);
    let lines = told(json!({"items": changed})).await;
    assert!(
        lines[0].starts_with(&format!("Quantity of {renamed} ")) && lines[0].ends_with("to 7"),
        "{lines:?}"
    );

    let reason = json!({"comment": "We hired somebody", "feedback": "too_expensive", "reason": "cancellation_requested"});
    assert_eq!(
        told(json!({"cancel_at": 1_999_999_999, "cancellation_details": reason})).await,
        ["Cancellation scheduled for 18 May 2033: too expensive (“We hired somebody”)"]
    );
    assert_eq!(
        told(json!({"cancel_at": null})).await,
        ["The scheduled cancellation was undone"]
    );
    let lines =
        told(json!({"pause_collection": {"behavior": "void", "resumes_at": 1_999_999_999}})).await;
    assert!(
        lines[0].starts_with("Collection paused until 18 May 2033"),
        "{lines:?}"
    );
    assert_eq!(
        told(json!({"pause_collection": null})).await,
        ["Collection resumed"]
    );
    assert_eq!(
        told(
            json!({"status": "paused", "status_details": {"paused": {"type": "subscription", "subscription": {"type": "pause_requested"}}}})
        )
        .await,
        ["The subscription rests: Paused on request"]
    );
    assert_eq!(
        told(json!({"status": "active", "status_details": null})).await,
        ["The subscription was resumed"]
    );
    assert_eq!(
        told(json!({"status": "past_due"})).await,
        ["The subscription became: Payment late"]
    );
    assert_eq!(
        told(json!({"status": "active"})).await,
        ["The subscription is paid up again"]
    );
    assert_eq!(
        told(json!({"status": "solar_eclipse"})).await,
        ["The subscription became: New state in Stripe"]
    );
    told(json!({"status": "trialing", "trial_end": 1_999_999_999})).await;
    assert_eq!(
        told(json!({"trial_end": 2_000_099_999})).await,
        ["Trial extended from 18 May 2033 to 19 May 2033"]
    );
    // One line, not one of the mirror and one of history.
    assert_eq!(
        told(json!({"status": "canceled", "ended_at": 1_800_000_000})).await,
        ["A subscription ended: too expensive (“We hired somebody”)"]
    );
}

pub fn object(kind: &str, id: &str, more: Value) -> Value {
    let mut object = json!({"id": id, "object": kind, "created": 1_790_000_000, "currency": "eur", "customer": "cus_a"});
    for (key, value) in more.as_object().unwrap() {
        object[key] = value.clone();
    }
    object
}

#[tokio::test]
async fn what_becomes_of_money_is_told_in_words() {
    let watch = Watch::at("2026-12-01T00:00:00Z".parse::<DateTime<Utc>>().unwrap());
    let world = World::with(stripe_sim::Options::default(), watch.clock()).await;
    let mirror = async |resource: &'static Resource, object: Value| {
        world.mirror(resource, vec![object]).await;
        watch.set(world.workspace.clock().now() + TimeDelta::minutes(1));
    };
    mirror(
        &CUSTOMERS,
        object("customer", "cus_a", json!({"name": "Lumen"})),
    )
    .await;
    let invoice = |more: Value| {
        let mut invoice =
            json!({"number": "AB-1", "total": 4000, "status": "open", "attempt_count": 0});
        for (key, value) in more.as_object().unwrap() {
            invoice[key] = value.clone();
        }
        object("invoice", "in_a", invoice)
    };
    let charge =
        json!({"amount": 4000, "status": "failed", "failure_message": "Your card was declined."});
    let dispute = |status: &str| {
        object(
            "dispute",
            "du_a",
            json!({"customer": null, "charge": "ch_a", "amount": 4000, "reason": "fraudulent", "status": status}),
        )
    };
    let refund = |status: &str| {
        object(
            "refund",
            "re_a",
            json!({"charge": "ch_a", "amount": 500, "status": status}),
        )
    };
    let client = world.all().await[0].id.clone();
    let mut seen: Vec<String> = texts(&world, &client).await;
    let mut fresh = async || {
        let mut now = timeline(&world, &client).await;
        now.retain(|entry| !seen.contains(&entry.text));
        seen.extend(now.iter().map(|entry| entry.text.clone()));
        now.into_iter()
            .map(|entry| (entry.text, entry.tone))
            .collect::<Vec<_>>()
    };
    let one = |text: &str, tone: Tone| vec![(text.to_owned(), tone)];
    mirror(&INVOICES, invoice(json!({}))).await;
    assert_eq!(
        fresh().await,
        one("Invoice AB-1 (40.00 EUR) was made", Tone::Neutral)
    );
    mirror(&CHARGES, object("charge", "ch_a", charge)).await;
    assert_eq!(
        fresh().await,
        one(
            "A charge of 40.00 EUR failed: Your card was declined.",
            Tone::Bad
        )
    );
    mirror(
        &INVOICES,
        invoice(json!({"attempt_count": 1, "next_payment_attempt": 1_999_999_999})),
    )
    .await;
    assert_eq!(
        fresh().await,
        one(
            "The payment of invoice AB-1 (40.00 EUR) failed; Stripe tries again on 18 May 2033",
            Tone::Bad
        )
    );
    mirror(
        &INVOICES,
        invoice(json!({"attempt_count": 1, "due_date": 1_790_000_100})),
    )
    .await;
    assert_eq!(
        fresh().await,
        one("Invoice AB-1 (40.00 EUR) became overdue", Tone::Bad)
    );
    mirror(
        &INVOICES,
        invoice(json!({"attempt_count": 1, "status": "uncollectible"})),
    )
    .await;
    assert_eq!(
        fresh().await,
        one("Invoice AB-1 (40.00 EUR) was written off", Tone::Bad)
    );
    mirror(
        &INVOICES,
        invoice(json!({"attempt_count": 1, "status": "void"})),
    )
    .await;
    assert_eq!(
        fresh().await,
        one("Invoice AB-1 (40.00 EUR) was voided", Tone::Neutral)
    );
    mirror(&REFUNDS, refund("succeeded")).await;
    assert_eq!(fresh().await, one("5.00 EUR was refunded", Tone::Neutral));
    mirror(&REFUNDS, refund("failed")).await;
    assert_eq!(
        fresh().await,
        one("The refund of 5.00 EUR failed", Tone::Bad)
    );
    mirror(&DISPUTES, dispute("needs_response")).await;
    assert_eq!(
        fresh().await,
        one(
            "A payment of 40.00 EUR is disputed: they say they did not make the payment",
            Tone::Bad
        )
    );
    for (status, text, tone) in [
        (
            "under_review",
            "The dispute over 40.00 EUR was answered and is under review",
            Tone::Info,
        ),
        ("won", "The dispute over 40.00 EUR was won", Tone::Good),
        ("lost", "The dispute over 40.00 EUR was lost", Tone::Bad),
    ] {
        mirror(&DISPUTES, dispute(status)).await;
        assert_eq!(fresh().await, one(text, tone));
    }
}

#[tokio::test]
async fn who_did_it_is_said_as_far_as_it_is_known() {
    let (world, page) = active().await;
    let (client, customer) = (page.row.id.clone(), page.customers[0].id.clone());
    let store = world.workspace.store();
    let mut object = world.sim.control().object(&customer).unwrap();
    let mut change = async |name: &str, cause: Option<(Option<&str>, Option<&str>)>| {
        object["name"] = json!(name);
        let mut page = Page::of(
            &CUSTOMERS,
            vec![object.clone()],
            world.workspace.clock().millis(),
        );
        if let Some((request, key)) = cause {
            let cause = Cause {
                event: format!("evt_{name}"),
                kind: "customer.updated".into(),
                created: world.workspace.clock().now().timestamp(),
                request: request.map(str::to_owned),
                idempotency_key: key.map(str::to_owned),
            };
            page.causes = BTreeMap::from([(customer.clone(), cause)]);
        }
        mirror::apply(store, vec![page]).await.unwrap();
        let entries = timeline(&world, &client).await;
        let entry = entries
            .into_iter()
            .find(|entry| entry.text.ends_with(&format!("to {name}")));
        entry.unwrap().actor
    };
    assert_eq!(
        change("A", None).await,
        "Seen while reading; Stripe did not say who"
    );
    assert_eq!(change("B", Some((None, None))).await, "Stripe");
    assert_eq!(
        change("C", Some((Some("req_1"), Some("foreign")))).await,
        "In the Dashboard or by another program"
    );
    let link = LinkId::new();
    let (author, ours) = (world.workspace.author().await.unwrap(), "ours".to_owned());
    let requested = Change::LinkRequested {
        link: link.clone(),
        client: client.clone(),
        customer: None,
        link_kind: LinkKind::PortalOpened,
        configuration: None,
        invoice: None,
        idempotency_key: Some(ours.clone()),
        details: portico_core::journal::LinkDetails::default(),
    };
    journal::append(store, &author, requested).await.unwrap();
    let opened = Change::LinkFinished {
        link,
        client: client.clone(),
        result: LinkResult::Opened,
        message: None,
        object: None,
        lives_until: None,
    };
    journal::append(store, &author, opened).await.unwrap();
    assert_eq!(
        change("E", Some((Some("req_3"), Some(&ours)))).await,
        "Ada Lovelace"
    );
    assert_eq!(
        change("D", Some((Some("req_2"), Some("foreign")))).await,
        "Probably the client, in the portal"
    );
}
