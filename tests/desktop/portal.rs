//! From an empty computer to a client's opened portal, and what the client does there.

use chrono::{TimeDelta, Utc};
use serde_json::json;

use crate::agency::{Agency, CLIENT, CLIENT_EMAIL, NAME, STAFF};
use crate::harness::chromium::Chromium;
use crate::harness::eventually;

fn sessions_made(agency: &Agency) -> u64 {
    let counts = agency.sim.control().request_counts();
    let made = counts.get("POST /v1/billing_portal/sessions");
    made.copied().unwrap_or_default()
}

async fn replace_the_card(url: &str) {
    let browser = Chromium::open(url).await;
    browser.see(&format!("Billing of {CLIENT}")).await;
    for (label, text) in [
        ("Card number", "5555555555554444"),
        ("Expiry month", "11"),
        ("Expiry year", "2034"),
        ("Security code", "123"),
    ] {
        browser.type_into(label, text).await;
    }
    browser.click("button", "Save card").await;
    browser.see("Your card was replaced.").await;
    browser.close().await;
}

#[tokio::test]
async fn from_a_first_start_to_a_replaced_card_by_mouse() {
    let agency = Agency::first_start().await;
    let app = &agency.app;
    agency.enter_key(agency.sim.restricted_key()).await;
    app.see("A test key: no real money").await;
    app.see("Customer portal: write").await;
    app.see("Granted").await;
    app.screenshot("checked_key").await;
    agency.save().await;
    app.see(NAME).await;
    agency.sees_the_filling_complete().await;
    // Who acted is inferred from when: a simulated Stripe keeps the hour at which it was started.
    let control = agency.sim.control();
    control.set_clock(Utc::now()).expect("it is later now");

    agency.opens_client(CLIENT).await;
    app.click("button", "Open portal").await;
    agency.says_who_acts().await;
    app.see("The login page is public").await;
    app.screenshot("consent").await;
    app.click_away("button", "Set up and continue").await;
    let url = app.opened_url(1).await;
    assert!(
        url.starts_with(&format!("{}/p/session/", agency.sim.pages_url())),
        "{url}"
    );
    app.see("Portal opened").await;
    assert_eq!(sessions_made(&agency), 1);
    replace_the_card(&url).await;

    // Nobody asks for it: Stripe's events bring the card, and the timeline says whose doing it was.
    app.see_with_the_news("•••• 4444").await;
    app.see("to Mastercard ending 4444").await;
    app.see("Probably the client, in the portal").await;
    app.screenshot("client").await;
    app.click("button", "Refresh this client").await;
    app.see("4444").await;

    // Twice in a row, faster than any answer.
    app.script(
        "const open = lib.getByRole(document.body, 'button', { name: 'Open portal' }); \
         open.click(); open.click()",
        &[],
    )
    .await;
    app.opened_url(2).await;
    assert_eq!(sessions_made(&agency), 2);
    app.click("link", "Links").await;
    app.see(STAFF).await;
    let links = app.invoke(
        "list_links",
        json!({
            "workspace": agency.workspace().await, "query": { "offset": 0, "limit": 10 },
        }),
    );
    assert_eq!(links.await.expect("the links")["total"], 2);
    app.screenshot("links").await;
    agency.close().await;
}

#[tokio::test]
async fn from_a_first_start_to_an_opened_portal_without_a_pointer() {
    let agency = Agency::first_start().await;
    let app = &agency.app;
    app.tab_to("button", "Connect Stripe").await;
    app.press("Enter").await;
    app.find("heading", "Paste a key").await;
    app.tab_to_field("Stripe key").await;
    app.type_text(agency.sim.restricted_key()).await;
    app.press("Enter").await;
    app.see("What it may do").await;
    app.tab_to_field("Name of the workspace").await;
    app.press("Control+a").await;
    app.type_text(NAME).await;
    app.tab_to("button", "Save and read the clients").await;
    app.press("Enter").await;
    app.find("heading", "Clients").await;
    agency.sees_the_filling_complete().await;

    app.press("?").await;
    app.see("Open the client's Stripe portal").await;
    app.screenshot("keys").await;
    app.press("Escape").await;
    app.see_no_more("Open the client's Stripe portal").await;

    app.press("/").await;
    app.type_text("halcyonh").await;
    agency.sees_one_client(CLIENT).await;
    agency.enters_the_one_client(CLIENT).await;

    app.press("Control+k").await;
    let in_the_palette = eventually(async || {
        let label = "return document.activeElement?.getAttribute('aria-label')";
        (app.script(label, &[]).await == "Find").then_some(())
    });
    assert!(in_the_palette.await.is_some(), "the palette has no focus");
    app.type_text("halcyonh").await;
    app.see(&format!("Open portal for {CLIENT}")).await;
    app.screenshot("palette").await;
    // The first entry, the client itself, is chosen already.
    app.press("ArrowDown").await;
    app.press("Enter").await;
    app.tab_to_field("Your name").await;
    app.type_text(STAFF).await;
    app.press("Enter").await;
    app.tab_to("button", "Set up and continue").await;
    app.press("Enter").await;
    let url = app.opened_url(1).await;
    assert!(
        url.starts_with(&format!("{}/p/session/", agency.sim.pages_url())),
        "{url}"
    );
    app.see("Portal opened").await;
    agency.close().await;
}

#[tokio::test]
async fn a_portal_link_is_mailed_and_still_leads_to_the_login_a_day_later() {
    let agency = Agency::filled().await;
    let app = &agency.app;
    agency.opens_client(CLIENT).await;
    app.click("button", "Email portal link").await;
    agency.sets_up_the_portal().await;
    let message = app.opened_url(1).await;
    assert!(
        message.starts_with(&format!("mailto:{CLIENT_EMAIL}?subject=")),
        "{message}"
    );
    assert!(!message.contains('+'), "{message}");
    app.see("Message prepared").await;
    app.click("link", "Links").await;
    app.see("prepared").await;
    app.screenshot("links").await;

    let login = login_address(&message);
    agency
        .sim
        .control()
        .advance_clock(TimeDelta::hours(24))
        .expect("a day goes by");
    let browser = Chromium::open(&login).await;
    browser.see("Log in to manage your billing").await;
    assert_eq!(browser.value_of("E-mail").await, CLIENT_EMAIL);
    browser.close().await;
    agency.close().await;
}

/// The one address in the body of a prepared message.
fn login_address(message: &str) -> String {
    let message = url::Url::parse(message).expect("a mailto address");
    let (_, body) = message
        .query_pairs()
        .find(|(name, _)| name == "body")
        .expect("a body");
    body.split_whitespace()
        .find(|word| word.starts_with("http"))
        .expect("an address in the body")
        .to_owned()
}
