//! kill -9 of the real program while it reads, follows and compares: nothing is missing afterwards.
//! `PORTICO_KILLS` asks for more.

use crate::harness::Terminal;
use portico_core::Clock;
use portico_core::db::{BackgroundLock, MIRROR, Store, open_read_only, unpack};
use portico_core::events::Announcer;
use portico_core::ids::WorkspaceId;
use portico_core::journal;
use portico_core::stripe::{ApiBase, Client, Key, Pace, Params, resource};
use portico_core::sync::{self, Mode, Outcome};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use serde_json::Value;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use stripe_sim::Options;

/// What a process is killed in.
struct Activity {
    arguments: &'static [&'static str],
    /// The places in the code where it can end itself as a power cut would.
    places: &'static [&'static str],
    /// Whether it begins without a mirror.
    first: bool,
    /// What only lists bring.
    silent: &'static [&'static str],
}

const FILLING: Activity = Activity {
    arguments: &["sync"],
    places: &[
        "begun:1",
        "before_split:1",
        "after_split:1",
        "before_apply:1",
        "after_apply:1",
        "after_apply:2",
    ],
    first: true,
    silent: &[],
};

const TAIL: Activity = Activity {
    arguments: &["sync", "--watch"],
    places: &[
        "tail_before_fetch:1",
        "tail_after_fetch:1",
        "tail_before_commit:1",
        "tail_after_commit:1",
    ],
    first: false,
    silent: &["balance_transactions", "checkout_sessions"],
};

const COMPARISON: Activity = Activity {
    arguments: &["sync", "reconcile"],
    places: &["begun:1", "before_apply:1", "after_apply:1", "reconciled:1"],
    first: false,
    silent: &[],
};

/// So many are killed one after the other before one may come to its end.
const IN_A_ROW: usize = 3;
const SOON: Duration = Duration::from_secs(120);

/// The ids and contents, by hash, of one table.
type Rows = BTreeMap<String, Option<Vec<u8>>>;

fn kills() -> usize {
    let asked = std::env::var("PORTICO_KILLS").ok();
    asked.map_or(30, |number| number.parse().unwrap())
}

#[tokio::test]
async fn killed_in_a_first_filling_it_reads_everything() {
    kill_in(&FILLING, [1, 4]).await;
}

#[tokio::test]
async fn killed_while_following_it_misses_nothing() {
    kill_in(&TAIL, [2, 5]).await;
}

#[tokio::test]
async fn killed_in_a_comparison_it_misses_nothing() {
    kill_in(&COMPARISON, [3, 6]).await;
}

/// In two agencies at once: they mostly wait, a comparison for its turn with Stripe, a tail for news.
async fn kill_in(activity: &Activity, [one, other]: [u64; 2]) {
    let each = kills().div_ceil(6);
    let in_agency = async |seed| Killer::new(seed).await.kill_in(activity, each).await;
    tokio::join!(in_agency(one), in_agency(other));
}

struct Killer {
    terminal: Terminal,
    mirror: PathBuf,
    rng: StdRng,
}

impl Killer {
    async fn new(seed: u64) -> Self {
        let terminal = Terminal::with(Options {
            seed,
            // Enough for lists to be split.
            customers: 150,
            ..Options::default()
        })
        .await;
        let added = terminal.add("Agency").await;
        let folder = PathBuf::from(added["folder"].as_str().unwrap());
        terminal.json(&["sync"]).await;
        Self {
            terminal,
            mirror: folder.join(MIRROR),
            rng: StdRng::seed_from_u64(seed),
        }
    }

    async fn kill_in(mut self, activity: &Activity, kills: usize) {
        let (mut killed, mut rounds) = (0, 0);
        while killed < kills {
            rounds += 1;
            assert!(rounds < kills * 3, "too few were killed: {killed}");
            if activity.first {
                for tail in ["", "-wal", "-shm"] {
                    let _ = std::fs::remove_file(format!("{}{tail}", self.mirror.display()));
                }
            }
            for _ in 0..IN_A_ROW {
                killed += usize::from(self.kill_one(activity).await);
            }
            self.resume(activity).await;
        }
    }

    fn change(&mut self, times: u32) {
        for _ in 0..times {
            let rng = &mut self.rng;
            self.terminal
                .sim
                .control()
                .random_change(&mut || rng.random());
        }
    }

    fn asked(&self) -> u64 {
        let counts = self.terminal.sim.control().request_counts();
        counts.values().sum()
    }

    /// Lets it begin and kills it, at a place or at any moment, while Stripe changes; whether it was
    /// still alive.
    async fn kill_one(&mut self, activity: &Activity) -> bool {
        let changes = self.rng.random_range(5..15);
        self.change(changes);
        let mut command = self.terminal.command(activity.arguments);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let at_place = self.rng.random_bool(0.5);
        if at_place {
            let place = activity.places.choose(&mut self.rng).unwrap();
            command.env("PORTICO_KILL_AT", place);
        }
        let enough = self.asked() + self.rng.random_range(0..40);
        let mut child = command.spawn().unwrap();
        drop(child.stdin.take());
        let mut looks = tokio::time::interval(Duration::from_millis(1));
        let begun = tokio::time::Instant::now();
        loop {
            looks.tick().await;
            if let Some(ended) = child.try_wait().unwrap() {
                return ended.code().is_none();
            }
            // A quiet tail asks no more, and some places are not passed each time.
            let idle = begun.elapsed() > Duration::from_secs(8);
            if idle || (!at_place && self.asked() >= enough) {
                child.start_kill().unwrap();
                return child.wait().await.unwrap().code().is_none();
            }
            if self.rng.random_ratio(1, 40) {
                self.change(1);
            }
        }
    }

