//! The sample agency from one run to the next: it goes on where it was left, in today's time.

use crate::world::{Watch, options_in, until};
use chrono::{DateTime, TimeDelta, Utc};
use portico_core::clients::{self, ClientQuery};
use portico_core::ids::ClientId;
use portico_core::journal::ClientDetails;
use portico_core::workspaces::{KeyState, Workspace};
use portico_core::{Core, Options};
use serde_json::{Value, json};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One run of Portico on the sample agency.
struct Run {
    core: Core,
    workspace: Arc<Workspace>,
}

impl Run {
    async fn with(options: Options) -> Self {
        let core = Core::open(options).unwrap();
        core.set_staff("Ada", None).await.unwrap();
        let demo = core.open_demo().await.unwrap();
        let workspace = core.workspace(&demo.id).await.unwrap();
        assert!(matches!(
            workspace.key_state().await,
            KeyState::Ready { .. }
        ));
        Self { core, workspace }
    }

    async fn of(folder: &Path) -> Self {
        Self::with(options_in(folder.into())).await
    }

    async fn at(folder: &Path, watch: &Watch) -> Self {
        Self::with(Options {
            clock: watch.clock(),
            ..options_in(folder.into())
        })
        .await
    }

    async fn add(&self, name: &str) {
        let named = ClientDetails {
            name: Some(name.into()),
            ..ClientDetails::default()
        };
        clients::add(&self.workspace, named).await.unwrap();
    }

    async fn finds(&self, name: &str) -> bool {
        let query = ClientQuery {
            search: name.into(),
            limit: 5,
            ..ClientQuery::default()
        };
        clients::list(&self.workspace, &query).await.unwrap().total > 0
    }

    async fn fill(&self) {
        self.workspace.sync_and_wait(|_| {}).await.unwrap();
        self.workspace.check_now().await.unwrap();
    }

    /// Some customer, and its name.
    async fn customer(&self) -> (String, String) {
        let sql = "SELECT id, name FROM customers WHERE deleted = 0 AND name > '' ORDER BY id";
        sqlx::query_as(sql)
            .fetch_one(&self.workspace.store().reader)
            .await
            .unwrap()
    }

    async fn name_of(&self, customer: &str) -> String {
        sqlx::query_scalar("SELECT name FROM customers WHERE id = ?")
            .bind(customer)
            .fetch_one(&self.workspace.store().reader)
            .await
            .unwrap()
    }
}

fn state_file(folder: &Path) -> PathBuf {
    folder.join("workspaces/ws_demo/simulator.json")
}

/// What the simulator has saved.
async fn state(folder: &Path) -> Value {
    let path = state_file(folder);
    until("it is saved by itself", || async { path.exists() }).await;
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// Renames a customer at the simulator's control door, as a client would in the portal.
async fn rename(folder: &Path, customer: &str, name: &str) {
    let port = &state(folder).await["ports"][1];
    let url = format!("http://127.0.0.1:{port}/objects/{customer}");
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let body = json!({"name": name}).to_string();
    let sent = http.post(url).header("content-type", "application/json");
    let answer = sent.body(body).send().await.unwrap();
    assert!(answer.status().is_success(), "{answer:?}");
}

#[tokio::test]
async fn what_was_done_yesterday_is_still_there_today() {
    let folder = tempfile::tempdir().unwrap();
    let run = Run::of(folder.path()).await;
    let demo = run.core.open_demo().await.unwrap();
    assert_eq!(run.workspace.summary(), demo, "within a run it is the same");
    run.fill().await;
    run.add("Mine").await;
    let (customer, _) = run.customer().await;
    rename(folder.path(), &customer, "Renamed in the portal").await;
    run.core.leave().await;

    let looker = Core::open(options_in(folder.path().into())).unwrap();
    let seen = looker.workspace(&demo.id).await.unwrap();
    let state = seen.key_state().await;
    assert_eq!(state, KeyState::Removed, "no run brings the key of another");
    seen.store().close().await;
    drop((seen, looker));

    let run = Run::of(folder.path()).await;
    assert_eq!(run.workspace.summary(), demo);
    assert!(run.finds("Mine").await);
    // Read anew is only what the tail had not come to.
    run.workspace.check_now().await.unwrap();
    assert_eq!(run.name_of(&customer).await, "Renamed in the portal");
    assert!(run.workspace.sync_health().await.unwrap().gaps.is_empty());
    run.core.leave().await;
}

#[tokio::test]
async fn changes_are_saved_soon_and_without_being_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let run = Run::of(folder.path()).await;
    run.fill().await;
    let (customer, _) = run.customer().await;
    rename(folder.path(), &customer, "Survives a kill").await;
    until("it is saved", || async {
        let state = state(folder.path()).await;
        state["shelves"]["customer"]
            .to_string()
            .contains("Survives a kill")
    })
    .await;
    run.core.leave().await;
}

#[tokio::test]
async fn a_mirror_that_is_ahead_of_a_killed_simulator_is_compared_with_it_again() {
    let folder = tempfile::tempdir().unwrap();
    let run = Run::of(folder.path()).await;
    run.fill().await;
    run.add("Mine").await;
    let (customer, name) = run.customer().await;
    let saved = state(folder.path()).await;
    rename(folder.path(), &customer, "Never saved").await;
    run.workspace.check_now().await.unwrap();
    assert_eq!(run.name_of(&customer).await, "Never saved");
    run.core.leave().await;
    // As if it had been killed before that was saved.
    std::fs::write(state_file(folder.path()), saved.to_string()).unwrap();

    let run = Run::with(Options {
        background: true,
        ..options_in(folder.path().into())
    })
    .await;
    until("the mirror follows it back", || async {
        run.name_of(&customer).await == name
    })
    .await;
    until("the gap is closed", || async {
        let gaps = run.workspace.sync_health().await.unwrap().gaps;
        gaps.len() == 1 && gaps[0].closed_at.is_some()
    })
    .await;
    assert!(run.finds("Mine").await);
    // An event of the same place as the lost one is news.
    rename(folder.path(), &customer, "Afterwards").await;
    run.workspace.check_now().await.unwrap();
    assert_eq!(run.name_of(&customer).await, "Afterwards");
    run.core.leave().await;
}

