//! The portal: opened in the browser, and as a link to keep.

use crate::harness::Terminal;
use serde_json::Value;

/// Clients whose email is theirs alone, and who have a customer to open a portal for.
async fn client_with_an_email(terminal: &Terminal) -> Value {
    let clients = terminal.json(&["clients", "list", "--limit", "1000"]).await;
    let clients = clients.as_array().unwrap();
    let alone = |client: &&Value| {
        let same = clients
            .iter()
            .filter(|other| other["email"] == client["email"]);
        client["email"].is_string() && client["state"] == "active" && same.count() == 1
    };
    clients.iter().find(alone).unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_portal_opens_in_the_browser_and_is_logged() {
    let terminal = Terminal::filled().await;
    let client = client_with_an_email(&terminal).await;
    let id = client["id"].as_str().unwrap();

    let output = terminal.run(&["portal", "open", id, "--json"]).await;
    assert!(output.status.success(), "{output:?}");
    let stdout = String::from_utf8(output.stdout).unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.contains("portal settings") && told.contains("public"),
        "{told}"
    );
    let opened = terminal.opened(1).await;
    assert!(opened[0].contains("/p/session/"), "{opened:?}");
    assert!(
        !stdout.contains("/p/session/"),
        "a session's address is for the browser alone"
    );

    // The settings are there now, so nothing is told again.
    let again = terminal.run(&["portal", "open", id]).await;
    assert!(
        again.status.success() && again.stderr.is_empty(),
        "{again:?}"
    );
    assert_eq!(terminal.opened(2).await.len(), 2);

    let links = terminal.json(&["links", "list"]).await;
    let links = links.as_array().unwrap();
    assert_eq!(links.len(), 2);
    for link in links {
        assert!(link["id"].as_str().unwrap().starts_with("ln_"), "{link}");
        assert_eq!(link["client"], id);
        assert_eq!(link["result"]["code"], "opened");
    }
    let text = terminal.text(&["links", "list", "--client", id]).await;
    assert_eq!(text.lines().count(), 3, "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_to_keep_is_the_login_page_with_the_email() {
    let terminal = Terminal::filled().await;
    let client = client_with_an_email(&terminal).await;
    let id = client["id"].as_str().unwrap();
    let url = terminal.text(&["portal", "link", id]).await;
    assert_eq!(url.lines().count(), 1, "{url}");
    assert!(
        url.contains("/p/login/") && url.contains("prefilled_email="),
        "{url}"
    );
    let link = terminal.json(&["portal", "link", id]).await;
    assert_eq!(link["url"], url.trim_end());
    assert_eq!(link["email"], client["email"]);
    assert!(link["id"].as_str().unwrap().starts_with("ln_"));
    let links = terminal.json(&["links", "list"]).await;
    let all = links.as_array().unwrap();
    assert!(
        all.iter().all(|link| link["result"]["code"] == "prepared"),
        "printed, not opened"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_cannot_be_made_says_why_and_is_logged() {
    let terminal = Terminal::filled().await;
    let clients = terminal.json(&["clients", "list", "--limit", "1000"]).await;
    let nameless = clients
        .as_array()
        .unwrap()
        .iter()
        .find(|client| client["email"].is_null() && client["state"] != "deleted")
        .unwrap();
    let id = nameless["id"].as_str().unwrap();
    // The first attempt also tells of the portal settings that it makes.
    let output = terminal.run(&["portal", "link", id]).await;
    assert_eq!(output.status.code(), Some(1));
    let said = terminal.refused(&["portal", "link", id]).await;
    assert!(said.contains("no email"), "{said}");
    let links = terminal.json(&["links", "list", "--client", id]).await;
    assert_eq!(links[0]["result"]["code"], "failed", "{links}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_recommended_with_its_reason_and_lookalikes_are_listed() {
    let terminal = Terminal::filled().await;
    let client = client_with_an_email(&terminal).await;
    let id = client["id"].as_str().unwrap();
    let made = terminal.json(&["links", "recommend", id]).await;
    assert!(
        made["rule"].is_string() && made["link"].is_object(),
        "{made}"
    );
    let text = terminal.text(&["links", "recommend", id]).await;
    for said in [
        &made["link"]["title"],
        &made["reason"],
        &made["link"]["lifetime"]["words"],
    ] {
        assert!(text.contains(said.as_str().unwrap()), "{said}: {text}");
    }
    let others = made["alternatives"].as_array().unwrap();
    assert!(!others.is_empty());
    for other in others {
        assert!(text.contains(other["title"].as_str().unwrap()), "{text}");
    }
    let said = terminal.refused(&["links", "recommend", "cl_nobody"]).await;
    assert!(said.contains("not in this workspace"), "{said}");

    let found = terminal.json(&["clients", "duplicates"]).await;
    let text = terminal.text(&["clients", "duplicates"]).await;
    for group in found["groups"].as_array().unwrap() {
        assert!(text.contains(group["why"].as_str().unwrap()), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn any_link_is_checked_first_and_then_printed_or_opened() {
    let terminal = Terminal::filled().await;
    let client = client_with_an_email(&terminal).await;
    let id = client["id"].as_str().unwrap();
    let issue = ["links", "issue", id, "--kind", "update-payment-method"];

    let dry = terminal.json(&[&issue[..], &["--dry-run"]].concat()).await;
    assert_eq!(dry["may_leave"], true, "{dry}");
    assert_eq!(
        terminal.json(&["links", "list"]).await,
        Value::Array(Vec::new())
    );

    let url = terminal.text(&issue).await;
    assert!(
        url.lines().count() == 1 && url.contains("/p/session/"),
        "{url}"
    );
    let opened = terminal
        .text(&[&issue[..], &["--send", "open"]].concat())
        .await;
    assert!(opened.starts_with("Opened"), "{opened}");
    assert_eq!(terminal.opened(1).await.len(), 1);

    let foreign = [&issue[..], &["--configuration", "bpc_foreign"]].concat();
    let refused = terminal.run(&foreign).await;
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(
        !refused.status.success() && told.contains("bpc_foreign"),
        "{told}"
    );

    let links = terminal.json(&["links", "list", "--client", id]).await;
    let states: Vec<&str> = links
        .as_array()
        .unwrap()
        .iter()
        .map(|link| link["state"]["code"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["failed", "fresh", "fresh"]);
    assert_eq!(
        terminal.json(&["links", "list", "--stale"]).await,
        Value::Array(Vec::new())
    );
    let stale = terminal.json(&["links", "list", "--stale", "0"]).await;
    assert_eq!(stale[0]["purpose"], "update_payment_method");
}
