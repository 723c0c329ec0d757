//! One client, whole: who they are, what they pay for, and what staff noted.

use super::list::{moment, rows_of};
use super::resolve::resolve;
use super::types::{ClientPage, Contact, Customer, Note};
use super::unread::Unread;
use super::{billing, types::ClientRow};
use crate::client_rows::display_name;
use crate::ids::{ClientId, ContactId, NoteId};
use crate::journal::{ClientDetails, ContactDetails};
use crate::money::Money;
use crate::workspaces::Workspace;
use crate::{Error, Result};
use chrono::DateTime;
use serde_json::Value;
use sqlx::{Row, SqliteConnection};
use std::sync::Arc;

/// How many invoices come with the page; the rest by `invoices`.
const INVOICES: u32 = 100;

/// Everything the client's page shows, from one moment of the database.
pub async fn page(workspace: &Workspace, client: &ClientId) -> Result<ClientPage> {
    let read = read(workspace, client).await;
    workspace.store().noticed(read)
}

/// The same for a person who opens it: payment methods that are not known yet are looked up in
/// Stripe meanwhile, and show when they come.
pub async fn open(workspace: &Arc<Workspace>, client: &ClientId) -> Result<ClientPage> {
    let page = page(workspace, client).await?;
    let live = page.customers.iter().filter(|customer| !customer.deleted);
    workspace.look_for_cards(live.map(|customer| customer.id.clone()).collect());
    Ok(page)
}

async fn read(workspace: &Workspace, client: &ClientId) -> Result<ClientPage> {
    let target = resolve(workspace, client).await?;
    let row = rows_of(workspace, &[target.to_string()]).await?.pop();
    let row = row
        .ok_or_else(|| Error::NotFound("This client is not in this workspace any more.".into()))?;
    let mut snapshot = workspace.store().reader.begin().await?;
    let tx = &mut *snapshot;
    let customers = customers(tx, &target).await?;
    let (details, by_hand) = details(tx, &row, &customers).await?;
    let subscriptions = billing::subscriptions(tx, &target).await?;
    let invoices = billing::invoices(tx, workspace, &target, 0, INVOICES).await?;
    let mut warnings = warnings(tx, &customers, &row).await?;
    if subscriptions
        .iter()
        .any(|subscription| subscription.items.is_empty())
    {
        warnings.push(
            "Some plans are not read yet, or the key may not read prices: amounts are incomplete."
                .into(),
        );
    }
    Ok(ClientPage {
        payment_methods: billing::payment_methods(tx, workspace, &target, &subscriptions).await?,
        contacts: contacts(tx, &target).await?,
        notes: notes(tx, &target).await?,
        moved_to: (target != *client).then_some(target),
        invoices_total: invoices.total,
        invoices: invoices.rows,
        row,
        details,
        by_hand,
        customers,
        subscriptions,
        warnings,
        not_read: Unread::of(workspace).await?.names(),
    })
}

/// What staff say, and where they say nothing, what Stripe says.
async fn details(
    tx: &mut SqliteConnection,
    row: &ClientRow,
    customers: &[Customer],
) -> Result<(ClientDetails, bool)> {
    let own = sqlx::query("SELECT name, email, phone, company, by_hand FROM clients WHERE id = ?")
        .bind(row.id.as_str())
        .fetch_optional(tx)
        .await?;
    let (own, by_hand) = match own {
        Some(own) => (
            ClientDetails {
                name: own.try_get(0)?,
                email: own.try_get(1)?,
                phone: own.try_get(2)?,
                company: own.try_get(3)?,
            },
            own.try_get(4)?,
        ),
        None => (ClientDetails::default(), false),
    };
    let first = customers.first();
    let details = ClientDetails {
        name: own.name.or_else(|| Some(row.name.clone())),
        email: own.email.or_else(|| row.emails.first().cloned()),
        phone: own
            .phone
            .or_else(|| first.and_then(|customer| customer.phone.clone())),
        company: own
            .company
            .or_else(|| first.and_then(|customer| customer.company.clone())),
    };
    Ok((details, by_hand))
}

