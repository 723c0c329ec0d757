//! The window: the only Rust that knows Tauri; it wires core to one webview.

mod dumps;
mod mark;
mod window;

/// Opens the window and returns when it has been closed.
pub fn run() -> tauri::Result<()> {
    dumps::forbid();
    tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![mark::first_paint])
        .setup(|app| {
            window::open(app.handle())?;
            Ok(())
        })
        .run(tauri::generate_context!())
}
