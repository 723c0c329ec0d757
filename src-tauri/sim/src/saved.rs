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

/// The changed objects of one kind.
#[derive(Serialize, Deserialize)]
pub struct SavedShelf {
    pub next: u32,
    pub documents: BTreeMap<u32, Value>,
    pub removed: BTreeSet<u32>,
}

impl Saved {
    pub fn of(shared: &Shared, customers: u32, ports: [u16; 3]) -> Self {
        let state = shared.state();
        let keys = shared.keys();
        let population = &state.store.population;
        Self {
            version: VERSION,
            seed: population.seed,
            customers,
            began: DateTime::from_timestamp(i64::from(population.now), 0).unwrap_or_default(),
            now: state.clock.now(),
            pages: state.pages.clone(),
            ports,
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
        let refuse = |reason: String| {
            let message = format!("{} cannot be loaded: {reason}", path.display());
            std::io::Error::new(std::io::ErrorKind::InvalidData, message)
        };
        let whole: Value =
            serde_json::from_slice(&text).map_err(|error| refuse(error.to_string()))?;
        if whole["version"] != VERSION {
            let found = &whole["version"];
            return Err(refuse(format!(
                "it has version {found}, and this simulator reads {VERSION}. Delete it to start afresh."
            )));
        }
        serde_json::from_value(whole)
            .map(Some)
            .map_err(|error| refuse(error.to_string()))
    }

    pub fn to_bytes(&self) -> std::io::Result<Vec<u8>> {
        serde_json::to_vec(self).map_err(std::io::Error::other)
    }

    /// The old file stays whole until the new one is.
    pub fn write(&self, path: &Path) -> std::io::Result<()> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".new");
        let aside = path.with_file_name(name);
        let mut file = std::fs::File::create(&aside)?;
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
