//! Turns one change into rows. Deterministic: everything comes from the entry and the tables that
//! earlier entries built, so that a replay makes the same tables.

mod links;
mod portal;

use super::{Change, ClientDetails, ContactDetails, Entry};
use crate::{
    Result,
    ids::{ClientId, ContactId, NoteId},
};
use serde::Serialize;
use sqlx::SqliteConnection;

/// Applies the entry; `body` is its change as stored.
pub(super) async fn entry(tables: &mut SqliteConnection, entry: &Entry, body: &str) -> Result<()> {
    let at = entry.at.timestamp_millis();
    match &entry.change {
        // Ahead of its timeline row, which stays.
        Change::ClientErased { client, .. } => erase(tables, client).await?,
        change => {
            if let Some(client) = change.client() {
                touch(tables, client, at).await?;
            }
        }
    }
    sqlx::query(
        "INSERT INTO timeline (seq, id, at, actor, client, kind, body)
         VALUES (?1, ?2, ?3, ?4, ?5, json_extract(?6, '$.kind'), ?6)",
    )
    .bind(entry.seq)
    .bind(entry.id.as_str())
    .bind(at)
    .bind(entry.author.actor.to_string())
    .bind(entry.change.client().map(ClientId::as_str))
    .bind(body)
    .execute(&mut *tables)
    .await?;
    change(tables, entry, at).await
}

async fn change(tables: &mut SqliteConnection, entry: &Entry, at: i64) -> Result<()> {
    match &entry.change {
        Change::StaffIntroduced { staff, name, email } => {
            sqlx::query("INSERT OR REPLACE INTO staff (id, name, email) VALUES (?, ?, ?)")
                .bind(staff.as_str())
                .bind(name)
                .bind(email)
                .execute(tables)
                .await?;
        }
        Change::ClientAdded { client, details } => {
            sqlx::query("UPDATE clients SET by_hand = 1 WHERE id = ?")
                .bind(client.as_str())
                .execute(&mut *tables)
                .await?;
            set_details(tables, client, details).await?;
        }
        Change::ClientEdited { client, details } => set_details(tables, client, details).await?,
        Change::ClientArchived { client } => set_archived(tables, client, Some(at)).await?,
        Change::ClientUnarchived { client } => set_archived(tables, client, None).await?,
        Change::CustomerLinked { client, customer } => {
            link_customer(tables, client, customer).await?;
        }
        Change::CustomerUnlinked { customer, .. } => unlink_customer(tables, customer).await?,
        Change::ContactAdded {
            contact,
            client,
            details,
        } => add_contact(tables, contact, client, details, at).await?,
        Change::ContactEdited {
            contact, details, ..
        } => edit_contact(tables, contact, details).await?,
        Change::ContactRemoved { contact, .. } => {
            sqlx::query("DELETE FROM contacts WHERE id = ?")
                .bind(contact.as_str())
                .execute(tables)
                .await?;
        }
        Change::NoteWritten { note, client, text } => {
            write_note(tables, note, client, text, entry, at).await?;
        }
        Change::NoteEdited { note, text, .. } => {
            sqlx::query("UPDATE notes SET text = ?, edited_at = ? WHERE id = ?")
                .bind(text)
                .bind(at)
                .bind(note.as_str())
                .execute(tables)
                .await?;
        }
        Change::NoteRemoved { note, .. } => {
            sqlx::query("DELETE FROM notes WHERE id = ?")
                .bind(note.as_str())
                .execute(tables)
                .await?;
        }
        Change::LinkRequested { link, client, .. } => {
            open_effect(tables, link.as_str(), entry.seq, Some(client)).await?;
            links::requested(tables, entry, at).await?;
        }
        Change::LinkFinished { link, .. } => {
            close_effect(tables, link.as_str()).await?;
            links::finished(tables, &entry.change, at).await?;
        }
        Change::PortalConfigurationRequested {
            idempotency_key, ..
        } => {
            open_effect(tables, idempotency_key, entry.seq, None).await?;
        }
        Change::PortalConfigurationFinished {
            idempotency_key, ..
        } => close_effect(tables, idempotency_key).await?,
        Change::SegmentSaved { .. }
        | Change::SegmentRemoved { .. }
        | Change::ClientSegmentSet { .. }
        | Change::PortalRulesSaved { .. }
        | Change::ClientPortalSet { .. }
        | Change::PortalMatrixReviewed { .. } => portal::change(tables, entry, at).await?,
        Change::CustomerPreferred { client, customer } => {
            sqlx::query("UPDATE clients SET preferred_customer = ? WHERE id = ?")
                .bind(customer)
                .bind(client.as_str())
                .execute(tables)
                .await?;
        }
        Change::DuplicatesDismissed { customers } => {
            sqlx::query("INSERT OR IGNORE INTO duplicates_dismissed (customers) VALUES (?)")
                .bind(serde_json::to_string(customers)?)
                .execute(tables)
                .await?;
        }
        // Their timeline row says all there is to say.
        Change::WorkspaceAdded { .. }
        | Change::KeyStored { .. }
        | Change::KeyRemoved
        | Change::TimeZoneSet { .. }
        | Change::ClientErased { .. }
        | Change::BackupRestored { .. }
        | Change::ComparisonStarted
        | Change::MirrorRebuilt
        | Change::NewsGivenUp { .. }
        | Change::LiveWireSet { .. }
        | Change::WebhookSecretStored { .. }
        | Change::WebhookSecretRemoved => {}
    }
    Ok(())
}

/// Gives the client a row of its own from the first thing on that staff do with it.
async fn touch(tables: &mut SqliteConnection, client: &ClientId, at: i64) -> Result<()> {
    sqlx::query("INSERT OR IGNORE INTO clients (id, added_at, by_hand) VALUES (?, ?, 0)")
        .bind(client.as_str())
        .bind(at)
        .execute(tables)
        .await?;
    Ok(())
}

