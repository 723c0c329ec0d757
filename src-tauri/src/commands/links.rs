//! Links, as the window asks for them.

use crate::ipc::IpcResult;
use portico_core::Core;
use portico_core::ids::{ClientId, WorkspaceId};
use portico_core::journal::LinkKind;
use portico_core::links::{
    self, IssuedLink, LinkList, LinkQuery, LinkRequest, OpenedLink, PortalConfiguration, Preflight,
    PreparedLink, Recommendation,
};
use tauri::State;

/// Opens the client's portal in the default browser; without `customer`, the one that is billed.
#[tauri::command]
#[specta::specta]
pub async fn open_portal(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    client: ClientId,
    customer: Option<String>,
) -> IpcResult<OpenedLink> {
    Ok(links::open_portal(
        &*core.workspace(&workspace).await?,
        &client,
        customer.as_deref(),
    )
    .await?)
}

/// Prepares the durable login link as a message (`portal_mail`) or to be copied (`portal_copy`).
#[tauri::command]
#[specta::specta]
pub async fn prepare_portal_link(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    client: ClientId,
    customer: Option<String>,
    how: LinkKind,
) -> IpcResult<PreparedLink> {
    Ok(links::prepare_portal(
        &*core.workspace(&workspace).await?,
        &client,
        customer.as_deref(),
        how,
    )
    .await?)
}

/// Fetches the invoice anew and opens its page (`invoice_page`) or PDF (`invoice_pdf`).
#[tauri::command]
#[specta::specta]
pub async fn open_invoice(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    client: ClientId,
    invoice: String,
    what: LinkKind,
) -> IpcResult<OpenedLink> {
    Ok(links::open_invoice(&*core.workspace(&workspace).await?, &client, &invoice, what).await?)
}

/// Opens a Stripe object of this client in the Dashboard.
#[tauri::command]
#[specta::specta]
pub async fn open_in_stripe(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    client: ClientId,
    object: String,
) -> IpcResult<()> {
    Ok(links::open_in_stripe(&*core.workspace(&workspace).await?, &client, &object).await?)
}

/// Portico's portal configuration, or what it would be.
#[tauri::command]
#[specta::specta]
pub async fn portal_configuration(
    core: State<'_, Core>,
    workspace: WorkspaceId,
) -> IpcResult<PortalConfiguration> {
    Ok(links::configuration(&*core.workspace(&workspace).await?).await?)
}

/// Makes Portico's portal configuration in Stripe, once.
#[tauri::command]
#[specta::specta]
pub async fn create_portal_configuration(
    core: State<'_, Core>,
    workspace: WorkspaceId,
) -> IpcResult<PortalConfiguration> {
    Ok(links::create_configuration(&*core.workspace(&workspace).await?).await?)
}

/// The log of links, newest first: of one client or of all, or only those not acted on.
#[tauri::command]
#[specta::specta]
pub async fn list_links(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    query: LinkQuery,
) -> IpcResult<LinkList> {
    Ok(links::list(&*core.workspace(&workspace).await?, &query).await?)
}

/// Which link to send this client now, and why.
#[tauri::command]
#[specta::specta]
pub async fn recommend_link(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    client: ClientId,
) -> IpcResult<Recommendation> {
    Ok(links::recommend(&*core.workspace(&workspace).await?, &client).await?)
}

/// Looks at everything that could be wrong with a link, and makes nothing.
#[tauri::command]
#[specta::specta]
pub async fn check_link(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    client: ClientId,
    request: LinkRequest,
) -> IpcResult<Preflight> {
    Ok(links::check(&*core.workspace(&workspace).await?, &client, &request).await?)
}

/// Checks once more, makes the link, and hands it over.
#[tauri::command]
#[specta::specta]
pub async fn issue_link(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    client: ClientId,
    request: LinkRequest,
) -> IpcResult<IssuedLink> {
    Ok(links::issue(&*core.workspace(&workspace).await?, &client, &request).await?)
}
