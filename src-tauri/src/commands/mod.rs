//! The commands the window may invoke: one line each, the work is in the core.

pub mod clients;
pub mod desk;
pub mod duplicates;
pub mod journal;
pub mod links;
pub mod portal;
pub mod sync;
pub mod wire;
pub mod workspaces;
