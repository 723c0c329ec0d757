//! Where one app runs in a test: its display, session bus, keychain, home, data folder and "browser".

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use xtask::headless::{Bus, Keychain, Screen};

use super::driver::SET_UP;

/// What the app finds when it looks for a keychain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeychainState {
    /// A person has logged in; the collection is open.
    Unlocked,
    /// There is a collection, and it was locked.
    Locked,
    /// The daemon runs, and nobody has ever unlocked it.
    NeverUnlocked,
    /// A session bus without a Secret Service.
    Absent,
    /// No session bus at all.
    NoBus,
}

pub struct Desk {
    folder: PathBuf,
    runtime: TempDir,
    // In the order in which they have to end.
    keychain: Option<Keychain>,
    bus: Option<Bus>,
    screen: Screen,
}

impl Desk {
    pub fn set_up(keychain: KeychainState) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("desktop")
            .join(test_name());
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("home")).expect("a folder for the test");
        let browser = folder.join("browser");
        fs::write(
            &browser,
            format!(
                "#!/bin/sh\nprintf '%s\\n' \"$1\" >>'{}'\n",
                folder.join("opened-urls").display()
            ),
        )
        .expect("the browser's stand-in");
        make_executable(&browser);
        make_default_browser(&browser, &folder.join("home"));
        // A socket's path has 107 bytes at most, so this one is not under the test's name.
        let runtime = tempfile::Builder::new()
            .prefix("portico")
            .permissions(Permissions::from_mode(0o700))
            .tempdir()
            .expect("a runtime folder");
        let ready = "a desktop without a screen";
        let mut desk = Self {
            screen: Screen::start(1280, 800)
                .unwrap_or_else(|error| panic!("{ready}: {error}. {SET_UP}")),
            bus: (keychain != KeychainState::NoBus).then(|| {
                Bus::start(runtime.path())
                    .unwrap_or_else(|error| panic!("{ready}: {error}. {SET_UP}"))
            }),
            keychain: None,
            folder,
            runtime,
        };
        desk.keychain = desk.start_keychain(keychain);
        desk
    }

    fn start_keychain(&self, state: KeychainState) -> Option<Keychain> {
        let bus = self.bus.as_ref()?;
        let (home, runtime) = (self.folder.join("keychain"), self.runtime.path());
        let keychain = match state {
            KeychainState::Absent | KeychainState::NoBus => return None,
            KeychainState::NeverUnlocked => Keychain::never_unlocked(bus, &home, runtime),
            KeychainState::Unlocked | KeychainState::Locked => {
                Keychain::unlocked(bus, &home, runtime)
            }
        }
        .unwrap_or_else(|error| panic!("{error}. {SET_UP}"));
        if state == KeychainState::Locked {
            keychain.lock(bus).expect("a keychain that locks");
        }
        Some(keychain)
    }

    /// Changes what the app finds from now on; what the collection holds stays.
    pub fn change_keychain(&mut self, state: KeychainState) {
        self.keychain = None;
        self.keychain = self.start_keychain(state);
    }

    /// Throws the collection away, as a reinstalled system does.
    pub fn lose_keychain(&mut self) {
        self.keychain = None;
        fs::remove_dir_all(self.folder.join("keychain")).expect("a collection to lose");
        self.keychain = self.start_keychain(KeychainState::Unlocked);
    }

    /// The test's folder, kept after the test.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The app's PORTICO_DATA_DIR.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// A program run by the person who sits at this desk.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        let home = self.folder.join("home");
        command
            .env("HOME", &home)
            .env("XDG_RUNTIME_DIR", self.runtime.path())
            .env("PORTICO_DATA_DIR", self.data())
            .env("DISPLAY", self.screen.display())
            .env("BROWSER", self.folder.join("browser"))
            // A software renderer draws the same everywhere, and asks no bus for accessibility.
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env("NO_AT_BRIDGE", "1")
            .env("GDK_BACKEND", "x11");
        for inherited in [
            "XDG_DATA_HOME",
            "XDG_CONFIG_HOME",
            "XDG_CACHE_HOME",
            "XDG_CURRENT_DESKTOP",
            "WAYLAND_DISPLAY",
        ] {
            command.env_remove(inherited);
        }
        match &self.bus {
            Some(bus) => command.env("DBUS_SESSION_BUS_ADDRESS", bus.address()),
            // Without the variable a library would look for the bus of whoever runs the tests.
            None => command.env("DBUS_SESSION_BUS_ADDRESS", "disabled:"),
        };
        command
    }

    /// Every address that was given to the default browser so far.
    pub fn opened_urls(&self) -> Vec<String> {
        fs::read_to_string(self.folder.join("opened-urls"))
            .unwrap_or_default()
            .lines()
            .map(str::to_owned)
            .collect()
    }
}

/// An installed browser that declares itself for these addresses comes before `$BROWSER`.
fn make_default_browser(browser: &Path, home: &Path) {
    let applications = home.join(".local/share/applications");
    let config = home.join(".config");
    let entry = format!(
        "[Desktop Entry]\nType=Application\nName=Browser\nExec={} %u\n",
        browser.display()
    );
    let schemes = ["http", "https", "mailto"]
        .map(|scheme| format!("x-scheme-handler/{scheme}=stand-in.desktop\n"))
        .concat();
    for (folder, name, text) in [
        (&applications, "stand-in.desktop", entry),
        (
            &config,
            "mimeapps.list",
            format!("[Default Applications]\n{schemes}"),
        ),
    ] {
        fs::create_dir_all(folder).expect("a folder of the desktop's settings");
        fs::write(folder.join(name), text).expect("a setting of the desktop");
    }
}

pub fn make_executable(file: &Path) {
    fs::set_permissions(file, Permissions::from_mode(0o755)).expect("an executable file");
}

/// The running test's own name: libtest names the thread after it.
pub fn test_name() -> String {
    std::thread::current()
        .name()
        .unwrap_or("unnamed")
        .replace("::", "-")
}
