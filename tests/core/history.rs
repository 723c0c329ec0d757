//! The time machine: what an object was stays readable, whatever happens to the mirror.

use crate::agency::Agency;
use chrono::{DateTime, TimeZone, Utc};
use portico_core::events::Topic;
use portico_core::history::{self, Of, Step};
use portico_core::ids::{DeviceId, StaffId};
use portico_core::journal::{self, Actor, Author};
use portico_core::mirror::{self, Cause, Page};
use portico_core::stripe::resource::{CUSTOMERS, PAYMENT_METHODS, SUBSCRIPTIONS};
use portico_core::{db::Store, ids::ClientId, sync};
use serde_json::{Value, json};
use sqlx::Row;
use std::collections::BTreeMap;

fn day(month: u32, day: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, month, day, 12, 0, 0).unwrap()
}

fn customer(email: &str) -> Value {
    json!({"id": "cus_a", "object": "customer", "name": "Lumen", "email": email,
           "created": day(1, 1).timestamp()})
}

/// An answer that was asked for on that day.
async fn answer(store: &Store, object: Value, asked: DateTime<Utc>) -> mirror::Applied {
    let page = Page::of(&CUSTOMERS, vec![object], asked.timestamp_millis());
    mirror::apply(store, vec![page]).await.unwrap()
}

async fn email_on(store: &Store, when: DateTime<Utc>) -> Option<String> {
    let version = history::at(store, &CUSTOMERS, "cus_a", when)
        .await
        .unwrap()?;
    version
        .json
        .map(|json| json["email"].as_str().unwrap().to_owned())
}

async fn kept(store: &Store) -> Vec<(String, String)> {
    sqlx::query_as("SELECT object, form FROM object_changes ORDER BY seq")
        .fetch_all(&store.journal)
        .await
        .unwrap()
}

async fn changes(store: &Store) -> Vec<Step> {
    history::steps(store, &Of::Object("cus_a"), i64::MAX, 0, 100)
        .await
        .unwrap()
}

#[tokio::test]
async fn what_was_on_the_3rd_of_march_is_known_after_portico_db_is_gone() {
    let mut agency = Agency::of(5).await;
    answer(&agency.store, customer("january@example.com"), day(1, 2)).await;
    assert!(kept(&agency.store).await.is_empty(), "nothing changed yet");
    answer(&agency.store, customer("march@example.com"), day(3, 1)).await;
    answer(&agency.store, customer("april@example.com"), day(4, 1)).await;
    agency.store.close().await;
    for file in ["portico.db", "portico.db-wal", "portico.db-shm"] {
        let _ = std::fs::remove_file(agency.store.folder.join(file));
    }
    agency.reopen().await;
    let store = &agency.store;
    assert_eq!(
        email_on(store, day(3, 3)).await.as_deref(),
        Some("march@example.com")
    );
    assert_eq!(
        email_on(store, day(2, 3)).await.as_deref(),
        Some("january@example.com")
    );
    assert_eq!(
        email_on(store, day(11, 3)).await.as_deref(),
        Some("april@example.com")
    );
    assert_eq!(
        email_on(store, Utc.with_ymd_and_hms(2025, 12, 31, 0, 0, 0).unwrap()).await,
        None
    );
    let march = history::at(store, &CUSTOMERS, "cus_a", day(3, 3))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (march.since, march.until),
        (Some(day(3, 1)), Some(day(4, 1)))
    );
    let january = history::at(store, &CUSTOMERS, "cus_a", day(2, 3))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(january.since, None, "as it was first read");

    // What changed while the mirror was gone is not lost when it is filled again.
    answer(store, customer("may@example.com"), day(5, 1)).await;
    assert_eq!(
        email_on(store, day(4, 3)).await.as_deref(),
        Some("april@example.com")
    );
    assert_eq!(
        email_on(store, day(5, 3)).await.as_deref(),
        Some("may@example.com")
    );
}

#[tokio::test]
async fn a_first_filling_keeps_nothing_and_neither_does_the_same_answer_twice() {
    let agency = Agency::of(60).await;
    agency.fill(&agency.client(), sync::Mode::Fresh).await;
    agency.fill(&agency.client(), sync::Mode::Fresh).await;
    assert!(kept(&agency.store).await.is_empty());
    answer(&agency.store, customer("a@example.com"), day(1, 2)).await;
    for asked in [day(2, 1), day(2, 2)] {
        answer(&agency.store, customer("b@example.com"), asked).await;
    }
    assert_eq!(changes(&agency.store).await.len(), 1);
}

