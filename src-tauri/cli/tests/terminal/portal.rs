//! Portal settings as documents: shown, checked, applied, and applied again.

use crate::harness::Terminal;
use serde_json::Value;
use std::path::PathBuf;

fn write(terminal: &Terminal, name: &str, text: &str) -> PathBuf {
    let path = terminal.home.path().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// How many configurations were made or changed in Stripe.
fn sent(terminal: &Terminal) -> usize {
    let requests = terminal.sim.control().requests();
    requests.iter().filter(|one| one.method == "POST").count()
}

const STANDARD: &str = r#"
name = "Standard"
headline = "Your plan"
invoice_history = true

[customer_update]
enabled = true
allowed = ["email", "address"]

[cancel]
enabled = true
ask_reason = true
reasons = ["too_expensive", "other"]

[[pause.durations]]
interval = "month"
count = 2

[metadata]
team = "north"
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_applied_shown_and_applied_again() {
    let terminal = Terminal::filled().await;
    let list = terminal.text(&["portal", "configs", "list"]).await;
    assert!(list.contains("no portal settings yet"), "{list}");
    let file = write(&terminal, "standard.toml", STANDARD);
    let file = file.to_str().unwrap();
    let configs = |rest: &[&'static str]| [&["portal", "configs"], rest].concat();

    // A dry run says everything and sends nothing.
    terminal.sim.control().reset_requests();
    let plan = terminal
        .text(&[&configs(&["apply", "--dry-run"])[..], &[file]].concat())
        .await;
    assert!(
        plan.starts_with("New portal settings would be made:"),
        "{plan}"
    );
    assert!(plan.contains("Headline: none → “Your plan”"), "{plan}");
    assert!(plan.contains("Note, default_return_url: "), "{plan}");
    assert_eq!(terminal.sim.control().requests().len(), 0);

    let made = terminal
        .json(&[&configs(&["apply"])[..], &[file]].concat())
        .await;
    let id = made["id"].as_str().unwrap();
    assert!(id.starts_with("bpc_") && made["reused"] == false, "{made}");
    assert_eq!(made["differences"], serde_json::json!([]));
    let list = terminal.json(&["portal", "configs", "list"]).await;
    assert_eq!(
        (&list[0]["id"], &list[0]["label"]),
        (&made["id"], &"Standard".into())
    );

    // What is shown is a document, in both languages, and says what is there.
    for (name, json) in [("shown.toml", false), ("shown.json", true)] {
        let mut arguments = vec!["portal", "configs", "show", id];
        arguments.extend(json.then_some("--json"));
        let shown = terminal.text(&arguments).await;
        let shown = write(&terminal, name, &shown);
        terminal.sim.control().reset_requests();
        let again = terminal
            .text(&["portal", "configs", "apply", shown.to_str().unwrap()])
            .await;
        assert!(again.contains("nothing was sent"), "{again}");
        assert_eq!(sent(&terminal), 0);
    }

    // By its name the same settings are meant, and another file changes them.
    let changed = STANDARD
        .replace("Your plan", "Your invoices")
        .replace("team", "desk");
    let changed = write(&terminal, "changed.toml", &changed);
    let changed = changed.to_str().unwrap();
    let plan = terminal
        .json(&["portal", "configs", "apply", "--dry-run", changed])
        .await;
    assert_eq!(plan["id"], made["id"]);
    assert_eq!(
        plan["changes"],
        serde_json::json!([
            "Headline: “Your plan” → “Your invoices”",
            "Metadata: team = north → desk = north"
        ])
    );
    let said = terminal
        .text(&["portal", "configs", "apply", changed])
        .await;
    assert_eq!(said.trim_end(), format!("Changed {id}."));
    let shown: Value = terminal.json(&["portal", "configs", "show", id]).await;
    assert_eq!(shown["headline"], "Your invoices");
    assert_eq!(shown["metadata"], serde_json::json!({"desk": "north"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_is_wrong_says_where_and_sends_nothing() {
    let terminal = Terminal::filled().await;
    terminal.sim.control().reset_requests();
    let refused = async |name: &str, text: &str| {
        let file = write(&terminal, name, text);
        terminal
            .refused(&["portal", "configs", "apply", file.to_str().unwrap()])
            .await
    };
    let misspelt = "name = \"A\"\nheadlin = \"B\"\n[cancel]\nenabled = true\nresons = []\n";
    let said = refused("misspelt.toml", misspelt).await;
    assert!(
        said.contains("there is no cancel.resons, no headlin"),
        "{said}"
    );
    let said = refused("broken.toml", "name = \n").await;
    assert!(said.contains("broken.toml is no document"), "{said}");
    let json = r#"{"pause": {"durations": [{"interval": "day", "count": 1, "colour": 1}]}}"#;
    let said = refused("deep.json", json).await;
    assert!(said.contains("pause.durations.0.colour"), "{said}");
    let said = refused("typed.json", r#"{"login_page": "yes"}"#).await;
    assert!(said.contains("typed.json is no document"), "{said}");
    let said = refused("settings.yaml", "name: A").await;
    assert!(said.contains(".toml or .json"), "{said}");
    let long = format!(
        "headline = \"{}\"\ninvoice_history = true\n",
        "h".repeat(61)
    );
    let said = refused("long.toml", &long).await;
    assert!(said.contains("60 characters"), "{said}");

    let file = write(&terminal, "long.toml", &long);
    let linted = terminal
        .run(&["portal", "configs", "lint", file.to_str().unwrap()])
        .await;
    assert_eq!(linted.status.code(), Some(1));
    let findings = String::from_utf8(linted.stdout).unwrap();
    assert!(findings.starts_with("Refused, headline: "), "{findings}");
    let file = write(&terminal, "fine.toml", STANDARD);
    let file = file.to_str().unwrap();
    let findings = terminal.json(&["portal", "configs", "lint", file]).await;
    let notes = findings.as_array().unwrap();
    assert!(
        notes.iter().all(|one| one["severity"] == "note"),
        "{findings}"
    );
    let said = terminal
        .refused(&["portal", "configs", "apply", file, "--id", "bpc_foreign"])
        .await;
    assert!(said.contains("bpc_foreign"), "{said}");
    let said = terminal
        .refused(&["portal", "configs", "show", "bpc_foreign"])
        .await;
    assert!(said.contains("configs list"), "{said}");
    assert_eq!(sent(&terminal), 0);
}
