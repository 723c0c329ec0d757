//! The links that staff open or hand out, each attempt journaled before anything leaves.

mod attempt;
mod configuration;
mod invoice;
mod log;
mod portal;
mod recovery;
mod stripe_dashboard;
mod types;

pub use configuration::{configuration, create_configuration};
pub use invoice::open_invoice;
pub use log::list;
pub use portal::{open_portal, prepare_portal};
pub use recovery::{UNDER_WAY, settle_pending};
pub use stripe_dashboard::open_in_stripe;
pub use types::*;
