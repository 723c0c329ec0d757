//! Measures core without a window: fills an empty disk from a large simulated Stripe, searches as
//! people type, reads lists and pages, fills again; prints one JSON document on standard output.
//!
//! The simulator is the program named by `PORTICO_STRIPE_SIM`. `PORTICO_BENCH_CUSTOMERS` asks for a
//! smaller agency than the one the goals are about, `PORTICO_BENCH_ONLY` for one part alone: the first
//! `filling`, or fillings within `limits`.

mod account;
mod small;

use account::{forget_peak_memory, idle_memory_kb, memory_kb};
use portico_core::clients::{self, ClientQuery, ClientSort};
use portico_core::ids::ClientId;
use portico_core::secrets::Secret;
use portico_core::stripe::Pace;
use portico_core::sync::SyncPhase;
use portico_core::wire::Programs;
use portico_core::workspaces::{KeepKeyIn, Workspace};
use portico_core::{Clock, Core, Options, db};
use serde_json::{Value, json};
use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use xtask::usage::processor_seconds;

/// As in the programs.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Outcome<T> = Result<T, Box<dyn Error>>;

const CUSTOMERS: u32 = 100_000;
/// Names that are typed letter by letter.
const NAMES: u32 = 500;
/// What the list asks for at once.
const ROWS: u32 = 50;
/// Places in the list, and clients, that are read one after the other.
const SAMPLES: u32 = 200;

fn main() -> Outcome<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let document = runtime.block_on(measure())?;
    writeln!(std::io::stdout(), "{document:#}")?;
    Ok(())
}

async fn measure() -> Outcome<Value> {
    if is_only("limits") {
        return Ok(json!({"within_limits": small::within_limits().await?}));
    }
    let stripe = Simulator::start(smaller(CUSTOMERS))?;
    let folder = tempfile::tempdir()?;
    let desk = || {
        Core::open(Options {
            downloads: folder.path().into(),
            data_folder: folder.path().into(),
            keychain_service: "dev.portico.console.bench".into(),
            api_base: None,
            sample_customers: portico_core::SAMPLE_CUSTOMERS,
            background: false,
            pace: Pace::UNLIMITED,
            clock: Clock::system(),
            programs: Programs::of_system(),
        })
    };
    let core = desk()?;
    core.set_staff("Bench", None).await?;
    let check = core
        .check_key(Secret::new(&stripe.key), Some(&stripe.url))
        .await?;
    let passphrase = "a passphrase of the bench";
    let keep = KeepKeyIn::File {
        passphrase: passphrase.into(),
    };
    let id = core.add_workspace(&check.check, "Bench", keep).await?.id;
    let workspace = core.workspace(&id).await?;

    let idle = idle_memory_kb();
    forget_peak_memory();
    let processes = || [std::process::id(), stripe.process.id()].map(processor_seconds);
    let before = processes();
    let mut filling = fill(&workspace).await?;
    let after = processes();
    let [own, simulator] = std::array::from_fn(|at| Some(after[at]? - before[at]?));
    let store = workspace.store();
    let database = |name: &str| bytes(&store.folder.join(name));
    filling["processor_seconds"] = json!(own);
    filling["simulator_processor_seconds"] = json!(simulator);
    filling["idle_memory_kb"] = json!(idle);
    filling["peak_memory_kb"] = json!(memory_kb("VmHWM:"));
    if is_only("filling") {
        store.close().await;
        filling["portico_db_bytes"] = json!(database(db::MIRROR)?);
        return Ok(json!({"filling": filling}));
    }
    let again = fill_again(&workspace).await?;
    store.close().await;
    // Closed, so that what waited in the write-ahead log is in the files.
    filling["journal_db_bytes"] = json!(database(db::JOURNAL)?);
    filling["portico_db_bytes"] = json!(database(db::MIRROR)?);

    drop((core, workspace));

    // The index is in memory only, so the first search is that of a program just started.
    let core = desk()?;
    let workspace = core.workspace(&id).await?;
    workspace.unlock_key_file(Secret::new(passphrase)).await?;
    let started = Instant::now();
    clients::list(&workspace, &typed("a")).await?;
    let first_search = started.elapsed();
    let names = names(&workspace).await?;
    let search = search(&workspace, &names, first_search).await?;
    let reads = reads(&workspace).await?;
    let parts = [
        ("filling", filling),
        ("filling_again", again),
        ("search", search),
        ("reads", reads),
    ];
    let mut document: serde_json::Map<String, Value> = parts
        .into_iter()
        .map(|(name, part)| (name.to_owned(), part))
        .collect();
    // A part that fails later does not take these with it.
    tell(&document)?;
    let meanwhile = search_while_filling(&workspace, &names).await?;
    document.insert("search_while_filling".into(), meanwhile);
    drop((core, workspace, stripe));
    document.insert("within_limits".into(), small::within_limits().await?);
    tell(&document)?;
    document.insert("day".into(), small::day().await?);
    Ok(Value::Object(document))
}

