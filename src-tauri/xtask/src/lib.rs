//! What set-up, the bench and the desktop tests share: programs that end with us, and a desktop without a screen.

pub mod headless;
pub mod process;
pub mod usage;
