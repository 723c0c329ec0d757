//! `sync`: reads everything from Stripe, follows what changes there, and says how fresh the copy is.

use crate::failure::Failure;
use crate::output::columns;
use crate::progress::Progress;
use crate::session::Session;
use clap::{Args, Subcommand, ValueEnum};
use portico_core::Error;
use portico_core::stripe::Pace;
use portico_core::sync::health::{Comparison, SyncHealth};
use portico_core::sync::{self, Polled, ResourceState, SyncPhase, SyncStatus};
use portico_core::workspaces::{Turn, Workspace};
use serde::Serialize;
use std::ops::ControlFlow;

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Sync {
    #[command(subcommand)]
    command: Option<Command>,
    /// Follow what changes in Stripe until Ctrl-C, one line for each batch of changes
    #[arg(long)]
    watch: bool,
    /// How much of Stripe's request limits to use; the agency's other integrations share them
    #[arg(long, value_enum, default_value_t = PaceArgument::Polite)]
    pub pace: PaceArgument,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum PaceArgument {
    /// 80 % of them
    Polite,
    /// All of them
    Full,
}

impl From<PaceArgument> for Pace {
    fn from(pace: PaceArgument) -> Self {
        match pace {
            PaceArgument::Polite => Self::Polite,
            PaceArgument::Full => Self::Full,
        }
    }
}

#[derive(Subcommand)]
enum Command {
    /// Show how fresh the local copy is, and what stands in the way
    Status,
    /// Compare everything with Stripe, repair what differs, and report it
    Reconcile,
}

pub async fn run(session: &Session<'_>, arguments: Sync) -> Result<(), Failure> {
    match arguments.command {
        Some(Command::Status) => status(session).await,
        Some(Command::Reconcile) => reconcile(session).await,
        None if arguments.watch => watch(session).await,
        None => fill(session).await,
    }
}

async fn fill(session: &Session<'_>) -> Result<(), Failure> {
    let workspace = session.connected().await?;
    let mut progress = Progress::new();
    let reading = workspace.sync_and_wait(|status| progress.show(status));
    let status = or_stopped(&workspace, reading).await?;
    progress.finish();
    session.output.show(&status, || describe(&status))?;
    whole(status)
}

/// Carries `reading` through; with Ctrl-C what was read stays, and the next run continues.
async fn or_stopped(
    workspace: &Workspace,
    reading: impl Future<Output = portico_core::Result<SyncStatus>>,
) -> Result<SyncStatus, Failure> {
    tokio::pin!(reading);
    tokio::select! {
        status = &mut reading => Ok(status?),
        _ = tokio::signal::ctrl_c() => {
            workspace.cancel_sync().await?;
            Ok(reading.await?)
        }
    }
}

fn whole(status: SyncStatus) -> Result<(), Failure> {
    if status.phase == SyncPhase::Complete {
        return Ok(());
    }
    Err(Failure::said(status.problem.unwrap_or_else(|| {
        "Not everything was read. Run `portico-cli sync` again to continue.".into()
    })))
}

async fn reconcile(session: &Session<'_>) -> Result<(), Failure> {
    let workspace = session.connected().await?;
    session.introduce().await?;
    session.output.note(&workspace.sync_cost().await?.words);
    let mut progress = Progress::new();
    let reading = workspace.compare_and_wait(|status| progress.show(status));
    let status = or_stopped(&workspace, reading).await?;
    progress.finish();
    let newest = workspace
        .sync_health()
        .await?
        .comparisons
        .into_iter()
        .next();
    match newest {
        Some(comparison) => session
            .output
            .show(&comparison, || describe_comparison(&comparison))?,
        // There was nothing here to compare with.
        None => session.output.show(&status, || describe(&status))?,
    }
    whole(status)
}

fn describe_comparison(comparison: &Comparison) -> String {
    format!(
        "{}\n{} requests to Stripe.\n",
        comparison.words, comparison.requests
    )
}

async fn status(session: &Session<'_>) -> Result<(), Failure> {
    let workspace = session.workspace().await?;
    let mut health = workspace.sync_health().await?;
    // Whether this run of the terminal has the key at hand says nothing about the copy.
    health.freshness = sync::freshness(workspace.store(), None).await?;
    session.output.show(&health, || describe_health(&health))?;
    Ok(())
}

fn describe_health(health: &SyncHealth) -> String {
    let mut text = format!("{}.\n", health.freshness.words);
    let resources = health.resources.iter().map(|resource| {
        [
            resource.label.clone(),
            resource.rows.to_string(),
            state(resource.state).into(),
            resource.message.clone().unwrap_or_default(),
        ]
    });
    text += &format!("\n{}\n", columns(["WHAT", "ROWS", "STATE", ""], resources));
    text += &format!("\n{}\n", health.allowance.words);
    for parked in &health.parked {
        text += &format!(
            "Parked: {} {}{} ({}), tried {}: {}\n",
            parked.label,
            parked.object,
            parked
                .client
                .as_ref()
                .map(|client| format!(" of {}", client.name))
                .unwrap_or_default(),
            parked.event,
            match parked.attempts {
                1 => "once".to_owned(),
                times => format!("{times} times"),
            },
            parked.error
        );
    }
    for gap in &health.gaps {
        text += &format!("{} {}\n", gap.from.format("%Y-%m-%d"), gap.words);
    }
    if let Some(comparison) = health.comparisons.first() {
        text += &format!(
            "Compared {}: {}\n",
            comparison.started_at.format("%Y-%m-%d %H:%M UTC"),
            comparison.words
        );
    }
    if let Some(problem) = health.problems.first() {
        text += &format!(
            "Last failure {}: {}\n",
            problem.at.format("%Y-%m-%d %H:%M UTC"),
            problem.words
        );
    }
    text
}

/// One batch of changes, as `--watch --json` prints it.
#[derive(Serialize)]
struct Batch {
    at: String,
    events: usize,
    added: usize,
    changed: usize,
    gone: usize,
}

async fn watch(session: &Session<'_>) -> Result<(), Failure> {
    let workspace = session.connected().await?;
    if !workspace.claim_background().await? {
        return Err(Failure::said(
            "Another Portico on this computer follows Stripe already; `portico-cli sync status` shows how.",
        ));
    }
    if workspace.sync_status().await?.completed_at.is_none() {
        fill(session).await?;
    }
    session
        .output
        .note("Following what changes in Stripe; Ctrl-C ends it.");
    let tell = |turn| match turn {
        Turn::Polled(polled) if polled.applied.written > 0 => {
            let batch = batch(&workspace, polled);
            match session.output.line(&batch, || describe_batch(&batch)) {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => ControlFlow::Break(Failure::from(error)),
            }
        }
        Turn::Idle | Turn::Polled(_) => ControlFlow::Continue(()),
        // A key that is refused is not tried again; all else is.
        Turn::Failed(error @ (Error::KeyRefused(_) | Error::KeyMissing)) => {
            ControlFlow::Break(error.into())
        }
        Turn::Failed(error) => {
            session.output.note(&error.to_string());
            ControlFlow::Continue(())
        }
    };
    tokio::select! {
        ended = session.core.watch(&workspace, tell) => ended?.map_or(Ok(()), Err),
        _ = tokio::signal::ctrl_c() => Ok(()),
    }
}

fn batch(workspace: &Workspace, polled: Polled) -> Batch {
    Batch {
        at: workspace
            .clock()
            .now()
            .format("%Y-%m-%dT%H:%M:%SZ")
            .to_string(),
        events: polled.events,
        added: polled.applied.added,
        changed: polled.applied.changed(),
        gone: polled.applied.gone,
    }
}

fn describe_batch(batch: &Batch) -> String {
    let events = match batch.events {
        1 => "1 event".to_owned(),
        events => format!("{events} events"),
    };
    format!(
        "{}  {events}: {} added, {} changed, {} gone",
        batch.at, batch.added, batch.changed, batch.gone
    )
}

fn state(state: ResourceState) -> &'static str {
    match state {
        ResourceState::Waiting => "waiting",
        ResourceState::Reading => "incomplete",
        ResourceState::Done => "complete",
        ResourceState::NotPermitted => "not permitted",
        ResourceState::Failed => "failed",
    }
}

fn describe(status: &SyncStatus) -> String {
    let rows = status.resources.iter().map(|resource| {
        [
            resource.label.clone(),
            resource.rows.to_string(),
            state(resource.state).into(),
            resource.message.clone().unwrap_or_default(),
        ]
    });
    format!(
        "{}\n{} requests to Stripe.\n",
        columns(["WHAT", "ROWS", "STATE", ""], rows),
        status.requests
    )
}
