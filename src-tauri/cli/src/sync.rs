//! `sync`: reads everything from Stripe, here or in the process that has the workspace's background.

use crate::failure::Failure;
use crate::output::columns;
use crate::progress::Progress;
use crate::session::Session;
use clap::{Args, ValueEnum};
use portico_core::stripe::Pace;
use portico_core::sync::{ResourceState, SyncPhase, SyncStatus};

#[derive(Args)]
pub struct Command {
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

pub async fn run(session: &Session<'_>) -> Result<(), Failure> {
    let workspace = session.connected().await?;
    let mut progress = Progress::new();
    let status = {
        let filling = workspace.sync_and_wait(|status| progress.show(status));
        tokio::pin!(filling);
        tokio::select! {
            status = &mut filling => status?,
            _ = tokio::signal::ctrl_c() => {
                // What was read stays; the next run continues.
                workspace.cancel_sync().await?;
                filling.await?
            }
        }
    };
    progress.finish();
    session.output.show(&status, || describe(&status))?;
    if status.phase == SyncPhase::Complete {
        return Ok(());
    }
    Err(Failure::said(status.problem.unwrap_or_else(|| {
        "Not everything was read. Run `portico-cli sync` again to continue.".into()
    })))
}

fn describe(status: &SyncStatus) -> String {
    let rows = status.resources.iter().map(|resource| {
        let state = match resource.state {
            ResourceState::Waiting => "waiting",
            ResourceState::Reading => "incomplete",
            ResourceState::Done => "complete",
            ResourceState::NotPermitted => "not permitted",
            ResourceState::Failed => "failed",
        };
        [
            resource.label.clone(),
            resource.rows.to_string(),
            state.into(),
            resource.message.clone().unwrap_or_default(),
        ]
    });
    format!(
        "{}\n{} requests to Stripe.\n",
        columns(["WHAT", "ROWS", "STATE", ""], rows),
        status.requests
    )
}
