//! Checks for what building and testing need, and installs what is missing where that is safe to do.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use xtask::process::{find_program, succeeds};

use crate::build;

/// How one looks for something that a distribution's package brings.
enum Found {
    /// Any one of these programs is on the search path.
    Program(&'static [&'static str]),
    /// pkg-config knows this library.
    Library(&'static str),
}

struct Need {
    found: Found,
    /// Its package on Debian and Ubuntu.
    package: &'static str,
}

/// What compiling the window takes.
const TO_BUILD: &[Need] = &[
    Need {
        found: Found::Program(&["cc"]),
        package: "build-essential",
    },
    Need {
        found: Found::Program(&["pkg-config"]),
        package: "pkg-config",
    },
    Need {
        found: Found::Library("webkit2gtk-4.1"),
        package: "libwebkit2gtk-4.1-dev",
    },
    Need {
        found: Found::Library("dbus-1"),
        package: "libdbus-1-dev",
    },
    Need {
        found: Found::Program(&["xdg-open"]),
        package: "xdg-utils",
    },
];

/// What showing the window without a screen takes on top.
const TO_CAPTURE: &[Need] = &[
    Need {
        found: Found::Program(&["Xvfb"]),
        package: "xvfb",
    },
    Need {
        found: Found::Program(&["dbus-daemon"]),
        package: "dbus",
    },
    Need {
        found: Found::Program(&["import"]),
        package: "imagemagick",
    },
];

/// What driving the window and a browser takes on top of that.
const TO_TEST: &[Need] = &[
    Need {
        found: Found::Program(&["WebKitWebDriver"]),
        package: "webkit2gtk-driver",
    },
    Need {
        found: Found::Program(&["gnome-keyring-daemon"]),
        package: "gnome-keyring",
    },
    // Waits for the keychain on its bus, and answers the keychain's own dialog.
    Need {
        found: Found::Program(&["gdbus"]),
        package: "libglib2.0-bin",
    },
    Need {
        found: Found::Program(&["xdotool"]),
        package: "xdotool",
    },
    Need {
        found: Found::Program(&["chromium", "google-chrome", "chromium-browser"]),
        package: "chromium",
    },
    Need {
        found: Found::Program(&["chromedriver"]),
        package: "chromium-driver",
    },
];

/// How much of a desktop the command at hand needs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    Build,
    Capture,
    Test,
}

/// Leaves the machine able to build and run, or says what a person has to do first.
pub fn prepare(purpose: Purpose) -> Result<(), String> {
    if cfg!(target_os = "linux") {
        let mut needs: Vec<&Need> = TO_BUILD.iter().collect();
        if purpose >= Purpose::Capture {
            needs.extend(TO_CAPTURE);
        }
        if purpose >= Purpose::Test {
            needs.extend(TO_TEST);
        }
        system_packages(&needs)?;
    } else if purpose != Purpose::Build {
        return Err("This needs a virtual X display, which only Linux has. \
             Here, `cargo xtask start` opens the window itself."
            .to_owned());
    }
    node()?;
    node_modules(&build::root().join("ui"))
}

fn is_there(need: &Need) -> bool {
    match need.found {
        Found::Program(names) => find_program(names).is_some(),
        Found::Library(name) => succeeds(Command::new("pkg-config").args(["--exists", name])),
    }
}

fn missing<'a>(needs: &[&'a Need]) -> Vec<&'a str> {
    needs
        .iter()
        .filter(|need| !is_there(need))
        .map(|need| need.package)
        .collect()
}

fn system_packages(needs: &[&Need]) -> Result<(), String> {
    let packages = missing(needs);
    if packages.is_empty() {
        return Ok(());
    }
    let list = packages.join(" ");
    let by_hand = format!("sudo apt-get install -y {list}");
    if find_program(&["apt-get"]).is_none() {
        return Err(format!(
            "These are missing, under the names that Debian and Ubuntu give them: {list}\n\
             Install them with your system's package tool, then run this again. On Debian it would be:\n  {by_hand}"
        ));
    }
    let prefix: &[&str] = if is_root() {
        &[]
    } else if find_program(&["sudo"]).is_some() {
        &["sudo"]
    } else {
        return Err(format!(
            "Missing: {list}\nInstall them as root, then run this again:\n  apt-get install -y {list}"
        ));
    };
    println!("Installing what is missing: {list}");
    // A stale list of packages is the usual reason for an install to fail, so it is read again first.
    let install: Vec<&str> = ["apt-get", "install", "-y", "--no-install-recommends"]
        .into_iter()
        .chain(packages.iter().copied())
        .collect();
    for step in [&["apt-get", "update"][..], &install[..]] {
        let mut words = prefix.iter().chain(step);
        let mut command = Command::new(words.next().copied().unwrap_or("apt-get"));
        command.args(words).env("DEBIAN_FRONTEND", "noninteractive");
        if !command.status().is_ok_and(|status| status.success()) {
            return Err(format!(
                "`{}` failed; its reason is above. Run this by hand, then try again:\n  {by_hand}",
                step.join(" ")
            ));
        }
    }
    match missing(needs).as_slice() {
        [] => Ok(()),
        still => Err(format!(
            "Installed, but still not found: {}. Check the package names for this system.",
            still.join(" ")
        )),
    }
}

fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

const NODE_AT_LEAST: (u32, u32) = (20, 19);

fn node() -> Result<(), String> {
    let advice = format!(
        "Node {}.{} or newer is needed to build the page. Get it from https://nodejs.org \
         (or `nvm install --lts`), then run this again.",
        NODE_AT_LEAST.0, NODE_AT_LEAST.1
    );
    let output = Command::new("node")
        .arg("--version")
        .output()
        .map_err(|_| format!("`node` was not found. {advice}"))?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    match node_version(&text) {
        Some(version) if version >= NODE_AT_LEAST => Ok(()),
        _ => Err(format!("`node --version` says {text:?}. {advice}")),
    }
}

fn node_version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// `npm ci` in `folder`, only when its lock file is not the one that was installed last.
pub fn node_modules(folder: &Path) -> Result<(), String> {
    let lock = folder.join("package-lock.json");
    let wanted = fs::read(&lock).map_err(|error| format!("{}: {error}", lock.display()))?;
    let stamp = folder.join("node_modules/.installed-lock");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    build::succeed(
        build::npm(folder).args(["ci", "--no-audit", "--no-fund"]),
        "Are you online? `npm ci` fetches what package-lock.json names.",
    )?;
    fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))
}

/// Whether a window can be shown here.
pub fn has_display() -> bool {
    !cfg!(target_os = "linux")
        || ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_versions_compare_by_number() {
        assert!(node_version("v20.19.0").unwrap() >= NODE_AT_LEAST);
        assert!(node_version("v24.1.0").unwrap() >= NODE_AT_LEAST);
        assert!(node_version("v20.9.9").unwrap() < NODE_AT_LEAST);
        assert_eq!(node_version("20.19.0"), None);
        assert_eq!(node_version("v20"), None);
    }

    #[test]
    fn what_is_not_there_is_reported_by_its_package() {
        let absent = Need {
            found: Found::Program(&["no-such-program-anywhere"]),
            package: "absent",
        };
        let present = Need {
            found: Found::Program(&["no-such-program-anywhere", "sh"]),
            package: "present",
        };
        assert_eq!(missing(&[&absent, &present]), ["absent"]);
    }
}