#[tokio::test]
async fn there_and_back_again_are_two_changes_and_a_late_answer_is_none() {
    let agency = Agency::of(5).await;
    let store = &agency.store;
    for (email, asked) in [("a", 2), ("b", 3), ("a", 4)] {
        answer(store, customer(email), day(asked, 1)).await;
    }
    // It was asked before the last answer, and held back.
    let late = answer(store, customer("b"), day(3, 20)).await;
    assert_eq!(late.written, 0);
    let emails: Vec<(Value, Value)> = changes(store)
        .await
        .into_iter()
        .map(|step| {
            (
                step.before.unwrap()["email"].clone(),
                step.after.unwrap()["email"].clone(),
            )
        })
        .collect();
    assert_eq!(emails, [(json!("b"), json!("a")), (json!("a"), json!("b"))]);
    for (month, email) in [(2, "a"), (3, "b"), (4, "a")] {
        assert_eq!(email_on(store, day(month, 5)).await.as_deref(), Some(email));
    }
}

/// After any number of changes each moment reads as it was, also across the whole copies in between.
#[tokio::test]
async fn long_histories_read_exactly() {
    let agency = Agency::of(5).await;
    let store = &agency.store;
    let minute = |n: i64| day(2, 1) + chrono::TimeDelta::minutes(n);
    for n in 0..70 {
        let mut object = customer(&format!("{n}@example.com"));
        object["metadata"] = json!({"n": n, (format!("k{}", n % 7)): n * n});
        answer(store, object, minute(n)).await;
    }
    for n in 0..70 {
        let then = history::at(store, &CUSTOMERS, "cus_a", minute(n))
            .await
            .unwrap()
            .unwrap();
        let then = then.json.unwrap();
        assert_eq!(then["email"], format!("{n}@example.com"));
        assert_eq!(
            then["metadata"],
            json!({"n": n, (format!("k{}", n % 7)): n * n})
        );
    }
    let forms = kept(store).await;
    let whole = forms.iter().filter(|(_, form)| form != "patch").count();
    assert!(
        (4..=5).contains(&whole),
        "{whole} whole copies among {}",
        forms.len()
    );
}

#[tokio::test]
async fn who_caused_it_is_kept_with_the_time_of_the_event() {
    let agency = Agency::of(5).await;
    let store = &agency.store;
    answer(store, customer("a"), day(1, 2)).await;
    let cause = Cause {
        event: "evt_1".into(),
        kind: "customer.updated".into(),
        created: day(2, 2).timestamp(),
        request: Some("req_1".into()),
        idempotency_key: Some("key_1".into()),
    };
    let mut page = Page::of(
        &CUSTOMERS,
        vec![customer("b")],
        day(2, 3).timestamp_millis(),
    );
    page.causes = BTreeMap::from([("cus_a".to_owned(), cause.clone())]);
    let mut told = agency.store.announcer.subscribe();
    mirror::apply(store, vec![page]).await.unwrap();
    assert!(told.next().await.unwrap().topics.contains(&Topic::Timeline));
    let steps = changes(store).await;
    assert_eq!(steps[0].cause.as_ref(), Some(&cause));
    assert_eq!(steps[0].at, day(2, 2));
    assert_eq!(steps[0].payer.as_deref(), Some("cus_a"));
}

#[tokio::test]
async fn what_is_gone_stays_readable_and_may_come_back() {
    let agency = Agency::of(5).await;
    let store = &agency.store;
    let method = |last4: &str, customer: Value| {
        json!({"id": "pm_a", "object": "payment_method", "type": "card",
        "customer": customer, "created": day(1, 1).timestamp(), "card": {"brand": "visa", "last4": last4}})
    };
    let apply = async |object: Value, asked: DateTime<Utc>| {
        let page = Page::of(&PAYMENT_METHODS, vec![object], asked.timestamp_millis());
        mirror::apply(store, vec![page]).await.unwrap();
    };
    apply(method("4242", json!("cus_a")), day(1, 2)).await;
    apply(method("4242", Value::Null), day(2, 2)).await;
    let at = async |when| {
        history::at(store, &PAYMENT_METHODS, "pm_a", when)
            .await
            .unwrap()
            .unwrap()
    };
    assert_eq!(at(day(1, 3)).await.json.unwrap()["customer"], "cus_a");
    assert_eq!(at(day(2, 3)).await.json, None, "it was detached");
    let steps = history::steps(store, &Of::Payers(&["cus_a".to_owned()]), i64::MAX, 0, 10)
        .await
        .unwrap();
    assert_eq!(
        steps.len(),
        1,
        "a card that names nobody is still the history of its owner"
    );
    apply(method("4444", json!("cus_a")), day(4, 2)).await;
    assert_eq!(at(day(4, 3)).await.json.unwrap()["card"]["last4"], "4444");
    assert_eq!(at(day(1, 3)).await.json.unwrap()["card"]["last4"], "4242");
    mirror::tombstone(
        store,
        &PAYMENT_METHODS,
        &["pm_a".into()],
        day(5, 2).timestamp_millis(),
    )
    .await
    .unwrap();
    assert_eq!(at(day(5, 3)).await.json, None);
}

