//! Portico in a terminal: the window's features as commands, for people and for scripts.

mod audit;
mod backups;
mod clients;
mod doctor;
mod failure;
mod history;
mod links;
mod output;
mod portal;
mod progress;
mod session;
mod staff;
mod sync;
mod workspaces;

use clap::{Parser, Subcommand};
use failure::Failure;
use output::Output;
use portico_core::stripe::Pace;
use session::Session;
use std::path::PathBuf;
use std::process::ExitCode;

/// Reading from Stripe allocates millions of small strings on several threads, which the system's
/// allocator is slow at and never gives back.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Portico in a terminal.
#[derive(Parser)]
#[command(name = "portico-cli", version, about, propagate_version = true)]
struct Arguments {
    /// The folder that holds everything [default: PORTICO_DATA_DIR, or the system's place for
    /// application data]
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// The workspace to work in, by id or name; needed where there are several
    #[arg(long, global = true, value_name = "WORKSPACE")]
    workspace: Option<String>,
    /// Print one JSON document on standard output
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Add, list and remove workspaces, and replace their keys: one Stripe account in one mode each
    #[command(subcommand)]
    Workspace(workspaces::Command),
    /// Read everything from Stripe, or follow what changes there
    Sync(sync::Sync),
    /// The clients of the workspace
    #[command(subcommand)]
    Clients(clients::ListCommand),
    /// One client
    #[command(subcommand)]
    Client(clients::ShowCommand),
    /// What changed of a client or a Stripe object, or how it stood on a day
    History(history::Command),
    /// A client's customer portal
    #[command(subcommand)]
    Portal(portal::Command),
    /// The links that were opened or handed out
    #[command(subcommand)]
    Links(links::Command),
    /// The journal of what people did
    #[command(subcommand)]
    Audit(audit::Command),
    /// Back the journal up, or list the backups
    Backup(backups::Backup),
    /// Put a backup in the journal's place
    Restore(backups::Restore),
    /// Show or set who sits at this computer, as the journal names them
    Staff(staff::Command),
    /// Check that everything Portico needs is in order
    Doctor,
}

fn main() -> ExitCode {
    if let Some(code) = portico_core::wire::run_if_asked() {
        return code;
    }
    let arguments = Arguments::parse();
    let output = Output::new(arguments.json);
    match run(arguments, &output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.tell(&output);
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(arguments: Arguments, output: &Output) -> Result<(), Failure> {
    let pace = match &arguments.command {
        Command::Sync(sync) => sync.pace.into(),
        _ => Pace::Polite,
    };
    let session = Session::open(arguments.data_dir, arguments.workspace, pace, output)?;
    let done = carry_out(&session, arguments.command).await;
    session.core.leave().await;
    done
}

async fn carry_out(session: &Session<'_>, command: Command) -> Result<(), Failure> {
    match command {
        Command::Workspace(command) => workspaces::run(session, command).await,
        Command::Sync(arguments) => sync::run(session, arguments).await,
        Command::Clients(command) => clients::list(session, command).await,
        Command::Client(command) => clients::show(session, command).await,
        Command::History(command) => history::run(session, command).await,
        Command::Portal(command) => portal::run(session, command).await,
        Command::Links(command) => links::run(session, command).await,
        Command::Audit(command) => audit::run(session, command).await,
        Command::Backup(command) => backups::backup(session, command).await,
        Command::Restore(command) => backups::restore(session, command).await,
        Command::Staff(command) => staff::run(session, command).await,
        Command::Doctor => doctor::run(session).await,
    }
}
