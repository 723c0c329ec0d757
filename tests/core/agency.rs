//! A workspace and a simulator of its own, for tests that read from Stripe.

use portico_core::{
    Clock,
    db::{BackgroundLock, Store},
    stripe::{
        ApiBase, Client, Key, Pace, Timing,
        listing::Reading,
        resource::{self, Part},
    },
    sync::{self, Filling, Mode, Outcome, ResourceState},
};
use sqlx::{QueryBuilder, Sqlite};
use std::{sync::Arc, time::Duration};
use stripe_sim::{Options, Permissions, Sim};
use tempfile::TempDir;

pub struct Agency {
    pub sim: Sim,
    pub store: Store,
    folder: TempDir,
}

/// Long enough for a loaded machine, short enough for a test of what happens after it.
const PATIENCE: Duration = Duration::from_secs(2);

/// A table's name, and its rows by id and hash.
pub type MirrorTable = (&'static str, Vec<(String, Option<Vec<u8>>)>);

pub fn quick() -> Timing {
    Timing {
        connect: PATIENCE,
        whole: PATIENCE,
        click: PATIENCE,
        first_retry: Duration::from_millis(2),
    }
}

pub fn client(sim: &Sim, key: &str, pace: Pace, clock: Clock) -> Client {
    let base = ApiBase::parse(sim.url()).unwrap();
    let key = Key::parse(key).unwrap();
    Client::with_timing(base, key, pace, clock, quick()).unwrap()
}

pub fn only(slugs: &str) -> Permissions {
    Permissions::parse(slugs).unwrap()
}

impl Agency {
    /// With so many customers: with 150 the longer lists are split.
    pub async fn of(customers: u32) -> Self {
        Self::open(Options {
            customers,
            ..Options::default()
        })
        .await
    }

    /// The same simulated Stripe, read without disturbance, to compare contents with.
    pub async fn undisturbed(customers: u32) -> Self {
        let agency = Self::of(customers).await;
        let outcome = agency.fill(&agency.client(), Mode::Fresh).await;
        assert_eq!(outcome, Outcome::Complete);
        agency
    }

    pub async fn open(options: Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            sim: Sim::start(options).await.unwrap(),
            store: crate::desk::open(folder.path()).await.unwrap(),
            folder,
        }
    }

    /// The secret key at work.
    pub fn client(&self) -> Client {
        client(
            &self.sim,
            self.sim.secret_key(),
            Pace::UNLIMITED,
            Clock::system(),
        )
    }

    /// The secret key at work through the proxy at `PORTICO_CONFORM_URL`, if there is one: in front
    /// of another simulator with the same options, which has the same keys and objects.
    pub fn judged(&self) -> Client {
        let proxy = std::env::var("PORTICO_CONFORM_URL").ok();
        let base = ApiBase::parse(proxy.as_deref().unwrap_or(self.sim.url())).unwrap();
        let key = Key::parse(self.sim.secret_key()).unwrap();
        Client::with_timing(base, key, Pace::UNLIMITED, Clock::system(), quick()).unwrap()
    }

    /// The restricted key at work, which may only do this.
    pub fn restricted(&self, slugs: &str) -> Client {
        self.sim.control().set_permissions(only(slugs));
        client(
            &self.sim,
            self.sim.restricted_key(),
            Pace::UNLIMITED,
            Clock::system(),
        )
    }

    /// Closes the files and opens them again, as the next start does.
    pub async fn reopen(&mut self) {
        self.store.close().await;
        self.store = crate::desk::open(self.folder.path()).await.unwrap();
    }

    pub async fn start(&self, client: &Client, mode: Mode) -> Filling {
        let lock = BackgroundLock::try_acquire(&self.store.folder).unwrap();
        let lock = lock.expect("nobody else fills this workspace");
        sync::take_over(&self.store, &lock).await.unwrap();
        sync::start(&self.store, client, mode, Arc::new(lock))
            .await
            .unwrap()
    }

    pub async fn fill(&self, client: &Client, mode: Mode) -> Outcome {
        self.start(client, mode).await.ended().await
    }

    /// The ids and contents (by hash) of a mirror table, as far as they are not deleted.
    pub async fn rows(&self, table: &str) -> Vec<(String, Option<Vec<u8>>)> {
        QueryBuilder::<Sqlite>::new("SELECT id, hash FROM ")
            .push(table)
            .push(" WHERE deleted = 0 ORDER BY id")
            .build_query_as()
            .fetch_all(&self.store.reader)
            .await
            .unwrap()
    }

    /// How a resource stands, and what is said about it.
    pub async fn state(&self, name: &str) -> (ResourceState, Option<String>) {
        let status = sync::status(&self.store).await.unwrap();
        let resource = status.resources.into_iter().find(|r| r.name == name);
        let resource = resource.unwrap();
        (resource.state, resource.message)
    }

    /// The mirror has exactly what reading every list page by page shows.
    pub async fn assert_whole(&self, client: &Client) {
        for resource in resource::LISTED {
            let expected = listed(client, &Reading::of(resource).unwrap()).await;
            let rows = self.rows(resource.name).await;
            let mirrored: Vec<String> = rows.into_iter().map(|(id, _)| id).collect();
            assert_eq!(mirrored, expected, "{}", resource.name);
        }
    }

    /// Everything that is mirrored, by table.
    pub async fn mirror(&self) -> Vec<MirrorTable> {
        let mut tables = Vec::new();
        for resource in resource::ALL {
            let mut rows = self.rows(resource.name).await;
            if *resource == resource::PAYMENT_LINKS {
                // Their addresses name the port of the simulator that made them.
                rows.iter_mut().for_each(|(_, hash)| *hash = None);
            }
            tables.push((resource.name, rows));
        }
        tables
    }
}

/// Two mirrors hold the same; the first difference is named instead of both being printed.
pub fn assert_same(left: &[MirrorTable], right: &[MirrorTable], what: &str) {
    for ((name, left), (_, right)) in left.iter().zip(right) {
        let differing = left.iter().find(|row| !right.contains(row));
        let differing = differing.or_else(|| right.iter().find(|row| !left.contains(row)));
        if let Some((id, _)) = differing {
            panic!(
                "{what}: {id} in {name} differs, of {} and {} rows",
                left.len(),
                right.len()
            );
        }
    }
    assert_eq!(left.len(), right.len());
}

/// The ids of a list, page after page, as anybody would read it.
pub async fn listed(client: &Client, reading: &Reading) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for part in reading.resource.parts() {
        let mut after: Option<String> = None;
        loop {
            let filter = Part::filter(part).maybe("starting_after", after.as_deref());
            let page = reading.page(client, &filter).await.unwrap();
            let id = |object: &serde_json::Value| object["id"].as_str().unwrap().to_owned();
            ids.extend(page.objects.iter().map(id));
            if !page.has_more {
                break;
            }
            after = ids.last().cloned();
        }
    }
    ids.sort();
    ids
}
