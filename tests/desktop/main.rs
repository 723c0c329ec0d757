//! The real window under WebDriver: real WebKitGTK, a real keychain, a real browser, Stripe simulated.
//!
//! # How to add a scenario
//!
//! Add a file beside this one (or a test to one that tells the same part of the story), name it
//! here with `mod`, and write what a person does and sees:
//!
//! ```ignore
//! #[tokio::test]
//! async fn staff_finds_a_client_by_typing() {
//!     let app = App::start(Setup::new().arg("--demo")).await;
//!     app.see("Clients").await;
//!     app.type_into("Search", "ac").await;
//!     app.press("Enter").await;
//!     app.click("link", "Acme Ltd").await;
//!     app.screenshot("client_page").await;
//!     app.close().await;
//! }
//! ```
//!
//! - Every verb waits until it can be done, and fails with what the page showed instead, the page's
//!   console and a picture. A scenario therefore never sleeps.
//! - Things are found as assistive technology finds them: by role and accessible name, or by label.
//!   What cannot be found so cannot be reached without a pointer either: mend the page.
//! - Each [`App`](harness::app::App) has a desk of its own (display, session bus, keychain, home,
//!   data folder), so scenarios run side by side. The desk stays in `target/tmp/desktop/<test>/`.
//! - `close()` ends every scenario: it fails on any error in the page's console. An error that
//!   the story provokes is taken out first, with `expect_console_error`.
//! - Pictures go to `target/screenshots/`; look at them, light and dark.
//!
//! `cargo xtask test --only desktop` sets everything up and runs this.
#![allow(
    clippy::expect_used,
    reason = "a test says what went wrong by panicking"
)]

mod agency;
mod faults;
mod harness;

mod keys;
mod links;
mod opening;
mod portal;
mod replay;
mod sharing;
mod trouble;
mod walk;
