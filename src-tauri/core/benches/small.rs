//! Smaller agencies, simulated in the same process so that what it was asked can be read: how fast a
//! filling is within Stripe's limits, and what a day of ordinary life costs.

use crate::{CUSTOMERS, Outcome, seconds, smaller};
use chrono::TimeDelta;
use portico_core::secrets::Secret;
use portico_core::stripe::{ApiBase, Client, Key, Limits, Pace};
use portico_core::sync::{SyncPhase, Tail};
use portico_core::wire::Programs;
use portico_core::workspaces::{KeepKeyIn, Workspace};
use portico_core::{Clock, Core, Options};
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Instant;
use stripe_sim::{Permissions, Sim};

/// The simulated agency whose customers, subscriptions, invoices and charges are some 100,000 rows;
/// its 40,000 invoices alone take 16 seconds at 25 pages a second.
const FOUR_RESOURCES: u32 = CUSTOMERS * 8 / 100;
const FOUR: &str = "rak_event_read,rak_accounts_kyc_basic_read,rak_customer_read,rak_subscription_read,rak_invoice_read,rak_charge_read";
const LATENCY_MS: u32 = 120;

/// A day of an agency with so many customers: so many events, asked for every ten minutes.
const DAY_CUSTOMERS: u32 = 2_000;
const DAY_EVENTS: usize = 2_000;
const DAY_POLLS: usize = 24 * 6;

struct Small {
    sim: Sim,
    workspace: Arc<Workspace>,
    _core: Core,
    _folder: tempfile::TempDir,
}

impl Small {
    async fn open(options: stripe_sim::Options, pace: Pace) -> Outcome<Self> {
        let sim = Sim::start(options).await?;
        let folder = tempfile::tempdir()?;
        let core = Core::open(Options {
            downloads: folder.path().into(),
            programs: Programs::of_system(),
            data_folder: folder.path().into(),
            keychain_service: "dev.portico.console.bench".into(),
            api_base: None,
            sample_customers: portico_core::SAMPLE_CUSTOMERS,
            background: false,
            pace,
            clock: Clock::system(),
        })?;
        core.set_staff("Bench", None).await?;
        let key = Secret::new(sim.restricted_key());
        let check = core.check_key(key, Some(sim.url())).await?;
        let keep = KeepKeyIn::File {
            passphrase: "a passphrase of the bench".into(),
        };
        let id = core.add_workspace(&check.check, "Bench", keep).await?.id;
        Ok(Self {
            workspace: core.workspace(&id).await?,
            sim,
            _core: core,
            _folder: folder,
        })
    }

    /// Fills the mirror and says how fast that was, and how often Stripe refused.
    async fn fill(&self) -> Outcome<Value> {
        self.sim.control().reset_requests();
        let started = Instant::now();
        let status = self.workspace.sync_and_wait(|_| {}).await?;
        let took = started.elapsed();
        if status.phase != SyncPhase::Complete {
            return Err(format!("the filling did not complete: {status:?}").into());
        }
        let rows = status.resources.iter().filter(|resource| resource.rows > 0);
        let rows: Vec<_> = rows
            .map(|resource| (resource.name.clone(), json!(resource.rows)))
            .collect();
        let objects: u32 = status.resources.iter().map(|resource| resource.rows).sum();
        let requests = self.sim.control().requests();
        let refused = requests.iter().filter(|request| request.status == 429);
        Ok(json!({
            "seconds": seconds(took),
            "objects": objects,
            "objects_per_second": (f64::from(objects) / took.as_secs_f64()).round(),
            "requests": requests.len(),
            "refused_429": refused.count(),
            "rows": Value::Object(rows.into_iter().collect()),
        }))
    }
}

/// Four resources at 120 ms a request: under the live limits, and under the account's limit alone.
pub async fn within_limits() -> Outcome<Value> {
    let options = |limits| stripe_sim::Options {
        customers: smaller(FOUR_RESOURCES),
        limits,
        latency_ms: Some((LATENCY_MS, LATENCY_MS)),
        key_permissions: Permissions::parse(FOUR).unwrap_or(Permissions::All),
        ..stripe_sim::Options::default()
    };
    let live = Small::open(options(stripe_sim::Limits::Live), Pace::Full).await?;
    let live = live.fill().await?;
    let overall = Pace::Simulated(Limits {
        overall: Some(100),
        endpoint: None,
    });
    let account = Small::open(options(stripe_sim::Limits::Account), overall).await?;
    let account = account.fill().await?;
    Ok(json!({"live": live, "no_endpoint_limit": account}))
}

/// What the read allowance pays for a day in which clients, staff and time change things.
pub async fn day() -> Outcome<Value> {
    let options = stripe_sim::Options {
        customers: smaller(DAY_CUSTOMERS),
        ..stripe_sim::Options::default()
    };
    let small = Small::open(options, Pace::UNLIMITED).await?;
    small.fill().await?;
    let (store, control) = (small.workspace.store(), small.sim.control());
    let client = Client::new(
        ApiBase::parse(small.sim.url())?,
        Key::parse(small.sim.restricted_key())?,
        Pace::UNLIMITED,
        Clock::system(),
    )?;
    let tail = Tail::new(&client);
    tail.poll(store).await?;
    control.reset_requests();
    let mut rng = StdRng::seed_from_u64(1);
    let (mut events, mut written) = (0, 0);
    for poll in 1..=DAY_POLLS {
        control.advance_clock(TimeDelta::minutes(10))?;
        // Most changes are told by more than one event.
        let missing = (DAY_EVENTS * poll / DAY_POLLS).saturating_sub(events);
        for _ in 0..missing.div_ceil(3) {
            control.random_change_now(&mut || rng.random());
        }
        let polled = tail.poll(store).await?;
        events += polled.events;
        written += polled.applied.written;
    }
    Ok(json!({
        "events": events,
        "polls": DAY_POLLS,
        "objects_written": written,
        "gets": control.request_counts().values().sum::<u64>(),
    }))
}
