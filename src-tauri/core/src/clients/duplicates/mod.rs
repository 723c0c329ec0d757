//! The duplicate doctor: customers that look like the same client.

mod find;
mod login_page;
mod show;

pub(crate) use login_page::{Namesake, namesakes};

use super::edit::{journal, link_customer};
use super::resolve::resolve;
use crate::ids::ClientId;
use crate::journal::Change;
use crate::workspaces::Workspace;
use crate::{Error, Result};
use chrono::{DateTime, Utc};
use serde::Serialize;
use specta::Type;

/// As many groups as one looks through; the rest comes when these are settled.
const SHOWN: usize = 200;

/// Customers of several clients that have something in common.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct DuplicateGroup {
    /// Stable while the same customers are in it.
    pub key: String,
    /// "The same email, anna@lumen.example", "The same tax id, DE123456789".
    pub why: String,
    pub kind: DuplicateKind,
    pub customers: Vec<DuplicateCustomer>,
    /// Which client the others would best be linked to, and why.
    pub suggested: ClientId,
    pub suggestion: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum DuplicateKind {
    TaxId,
    Email,
    /// The same but for what follows a plus sign.
    PlusAddress,
    /// The same name.
    Name,
    /// Different people of one company's domain.
    Domain,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct DuplicateCustomer {
    /// `cus_…`
    pub customer: String,
    pub client: ClientId,
    pub client_name: String,
    pub name: Option<String>,
    pub email: Option<String>,
    pub created: Option<DateTime<Utc>>,
    pub live_subscriptions: u32,
    pub invoices: u32,
    pub last_activity: Option<DateTime<Utc>>,
    /// Others have its email too, and Stripe's login page would open this one.
    pub login_page_opens: bool,
    /// Marked as the current one of its client.
    pub preferred: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct Duplicates {
    pub total: u32,
    /// The first 200, surest kind first.
    pub groups: Vec<DuplicateGroup>,
}

/// Looks through every customer that still exists, of clients that are not archived.
pub async fn duplicates(workspace: &Workspace) -> Result<Duplicates> {
    let looked = look(workspace).await;
    workspace.store().noticed(looked)
}

async fn look(workspace: &Workspace) -> Result<Duplicates> {
    let mut snapshot = workspace.store().reader.begin().await?;
    let tx = &mut *snapshot;
    let mut found = find::groups(&mut *tx).await?;
    let total = u32::try_from(found.len()).unwrap_or(u32::MAX);
    found.truncate(SHOWN);
    Ok(Duplicates {
        total,
        groups: show::groups(tx, found).await?,
    })
}

/// Links every customer of the group to `client`; nothing is deleted in Stripe. Those that are its
/// own already stay as they are; of those that cannot be linked the error tells why, after the
/// others were.
pub async fn link_duplicates(
    workspace: &Workspace,
    client: &ClientId,
    customers: &[String],
) -> Result<()> {
    let client = resolve(workspace, client).await?;
    let mut refused = Vec::new();
    let mut linked = 0;
    for customer in customers {
        let holder: Option<String> =
            sqlx::query_scalar("SELECT client FROM payers WHERE payer = ?")
                .bind(customer)
                .fetch_optional(&workspace.store().reader)
                .await?;
        if holder.as_deref() == Some(client.as_str()) {
            continue;
        }
        match link_customer(workspace, &client, customer).await {
            Ok(()) => linked += 1,
            Err(Error::Conflict(why) | Error::Invalid { message: why, .. }) => {
                refused.push(format!("{customer}: {why}"));
            }
            Err(error) => return Err(error),
        }
    }
    if refused.is_empty() {
        return Ok(());
    }
    let done = match linked {
        0 => "Nothing was linked.".to_owned(),
        1 => "1 customer was linked, but not all.".to_owned(),
        linked => format!("{linked} customers were linked, but not all."),
    };
    Err(Error::Conflict(format!("{done} {}", refused.join(" "))))
}

/// Marks which of the client's customers is the current one: links act for it. None lets the one
/// that was billed last be it again.
pub async fn prefer_customer(
    workspace: &Workspace,
    client: &ClientId,
    customer: Option<String>,
) -> Result<()> {
    let client = resolve(workspace, client).await?;
    if let Some(customer) = &customer {
        let own: Option<bool> = sqlx::query_scalar(
            "SELECT coalesce(c.deleted, 0) FROM payers p LEFT JOIN customers c ON c.id = p.payer
             WHERE p.payer = ? AND p.client = ?",
        )
        .bind(customer)
        .bind(client.as_str())
        .fetch_optional(&workspace.store().reader)
        .await?;
        match own {
            None => {
                return Err(Error::NotYours(format!(
                    "{customer} does not belong to this client in this workspace. Nothing was changed."
                )));
            }
            Some(true) => {
                return Err(Error::invalid(
                    "customer",
                    "This customer was deleted in Stripe, so no link can act for it.",
                ));
            }
            Some(false) => {}
        }
    }
    journal(workspace, Change::CustomerPreferred { client, customer }).await
}

/// These are different clients; they are not shown together again.
pub async fn dismiss_duplicates(workspace: &Workspace, mut customers: Vec<String>) -> Result<()> {
    customers.sort_unstable();
    customers.dedup();
    let known: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM payers WHERE payer IN (SELECT value FROM json_each(?))",
    )
    .bind(serde_json::Value::from(customers.clone()).to_string())
    .fetch_one(&workspace.store().reader)
    .await?;
    if customers.len() < 2 || usize::try_from(known) != Ok(customers.len()) {
        return Err(Error::invalid(
            "customers",
            "Say which customers of this workspace are different clients: two of them at least.",
        ));
    }
    journal(workspace, Change::DuplicatesDismissed { customers }).await
}
