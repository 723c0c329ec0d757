//! The links that staff open or hand out, and the log of every attempt.

mod types;

pub use types::*;
