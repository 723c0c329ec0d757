//! What can go wrong, each with its own sentence and nothing lost.

use crate::harness::Terminal;
use std::process::Stdio;
use stripe_sim::Fault;
use tokio::io::{AsyncBufReadExt, BufReader};

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_stripe_refuses_leaves_the_clients_readable() {
    let terminal = Terminal::filled().await;
    let before = terminal.json(&["clients", "list"]).await;
    terminal.sim.control().roll_keys();
    let said = terminal.refused(&["sync"]).await;
    assert!(said.contains("refused the key"), "{said}");
    assert_eq!(terminal.json(&["clients", "list"]).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn offline_says_so_and_keeps_what_was_read() {
    let mut terminal = Terminal::filled().await;
    let before = terminal.json(&["clients", "list"]).await;
    let id = before[0]["id"].as_str().unwrap().to_owned();
    terminal.text(&["portal", "open", &id]).await;
    // The one Stripe is gone; the one in its place is never asked.
    let gone = std::mem::replace(
        &mut terminal.sim,
        stripe_sim::Sim::start(stripe_sim::Options {
            customers: 1,
            ..Default::default()
        })
        .await
        .unwrap(),
    );
    gone.shutdown().await;
    let said = terminal.refused(&["portal", "open", &id]).await;
    assert!(said.contains("could not be reached"), "{said}");
    assert_eq!(terminal.json(&["clients", "list"]).await, before);
    let links = terminal.json(&["links", "list", "--limit", "1"]).await;
    assert_eq!(links[0]["result"]["code"], "failed", "{links}");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_and_missing_passphrases_are_told_apart() {
    let mut terminal = Terminal::filled().await;
    terminal.set("PORTICO_PASSPHRASE", "wrong");
    let wrong = terminal.refused(&["sync"]).await;
    assert!(wrong.contains("passphrase does not open"), "{wrong}");
    let terminal = terminal.without_passphrase();
    let missing = terminal.refused(&["sync"]).await;
    assert!(missing.contains("PORTICO_PASSPHRASE"), "{missing}");
    // What needs no key needs no passphrase.
    terminal.text(&["clients", "list"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_fails_is_told_and_the_next_run_completes() {
    let terminal = Terminal::new().await;
    terminal.add("Agency").await;
    terminal
        .sim
        .control()
        .fail_next_on("/v1/invoices", 10_000, Fault::Status(503));
    let output = terminal.run(&["sync", "--json"]).await;
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    terminal.sim.control().clear_faults();
    let status = terminal.json(&["sync"]).await;
    assert_eq!(status["phase"], "complete", "{status}");
}

/// The window and the terminal, or two terminals, on one workspace at once.
#[tokio::test(flavor = "multi_thread")]
async fn two_processes_work_on_one_workspace() {
    let terminal = Terminal::new().await;
    terminal.add("Agency").await;
    // The first reading is held up so that the second process meets it.
    terminal
        .sim
        .control()
        .fail_next_on("/v1/invoices", 1, Fault::Hang);
    let mut first = terminal
        .command(&["sync", "--json"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut progress = BufReader::new(first.stderr.take().unwrap()).lines();
    progress
        .next_line()
        .await
        .unwrap()
        .expect("something was read");
    let meanwhile = terminal.json(&["clients", "list"]).await;
    assert!(meanwhile.is_array());
    terminal.json(&["audit", "verify"]).await;
    drop(progress);
    first.kill().await.unwrap();
    // Killed in the middle: the next run reads what is missing, and nothing twice or not at all.
    let status = terminal.json(&["sync"]).await;
    assert_eq!(status["phase"], "complete");
    let clients = terminal.json(&["clients", "list", "--limit", "1000"]).await;
    assert_eq!(clients.as_array().unwrap().len(), 60);
}
