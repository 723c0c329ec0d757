//! The window of a start that failed: whoever clicked on an icon sees no terminal.

use crate::window;
use tauri::RunEvent;

/// Says in a window why there is none to work in, and ends the process with it.
pub fn show(error: &portico_core::Error, context: tauri::Context) -> tauri::Result<()> {
    // As JSON it is a literal of the script, whatever the sentence holds.
    let script = format!(
        "window.porticoFailed = {};",
        serde_json::Value::from(error.to_string())
    );
    tauri::Builder::default()
        .setup(move |app| Ok(window::open(app.handle(), Some(&script))?))
        .build(context)?
        .run(|_, event| {
            if let RunEvent::Exit = event {
                std::process::exit(1);
            }
        });
    Ok(())
}
