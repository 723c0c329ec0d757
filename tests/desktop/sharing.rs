//! The window and the terminal on one workspace at once, and where the key must never be found.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use memchr::memmem;
use serde_json::{Value, json};

use crate::agency::{Agency, CLIENT};
use crate::harness::eventually;

/// Runs the terminal's program at the same desk; what it printed.
async fn terminal(agency: &Agency, arguments: &[&str]) -> Value {
    let program = Path::new(env!("CARGO_BIN_EXE_portico")).with_file_name("portico-cli");
    let mut command = agency.app.desk().command(program);
    command.arg("--json").args(arguments);
    // The simulator answers from this thread's runtime, so nothing may block it.
    let output = tokio::task::spawn_blocking(move || command.output())
        .await
        .expect("a terminal that ends")
        .expect("the terminal's program, built by `cargo xtask test --only build`");
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).expect("one JSON document")
}

#[tokio::test]
async fn the_window_shows_what_the_terminal_does() {
    let agency = Agency::filled().await;
    let app = &agency.app;
    agency.opens_client(CLIENT).await;
    app.click("button", "Open portal").await;
    agency.sets_up_the_portal().await;
    app.see("Portal opened").await;
    app.click("link", "Links").await;
    let customer = halcyonhouse(&agency).await;
    let link = terminal(&agency, &["portal", "link", &customer]).await;
    assert!(link.to_string().contains("/p/login/"), "{link}");
    app.see("Prepared").await;

    app.click("link", "Clients").await;
    agency.opens_client(CLIENT).await;
    app.see("+3491424406").await;
    agency
        .sim
        .control()
        .update(&customer, &json!({ "phone": "+4930901820" }))
        .expect("a customer changed in the Dashboard");
    terminal(&agency, &["sync"]).await;
    app.see("+4930901820").await;

    let journal = terminal(&agency, &["audit", "verify"]).await;
    assert!(journal.is_object(), "{journal}");
    agency.close().await;
}

async fn halcyonhouse(agency: &Agency) -> String {
    let query = json!({ "search": CLIENT, "limit": 1 });
    let list = json!({ "workspace": agency.workspace().await, "query": query });
    let list = agency.app.invoke("list_clients", list).await;
    let list = list.expect("a list of clients");
    list["rows"][0]["customers"][0]
        .as_str()
        .expect("a customer")
        .to_owned()
}

#[tokio::test]
async fn the_key_is_found_nowhere_after_use() {
    let agency = Agency::filled().await;
    let app = &agency.app;
    let key = agency.sim.restricted_key();
    agency.opens_client(CLIENT).await;
    app.click("button", "Open portal").await;
    agency.sets_up_the_portal().await;
    let session = app.opened_url(1).await;
    app.see("Portal opened").await;

    let workspace = agency.workspace().await;
    for (command, arguments) in [
        ("desk", json!({})),
        ("diagnostics", json!({})),
        ("key_state", json!({ "workspace": workspace })),
        ("key_report", json!({ "workspace": workspace })),
        ("sync_status", json!({ "workspace": workspace })),
        (
            "list_links",
            json!({ "workspace": workspace, "query": { "offset": 0, "limit": 10 } }),
        ),
    ] {
        let answer = app.invoke(command, arguments).await.expect(command);
        let answer = answer.to_string();
        assert!(!answer.contains(key), "{command} tells the key");
        assert!(!answer.contains(&session), "{command} tells the session");
    }

    let files = files_below(&app.desk().data());
    assert!(files.len() > 3, "{files:?}");
    for file in files {
        let bytes = fs::read(&file).expect("a file of the app");
        assert!(!holds(&bytes, key), "{} holds the key", file.display());
        assert!(
            !holds(&bytes, &session),
            "{} holds a session",
            file.display()
        );
    }
    let output = app.output();
    assert!(!output.contains(key) && !output.contains(&session));

    // What the page shows is found so; the search itself would otherwise prove nothing.
    let mut web = app.webview_pids().into_iter();
    assert!(web.any(|pid| memory_holds(pid, CLIENT)));
    let gone = eventually(async || {
        let holding = app
            .webview_pids()
            .into_iter()
            .any(|pid| memory_holds(pid, key));
        (!holding).then_some(())
    });
    assert!(gone.await.is_some(), "a web process still holds the key");
    agency.close().await;
}

/// As the bytes that Rust and files use, or the two per letter of a web process.
fn holds(bytes: &[u8], text: &str) -> bool {
    let wide: Vec<u8> = text.bytes().flat_map(|byte| [byte, 0]).collect();
    [text.as_bytes(), &wide]
        .iter()
        .any(|wanted| memmem::find(bytes, wanted).is_some())
}

/// Looks through everything that a process has written to. False once it has ended.
fn memory_holds(pid: u32, text: &str) -> bool {
    let file = |name: &str| File::open(format!("/proc/{pid}/{name}"));
    let maps = fs::read_to_string(format!("/proc/{pid}/maps")).unwrap_or_default();
    let (Ok(memory), Ok(pages)) = (file("mem"), file("pagemap")) else {
        return false;
    };
    let mut bytes = vec![0; PIECE + 2 * text.len()];
    maps.lines().filter_map(writable).any(|(start, end)| {
        // Each piece is read with the start of the next, where a text may go on.
        (start..end).step_by(PIECE).any(|at| {
            let length = bytes.len().min((end - at) as usize);
            is_present(&pages, at, length)
                && memory
                    .read_at(&mut bytes[..length], at)
                    .is_ok_and(|read| holds(&bytes[..read], text))
        })
    })
}

const PIECE: usize = 1 << 20;
const PAGE: usize = 4096;

/// A webview reserves far more than it uses, and reading what is only reserved would fill it.
fn is_present(pages: &File, at: u64, length: usize) -> bool {
    let mut entries = vec![0; length.div_ceil(PAGE) * 8];
    let read = pages.read_at(&mut entries, at / PAGE as u64 * 8);
    // The two highest bits of an entry: in memory, or in swap.
    read.is_ok_and(|read| {
        entries[..read]
            .chunks_exact(8)
            .any(|entry| entry[7] & 0xc0 != 0)
    })
}

/// The range of a line such as `7f0c0000-7f0d0000 rw-p 00000000 00:00 0 [heap]`.
fn writable(line: &str) -> Option<(u64, u64)> {
    let (range, rest) = line.split_once(' ')?;
    let (start, end) = range.split_once('-')?;
    let hexadecimal = |text| u64::from_str_radix(text, 16).ok();
    rest.starts_with("rw")
        .then_some((hexadecimal(start)?, hexadecimal(end)?))
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of the app");
    entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .flat_map(|path| match path.is_dir() {
            true => files_below(&path),
            false => vec![path],
        })
        .collect()
}
