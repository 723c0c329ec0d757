//! The simulator from outside: real requests over loopback.
#![allow(
    clippy::expect_used,
    reason = "a test says what it expects; clippy.toml's exception does not reach these helpers"
)]

mod billing;
mod changes;
mod client;
mod clocks;
mod control;
mod disorder;
mod errors;
mod idempotency;
mod keys;
mod ledger;
mod lists;
mod pages;
mod population;
mod program;
mod prorations;
mod saved;
mod time;
mod told;
mod writes;
