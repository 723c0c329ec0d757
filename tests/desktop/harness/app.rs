//! The real app on a desk of its own, driven through WebDriver.

use std::fs;
use std::ops::Deref;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::desk::{Desk, KeychainState};
use super::driver::{Driver, SET_UP};
use super::eventually;
use super::page::Page;

/// How an app is started.
pub struct Setup {
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    keychain: KeychainState,
}

impl Setup {
    pub fn new() -> Self {
        Self {
            arguments: Vec::new(),
            environment: Vec::new(),
            keychain: KeychainState::Unlocked,
        }
    }

    pub fn arg(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn keychain(mut self, keychain: KeychainState) -> Self {
        self.keychain = keychain;
        self
    }
}

pub struct App {
    desk: Desk,
    setup: Setup,
    driver: Option<Driver>,
    page: Page,
    closed: bool,
    expected_errors: Vec<String>,
}

impl App {
    pub async fn start(setup: Setup) -> Self {
        if !cfg!(feature = "custom-protocol") {
            panic!("this build shows the development server's page, not its own. {SET_UP}");
        }
        let desk = Desk::set_up(setup.keychain);
        let driver = launch(&desk, &setup).await;
        Self {
            page: Page::new(driver.client.clone()),
            driver: Some(driver),
            desk,
            setup,
            closed: false,
            expected_errors: Vec::new(),
        }
    }

    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    pub fn desk_mut(&mut self) -> &mut Desk {
        &mut self.desk
    }

    /// Waits for the `n`th address (counted from one) that reached the default browser.
    pub async fn opened_url(&self, n: usize) -> String {
        let url = eventually(async || self.desk.opened_urls().into_iter().nth(n - 1)).await;
        match url {
            Some(url) => url,
            None => self.fail("no address reached the default browser").await,
        }
    }

    /// Goes to a place of the app by its route, such as `/settings`.
    pub async fn go(&self, path: &str) {
        let url = format!("tauri://localhost/#{path}");
        if let Err(error) = self.client().goto(&url).await {
            self.fail(&format!("{url} did not open: {error}")).await;
        }
    }

    /// Calls a command as the page does; the answer, or the error as the page gets it.
    pub async fn invoke(&self, command: &str, arguments: Value) -> Result<Value, Value> {
        let script = "const [command, args, done] = arguments; \
             window.__TAURI_INTERNALS__.invoke(command, args) \
               .then((ok) => done({ ok: ok ?? null }), (error) => done({ error }))";
        let answer = self
            .client()
            .execute_async(script, vec![json!(command), arguments])
            .await
            .unwrap_or_else(|error| panic!("{command} could not be called: {error}"));
        match answer.get("ok") {
            Some(ok) => Ok(ok.clone()),
            None => Err(answer["error"].clone()),
        }
    }

    /// The app's own process.
    pub fn pid(&self) -> u32 {
        let file = self.desk.folder().join("pid");
        let text = fs::read_to_string(&file).expect("the app has started");
        text.trim().parse().expect("a process id")
    }

    /// The webview's processes: children of the app, and theirs.
    pub fn webview_pids(&self) -> Vec<u32> {
        let mut found = vec![self.pid()];
        let mut next = 0;
        while let Some(&parent) = found.get(next) {
            found.extend(children(parent));
            next += 1;
        }
        found.split_off(1)
    }

    /// Ends the app without warning, as a power cut does.
    pub async fn kill(&mut self) {
        let pid = self.pid();
        let status = Command::new("kill")
            .args(["-KILL", &pid.to_string()])
            .status();
        assert!(status.is_ok_and(|status| status.success()), "process {pid}");
        self.has_died().await;
    }

    /// Waits until the app has ended by itself, without warning.
    pub async fn has_died(&mut self) {
        let pid = self.pid();
        let gone = eventually(async || (!is_running(pid)).then_some(())).await;
        assert!(gone.is_some(), "process {pid} is still there");
        self.driver = None;
    }

    /// Changes a variable of the next start.
    pub fn set_env(&mut self, name: &str, value: &str) {
        self.setup.environment.retain(|(known, _)| known != name);
        self.setup
            .environment
            .push((name.to_owned(), value.to_owned()));
    }

