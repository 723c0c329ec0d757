//! One client's page: what they pay for, what is due when, with what, and whose customers they are.

use crate::world::{Watch, World};
use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use portico_core::clients;
use portico_core::journal::ClientDetails;
use portico_core::stripe::resource::{CUSTOMERS, INVOICES, PAYMENT_METHODS, SUBSCRIPTIONS};
use portico_core::words::BillingState;
use serde_json::{Value, json};

fn customer(id: &str, more: Value) -> Value {
    let mut customer =
        json!({"id": id, "object": "customer", "name": id, "created": 1_700_000_000});
    for (key, value) in more.as_object().unwrap() {
        customer[key] = value.clone();
    }
    customer
}

#[tokio::test]
async fn cancellations_and_all_kinds_of_pause_are_told_apart() {
    let world = World::filled().await;
    let page = world.client_in(BillingState::Active).await;
    let (client, id) = (page.row.id.clone(), page.subscriptions[0].id.clone());
    let renewal = page.subscriptions[0].next_renewal.unwrap();
    assert_eq!(page.subscriptions[0].items[0].renews_at, Some(renewal));
    let change = async |changes: Value| {
        let calm = json!({"status": "active", "cancel_at": null, "cancel_at_period_end": false, "pause_collection": null, "status_details": null});
        world.sim.control().update(&id, &calm).unwrap();
        world.change(&client, &id, changes).await;
        let shown = world.page(&client).await.subscriptions.remove(0);
        let renews = |item: &clients::SubscriptionItem| item.renews_at == shown.next_renewal;
        assert!(shown.items.iter().all(renews), "{:?}", shown.items);
        shown
    };
    let unpaid = change(json!({"status": "incomplete"})).await;
    assert_eq!(unpaid.next_renewal, None);
    let at_end = change(json!({"cancel_at_period_end": true})).await;
    assert_eq!((at_end.ends_at, at_end.next_renewal), (Some(renewal), None));
    let dated = change(json!({"cancel_at": 1_999_999_999})).await;
    assert_eq!(dated.ends_at.unwrap().timestamp(), 1_999_999_999);
    assert!([dated, at_end].iter().all(|s| s.word.label == "Ending"));
    let collection =
        change(json!({"pause_collection": {"behavior": "void", "resumes_at": 1_950_000_000}}))
            .await;
    assert_eq!(collection.word.label, "Collection paused");
    assert_eq!(collection.resumes_at.unwrap().timestamp(), 1_950_000_000);
    assert_eq!(collection.next_renewal, Some(renewal), "it runs on");
    for (reason, label) in [
        ("pause_requested", "Paused on request"),
        (
            "trial_end_without_payment_method",
            "Trial ended without a card",
        ),
        ("solar_eclipse", "New state in Stripe"),
    ] {
        let paused =
            change(json!({"status": "paused", "status_details": {"paused": {"type": "subscription", "subscription": {"type": reason}}}}))
                .await;
        assert_eq!(
            (
                paused.word.label.as_str(),
                paused.pause.unwrap().label.as_str()
            ),
            ("Paused", label)
        );
        assert_eq!(paused.next_renewal, None);
    }
    let over = change(
        json!({"status": "canceled", "ended_at": 1_800_000_000, "cancel_at_period_end": true}),
    )
    .await;
    assert_eq!((over.word.label.as_str(), over.ends_at), ("Ended", None));
    assert_eq!(over.ended_at.unwrap().timestamp(), 1_800_000_000);
}

