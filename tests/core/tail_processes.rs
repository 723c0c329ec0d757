//! The tail and the nightly comparison in a process that is killed: the next one ends up the same.

use crate::agency::Agency;
use portico_core::{
    Clock,
    stripe::{ApiBase, Client, Key, Pace},
    sync::{self, Mode, Outcome, Tail},
};
use serde_json::json;
use std::process::{Command, Stdio};

/// Run by the tests below in a process of its own, which `PORTICO_KILL_AT` ends.
#[tokio::test]
#[ignore = "the other process of killed_anywhere_the_tail_loses_nothing"]
async fn victim() {
    let var = |name| std::env::var(name).unwrap();
    let store = crate::desk::open(var("VICTIM_FOLDER").as_ref())
        .await
        .unwrap();
    let base = ApiBase::parse(&var("VICTIM_URL")).unwrap();
    let key = Key::parse(&var("VICTIM_KEY")).unwrap();
    let client = Client::new(base, key, Pace::Full, Clock::system()).unwrap();
    Tail::new(&client).poll(&store).await.unwrap();
    sync::nightly(&store, &client).await.unwrap();
}

impl Agency {
    /// Lets another process follow and compare until `environment` ends it; whether it was ended.
    async fn disturbed(&mut self, environment: &[(&str, &str)]) -> bool {
        self.store.close().await;
        let mut victim = Command::new(std::env::current_exe().unwrap());
        victim
            .args(["--exact", "tail_processes::victim", "--ignored"])
            .env("VICTIM_FOLDER", &self.store.folder)
            .env("VICTIM_URL", self.sim.url())
            .env("VICTIM_KEY", self.sim.secret_key())
            .envs(environment.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let ended = tokio::task::spawn_blocking(move || victim.status().unwrap())
            .await
            .unwrap();
        self.reopen().await;
        ended.code().is_none()
    }

    /// Everything that changed after the filling: more than a page of events.
    async fn changed(customers: u32) -> Self {
        let agency = Self::of(customers).await;
        let outcome = agency.fill(&agency.client(), Mode::Fresh).await;
        assert_eq!(outcome, Outcome::Complete);
        let control = agency.sim.control();
        let rows = agency.rows("customers").await;
        for (number, (customer, _)) in rows.iter().enumerate() {
            let changes = json!({"name": format!("Client {number}")});
            control.update(customer, &changes).unwrap();
        }
        for (customer, _) in rows.iter().step_by(9) {
            control.delete(customer).unwrap();
        }
        agency
    }

    /// What a filling into an empty mirror shows now.
    async fn expected(&self) -> Vec<(String, Option<Vec<u8>>)> {
        let fresh = tempfile::tempdir().unwrap();
        let store = crate::desk::open(fresh.path()).await.unwrap();
        let lock = portico_core::db::BackgroundLock::try_acquire(&store.folder)
            .unwrap()
            .unwrap();
        let filling = sync::start(
            &store,
            &self.client(),
            Mode::Fresh,
            std::sync::Arc::new(lock),
        );
        assert_eq!(filling.await.unwrap().ended().await, Outcome::Complete);
        let rows = sqlx::query_as("SELECT id, hash FROM customers WHERE deleted = 0 ORDER BY id")
            .fetch_all(&store.reader)
            .await
            .unwrap();
        store.close().await;
        rows
    }
}

#[tokio::test]
async fn killed_anywhere_the_tail_loses_nothing() {
    for place in [
        "tail_before_fetch:1",
        "tail_after_fetch:1",
        "tail_before_commit:1",
        "tail_after_commit:1",
        "tail_after_fetch:2",
        "tail_after_commit:2",
        "nightly_page:1",
        "nightly_listed:1",
    ] {
        let mut agency = Agency::changed(120).await;
        let killed = agency.disturbed(&[("PORTICO_KILL_AT", place)]).await;
        assert!(killed, "{place}: it was not ended there");
        Tail::new(&agency.client())
            .poll(&agency.store)
            .await
            .unwrap();
        assert_eq!(
            agency.rows("customers").await,
            agency.expected().await,
            "{place}"
        );
    }
}

/// The hooks for the property test do what they say: without them this test would find nothing.
#[tokio::test]
async fn planted_bugs_do_harm() {
    let mut agency = Agency::changed(120).await;
    assert!(!agency.disturbed(&[("PORTICO_PLANT", "drop_page")]).await);
    let seen: i64 = sqlx::query_scalar("SELECT count(*) FROM seen_events")
        .fetch_one(&agency.store.reader)
        .await
        .unwrap();
    assert!(seen > 100);

    let mut agency = Agency::changed(120).await;
    let early = [
        ("PORTICO_PLANT", "early_cursor"),
        ("PORTICO_KILL_AT", "tail_before_fetch:1"),
    ];
    assert!(agency.disturbed(&early).await);
    Tail::new(&agency.client())
        .poll(&agency.store)
        .await
        .unwrap();
    assert_ne!(agency.rows("customers").await, agency.expected().await);
}
