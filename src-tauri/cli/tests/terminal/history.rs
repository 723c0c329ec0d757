//! `history`: what changed, and how things stood on a day.

use crate::harness::{Terminal, sentence};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_is_told_and_the_past_is_shown() {
    let terminal = Terminal::filled().await;
    let clients = terminal.json(&["clients", "list", "--limit", "1000"]).await;
    let client = clients
        .as_array()
        .unwrap()
        .iter()
        .find(|client| client["email"].is_string() && client["state"] == "active")
        .unwrap();
    let (id, customer) = (
        client["id"].as_str().unwrap(),
        client["customers"][0].as_str().unwrap(),
    );
    let control = terminal.sim.control();
    control
        .update(customer, &json!({"email": "new@example.com"}))
        .unwrap();
    terminal.json(&["sync"]).await;

    let words = format!(
        "Email changed from {} to new@example.com",
        client["email"].as_str().unwrap()
    );
    for typed in [id, customer] {
        let told = terminal.text(&["history", typed]).await;
        assert!(told.contains(&words), "{told}");
    }
    let told = terminal.json(&["history", id]).await;
    assert_eq!(told[0]["text"], words.as_str());

    let today = chrono::Local::now().date_naive().succ_opt().unwrap();
    let then = terminal
        .json(&["history", id, "--at", &today.to_string()])
        .await;
    assert_eq!(then["customers"][0]["email"], "new@example.com");
    assert!(
        !then["subscriptions"][0]["items"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    let text = terminal
        .text(&["history", id, "--at", &today.to_string()])
        .await;
    assert!(
        text.contains("new@example.com") && text.contains("Plan"),
        "{text}"
    );
    // Before the account was there.
    let text = terminal.text(&["history", id, "--at", "1999-12-31"]).await;
    assert!(text.contains("Nothing is known"), "{text}");

    let subscription = then["subscriptions"][0]["id"].as_str().unwrap();
    let object = terminal
        .json(&["history", subscription, "--at", &today.to_string()])
        .await;
    assert_eq!(object["json"]["id"], subscription);
    let text = terminal.text(&["history", subscription]).await;
    assert!(text.contains("Nothing changed"), "{text}");
    let refused = terminal
        .run(&["history", "sub_unknown", "--at", "2026-03-03"])
        .await;
    assert!(sentence(refused).contains("sub_unknown"));
}
