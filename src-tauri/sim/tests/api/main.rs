//! The simulator from outside: real requests over loopback.
#![allow(
    clippy::expect_used,
    reason = "a test says what it expects; clippy.toml's exception does not reach these helpers"
)]

mod billing;
mod browser;
mod changes;
mod checkout;
mod client;
mod clocks;
mod configurations;
mod control;
mod disorder;
mod errors;
mod idempotency;
mod invoice_page;
mod keys;
mod ledger;
mod lists;
mod pages;
mod population;
mod portal;
mod preview;
mod program;
mod prorations;
mod recovery;
mod saved;
mod switching;
mod time;
mod told;
mod writes;
