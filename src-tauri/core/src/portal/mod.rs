//! What clients may do in Stripe's portal: its configurations, and the rules that choose among them.

mod catalogue;
mod configurations;
mod copy;
mod in_use;
mod intention;
mod lint;
mod own;
mod params;
mod recovery;
mod rules;
mod settings;
mod studio;
mod types;
mod words;

pub use catalogue::{Catalogue, Price, Product, choices};
pub(crate) use configurations::{id as configuration_id, read_again};
pub use copy::copy_plan;
pub use in_use::InUse;
pub use lint::findings;
pub(crate) use own::current;
pub use own::{configuration, create_configuration};
pub use recovery::UNDER_WAY;
pub(crate) use recovery::settle_pending;
pub use rules::{
    client_portal, export_matrix, matrix, policy, preview_rules, preview_settings, remove_segment,
    review_matrix, save_rules, save_segment, set_client_portal, set_client_segment,
};
pub use studio::{configurations, lint, save, set_active};
pub use types::*;
pub use words::{allows, differences, features};
