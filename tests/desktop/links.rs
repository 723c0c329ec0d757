//! Links from the client's page: checked, used by the client in a real browser, and told of.

use chrono::{TimeDelta, Utc};
use serde_json::json;

use crate::agency::{Agency, CLIENT, CLIENT_EMAIL, STAFF};
use crate::harness::chromium::Chromium;

/// At a workspace whose portal is set up, on the client's page, with Stripe's clock at this hour.
async fn at_the_client() -> Agency {
    let agency = Agency::filled().await;
    let app = &agency.app;
    let control = agency.sim.control();
    control.set_clock(Utc::now()).expect("it is later now");
    let workspace = json!({ "workspace": agency.workspace().await });
    let staff = json!({ "name": STAFF, "email": null });
    app.invoke("set_staff", staff).await.expect("a name");
    app.invoke("create_portal_configuration", workspace)
        .await
        .expect("a portal");
    agency.opens_client(CLIENT).await;
    app.see("Next link").await;
    agency
}

async fn other_links(agency: &Agency) {
    let open = "lib.getByRole(document.body, 'button', { name: /^Other links/ }).click()";
    agency.app.script(open, &[]).await;
}

/// Chooses from the list that the field with this label opens.
async fn choose(agency: &Agency, label: &str, option: &str) {
    let field = agency.app.field(label).await;
    field.click().await.expect("a field to click");
    agency.app.click("option", option).await;
}

/// The address inside a prepared message.
fn address_in(mail: &str) -> String {
    let text = mail
        .replace("%0D%0A", "\n")
        .replace("%3A", ":")
        .replace("%2F", "/");
    let line = text.lines().find(|line| line.starts_with("http"));
    line.expect("an address in the message").to_owned()
}

#[tokio::test]
async fn a_link_to_replace_the_card_is_checked_used_and_told_of() {
    let agency = at_the_client().await;
    let app = &agency.app;
    other_links(&agency).await;
    app.screenshot("next_link").await;
    app.click("button", "Replace the card: Open here").await;
    app.see("Portal settings: Portico").await;
    app.screenshot("checked").await;
    app.click_away("button", "Open").await;
    let url = app.opened_url(1).await;

    let browser = Chromium::open(&url).await;
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

    // Nobody asks for it: a notice tells what came of the link, and the log keeps it.
    app.see_with_the_news("to Mastercard ending 4444").await;
    app.click("link", "Links").await;
    app.see("Replace the payment method · Opened here").await;
    app.see("Used").await;
    app.screenshot("log").await;
    agency.close().await;
}

#[tokio::test]
async fn a_link_to_cancel_is_mailed_and_used_a_day_later() {
    let agency = at_the_client().await;
    let app = &agency.app;
    other_links(&agency).await;
    let by_mail =
        "lib.getByRole(document.body, 'button', { name: /^Cancel .*: By mail$/ }).click()";
    app.script(by_mail, &[]).await;
    app.see("This workspace is in test mode").await;
    // It may not leave before the warning was seen.
    let button = app.find("button", "Prepare the message").await;
    assert!(!button.is_enabled().await.expect("a button"));
    app.screenshot("warned").await;
    app.click("checkbox", "I have seen the warnings").await;
    app.click_away("button", "Prepare the message").await;
    let mail = app.opened_url(1).await;
    assert!(
        mail.starts_with(&format!("mailto:{CLIENT_EMAIL}?")),
        "{mail}"
    );
    let url = address_in(&mail);

    let control = agency.sim.control();
    control
        .advance_clock(TimeDelta::hours(24))
        .expect("a day later");
    let browser = Chromium::open(&url).await;
    browser.see("has expired").await;
    browser.type_into("E-mail", CLIENT_EMAIL).await;
    browser.click("button", "Send").await;
    let code = control.login_codes()[CLIENT_EMAIL].clone();
    browser.type_into("Code", &code).await;
    browser.click("button", "Log in").await;
    browser.see(&format!("Billing of {CLIENT}")).await;
    browser.click("button", "Cancel plan").await;
    browser.see("Ends on").await;
    browser.close().await;
    app.see_with_the_news("Cancellation scheduled for").await;
    agency.close().await;
}

#[tokio::test]
async fn an_expired_session_says_so_and_whom_to_ask() {
    let agency = at_the_client().await;
    let app = &agency.app;
    // The key for the next link: the portal itself, which is opened at once and never mailed.
    app.press("l").await;
    let url = app.opened_url(1).await;
    let control = agency.sim.control();
    control.advance_clock(TimeDelta::minutes(6)).expect("later");
    let browser = Chromium::open(&url).await;
    browser.see("expired").await;
    browser.close().await;
    agency.close().await;
}

#[tokio::test]
async fn a_portal_is_shaped_for_a_segment_and_its_clients_get_it() {
    let agency = at_the_client().await;
    let app = &agency.app;
    app.click("link", "Portal").await;
    app.click("button", "New settings").await;
    app.type_into("Name", "Large clients").await;
    app.see("A portal in which clients can do nothing is refused")
        .await;
    app.tab_to("switch", "Replace the payment method").await;
    app.press("Space").await;
    app.see_no_more("Stripe would refuse this").await;
    app.screenshot("studio").await;
    app.click("button", "Create in Stripe").await;
    app.see("Portico's own").await;
    app.see("121 clients get it").await;

    app.click("tab", "Rules").await;
    app.click("button", "Add rule").await;
    app.type_into("Name", "For the large ones").await;
    choose(&agency, "In one of these segments", "Enterprise").await;
    app.press("Escape").await;
    choose(&agency, "Portal settings", "Large clients").await;
    app.screenshot("rule").await;
    app.click_away("button", "Add").await;
    app.see("not in force yet").await;
    app.click("button", "Preview and save…").await;
    app.see("No client's portal changes").await;
    app.screenshot("impact").await;
    app.click_away("button", "Save").await;
    app.see_no_more("not in force yet").await;

    // The client becomes a large one: its next link uses the stricter portal.
    app.click("link", "Clients").await;
    agency.opens_client(CLIENT).await;
    choose(&agency, "Segment", "Enterprise").await;
    app.see("By the rule “For the large ones”").await;
    app.screenshot("client").await;
    app.press("l").await;
    let url = app.opened_url(1).await;
    let browser = Chromium::open(&url).await;
    browser.see("Save card").await;
    assert!(!browser.text().await.contains("Cancel plan"));
    browser.close().await;

    app.click("link", "Portal").await;
    app.click("tab", "What clients may do").await;
    app.see("In no segment").await;
    app.screenshot("matrix").await;
    agency.close().await;
}
