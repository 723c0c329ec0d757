//! `audit verify`

use crate::failure::Failure;
use crate::session::Session;
use portico_core::journal;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Check that no entry of the journal was changed after it was written
    Verify,
}

pub async fn run(session: &Session<'_>, command: Command) -> Result<(), Failure> {
    let Command::Verify = command;
    let workspace = session.workspace().await?;
    let verified = journal::verify(workspace.store()).await?;
    session.output.show(&verified, || match &verified.problem {
        Some(_) => format!("{} entries were read.", verified.entries),
        None => format!(
            "All {} entries are as they were written ({} erased).",
            verified.entries, verified.erased
        ),
    })?;
    match verified.problem {
        None => Ok(()),
        Some(problem) => Err(Failure::said(format!(
            "The journal was changed: {problem} `portico-cli backup --list` shows the backups from before."
        ))),
    }
}
