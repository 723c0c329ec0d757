//! The live wire, as the window asks for it.

use crate::ipc::IpcResult;
use portico_core::Core;
use portico_core::ids::WorkspaceId;
use portico_core::journal::LiveWireKind;
use portico_core::secrets::Secret;
use portico_core::workspaces::LiveWireState;
use tauri::State;

/// Whether and how events are delivered to this computer.
#[tauri::command]
#[specta::specta]
pub async fn live_wire_state(
    core: State<'_, Core>,
    workspace: WorkspaceId,
) -> IpcResult<LiveWireState> {
    Ok(core.workspace(&workspace).await?.live_wire_state().await?)
}

/// Switches to another way of delivery, or off; `port` is the relay's.
#[tauri::command]
#[specta::specta]
pub async fn set_live_wire(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    kind: LiveWireKind,
    port: Option<u16>,
) -> IpcResult<LiveWireState> {
    Ok(core
        .workspace(&workspace)
        .await?
        .set_live_wire(kind, port)
        .await?)
}

/// Stores the secret that a relay's deliveries are signed with; it never comes back out.
#[tauri::command]
#[specta::specta]
pub async fn set_webhook_secret(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    secret: String,
    passphrase: Option<String>,
) -> IpcResult<LiveWireState> {
    Ok(core
        .workspace(&workspace)
        .await?
        .set_webhook_secret(Secret::new(secret), passphrase.map(Secret::new))
        .await?)
}

/// Removes that secret from this computer.
#[tauri::command]
#[specta::specta]
pub async fn remove_webhook_secret(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    passphrase: Option<String>,
) -> IpcResult<LiveWireState> {
    Ok(core
        .workspace(&workspace)
        .await?
        .remove_webhook_secret(passphrase.map(Secret::new))
        .await?)
}
