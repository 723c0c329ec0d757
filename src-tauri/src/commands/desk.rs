//! The computer's own settings, who sits here, and what the frame of the window needs.

use crate::ipc::IpcResult;
use portico_core::Core;
use portico_core::workspaces::{Desk, KeyAdvice, Staff, Theme};
use tauri::State;

/// Everything the frame of the window needs first.
#[tauri::command]
#[specta::specta]
pub async fn desk(core: State<'_, Core>) -> IpcResult<Desk> {
    Ok(core.desk().await?)
}

/// Light, dark, or as the system says.
#[tauri::command]
#[specta::specta]
pub async fn set_theme(core: State<'_, Core>, theme: Theme) -> IpcResult<()> {
    Ok(core.set_theme(theme).await?)
}

/// Remembers where to come back to.
#[tauri::command]
#[specta::specta]
pub async fn set_last_place(core: State<'_, Core>, place: String) -> IpcResult<()> {
    Ok(core.set_last_place(&place).await?)
}

/// Says who sits here; journaled at the first act.
#[tauri::command]
#[specta::specta]
pub async fn set_staff(
    core: State<'_, Core>,
    name: String,
    email: Option<String>,
) -> IpcResult<Staff> {
    Ok(core.set_staff(&name, email.as_deref()).await?)
}

/// Text to copy into a bug report: no secrets, no client data.
#[tauri::command]
#[specta::specta]
pub async fn diagnostics(core: State<'_, Core>) -> IpcResult<String> {
    Ok(core.diagnostics().await?)
}

/// Shows the log folder in the file manager.
#[tauri::command]
#[specta::specta]
pub async fn open_log_folder(core: State<'_, Core>) -> IpcResult<()> {
    Ok(core.open_log_folder().await?)
}

/// Which permissions a key should have, and where to make one.
#[tauri::command]
#[specta::specta]
pub async fn key_advice(core: State<'_, Core>) -> IpcResult<KeyAdvice> {
    Ok(core.key_advice()?)
}

/// Opens the page of Stripe where a key with these permissions is made.
#[tauri::command]
#[specta::specta]
pub async fn open_key_page(core: State<'_, Core>, livemode: bool) -> IpcResult<()> {
    Ok(core.open_key_page(livemode).await?)
}

/// The IANA time zones to choose from.
#[tauri::command]
#[specta::specta]
pub async fn time_zones() -> IpcResult<Vec<String>> {
    Ok(portico_core::workspaces::time_zones())
}
