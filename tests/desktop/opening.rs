//! The window opens, shows its own page, and never anything else.

use crate::harness::app::{App, Setup};
use crate::harness::eventually;

#[tokio::test]
async fn a_first_start_offers_sample_data_or_a_key() {
    let app = App::start(Setup::new()).await;
    app.see("Explore with sample data").await;
    app.see("Connect Stripe").await;
    app.screenshot("welcome").await;
    app.close().await;
}

#[tokio::test]
async fn a_start_that_fails_says_why_in_a_window() {
    let app = App::start(Setup::new().env("PORTICO_DATA_DIR", "/dev/null/portico")).await;
    app.see("Portico could not start").await;
    app.see("/dev/null/portico/logs/window.log could not be opened")
        .await;
    app.screenshot("failed-start").await;
    app.close().await;
}

#[tokio::test]
async fn the_demo_paints_a_list_of_clients_and_says_so_when_it_is_there() {
    let mut app = App::start(Setup::new().arg("--demo")).await;
    let marked = eventually(async || app.output().contains("MARK first_paint_2raf").then_some(()));
    assert!(marked.await.is_some(), "nothing was marked as painted");
    let rows = app
        .script(
            "return lib.queryAllByRole(document.body, 'row').length",
            &[],
        )
        .await;
    assert!(rows.as_u64().is_some_and(|rows| rows > 10), "{rows} rows");
    app.screenshot("clients").await;
    app.invoke("set_theme", serde_json::json!({ "theme": "dark" }))
        .await
        .expect("a theme that is known");
    let dark = eventually(async || {
        let scheme = "return document.documentElement.dataset.mantineColorScheme";
        (app.script(scheme, &[]).await == "dark").then_some(())
    });
    assert!(dark.await.is_some(), "the page did not follow the theme");
    app.screenshot("clients-dark").await;

    let staff = serde_json::json!({ "name": "Ada", "email": null });
    app.invoke("set_staff", staff).await.expect("somebody");
    let details = serde_json::json!({ "name": "Aaron, made by hand" });
    let client = serde_json::json!({ "workspace": "ws_demo", "details": details });
    app.invoke("add_client", client).await.expect("a client");
    app.restart().await;
    app.see("Aaron, made by hand").await;
    app.close().await;
}

#[tokio::test]
async fn nothing_foreign_gets_into_the_window() {
    let mut app = App::start(Setup::new()).await;
    app.see("Connect Stripe").await;
    let before = app.script("return location.href", &[]).await;

    for attempt in [
        "location.href = 'https://example.com/'",
        "window.open('https://example.com/')",
    ] {
        app.script(attempt, &[]).await;
    }
    let inline = "const script = document.createElement('script'); \
         script.textContent = 'window.foreign = true'; \
         document.body.append(script); \
         return window.foreign ?? false";
    assert_eq!(app.script(inline, &[]).await, false);

    app.see("Connect Stripe").await;
    assert_eq!(app.script("return location.href", &[]).await, before);
    let windows = app.client().windows().await.expect("a list of windows");
    assert_eq!(windows.len(), 1);
    app.expect_console_error("Refused to execute a script");
    app.close().await;
}
