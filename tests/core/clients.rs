//! The client list: who stands on it, in which state, in which order, and which part is shown.

use crate::world::{Watch, World};
use chrono::{DateTime, TimeDelta, Utc};
use portico_core::clients::{self, ArchivedFilter, ClientQuery, ClientRow, ClientSort};
use portico_core::stripe::resource::{CUSTOMERS, INVOICES};
use portico_core::words::BillingState;
use serde_json::json;
use std::collections::BTreeSet;
use stripe_sim::Fault;

#[tokio::test]
async fn every_customer_of_stripe_is_a_client_by_itself() {
    let world = World::filled().await;
    let stripes = world.listed(&CUSTOMERS).await;
    let list = world.find(&ClientQuery::default()).await;
    assert_eq!(list.total as usize, list.rows.len());
    let rows: BTreeSet<&str> = list
        .rows
        .iter()
        .flat_map(|row| row.customers.iter().map(String::as_str))
        .collect();
    let missing: Vec<&String> = stripes
        .iter()
        .filter(|id| !rows.contains(id.as_str()))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert_eq!(rows.len(), list.rows.len(), "none twice");
    // Stripe lists no deleted customers, but still what they were billed.
    for extra in rows
        .iter()
        .filter(|id| !stripes.iter().any(|known| known == *id))
    {
        let object = world.sim.control().object(extra).unwrap();
        assert_eq!(object["deleted"], true, "{object}");
    }
    assert!(list.rows.iter().all(|row| row.customers.len() == 1));
    assert!(!list.search_building);
}

#[tokio::test]
async fn each_state_of_a_subscription_has_a_word() {
    let world = World::filled().await;
    let page = world.client_in(BillingState::Active).await;
    let (client, subscription) = (page.row.id.clone(), page.subscriptions[0].id.clone());
    // Only what the subscription says is looked at here.
    for invoice in &page.invoices {
        world
            .sim
            .control()
            .update(&invoice.id, &json!({"status": "paid"}))
            .unwrap();
    }
    use BillingState::*;
    let calm = json!({"cancel_at": null, "cancel_at_period_end": false, "pause_collection": null});
    let cases = [
        (json!({"status": "trialing"}), Trial, "Trial"),
        (json!({"status": "past_due"}), PaymentLate, "Payment late"),
        (json!({"status": "unpaid"}), Unpaid, "Unpaid"),
        (
            json!({"status": "incomplete"}),
            AwaitingFirstPayment,
            "First payment due",
        ),
        (json!({"status": "paused"}), Paused, "Paused"),
        (json!({"status": "canceled"}), Ended, "Ended"),
        (json!({"status": "incomplete_expired"}), Ended, "Ended"),
        (
            json!({"status": "hibernating"}),
            Unknown,
            "New state in Stripe",
        ),
        (
            json!({"status": "active", "cancel_at_period_end": true}),
            Ending,
            "Ending",
        ),
        (
            json!({"status": "active", "cancel_at": 4_000_000_000_i64}),
            Ending,
            "Ending",
        ),
        (
            json!({"status": "active", "pause_collection": {"behavior": "void"}}),
            Paused,
            "Paused",
        ),
        (json!({"status": "active"}), Active, "Active"),
    ];
    for (changes, state, label) in cases {
        world.sim.control().update(&subscription, &calm).unwrap();
        world.change(&client, &subscription, changes.clone()).await;
        let row = world.page(&client).await.row;
        assert_eq!(
            (row.state, row.word.label.as_str()),
            (state, label),
            "{changes}"
        );
        let filtered = world
            .find(&ClientQuery {
                states: vec![state],
                ..ClientQuery::default()
            })
            .await;
        assert!(
            filtered.rows.iter().any(|found| found.id == client),
            "{changes}"
        );
        assert!(filtered.rows.iter().all(|found| found.state == state));
    }
    world
        .sim
        .control()
        .delete(page.customers[0].id.as_str())
        .unwrap();
    clients::refresh(&world.workspace, &client).await.unwrap();
    assert_eq!(world.page(&client).await.row.state, Deleted);
}

#[tokio::test]
async fn the_filters_count_what_they_show() {
    let world = World::filled().await;
    let filters = clients::filters(&world.workspace).await.unwrap();
    assert_eq!(filters.states.len(), BillingState::ALL.len());
    for choice in filters.states {
        let query = ClientQuery {
            states: vec![choice.state],
            ..ClientQuery::default()
        };
        assert_eq!(
            world.find(&query).await.total,
            choice.clients,
            "{:?}",
            choice.state
        );
    }
    assert!(filters.currencies.contains(&"jpy".to_owned()));
    let words: BTreeSet<String> = BillingState::ALL.map(|state| state.word().label).into();
    assert_eq!(
        words.len(),
        BillingState::ALL.len(),
        "no two states look the same"
    );
}

