//! Clients, as the window asks for them.

use crate::ipc::IpcResult;
use chrono::NaiveDate;
use portico_core::Core;
use portico_core::clients::{
    self, ClientAt, ClientFilters, ClientList, ClientPage, ClientQuery, InvoiceList, Timeline,
};
use portico_core::ids::{ClientId, ContactId, NoteId, WorkspaceId};
use portico_core::journal::{ClientDetails, ContactDetails};
use tauri::State;

/// A window of the client list.
#[tauri::command]
#[specta::specta]
pub async fn list_clients(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    query: ClientQuery,
) -> IpcResult<ClientList> {
    Ok(clients::list(&*core.workspace(&workspace).await?, &query).await?)
}

/// What the list can be filtered and sorted by.
#[tauri::command]
#[specta::specta]
pub async fn client_filters(
    core: State<'_, Core>,
    workspace: WorkspaceId,
) -> IpcResult<ClientFilters> {
    Ok(clients::filters(&*core.workspace(&workspace).await?).await?)
}

/// Writes the whole list as CSV into the downloads folder; answers where.
#[tauri::command]
#[specta::specta]
pub async fn export_clients(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    query: ClientQuery,
) -> IpcResult<String> {
    Ok(clients::export(&*core.workspace(&workspace).await?, &query).await?)
}

/// One client, whole.
#[tauri::command]
#[specta::specta]
pub async fn get_client(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    client: ClientId,
) -> IpcResult<ClientPage> {
    Ok(clients::open(&core.workspace(&workspace).await?, &client).await?)
}

/// Asks Stripe for this client only.
#[tauri::command]
#[specta::specta]
pub async fn refresh_client(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    client: ClientId,
) -> IpcResult<()> {
    Ok(clients::refresh(&*core.workspace(&workspace).await?, &client).await?)
}

/// The invoices of a client, newest first.
#[tauri::command]
#[specta::specta]
pub async fn list_invoices(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    client: ClientId,
    offset: u32,
    limit: u32,
) -> IpcResult<InvoiceList> {
    Ok(clients::invoices(&*core.workspace(&workspace).await?, &client, offset, limit).await?)
}

/// What happened with a client, newest first; `older` continues.
#[tauri::command]
#[specta::specta]
pub async fn client_timeline(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    client: ClientId,
    older: Option<String>,
) -> IpcResult<Timeline> {
    Ok(clients::timeline(
        &*core.workspace(&workspace).await?,
        &client,
        older.as_deref(),
    )
    .await?)
}

/// What the client had on a day: plans, card, address.
#[tauri::command]
#[specta::specta]
pub async fn client_at(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    client: ClientId,
    date: NaiveDate,
) -> IpcResult<ClientAt> {
    Ok(clients::at(&*core.workspace(&workspace).await?, &client, date).await?)
}

/// A client made by hand; answers its id.
#[tauri::command]
#[specta::specta]
pub async fn add_client(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    details: ClientDetails,
) -> IpcResult<ClientId> {
    Ok(clients::add(&*core.workspace(&workspace).await?, details).await?)
}

/// Replaces what staff know about a client.
#[tauri::command]
#[specta::specta]
pub async fn edit_client(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    client: ClientId,
    details: ClientDetails,
) -> IpcResult<()> {
    Ok(clients::edit(&*core.workspace(&workspace).await?, &client, details).await?)
}

/// Takes a client off the list.
#[tauri::command]
#[specta::specta]
pub async fn archive_client(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    client: ClientId,
) -> IpcResult<()> {
    Ok(clients::archive(&*core.workspace(&workspace).await?, &client).await?)
}

/// Puts an archived client back.
#[tauri::command]
#[specta::specta]
pub async fn unarchive_client(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    client: ClientId,
) -> IpcResult<()> {
    Ok(clients::unarchive(&*core.workspace(&workspace).await?, &client).await?)
}

/// Adds a person at the client.
#[tauri::command]
#[specta::specta]
pub async fn add_contact(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    client: ClientId,
    details: ContactDetails,
) -> IpcResult<ContactId> {
    Ok(clients::add_contact(&*core.workspace(&workspace).await?, &client, details).await?)
}

/// Replaces a contact's details.
#[tauri::command]
#[specta::specta]
pub async fn edit_contact(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    client: ClientId,
    contact: ContactId,
    details: ContactDetails,
) -> IpcResult<()> {
    Ok(clients::edit_contact(
        &*core.workspace(&workspace).await?,
        &client,
        &contact,
        details,
    )
    .await?)
}

/// Removes a contact.
#[tauri::command]
#[specta::specta]
pub async fn remove_contact(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    client: ClientId,
    contact: ContactId,
) -> IpcResult<()> {
    Ok(clients::remove_contact(&*core.workspace(&workspace).await?, &client, &contact).await?)
}

/// Writes a note on a client.
#[tauri::command]
#[specta::specta]
pub async fn write_note(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    client: ClientId,
    text: String,
) -> IpcResult<NoteId> {
    Ok(clients::write_note(&*core.workspace(&workspace).await?, &client, text).await?)
}

/// Rewrites a note; the journal keeps what it said.
#[tauri::command]
#[specta::specta]
pub async fn edit_note(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    client: ClientId,
    note: NoteId,
    text: String,
) -> IpcResult<()> {
    Ok(clients::edit_note(&*core.workspace(&workspace).await?, &client, &note, text).await?)
}

/// Removes a note from the page.
#[tauri::command]
#[specta::specta]
pub async fn remove_note(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    client: ClientId,
    note: NoteId,
) -> IpcResult<()> {
    Ok(clients::remove_note(&*core.workspace(&workspace).await?, &client, &note).await?)
}

/// Makes a Stripe customer belong to this client.
#[tauri::command]
#[specta::specta]
pub async fn link_customer(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    client: ClientId,
    customer: String,
) -> IpcResult<()> {
    Ok(clients::link_customer(&*core.workspace(&workspace).await?, &client, &customer).await?)
}

/// Makes a linked customer a client of its own again.
#[tauri::command]
#[specta::specta]
pub async fn unlink_customer(
    core: State<'_, Core>,
    workspace: WorkspaceId,
    client: ClientId,
    customer: String,
) -> IpcResult<()> {
    Ok(clients::unlink_customer(&*core.workspace(&workspace).await?, &client, &customer).await?)
}
