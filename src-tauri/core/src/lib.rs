//! Portico without a window: the Stripe mirror, the journal, and every feature's rules.
//!
//! The modules stand in the order of their dependency: each uses only what is above it.
//! `tests/core/direction.rs` holds that line.

pub mod error;

pub mod clock;
pub mod ids;
pub mod money;
pub mod words;

pub mod events;

pub mod secrets;

pub mod stripe;

pub mod db;

pub mod pricing;

pub mod client_rows;

pub mod history;

pub mod mirror;

pub mod journal;

pub mod backups;

pub mod sync;

pub mod browser;
pub mod log;

pub mod wire;

pub mod workspaces;

pub mod clients;

pub mod portal;

pub mod links;

pub mod desk;

pub use clock::Clock;
pub use desk::{Core, Options, SAMPLE_CUSTOMERS};
pub use error::{Error, Result};
