//! Reading from Stripe, and the clients that come of it.

use crate::harness::Terminal;

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_read_and_listed() {
    let terminal = Terminal::new().await;
    terminal.add("Agency").await;
    let before = terminal.run(&["clients", "list", "--json"]).await;
    assert_eq!(String::from_utf8_lossy(&before.stdout).trim(), "[]");
    assert!(String::from_utf8_lossy(&before.stderr).contains("portico-cli sync"));

    let output = terminal.run(&["sync", "--json"]).await;
    assert!(output.status.success(), "{output:?}");
    let status = crate::harness::parsed(&String::from_utf8(output.stdout).unwrap());
    assert_eq!(status["phase"], "complete");
    let progress = String::from_utf8(output.stderr).unwrap();
    assert!(progress.contains("Customers: "), "{progress}");

    let clients = terminal.json(&["clients", "list", "--limit", "1000"]).await;
    let clients = clients.as_array().unwrap();
    let customers = status["resources"]
        .as_array()
        .unwrap()
        .iter()
        .find(|resource| resource["name"] == "customers")
        .unwrap();
    assert_eq!(clients.len() as u64, customers["rows"].as_u64().unwrap());
    for client in clients {
        assert!(
            client["id"].as_str().unwrap().starts_with("cl_"),
            "{client}"
        );
        assert!(
            client["name"].is_string() && client["state"].is_string(),
            "{client}"
        );
        assert_eq!(client["customers"].as_array().unwrap().len(), 1, "{client}");
        assert_eq!(
            client["email"],
            client["emails"].get(0).cloned().unwrap_or_default()
        );
    }

    let few = terminal.json(&["clients", "list", "--limit", "3"]).await;
    assert_eq!(few.as_array().unwrap().as_slice(), &clients[..3]);
    let text = terminal.text(&["clients", "list", "--limit", "3"]).await;
    assert!(text.contains(&format!("3 of {}", clients.len())), "{text}");
    assert!(text.contains(clients[0]["id"].as_str().unwrap()), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_is_found_and_shown() {
    let terminal = Terminal::filled().await;
    let clients = terminal.json(&["clients", "list", "--limit", "1000"]).await;
    let client = clients
        .as_array()
        .unwrap()
        .iter()
        .find(|client| client["email"].is_string() && client["state"] == "active")
        .unwrap();
    let (id, name) = (
        client["id"].as_str().unwrap(),
        client["name"].as_str().unwrap(),
    );

    let found = terminal.json(&["clients", "list", "--search", name]).await;
    assert!(
        found.as_array().unwrap().iter().any(|row| row["id"] == id),
        "{found}"
    );
    let nothing = terminal
        .json(&["clients", "list", "--search", "zzzz qqqq"])
        .await;
    assert_eq!(nothing, serde_json::json!([]));

    let shown = terminal.json(&["client", "show", id]).await;
    for field in ["id", "name", "email", "customers", "state"] {
        assert_eq!(shown[field], client[field], "{field}");
    }
    let subscriptions = shown["subscriptions"].as_array().unwrap();
    assert!(
        !subscriptions.is_empty(),
        "an active client has a subscription"
    );
    let by_customer = client["customers"][0].as_str().unwrap();
    assert_eq!(terminal.json(&["client", "show", by_customer]).await, shown);

    let text = terminal.text(&["client", "show", id]).await;
    assert!(text.starts_with(name), "{text}");
    assert!(
        text.contains(subscriptions[0]["id"].as_str().unwrap()),
        "{text}"
    );
    assert!(text.contains("Invoices\n"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_client_is_said_to_be_unknown() {
    let terminal = Terminal::filled().await;
    for id in ["cl_nobody", "cus_nobody", "nonsense", ""] {
        let said = terminal.refused(&["client", "show", id]).await;
        assert!(said.contains("client"), "{said}");
    }
}

/// A name is shown, never obeyed.
#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_name_does_not_reach_the_terminal() {
    let terminal = Terminal::filled().await;
    let clients = terminal.json(&["clients", "list", "--limit", "1"]).await;
    let customer = clients[0]["customers"][0].as_str().unwrap();
    let name = format!("\u{1b}[2J\u{202e}evil\r\nrow {}", "x".repeat(100_000));
    terminal
        .sim
        .control()
        .update(customer, &serde_json::json!({ "name": name }))
        .unwrap();
    terminal.text(&["sync"]).await;
    let text = terminal
        .text(&["clients", "list", "--search", customer])
        .await;
    assert!(text.contains("evil"), "{text}");
    assert!(!text.contains(['\u{1b}', '\u{202e}', '\r']), "{text:?}");
    assert_eq!(text.lines().count(), 2, "{text}");
    let widest = text.lines().map(|line| line.chars().count()).max();
    assert!(widest < Some(250), "{text}");
}
