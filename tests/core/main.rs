//! The core crate through its public door.

mod stripe_key;