#[tokio::test]
async fn items_renew_each_at_its_own_time_and_the_earliest_counts() {
    let world = World::new().await;
    let item = |id: &str, end: i64| {
        json!({"id": id, "object": "subscription_item", "quantity": 1, "discounts": [], "current_period_end": end,
        "price": {"id": format!("price_{id}"), "currency": "eur", "unit_amount": 4000, "nickname": format!("Plan {id}"),
            "recurring": {"interval": "month", "interval_count": 1, "usage_type": "licensed"}}})
    };
    world
        .mirror(&CUSTOMERS, vec![customer("cus_a", json!({}))])
        .await;
    world.mirror(&SUBSCRIPTIONS, vec![json!({"id": "sub_a", "object": "subscription", "customer": "cus_a", "status": "active",
        "created": 1_700_000_000, "discounts": [], "collection_method": "send_invoice", "days_until_due": 14,
        "items": {"object": "list", "has_more": false, "data": [item("si_year", 1_950_000_000), item("si_month", 1_900_000_000)]}})]).await;
    let subscription = world
        .page(&world.all().await[0].id)
        .await
        .subscriptions
        .remove(0);
    assert_eq!(
        subscription.next_renewal.unwrap().timestamp(),
        1_900_000_000
    );
    let ends: Vec<i64> = subscription
        .items
        .iter()
        .map(|item| item.renews_at.unwrap().timestamp())
        .collect();
    assert_eq!(ends, [1_950_000_000, 1_900_000_000]);
    assert_eq!(subscription.collection, "By invoice, due in 14 days");
    // The prices are not mirrored here: the items still speak for themselves.
    assert_eq!(
        (
            subscription.items[0].name.as_str(),
            subscription.items[0].price_words.as_str()
        ),
        ("Plan si_year", "40.00 EUR per month")
    );
}

#[tokio::test]
async fn invoices_have_words_and_are_due_by_the_workspace_s_calendar() {
    let world = World::new().await;
    world
        .mirror(&CUSTOMERS, vec![customer("cus_a", json!({}))])
        .await;
    // Half past eleven in the evening in London is tomorrow in Tokyo and still today in New York.
    let due = Utc.with_ymd_and_hms(2030, 1, 31, 23, 30, 0).unwrap();
    let words = [
        ("draft", "Draft"),
        ("open", "Open"),
        ("paid", "Paid"),
        ("uncollectible", "Written off"),
        ("void", "Void"),
        ("melted", "New state in Stripe"),
    ];
    let invoices = words.iter().enumerate().map(|(n, (status, _))| json!({"id": format!("in_{n}"), "object": "invoice", "customer": "cus_a",
        "status": status, "currency": "kwd", "total": 12_345, "amount_remaining": 12_345, "created": 1_800_000_000 - n, "due_date": due.timestamp()}));
    world.mirror(&INVOICES, invoices.collect()).await;
    let id = world.workspace.summary().id;
    for (zone, day) in [
        ("Asia/Tokyo", (2030, 2, 1)),
        ("America/New_York", (2030, 1, 31)),
        ("Europe/London", (2030, 1, 31)),
    ] {
        world.core.set_time_zone(&id, zone).await.unwrap();
        let page = world.page(&world.all().await[0].id).await;
        let labels: Vec<&str> = page
            .invoices
            .iter()
            .map(|invoice| invoice.word.label.as_str())
            .collect();
        assert_eq!(labels, words.map(|(_, label)| label));
        let (year, month, day) = day;
        assert!(
            page.invoices
                .iter()
                .all(|invoice| invoice.due == NaiveDate::from_ymd_opt(year, month, day)),
            "{zone}"
        );
        assert_eq!(page.invoices[0].total.to_string(), "12.345 KWD");
    }
}

