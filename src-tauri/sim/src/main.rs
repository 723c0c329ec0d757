//! The simulator as a program: prints where it listens as one JSON line, then serves.

use std::io::Write;

use chrono::{DateTime, Utc};
use clap::{Parser, ValueEnum};
use stripe_sim::{AfterRetries, Limits, Options, Permissions, Sim};

/// As in the other programs: an answer is made of many small strings.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A Stripe to work against, on loopback.
#[derive(Parser)]
struct Args {
    /// Port of the API; 0 lets the system choose.
    #[arg(long, default_value_t = 0)]
    port: u16,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[arg(long, default_value_t = 120)]
    customers: u32,
    /// When the simulated clock starts [default: today 00:00 UTC]
    #[arg(long)]
    now: Option<DateTime<Utc>>,
    /// Every answer waits between A and B milliseconds.
    #[arg(long, value_name = "A..B", value_parser = latency)]
    latency_ms: Option<(u32, u32)>,
    #[arg(long, value_enum, default_value_t = LimitsArg::Off)]
    limits: LimitsArg,
    /// What the restricted key may do: `all`, or slugs (rak_…) separated by commas.
    #[arg(long, default_value = "all", value_parser = Permissions::parse)]
    key_permissions: Permissions,
    /// Loaded at the start if it is there, saved at the end and by POST /save.
    #[arg(long, value_name = "FILE")]
    state: Option<std::path::PathBuf>,
    /// Moving the clock bills nothing.
    #[arg(long)]
    no_billing: bool,
    /// What becomes of a subscription whose last retry has failed.
    #[arg(long, value_enum, default_value_t = AfterRetriesArg::Cancel)]
    after_retries: AfterRetriesArg,
}

#[derive(Clone, Copy, ValueEnum)]
enum AfterRetriesArg {
    Cancel,
    Unpaid,
    PastDue,
}

#[derive(Clone, Copy, ValueEnum)]
enum LimitsArg {
    Live,
    Account,
    Sandbox,
    Off,
}

fn latency(text: &str) -> Result<(u32, u32), String> {
    let range = text
        .split_once("..")
        .and_then(|(low, high)| Some((low.parse().ok()?, high.parse().ok()?)));
    range
        .filter(|(low, high)| low <= high)
        .ok_or_else(|| format!("{text:?} is not a range like 20..80"))
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let args = Args::parse();
    let sim = Sim::start(Options {
        seed: args.seed,
        customers: args.customers,
        now: args.now,
        latency_ms: args.latency_ms,
        limits: match args.limits {
            LimitsArg::Live => Limits::Live,
            LimitsArg::Account => Limits::Account,
            LimitsArg::Sandbox => Limits::Sandbox,
            LimitsArg::Off => Limits::Off,
        },
        key_permissions: args.key_permissions,
        port: args.port,
        state: args.state,
        billing: !args.no_billing,
        after_retries: match args.after_retries {
            AfterRetriesArg::Cancel => AfterRetries::Cancel,
            AfterRetriesArg::Unpaid => AfterRetries::Unpaid,
            AfterRetriesArg::PastDue => AfterRetries::PastDue,
        },
    })
    .await?;
    let line = serde_json::json!({
        "url": sim.url(),
        "control_url": sim.control_url(),
        "pages_url": sim.pages_url(),
        "account_id": sim.account_id(),
        "secret_key": sim.secret_key(),
        "restricted_key": sim.restricted_key(),
        "webhook_secret": sim.webhook_secret(),
    });
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()?;
    drop(out);
    sim.serve().await
}
