//! Every place of the app, light and dark, wide and at twice the size of letters: no error anywhere.

use serde_json::{Value, json};
use std::collections::BTreeSet;

use crate::agency::{Agency, CLIENT, STAFF};
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
    let [client, rich, rich_name] = [text(&client, "id"), text(&rich, "id"), text(&rich, "name")];
    let staff = json!({ "name": STAFF, "email": null });
    app.invoke("set_staff", staff).await.expect("a person");
    let here = json!({ "workspace": workspace });
    app.invoke("create_portal_configuration", here.clone())
        .await
        .expect("portal settings");
    let kept = app.invoke("list_portal_configurations", here).await;
    let settings = kept.expect("the portal settings")[0].clone();
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
        (
            "kept portal settings",
            format!("/w/{workspace}/portal/settings/{}", text(&settings, "id")),
            text(&settings, "label"),
        ),
        ("sync", format!("/w/{workspace}/sync"), "Sync health"),
        ("settings", format!("/w/{workspace}/settings"), "Settings"),
    ];
    assert_eq!(
        walked(places.iter().map(|(_, path, _)| path.as_str())),
        routes(),
        "a page that the walk leaves out, or that there is not"
    );
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

fn text<'a>(object: &'a Value, field: &str) -> &'a str {
    object[field].as_str().expect("a text")
}

/// The paths of the pages in the app's own map, `$` before what stands for an id.
fn routes() -> BTreeSet<String> {
    let map = include_str!("../../ui/src/app/routes.tsx");
    let mut routes = BTreeSet::new();
    for route in map.split("createRoute({").skip(1) {
        let quoted = |after: &str| Some(route.split_once(after)?.1.split_once('"')?.0);
        let path = quoted("path: \"").expect("a route's path");
        // The frame around a workspace's pages, and the start, are no pages of their own.
        if route.contains("getParentRoute: () => workspace") {
            routes.insert(format!("/w/$workspace{path}"));
        } else if path != "/" && !path.contains('$') {
            routes.insert(path.to_owned());
        }
    }
    routes
}

/// The routes that these places are of: of several the one that names most itself.
fn walked<'a>(places: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    let routes = routes();
    let is_of = |place: &str, route: &str| {
        let (place, route) = (place.split('/'), route.split('/'));
        place.clone().count() == route.clone().count()
            && place.zip(route).all(|(a, b)| a == b || b.starts_with('$'))
    };
    places
        .map(|place| {
            let found = routes.iter().filter(|route| is_of(place, route));
            let best = found.min_by_key(|route| route.matches('$').count());
            best.cloned().unwrap_or_else(|| place.to_owned())
        })
        .collect()
}
