//! What clients may do in Stripe's portal: its configurations, and the rules that choose among them.

mod catalogue;
mod choose;
mod configurations;
mod copy;
mod impact;
mod in_use;
mod intention;
mod known;
mod lint;
mod matrix;
mod own;
mod params;
mod recovery;
mod rules;
mod settings;
mod standing;
mod studio;
mod types;
mod words;

pub use catalogue::{Catalogue, Price, Product, choices};
pub(crate) use configurations::read_again;
pub use copy::copy_plan;
pub use impact::{preview_rules, preview_settings};
pub use in_use::InUse;
pub use lint::findings;
pub use matrix::{export_matrix, matrix, review_matrix};
pub(crate) use own::current;
pub use own::{configuration, create_configuration};
pub use recovery::UNDER_WAY;
pub(crate) use recovery::settle_pending;
pub(crate) use rules::{Chosen, chosen};
pub use rules::{
    client_portal, policy, remove_segment, save_rules, save_segment, set_client_portal,
    set_client_segment,
};
pub use studio::{configurations, lint, save, set_active};
pub use types::*;
pub use words::{allows, differences, features};