/// Removes every row about the client, under each of its ids: what remains is what a replay
/// without the erased bodies makes.
async fn erase(tables: &mut SqliteConnection, client: &ClientId) -> Result<()> {
    for statement in [
        "DELETE FROM clients WHERE id IN (SELECT ?1 UNION ALL
            SELECT alias FROM client_aliases WHERE client = ?1)",
        "DELETE FROM contacts WHERE client IN (SELECT ?1 UNION ALL
            SELECT alias FROM client_aliases WHERE client = ?1)",
        "DELETE FROM notes WHERE client IN (SELECT ?1 UNION ALL
            SELECT alias FROM client_aliases WHERE client = ?1)",
        "DELETE FROM links WHERE client IN (SELECT ?1 UNION ALL
            SELECT alias FROM client_aliases WHERE client = ?1)",
        "DELETE FROM open_effects WHERE client IN (SELECT ?1 UNION ALL
            SELECT alias FROM client_aliases WHERE client = ?1)",
        "DELETE FROM timeline WHERE kind <> 'client_erased' AND client IN (SELECT ?1 UNION ALL
            SELECT alias FROM client_aliases WHERE client = ?1)",
        // Last, because the others find the aliases through it.
        "DELETE FROM client_customers WHERE client = ?1",
    ] {
        sqlx::query(statement)
            .bind(client.as_str())
            .execute(&mut *tables)
            .await?;
    }
    Ok(())
}

async fn set_details(
    tables: &mut SqliteConnection,
    client: &ClientId,
    details: &ClientDetails,
) -> Result<()> {
    sqlx::query("UPDATE clients SET name = ?, email = ?, phone = ?, company = ? WHERE id = ?")
        .bind(&details.name)
        .bind(&details.email)
        .bind(&details.phone)
        .bind(&details.company)
        .bind(client.as_str())
        .execute(tables)
        .await?;
    Ok(())
}

async fn set_archived(
    tables: &mut SqliteConnection,
    client: &ClientId,
    at: Option<i64>,
) -> Result<()> {
    sqlx::query("UPDATE clients SET archived_at = ? WHERE id = ?")
        .bind(at)
        .bind(client.as_str())
        .execute(tables)
        .await?;
    Ok(())
}

async fn link_customer(
    tables: &mut SqliteConnection,
    client: &ClientId,
    customer: &str,
) -> Result<()> {
    let derived = ClientId::of_customer(customer);
    if *client == derived {
        return unlink_customer(tables, customer).await;
    }
    sqlx::query(
        "INSERT OR REPLACE INTO client_customers (customer, client, alias) VALUES (?, ?, ?)",
    )
    .bind(customer)
    .bind(client.as_str())
    .bind(derived.as_str())
    .execute(tables)
    .await?;
    Ok(())
}

async fn unlink_customer(tables: &mut SqliteConnection, customer: &str) -> Result<()> {
    sqlx::query("DELETE FROM client_customers WHERE customer = ?")
        .bind(customer)
        .execute(tables)
        .await?;
    Ok(())
}

async fn add_contact(
    tables: &mut SqliteConnection,
    contact: &ContactId,
    client: &ClientId,
    details: &ContactDetails,
    at: i64,
) -> Result<()> {
    sqlx::query(
        "INSERT OR REPLACE INTO contacts (id, client, name, email, phone, role, added_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(contact.as_str())
    .bind(client.as_str())
    .bind(&details.name)
    .bind(&details.email)
    .bind(&details.phone)
    .bind(&details.role)
    .bind(at)
    .execute(tables)
    .await?;
    Ok(())
}

async fn edit_contact(
    tables: &mut SqliteConnection,
    contact: &ContactId,
    details: &ContactDetails,
) -> Result<()> {
    sqlx::query("UPDATE contacts SET name = ?, email = ?, phone = ?, role = ? WHERE id = ?")
        .bind(&details.name)
        .bind(&details.email)
        .bind(&details.phone)
        .bind(&details.role)
        .bind(contact.as_str())
        .execute(tables)
        .await?;
    Ok(())
}

async fn write_note(
    tables: &mut SqliteConnection,
    note: &NoteId,
    client: &ClientId,
    text: &str,
    entry: &Entry,
    at: i64,
) -> Result<()> {
    sqlx::query(
        "INSERT OR REPLACE INTO notes (id, client, text, at, author) VALUES (?, ?, ?, ?, ?)",
    )
    .bind(note.as_str())
    .bind(client.as_str())
    .bind(text)
    .bind(at)
    .bind(entry.author.actor.to_string())
    .execute(tables)
    .await?;
    Ok(())
}

async fn open_effect(
    tables: &mut SqliteConnection,
    effect: &str,
    seq: i64,
    client: Option<&ClientId>,
) -> Result<()> {
    sqlx::query("INSERT OR REPLACE INTO open_effects (effect, seq, client) VALUES (?, ?, ?)")
        .bind(effect)
        .bind(seq)
        .bind(client.map(ClientId::as_str))
        .execute(tables)
        .await?;
    Ok(())
}

async fn close_effect(tables: &mut SqliteConnection, effect: &str) -> Result<()> {
    sqlx::query("DELETE FROM open_effects WHERE effect = ?")
        .bind(effect)
        .execute(tables)
        .await?;
    Ok(())
}

/// A plain enum as its name in JSON, e.g. `portal_opened`.
fn word(value: &impl Serialize) -> Result<Option<String>> {
    Ok(serde_json::to_value(value)?.as_str().map(str::to_owned))
}