#[tokio::test]
async fn a_card_is_good_until_the_end_of_its_month() {
    let watch = Watch::at(Utc::now());
    let world = World::with(stripe_sim::Options::default(), watch.clock()).await;
    world
        .core
        .set_time_zone(&world.workspace.summary().id, "Europe/Berlin")
        .await
        .unwrap();
    let method = |id: &str, card: Value| json!({"id": id, "object": "payment_method", "type": "card", "customer": "cus_a", "created": 1_700_000_000, "card": card});
    world
        .mirror(
            &CUSTOMERS,
            vec![customer(
                "cus_a",
                json!({"invoice_settings": {"default_payment_method": "pm_b"}}),
            )],
        )
        .await;
    world.mirror(&PAYMENT_METHODS, vec![
        method("pm_a", json!({"brand": "visa", "last4": "4242", "exp_year": 2031, "exp_month": 12})),
        method("pm_b", json!({"brand": "mastercard", "last4": "4444", "exp_year": 2032, "exp_month": 1})),
    ]).await;
    let client = world.all().await[0].id.clone();
    // In Berlin midnight comes an hour before UTC's.
    for (now, december, january) in [
        ("2031-10-31T22:00:00Z", None, None),
        ("2031-10-31T23:00:00Z", Some("Expires soon"), None),
        (
            "2031-11-30T23:00:00Z",
            Some("Expires soon"),
            Some("Expires soon"),
        ),
        (
            "2031-12-31T22:59:59Z",
            Some("Expires soon"),
            Some("Expires soon"),
        ),
        (
            "2031-12-31T23:00:00Z",
            Some("Expired"),
            Some("Expires soon"),
        ),
        ("2032-01-31T23:00:00Z", Some("Expired"), Some("Expired")),
    ] {
        watch.set(now.parse::<DateTime<Utc>>().unwrap());
        let methods = world.page(&client).await.payment_methods;
        let word = |id: &str| {
            methods
                .iter()
                .find(|method| method.id == id)
                .unwrap()
                .expiry
                .as_ref()
                .map(|word| word.label.clone())
        };
        assert_eq!(
            (word("pm_a").as_deref(), word("pm_b").as_deref()),
            (december, january),
            "{now}"
        );
        assert_eq!(
            (methods[0].id.as_str(), methods[0].label.as_str()),
            ("pm_b", "Mastercard •••• 4444"),
            "the default comes first"
        );
        assert_eq!(methods[0].default_for, ["this customer"]);
        assert!(methods[1].default_for.is_empty());
    }
}

#[tokio::test]
async fn a_linked_customer_moves_with_what_was_noted_and_comes_back() {
    let world = World::filled().await;
    let rows = world.all().await;
    let (target, moved) = (rows[0].id.clone(), rows[1].id.clone());
    let (total, customer) = (rows.len(), rows[1].customers[0].clone());
    clients::write_note(&world.workspace, &moved, "Written before".into())
        .await
        .unwrap();
    clients::link_customer(&world.workspace, &target, &customer)
        .await
        .unwrap();
    assert_eq!(world.all().await.len(), total - 1);
    for asked in [&moved, &target] {
        let page = world.page(asked).await;
        assert_eq!(page.row.id, target);
        assert_eq!(page.moved_to.as_ref(), (asked == &moved).then_some(&target));
        assert_eq!(page.notes[0].text, "Written before");
        assert!(
            page.customers
                .iter()
                .any(|known| known.id == customer && known.linked)
        );
        assert_eq!(page.customers.len(), 2);
        let timeline = clients::timeline(&world.workspace, asked, None)
            .await
            .unwrap();
        assert!(
            timeline
                .entries
                .iter()
                .any(|entry| entry.text.contains("Written before"))
        );
    }
    assert_eq!(world.search(&customer).await, [target.to_string()]);
    assert_eq!(world.search(moved.as_str()).await, [target.to_string()]);
    clients::unlink_customer(&world.workspace, &target, &customer)
        .await
        .unwrap();
    assert_eq!(world.all().await.len(), total);
    let back = world.page(&moved).await;
    assert_eq!(
        (back.row.id, back.moved_to, back.notes.len()),
        (moved, None, 1)
    );
    assert_eq!(world.page(&target).await.customers.len(), 1);
    assert!(world.page(&target).await.notes.is_empty());
}

