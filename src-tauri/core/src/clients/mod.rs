//! Clients: the list, the page, what staff add to them, and the export.

mod at;
mod billing;
mod changes;
mod duplicates;
mod edit;
mod export;
mod list;
mod object_at;
mod page;
mod resolve;
mod timeline;
mod types;
mod unread;

pub(crate) use billing::{items as subscription_items, months_left, payment_method_words};
pub(crate) use duplicates::{Namesake, namesakes};

pub use at::{ClientAt, CustomerAt, ItemAt, PaymentMethodAt, Since, SubscriptionAt, at};
pub(crate) use changes::first_since;
pub use duplicates::{
    DuplicateCustomer, DuplicateGroup, DuplicateKind, Duplicates, dismiss_duplicates, duplicates,
    link_duplicates, prefer_customer,
};
pub use edit::{
    add, add_contact, archive, edit, edit_contact, edit_note, link_customer, remove_contact,
    remove_note, unarchive, unlink_customer, write_note,
};
pub use export::export;
pub(crate) use export::{harmless, write_csv};
pub use list::{filters, list};
pub use object_at::{ObjectAt, object_at};
pub use page::{open, page};
pub use resolve::resolve;
pub use timeline::{object_timeline, timeline};
pub use types::*;

use crate::Result;
use crate::ids::ClientId;
use crate::sync;
use crate::workspaces::Workspace;

/// A window of the client's invoices, newest first.
pub async fn invoices(
    workspace: &Workspace,
    client: &ClientId,
    offset: u32,
    limit: u32,
) -> Result<InvoiceList> {
    let client = resolve(workspace, client).await?;
    let mut reader = workspace.store().reader.acquire().await?;
    billing::invoices(&mut reader, workspace, &client, offset, limit.min(500)).await
}

/// Fetches this client's customers, subscriptions, invoices and payment methods, and nothing else.
pub async fn refresh(workspace: &Workspace, client: &ClientId) -> Result<()> {
    let client = resolve(workspace, client).await?;
    // Also the Accounts v2 id of a customer: some of its invoices know no other.
    let payers: Vec<String> = sqlx::query_scalar(
        "SELECT p.payer FROM payers p LEFT JOIN customers c ON c.id = p.payer
         WHERE p.client = ? AND coalesce(c.deleted, 0) = 0",
    )
    .bind(client.as_str())
    .fetch_all(&workspace.store().reader)
    .await?;
    let stripe = workspace.stripe().await?;
    workspace.checked(sync::refresh_client(workspace.store(), &stripe, &payers).await)
}
