//! The mirror's filling, as the window asks for it.

use crate::ipc::IpcResult;
use portico_core::Core;
use portico_core::ids::WorkspaceId;
use portico_core::sync::{SyncCost, SyncStatus};
use tauri::State;

/// How the local copy stands.
#[tauri::command]
#[specta::specta]
pub async fn sync_status(core: State<'_, Core>, workspace: WorkspaceId) -> IpcResult<SyncStatus> {
    Ok(core.workspace(&workspace).await?.sync_status().await?)
}

/// What "Sync now" would cost in requests.
#[tauri::command]
#[specta::specta]
pub async fn sync_cost(core: State<'_, Core>, workspace: WorkspaceId) -> IpcResult<SyncCost> {
    Ok(core.workspace(&workspace).await?.sync_cost().await?)
}

/// Lists everything again, in the background.
#[tauri::command]
#[specta::specta]
pub async fn sync_now(core: State<'_, Core>, workspace: WorkspaceId) -> IpcResult<()> {
    Ok(core.workspace(&workspace).await?.sync_now().await?)
}

/// Continues an unfinished filling, in the background.
#[tauri::command]
#[specta::specta]
pub async fn resume_sync(core: State<'_, Core>, workspace: WorkspaceId) -> IpcResult<()> {
    Ok(core.workspace(&workspace).await?.resume_sync().await?)
}

/// Stops the filling; what was read stays.
#[tauri::command]
#[specta::specta]
pub async fn cancel_sync(core: State<'_, Core>, workspace: WorkspaceId) -> IpcResult<()> {
    Ok(core.workspace(&workspace).await?.cancel_sync().await?)
}
