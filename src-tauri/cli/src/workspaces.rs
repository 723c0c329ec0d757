//! `workspace add | replace-key | list | remove`

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
        /// Begin a new journal, also where a removed workspace of this account and mode left one
        #[arg(long)]
        new_journal: bool,
    },
    /// Put another key of the same account and mode in the place of the workspace's
    ReplaceKey {
        /// Read the key from standard input; there is no other way, so that it stays out of the
        /// shell's history and the list of processes
        #[arg(long, required = true)]
        key_stdin: bool,
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
            new_journal,
        } => add(session, &name, api_base.as_deref(), new_journal).await,
        Command::ReplaceKey { key_stdin: _ } => replace_key(session).await,
        Command::List => list(session),
        Command::Remove { with_journal } => remove(session, with_journal.as_deref()).await,
    }
}

/// A workspace and what is told of the key that it has now.
#[derive(Serialize)]
struct Keyed {
    #[serde(flatten)]
    workspace: WorkspaceSummary,
    restricted: bool,
    last4: String,
    key_store: SecretStoreKind,
    permissions: Vec<PermissionRow>,
}

impl Keyed {
    fn new(workspace: WorkspaceSummary, check: KeyCheck, key_store: SecretStoreKind) -> Self {
        Self {
            workspace,
            restricted: check.restricted,
            last4: check.last4,
            key_store,
            permissions: check.permissions,
        }
    }
}

async fn add(
    session: &Session<'_>,
    name: &str,
    api_base: Option<&str>,
    new_journal: bool,
) -> Result<(), Failure> {
    let (check, keep, key_store) = checked(session, api_base).await?;
    session.introduce().await?;
    let kept = check.kept.clone().filter(|_| !new_journal);
    let workspace = session
        .core
        .add_workspace_with(&check.check, name, keep, kept.is_some())
        .await?;
    if let Some(kept) = kept {
        session.output.note(&format!(
            "It goes on with the journal that was kept of this account: {} entries until {}.",
            kept.entries,
            kept.until.format("%Y-%m-%d")
        ));
    }
    let added = Keyed::new(workspace, check, key_store);
    session.output.show(&added, || {
        format!("Added {}\nNext: portico-cli sync\n", describe(&added))
    })?;
    Ok(())
}

async fn replace_key(session: &Session<'_>) -> Result<(), Failure> {
    let workspace = session.chosen()?;
    let (check, keep, key_store) = checked(session, workspace.api_base.as_deref()).await?;
    session.introduce().await?;
    session
        .core
        .replace_key(&workspace.id, &check.check, keep)
        .await?;
    let replaced = Keyed::new(workspace, check, key_store);
    session.output.show(&replaced, || {
        format!("The new key of {}", describe(&replaced))
    })?;
    Ok(())
}

/// The key of standard input, checked with Stripe, and where it is to be kept.
async fn checked(
    session: &Session<'_>,
    api_base: Option<&str>,
) -> Result<(KeyCheck, KeepKeyIn, SecretStoreKind), Failure> {
    let check = session.core.check_key(read_key()?, api_base).await?;
    match place(&check) {
        Ok((keep, store)) => Ok((check, keep, store)),
        Err(failure) => {
            session.core.discard_key_check(&check.check);
            Err(failure)
        }
    }
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

fn describe(added: &Keyed) -> String {
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
        "{} ({}): account {}, {} mode, {kind} key ending in {}, kept in {place}.\n",
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
    text
}

fn list(session: &Session<'_>) -> Result<(), Failure> {
    let workspaces = session.core.workspaces()?;
    for notice in session.core.notices()? {
        session.output.note(&notice);
    }
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
