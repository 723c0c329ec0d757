//! What clients may do in Stripe's portal: its configurations, and the rules that choose among them.

mod rules;
mod settings;
mod studio;
mod types;
mod words;

pub use rules::{
    client_portal, export_matrix, matrix, policy, preview_rules, preview_settings, remove_segment,
    review_matrix, save_rules, save_segment, set_client_portal, set_client_segment,
};
pub use studio::{choices, configurations, copy_plan, lint, save, set_active};
pub use types::*;
pub use words::{allows, differences, features};
