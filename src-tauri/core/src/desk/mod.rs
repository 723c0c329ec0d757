//! The running product: the computer's settings, who sits here, and the open workspaces.

mod add;
mod background;
#[cfg(feature = "demo")]
mod demo;
mod kept;
mod keys;
mod options;
mod restore;

use crate::client_rows::search::Index;
use crate::db::Store;
use crate::events::{Announcer, Subscription, Topic};
use crate::ids::{StaffId, WorkspaceId};
use crate::secrets::Keychain;
use crate::stripe::{ApiBase, Pace, permissions};
use crate::workspaces::files::{self, DeskFile, WorkspaceFile};
use crate::workspaces::key::KeyHolder;
use crate::workspaces::{Desk, KeyAdvice, Settings, Staff, Theme, Workspace, WorkspaceSummary};
use crate::{Error, Result, backups, browser, clients, journal, log, sync};
use keys::HeldKey;
pub use options::{Options, SAMPLE_CUSTOMERS};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// Everything that a window or a terminal can ask for. Cheap to clone.
#[derive(Clone)]
pub struct Core(Arc<Inner>);

struct Inner {
    pub options: Options,
    pub announcer: Announcer,
    pub keychain: Arc<Keychain>,
    /// Which of the small files were not readable at start, in words.
    pub set_aside: Vec<String>,
    pub desk: Arc<RwLock<DeskFile>>,
    pub settings: Mutex<Settings>,
    pub open: tokio::sync::Mutex<HashMap<WorkspaceId, Arc<Workspace>>>,
    pub held: Mutex<HashMap<String, HeldKey>>,
    pub open_first: Mutex<Option<WorkspaceId>>,
    pub in_use: Arc<AtomicBool>,
    #[cfg(feature = "demo")]
    pub demo: Arc<tokio::sync::Mutex<demo::Running>>,
}

impl Core {
    /// Opens the data folder, making it where it is not there yet.
    pub fn open(options: Options) -> Result<Self> {
        let folder = &options.data_folder;
        crate::db::make_private_folder(folder)?;
        crate::db::make_private_folder(&folder.join("workspaces"))?;
        let mut set_aside = Vec::new();
        let desk = Arc::new(RwLock::new(files::desk(folder, &mut set_aside)?));
        let settings = Mutex::new(files::settings(folder, &mut set_aside)?);
        let keychain = Arc::new(Keychain::new(options.keychain_service.clone()));
        Ok(Self(Arc::new(Inner {
            announcer: Announcer::default(),
            keychain,
            set_aside,
            desk,
            settings,
            open: Default::default(),
            held: Default::default(),
            open_first: Mutex::new(None),
            in_use: Arc::default(),
            #[cfg(feature = "demo")]
            demo: Default::default(),
            options,
        })))
    }

    /// Every change from now on.
    pub fn subscribe(&self) -> Subscription {
        self.0.announcer.subscribe()
    }

    /// Everything the frame of a window needs first.
    pub async fn desk(&self) -> Result<Desk> {
        #[cfg(feature = "demo")]
        self.demo_opened().await;
        let workspaces = self.workspaces()?;
        let chosen = self
            .0
            .open_first
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        Ok(Desk {
            version: env!("CARGO_PKG_VERSION").into(),
            platform: std::env::consts::OS.into(),
            data_folder: self.0.options.data_folder.display().to_string(),
            settings: self
                .0
                .settings
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone(),
            staff: self
                .0
                .desk
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .staff
                .clone(),
            open_first: chosen.or_else(|| workspaces.first().map(|workspace| workspace.id.clone())),
            workspaces,
            notices: self.notices()?,
        })
    }

    /// The workspaces of this computer, by name.
    pub fn workspaces(&self) -> Result<Vec<WorkspaceSummary>> {
        let mut all: Vec<WorkspaceSummary> = self
            .files()?
            .into_iter()
            .map(|(folder, file)| file.summary(&folder))
            .collect();
        all.sort_by_cached_key(|workspace| (workspace.name.to_lowercase(), workspace.id.clone()));
        Ok(all)
    }

    /// Folders without a readable `workspace.toml` (a removed workspace's journal) are none.
    fn files(&self) -> Result<Vec<(PathBuf, WorkspaceFile)>> {
        let mut all = Vec::new();
        for (folder, file) in self.folders()? {
            match file {
                Ok(file) => all.extend(file.map(|file| (folder, file))),
                // `notices` tells the person.
                Err(error) => tracing::warn!(%error, "a workspace was passed over"),
            }
        }
        Ok(all)
    }

