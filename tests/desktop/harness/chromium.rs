//! A client's browser: a real headless Chromium, for the pages that the console opens.

use std::ops::Deref;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;
use xtask::process::find_program;

use super::driver::{Driver, SET_UP};
use super::page::Page;

pub struct Chromium {
    driver: Driver,
    page: Page,
    // Removed after the browser that writes to it has ended.
    _profile: TempDir,
}

impl Chromium {
    pub async fn open(url: &str) -> Self {
        let program = find_program(&["chromium", "google-chrome", "chromium-browser"])
            .unwrap_or_else(|| panic!("there is no Chromium. {SET_UP}"));
        let profile = tempfile::tempdir().expect("a browser profile");
        let arguments = [
            "--headless=new".to_owned(),
            // Root, as in most containers, cannot use Chromium's own sandbox.
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            format!("--user-data-dir={}", profile.path().display()),
        ];
        let capabilities = json!({
            "browserName": "chrome",
            "goog:chromeOptions": { "binary": program, "args": arguments },
        });
        let Value::Object(capabilities) = capabilities else {
            unreachable!("an object was written above")
        };
        let driver =
            Driver::start("chromedriver", Command::new("chromedriver"), capabilities).await;
        let page = Page::new(driver.client.clone());
        page.client()
            .goto(url)
            .await
            .unwrap_or_else(|error| panic!("{url} did not open in Chromium: {error}"));
        Self {
            driver,
            page,
            _profile: profile,
        }
    }

    pub async fn close(self) {
        self.driver
            .client
            .clone()
            .close()
            .await
            .expect("Chromium closes");
    }
}

impl Deref for Chromium {
    type Target = Page;

    fn deref(&self) -> &Page {
        &self.page
    }
}
