//! Every place of the app, light and dark, wide and at twice the size of letters: no error anywhere.

use serde_json::json;

use crate::agency::{Agency, CLIENT};
use crate::harness::eventually;

/// Amounts and states in tables that do not fit their cell.
const CUT: &str = "return [...document.querySelectorAll('[role=gridcell]')]\
    .filter((cell) => cell.querySelector('[class*=money], [class*=word]'))\
    .flatMap((cell) => [cell, ...cell.querySelectorAll('*')])\
    .filter((part) => getComputedStyle(part).overflowX !== 'visible')\
    .filter((part) => part.scrollWidth > part.clientWidth)\
    .map((part) => part.textContent)";

#[tokio::test]
async fn every_place_opens_without_an_error_in_light_dark_and_large() {
    let agency = Agency::filled().await;
    let app = &agency.app;
    let workspace = agency.workspace().await;
    let list = json!({ "search": CLIENT, "states": [], "archived": "hide", "sort": "name",
        "currency": null, "descending": false, "offset": 0, "limit": 1 });
    // Whose amounts are the longest: three decimals and a currency of three letters.
    let dinars = json!({ "search": "", "states": [], "archived": "hide", "sort": "monthly",
        "currency": "kwd", "descending": true, "offset": 0, "limit": 1 });
    let first = async |query| {
        let list = json!({ "workspace": workspace, "query": query });
        let list = app.invoke("list_clients", list).await.expect("the list");
        list["rows"][0].clone()
    };
    let (client, rich) = (first(list).await, first(dinars).await);
    let client = client["id"].as_str().expect("a client");
    let [rich, rich_name] = ["id", "name"].map(|of| rich[of].as_str().expect("a client"));
    let places = [
        ("welcome", "/welcome".to_owned(), "Add a workspace"),
        ("connect", "/connect".to_owned(), "Connect Stripe"),
        ("clients", format!("/w/{workspace}/clients"), "Clients"),
        ("client", format!("/w/{workspace}/clients/{client}"), CLIENT),
        (
            "rich client",
            format!("/w/{workspace}/clients/{rich}"),
            rich_name,
        ),
        (
            "duplicates",
            format!("/w/{workspace}/clients/duplicates"),
            "Duplicate clients",
        ),
        ("links", format!("/w/{workspace}/links"), "Links"),
        ("portal", format!("/w/{workspace}/portal"), "Portal"),
        (
            "portal settings",
            format!("/w/{workspace}/portal/new"),
            "New portal settings",
        ),
        (
            "portal rules",
            format!("/w/{workspace}/portal/rules"),
            "Portal",
        ),
        (
            "portal matrix",
            format!("/w/{workspace}/portal/matrix"),
            "Portal",
        ),
        ("sync", format!("/w/{workspace}/sync"), "Sync health"),
        ("settings", format!("/w/{workspace}/settings"), "Settings"),
    ];
    for (look, theme, (width, height)) in [
        ("light", "light", (1280, 800)),
        ("dark", "dark", (1280, 800)),
        // At 200 % a window of 1280 by 800 has room for this much; the app stops at its smallest.
        ("large", "light", (640, 400)),
    ] {
        app.client()
            .set_window_size(width, height)
            .await
            .expect("a window of another size");
        app.invoke("set_theme", json!({ "theme": theme }))
            .await
            .expect("a theme that is known");
        for (name, path, heading) in &places {
            app.go(path).await;
            app.find("heading", heading).await;
            let worn = eventually(async || {
                let scheme = "return document.documentElement.dataset.mantineColorScheme";
                (app.script(scheme, &[]).await == theme).then_some(())
            });
            assert!(worn.await.is_some(), "{name} is not {theme}");
            let beside = "return document.documentElement.scrollWidth - window.innerWidth";
            assert_eq!(
                app.script(beside, &[]).await,
                0,
                "{name} scrolls sideways, {look}"
            );
            let cut = app.script(CUT, &[]).await;
            assert_eq!(cut, json!([]), "{name} cuts amounts or states, {look}");
            app.screenshot(&format!("{name}-{look}")).await;
        }
    }
    agency.close().await;
}
