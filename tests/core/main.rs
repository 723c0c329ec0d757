//! The core crate through its public door.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "in a test, a panic is the report"
)]

mod agency;
mod allowance;
mod background;
mod backups;
mod browser;
mod cards;
mod chain;
mod changes;
mod client_at;
mod client_page;
mod clients;
mod conform;
mod coupons;
mod demo;
mod desk;
mod direction;
mod duplicates;
mod durable_links;
mod histories;
mod history;
mod hostile;
mod journal;
#[cfg(target_os = "linux")]
mod keychain;
mod keys;
mod link_refusals;
mod link_stories;
mod link_story;
mod links;
mod log;
mod lost_mirror;
mod lost_permission;
mod money;
mod permissions;
mod portal_life;
mod portal_lint;
mod portal_rules;
mod portal_settings;
mod portal_studio;
mod prices;
mod recommend;
mod replay;
mod search;
mod secret_file;
#[cfg(target_os = "linux")]
mod session_bus;
mod store;
mod stripe_client;
mod stripe_key;
mod stripe_limits;
mod sync;
mod sync_faults;
mod sync_processes;
mod sync_refresh;
mod tail;
mod tail_faults;
mod tail_gaps;
mod tail_processes;
mod tail_rhythm;
mod triggered;
mod wire;
#[cfg(target_os = "linux")]
mod wire_keychain;
mod wire_live;
mod workspaces;
mod world;
