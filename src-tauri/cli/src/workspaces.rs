//! `workspace add | list | remove`

use crate::failure::Failure;
use crate::output::columns;
use crate::session::{Session, passphrase};
use portico_core::journal::SecretStoreKind;
use portico_core::secrets::Secret;
use portico_core::stripe::permissions::{PermissionRow, ProbeResult};
use portico_core::workspaces::{KeepKeyIn, KeyCheck, WorkspaceSummary};
use serde::Serialize;
use std::io::Read;
use zeroize::Zeroizing;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Add a workspace with a Stripe key
    Add {
        /// What to call it
        name: String,
        /// Read the key from standard input; there is no other way, so that it stays out of the
        /// shell's history and the list of processes
        #[arg(long, required = true)]
        key_stdin: bool,
        /// The address of a simulator on this computer, for test-mode keys
        #[arg(long, value_name = "URL")]
        api_base: Option<String>,
    },
    /// List the workspaces
    List,
    /// Remove the workspace given with --workspace: its key and its copy of Stripe's objects. The
    /// journal and its backups stay
    Remove {
        /// Delete the journal and its backups too; repeat the workspace's name
        #[arg(long, value_name = "NAME")]
        with_journal: Option<String>,
    },
}

pub async fn run(session: &Session<'_>, command: Command) -> Result<(), Failure> {
    match command {
        Command::Add {
            name,
            key_stdin: _,
            api_base,
        } => add(session, &name, api_base.as_deref()).await,
        Command::List => list(session),
        Command::Remove { with_journal } => remove(session, with_journal.as_deref()).await,
    }
}

#[derive(Serialize)]
struct Added {
    #[serde(flatten)]
    workspace: WorkspaceSummary,
    restricted: bool,
    last4: String,
    key_store: SecretStoreKind,
    permissions: Vec<PermissionRow>,
}

async fn add(session: &Session<'_>, name: &str, api_base: Option<&str>) -> Result<(), Failure> {
    let key = read_key()?;
    let check = session.core.check_key(key, api_base).await?;
    let (keep, key_store) = match place(&check) {
        Ok(place) => place,
        Err(failure) => {
            session.core.discard_key_check(&check.check);
            return Err(failure);
        }
    };
    session.introduce().await?;
    let workspace = session.core.add_workspace(&check.check, name, keep).await?;
    let added = Added {
        workspace,
        restricted: check.restricted,
        last4: check.last4,
        key_store,
        permissions: check.permissions,
    };
    session.output.show(&added, || describe(&added))?;
    Ok(())
}

fn read_key() -> Result<Secret, Failure> {
    let mut text = Zeroizing::new(String::new());
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| Failure::said(format!("The key could not be read: {error}.")))?;
    match text.trim() {
        "" => Err(Failure::said(
            "No key arrived on standard input. Pipe it in, for example: portico-cli workspace add NAME --key-stdin < key.txt",
        )),
        key => Ok(Secret::new(key)),
    }
}

/// The keychain where there is one; else the file, if its passphrase is given.
fn place(check: &KeyCheck) -> Result<(KeepKeyIn, SecretStoreKind), Failure> {
    let usable = |kind| {
        check
            .stores
            .iter()
            .find(|choice| choice.store == kind)
            .is_some_and(|choice| choice.usable)
    };
    if usable(SecretStoreKind::Keychain) {
        return Ok((KeepKeyIn::Keychain, SecretStoreKind::Keychain));
    }
    if usable(SecretStoreKind::File)
        && let Some(passphrase) = passphrase()
    {
        let passphrase = passphrase.expose().to_owned();
        return Ok((KeepKeyIn::File { passphrase }, SecretStoreKind::File));
    }
    let why: Vec<_> = check
        .stores
        .iter()
        .filter(|choice| !choice.usable)
        .map(|choice| choice.message.as_str())
        .collect();
    Err(Failure::said(format!(
        "{} Start one and try again, or set PORTICO_PASSPHRASE to keep the key in a file that this passphrase protects.",
        why.join(" ")
    )))
}

fn describe(added: &Added) -> String {
    let workspace = &added.workspace;
    let kind = if added.restricted {
        "restricted"
    } else {
        "secret"
    };
    let place = match added.key_store {
        SecretStoreKind::Keychain => "the keychain",
        SecretStoreKind::File => "a file that your passphrase protects",
        SecretStoreKind::Memory => "memory",
    };
    let mut text = format!(
        "Added {} ({}): account {}, {} mode, {kind} key ending in {}, kept in {place}.\n",
        workspace.name,
        workspace.id,
        workspace.account,
        mode(workspace),
        added.last4,
    );
    let missing: Vec<_> = added
        .permissions
        .iter()
        .filter(|row| row.result == ProbeResult::Missing)
        .map(|row| [row.slug.clone(), row.needed_for.clone()])
        .collect();
    if !missing.is_empty() {
        text.push_str("\nThe key lacks these permissions:\n");
        text.push_str(&columns(["PERMISSION", "NEEDED FOR"], missing));
        text.push('\n');
    }
    text.push_str("\nNext: portico-cli sync\n");
    text
}

fn list(session: &Session<'_>) -> Result<(), Failure> {
    let workspaces = session.core.workspaces()?;
    session.output.show(&workspaces, || {
        if workspaces.is_empty() {
            return "There is no workspace yet. Add one: portico-cli workspace add NAME --key-stdin".into();
        }
        columns(
            ["ID", "NAME", "MODE", "ACCOUNT", "TIME ZONE"],
            workspaces.iter().map(|workspace| {
                [
                    workspace.id.to_string(),
                    workspace.name.clone(),
                    mode(workspace).into(),
                    workspace.account.clone(),
                    workspace.time_zone.clone(),
                ]
            }),
        )
    })?;
    Ok(())
}

pub fn mode(workspace: &WorkspaceSummary) -> &'static str {
    match (workspace.demo, workspace.livemode) {
        (true, _) => "sample",
        (false, true) => "live",
        (false, false) => "test",
    }
}

#[derive(Serialize)]
struct Removed {
    id: String,
    name: String,
    journal_kept: bool,
    folder: String,
}

async fn remove(session: &Session<'_>, with_journal: Option<&str>) -> Result<(), Failure> {
    let workspace = session.named()?;
    session
        .core
        .remove_workspace(&workspace.id, with_journal)
        .await?;
    let removed = Removed {
        id: workspace.id.to_string(),
        name: workspace.name,
        journal_kept: with_journal.is_none(),
        folder: workspace.folder,
    };
    session.output.show(&removed, || {
        if removed.journal_kept {
            format!(
                "Removed {}. Its journal and backups stay in {}.",
                removed.name, removed.folder
            )
        } else {
            format!("Removed {} with its journal and backups.", removed.name)
        }
    })?;
    Ok(())
}