    /// What a person has to know at start: files that were set aside, and workspaces that are here
    /// and cannot be listed.
    pub fn notices(&self) -> Result<Vec<String>> {
        let mut notices = self.0.set_aside.clone();
        for (folder, file) in self.folders()? {
            if let Err(error) = file {
                notices.push(format!(
                    "The workspace in {} cannot be listed. {error}",
                    folder.display()
                ));
            }
        }
        Ok(notices)
    }

    fn folders(&self) -> Result<Vec<(PathBuf, Result<Option<WorkspaceFile>>)>> {
        let folder = self.0.options.data_folder.join("workspaces");
        let mut all = Vec::new();
        for entry in
            std::fs::read_dir(&folder).map_err(Error::io("The data folder could not be read"))?
        {
            let folder = entry
                .map_err(Error::io("The data folder could not be read"))?
                .path();
            let file = files::read(&folder.join(files::WORKSPACE));
            all.push((folder, file));
        }
        Ok(all)
    }

    /// The open workspace with this id, opening it if need be.
    pub async fn workspace(&self, id: &WorkspaceId) -> Result<Arc<Workspace>> {
        let mut open = self.0.open.lock().await;
        if let Some(workspace) = open.get(id) {
            return Ok(Arc::clone(workspace));
        }
        let (folder, file) = self.file(id)?;
        #[cfg(feature = "demo")]
        if file.demo && self.0.options.background {
            drop(open);
            match self.woken_demo().await {
                Ok(workspace) => return Ok(workspace),
                Err(error) => tracing::warn!(%error, "the sample agency has no Stripe"),
            }
            open = self.0.open.lock().await;
        }
        let workspace = self.open_workspace(folder, file).await?;
        open.insert(id.clone(), Arc::clone(&workspace));
        Ok(workspace)
    }

    fn file(&self, id: &WorkspaceId) -> Result<(PathBuf, WorkspaceFile)> {
        let folder = self.folder(id);
        let file = files::read::<WorkspaceFile>(&folder.join(files::WORKSPACE))?
            .filter(|file| file.id == *id);
        let file = file.ok_or_else(|| {
            Error::NotFound("This workspace is not on this computer any more.".into())
        })?;
        Ok((folder, file))
    }

    fn folder(&self, id: &WorkspaceId) -> PathBuf {
        // An id comes from outside: only its last component can name a folder.
        let name = Path::new(id.as_str())
            .file_name()
            .map(PathBuf::from)
            .unwrap_or_default();
        self.0.options.data_folder.join("workspaces").join(name)
    }

    async fn open_workspace(&self, folder: PathBuf, file: WorkspaceFile) -> Result<Arc<Workspace>> {
        let options = &self.0.options;
        let base = match &file.api_base {
            Some(address) => ApiBase::parse(address)?,
            None => ApiBase::stripe()?,
        };
        if let Some(now) = options.api_base.as_deref().filter(|_| !file.demo)
            && ApiBase::parse(now)? != base
        {
            return Err(Error::Conflict(format!(
                "PORTICO_STRIPE_API_BASE says {now}, but {} was added with {}. Unset the variable, or add the workspace anew.",
                file.name,
                base.as_str()
            )));
        }
        let store = Store::open(
            file.id.clone(),
            folder,
            self.0.announcer.clone(),
            options.clock.clone(),
        )
        .await?;
        journal::catch_up(&store).await?;
        sync::tell_of_lost_copy(&store).await?;
        // Nobody shares the sample agency's Stripe.
        let pace = if file.demo {
            Pace::UNLIMITED
        } else {
            options.pace
        };
        let key = KeyHolder::new(
            file.id.clone(),
            base.clone(),
            pace,
            options.clock.clone(),
            Arc::clone(&self.0.keychain),
            self.0.announcer.clone(),
        );
        key.load(file.key.as_ref());
        let workspace = Arc::new(Workspace {
            file: RwLock::new(file),
            store,
            key,
            desk: Arc::clone(&self.0.desk),
            search: Index::default(),
            downloads: options.downloads.clone(),
            loopback: base.is_loopback(),
            busy: Default::default(),
            visited: Default::default(),
            identified: Default::default(),
            filling: Default::default(),
            background: Default::default(),
            background_task: Default::default(),
            following: Default::default(),
            wake: Default::default(),
            live_wire: Default::default(),
            programs: options.programs.clone(),
            in_use: Arc::clone(&self.0.in_use),
        });
        background::count_reads(&workspace);
        if options.background {
            background::run(&workspace);
        }
        Ok(workspace)
    }

