//! The log and the diagnostics: what is written, what is masked, and how large it may grow.

use portico_core::log;
use std::path::Path;
use tempfile::TempDir;

/// Each would let a reader of the log act in somebody's name; the second field may stay.
const CANARIES: [(&str, &str); 13] = [
    ("sk_live_51HcanaryAAAAAAAAAAAA", "sk_…"),
    ("rk_test_51HcanaryBBBBBBBBBBBB", "rk_…"),
    ("keysk_test_51HcanaryGGGG", "keysk_…"),
    ("sk_51HcanaryCCCC", "sk_…"),
    ("whsec_canaryDDDDDDDD", "whsec_"),
    (
        "https://billing.stripe.com/p/session/test_canaryEEEE",
        "https://billing.stripe.com/p/session/",
    ),
    (
        "https://checkout.stripe.com/c/pay/cs_test_canary#fid=canary",
        "https://checkout.stripe.com/c/pay/",
    ),
    (
        "https://invoice.stripe.com/i/acct_1/canaryFFFF?s=ap",
        "https://invoice.stripe.com/i/",
    ),
    ("pi_3Q_secret_canaryHHHH", "_secret_"),
    ("Authorization: Bearer canary.token-1", "Bearer "),
    (
        "authorization: \"basic Y2FuYXJ5OmNhbmFyeQ==\"",
        "authorization",
    ),
    ("4242424242424242", ""),
    ("AGE-SECRET-KEY-1CANARYCANARY", "AGE-SECRET-KEY-"),
];

fn lines(data_dir: &Path) -> String {
    std::fs::read_to_string(log::folder(data_dir).join("test.log")).unwrap()
}

#[test]
fn masks_whatever_looks_like_a_secret() {
    let folder = TempDir::new().unwrap();
    let subscriber = log::subscriber(folder.path(), "test").unwrap();
    tracing::subscriber::with_default(subscriber, || {
        for (canary, _) in CANARIES {
            tracing::info!("in the message {canary} of an event");
            tracing::warn!(field = canary, "as a text field");
            tracing::error!(field = ?Some(canary), "as a debug field");
        }
        tracing::info!("card 4242 4242-4242 4242.");
    });
    let written = lines(folder.path());
    // Without the times, whose digits may be those of a card.
    let written: Vec<&str> = written
        .lines()
        .filter_map(|line| Some(line.split_once(' ')?.1))
        .collect();
    assert_eq!(written.len(), CANARIES.len() * 3 + 1);
    let written = written.join("\n");
    assert!(!written.to_lowercase().contains("canary"), "{written}");
    assert!(
        !written.contains("4242") && !written.contains("Y2Fu"),
        "{written}"
    );
    for (canary, stays) in CANARIES {
        assert!(written.contains(stays), "nothing is left of {canary}");
    }
}

#[test]
fn leaves_alone_what_helps_to_understand() {
    let folder = TempDir::new().unwrap();
    let harmless = [
        "cus_QkR8m2canary01 of acct_1PgaXYZ got req_9iCanary",
        "task_done, disk_full and mark_read are events",
        "https://dashboard.stripe.com/test/customers/cus_QkR8m2",
        "at 1793264570123 ms, after 86400000 ms, version 2026-10-28",
        "mail to jane@example.com prepared",
    ];
    let subscriber = log::subscriber(folder.path(), "test").unwrap();
    tracing::subscriber::with_default(subscriber, || {
        for text in harmless {
            tracing::info!("{text}");
        }
    });
    let written = lines(folder.path());
    for text in harmless {
        assert!(written.contains(text), "{text} is not in\n{written}");
    }
}

#[test]
fn stays_below_its_size_and_private() {
    let folder = TempDir::new().unwrap();
    let subscriber = log::subscriber(folder.path(), "test").unwrap();
    let filler = "x".repeat(64 * 1024);
    tracing::subscriber::with_default(subscriber, || {
        for number in 0..160 {
            tracing::info!("{number} {filler}");
        }
    });
    let files: Vec<_> = std::fs::read_dir(log::folder(folder.path()))
        .unwrap()
        .map(|entry| entry.unwrap())
        .collect();
    assert_eq!(files.len(), 6, "one being written and five put aside");
    for file in files {
        let metadata = file.metadata().unwrap();
        assert!(metadata.len() < 1200 * 1024);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
        }
    }
    assert!(
        lines(folder.path()).contains(": 159 x"),
        "the newest line is in the current file"
    );
}

#[test]
fn says_where_the_log_cannot_be_written() {
    let folder = TempDir::new().unwrap();
    std::fs::write(log::folder(folder.path()), "a file in the folder's place").unwrap();
    let refused = log::subscriber(folder.path(), "test")
        .map(drop)
        .unwrap_err();
    assert!(
        refused.to_string().contains("test.log could not be opened"),
        "{refused}"
    );
}

#[tokio::test]
async fn diagnostics_help_without_telling_of_clients_or_keys() {
    let folder = TempDir::new().unwrap();
    let workspace = folder.path().join("workspaces/ws_1");
    std::fs::create_dir_all(&workspace).unwrap();
    std::fs::write(
        workspace.join("workspace.toml"),
        "id = \"ws_1\"\nname = \"Canary & Sons\"\naccount = \"acct_1\"\nlivemode = true\n",
    )
    .unwrap();
    std::fs::create_dir_all(folder.path().join("workspaces/ws_2")).unwrap();
    let logs = log::folder(folder.path());
    std::fs::create_dir_all(&logs).unwrap();
    // Written by a version that did not know this secret yet.
    let old: String = (0..150)
        .map(|number| format!("old line {number}\n"))
        .collect();
    let new: String = (0..100)
        .map(|number| format!("new line {number} sk_live_canary{number}\n"))
        .collect();
    std::fs::write(logs.join("portico.log.1"), old).unwrap();
    std::fs::write(logs.join("portico.log"), new).unwrap();

    let text = log::diagnostics(folder.path()).await.unwrap();
    assert!(
        text.starts_with(&format!("Portico {}", env!("CARGO_PKG_VERSION"))),
        "{text}"
    );
    assert!(text.contains("SQLite: 3."), "{text}");
    assert!(text.contains("ws_1 (live)") && text.contains("ws_2 (workspace.toml is missing"));
    assert!(!text.to_lowercase().contains("canary"), "{text}");
    assert!(
        text.contains("old line 50\n") && !text.contains("old line 49\n"),
        "200 lines"
    );
    assert!(text.contains("new line 99 sk_…"), "{text}");
}
