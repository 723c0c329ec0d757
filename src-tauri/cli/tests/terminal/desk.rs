//! The journal, its backups, who acts, and the doctor.

use crate::harness::Terminal;
use sqlx::Connection;

#[tokio::test(flavor = "multi_thread")]
async fn the_journal_verifies_and_says_when_it_was_changed() {
    let terminal = Terminal::new().await;
    let workspace = terminal.add("Agency").await;
    let verified = terminal.json(&["audit", "verify"]).await;
    assert!(verified["entries"].as_u64().unwrap() >= 2, "{verified}");
    assert!(verified["problem"].is_null());
    assert!(
        terminal
            .text(&["audit", "verify"])
            .await
            .contains("as they were written")
    );

    // What a forger with the file would do, triggers and all.
    let journal = terminal
        .data()
        .join("workspaces")
        .join(workspace["id"].as_str().unwrap())
        .join("journal.db");
    // The forger waits until everything is in the one file.
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&journal);
    let mut connection = sqlx::SqliteConnection::connect_with(&options)
        .await
        .unwrap();
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    let content = std::fs::read(&journal).unwrap();
    let (from, to) = (b"\"livemode\":false", b"\"livemode\":true ");
    let at = content
        .windows(from.len())
        .position(|window| window == from)
        .unwrap();
    let mut forged = content.clone();
    forged[at..at + to.len()].copy_from_slice(to);
    std::fs::write(&journal, forged).unwrap();
    let said = terminal.refused(&["audit", "verify"]).await;
    assert!(said.contains("not as it was written"), "{said}");
    let doctor = terminal.run(&["doctor"]).await;
    assert_eq!(doctor.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&doctor.stdout).contains("BAD"),
        "{doctor:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_made_listed_and_restored() {
    let terminal = Terminal::new().await;
    terminal.add("Agency").await;
    let made = terminal.json(&["backup"]).await;
    let id = made["id"].as_str().unwrap();
    let listed = terminal.json(&["backup", "--list"]).await;
    assert_eq!(listed[0]["id"], id);
    assert!(terminal.text(&["backup", "--list"]).await.contains(id));

    let restored = terminal.json(&["restore", id]).await;
    assert_eq!(restored["id"], id);
    let verified = terminal.json(&["audit", "verify"]).await;
    assert!(verified["problem"].is_null());
    assert!(
        verified["entries"].as_u64() > made["entries"].as_u64(),
        "the restore is an entry too"
    );
    let unknown = terminal
        .refused(&["restore", "journal-20000101-000000.db"])
        .await;
    assert!(unknown.contains("no backup"), "{unknown}");
}

/// What the error sends people to works: nothing else can when the journal does not open.
#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_and_a_missing_journal_are_restored_by_the_command_that_the_error_names() {
    let terminal = Terminal::new().await;
    let workspace = terminal.add("Agency").await;
    let made = terminal.json(&["backup"]).await;
    let name = made["id"].as_str().unwrap();
    let folder = terminal
        .data()
        .join("workspaces")
        .join(workspace["id"].as_str().unwrap());
    let journal = folder.join("journal.db");
    let damage = |damaged: bool| {
        for companion in ["journal.db-wal", "journal.db-shm"] {
            let _ = std::fs::remove_file(folder.join(companion));
        }
        match damaged {
            true => std::fs::write(&journal, [0x5a; 20_000]).unwrap(),
            false => std::fs::remove_file(&journal).unwrap(),
        }
    };
    for (damaged, kept) in [(true, "journal.db.damaged-"), (false, "no journal")] {
        damage(damaged);
        let said = terminal.refused(&["clients", "list"]).await;
        let newest = terminal.json(&["backup", "--list"]).await;
        let newest = newest[0]["id"].as_str().unwrap();
        assert!(
            said.contains(&format!("`portico-cli restore {newest}`")),
            "{said}"
        );
        let unknown = terminal.refused(&["restore", "journal.db"]).await;
        assert!(unknown.contains(newest), "{unknown}");
        let restored = terminal.json(&["restore", name]).await;
        let replaced = restored["replaced"].as_str().unwrap();
        assert!(replaced.contains(kept), "{replaced}");
        let verified = terminal.json(&["audit", "verify"]).await;
        assert!(verified["problem"].is_null(), "{verified}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_acts_is_chosen_once() {
    let terminal = Terminal::new().await;
    let nobody = terminal.refused(&["staff"]).await;
    assert!(nobody.contains("portico-cli staff NAME"), "{nobody}");
    terminal
        .text(&["staff", "Ada Byron", "--email", "ada@example.com"])
        .await;
    assert_eq!(
        terminal.text(&["staff"]).await.trim(),
        "Ada Byron <ada@example.com>"
    );
    let chosen = terminal.json(&["staff"]).await;
    assert_eq!(chosen["name"], "Ada Byron");
    let added = terminal
        .run_with(
            &terminal.add_arguments("Agency", false),
            terminal.sim.secret_key(),
        )
        .await;
    assert!(
        added.stderr.is_empty(),
        "nobody has to be introduced: {added:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_finds_everything_in_order_or_says_what_is_not() {
    let terminal = Terminal::filled().await;
    let checks = terminal.json(&["doctor"]).await;
    let level = |id: &str| {
        let checks = checks.as_array().unwrap();
        let check = checks
            .iter()
            .find(|check| check["id"].as_str().unwrap().ends_with(id));
        check.unwrap()["level"].as_str().unwrap().to_owned()
    };
    for id in [
        "data_folder",
        "permissions",
        "sqlite",
        "/journal",
        "/files",
        "/key",
    ] {
        assert_eq!(level(id), "good", "{id}: {checks}");
    }
    assert_eq!(level("keychain"), "limited");

    let file = terminal
        .files()
        .into_iter()
        .find(|path| path.ends_with("portico.db"))
        .unwrap();
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let output = terminal.run(&["doctor"]).await;
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("chmod -R go=") && text.contains("portico.db"),
        "{text}"
    );

    terminal.sim.control().roll_keys();
    let output = terminal.run(&["doctor"]).await;
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("refused the key"), "{text}");
}