fn is_only(part: &str) -> bool {
    std::env::var("PORTICO_BENCH_ONLY").is_ok_and(|only| only == part)
}

/// What is known so far, on standard error.
fn tell(document: &serde_json::Map<String, Value>) -> Outcome<()> {
    let so_far = serde_json::to_string(document)?;
    Ok(writeln!(std::io::stderr(), "so far: {so_far}")?)
}

/// So many of the customers that a goal is about, or the smaller number that was asked for.
fn smaller(customers: u32) -> u32 {
    let asked = std::env::var("PORTICO_BENCH_CUSTOMERS").ok();
    let asked = asked.and_then(|number| number.parse().ok());
    asked.map_or(customers, |asked: u32| asked.min(customers))
}

async fn fill(workspace: &Arc<Workspace>) -> Outcome<Value> {
    let started = Instant::now();
    let mut first_rows = None;
    let status = workspace.sync_and_wait(|status| {
        let customers = status.resources.iter().find(|it| it.name == "customers");
        if customers.is_some_and(|it| it.rows > 0) {
            first_rows.get_or_insert_with(|| started.elapsed());
        }
    });
    let status = status.await?;
    let took = started.elapsed();
    if status.phase != SyncPhase::Complete {
        return Err(format!("the filling did not complete: {status:?}").into());
    }
    let objects: u32 = status.resources.iter().map(|resource| resource.rows).sum();
    let rows = status
        .resources
        .iter()
        .map(|resource| (resource.name.clone(), json!(resource.rows)));
    Ok(json!({
        "seconds": seconds(took),
        "first_customers_after_seconds": first_rows.map(seconds),
        "objects": objects,
        "objects_per_second": (f64::from(objects) / took.as_secs_f64()).round(),
        "requests": status.requests,
        "rows": Value::Object(rows.collect()),
    }))
}

/// Lists everything of a Stripe in which nothing happened; no client's row may change.
async fn fill_again(workspace: &Arc<Workspace>) -> Outcome<Value> {
    let before = revision(workspace).await?;
    let measured = fill(workspace).await?;
    if revision(workspace).await? != before {
        return Err("client rows were written although nothing changed in Stripe".into());
    }
    Ok(json!({"seconds": measured["seconds"], "requests": measured["requests"]}))
}

async fn revision(workspace: &Workspace) -> Outcome<i64> {
    Ok(sqlx::query_scalar("SELECT revision FROM derived_state")
        .fetch_one(&workspace.store().reader)
        .await?)
}

fn typed(search: &str) -> ClientQuery {
    ClientQuery {
        search: search.to_owned(),
        limit: ROWS,
        ..ClientQuery::default()
    }
}

/// Names of clients from all over the list.
async fn names(workspace: &Workspace) -> Outcome<Vec<String>> {
    let total = clients::list(workspace, &typed("")).await?.total;
    let mut names = Vec::new();
    for number in 0..NAMES {
        let query = ClientQuery {
            offset: spread(number, NAMES, total),
            limit: 1,
            ..typed("")
        };
        let rows = clients::list(workspace, &query).await?.rows;
        names.extend(rows.into_iter().map(|row| row.name));
    }
    Ok(names)
}

/// The `number`th of `parts` places that are equally far apart.
fn spread(number: u32, parts: u32, total: u32) -> u32 {
    (u64::from(number) * u64::from(total) / u64::from(parts)) as u32
}

