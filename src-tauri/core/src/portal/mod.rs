//! What clients may do in Stripe's portal: its configurations, and the rules that choose among them.

mod choose;
mod impact;
mod known;
mod matrix;
mod rules;
mod settings;
mod standing;
mod studio;
mod types;
mod words;

pub use impact::{preview_rules, preview_settings};
pub use matrix::{export_matrix, matrix, review_matrix};
pub(crate) use rules::{Chosen, chosen};
pub use rules::{
    client_portal, policy, remove_segment, save_rules, save_segment, set_client_portal,
    set_client_segment,
};
pub use studio::{choices, configurations, copy_plan, lint, save, set_active};
pub use types::*;
pub use words::{allows, differences, features};
