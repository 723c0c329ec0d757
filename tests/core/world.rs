//! A running simulator and a core beside it, for the stories.

use crate::agency;
use chrono::{DateTime, Utc};
use portico_core::clients::{self, ClientList, ClientPage, ClientQuery, ClientRow};
use portico_core::ids::ClientId;
use portico_core::mirror;
use portico_core::secrets::Secret;
use portico_core::stripe::Pace;
use portico_core::stripe::listing::Reading;
use portico_core::stripe::resource::Resource;
use portico_core::wire::Programs;
use portico_core::words::BillingState;
use portico_core::workspaces::{KeepKeyIn, Workspace, WorkspaceSummary};
use portico_core::{Clock, Core, Options};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use stripe_sim::Sim;

pub struct World {
    pub sim: Sim,
    pub core: Core,
    pub folder: tempfile::TempDir,
    pub workspace: Arc<Workspace>,
}

impl World {
    /// A workspace on a small simulated Stripe, not filled yet.
    pub async fn new() -> Self {
        Self::with(stripe_sim::Options::default(), Clock::system()).await
    }

    pub async fn with(options: stripe_sim::Options, clock: Clock) -> Self {
        Self::on(Sim::start(options).await.unwrap(), clock).await
    }

    /// With everything read that this Stripe has.
    pub async fn filling(sim: Sim) -> Self {
        let world = Self::on(sim, Clock::system()).await;
        world.fill().await;
        world
    }

    async fn on(sim: Sim, clock: Clock) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let core = Core::open(Options {
            clock,
            ..options_in(folder.path().into())
        })
        .unwrap();
        core.set_staff("Ada Lovelace", Some("ada@example.com"))
            .await
            .unwrap();
        let summary = add(&core, sim.secret_key(), sim.url(), "Test agency").await;
        let workspace = core.workspace(&summary.id).await.unwrap();
        Self {
            sim,
            core,
            folder,
            workspace,
        }
    }

    /// With everything that Stripe has already read.
    pub async fn filled() -> Self {
        let world = Self::new().await;
        world.fill().await;
        world
    }

    /// The ids of a list of Stripe's, as anybody would read it.
    pub async fn listed(&self, resource: &'static Resource) -> Vec<String> {
        let client = agency::client(
            &self.sim,
            self.sim.secret_key(),
            Pace::UNLIMITED,
            Clock::system(),
        );
        agency::listed(&client, &Reading::of(resource).unwrap()).await
    }

    pub async fn find(&self, query: &ClientQuery) -> ClientList {
        let query = ClientQuery {
            limit: 500,
            ..query.clone()
        };
        clients::list(&self.workspace, &query).await.unwrap()
    }

    pub async fn search(&self, typed: &str) -> Vec<String> {
        let query = ClientQuery {
            search: typed.into(),
            ..ClientQuery::default()
        };
        let rows = self.find(&query).await.rows;
        rows.into_iter().map(|row| row.id.to_string()).collect()
    }

    pub async fn all(&self) -> Vec<ClientRow> {
        self.find(&ClientQuery::default()).await.rows
    }

    pub async fn page(&self, client: &ClientId) -> ClientPage {
        clients::page(&self.workspace, client).await.unwrap()
    }

    /// Changes an object in Stripe and reads this client again.
    pub async fn change(&self, client: &ClientId, object: &str, changes: serde_json::Value) {
        self.sim.control().update(object, &changes).unwrap();
        clients::refresh(&self.workspace, client).await.unwrap();
    }

    /// Some client with exactly one customer and one subscription, in this state.
    pub async fn client_in(&self, state: BillingState) -> ClientPage {
        for row in self.all().await {
            let page = self.page(&row.id).await;
            let alone = page.customers.len() == 1 && page.subscriptions.len() == 1;
            let simple = page
                .customers
                .iter()
                .all(|customer| customer.id.starts_with("cus_"));
            if row.state == state && alone && simple {
                return page;
            }
        }
        panic!("the simulator made nobody who is {state:?}");
    }

    /// Puts objects into the mirror as if Stripe had answered them now.
    pub async fn mirror(&self, resource: &'static Resource, objects: Vec<serde_json::Value>) {
        let page = mirror::Page::of(resource, objects, self.workspace.clock().millis());
        mirror::apply(self.workspace.store(), vec![page])
            .await
            .unwrap();
    }

    pub async fn entries(&self) -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM entries")
            .fetch_one(&self.workspace.store().journal)
            .await
            .unwrap()
    }

    pub async fn fill(&self) {
        let status = self.workspace.sync_and_wait(|_| {}).await.unwrap();
        assert_eq!(
            status.phase,
            portico_core::sync::SyncPhase::Complete,
            "{status:?}"
        );
    }
}

pub fn options_in(data_folder: PathBuf) -> Options {
    Options {
        downloads: data_folder.clone(),
        data_folder,
        keychain_service: "dev.portico.console.test".into(),
        api_base: None,
        background: false,
        sample_customers: 40,
        pace: Pace::UNLIMITED,
        clock: Clock::system(),
        programs: Programs::of_system(),
    }
}

/// A clock that a test moves by whole seconds.
#[derive(Clone)]
pub struct Watch(Arc<AtomicI64>);

impl Watch {
    pub fn at(now: DateTime<Utc>) -> Self {
        Self(Arc::new(AtomicI64::new(now.timestamp())))
    }

    pub fn set(&self, now: DateTime<Utc>) {
        self.0.store(now.timestamp(), Ordering::SeqCst);
    }

    pub fn clock(&self) -> Clock {
        let seconds = Arc::clone(&self.0);
        Clock::from_fn(move || DateTime::from_timestamp(seconds.load(Ordering::SeqCst), 0).unwrap())
    }
}

/// What the key file of `add` opens with.
pub const PASSPHRASE: &str = "a long enough passphrase";

/// Adds a workspace whose key rests in a file: tests have no keychain unless they start one.
pub async fn add(core: &Core, key: &str, url: &str, name: &str) -> WorkspaceSummary {
    let check = core.check_key(Secret::new(key), Some(url)).await.unwrap();
    let keep = KeepKeyIn::File {
        passphrase: PASSPHRASE.into(),
    };
    core.add_workspace(&check.check, name, keep).await.unwrap()
}

/// Patience for what happens by itself.
const SOON: Duration = Duration::from_secs(60);

pub async fn until<F: Future<Output = bool>>(what: &str, holds: impl Fn() -> F) {
    let waited = async {
        let mut looks = tokio::time::interval(Duration::from_millis(20));
        while !holds().await {
            looks.tick().await;
        }
    };
    assert!(tokio::time::timeout(SOON, waited).await.is_ok(), "{what}");
}

/// Every file below a folder, with its bytes.
pub fn files_under(folder: &std::path::Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files_under(&path));
        } else {
            let bytes = std::fs::read(&path).unwrap();
            all.push((path, bytes));
        }
    }
    all.sort();
    all
}

/// A small agency with another account.
pub async fn other_agency() -> Sim {
    Sim::start(stripe_sim::Options {
        seed: 2,
        customers: 40,
        ..Default::default()
    })
    .await
    .unwrap()
}
