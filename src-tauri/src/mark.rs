//! Says on standard error when the first list has been painted, for whoever measures or photographs the start.

use std::io::Write;

/// The page calls this two animation frames after its first list was drawn: the first frame lays it
/// out, the second one follows its being shown.
#[tauri::command]
#[specta::specta]
pub fn first_paint() {
    if std::env::var_os("PORTICO_MARK").is_some_and(|value| value == "1") {
        // A closed standard error is nobody measuring.
        let _ = writeln!(std::io::stderr(), "MARK first_paint_2raf");
    }
}
