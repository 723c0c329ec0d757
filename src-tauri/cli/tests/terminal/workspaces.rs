//! Adding, listing, removing: where the key goes, and where it does not.

use crate::harness::{PASSPHRASE, Terminal, sentence, succeeded};

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_is_added_listed_and_removed() {
    let terminal = Terminal::new().await;
    assert_eq!(
        terminal.json(&["workspace", "list"]).await,
        serde_json::json!([])
    );
    assert!(
        terminal
            .text(&["workspace", "list"])
            .await
            .contains("--key-stdin")
    );

    let added = terminal.add("Agency").await;
    assert_eq!(added["name"], "Agency");
    assert_eq!(added["account"], terminal.sim.account_id());
    assert_eq!(added["livemode"], false);
    assert_eq!(added["key_store"], "file");

    let listed = terminal.json(&["workspace", "list"]).await;
    assert_eq!(listed[0]["id"], added["id"]);
    let text = terminal.text(&["workspace", "list"]).await;
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert_eq!(lines[0].find("NAME"), lines[1].find("Agency"), "{text}");

    let unnamed = terminal.refused(&["workspace", "remove"]).await;
    assert!(unnamed.contains("--workspace"), "{unnamed}");
    let removed = terminal
        .json(&["workspace", "remove", "--workspace", "agency"])
        .await;
    assert_eq!(removed["journal_kept"], true);
    assert_eq!(
        terminal.json(&["workspace", "list"]).await,
        serde_json::json!([])
    );
    let left: Vec<_> = terminal.files();
    assert!(
        left.iter().any(|path| path.ends_with("journal.db")),
        "{left:?}"
    );
    assert!(
        !left
            .iter()
            .any(|path| path.ends_with("secrets.age") || path.ends_with("portico.db"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn removing_with_the_journal_asks_for_the_name() {
    let terminal = Terminal::new().await;
    terminal.add("Agency").await;
    let remove = [
        "workspace",
        "remove",
        "--workspace",
        "Agency",
        "--with-journal",
    ];
    let wrong = terminal.refused(&[&remove[..], &["agency"]].concat()).await;
    assert!(wrong.contains("Agency"), "{wrong}");
    terminal.text(&[&remove[..], &["Agency"]].concat()).await;
    assert!(
        !terminal
            .files()
            .iter()
            .any(|path| path.ends_with("journal.db"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_is_written_nowhere_in_the_clear() {
    let terminal = Terminal::filled().await;
    terminal.text(&["clients", "list"]).await;
    terminal.text(&["doctor"]).await;
    let key = terminal.sim.secret_key();
    for needle in [key, &key["sk_test_".len()..], PASSPHRASE] {
        for path in terminal.files() {
            let content = std::fs::read(&path).unwrap();
            let found = content
                .windows(needle.len())
                .any(|window| window == needle.as_bytes());
            assert!(!found, "{needle} is in {}", path.display());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_keys_are_refused_with_the_reason() {
    let terminal = Terminal::new().await;
    for (key, reason) in [
        ("", "standard input"),
        ("pk_test_51HcanaryAAAAAAAA", "publishable"),
        ("whsec_canaryAAAAAAAA", "webhook"),
        ("nonsense", "key"),
        ("sk_test_51HcanaryWrongWrongWrong", "refused the key"),
    ] {
        let output = terminal
            .run_with(&terminal.add_arguments("Agency", false), key)
            .await;
        let said = sentence(output);
        assert!(
            said.to_lowercase().contains(&reason.to_lowercase()),
            "{key}: {said}"
        );
        assert!(
            key.is_empty() || key == "nonsense" || !said.contains(key),
            "{said}"
        );
    }
    assert_eq!(
        terminal.json(&["workspace", "list"]).await,
        serde_json::json!([])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_keychain_and_passphrase_nothing_is_kept() {
    let terminal = Terminal::new().await.without_passphrase();
    let arguments = terminal.add_arguments("Agency", false);
    let said = sentence(
        terminal
            .run_with(&arguments, terminal.sim.secret_key())
            .await,
    );
    assert!(
        said.contains("no keychain") && said.contains("PORTICO_PASSPHRASE"),
        "{said}"
    );
    assert_eq!(
        terminal.json(&["workspace", "list"]).await,
        serde_json::json!([])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_account_is_added_once_and_several_need_a_choice() {
    let terminal = Terminal::new().await;
    terminal.add("Agency").await;
    let arguments = terminal.add_arguments("Again", false);
    let twice = sentence(
        terminal
            .run_with(&arguments, terminal.sim.secret_key())
            .await,
    );
    assert!(twice.contains("already"), "{twice}");

    // A sandbox is an account of its own.
    let sandbox = stripe_sim::Sim::start(stripe_sim::Options {
        seed: 7,
        customers: 5,
        ..Default::default()
    })
    .await
    .unwrap();
    let arguments = [
        "workspace",
        "add",
        "Sandbox",
        "--key-stdin",
        "--api-base",
        sandbox.url(),
    ];
    succeeded(terminal.run_with(&arguments, sandbox.secret_key()).await);
    let said = terminal.refused(&["clients", "list"]).await;
    assert!(
        said.contains("--workspace") && said.contains("Agency") && said.contains("Sandbox"),
        "{said}"
    );
    terminal
        .json(&["clients", "list", "--workspace", "Sandbox"])
        .await;
    let unknown = terminal
        .refused(&["clients", "list", "--workspace", "Nobody"])
        .await;
    assert!(unknown.contains("Nobody"), "{unknown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_permission_is_named() {
    let terminal = Terminal::new().await;
    terminal
        .sim
        .control()
        .set_permissions(stripe_sim::Permissions::parse("rak_customer_read").unwrap());
    let arguments = terminal.add_arguments("Agency", false);
    let text = succeeded(
        terminal
            .run_with(&arguments, terminal.sim.restricted_key())
            .await,
    );
    assert!(text.contains("restricted key"), "{text}");
    assert!(text.contains("rak_invoice_read"), "{text}");
    assert!(!text.contains("rak_customer_read"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_was_rolled_is_replaced_where_the_refusal_says() {
    let terminal = Terminal::filled().await;
    let (secret, _) = terminal.sim.control().roll_keys();
    let said = terminal.refused(&["sync"]).await;
    assert!(
        said.contains("portico-cli workspace replace-key --key-stdin"),
        "{said}"
    );
    let command = ["workspace", "replace-key", "--key-stdin"];
    let wrong = terminal
        .run_with(&command, "sk_test_51HcanaryWrongWrongWrong")
        .await;
    let wrong = sentence(wrong);
    assert!(
        wrong.contains("Paste it whole") && !wrong.contains("Settings"),
        "{wrong}"
    );
    let text = succeeded(terminal.run_with(&command, &secret).await);
    assert!(text.starts_with("The new key of Agency"), "{text}");
    assert_eq!(terminal.json(&["sync"]).await["phase"], "complete");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_whose_file_cannot_be_read_does_not_vanish() {
    let terminal = Terminal::new().await;
    let added = terminal.add("Agency").await;
    let folder = added["folder"].as_str().unwrap();
    std::fs::write(format!("{folder}/workspace.toml"), "id = ").unwrap();
    for command in [["clients", "list"], ["backup", "--list"]] {
        let said = terminal.refused(&command).await;
        assert!(
            said.contains(folder) && said.contains("workspace.toml is not readable"),
            "{said}"
        );
    }
    let listed = terminal.run(&["workspace", "list"]).await;
    assert!(String::from_utf8_lossy(&listed.stderr).contains(folder));
    let doctor = terminal.run(&["doctor"]).await;
    assert_eq!(doctor.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&doctor.stdout).contains(folder));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_that_comes_back_goes_on_with_the_journal_it_left() {
    let terminal = Terminal::new().await;
    let first = terminal.add("Agency").await;
    let entries = async || {
        let verified = terminal.json(&["audit", "verify"]).await;
        assert!(verified["problem"].is_null(), "{verified}");
        verified["entries"].as_u64().unwrap()
    };
    let before = entries().await;
    let remove = ["workspace", "remove", "--workspace", "Agency"];
    terminal.text(&remove).await;

    let arguments = terminal.add_arguments("Agency", true);
    let back = terminal
        .run_with(&arguments, terminal.sim.secret_key())
        .await;
    let said = String::from_utf8(back.stderr.clone()).unwrap();
    assert!(said.contains(&format!("{before} entries")), "{said}");
    let back = crate::harness::parsed(&succeeded(back));
    assert_eq!(back["id"], first["id"]);
    assert!(entries().await > before);
    terminal.text(&remove).await;

    let fresh = [&arguments[..], &["--new-journal"]].concat();
    let fresh = terminal.run_with(&fresh, terminal.sim.secret_key()).await;
    let fresh = crate::harness::parsed(&succeeded(fresh));
    assert_ne!(fresh["id"], first["id"]);
    assert!(entries().await <= before);
}
