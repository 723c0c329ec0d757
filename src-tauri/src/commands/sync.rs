//! The mirror's filling and its health, as the window asks for them.

use crate::ipc::IpcResult;
use portico_core::Core;
use portico_core::ids::WorkspaceId;
use portico_core::sync::health::{Freshness, SyncHealth};
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

/// The mark in the frame: whether what is on screen is what Stripe has.
#[tauri::command]
#[specta::specta]
pub async fn freshness(core: State<'_, Core>, workspace: WorkspaceId) -> IpcResult<Freshness> {
    Ok(core.workspace(&workspace).await?.freshness().await?)
}

/// Everything on the sync health page.
#[tauri::command]
#[specta::specta]
pub async fn sync_health(core: State<'_, Core>, workspace: WorkspaceId) -> IpcResult<SyncHealth> {
    Ok(core.workspace(&workspace).await?.sync_health().await?)
}

/// Asks Stripe for news now.
#[tauri::command]
#[specta::specta]
pub async fn check_now(core: State<'_, Core>, workspace: WorkspaceId) -> IpcResult<()> {
    Ok(core.workspace(&workspace).await?.check_now().await?)
}

/// Compares everything with Stripe, in the background.
#[tauri::command]
#[specta::specta]
pub async fn compare_now(core: State<'_, Core>, workspace: WorkspaceId) -> IpcResult<()> {
    Ok(core.workspace(&workspace).await?.compare_now().await?)
}

/// Empties the mirror and reads everything again, in the background; the journal stays.
#[tauri::command]
#[specta::specta]
pub async fn rebuild_mirror(core: State<'_, Core>, workspace: WorkspaceId) -> IpcResult<()> {
    Ok(core.workspace(&workspace).await?.rebuild_mirror().await?)
}

/// Tries a parked object again now.
#[tauri::command]
#[specta::specta]
pub async fn retry_parked(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    id: String,
) -> IpcResult<()> {
    Ok(core.workspace(&workspace).await?.retry_parked(&id).await?)
}

/// Gives a parked object up.
#[tauri::command]
#[specta::specta]
pub async fn ignore_parked(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    id: String,
) -> IpcResult<()> {
    Ok(core.workspace(&workspace).await?.ignore_parked(&id).await?)
}
