//! The sample agency: an ordinary workspace whose Stripe is a simulator inside this process, with the
//! simulator's state in the workspace's folder.

mod life;

use super::{Core, add};
use crate::db::{BackgroundLock, make_private_folder};
use crate::events::Topic;
use crate::ids::WorkspaceId;
use crate::journal::SecretStoreKind;
use crate::secrets::Secret;
use crate::workspaces::files::{self, KeptKey, WorkspaceFile};
use crate::workspaces::{Workspace, WorkspaceSummary};
use crate::{Error, Result};
use chrono::{DateTime, TimeDelta, Utc};
use life::Life;
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};
use stripe_sim::Sim;
use tokio::sync::OwnedMutexGuard;

const ID: &str = "ws_demo";
const NAME: &str = "Sample agency";
/// What has changed in the simulator.
const STATE: &str = "simulator.json";
/// After a longer time away it begins afresh: catching up would take many seconds, and everything would
/// have to be compared, because Stripe's events reach back no further.
const LONGEST_AWAY: TimeDelta = TimeDelta::days(28);
/// A simulator only moves forward; one further ahead of this computer was kept under a wrong clock.
const MOST_AHEAD: TimeDelta = TimeDelta::hours(1);

/// A window that was just closed still writes down how it leaves it.
const LEAVES_WITHIN: Duration = Duration::from_secs(3);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// What may be open already.
type Open = HashMap<WorkspaceId, Arc<Workspace>>;
/// The running sample agency, if it runs.
pub(super) type Running = Option<Life>;

impl Core {
    /// Opens the sample agency as it was left, once a run, and answers its workspace.
    pub async fn open_demo(&self) -> Result<WorkspaceSummary> {
        self.opening_demo().await
    }

