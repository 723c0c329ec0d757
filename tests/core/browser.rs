//! A default browser that only writes down what it was asked to open.
//!
//! `xdg-open` obeys `$BROWSER`, which is the environment of a process, so a test runs its body in a
//! child: `with_browser` starts this binary again for that one test.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

/// Set in the child: where the browser writes.
const PAGES: &str = "PORTICO_TEST_PAGES";
/// Far above what any test takes, so that a hang fails instead of stopping the suite.
const GIVE_UP: Duration = Duration::from_secs(60);

pub struct Browser {
    pages: PathBuf,
}

impl Browser {
    /// Everything that was opened, oldest first, once that is at least `count` pages: nobody waits
    /// for a browser to start.
    pub async fn opened(&self, count: usize) -> Vec<String> {
        let mut look = tokio::time::interval(Duration::from_millis(10));
        loop {
            look.tick().await;
            let text = std::fs::read_to_string(&self.pages).unwrap_or_default();
            if text.lines().count() >= count {
                return text.lines().map(str::to_owned).collect();
            }
        }
    }
}

/// Runs `body` in a process with such a browser; `test` is the full name of the caller.
pub fn with_browser<F: Future<Output = ()>>(test: &str, body: impl FnOnce(Browser) -> F) {
    if let Some(pages) = std::env::var_os(PAGES) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let body = body(Browser {
            pages: pages.into(),
        });
        runtime
            .block_on(async { tokio::time::timeout(GIVE_UP, body).await })
            .expect("the test hangs");
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let browser = home.path().join("browser");
    std::fs::write(
        &browser,
        format!("#!/bin/sh\nprintf '%s\\n' \"$1\" >> \"${PAGES}\"\n"),
    )
    .unwrap();
    std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o700)).unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(PAGES, home.path().join("pages"))
        .env("BROWSER", &browser)
        .env("HOME", home.path())
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("XDG_CURRENT_DESKTOP")
        .env_remove("DESKTOP_SESSION")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