#[tokio::test]
async fn every_column_sorts_both_ways() {
    let world = World::filled().await;
    let activity = |row: &ClientRow| row.last_activity.map(|at| at.timestamp());
    for descending in [false, true] {
        let by = |sort| ClientQuery {
            sort,
            descending,
            ..ClientQuery::default()
        };
        let names: Vec<String> = world
            .find(&by(ClientSort::Name))
            .await
            .rows
            .iter()
            .map(|row| portico_core::client_rows::fold(&row.name))
            .collect();
        assert!(names.is_sorted_by(|a, b| if descending { a >= b } else { a <= b }));
        let states: Vec<BillingState> = world
            .find(&by(ClientSort::State))
            .await
            .rows
            .iter()
            .map(|row| row.state)
            .collect();
        assert!(states.is_sorted_by(|a, b| if descending { a >= b } else { a <= b }));
        let times: Vec<Option<i64>> = world
            .find(&by(ClientSort::LastActivity))
            .await
            .rows
            .iter()
            .map(activity)
            .collect();
        let known: Vec<i64> = times.iter().copied().flatten().collect();
        assert!(known.is_sorted_by(|a, b| if descending { a >= b } else { a <= b }));
        assert!(
            times[..known.len()].iter().all(Option::is_some),
            "the unknown come last"
        );
        let added: Vec<_> = {
            let mut added = Vec::new();
            for row in world.find(&by(ClientSort::Added)).await.rows {
                added.extend(world.page(&row.id).await.customers[0].created);
            }
            added
        };
        assert!(
            added.len() > 100
                && added.is_sorted_by(|a, b| if descending { a >= b } else { a <= b })
        );
    }
}

#[tokio::test]
async fn amounts_sort_within_one_currency_and_the_others_come_last() {
    let world = World::filled().await;
    for currency in ["eur", "usd", "jpy", "kwd"] {
        for sort in [ClientSort::Monthly, ClientSort::Balance, ClientSort::Credit] {
            for descending in [false, true] {
                let query = ClientQuery {
                    sort,
                    descending,
                    currency: Some(currency.into()),
                    ..ClientQuery::default()
                };
                let rows = world.find(&query).await.rows;
                let amounts: Vec<Option<i64>> = rows
                    .iter()
                    .map(|row| {
                        let sums = match sort {
                            ClientSort::Monthly => &row.monthly,
                            ClientSort::Balance => &row.open_balance,
                            _ => &row.credit,
                        };
                        sums.iter()
                            .find(|sum| sum.currency == currency)
                            .map(|sum| sum.amount)
                    })
                    .collect();
                let with: Vec<i64> = amounts.iter().copied().flatten().collect();
                assert!(
                    amounts[..with.len()].iter().all(Option::is_some),
                    "{query:?}"
                );
                assert!(
                    with.is_sorted_by(|a, b| if descending { a >= b } else { a <= b }),
                    "{query:?}"
                );
                assert!(
                    sort != ClientSort::Monthly || !with.is_empty(),
                    "nobody pays {currency}"
                );
            }
        }
    }
}

#[tokio::test]
async fn windows_put_together_are_the_whole_list() {
    let world = World::filled().await;
    for sort in [ClientSort::Name, ClientSort::Monthly, ClientSort::State] {
        let query = |offset, limit| ClientQuery {
            sort,
            currency: Some("usd".into()),
            offset,
            limit,
            ..ClientQuery::default()
        };
        let whole = clients::list(&world.workspace, &query(0, 500))
            .await
            .unwrap();
        let mut parts = Vec::new();
        while parts.len() < whole.rows.len() {
            let part = clients::list(&world.workspace, &query(parts.len() as u32, 17))
                .await
                .unwrap();
            assert_eq!(part.total, whole.total);
            assert!(!part.rows.is_empty());
            parts.extend(part.rows);
        }
        assert_eq!(parts, whole.rows);
        let beyond = clients::list(&world.workspace, &query(10_000, 17))
            .await
            .unwrap();
        assert_eq!((beyond.total, beyond.rows.len()), (whole.total, 0));
    }
}

