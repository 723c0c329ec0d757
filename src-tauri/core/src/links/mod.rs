//! The links that staff open or hand out, each attempt journaled before anything leaves.

mod attempt;
mod facts;
mod invoice;
mod issue;
mod lifetime;
mod log;
mod make;
mod message;
mod portal;
mod possible;
mod preflight;
mod purpose;
mod recipients;
mod recommend;
mod recovery;
mod stripe_dashboard;
mod types;

pub use invoice::open_invoice;
pub use issue::{check, issue};
pub use log::list;
pub use portal::{open_portal, prepare_portal};
pub use recommend::recommend;
pub use recovery::settle_pending;
pub use stripe_dashboard::open_in_stripe;
pub use types::*;

pub use crate::portal::{PortalConfiguration, UNDER_WAY, configuration, create_configuration};