    /// As [`Core::open_demo`]; whoever asks for the desk from now on waits for it, also before the answer
    /// is awaited.
    pub fn opening_demo(
        &self,
    ) -> impl Future<Output = Result<WorkspaceSummary>> + Send + use<> + 'static {
        let core = self.clone();
        let at_once = Arc::clone(&core.0.demo).try_lock_owned();
        async move {
            let running = match at_once {
                Ok(running) => running,
                Err(_) => Arc::clone(&core.0.demo).lock_owned().await,
            };
            let workspace = core.demo_workspace(running).await?;
            core.open_demo_first();
            core.0.announcer.announce(None, [Topic::Workspaces]);
            Ok(workspace.summary())
        }
    }

    /// Makes a new sample agency in place of the present one; its journal goes with it.
    pub async fn begin_demo_again(&self) -> Result<WorkspaceSummary> {
        let mut running = self.0.demo.lock().await;
        let mut open = self.0.open.lock().await;
        self.end_demo_in(&mut running, &mut open).await;
        let workspace = self.start_demo(&mut running, &mut open, false).await?;
        self.open_demo_first();
        self.0.announcer.announce(None, Topic::ALL);
        Ok(workspace.summary())
    }

    /// Waits until a sample agency that is just being opened is there.
    pub(super) async fn demo_opened(&self) {
        drop(self.0.demo.lock().await);
    }

    /// The sample agency with its simulator, for a process that does not merely look at its files.
    pub(super) async fn woken_demo(&self) -> Result<Arc<Workspace>> {
        let running = Arc::clone(&self.0.demo).lock_owned().await;
        self.demo_workspace(running).await
    }

    /// Saves the sample agency and ends it.
    pub(super) async fn end_demo(&self) {
        let mut running = self.0.demo.lock().await;
        let mut open = self.0.open.lock().await;
        self.end_demo_in(&mut running, &mut open).await;
    }

    /// Saves the sample agency and ends its simulator if it is this workspace's.
    pub(super) async fn end_simulator_of(&self, id: &WorkspaceId) {
        let ended = match id.as_str() {
            ID => self.0.demo.lock().await.take(),
            _ => None,
        };
        if let Some(life) = ended {
            life.end().await;
        }
    }

    async fn end_demo_in(&self, running: &mut Running, open: &mut Open) {
        let Some(life) = running.take() else { return };
        let workspace = open.remove(&WorkspaceId::from(ID));
        // Another process may go on where this one ends, and not before.
        let mut held = None;
        if let Some(workspace) = workspace {
            held = workspace.lock().await.ok().flatten();
            workspace.stop().await;
        }
        life.end().await;
        drop(held);
    }

    async fn demo_workspace(
        &self,
        mut running: OwnedMutexGuard<Running>,
    ) -> Result<Arc<Workspace>> {
        let mut open = self.0.open.lock().await;
        if running.is_some()
            && let Some(workspace) = open.get(&WorkspaceId::from(ID))
        {
            return Ok(Arc::clone(workspace));
        }
        // It was removed, and begins anew.
        self.end_demo_in(&mut running, &mut open).await;
        self.start_demo(&mut running, &mut open, true).await
    }

    fn open_demo_first(&self) {
        *self
            .0
            .open_first
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(WorkspaceId::from(ID));
    }

    async fn start_demo(
        &self,
        running: &mut Running,
        open: &mut Open,
        as_left: bool,
    ) -> Result<Arc<Workspace>> {
        let id = WorkspaceId::from(ID);
        let folder = self.folder(&id);
        let began = Instant::now();
        while runs_elsewhere(open, &folder)? {
            if began.elapsed() < LEAVES_WITHIN {
                tokio::time::sleep(LOOK_AGAIN).await;
                continue;
            }
            return Err(Error::Conflict(
                "The sample agency is open in another Portico on this computer. Close that one first."
                    .into(),
            ));
        }
        // Its files were opened without its simulator.
        if let Some(workspace) = open.remove(&id) {
            workspace.stop().await;
        }
        let left = if as_left {
            self.left_demo(&folder).await.unwrap_or_else(|error| {
                tracing::info!(%error, "the sample agency begins afresh");
                None
            })
        } else {
            None
        };
        let (sim, workspace) = match left {
            Some(left) => left,
            None => self.fresh_demo(&folder).await?,
        };
        open.insert(id, Arc::clone(&workspace));
        let clock = self.0.options.clock.clone();
        *running = Some(Life::begin(sim, clock, Arc::downgrade(&workspace)));
        Ok(workspace)
    }

    /// As an earlier run left it; none where there was none.
    async fn left_demo(&self, folder: &Path) -> Result<Option<(Sim, Arc<Workspace>)>> {
        let kept = files::read::<WorkspaceFile>(&folder.join(files::WORKSPACE))?;
        let Some(file) = kept.filter(|_| folder.join(STATE).exists()) else {
            return Ok(None);
        };
        let sim = self.simulator(folder, None).await?;
        if sim.pages_moved() {
            return Err(Error::Conflict(
                "Another program has the port of its hosted pages.".into(),
            ));
        }
        let away = self.0.options.clock.now() - sim.control().now();
        if away > LONGEST_AWAY {
            let days = away.num_days();
            return Err(Error::Conflict(format!(
                "It was last open {days} days ago, too long to catch up."
            )));
        }
        if away < -MOST_AHEAD {
            return Err(Error::Conflict(
                "It is ahead of this computer's clock.".into(),
            ));
        }
        let workspace = self.workspace_of(folder, &sim, file).await?;
        Ok(Some((sim, workspace)))
    }

    async fn fresh_demo(&self, folder: &Path) -> Result<(Sim, Arc<Workspace>)> {
        // What was there belongs to another simulator.
        if folder.exists() {
            std::fs::remove_dir_all(folder)
                .map_err(Error::io("The old sample data could not be cleared"))?;
        }
        make_private_folder(folder)?;
        let sim = self
            .simulator(folder, Some(self.0.options.clock.now()))
            .await?;
        let file = WorkspaceFile {
            id: WorkspaceId::from(ID),
            name: NAME.into(),
            account: sim.account_id().into(),
            livemode: false,
            demo: true,
            time_zone: add::zone(None),
            api_base: None,
            key: None,
            live_wire: Default::default(),
        };
        let workspace = self.workspace_of(folder, &sim, file).await?;
        Ok((sim, workspace))
    }

    async fn simulator(&self, folder: &Path, now: Option<DateTime<Utc>>) -> Result<Sim> {
        let options = stripe_sim::Options {
            customers: self.0.options.sample_customers,
            now,
            state: Some(folder.join(STATE)),
            ..stripe_sim::Options::default()
        };
        Sim::start(options)
            .await
            .map_err(Error::io("The sample data could not be started"))
    }

    /// The workspace in this folder, on this simulator.
    async fn workspace_of(
        &self,
        folder: &Path,
        sim: &Sim,
        mut file: WorkspaceFile,
    ) -> Result<Arc<Workspace>> {
        let before = file.clone();
        let key = sim.secret_key();
        file.api_base = Some(sim.url().into());
        file.key = Some(KeptKey {
            restricted: false,
            last4: key.get(key.len().saturating_sub(4)..).unwrap_or(key).into(),
            store: SecretStoreKind::Memory,
        });
        if file != before {
            files::write(&folder.join(files::WORKSPACE), &file)?;
        }
        let workspace = self.open_workspace(folder.to_owned(), file).await?;
        workspace
            .key
            .install(&Secret::new(key), SecretStoreKind::Memory)?;
        Ok(workspace)
    }
}

fn runs_elsewhere(open: &Open, folder: &Path) -> Result<bool> {
    match open.get(&WorkspaceId::from(ID)) {
        Some(workspace) => workspace.runs_elsewhere(),
        None => Ok(folder.is_dir() && BackgroundLock::try_acquire(folder)?.is_none()),
    }
}
