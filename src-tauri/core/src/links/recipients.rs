//! Whom a link may be sent to: the addresses of its client, and of nobody else.

use super::facts::ClientFacts;
use super::types::Recipient;
use crate::Result;
use crate::ids::ClientId;
use crate::workspaces::Workspace;

pub(super) fn domain(email: &str) -> String {
    let domain = email.rsplit('@').next().unwrap_or_default();
    domain.trim().to_lowercase()
}

/// Every address of the client: the acting customer's first, then contacts, then what staff noted.
pub(super) async fn recipients(
    workspace: &Workspace,
    client: &ClientId,
    facts: &ClientFacts,
) -> Result<Vec<Recipient>> {
    let contacts: Vec<(String, String, Option<String>)> = sqlx::query_as(
        "SELECT email, name, role FROM contacts WHERE client = ? AND email IS NOT NULL ORDER BY added_at, id",
    )
    .bind(client.as_str())
    .fetch_all(&workspace.store().reader)
    .await?;
    let payer = facts.payer().into_iter();
    let customers = payer
        .chain(&facts.customers)
        .filter(|customer| !customer.deleted);
    let customers = customers
        .filter_map(|customer| Some((customer.email.clone()?, customer.words().to_owned())));
    let contacts = contacts.into_iter().map(|(email, name, role)| match role {
        Some(role) if !role.is_empty() => (email, format!("{name} ({role})")),
        _ => (email, name),
    });
    let noted = facts.email.clone().map(|email| (email, facts.name.clone()));
    let mut all: Vec<Recipient> = Vec::new();
    for (email, who) in customers.chain(contacts).chain(noted) {
        let email = email.trim().to_owned();
        let known = all
            .iter()
            .any(|other| other.email.to_lowercase() == email.to_lowercase());
        if !known && !email.is_empty() {
            all.push(Recipient { email, who });
        }
    }
    Ok(all)
}

/// The name of another client that this address belongs to.
pub(super) async fn others_contact(workspace: &Workspace, email: &str) -> Result<Option<String>> {
    Ok(sqlx::query_scalar(
        "SELECT r.name FROM (
             SELECT p.client FROM customers c JOIN payers p ON p.payer = c.id WHERE c.email_key = ?1 AND c.deleted = 0
             UNION ALL SELECT client FROM contacts WHERE lower(trim(email)) = ?1
         ) o JOIN client_row r ON r.id = o.client LIMIT 1",
    )
    .bind(email)
    .fetch_optional(&workspace.store().reader)
    .await?)
}
