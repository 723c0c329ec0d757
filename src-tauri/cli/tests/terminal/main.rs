//! The terminal as people and scripts use it: the real binary, real files, a simulated Stripe.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "in a test, a panic is the report"
)]

mod bad_input;
mod clients;
mod desk;
mod faults;
mod harness;
mod history;
mod kills;
mod links;
mod portal;
mod sync;
#[cfg(unix)]
mod wire;
mod workspaces;