#[tokio::test]
async fn archived_clients_are_hidden_until_asked_for() {
    let world = World::filled().await;
    let row = world.all().await.remove(3);
    clients::archive(&world.workspace, &row.id).await.unwrap();
    let total = async |archived, search: &str| {
        let query = ClientQuery {
            archived,
            search: search.into(),
            ..ClientQuery::default()
        };
        world
            .find(&query)
            .await
            .rows
            .iter()
            .any(|found| found.id == row.id)
    };
    // By browsing, by name, and by a pasted id, which takes another road.
    for search in ["", row.name.as_str(), row.customers[0].as_str()] {
        assert!(!total(ArchivedFilter::Hide, search).await, "{search}");
        assert!(total(ArchivedFilter::Only, search).await, "{search}");
        assert!(total(ArchivedFilter::Show, search).await, "{search}");
    }
    let only = world
        .find(&ClientQuery {
            archived: ArchivedFilter::Only,
            ..ClientQuery::default()
        })
        .await;
    assert_eq!(only.total, 1);
    clients::unarchive(&world.workspace, &row.id).await.unwrap();
    assert!(total(ArchivedFilter::Hide, "").await);
    assert!(!total(ArchivedFilter::Only, "").await);
}

#[tokio::test]
async fn an_invoice_is_overdue_from_the_second_after_its_due_date() {
    let due = DateTime::<Utc>::from_timestamp(1_900_000_000, 0).unwrap();
    let watch = Watch::at(due - TimeDelta::days(1));
    let world = World::with(stripe_sim::Options::default(), watch.clock()).await;
    world.mirror(&CUSTOMERS, vec![json!({"id": "cus_late", "object": "customer", "name": "Late Ltd", "created": 1_700_000_000})]).await;
    world.mirror(&INVOICES, vec![json!({"id": "in_late", "object": "invoice", "customer": "cus_late", "status": "open",
        "currency": "eur", "total": 1000, "amount_remaining": 1000, "created": 1_890_000_000, "due_date": due.timestamp()})]).await;
    let client = world.all().await.remove(0).id;
    for (now, state, word) in [
        (due - TimeDelta::seconds(1), BillingState::OneOff, "Open"),
        (due, BillingState::OneOff, "Open"),
        (
            due + TimeDelta::seconds(1),
            BillingState::InvoiceOverdue,
            "Overdue",
        ),
    ] {
        watch.set(now);
        let page = world.page(&client).await;
        assert_eq!(
            (page.row.state, page.invoices[0].word.label.as_str()),
            (state, word),
            "{now}"
        );
        let found = world
            .find(&ClientQuery {
                states: vec![state],
                ..ClientQuery::default()
            })
            .await;
        assert_eq!(found.total, 1, "{now}");
    }
}

#[tokio::test]
async fn an_export_holds_the_list_and_runs_nothing_in_a_spreadsheet() {
    let world = World::filled().await;
    let details = portico_core::journal::ClientDetails {
        name: Some("=HYPERLINK(\"http://evil\")".into()),
        ..Default::default()
    };
    clients::add(&world.workspace, details).await.unwrap();
    let path = clients::export(&world.workspace, &ClientQuery::default())
        .await
        .unwrap();
    let text = std::fs::read_to_string(path).unwrap();
    let mut read = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let rows: Vec<csv::StringRecord> = read.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), world.all().await.len());
    assert!(rows.iter().any(|row| row[0].starts_with("'=HYPERLINK")));
    assert!(
        rows.iter()
            .flatten()
            .all(|cell| !cell.starts_with(['=', '@']))
    );
}

/// A customer whose subscriptions did not come yet may well have some.
#[tokio::test]
async fn before_the_first_reading_is_whole_nobody_is_said_to_have_no_billing() {
    let world = World::new().await;
    let refusal = Fault::Status(400);
    world
        .sim
        .control()
        .outage(refusal, Some("/v1/subscriptions"));
    world.workspace.sync_and_wait(|_| {}).await.unwrap();
    let labels = async || {
        let rows = world.all().await.into_iter();
        let unbilled = rows.filter(|row| row.state == BillingState::NoBilling);
        unbilled.map(|row| row.word.label).collect::<Vec<_>>()
    };
    let early = labels().await;
    assert!(!early.is_empty() && early.iter().all(|label| label == "Not read yet"));
    world.sim.control().end_outage();
    world.fill().await;
    let whole = labels().await;
    assert!(!whole.is_empty() && whole.iter().all(|label| label == "No billing yet"));
}
