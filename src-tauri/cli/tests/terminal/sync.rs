//! Following Stripe in a terminal: how fresh the copy is, comparing, and watching.

use crate::harness::{Terminal, succeeded};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};

async fn some_customer(terminal: &Terminal) -> String {
    let clients = terminal.json(&["clients", "list", "--limit", "50"]).await;
    let rows = clients.as_array().unwrap();
    let id = rows
        .iter()
        .filter_map(|row| row["id"].as_str()?.strip_prefix("cl_"))
        .find(|id| {
            terminal
                .sim
                .control()
                .object(&format!("cus_{id}"))
                .is_some()
        });
    format!("cus_{}", id.unwrap())
}

#[tokio::test]
async fn status_says_how_fresh_the_copy_is_without_asking_stripe() {
    let terminal = Terminal::filled().await;
    terminal.sim.control().reset_requests();
    let status = terminal.json(&["sync", "status"]).await;
    assert_eq!(status["freshness"]["level"], "behind");
    assert_eq!(status["parked"], json!([]));
    assert_eq!(terminal.sim.control().requests().len(), 0);
    let text = terminal.text(&["sync", "status"]).await;
    assert!(text.contains("Customers"), "{text}");
}

#[tokio::test]
async fn reconcile_states_its_cost_and_reports() {
    let terminal = Terminal::filled().await;
    let output = terminal.run(&["sync", "reconcile"]).await;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("takes about"), "{said}");
    let report = succeeded(output);
    assert!(
        report.starts_with("Everything that was listed is as Stripe has it."),
        "{report}"
    );
    let report = terminal.json(&["sync", "reconcile"]).await;
    assert_eq!(report["kind"], "full");
    assert_eq!(report["changed"], 0);
}

#[tokio::test]
async fn watch_tells_of_a_change_and_another_watch_is_refused() {
    let terminal = Terminal::filled().await;
    let customer = some_customer(&terminal).await;
    let mut child = terminal
        .command(&["sync", "--watch", "--json"])
        .spawn()
        .unwrap();
    let mut notes = BufReader::new(child.stderr.take().unwrap()).lines();
    while let Some(line) = notes.next_line().await.unwrap() {
        if line.starts_with("Following") {
            break;
        }
    }
    let refused = terminal.refused(&["sync", "--watch"]).await;
    assert!(refused.starts_with("Another Portico"), "{refused}");
    let changes = json!({"name": "Watched"});
    terminal.sim.control().update(&customer, &changes).unwrap();
    // As another process asks the one that follows.
    let workspace = terminal.json(&["workspace", "list"]).await;
    let folder = workspace[0]["folder"].as_str().unwrap();
    std::fs::write(format!("{folder}/poll.request"), "").unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines.next_line().await.unwrap().unwrap();
    let batch: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(batch["changed"], 1, "{batch}");
    child.kill().await.unwrap();
}
