//! The duplicate doctor, as the window asks for it.

use crate::ipc::IpcResult;
use portico_core::Core;
use portico_core::clients::{self, Duplicates};
use portico_core::ids::{ClientId, WorkspaceId};
use tauri::State;

/// Customers that look like the same client.
#[tauri::command]
#[specta::specta]
pub async fn list_duplicates(
    core: State<'_, Core>,
    workspace: WorkspaceId,
) -> IpcResult<Duplicates> {
    Ok(clients::duplicates(&*core.workspace(&workspace).await?).await?)
}

/// Links these customers to one client; nothing is deleted in Stripe.
#[tauri::command]
#[specta::specta]
pub async fn link_duplicates(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    client: ClientId,
    customers: Vec<String>,
) -> IpcResult<()> {
    Ok(clients::link_duplicates(&*core.workspace(&workspace).await?, &client, &customers).await?)
}

/// Marks which of a client's customers is the current one.
#[tauri::command]
#[specta::specta]
pub async fn prefer_customer(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    client: ClientId,
    customer: Option<String>,
) -> IpcResult<()> {
    Ok(clients::prefer_customer(&*core.workspace(&workspace).await?, &client, customer).await?)
}

/// These are different clients; they are not shown together again.
#[tauri::command]
#[specta::specta]
pub async fn dismiss_duplicates(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    customers: Vec<String>,
) -> IpcResult<()> {
    Ok(clients::dismiss_duplicates(&*core.workspace(&workspace).await?, customers).await?)
}
