//! The journal and its backups, as the window asks for them.

use crate::ipc::IpcResult;
use portico_core::Core;
use portico_core::backups::{self, Backup};
use portico_core::ids::WorkspaceId;
use portico_core::journal::{self, Verification};
use tauri::State;

/// Checks the journal's hash chain.
#[tauri::command]
#[specta::specta]
pub async fn verify_journal(
    core: State<'_, Core>,
    workspace: WorkspaceId,
) -> IpcResult<Verification> {
    Ok(journal::verify(core.workspace(&workspace).await?.store()).await?)
}

/// The backups, newest first.
#[tauri::command]
#[specta::specta]
pub async fn list_backups(core: State<'_, Core>, workspace: WorkspaceId) -> IpcResult<Vec<Backup>> {
    Ok(core.backups(&workspace).await?)
}

/// Makes a backup now.
#[tauri::command]
#[specta::specta]
pub async fn make_backup(core: State<'_, Core>, workspace: WorkspaceId) -> IpcResult<Backup> {
    Ok(backups::make(core.workspace(&workspace).await?.store()).await?)
}

/// Puts a backup in the journal's place; answers in words what became of the one that was there.
#[tauri::command]
#[specta::specta]
pub async fn restore_backup(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    name: String,
) -> IpcResult<String> {
    Ok(core.restore_backup(&workspace, &name).await?.to_string())
}
