//! What a simulator is started with.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::billing::AfterRetries;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Seed and `now` decide every byte of every object.
#[derive(Clone, Debug)]
pub struct Options {
    pub seed: u64,
    pub customers: u32,
    /// Where the simulated clock starts; today 00:00 UTC when absent.
    pub now: Option<DateTime<Utc>>,
    /// Every answer waits a time between these two.
    pub latency_ms: Option<(u32, u32)>,
    pub limits: Limits,
    /// What the restricted key may do. The secret key may do everything.
    pub key_permissions: Permissions,
    /// Port of the API; 0 lets the system choose.
    pub port: u16,
    /// Loaded at the start if it is there, and saved when the simulator is shut down or told to. What it
    /// says of seed, customers and time wins.
    pub state: Option<PathBuf>,
    /// Moving the clock renews, charges, retries and ends what is due on the way.
    pub billing: bool,
    pub after_retries: AfterRetries,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 1,
            customers: 120,
            now: None,
            latency_ms: None,
            limits: Limits::Off,
            key_permissions: Permissions::All,
            port: 0,
            state: None,
            billing: true,
            after_retries: AfterRetries::default(),
        }
    }
}

/// Stripe's published request limits per second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limits {
    Off,
    Sandbox,
    Live,
    /// The live limit of the account, and none of an endpoint's own.
    Account,
}

impl Limits {
    /// (per account, per endpoint)
    pub(crate) fn per_second(self) -> Option<(u32, u32)> {
        match self {
            Limits::Off => None,
            Limits::Sandbox => Some((25, 25)),
            Limits::Live => Some((100, 25)),
            Limits::Account => Some((100, 100)),
        }
    }
}

/// Permission slugs of a restricted key, as Stripe names them (`rak_customer_read`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Permissions {
    All,
    Only(BTreeSet<String>),
}

impl Permissions {
    /// Reads the form of the command line: `all`, or slugs separated by commas.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text == "all" {
            return Ok(Permissions::All);
        }
        let slugs = text
            .split(',')
            .map(str::trim)
            .filter(|slug| !slug.is_empty());
        let slugs: BTreeSet<String> = slugs.map(str::to_owned).collect();
        match slugs.iter().find(|slug| !slug.starts_with("rak_")) {
            Some(slug) => Err(format!(
                "{slug:?} is not a permission; they start with rak_"
            )),
            None => Ok(Permissions::Only(slugs)),
        }
    }

    /// Write includes read, as with Stripe's keys.
    pub(crate) fn allow(&self, slug: &str) -> bool {
        match self {
            Permissions::All => true,
            Permissions::Only(slugs) => {
                slugs.contains(slug)
                    || slug
                        .strip_suffix("_read")
                        .is_some_and(|base| slugs.contains(&format!("{base}_write")))
            }
        }
    }
}
