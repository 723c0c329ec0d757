//! Links from the client's page: checked, used by the client in a real browser, and told of.

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};

use crate::agency::{Agency, CLIENT, CLIENT_EMAIL, STAFF};
use crate::harness::chromium::Chromium;
use crate::harness::eventually;

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
    // Chosen by now: its key and its buttons do something.
    app.see("Other links").await;
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

/// Fills in the page's form by its fields' ids, and presses what sends it.
async fn fill_in(browser: &Chromium, fields: &[(&str, &str)], press: &str) {
    for (id, value) in fields {
        let fill = "document.getElementById(arguments[0]).value = arguments[1]";
        browser.script(fill, &[(*id).into(), (*value).into()]).await;
    }
    browser.click("button", press).await;
}

const CARD: [(&str, &str); 4] = [
    ("number", "5555555555554444"),
    ("exp_month", "11"),
    ("exp_year", "2034"),
    ("cvc", "123"),
];

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
    fill_in(&browser, &CARD, "Save card").await;
    browser.see("Your card was replaced.").await;
    browser.close().await;

    // Nobody asks for it: a notice tells what came of the link, and the log keeps it.
    app.see_with_the_news("to Mastercard ending 4444").await;
    app.click("link", "Links").await;
    app.see("Replace the payment method").await;
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
    let code = eventually(async || control.login_codes().get(CLIENT_EMAIL).cloned()).await;
    let code = code.expect("a code was sent");
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
    app.click("button", "Open the portal").await;
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

/// The first client and request, of these, that may leave.
async fn possible(agency: &Agency, requests: &[Value]) -> (Value, Value) {
    let workspace = agency.workspace().await;
    let query = json!({ "offset": 0, "limit": 200 });
    let list = json!({ "workspace": workspace, "query": query });
    let clients = agency.app.invoke("list_clients", list).await;
    for client in clients.expect("the clients")["rows"]
        .as_array()
        .expect("rows")
    {
        for request in requests {
            let asked = json!({
                "workspace": workspace, "client": client["id"], "request": request,
            });
            let found = agency
                .app
                .invoke("check_link", asked)
                .await
                .expect("a check");
            if found["may_leave"] == true {
                return (client["id"].clone(), request.clone());
            }
        }
    }
    panic!("nobody can be sent {}", requests[0]["purpose"]);
}

/// What came of the client's newest link, once Stripe tells of it.
async fn came_of_it(agency: &Agency, client: &Value) -> String {
    let workspace = agency.workspace().await;
    let query = json!({ "client": client, "offset": 0, "limit": 20 });
    let outcome = eventually(async || {
        let app = &agency.app;
        let all = json!({ "workspace": workspace });
        app.invoke("check_now", all).await.expect("news");
        let one = json!({ "workspace": workspace, "client": client });
        app.invoke("refresh_client", one).await.expect("the client");
        let log = json!({ "workspace": workspace, "query": query });
        let log = app.invoke("list_links", log).await.expect("the log");
        let rows = log["rows"].as_array()?.iter();
        let newest = rows.clone().find(|row| row["elsewhere"] == false)?;
        Some(newest["outcome"]["sentence"].as_str()?.to_owned())
    });
    outcome
        .await
        .unwrap_or_else(|| panic!("nothing came of the link"))
}

#[tokio::test]
async fn every_other_kind_of_link_is_used_in_a_browser_and_seen_in_the_log() {
    let agency = at_the_client().await;
    let app = &agency.app;
    let workspace = agency.workspace().await;
    let all = json!({ "workspace": workspace });
    let choices = app.invoke("portal_choices", all).await.expect("choices");
    let products = choices["products"].as_array().expect("products");
    let offered = products.iter().filter_map(|product| {
        let prices = product["prices"].as_array()?.iter();
        let prices: Vec<&Value> = prices
            .filter(|price| price["switchable"] == true)
            .map(|price| &price["id"])
            .collect();
        (product["active"] == true && !prices.is_empty())
            .then(|| json!({ "product": product["id"], "prices": prices }))
    });
    let offered: Vec<Value> = offered.take(10).collect();
    let prices: Vec<Value> = offered
        .iter()
        .flat_map(|product| product["prices"].as_array().cloned().unwrap_or_default())
        .collect();
    let settings = json!({
        "name": "Everything", "login_page": true, "invoice_history": true,
        "customer_update": { "enabled": true, "allowed": ["name", "phone"] },
        "payment_method_update": { "enabled": true },
        "cancel": { "enabled": true },
        "pause": { "enabled": true, "durations": [{ "interval": "month", "count": 1 }] },
        "update": { "enabled": true, "allowed": ["price"], "products": offered },
    });
    let saving = json!({ "workspace": workspace, "configuration": null, "settings": settings });
    let saved = app.invoke("save_portal_configuration", saving).await;
    let rules =
        json!({ "workspace": workspace, "rules": [], "otherwise": saved.expect("saved")["id"] });
    app.invoke("save_portal_rules", rules).await.expect("rules");

    for (purpose, priced, fields, press, comes) in [
        (
            "update_details",
            false,
            &[("phone", "+44 1234")][..],
            "Save details",
            "Phone number",
        ),
        ("change_plan", false, &[], "Change plan", "Plan changed"),
        ("confirm_plan", true, &[], "Confirm change", "Plan changed"),
        ("pause", false, &[], "Pause plan", "Paused on request"),
        ("pay_invoice", false, &CARD, "Pay", "was paid"),
        ("checkout", true, &CARD, "Subscribe", "plan was started"),
        ("payment_link", true, &CARD, "Subscribe", "plan was started"),
        ("set_up_card", false, &CARD, "Save card", "card"),
    ] {
        let request = |price: &Value| {
            json!({ "purpose": purpose, "delivery": "copy", "price": price, "warnings_seen": true,
                "customer": null, "subscription": null, "invoice": null, "quantity": null,
                "coupon": null, "recipient": null, "configuration": null, "renews": null })
        };
        let requests: Vec<Value> = match priced {
            true => prices.iter().map(request).collect(),
            false => vec![request(&Value::Null)],
        };
        let (client, request) = possible(&agency, &requests).await;
        let control = agency.sim.control();
        let asked = json!({ "workspace": workspace, "client": client, "request": request });
        let issued = app.invoke("issue_link", asked).await;
        let issued = issued.unwrap_or_else(|error| panic!("{purpose}: {error}"));
        // Stripe's events carry whole seconds.
        let later = Utc::now().max(control.now()) + TimeDelta::seconds(2);
        control.set_clock(later).expect("later");
        let browser = Chromium::open(issued["url"].as_str().expect("an address")).await;
        let plan = "const list = document.querySelector('select[name=price]'); if (list) list.selectedIndex = 1";
        browser.script(plan, &[]).await;
        fill_in(&browser, fields, press).await;
        let sentence = came_of_it(&agency, &client).await;
        browser.close().await;
        assert!(sentence.contains(comes), "{purpose}: {sentence}");
    }
    app.click("link", "Links").await;
    app.see("Payment link").await;
    app.screenshot("log").await;
    agency.close().await;
}