/// Types every name; whatever was typed of it so far must find somebody.
async fn search(workspace: &Workspace, names: &[String], first: Duration) -> Outcome<Value> {
    let mut times = Vec::new();
    for name in names {
        for (at, letter) in name.char_indices() {
            let prefix = &name[..at + letter.len_utf8()];
            let started = Instant::now();
            let found = clients::list(workspace, &typed(prefix)).await?;
            times.push(started.elapsed());
            if found.rows.is_empty() {
                return Err(format!("typing {prefix:?} of {name:?} finds nobody").into());
            }
        }
    }
    let mut search = distribution(times);
    search["names"] = json!(names.len());
    search["first_after_start_ms"] = json!(milliseconds(first));
    Ok(search)
}

/// Empties the mirror, and types names for as long as it takes to read everything again.
async fn search_while_filling(workspace: &Workspace, names: &[String]) -> Outcome<Value> {
    workspace.rebuild_mirror().await?;
    let mut times = Vec::new();
    for name in names.iter().cycle() {
        for (at, letter) in name.char_indices() {
            let prefix = &name[..at + letter.len_utf8()];
            let started = Instant::now();
            clients::list(workspace, &typed(prefix)).await?;
            times.push(started.elapsed());
        }
        if !workspace.is_filling() {
            break;
        }
    }
    Ok(distribution(times))
}

/// What is read besides: windows of the list in several orders, client pages, timelines.
async fn reads(workspace: &Workspace) -> Outcome<Value> {
    let total = clients::list(workspace, &typed("")).await?.total;
    let window = |number, sort, descending| ClientQuery {
        sort,
        descending,
        currency: Some("eur".to_owned()),
        offset: spread(number, SAMPLES, total),
        ..typed("")
    };
    let (mut by_name, mut by_monthly, mut top) = (Vec::new(), Vec::new(), Vec::new());
    let (mut pages, mut timelines) = (Vec::new(), Vec::new());
    for number in 0..SAMPLES {
        let started = Instant::now();
        let list = clients::list(workspace, &window(number, ClientSort::Name, false)).await?;
        by_name.push(started.elapsed());
        let started = Instant::now();
        clients::list(workspace, &window(number, ClientSort::Monthly, true)).await?;
        by_monthly.push(started.elapsed());
        let started = Instant::now();
        clients::list(workspace, &window(0, ClientSort::Monthly, true)).await?;
        top.push(started.elapsed());

        let client: &ClientId = match list.rows.first() {
            Some(row) => &row.id,
            None => return Err("a window in the middle of the list is empty".into()),
        };
        let started = Instant::now();
        clients::page(workspace, client).await?;
        pages.push(started.elapsed());
        let started = Instant::now();
        clients::timeline(workspace, client, None).await?;
        timelines.push(started.elapsed());
    }
    Ok(json!({
        "windows_by_name": distribution(by_name),
        "windows_by_monthly": distribution(by_monthly),
        "first_window_by_monthly": distribution(top),
        "client_pages": distribution(pages),
        "timelines": distribution(timelines),
    }))
}

fn distribution(mut times: Vec<Duration>) -> Value {
    times.sort_unstable();
    let at = |share: usize| {
        let last = times.len().saturating_sub(1);
        times
            .get(last * share / 100)
            .map(|time| milliseconds(*time))
    };
    json!({"calls": times.len(), "p50_ms": at(50), "p95_ms": at(95), "p99_ms": at(99), "max_ms": at(100)})
}

fn milliseconds(time: Duration) -> f64 {
    time.as_micros() as f64 / 1000.0
}

fn seconds(time: Duration) -> f64 {
    time.as_millis() as f64 / 1000.0
}

fn bytes(file: &Path) -> Outcome<u64> {
    Ok(std::fs::metadata(file)?.len())
}

/// The simulator at work in a process of its own, until this is dropped.
struct Simulator {
    process: Child,
    url: String,
    key: String,
}

impl Simulator {
    fn start(customers: u32) -> Outcome<Self> {
        let program = std::env::var_os("PORTICO_STRIPE_SIM")
            .ok_or("PORTICO_STRIPE_SIM does not name the simulator; run `cargo xtask bench`")?;
        let process = Command::new(program)
            .args(["--customers", &customers.to_string(), "--limits", "off"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut simulator = Self {
            process,
            url: String::new(),
            key: String::new(),
        };
        let output = simulator.process.stdout.take();
        let mut line = String::new();
        BufReader::new(output.ok_or("the simulator has no output")?).read_line(&mut line)?;
        let said: Value = serde_json::from_str(&line)?;
        let word = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
        simulator.url = word("url");
        simulator.key = word("secret_key");
        Ok(simulator)
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        // Either fails only when the process has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
