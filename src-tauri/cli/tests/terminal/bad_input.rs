//! What Stripe, the network and the disk can hand over, each with its own sentence and nothing lost.

use crate::harness::Terminal;
use serde_json::{Value, json};
use sqlx::Connection;
use std::path::PathBuf;
use stripe_sim::{Fault, LimitReason, Permissions};

const SESSIONS: &str = "/v1/billing_portal/sessions";

async fn first_client(terminal: &Terminal) -> String {
    let clients = terminal.json(&["clients", "list", "--limit", "1"]).await;
    clients[0]["id"].as_str().unwrap().to_owned()
}

fn file(terminal: &Terminal, name: &str) -> PathBuf {
    let files = terminal.files();
    let found = files.into_iter().find(|path| path.ends_with(name));
    found.unwrap_or_else(|| panic!("no {name}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn each_bad_answer_to_a_click_has_its_own_sentence_and_is_noted() {
    let terminal = Terminal::filled().await;
    let control = terminal.sim.control();
    let client = first_client(&terminal).await;
    let open = ["portal", "open", client.as_str()];
    // Portico's own settings of the portal are made by the first.
    terminal.text(&open).await;
    let before = terminal.json(&["clients", "list"]).await;
    let mut all = Vec::new();
    for (fault, words) in [
        (Fault::Limited(LimitReason::GlobalRate), "slow down"),
        (Fault::Status(503), "a problem of its own"),
        (Fault::Cut, "cut off in the middle"),
        (Fault::Html, "HTML instead of JSON"),
        (Fault::Drop, "could not be reached"),
    ] {
        control.fail_next_on(SESSIONS, 100, fault);
        let said = terminal.refused(&open).await;
        control.clear_faults();
        assert!(
            said.to_lowercase().contains(&words.to_lowercase()),
            "{fault:?}: {said}"
        );
        let links = terminal.json(&["links", "list", "--limit", "1"]).await;
        assert_eq!(links[0]["result"]["code"], "failed", "{fault:?}: {links}");
        all.push(said.split(" (request ").next().unwrap().to_owned());
    }
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 5, "each is its own: {all:?}");

    assert_eq!(terminal.json(&["clients", "list"]).await, before);
    terminal.text(&open).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_bad_answer_to_a_reading_is_told_and_the_next_one_completes() {
    let terminal = Terminal::filled().await;
    let control = terminal.sim.control();
    let before = terminal.json(&["clients", "list"]).await;
    for (fault, words) in [
        (Fault::Html, "HTML instead of JSON"),
        (Fault::Cut, "cut off in the middle"),
        (Fault::Limited(LimitReason::EndpointRate), "slow down"),
    ] {
        control.fail_next_on("/v1/customers", 10_000, fault);
        let said = terminal.run(&["sync"]).await;
        control.clear_faults();
        assert_eq!(said.status.code(), Some(1), "{fault:?}: {said:?}");
        let said = String::from_utf8(said.stderr).unwrap();
        assert!(said.contains(words), "{fault:?}: {said}");
        let kept = terminal.json(&["clients", "list"]).await;
        assert_eq!(kept, before, "{fault:?}");
    }
    assert_eq!(terminal.json(&["sync"]).await["phase"], "complete");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_permission_that_is_missing_at_the_click_is_named() {
    let terminal = Terminal::new().await;
    let arguments = terminal.add_arguments("Agency", true);
    let added = terminal
        .run_with(&arguments, terminal.sim.restricted_key())
        .await;
    crate::harness::succeeded(added);
    terminal.json(&["sync"]).await;
    let client = first_client(&terminal).await;
    terminal
        .sim
        .control()
        .set_permissions(Permissions::parse("rak_customer_read,rak_invoice_read").unwrap());
    let said = terminal.refused(&["portal", "open", &client]).await;
    assert!(
        said.contains("The key may not do this") && said.contains("Add the permission `rak_"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stripe_invents_and_what_it_no_longer_has_is_said() {
    let terminal = Terminal::filled().await;
    let control = terminal.sim.control();
    let clients = terminal.json(&["clients", "list", "--limit", "1000"]).await;
    let mut odd = None;
    for client in clients.as_array().unwrap() {
        let shown = terminal
            .json(&["client", "show", client["id"].as_str().unwrap()])
            .await;
        if let Some(subscription) = shown["subscriptions"][0]["id"].as_str() {
            odd = Some((shown["id"].clone(), subscription.to_owned(), shown));
            break;
        }
    }
    let (id, subscription, shown) = odd.expect("somebody has a plan");
    let id = id.as_str().unwrap();
    control
        .update(&subscription, &json!({"status": "hibernating"}))
        .unwrap();
    terminal.json(&["sync"]).await;
    let now = terminal.json(&["client", "show", id]).await;
    let state = |shown: &Value| shown["subscriptions"][0]["word"]["label"].clone();
    assert_eq!(state(&now), "New state in Stripe", "{now}");
    assert_ne!(state(&shown), state(&now));

    let customer = now["customers"][0].as_str().unwrap().to_owned();
    // Portico's own settings of the portal are made by the first.
    terminal.text(&["portal", "open", id]).await;
    control.delete(&customer).unwrap();
    let said = terminal.refused(&["portal", "open", id]).await;
    assert!(
        said.contains("No such customer") || said.contains("deleted"),
        "{said}"
    );
    let kept = terminal.json(&["client", "show", id]).await;
    assert_eq!(kept["name"], now["name"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_a_newer_portico_are_left_alone() {
    for name in ["portico.db", "journal.db"] {
        let terminal = Terminal::filled().await;
        let path = file(&terminal, name);
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path);
        let mut database = sqlx::SqliteConnection::connect_with(&options)
            .await
            .unwrap();
        sqlx::query(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (99999999999999, 'later', 1, x'00', 0)",
        )
        .execute(&mut database)
        .await
        .unwrap();
        database.close().await.unwrap();
        let said = terminal.refused(&["clients", "list"]).await;
        assert!(
            said.contains(name) && said.contains("newer version of Portico"),
            "{said}"
        );
        assert!(path.exists(), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_copy_of_stripe_is_told_of_until_it_has_been_read_again() {
    let terminal = Terminal::filled().await;
    let before = terminal.json(&["clients", "list"]).await;
    let path = file(&terminal, "portico.db");
    for companion in ["portico.db-wal", "portico.db-shm"] {
        let _ = std::fs::remove_file(path.with_file_name(companion));
    }
    std::fs::write(&path, vec![0x5a; 50_000]).unwrap();
    // Also the second time, when it is only empty.
    for _ in 0..2 {
        let listed = terminal.run(&["clients", "list"]).await;
        let said = String::from_utf8(listed.stderr).unwrap();
        assert!(
            said.contains("was damaged")
                && said.contains("portico.db.damaged-")
                && said.contains("portico-cli sync"),
            "{said}"
        );
        assert!(!String::from_utf8_lossy(&listed.stdout).contains("matches"));
    }
    let checks = terminal.json(&["doctor"]).await;
    let copy = checks.as_array().unwrap().iter().find(|check| {
        let id = check["id"].as_str().unwrap();
        id.ends_with("/copy")
    });
    let copy = copy.unwrap();
    assert_eq!(copy["level"], "limited", "{copy}");
    assert!(
        copy["message"].as_str().unwrap().contains("damaged"),
        "{copy}"
    );

    terminal.json(&["sync"]).await;
    let listed = terminal.run(&["clients", "list", "--json"]).await;
    assert!(listed.stderr.is_empty(), "{listed:?}");
    let now: Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!(now, before);
}
