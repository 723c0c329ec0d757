//! One run of the terminal: the core, the chosen workspace, its key, and who acts.

use crate::failure::Failure;
use crate::output::Output;
use portico_core::secrets::Secret;
use portico_core::stripe::Pace;
use portico_core::workspaces::{KeyState, Workspace, WorkspaceSummary};
use portico_core::{Core, Options};
use std::path::PathBuf;
use std::sync::Arc;

pub struct Session<'a> {
    pub core: Core,
    pub options: Options,
    pub output: &'a Output,
    wanted: Option<String>,
}

impl<'a> Session<'a> {
    pub fn open(
        data_dir: Option<PathBuf>,
        wanted: Option<String>,
        pace: Pace,
        output: &'a Output,
    ) -> Result<Self, Failure> {
        let mut options = Options::from_environment(false)?;
        options.pace = pace;
        if let Some(folder) = data_dir {
            options.data_folder = folder;
        }
        portico_core::log::start(&options.data_folder, "terminal")?;
        let core = Core::open(options.clone())?;
        Ok(Self {
            core,
            options,
            output,
            wanted,
        })
    }

    /// The workspace asked for, or the only one, opened.
    pub async fn workspace(&self) -> Result<Arc<Workspace>, Failure> {
        Ok(self.core.workspace(&self.chosen()?.id).await?)
    }

    /// The workspace asked for, which there must be a word for.
    pub fn named(&self) -> Result<WorkspaceSummary, Failure> {
        if self.wanted.is_none() {
            return Err(Failure::said(
                "Say which workspace with --workspace, by id or name.",
            ));
        }
        self.chosen()
    }

    /// The workspace asked for, or the only one.
    pub fn chosen(&self) -> Result<WorkspaceSummary, Failure> {
        let mut all = self.core.workspaces()?;
        if let Some(wanted) = &self.wanted {
            all.retain(|workspace| {
                workspace.id.as_str() == wanted
                    || workspace.name.to_lowercase() == wanted.to_lowercase()
            });
        } else if all.iter().any(|workspace| !workspace.demo) {
            // The sample data is never what is meant when there is something real.
            all.retain(|workspace| !workspace.demo);
        }
        // What is looked for may be one of those that cannot be listed.
        let notices = self.core.notices()?.join(" ");
        match (all.len(), &self.wanted) {
            (1, _) => Ok(all.remove(0)),
            (0, Some(wanted)) => Err(Failure::said(
                format!(
                    "There is no workspace {wanted}; `portico-cli workspace list` shows those there are. {notices}"
                )
                .trim_end(),
            )),
            (0, None) if !notices.is_empty() => Err(Failure::said(notices)),
            (0, None) => Err(Failure::said(
                "There is no workspace yet. Add one: portico-cli workspace add NAME --key-stdin",
            )),
            _ => {
                let names: Vec<_> = all
                    .iter()
                    .map(|workspace| format!("{} ({})", workspace.name, workspace.id))
                    .collect();
                Err(Failure::said(format!(
                    "Say which workspace with --workspace: {}.",
                    names.join(", ")
                )))
            }
        }
    }

    /// The workspace with its key at hand, for what needs Stripe.
    pub async fn connected(&self) -> Result<Arc<Workspace>, Failure> {
        let workspace = self.workspace().await?;
        if workspace.summary().demo {
            return Err(Failure::said(
                "The Stripe of the sample data runs inside Portico's window, where a terminal cannot reach it.",
            ));
        }
        let mut changes = self.core.subscribe();
        let mut told = false;
        loop {
            match workspace.key_state().await {
                KeyState::FileLocked => {
                    self.unlock(&workspace).await?;
                    return Ok(workspace);
                }
                KeyState::KeychainWaiting => {
                    if !told {
                        self.output.note(
                            "The keychain asks for its password in a dialog of its own; answer it there.",
                        );
                        told = true;
                    }
                    changes.next().await;
                }
                _ => {
                    workspace.stripe().await?;
                    return Ok(workspace);
                }
            }
        }
    }

    pub async fn unlock(&self, workspace: &Workspace) -> Result<(), Failure> {
        let passphrase = passphrase().ok_or_else(|| {
            Failure::said(format!(
                "The key of {} is in a file that a passphrase protects. Set PORTICO_PASSPHRASE to it.",
                workspace.summary().name
            ))
        })?;
        workspace.unlock_key_file(passphrase).await?;
        Ok(())
    }

    /// Makes sure that the journal can say who acts: whoever was chosen, else the system's user.
    pub async fn introduce(&self) -> Result<(), Failure> {
        if self.core.desk().await?.staff.is_some() {
            return Ok(());
        }
        let name = whoami::realname()
            .or_else(|_| whoami::username())
            .map_err(|_| {
                Failure::said("Say who you are, for the journal: portico-cli staff NAME")
            })?;
        let staff = self.core.set_staff(&name, None).await?;
        self.output.note(&format!(
            "The journal will name you {}; to change that: portico-cli staff NAME",
            staff.name
        ));
        Ok(())
    }
}

/// From the environment only: an argument would be seen in the list of processes.
pub fn passphrase() -> Option<Secret> {
    std::env::var("PORTICO_PASSPHRASE")
        .ok()
        .filter(|passphrase| !passphrase.is_empty())
        .map(Secret::new)
}