/// As if the process had been ended after history was written and before the mirror was.
#[tokio::test]
async fn a_crash_between_history_and_mirror_loses_and_doubles_nothing() {
    let agency = Agency::of(5).await;
    let store = &agency.store;
    answer(store, customer("a"), day(1, 2)).await;
    // The mirror refuses while history does not.
    sqlx::raw_sql(
        "CREATE TRIGGER full BEFORE UPDATE ON customers BEGIN SELECT RAISE(ABORT, 'full'); END;",
    )
    .execute(&store.writer)
    .await
    .unwrap();
    let page = Page::of(
        &CUSTOMERS,
        vec![customer("b")],
        day(2, 2).timestamp_millis(),
    );
    mirror::apply(store, vec![page]).await.unwrap_err();
    assert_eq!(
        email_on(store, day(2, 3)).await.as_deref(),
        Some("b"),
        "history came first"
    );
    sqlx::raw_sql("DROP TRIGGER full")
        .execute(&store.writer)
        .await
        .unwrap();
    answer(store, customer("b"), day(2, 4)).await;
    assert_eq!(changes(store).await.len(), 1);
    assert_eq!(email_on(store, day(1, 3)).await.as_deref(), Some("a"));
}

#[tokio::test]
async fn two_processes_keep_one_history() {
    let agency = Agency::of(5).await;
    let other = crate::desk::open(&agency.store.folder).await.unwrap();
    answer(&agency.store, customer("0"), day(1, 2)).await;
    let write = async |store: &Store, odd: i64| {
        for n in 0..20 {
            let asked = day(2, 1) + chrono::TimeDelta::seconds(2 * n + odd);
            answer(store, customer(&format!("{}", 2 * n + odd)), asked).await;
        }
    };
    tokio::join!(write(&agency.store, 1), write(&other, 2));
    let steps = changes(&agency.store).await;
    let mut later = steps.iter();
    let mut newest = later.next().unwrap();
    assert_eq!(newest.after.as_ref().unwrap()["email"], "40");
    for step in later {
        assert_eq!(step.after, newest.before, "each follows the one before it");
        newest = step;
    }
    assert_eq!(newest.before.as_ref().unwrap()["email"], "0");
    let mirrored: Vec<u8> = sqlx::query("SELECT hash FROM customers WHERE id = 'cus_a'")
        .fetch_one(&other.reader)
        .await
        .unwrap()
        .get(0);
    let head: Vec<u8> =
        sqlx::query_scalar("SELECT hash FROM object_changes ORDER BY seq DESC LIMIT 1")
            .fetch_one(&other.journal)
            .await
            .unwrap();
    assert_eq!(mirrored, head);
    other.close().await;
}

#[tokio::test]
async fn erasing_a_client_erases_its_history_and_the_chain_still_verifies() {
    let agency = Agency::of(5).await;
    let store = &agency.store;
    let subscription = |customer: &str, status: &str| {
        json!({"id": format!("sub_{customer}"), "object": "subscription",
        "customer": customer, "status": status, "created": 1_700_000_000, "discounts": []})
    };
    for (status, asked) in [("active", 2), ("past_due", 3)] {
        let both = ["cus_a", "cus_b"].map(|customer| subscription(customer, status));
        let page = Page::of(
            &SUBSCRIPTIONS,
            both.into(),
            day(asked, 1).timestamp_millis(),
        );
        mirror::apply(store, vec![page]).await.unwrap();
    }
    answer(store, customer("a@example.com"), day(2, 1)).await;
    answer(store, customer("b@example.com"), day(3, 1)).await;
    let author = Author {
        actor: Actor::Staff(StaffId::new()),
        device: DeviceId::new(),
    };
    journal::erase_client(store, &author, ClientId::of_customer("cus_a"))
        .await
        .unwrap();
    let left: Vec<String> = kept(store)
        .await
        .into_iter()
        .map(|(object, _)| object)
        .collect();
    assert_eq!(left, ["sub_cus_b", "sub_cus_b"]);
    assert_eq!(journal::verify(store).await.unwrap().problem, None);
    // It begins anew with what changes from now on.
    answer(store, customer("c@example.com"), day(5, 1)).await;
    assert_eq!(
        email_on(store, day(5, 2)).await.as_deref(),
        Some("c@example.com")
    );
}

#[tokio::test]
async fn history_cannot_be_rewritten() {
    let agency = Agency::of(5).await;
    answer(&agency.store, customer("a"), day(1, 2)).await;
    answer(&agency.store, customer("b"), day(2, 2)).await;
    for sql in [
        "UPDATE object_changes SET at = 0",
        "INSERT OR REPLACE INTO object_changes SELECT * FROM object_changes",
    ] {
        let refused = sqlx::query(sql).execute(&agency.store.journal).await;
        assert!(refused.is_err(), "{sql}");
    }
}
