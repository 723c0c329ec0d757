//! A workspace: one Stripe account in one mode, with files and a key of its own.

mod cards;
pub(crate) mod files;
mod filling;
pub(crate) mod key;
pub(crate) mod live_wire;
mod news;
mod poller;
mod types;
mod workspace;

pub use live_wire::{LiveWirePhase, LiveWireState, StripeCliFound};
pub use poller::{Poller, Turn};
pub use types::*;
pub use workspace::{Busy, Workspace};

/// The IANA time zones to choose from.
pub fn time_zones() -> Vec<String> {
    chrono_tz::TZ_VARIANTS
        .iter()
        .map(|zone| zone.name().to_owned())
        .collect()
}
