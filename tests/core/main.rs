//! The core crate through its public door.

mod journal;
mod store;
mod stripe_key;
