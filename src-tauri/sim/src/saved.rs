//! The simulator's state in a file: what was changed, by which a restarted simulator answers the same.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Write;
use std::path::Path;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::disorder::Order;
use crate::idempotency::Idempotency;
use crate::options::Permissions;
use crate::shared::Shared;
use crate::state::LoginCode;

/// A file of another version is refused: the rows under the changes may be others.
const VERSION: u32 = 3;

#[derive(Serialize, Deserialize)]
pub struct Saved {
    version: u32,
    pub seed: u64,
    pub customers: u32,
    /// When the population was made.
    pub began: DateTime<Utc>,
    /// Of the population under the changes: another build may make another one of the same seed.
    digest: String,
    /// How often the state has been loaded.
    pub lives: u32,
    pub now: DateTime<Utc>,
    /// Where the hosted pages were; objects name it.
    pub pages: String,
    /// Of the API, the control door and the pages; taken again where they are free.
    pub ports: [u16; 3],
    pub shelves: BTreeMap<String, SavedShelf>,
    pub left_out: BTreeMap<String, Vec<Value>>,
    pub sessions_used: BTreeMap<u32, i64>,
    pub login_codes: HashMap<String, LoginCode>,
    pub pauses: BTreeMap<u32, i64>,
    pub invoices_asked: BTreeMap<u32, i64>,
    pub order: Order,
    pub idempotency: Idempotency,
    pub requests: u32,
    pub keys_rolled: u32,
    pub permissions: Permissions,
}

/// Read before the rest, which another version may have in another shape.
#[derive(Deserialize)]
struct Version {
    #[serde(default)]
    version: Value,
}

/// The changed objects of one kind.
#[derive(Serialize, Deserialize)]
pub struct SavedShelf {
    pub next: u32,
    pub documents: BTreeMap<u32, Value>,
    pub removed: BTreeSet<u32>,
}

impl Saved {
    pub fn of(shared: &Shared) -> Self {
        let state = shared.state();
        let keys = shared.keys();
        let home = &shared.home;
        let population = &state.store.population;
        Self {
            version: VERSION,
            seed: population.seed,
            customers: home.customers,
            began: DateTime::from_timestamp(i64::from(population.now), 0).unwrap_or_default(),
            digest: home.digest.clone(),
            lives: state.store.lives,
            now: state.clock.now(),
            pages: state.pages.clone(),
            ports: home.ports,
            shelves: state.store.saved(),
            left_out: state.store.saved_left_out(),
            sessions_used: state.sessions_used.clone().into_iter().collect(),
            login_codes: state.login_codes.clone(),
            pauses: state.pauses.clone().into_iter().collect(),
            invoices_asked: state.invoices_asked.clone().into_iter().collect(),
            order: state.order.clone(),
            idempotency: shared.idempotency().settled(),
            requests: shared.request_count(),
            keys_rolled: keys.rolled(),
            permissions: keys.permissions.clone(),
        }
    }

    /// `None` where there is no such file yet.
    pub fn read(path: &Path) -> std::io::Result<Option<Self>> {
        let text = match std::fs::read(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            read => read?,
        };
        let refuse = |reason: String| refusal(path, &reason);
        let Version { version } =
            serde_json::from_slice(&text).map_err(|error| refuse(error.to_string()))?;
        if version != VERSION {
            return Err(refuse(format!(
                "it has version {version}, and this simulator reads {VERSION}. Delete it to start afresh."
            )));
        }
        serde_json::from_slice(&text)
            .map(Some)
            .map_err(|error| refuse(error.to_string()))
    }

    /// The changes belong to the population they were made to, and to no other.
    pub fn fits(&self, path: &Path, digest: &str) -> std::io::Result<()> {
        if self.digest == digest {
            return Ok(());
        }
        let reason = "it was saved over another population than this simulator makes. Delete it to start afresh.";
        Err(refusal(path, reason))
    }

    pub fn to_bytes(&self) -> std::io::Result<Vec<u8>> {
        serde_json::to_vec(self).map_err(std::io::Error::other)
    }

    /// The old file stays whole until the new one is.
    pub fn write(&self, path: &Path) -> std::io::Result<()> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".new");
        let aside = path.with_file_name(name);
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&aside)?;
        file.write_all(&self.to_bytes()?)?;
        file.sync_all()?;
        std::fs::rename(&aside, path)
    }

    /// Objects name the pages where they are from now on.
    pub fn move_pages(mut self, pages: &str) -> std::io::Result<Self> {
        if self.pages != pages {
            let text = serde_json::to_string(&self.shelves).map_err(std::io::Error::other)?;
            let moved = text.replace(&self.pages, pages);
            self.shelves = serde_json::from_str(&moved).map_err(std::io::Error::other)?;
            pages.clone_into(&mut self.pages);
        }
        Ok(self)
    }
}

fn refusal(path: &Path, reason: &str) -> std::io::Error {
    let message = format!("{} cannot be loaded: {reason}", path.display());
    std::io::Error::new(std::io::ErrorKind::InvalidData, message)
}