    /// The next process is left alone: then everything is there.
    async fn resume(&mut self, activity: &Activity) {
        let truth = self.truth().await;
        if activity.arguments == TAIL.arguments {
            let mut child = self.terminal.command(activity.arguments);
            child.stdout(Stdio::null()).stderr(Stdio::null());
            let mut child = child.spawn().unwrap();
            let mut difference = Some(String::new());
            let caught_up = async {
                let mut looks = tokio::time::interval(Duration::from_millis(100));
                while difference.is_some() {
                    looks.tick().await;
                    difference = self.difference(&truth, activity.silent).await;
                }
            };
            let caught_up = tokio::time::timeout(SOON, caught_up).await;
            child.kill().await.unwrap();
            if caught_up.is_err() {
                let status = self.terminal.text(&["sync", "status"]).await;
                let difference = difference.unwrap_or_default();
                let id = difference.split('"').nth(1).unwrap_or_default();
                let there = self.terminal.sim.control().object(id);
                let events = self.events_of(id).await;
                panic!("{difference}\n{status}\n{there:?}\n{events:?}");
            }
        } else {
            self.terminal.text(activity.arguments).await;
            let difference = self.difference(&truth, activity.silent).await;
            assert_eq!(difference, None);
        }
    }

    /// When which event told of an object, as far as the newest hundred reach.
    async fn events_of(&self, id: &str) -> Vec<String> {
        let params = Params::new().with("limit", 100);
        let page = self.stripe().list_page("/v1/events", &params).await;
        let events = page.unwrap().objects.into_iter();
        events
            .filter(|event| event["data"]["object"]["id"] == id)
            .map(|event| format!("{} {}", event["created"], event["type"]))
            .collect()
    }

    fn stripe(&self) -> Client {
        let sim = &self.terminal.sim;
        let base = ApiBase::parse(sim.url()).unwrap();
        let key = Key::parse(sim.secret_key()).unwrap();
        Client::new(base, key, Pace::UNLIMITED, Clock::system()).unwrap()
    }

    /// What a mirror holds that is filled from nothing.
    async fn truth(&self) -> Vec<Rows> {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(
            WorkspaceId::from("ws_truth"),
            folder.path().to_owned(),
            Announcer::default(),
            Clock::system(),
        )
        .await
        .unwrap();
        journal::catch_up(&store).await.unwrap();
        let client = self.stripe();
        let lock = BackgroundLock::try_acquire(&store.folder).unwrap().unwrap();
        let filling = sync::start(&store, &client, Mode::Fresh, Arc::new(lock)).await;
        assert_eq!(filling.unwrap().ended().await, Outcome::Complete);
        let rows = rows(&mut store.reader.acquire().await.unwrap()).await;
        store.close().await;
        rows
    }

    async fn difference(&self, truth: &[Rows], silent: &[&str]) -> Option<String> {
        let mut mirror = open_read_only(&self.mirror).await.unwrap();
        let here = rows(&mut mirror).await;
        for ((resource, mut here), truth) in resource::ALL.iter().zip(here).zip(truth) {
            if silent.contains(&resource.name) {
                continue;
            }
            if [resource::PAYMENT_METHODS.name, resource::PRICES.name].contains(&resource.name) {
                // Lists bring only cards that are somebody's default, and no price that was made for
                // one subscription; the tail brings others too.
                here.retain(|id, _| truth.contains_key(id));
            }
            if here != *truth {
                let differing = here.keys().chain(truth.keys());
                let differing = differing.filter(|id| here.get(*id) != truth.get(*id));
                return Some(format!(
                    "{}: {:?}",
                    resource.name,
                    differing.take(3).collect::<Vec<_>>()
                ));
            }
        }
        None
    }
}

async fn rows(mirror: &mut SqliteConnection) -> Vec<Rows> {
    let mut all = Vec::new();
    for resource in resource::ALL {
        let mut query = QueryBuilder::<Sqlite>::new("SELECT id, hash FROM ");
        query.push(resource.name).push(" WHERE deleted = 0");
        if *resource == resource::TAX_IDS {
            // They are part of their customer, and stay readable beside its tombstone.
            query.push(" AND customer IN (SELECT id FROM customers WHERE deleted = 0)");
        }
        let rows: Vec<(String, Option<Vec<u8>>)> = query
            .build_query_as()
            .fetch_all(&mut *mirror)
            .await
            .unwrap();
        let mut rows: Rows = rows.into_iter().collect();
        if *resource == resource::SUBSCRIPTIONS {
            without_coupons(mirror, &mut rows).await;
        }
        all.push(rows);
    }
    all
}

/// The contents without what a discount's coupon is: no event of the subscription tells how often
/// others use it, nor that it was deleted.
async fn without_coupons(mirror: &mut SqliteConnection, subscriptions: &mut Rows) {
    let discounted: Vec<(String, Vec<u8>)> = sqlx::query_as(
        "SELECT id, json FROM subscriptions WHERE deleted = 0 AND discounts <> '[]'",
    )
    .fetch_all(&mut *mirror)
    .await
    .unwrap();
    for (id, json) in discounted {
        let mut object = unpack(&json).unwrap();
        let discounts = object.get_mut("discounts").and_then(Value::as_array_mut);
        for discount in discounts.into_iter().flatten() {
            if let Some(coupon) = discount.pointer_mut("/source/coupon") {
                *coupon = Value::Null;
            }
        }
        subscriptions.insert(id, Some(object.to_string().into_bytes()));
    }
}
