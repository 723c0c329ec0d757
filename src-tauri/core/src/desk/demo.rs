//! The sample data: an ordinary workspace whose Stripe is a simulator inside this process.

use super::{Core, add};
use crate::db::make_private_folder;
use crate::events::Topic;
use crate::ids::WorkspaceId;
use crate::journal::SecretStoreKind;
use crate::secrets::Secret;
use crate::workspaces::WorkspaceSummary;
use crate::workspaces::files::{self, KeptKey, WorkspaceFile};
use crate::{Error, Result};
use std::sync::{Arc, PoisonError};
use stripe_sim::Sim;

/// The running sample data; ends with the process.
pub(super) struct Demo {
    workspace: WorkspaceId,
    _sim: Sim,
}

/// Enough clients to scroll and search in, few enough to be there at once.
const CUSTOMERS: u32 = 1200;
const ID: &str = "ws_demo";
const NAME: &str = "Sample agency";

impl Core {
    /// Starts the sample data afresh, once a run, and answers its workspace.
    pub async fn open_demo(&self) -> Result<WorkspaceSummary> {
        let mut demo = self.0.demo.lock().await;
        if let Some(running) = &*demo {
            match self.workspace(&running.workspace).await {
                // It was removed; it begins anew.
                Err(Error::NotFound(_)) => {}
                open => return Ok(open?.summary()),
            }
        }
        let options = stripe_sim::Options {
            customers: CUSTOMERS,
            ..stripe_sim::Options::default()
        };
        let sim = Sim::start(options)
            .await
            .map_err(Error::io("The sample data could not be started"))?;
        let id = WorkspaceId::from(ID);
        let folder = self.folder(&id);
        // The simulator forgets everything, so what was there belongs to nothing any more.
        if folder.exists() {
            std::fs::remove_dir_all(&folder)
                .map_err(Error::io("The old sample data could not be cleared"))?;
        }
        make_private_folder(&folder)?;
        let secret = Secret::new(sim.secret_key());
        let file = WorkspaceFile {
            id: id.clone(),
            name: NAME.into(),
            account: sim.account_id().into(),
            livemode: false,
            demo: true,
            time_zone: add::zone(None),
            api_base: Some(sim.url().into()),
            key: Some(KeptKey {
                restricted: false,
                last4: secret
                    .expose()
                    .chars()
                    .rev()
                    .take(4)
                    .collect::<Vec<_>>()
                    .into_iter()
                    .rev()
                    .collect(),
                store: SecretStoreKind::Memory,
            }),
            live_wire: Default::default(),
        };
        files::write(&folder.join(files::WORKSPACE), &file)?;
        let workspace = self.open_workspace(folder, file).await?;
        workspace.key.install(&secret, SecretStoreKind::Memory)?;
        self.0
            .open
            .lock()
            .await
            .insert(id.clone(), Arc::clone(&workspace));
        *self
            .0
            .open_first
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(id.clone());
        *demo = Some(Demo {
            workspace: id,
            _sim: sim,
        });
        self.0.announcer.announce(None, [Topic::Workspaces]);
        Ok(workspace.summary())
    }
}
