//! Groups of duplicates as a person looks at them: who is in them, and which client to keep.

use super::find::Found;
use super::{DuplicateCustomer, DuplicateGroup, DuplicateKind, namesakes};
use crate::Result;
use crate::client_rows::display_name;
use crate::clients::list::moment;
use crate::ids::ClientId;
use sha2::{Digest, Sha256};
use sqlx::{Row, SqliteConnection};
use std::cmp::Reverse;
use std::collections::HashMap;

pub(super) async fn groups(
    tx: &mut SqliteConnection,
    found: Vec<Found>,
) -> Result<Vec<DuplicateGroup>> {
    let wanted: Vec<&str> = found
        .iter()
        .flat_map(|group| &group.customers)
        .map(String::as_str)
        .collect();
    let customers = customers(tx, wanted).await?;
    let groups = found.into_iter().filter_map(|group| {
        let own = group.customers.iter().filter_map(|id| customers.get(id));
        let mut own: Vec<DuplicateCustomer> = own.cloned().collect();
        own.sort_by_key(|c| {
            (
                Reverse(c.live_subscriptions),
                Reverse(c.invoices),
                c.created,
            )
        });
        let (suggested, suggestion) = suggest(&own)?;
        Some(DuplicateGroup {
            key: key(&group.customers),
            why: why(group.kind, &group.common, &suggested.client_name),
            kind: group.kind,
            suggested: suggested.client.clone(),
            suggestion,
            customers: own,
        })
    });
    Ok(groups.collect())
}

async fn customers(
    tx: &mut SqliteConnection,
    wanted: Vec<&str>,
) -> Result<HashMap<String, DuplicateCustomer>> {
    let rows = sqlx::query(
        "SELECT c.id, p.client, r.name, coalesce(nullif(trim(c.company), ''), nullif(trim(c.name), '')),
                nullif(trim(c.email), ''), c.email_key, c.created,
                (SELECT count(*) FROM subscriptions s WHERE s.payer IN (c.id, c.account) AND s.deleted = 0
                    AND s.status NOT IN ('canceled', 'incomplete_expired', 'incomplete')),
                (SELECT max(s.created) FROM subscriptions s WHERE s.payer IN (c.id, c.account) AND s.deleted = 0),
                (SELECT count(*) FROM invoices v WHERE v.payer IN (c.id, c.account) AND v.deleted = 0),
                (SELECT max(v.created) FROM invoices v WHERE v.payer IN (c.id, c.account) AND v.deleted = 0),
                coalesce(k.preferred_customer = c.id, 0)
         FROM customers c JOIN payers p ON p.payer = c.id JOIN client_row r ON r.id = p.client
         LEFT JOIN clients k ON k.id = p.client
         WHERE c.id IN (SELECT value FROM json_each(?))",
    )
    .bind(serde_json::Value::from(wanted).to_string())
    .fetch_all(&mut *tx)
    .await?;
    let emails: Vec<&str> = rows
        .iter()
        .filter_map(|row| row.try_get::<Option<&str>, _>(5).ok().flatten())
        .collect();
    let opened = namesakes(tx, &emails).await?;
    let time = |row: &sqlx::sqlite::SqliteRow, column: usize| -> Result<Option<i64>> {
        Ok(row.try_get(column)?)
    };
    rows.iter()
        .map(|row| {
            let customer: String = row.try_get(0)?;
            let email: Option<&str> = row.try_get(5)?;
            // Of an email that nobody else has there is nothing to say.
            let same = email.and_then(|email| opened.get(email));
            let first = same
                .filter(|same| same.len() > 1)
                .and_then(|same| same.first());
            let activity = [time(row, 6)?, time(row, 8)?, time(row, 10)?];
            let facts = DuplicateCustomer {
                client: ClientId::from(row.try_get::<String, _>(1)?),
                client_name: row.try_get(2)?,
                name: row.try_get::<Option<&str>, _>(3)?.and_then(display_name),
                email: row.try_get(4)?,
                created: time(row, 6)?.and_then(moment),
                live_subscriptions: row.try_get(7)?,
                invoices: row.try_get(9)?,
                last_activity: activity.into_iter().flatten().max().and_then(moment),
                login_page_opens: first.is_some_and(|first| first.id == customer),
                preferred: row.try_get(11)?,
                customer: customer.clone(),
            };
            Ok((customer, facts))
        })
        .collect()
}

/// The client that the others are best linked to, and why. A client to which others are linked
/// already cannot be linked elsewhere itself, so it comes before all others.
fn suggest(customers: &[DuplicateCustomer]) -> Option<(&DuplicateCustomer, String)> {
    let own = |c: &DuplicateCustomer| {
        let client = c.client.clone();
        customers.iter().filter(move |other| other.client == client)
    };
    let joined = |c: &DuplicateCustomer| own(c).count();
    let live = |c: &DuplicateCustomer| own(c).map(|c| c.live_subscriptions).sum::<u32>();
    let best = customers.iter().min_by_key(|c| {
        (
            Reverse(joined(c)),
            Reverse(live(c)),
            Reverse(c.invoices),
            c.created,
        )
    })?;
    let name = &best.client_name;
    let others = || customers.iter().filter(|c| c.client != best.client);
    let why = if joined(best) > 1 {
        format!("{name} has {} of these customers already.", joined(best))
    } else if live(best) > 0 && others().all(|c| c.live_subscriptions == 0) {
        format!("Only {name} has a running subscription.")
    } else if others().all(|c| c.live_subscriptions < live(best)) {
        format!("{name} has the most running subscriptions.")
    } else if others().all(|c| c.invoices < best.invoices) {
        format!("{name} has the most invoices.")
    } else {
        format!("{name} was in Stripe first.")
    };
    Some((best, why))
}

fn why(kind: DuplicateKind, common: &str, name: &str) -> String {
    match kind {
        DuplicateKind::TaxId => format!("The same tax ID, {common}"),
        DuplicateKind::Email => format!("The same email, {common}"),
        DuplicateKind::PlusAddress => format!("The same mailbox, {common}"),
        DuplicateKind::Name => format!("The same name, {name}"),
        DuplicateKind::Domain => format!("The same domain, {common}"),
    }
}

fn key(customers: &[String]) -> String {
    let mut hasher = Sha256::new();
    for customer in customers {
        hasher.update(customer);
        hasher.update("\n");
    }
    hex::encode(&hasher.finalize()[..8])
}
