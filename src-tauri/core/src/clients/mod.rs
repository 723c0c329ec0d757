//! Clients: the list, the page, what staff add to them, and search.

mod types;

pub use types::*;