#[tokio::test]
async fn a_customer_with_an_account_is_one_client_and_billed_once() {
    let world = World::new().await;
    let invoice = |id: &str, payer: Value| {
        let mut invoice = json!({"id": id, "object": "invoice", "status": "open", "currency": "eur", "total": 1000, "amount_remaining": 1000, "created": 1_800_000_000});
        for (key, value) in payer.as_object().unwrap() {
            invoice[key] = value.clone();
        }
        invoice
    };
    // The invoices come first: until the customer is read they stand for a client of their own.
    world.mirror(&INVOICES, vec![
        invoice("in_1", json!({"customer": null, "customer_account": "acct_1Twin", "customer_name": "Printed name"})),
        invoice("in_2", json!({"customer": null, "customer_account": "acct_1Twin"})),
    ]).await;
    let before = world.all().await;
    assert_eq!((before.len(), before[0].name.as_str()), (1, "Printed name"));
    world
        .mirror(
            &CUSTOMERS,
            vec![customer(
                "cus_twin",
                json!({"customer_account": "acct_1Twin"}),
            )],
        )
        .await;
    let rows = world.all().await;
    assert_eq!(rows.len(), 1);
    assert_eq!(
        (rows[0].id.as_str(), rows[0].customers.as_slice()),
        ("cl_twin", ["cus_twin".to_owned()].as_slice())
    );
    let open: Vec<String> = rows[0]
        .open_balance
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(open, ["20.00 EUR"]);
    let page = world.page(&rows[0].id).await;
    assert_eq!((page.customers.len(), page.invoices_total), (1, 2));
    assert_eq!(world.search("acct_1Twin").await, ["cl_twin"]);
    // Linked elsewhere, both go.
    let named = ClientDetails {
        name: Some("Holding".into()),
        ..Default::default()
    };
    let holding = clients::add(&world.workspace, named).await.unwrap();
    clients::link_customer(&world.workspace, &holding, "cus_twin")
        .await
        .unwrap();
    assert_eq!(world.all().await.len(), 1);
    assert_eq!(world.page(&holding).await.invoices_total, 2);
}

#[tokio::test]
async fn a_rebuilt_list_is_the_same_and_forgets_who_is_gone() {
    let world = World::filled().await;
    let rows = world.all().await;
    clients::link_customer(&world.workspace, &rows[0].id, &rows[1].customers[0])
        .await
        .unwrap();
    let store = world.workspace.store();
    let before = crate::desk::dump_derived(store).await;
    sqlx::query("INSERT INTO payers (payer, client) VALUES ('cus_stale', 'cl_stale')")
        .execute(&store.writer)
        .await
        .unwrap();
    let mut rebuilding = store.writer.begin().await.unwrap();
    portico_core::client_rows::refresh_all(&mut rebuilding)
        .await
        .unwrap();
    rebuilding.commit().await.unwrap();
    assert_eq!(crate::desk::dump_derived(store).await, before);

    // A customer that staff linked and that is not read (again) yet stays where they put it.
    let linked = &rows[1].customers[0];
    for table in [
        "DELETE FROM customers WHERE id = ?",
        "DELETE FROM subscriptions WHERE payer = ?",
        "DELETE FROM invoices WHERE payer = ?",
    ] {
        sqlx::query(table)
            .bind(linked)
            .execute(&store.writer)
            .await
            .unwrap();
    }
    let mut rebuilding = store.writer.begin().await.unwrap();
    portico_core::client_rows::refresh_all(&mut rebuilding)
        .await
        .unwrap();
    rebuilding.commit().await.unwrap();
    let page = world.page(&rows[0].id).await;
    assert!(
        page.customers.iter().any(|customer| customer.id == *linked),
        "{:?}",
        page.customers
    );
}

/// The window awaits these on any of its threads; here that is found out without building it.
#[tokio::test]
async fn what_a_page_reads_may_be_awaited_on_another_thread() {
    let world = World::filled().await;
    let client = world.all().await[0].id.clone();
    let workspace = std::sync::Arc::clone(&world.workspace);
    let day = world.workspace.clock().now().date_naive();
    let read = tokio::spawn(async move {
        let timeline = clients::timeline(&workspace, &client, None).await;
        let at = clients::at(&workspace, &client, day).await;
        (
            timeline.is_ok(),
            at.is_ok(),
            workspace.sync_health().await.is_ok(),
        )
    });
    assert_eq!(read.await.unwrap(), (true, true, true));
}
