//! The one window: opened from `tauri.conf.json`, and fenced in so that it can only ever show the app.

use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Url, WebviewWindowBuilder};

/// Opens the window that the configuration describes.
///
/// `first_script` runs before the page's own.
///
/// The configuration says `create: false` because the fences can only be put up here, before the
/// first page is asked for.
pub fn open(app: &AppHandle, first_script: Option<&str>) -> tauri::Result<()> {
    for config in &app.config().app.windows {
        let window = WebviewWindowBuilder::from_config(app, config)?
            .on_navigation(is_own_page)
            // Links that want a window of their own go through core, which opens the browser.
            .on_new_window(|_, _| NewWindowResponse::Deny)
            .initialization_script(first_script.unwrap_or_default())
            .build()?;
        show_page_console(&window)?;
    }
    Ok(())
}

/// Only the bundled page, or the development server's while developing, may fill the window: a
/// remote page in it would sit where staff trust what they see.
fn is_own_page(url: &Url) -> bool {
    let own = match (url.scheme(), url.host_str()) {
        ("tauri", Some("localhost")) => !cfg!(windows),
        ("http", Some("tauri.localhost")) => cfg!(windows),
        ("http", Some("localhost")) => tauri::is_dev() && url.port() == Some(1420),
        _ => false,
    };
    if !own {
        // The path stays out of the log: it may be a session's.
        tracing::warn!(host = url.host_str(), "the window refused to leave the app");
    }
    own
}

/// With `PORTICO_CONSOLE=1` the page's console also goes to standard error, which shows why a
/// window stays blank, and lets the desktop tests fail on any error a page reports.
#[cfg(target_os = "linux")]
fn show_page_console(window: &tauri::WebviewWindow) -> tauri::Result<()> {
    use webkit2gtk::{SettingsExt, WebViewExt};

    if std::env::var_os("PORTICO_CONSOLE").is_none_or(|value| value != "1") {
        return Ok(());
    }
    window.with_webview(|webview| {
        if let Some(settings) = webview.inner().settings() {
            settings.set_enable_write_console_messages_to_stdout(true);
        }
    })
}

/// The other systems' webviews have developer tools of their own and no such switch.
#[cfg(not(target_os = "linux"))]
fn show_page_console(_: &tauri::WebviewWindow) -> tauri::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::is_own_page;

    #[test]
    fn only_the_app_itself_fills_the_window() {
        let open = |url: &str| is_own_page(&url.parse().unwrap());
        assert!(open(if cfg!(windows) {
            "http://tauri.localhost/clients"
        } else {
            "tauri://localhost/clients"
        }));
        assert_eq!(open("http://localhost:1420/"), tauri::is_dev());
        for foreign in [
            "https://billing.stripe.com/p/session/x",
            "http://localhost:1421/",
            "https://localhost/",
            "tauri://evil/",
            "file:///etc/passwd",
            "data:text/html,x",
            "about:blank",
        ] {
            assert!(!open(foreign), "{foreign}");
        }
    }
}