    /// Says whether a person works with Portico now: Stripe is asked for news more often then.
    pub fn set_in_use(&self, in_use: bool) {
        self.0.in_use.store(in_use, Ordering::Relaxed);
    }

    /// Writes down what a process that is about to end has counted, and how it leaves the sample agency.
    pub async fn leave(&self) {
        #[cfg(feature = "demo")]
        self.end_demo().await;
        for workspace in self.0.open.lock().await.values() {
            if let Err(error) = workspace.note_reads().await {
                tracing::warn!(%error, "the last reads of Stripe were not counted");
            }
            let store = workspace.store();
            background::tell_of_failed(backups::make_on_closing(store).await, store).await;
        }
    }

    /// The person is back from the browser: clients whose portal was opened are fetched again, and
    /// nothing else.
    pub async fn came_back(&self) {
        let open: Vec<Arc<Workspace>> = self.0.open.lock().await.values().cloned().collect();
        for workspace in open {
            // Switching windows back and forth must not ask Stripe each time.
            let Some(_alone) = workspace.busy("coming back".into()) else {
                continue;
            };
            for client in workspace.in_portal() {
                if let Err(error) = clients::refresh(&workspace, &client).await {
                    tracing::warn!(%error, "a client could not be fetched after a visit to its portal");
                }
            }
        }
    }

    pub async fn set_theme(&self, theme: Theme) -> Result<()> {
        self.change_settings(|settings| settings.theme = theme)?;
        self.0.announcer.announce(None, [Topic::Settings]);
        Ok(())
    }

    /// Remembers the route to come back to; not worth an announcement.
    pub async fn set_last_place(&self, place: &str) -> Result<()> {
        self.change_settings(|settings| {
            settings.last_place = Some(place.chars().take(500).collect())
        })
    }

    fn change_settings(&self, change: impl FnOnce(&mut Settings)) -> Result<()> {
        let mut settings = self
            .0
            .settings
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut changed = settings.clone();
        change(&mut changed);
        files::write(&self.0.options.data_folder.join(files::SETTINGS), &changed)?;
        *settings = changed;
        Ok(())
    }

    /// Says who sits at this computer; each workspace's journal learns it at the next act.
    pub async fn set_staff(&self, name: &str, email: Option<&str>) -> Result<Staff> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 200 {
            return Err(Error::invalid(
                "name",
                "Type your name, as colleagues should read it in the journal.",
            ));
        }
        let email = email.map(str::trim).filter(|email| !email.is_empty());
        if email.is_some_and(|email| !email.contains('@')) {
            return Err(Error::invalid(
                "email",
                "This is not an email address; leave it empty or correct it.",
            ));
        }
        let mut desk = self.0.desk.write().unwrap_or_else(PoisonError::into_inner);
        let id = desk
            .staff
            .as_ref()
            .map_or_else(StaffId::new, |staff| staff.id.clone());
        let staff = Staff {
            id,
            name: name.to_owned(),
            email: email.map(str::to_owned),
        };
        let changed = DeskFile {
            device: desk.device.clone(),
            staff: Some(staff.clone()),
        };
        files::write(&self.0.options.data_folder.join(files::DESK), &changed)?;
        *desk = changed;
        self.0.announcer.announce(None, [Topic::Settings]);
        Ok(staff)
    }

    /// Which permissions a key should have, and where to make one.
    pub fn key_advice(&self) -> Result<KeyAdvice> {
        Ok(KeyAdvice {
            permissions: permissions::wanted(),
            create_live_url: permissions::creation_link(true)?.into(),
            create_test_url: permissions::creation_link(false)?.into(),
        })
    }

    pub async fn open_key_page(&self, livemode: bool) -> Result<()> {
        browser::open_page(permissions::creation_link(livemode)?.as_str(), false).await
    }

    /// Text for a bug report: no secrets, no client data.
    pub async fn diagnostics(&self) -> Result<String> {
        log::diagnostics(&self.0.options.data_folder).await
    }

    pub async fn open_log_folder(&self) -> Result<()> {
        browser::open_folder(&log::folder(&self.0.options.data_folder)).await
    }
}
