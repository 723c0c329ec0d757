//! The live wire, for those who have one: events delivered to this computer, by the Stripe CLI or a
//! relay of the agency's, which only say that it is time to ask Stripe.

mod guard;
mod listener;
mod programs;
mod signature;
mod stripe_cli;

pub use guard::run_if_asked;
pub use listener::{Listener, address, is_free, token};
pub use programs::{Programs, version};
pub use signature::{Gate, Refusal};
pub use stripe_cli::{CliState, StripeCli};
