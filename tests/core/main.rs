//! The core crate through its public door.