/// The client's payers, live ones first.
pub(super) async fn customers(
    tx: &mut SqliteConnection,
    client: &ClientId,
) -> Result<Vec<Customer>> {
    let rows = sqlx::query(
        "SELECT p.payer, c.name, c.email, c.phone, c.company, c.currency, c.balance, c.created,
                coalesce(c.deleted, 0) AS deleted, c.json, l.client IS NOT NULL AS linked
         FROM payers p LEFT JOIN customers c ON c.id = p.payer
         LEFT JOIN client_customers l ON l.customer = p.payer
         WHERE p.client = ?
           AND (c.id IS NOT NULL OR NOT EXISTS (SELECT 1 FROM customers t WHERE t.account = p.payer))
         ORDER BY deleted, c.created DESC, p.payer",
    )
    .bind(client.as_str())
    .fetch_all(tx)
    .await?;
    rows.iter()
        .map(|row| {
            let balance: Option<i64> = row.try_get("balance")?;
            let currency: Option<&str> = row.try_get("currency")?;
            let money = |wanted: i64| {
                let amount = balance
                    .map(|balance| balance * wanted)
                    .filter(|amount| *amount > 0)?;
                Some(Money::new(amount, currency?))
            };
            let shown = |column: &str| -> Result<Option<String>> {
                let name: Option<&str> = row.try_get(column)?;
                Ok(name.and_then(display_name))
            };
            let json = row
                .try_get::<Option<&[u8]>, _>("json")?
                .map(crate::db::unpack)
                .transpose()?;
            Ok(Customer {
                id: row.try_get("payer")?,
                name: shown("name")?,
                company: shown("company")?,
                email: row.try_get("email")?,
                phone: row.try_get("phone")?,
                address: json
                    .as_ref()
                    .map(|json| address(&json["address"]))
                    .unwrap_or_default(),
                credit: money(-1),
                owed: money(1),
                deleted: row.try_get("deleted")?,
                created: row.try_get::<Option<i64>, _>("created")?.and_then(moment),
                linked: row.try_get("linked")?,
            })
        })
        .collect()
}

pub(super) fn address(address: &Value) -> Vec<String> {
    let part = |name: &str| address[name].as_str().and_then(display_name);
    let town = [part("postal_code"), part("city")];
    let town = town.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let lines = [
        part("line1"),
        part("line2"),
        Some(town).filter(|town| !town.is_empty()),
        part("state"),
        part("country"),
    ];
    lines.into_iter().flatten().collect()
}

async fn contacts(tx: &mut SqliteConnection, client: &ClientId) -> Result<Vec<Contact>> {
    let rows = sqlx::query(
        "SELECT id, name, email, phone, role FROM contacts
         WHERE client = ?1 OR client IN (SELECT alias FROM client_aliases WHERE client = ?1) ORDER BY added_at, id",
    )
    .bind(client.as_str())
    .fetch_all(tx)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Contact {
                id: ContactId::from(row.try_get::<String, _>(0)?),
                details: ContactDetails {
                    name: row.try_get(1)?,
                    email: row.try_get(2)?,
                    phone: row.try_get(3)?,
                    role: row.try_get(4)?,
                },
            })
        })
        .collect()
}

async fn notes(tx: &mut SqliteConnection, client: &ClientId) -> Result<Vec<Note>> {
    let rows = sqlx::query(
        "SELECT n.id, n.text, n.at, n.edited_at, coalesce(s.name, n.author) FROM notes n
         LEFT JOIN staff s ON s.id = n.author
         WHERE n.client = ?1 OR n.client IN (SELECT alias FROM client_aliases WHERE client = ?1)
         ORDER BY n.at DESC, n.id",
    )
    .bind(client.as_str())
    .fetch_all(tx)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Note {
                id: NoteId::from(row.try_get::<String, _>(0)?),
                text: row.try_get(1)?,
                at: DateTime::from_timestamp_millis(row.try_get(2)?).unwrap_or_default(),
                edited_at: row
                    .try_get::<Option<i64>, _>(3)?
                    .and_then(DateTime::from_timestamp_millis),
                author: row.try_get(4)?,
            })
        })
        .collect()
}

async fn warnings(
    tx: &mut SqliteConnection,
    customers: &[Customer],
    row: &ClientRow,
) -> Result<Vec<String>> {
    let mut warnings = Vec::new();
    let live: Vec<&Customer> = customers
        .iter()
        .filter(|customer| !customer.deleted)
        .collect();
    if customers.is_empty() {
        warnings.push(
            "Not in Stripe yet: link a Stripe customer, or create one there, before sending links."
                .into(),
        );
    } else if live.is_empty() {
        warnings.push("The Stripe customer was deleted. What was known stays here; no portal can be opened for it any more.".into());
    }
    if !live.is_empty() && live.iter().all(|customer| customer.email.is_none()) {
        warnings.push("No email in Stripe: the portal's login page cannot recognise this client. Add one in Stripe.".into());
    }
    for customer in live {
        let Some(email) = &customer.email else {
            continue;
        };
        let others: Vec<String> = sqlx::query_scalar(
            "SELECT r.name FROM customers c JOIN payers p ON p.payer = c.id JOIN client_row r ON r.id = p.client
             WHERE c.email_key = ?1 AND c.deleted = 0 AND c.id <> ?2 AND p.client <> ?3 ORDER BY r.name_key LIMIT 5",
        )
        .bind(email.trim().to_lowercase())
        .bind(&customer.id)
        .bind(row.id.as_str())
        .fetch_all(&mut *tx)
        .await?;
        if !others.is_empty() {
            warnings.push(format!(
                "{email} is also used by {}. The portal's login page opens whichever of them Stripe made last among those with an active subscription.",
                others.join(", ")
            ));
        }
    }
    Ok(warnings)
}
