//! The order of the core's modules: each uses only what stands before it.

use regex::Regex;
use std::path::{Path, PathBuf};

/// From the ground up. A module that is not here has no place yet: give it one.
const ORDER: [&str; 23] = [
    "error",
    "clock",
    "ids",
    "money",
    "words",
    "events",
    "secrets",
    "stripe",
    "db",
    "pricing",
    "client_rows",
    "history",
    "mirror",
    "journal",
    "backups",
    "sync",
    "browser",
    "log",
    "wire",
    "workspaces",
    "clients",
    "portal",
    "links",
];
/// The roof: it may use everything.
const TOP: &str = "desk";
/// What lib.rs passes on from a module, by the name that others use.
const REEXPORTED: [(&str, &str); 5] = [
    ("Clock", "clock"),
    ("Error", "error"),
    ("Result", "error"),
    ("Core", TOP),
    ("Options", TOP),
];
/// Forbidden although the order would allow it, or said once more because it matters.
const NEVER: [(&str, &str); 2] = [("stripe", "db"), ("db", "stripe")];

fn place(module: &str) -> Option<usize> {
    ORDER
        .into_iter()
        .chain([TOP])
        .position(|name| name == module)
}

/// Every module that a source names by `crate::…`, also inside braces and in the middle of a line.
fn used(source: &str) -> Vec<String> {
    let comment = Regex::new(r"(?m)//.*$").unwrap();
    let source = comment.replace_all(source, "");
    let mut used = Vec::new();
    for part in source.split("crate::").skip(1) {
        match part.strip_prefix('{') {
            None => used.push(name(part)),
            Some(list) => {
                let (mut depth, mut first) = (0, true);
                for (at, letter) in list.char_indices() {
                    match letter {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => first = true,
                        _ if first && !letter.is_whitespace() => {
                            used.push(name(&list[at..]));
                            first = false;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    used.into_iter()
        .map(|name| {
            REEXPORTED
                .into_iter()
                .find(|(known, _)| *known == name)
                .map_or(name, |(_, module)| module.to_owned())
        })
        .collect()
}

fn name(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

/// What is wrong with a source of `module`.
fn wrong(module: &str, source: &str) -> Vec<String> {
    let Some(own) = place(module) else {
        return vec![format!("{module} is not in the list")];
    };
    used(source)
        .into_iter()
        .filter(|used| used != module)
        .filter(|used| {
            place(used).is_none_or(|used| used > own) || NEVER.contains(&(module, used.as_str()))
        })
        .map(|used| format!("{module} uses {used}"))
        .collect()
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(sources(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            all.push(path);
        }
    }
    all
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

#[test]
fn nothing_points_up() {
    let mut found = Vec::new();
    for path in sources(&root()) {
        let inside = path.strip_prefix(root()).unwrap();
        let first = inside
            .components()
            .next()
            .unwrap()
            .as_os_str()
            .to_str()
            .unwrap();
        let module = first.trim_end_matches(".rs");
        if module == "lib" {
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        found.extend(
            wrong(module, &source)
                .into_iter()
                .map(|what| format!("{}: {what}", inside.display())),
        );
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn lib_names_the_modules_in_this_order_and_no_other() {
    let source = std::fs::read_to_string(root().join("lib.rs")).unwrap();
    let module = Regex::new(r"(?m)^(?:pub(?:\(crate\))? )?mod (\w+);").unwrap();
    let named: Vec<&str> = module
        .captures_iter(&source)
        .map(|found| found.get(1).unwrap().as_str())
        .collect();
    let order: Vec<&str> = ORDER.into_iter().chain([TOP]).collect();
    assert_eq!(named, order);
}

#[test]
fn a_planted_upward_import_is_found() {
    for (module, source) in [
        ("stripe", "use crate::db::Store;"),
        ("stripe", "use crate::{Error, Result, db};"),
        (
            "db",
            "use crate::{\n    Clock,\n    events::{Announcer, Topic},\n    journal,\n};",
        ),
        ("money", "fn f() { let _ = crate::clients::list; }"),
        ("mirror", "pub(in crate::sync) fn f() {}"),
        ("journal", "use crate::Core;"),
        ("attic", ""),
        ("clients", "use crate::attic::Box;"),
    ] {
        assert_eq!(
            wrong(module, source).len(),
            1,
            "{module}: {source}: {:?}",
            wrong(module, source)
        );
    }
    for (module, source) in [
        (
            "links",
            "use crate::clients::{self, Customer};\nuse crate::{Error, Result};",
        ),
        (
            "db",
            "// As crate::journal says.\nuse crate::{Clock, Error, events::{Announcer, Topic}, ids::WorkspaceId};",
        ),
        ("desk", "use crate::links;"),
    ] {
        assert_eq!(wrong(module, source), Vec::<String>::new());
    }
}