    /// Starts the app again at the same desk, after [`App::kill`] or in its place.
    pub async fn restart(&mut self) {
        if self.driver.is_some() {
            self.end_session().await;
        }
        let driver = launch(&self.desk, &self.setup).await;
        self.page = Page::new(driver.client.clone());
        self.driver = Some(driver);
    }

    /// What the page's console called an error, since the first start at this desk.
    pub fn console_errors(&self) -> Vec<String> {
        self.output()
            .lines()
            .filter(|line| is_console_error(line))
            .map(str::to_owned)
            .collect()
    }

    /// Console errors that hold `part` belong to this story.
    pub fn expect_console_error(&mut self, part: &str) {
        self.expected_errors.push(part.to_owned());
    }

    /// What the app and its webview printed, since the first start at this desk.
    pub fn output(&self) -> String {
        read(&self.desk.folder().join("output.log"))
    }

    /// Ends the app in an orderly way, and the test if a page had complained.
    pub async fn close(mut self) {
        self.end_session().await;
        self.closed = true;
        let mut errors = self.console_errors();
        errors.retain(|error| !self.expected_errors.iter().any(|part| error.contains(part)));
        assert!(
            errors.is_empty(),
            "the page's console has errors:\n{}",
            errors.join("\n")
        );
    }

    async fn end_session(&mut self) {
        if let Some(driver) = self.driver.take() {
            let pid = self.pid();
            driver
                .client
                .clone()
                .close()
                .await
                .expect("the session ends");
            let gone = eventually(async || (!is_running(pid)).then_some(())).await;
            assert!(gone.is_some(), "the app stayed after its window was closed");
        }
    }
}

impl Deref for App {
    type Target = Page;

    fn deref(&self) -> &Page {
        &self.page
    }
}

impl Drop for App {
    fn drop(&mut self) {
        if !self.closed && !std::thread::panicking() {
            panic!("the scenario ends without `app.close().await`, which checks the console");
        }
    }
}

async fn launch(desk: &Desk, setup: &Setup) -> Driver {
    // WebKitWebDriver starts the app itself, so a script notes the process and keeps its output.
    let folder = desk.folder().display();
    let script = desk.folder().join("portico");
    let text = format!(
        "#!/bin/sh\necho $$ >'{folder}/pid'\nexec '{}' \"$@\" >>'{folder}/output.log' 2>&1\n",
        env!("CARGO_BIN_EXE_portico")
    );
    fs::write(&script, text).expect("the app's start script");
    super::desk::make_executable(&script);

    let mut command = desk.command("WebKitWebDriver");
    command
        // What tauri-driver sets, and all it does beyond passing requests on.
        .env("TAURI_WEBVIEW_AUTOMATION", "true")
        .env("PORTICO_MARK", "1")
        .env("PORTICO_CONSOLE", "1")
        .envs(setup.environment.iter().map(|(name, value)| (name, value)));
    let capabilities = json!({
        "webkitgtk:browserOptions": { "binary": script, "args": setup.arguments },
    });
    let Value::Object(capabilities) = capabilities else {
        unreachable!("an object was written above")
    };
    Driver::start("WebKitWebDriver", command, capabilities).await
}

fn children(parent: u32) -> Vec<u32> {
    let tasks = format!("/proc/{parent}/task");
    fs::read_dir(tasks)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .flat_map(|task| {
            read(&task.path().join("children"))
                .split_whitespace()
                .filter_map(|pid| pid.parse().ok())
                .collect::<Vec<u32>>()
        })
        .collect()
}

/// A process that has ended but was not yet waited for by its parent counts as gone.
fn is_running(pid: u32) -> bool {
    let state = read(Path::new(&format!("/proc/{pid}/stat")));
    state
        .rsplit_once(") ")
        .is_some_and(|(_, rest)| !rest.starts_with('Z'))
}

fn read(file: &Path) -> String {
    fs::read(file)
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .unwrap_or_default()
}

/// WebKit writes `tauri://localhost/a.js:2:1: CONSOLE SECURITY ERROR Refused to …`.
fn is_console_error(line: &str) -> bool {
    line.split_once("CONSOLE ")
        .and_then(|(_, message)| message.split_once("ERROR "))
        .is_some_and(|(kind, _)| {
            kind.chars()
                .all(|letter| letter.is_uppercase() || letter == ' ')
        })
}
