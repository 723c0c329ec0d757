//! The core crate through its public door.

mod journal;
mod log;
mod secrets;
#[cfg(target_os = "linux")]
mod session_bus;
mod store;
mod stripe_key;
