//! `start`: the console on the demo workspace, in a window or, under a virtual display, in a picture.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use xtask::headless::{Bus, Screen};
use xtask::process::Running;

use crate::build;
use crate::setup::{self, Purpose};

/// What the app prints when its first list has been painted and `PORTICO_MARK=1` is set.
pub const PAINTED: &str = "MARK first_paint_2raf";

/// A first start fills the demo workspace before there is a list to paint.
pub const PAINTED_WITHIN: Duration = Duration::from_secs(120);

/// A virtual screen draws in software, and shows a frame well after the page has made it.
const SHOWN_WITHIN: Duration = Duration::from_secs(5);

pub fn run(arguments: &[String]) -> Result<(), String> {
    let (screenshot, passed_on) = screenshot_option(arguments)?;
    if screenshot.is_none() && !setup::has_display() {
        return Err(
            "There is no display here to open a window on (DISPLAY and WAYLAND_DISPLAY are empty).\n\
             To see the console anyway, have it painted into a picture:\n  cargo xtask start --screenshot portico.png"
                .to_owned(),
        );
    }
    setup::prepare(match screenshot {
        Some(_) => Purpose::Capture,
        None => Purpose::Build,
    })?;
    let program = build::programs(false)?.join(format!("portico{}", std::env::consts::EXE_SUFFIX));
    // Never the person's own data: a stranger trying the demo must not meet or change it.
    let data = build::target()?.join("demo");
    fs::create_dir_all(&data).map_err(|error| format!("{}: {error}", data.display()))?;

    let mut portico = Command::new(program);
    portico
        .arg("--demo")
        .args(passed_on)
        .env("PORTICO_DATA_DIR", &data);
    match screenshot {
        Some(file) => picture(&mut portico, &data, &file),
        None => build::succeed(
            &mut portico,
            "If the window stayed blank, see \"Troubleshooting\" in README.md.",
        ),
    }
}

fn screenshot_option(arguments: &[String]) -> Result<(Option<PathBuf>, Vec<&String>), String> {
    let mut file = None;
    let mut others = Vec::new();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        if word == "--screenshot" {
            let name = words
                .next()
                .ok_or("--screenshot needs the file to write, such as portico.png")?;
            file = Some(PathBuf::from(name));
        } else {
            others.push(word);
        }
    }
    Ok((file, others))
}

fn picture(portico: &mut Command, data: &Path, file: &Path) -> Result<(), String> {
    let mut capture = || -> std::io::Result<()> {
        // The window's own size: without a window manager it opens in the corner and fills the screen.
        let screen = Screen::start(1280, 800)?;
        let bus = Bus::start(data)?;
        let mut window = Running::start("portico", on_screen(portico, &screen, &bus))?;
        window
            .stderr_lines()?
            .wait_for(PAINTED_WITHIN, |line| line == PAINTED)?;
        std::thread::sleep(SHOWN_WITHIN);
        screen.capture(file)
    };
    capture().map_err(|error| format!("No picture was taken: {error}"))?;
    println!("The painted client list is in {}", file.display());
    Ok(())
}

/// Sends a program to a virtual screen, and has it say on its piped standard error when it has painted.
pub fn on_screen<'a>(program: &'a mut Command, screen: &Screen, bus: &Bus) -> &'a mut Command {
    program
        .env("DISPLAY", screen.display())
        .env("DBUS_SESSION_BUS_ADDRESS", bus.address())
        .env("LIBGL_ALWAYS_SOFTWARE", "1")
        .env("NO_AT_BRIDGE", "1")
        .env("PORTICO_MARK", "1")
        .env_remove("WAYLAND_DISPLAY")
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
}

#[cfg(test)]
mod tests {
    use super::screenshot_option;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn the_screenshot_option_is_taken_out_and_the_rest_passed_on() {
        let given = words("--lang de --screenshot list.png --fast");
        let (file, others) = screenshot_option(&given).unwrap();
        assert_eq!(file.unwrap().to_str(), Some("list.png"));
        assert_eq!(others, ["--lang", "de", "--fast"]);
        assert!(screenshot_option(&words("--screenshot")).is_err());
    }
}
