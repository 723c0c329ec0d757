//! A running simulator and a core beside it, for the stories.

use portico_core::secrets::Secret;
use portico_core::stripe::Pace;
use portico_core::workspaces::{KeepKeyIn, Workspace, WorkspaceSummary};
use portico_core::{Clock, Core, Options};
use std::path::PathBuf;
use std::sync::Arc;
use stripe_sim::Sim;

pub struct World {
    pub sim: Sim,
    pub core: Core,
    pub folder: tempfile::TempDir,
    pub workspace: Arc<Workspace>,
}

impl World {
    /// A workspace on a small simulated Stripe, not filled yet.
    pub async fn new() -> Self {
        Self::with(stripe_sim::Options::default()).await
    }

    pub async fn with(options: stripe_sim::Options) -> Self {
        let sim = Sim::start(options).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let core = Core::open(options_in(folder.path().into())).unwrap();
        core.set_staff("Ada Lovelace", Some("ada@example.com"))
            .await
            .unwrap();
        let summary = add(&core, sim.secret_key(), sim.url(), "Test agency").await;
        let workspace = core.workspace(&summary.id).await.unwrap();
        Self {
            sim,
            core,
            folder,
            workspace,
        }
    }

    /// With everything that Stripe has already read.
    pub async fn filled() -> Self {
        let world = Self::new().await;
        world.fill().await;
        world
    }

    pub async fn fill(&self) {
        let status = self.workspace.sync_and_wait(|_| {}).await.unwrap();
        assert_eq!(
            status.phase,
            portico_core::sync::SyncPhase::Complete,
            "{status:?}"
        );
    }
}

pub fn options_in(data_folder: PathBuf) -> Options {
    Options {
        downloads: data_folder.clone(),
        data_folder,
        keychain_service: "dev.portico.console.test".into(),
        api_base: None,
        background: false,
        pace: Pace::Full,
        clock: Clock::system(),
    }
}

/// Adds a workspace whose key rests in a file: tests have no keychain unless they start one.
pub async fn add(core: &Core, key: &str, url: &str, name: &str) -> WorkspaceSummary {
    let check = core.check_key(Secret::new(key), Some(url)).await.unwrap();
    let keep = KeepKeyIn::File {
        passphrase: "a long enough passphrase".into(),
    };
    core.add_workspace(&check.check, name, keep).await.unwrap()
}
