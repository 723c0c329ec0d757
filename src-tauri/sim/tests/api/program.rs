//! The simulator as a program.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::client::{Client, NOW, options};

const PROGRAM: &str = env!("CARGO_BIN_EXE_stripe-sim");

#[tokio::test]
async fn it_prints_where_it_serves_and_what_the_library_would() {
    let mut child = Command::new(PROGRAM)
        .args([
            "--port",
            "0",
            "--seed",
            "1",
            "--customers",
            "120",
            "--now",
            NOW,
        ])
        .args(["--latency-ms", "0..1", "--limits", "off"])
        .args(["--key-permissions", "rak_customer_read"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut line = String::new();
    let mut output = BufReader::new(child.stdout.take().expect("its output"));
    output.read_line(&mut line).expect("a line");
    let told: Value = serde_json::from_str(&line).expect("JSON");
    let text = |name: &str| told[name].as_str().expect("text").to_owned();
    let library = Client::start(options()).await;
    let ask = |path: &str, key: String| {
        let url = format!("{}{path}", text("url"));
        library.send(library.http.get(url).bearer_auth(key))
    };
    let served = ask("/v1/customers?limit=50", text("secret_key"))
        .await
        .expect("an answer");
    assert_eq!(
        served.text,
        library.get("/v1/customers?limit=50").await.text
    );
    let refused = ask("/v1/invoices", text("restricted_key"))
        .await
        .expect("an answer");
    assert!(refused.status == 403 && refused.text.contains(&text("account_id")));
    assert!(text("webhook_secret").starts_with("whsec_"));
    let door = library.http.get(format!("{}/clock", text("control_url")));
    assert!(
        library
            .send(door)
            .await
            .expect("an answer")
            .text
            .contains("2026-11-21T00:00")
    );
    child.kill().expect("it stops");
    child.wait().expect("it stopped");
}

#[test]
fn it_says_what_is_wrong_with_its_arguments() {
    for (flag, value, reason) in [
        ("--latency-ms", "9", "is not a range like 20..80"),
        ("--key-permissions", "customers", "they start with rak_"),
        ("--now", "yesterday", "--now"),
    ] {
        let output = Command::new(PROGRAM)
            .args([flag, value])
            .output()
            .expect("it ran");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains(reason), "{said}");
    }
}
