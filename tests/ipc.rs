//! The contract between page and window: what the page may load, call and reach is exactly this.
#![allow(
    clippy::expect_used,
    reason = "a test says what went wrong by panicking"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

fn at_root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn read(path: &str) -> String {
    fs::read_to_string(at_root(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn config() -> Value {
    serde_json::from_str(&read("tauri.conf.json")).expect("tauri.conf.json is JSON")
}

/// Written out in full, so that loosening it takes a second, visible edit here.
#[test]
fn the_page_loads_nothing_but_itself() {
    let expected = json!({
        "default-src": "'self'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "ipc: http://ipc.localhost",
        "object-src": "'none'",
        "frame-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'"
    });
    let security = &config()["app"]["security"];
    assert_eq!(security["csp"], expected);
    // Development follows the same policy, or what works there fails in the real build.
    assert_eq!(security.get("devCsp"), None);
    // Tauri would leave its nonces out of whatever is named here.
    assert_eq!(security.get("dangerousDisableAssetCspModification"), None);
}

#[test]
fn the_webview_has_no_doors_besides_the_commands() {
    let config = config();
    assert_eq!(config["app"]["withGlobalTauri"], false);
    assert_eq!(config["app"]["security"]["assetProtocol"]["enable"], false);
    assert_eq!(config["app"]["security"]["capabilities"], json!(["main"]));
    // The fences are put up in code, before the first page is asked for.
    assert_eq!(config["app"]["windows"][0]["create"], false);
    assert_eq!(config.get("plugins"), None);
}

#[test]
fn capabilities_are_exactly_those_that_are_listed_here() {
    let found: BTreeMap<String, toml::Table> = fs::read_dir(at_root("src-tauri/capabilities"))
        .expect("the capability files")
        .map(|entry| {
            let file = entry.expect("a capability file").path();
            let text = fs::read_to_string(&file).expect("a readable capability file");
            let name = file.file_name().expect("a file has a name");
            let table = text
                .parse()
                .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            (name.to_string_lossy().into_owned(), table)
        })
        .collect();
    assert_eq!(found.keys().collect::<Vec<_>>(), ["main.toml"]);

    let main = &found["main.toml"];
    let words = |key: &str| -> Vec<&str> {
        main[key]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(toml::Value::as_str)
            .collect()
    };
    assert_eq!(main["identifier"].as_str(), Some("main"));
    assert_eq!(words("windows"), ["main"]);
    assert_eq!(
        words("permissions"),
        ["core:event:allow-listen", "core:event:allow-unlisten"]
    );
    assert_eq!(main.get("remote"), None, "a remote page may call nothing");
}

/// The page's types are made from the commands. `PORTICO_WRITE_BINDINGS=1` writes them anew.
#[test]
fn the_bindings_are_fresh() {
    let committed = "ui/src/ipc/bindings.ts";
    let folder = tempfile::tempdir().expect("a folder for the bindings");
    let made = folder.path().join("bindings.ts");
    portico_lib::ipc::contract()
        .export(specta_typescript::Typescript::default(), &made)
        .expect("bindings made from the contract");
    if std::env::var_os("PORTICO_WRITE_BINDINGS").is_some_and(|value| value == "1") {
        fs::copy(&made, at_root(committed)).expect("bindings written");
    }
    let made = fs::read_to_string(&made).expect("bindings to compare");
    assert!(
        made == read(committed),
        "{committed} is older than the commands. Write it anew:\n  \
         PORTICO_WRITE_BINDINGS=1 cargo test --test ipc"
    );
}
