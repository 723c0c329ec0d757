//! Workspaces and their keys, as the window asks for them.

use crate::ipc::IpcResult;
use portico_core::Core;
use portico_core::ids::WorkspaceId;
use portico_core::secrets::Secret;
use portico_core::stripe::permissions::KeyReport;
use portico_core::workspaces::{KeepKeyIn, KeyCheck, KeyState, WorkspaceSummary};
use tauri::State;

/// Opens the sample agency as it was left and answers its workspace.
#[tauri::command]
#[specta::specta]
pub async fn open_demo(core: State<'_, Core>) -> IpcResult<WorkspaceSummary> {
    Ok(core.open_demo().await?)
}

/// Makes a new sample agency in place of the present one.
#[tauri::command]
#[specta::specta]
pub async fn begin_demo_again(core: State<'_, Core>) -> IpcResult<WorkspaceSummary> {
    Ok(core.begin_demo_again().await?)
}

/// Checks a pasted key with Stripe and holds it; it never comes back out.
#[tauri::command]
#[specta::specta]
pub async fn check_key(
    core: State<'_, Core>,
    key: String,
    api_base: Option<String>,
) -> IpcResult<KeyCheck> {
    Ok(core
        .check_key(Secret::new(key), api_base.as_deref())
        .await?)
}

/// What was found out about a held key (the page reloads after sending one).
#[tauri::command]
#[specta::specta]
pub async fn key_check(core: State<'_, Core>, check: String) -> IpcResult<KeyCheck> {
    Ok(core.key_check(&check).await?)
}

/// Forgets a held key.
#[tauri::command]
#[specta::specta]
pub async fn discard_key_check(core: State<'_, Core>, check: String) -> IpcResult<()> {
    core.discard_key_check(&check);
    Ok(())
}

/// Makes a workspace of a held key and starts its first filling; `kept_journal` goes on with the one
/// that the check told of.
#[tauri::command]
#[specta::specta]
pub async fn add_workspace(
    core: State<'_, Core>,
    check: String,
    name: String,
    keep: KeepKeyIn,
    kept_journal: bool,
) -> IpcResult<WorkspaceSummary> {
    Ok(core
        .add_workspace_with(&check, &name, keep, kept_journal)
        .await?)
}

/// Deletes keys and mirror; the journal only when `typed_name` is the workspace's name.
#[tauri::command]
#[specta::specta]
pub async fn remove_workspace(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    typed_name: Option<String>,
) -> IpcResult<()> {
    Ok(core
        .remove_workspace(&workspace, typed_name.as_deref())
        .await?)
}

/// Sets the time zone that decides day boundaries (an IANA name).
#[tauri::command]
#[specta::specta]
pub async fn set_time_zone(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    time_zone: String,
) -> IpcResult<WorkspaceSummary> {
    Ok(core.set_time_zone(&workspace, &time_zone).await?)
}

/// Whether Stripe can be asked, and if not, why.
#[tauri::command]
#[specta::specta]
pub async fn key_state(core: State<'_, Core>, workspace: WorkspaceId) -> IpcResult<KeyState> {
    Ok(core.workspace(&workspace).await?.key_state().await)
}

/// Asks the keychain again.
#[tauri::command]
#[specta::specta]
pub async fn retry_key(core: State<'_, Core>, workspace: WorkspaceId) -> IpcResult<KeyState> {
    Ok(core.workspace(&workspace).await?.retry_key().await)
}

/// Stops waiting for the keychain's prompt.
#[tauri::command]
#[specta::specta]
pub async fn cancel_key_prompt(core: State<'_, Core>, workspace: WorkspaceId) -> IpcResult<()> {
    core.workspace(&workspace).await?.cancel_key_prompt();
    Ok(())
}

/// Opens the key file for this run.
#[tauri::command]
#[specta::specta]
pub async fn unlock_key_file(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    passphrase: String,
) -> IpcResult<KeyState> {
    Ok(core
        .workspace(&workspace)
        .await?
        .unlock_key_file(Secret::new(passphrase))
        .await?)
}

/// Puts a held key in place of the present one; account and mode must be the same.
#[tauri::command]
#[specta::specta]
pub async fn replace_key(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    check: String,
    keep: KeepKeyIn,
) -> IpcResult<KeyState> {
    Ok(core.replace_key(&workspace, &check, keep).await?)
}

/// Removes the key from this computer; local data stays readable.
#[tauri::command]
#[specta::specta]
pub async fn remove_key(core: State<'_, Core>, workspace: WorkspaceId) -> IpcResult<KeyState> {
    Ok(core.remove_key(&workspace).await?)
}

/// Checks what the present key may do.
#[tauri::command]
#[specta::specta]
pub async fn key_report(core: State<'_, Core>, workspace: WorkspaceId) -> IpcResult<KeyReport> {
    Ok(core.workspace(&workspace).await?.key_report().await?)
}
