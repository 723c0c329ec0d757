//! How a process of Portico is set up.

use crate::stripe::Pace;
use crate::wire::Programs;
use crate::{Clock, Error, Result};
use std::path::PathBuf;

/// Names the product to the system: its data folder and its keychain entries.
const IDENTIFIER: &str = "dev.portico.console";

/// Enough clients to scroll and search in, few enough to be there at once.
pub const SAMPLE_CUSTOMERS: u32 = 1200;

/// How a process of Portico is set up.
#[derive(Debug, Clone)]
pub struct Options {
    /// `PORTICO_DATA_DIR`, or the system's place for application data.
    pub data_folder: PathBuf,
    /// Where exports go.
    pub downloads: PathBuf,
    /// The keychain's service name.
    pub keychain_service: String,
    /// `PORTICO_STRIPE_API_BASE`: the address for workspaces added from now on.
    pub api_base: Option<String>,
    /// Whether workspaces work by themselves once opened (the window's do, the terminal's do not).
    pub background: bool,
    /// How large a new sample agency is.
    pub sample_customers: u32,
    pub pace: Pace,
    pub clock: Clock,
    /// What else is installed on this computer.
    pub programs: Programs,
}

impl Options {
    /// As this computer and the environment say; `background` as in the field.
    pub fn from_environment(background: bool) -> Result<Self> {
        let own = std::env::var_os("PORTICO_DATA_DIR")
            .filter(|folder| !folder.is_empty())
            .map(PathBuf::from);
        let of_system = || dirs::data_dir().map(|folder| folder.join(IDENTIFIER));
        let data_folder = own.or_else(of_system).ok_or_else(|| {
            Error::Conflict(
                "This system names no folder for application data. Set PORTICO_DATA_DIR to one."
                    .into(),
            )
        })?;
        let service = if cfg!(debug_assertions) {
            format!("{IDENTIFIER}.dev")
        } else {
            IDENTIFIER.to_owned()
        };
        Ok(Self {
            downloads: dirs::download_dir()
                .filter(|folder| folder.is_dir())
                .unwrap_or_else(|| data_folder.clone()),
            data_folder,
            keychain_service: service,
            api_base: std::env::var("PORTICO_STRIPE_API_BASE")
                .ok()
                .filter(|address| !address.is_empty()),
            background,
            sample_customers: SAMPLE_CUSTOMERS,
            pace: Pace::Polite,
            clock: Clock::system(),
            programs: Programs::of_system(),
        })
    }
}