#[tokio::test]
async fn time_goes_on_while_it_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let closed = DateTime::from_timestamp(Utc::now().timestamp(), 0).unwrap();
    let watch = Watch::at(closed);
    let run = Run::at(folder.path(), &watch).await;
    run.fill().await;
    run.core.leave().await;

    watch.set(closed + TimeDelta::days(20));
    let run = Run::at(folder.path(), &watch).await;
    let reader = &run.workspace.store().reader;
    let renewed = || async {
        run.workspace.check_now().await.unwrap();
        let sql = "SELECT payer FROM invoices WHERE payer LIKE 'cus%' AND created > ? AND status = 'paid'";
        sqlx::query_scalar::<_, String>(sql)
            .bind((closed + TimeDelta::days(10)).timestamp())
            .fetch_optional(reader)
            .await
            .unwrap()
    };
    until("a subscription has renewed", || async {
        renewed().await.is_some()
    })
    .await;
    let customer = renewed().await.unwrap();
    let client = ClientId::from(format!("cl_{}", customer.trim_start_matches("cus_")).as_str());
    let timeline = clients::timeline(&run.workspace, &client, None)
        .await
        .unwrap();
    let told = |entry: &&clients::TimelineEntry| entry.at > closed && entry.source != "journal";
    assert!(
        timeline.entries.iter().any(|entry| told(&entry)),
        "{timeline:?}"
    );
    run.core.leave().await;
}

#[tokio::test]
async fn it_begins_afresh_where_it_cannot_go_on() {
    let now = Utc::now();
    let watch = Watch::at(now);
    let begins = async |what: &str, spoil: &dyn Fn(&Path, Value) -> Option<TcpListener>| {
        let folder = tempfile::tempdir().unwrap();
        watch.set(now);
        let run = Run::at(folder.path(), &watch).await;
        run.add("Mine").await;
        run.core.leave().await;
        let saved = state(folder.path()).await;
        let _taken = spoil(&state_file(folder.path()), saved);
        let run = Run::at(folder.path(), &watch).await;
        assert!(!run.finds("Mine").await, "{what}");
        run.core.leave().await;
    };
    let write = |path: &Path, text: String| {
        std::fs::write(path, text).unwrap();
        None
    };
    begins("unreadable", &|path, _| write(path, "half".into())).await;
    begins("of another version", &|path, mut state| {
        state["version"] = 0.into();
        write(path, state.to_string())
    })
    .await;
    begins("of another population", &|path, mut state| {
        state["seed"] = 7.into();
        write(path, state.to_string())
    })
    .await;
    begins("its pages' port is taken", &|_, state| {
        let port = state["ports"][2].as_u64().unwrap();
        Some(TcpListener::bind((Ipv4Addr::LOCALHOST, port as u16)).unwrap())
    })
    .await;
    begins("too long away", &|_, _| {
        watch.set(now + TimeDelta::days(40));
        None
    })
    .await;
    begins("ahead of the clock", &|_, _| {
        watch.set(now - TimeDelta::days(2));
        None
    })
    .await;
}

#[tokio::test]
async fn it_begins_again_when_asked_to_and_after_it_was_removed() {
    let folder = tempfile::tempdir().unwrap();
    let run = Run::of(folder.path()).await;
    run.fill().await;
    let (customer, name) = run.customer().await;
    rename(folder.path(), &customer, "Before").await;
    run.add("Mine").await;
    let again = run.core.begin_demo_again().await.unwrap();
    let workspace = run.core.workspace(&again.id).await.unwrap();
    assert!(!Arc::ptr_eq(&workspace, &run.workspace));
    let run = Run { workspace, ..run };
    assert!(!run.finds("Mine").await);
    run.fill().await;
    assert_eq!(run.name_of(&customer).await, name);

    run.add("Mine").await;
    run.core.remove_workspace(&again.id, None).await.unwrap();
    assert!(!state_file(folder.path()).exists());
    let demo = run.core.open_demo().await.unwrap();
    let workspace = run.core.workspace(&demo.id).await.unwrap();
    let run = Run { workspace, ..run };
    assert!(!run.finds("Mine").await);
    run.core.leave().await;
}

#[tokio::test]
async fn a_window_wakes_it_without_being_told_to_and_a_second_one_only_looks() {
    let folder = tempfile::tempdir().unwrap();
    let run = Run::of(folder.path()).await;
    run.add("Mine").await;
    let id = run.workspace.summary().id;
    run.core.leave().await;
    let window = || {
        Core::open(Options {
            background: true,
            ..options_in(folder.path().into())
        })
        .unwrap()
    };
    let first = window();
    let here = first.workspace(&id).await.unwrap();
    assert!(matches!(here.key_state().await, KeyState::Ready { .. }));
    until("it works in the background", || async {
        here.claim_background().await.unwrap()
    })
    .await;
    let second = window();
    assert!(second.open_demo().await.is_err());
    let there = second.workspace(&id).await.unwrap();
    assert_eq!(there.key_state().await, KeyState::Removed);
    let run = Run {
        core: first,
        workspace: there,
    };
    assert!(run.finds("Mine").await);
    run.core.leave().await;
}
