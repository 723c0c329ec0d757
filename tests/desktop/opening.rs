//! The window opens, shows its own page, and never anything else.

use crate::harness::app::{App, Setup};

#[tokio::test]
async fn the_window_opens_and_shows_the_console() {
    let app = App::start(Setup::new()).await;
    app.see("Portico").await;
    app.screenshot("opened").await;
    app.close().await;
}

#[tokio::test]
async fn nothing_foreign_gets_into_the_window() {
    let mut app = App::start(Setup::new()).await;
    app.see("Portico").await;
    let before = app.script("return location.href", &[]).await;

    app.script("location.href = 'https://example.com/'", &[])
        .await;
    app.script("window.open('https://example.com/')", &[]).await;
    let inline = "const script = document.createElement('script'); \
         script.textContent = 'window.foreign = true'; \
         document.body.append(script); \
         return window.foreign ?? false";
    assert_eq!(app.script(inline, &[]).await, false);

    app.see("Portico").await;
    assert_eq!(app.script("return location.href", &[]).await, before);
    let windows = app.client().windows().await.expect("a list of windows");
    assert_eq!(windows.len(), 1);
    app.expect_console_error("Refused to execute a script");
    app.close().await;
}
