//! Everything the rows of some clients are made of, read set by set rather than client by client.

use super::terms::{add_carried, carried_by, complete_discounts, discounts, prices};
use crate::Result;
use crate::pricing::{Discount, Price};
use serde_json::Value;
use sqlx::{Row, SqliteConnection};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is known of one client.
#[derive(Default)]
pub(crate) struct Gathered {
    pub id: String,
    pub by_hand: bool,
    pub archived: bool,
    pub own_name: Option<String>,
    pub own_email: Option<String>,
    pub own_phone: Option<String>,
    pub own_company: Option<String>,
    /// Unix seconds.
    pub own_added_at: Option<i64>,
    pub contacts: Vec<Contact>,
    /// `cus_…` and, for payers without a customer object, `acct_…`.
    pub payers: Vec<String>,
    /// Newest first.
    pub customers: Vec<Customer>,
    pub subscriptions: Vec<Subscription>,
    pub invoices: i64,
    pub last_invoice: Option<i64>,
    pub overdue_from: Option<i64>,
    /// Still to be paid on open invoices, by currency.
    pub open: BTreeMap<String, i64>,
    /// As printed on an invoice, for payers that have no customer object.
    pub invoice_name: Option<String>,
    pub invoice_email: Option<String>,
}

pub(crate) struct Contact {
    pub name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
}

pub(crate) struct Customer {
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub company: Option<String>,
    pub currency: String,
    pub balance: i64,
    pub created: Option<i64>,
    pub deleted: bool,
}

impl Customer {
    /// As of a customer that was deleted before it was ever read.
    fn is_nameless(&self) -> bool {
        self.name.is_none() && self.company.is_none() && self.email.is_none()
    }
}

pub(crate) struct Subscription {
    pub id: String,
    pub status: String,
    pub created: i64,
    pub ended_at: Option<i64>,
    pub ending: bool,
    pub collection_paused: bool,
    pub discounts: Vec<Discount>,
    pub items: Vec<Item>,
}

pub(crate) struct Item {
    pub product: Option<String>,
    pub price: Arc<Price>,
    pub quantity: u64,
    pub discounts: Vec<Discount>,
}

/// Reads these clients (`ids` is a JSON array).
pub(super) async fn clients(
    tx: &mut SqliteConnection,
    ids: &str,
) -> Result<BTreeMap<String, Gathered>> {
    let ids_wanted: Vec<String> = serde_json::from_str(ids)?;
    let mut gathered: BTreeMap<String, Gathered> = ids_wanted
        .into_iter()
        .map(|id| {
            (
                id.clone(),
                Gathered {
                    id,
                    ..Gathered::default()
                },
            )
        })
        .collect();
    own(tx, ids, &mut gathered).await?;
    customers(tx, ids, &mut gathered).await?;
    subscriptions(tx, ids, &mut gathered).await?;
    invoices(tx, ids, &mut gathered).await?;
    Ok(gathered)
}

async fn own(
    tx: &mut SqliteConnection,
    ids: &str,
    gathered: &mut BTreeMap<String, Gathered>,
) -> Result<()> {
    let rows = sqlx::query(
        "SELECT id, by_hand, archived_at IS NOT NULL, name, email, phone, company, added_at FROM clients
         WHERE id IN (SELECT value FROM json_each(?))",
    )
    .bind(ids)
    .fetch_all(&mut *tx)
    .await?;
    for row in rows {
        let Some(client) = gathered.get_mut(row.try_get::<&str, _>(0)?) else {
            continue;
        };
        client.by_hand = row.try_get(1)?;
        client.archived = row.try_get(2)?;
        client.own_name = row.try_get(3)?;
        client.own_email = row.try_get(4)?;
        client.own_phone = row.try_get(5)?;
        client.own_company = row.try_get(6)?;
        client.own_added_at = row
            .try_get::<Option<i64>, _>(7)?
            .map(|millis| millis / 1000);
    }
    let rows = sqlx::query(
        "SELECT client, name, email, phone FROM contacts WHERE client IN (SELECT value FROM json_each(?))
         ORDER BY added_at, id",
    )
    .bind(ids)
    .fetch_all(&mut *tx)
    .await?;
    for row in rows {
        let Some(client) = gathered.get_mut(row.try_get::<&str, _>(0)?) else {
            continue;
        };
        client.contacts.push(Contact {
            name: row.try_get(1)?,
            email: row.try_get(2)?,
            phone: row.try_get(3)?,
        });
    }
    Ok(())
}

async fn customers(
    tx: &mut SqliteConnection,
    ids: &str,
    gathered: &mut BTreeMap<String, Gathered>,
) -> Result<()> {
    // The Accounts v2 id of a customer that is there itself is no payer of its own on screen.
    let rows = sqlx::query(
        "SELECT p.client, p.payer, c.id, c.name, c.email, c.phone, c.company, c.currency, c.balance, c.created,
                c.deleted
         FROM payers p LEFT JOIN customers c ON c.id = p.payer
         WHERE p.client IN (SELECT value FROM json_each(?))
           AND (c.id IS NOT NULL OR NOT EXISTS (SELECT 1 FROM customers t WHERE t.account = p.payer))
         ORDER BY c.deleted, c.created DESC, p.payer",
    )
    .bind(ids)
    .fetch_all(&mut *tx)
    .await?;
    for row in rows {
        let Some(client) = gathered.get_mut(row.try_get::<&str, _>(0)?) else {
            continue;
        };
        client.payers.push(row.try_get(1)?);
        if row.try_get::<Option<&str>, _>(2)?.is_some() {
            client.customers.push(Customer {
                name: row.try_get(3)?,
                email: row.try_get(4)?,
                phone: row.try_get(5)?,
                company: row.try_get(6)?,
                currency: row.try_get::<Option<String>, _>(7)?.unwrap_or_default(),
                balance: row.try_get::<Option<i64>, _>(8)?.unwrap_or_default(),
                created: row.try_get(9)?,
                deleted: row.try_get(10)?,
            });
        }
    }
    Ok(())
}

async fn subscriptions(
    tx: &mut SqliteConnection,
    ids: &str,
    gathered: &mut BTreeMap<String, Gathered>,
) -> Result<()> {
    let rows = sqlx::query(
        "SELECT p.client, s.id, s.status, s.created, s.ended_at,
                coalesce(s.cancel_at_period_end, 0) OR s.cancel_at IS NOT NULL,
                coalesce(s.collection_paused, 0), s.discounts, i.price, i.quantity, i.discounts
         FROM payers p JOIN subscriptions s ON s.payer = p.payer AND s.deleted = 0
         LEFT JOIN subscription_items i ON i.subscription = s.id
         WHERE p.client IN (SELECT value FROM json_each(?)) ORDER BY p.client, s.created DESC, s.id, i.id",
    )
    .bind(ids)
    .fetch_all(&mut *tx)
    .await?;
    let wanted: Vec<String> = rows
        .iter()
        .filter_map(|row| row.try_get::<Option<String>, _>(8).ok().flatten())
        .collect();
    let mut prices = prices(tx, wanted).await?;
    let lacking = rows.iter().filter(|row| {
        let price: Option<&str> = row.try_get(8).ok().flatten();
        price.is_some_and(|price| !prices.contains_key(price))
    });
    let lacking: Vec<&str> = lacking.filter_map(|row| row.try_get(1).ok()).collect();
    let carried = carried_by(tx, lacking).await?;
    add_carried(tx, &mut prices, carried.iter().collect()).await?;
    for row in rows {
        let Some(client) = gathered.get_mut(row.try_get::<&str, _>(0)?) else {
            continue;
        };
        let id: String = row.try_get(1)?;
        if client.subscriptions.last().is_none_or(|last| last.id != id) {
            client.subscriptions.push(Subscription {
                id,
                status: row.try_get::<Option<String>, _>(2)?.unwrap_or_default(),
                created: row.try_get::<Option<i64>, _>(3)?.unwrap_or_default(),
                ended_at: row.try_get(4)?,
                ending: row.try_get(5)?,
                collection_paused: row.try_get(6)?,
                discounts: discounts(row.try_get(7)?)?,
                items: Vec::new(),
            });
        }
        let Some(known) = row
            .try_get::<Option<&str>, _>(8)?
            .and_then(|price| prices.get(price))
        else {
            continue;
        };
        let item = Item {
            product: known.product.clone(),
            price: Arc::clone(&known.price),
            quantity: row
                .try_get::<Option<i64>, _>(9)?
                .and_then(|q| u64::try_from(q).ok())
                .unwrap_or(1),
            discounts: discounts(row.try_get(10)?)?,
        };
        if let Some(subscription) = client.subscriptions.last_mut() {
            subscription.items.push(item);
        }
    }
    let subscriptions = gathered.values_mut().flat_map(|c| &mut c.subscriptions);
    let discounts = subscriptions.flat_map(|subscription| {
        let of_items = subscription.items.iter_mut();
        of_items
            .flat_map(|item| &mut item.discounts)
            .chain(&mut subscription.discounts)
    });
    complete_discounts(tx, discounts.collect()).await
}

async fn invoices(
    tx: &mut SqliteConnection,
    ids: &str,
    gathered: &mut BTreeMap<String, Gathered>,
) -> Result<()> {
    let rows = sqlx::query(
        "SELECT p.client, v.currency, count(*), max(v.created),
                coalesce(sum(v.remaining) FILTER (WHERE v.status = 'open'), 0),
                min(v.due_date) FILTER (WHERE v.status = 'open')
         FROM payers p JOIN invoices v ON v.payer = p.payer AND v.deleted = 0
         WHERE p.client IN (SELECT value FROM json_each(?)) GROUP BY p.client, v.currency",
    )
    .bind(ids)
    .fetch_all(&mut *tx)
    .await?;
    for row in rows {
        let Some(client) = gathered.get_mut(row.try_get::<&str, _>(0)?) else {
            continue;
        };
        client.invoices += row.try_get::<i64, _>(2)?;
        client.last_invoice = client.last_invoice.max(row.try_get(3)?);
        client.open.insert(
            row.try_get::<Option<String>, _>(1)?.unwrap_or_default(),
            row.try_get(4)?,
        );
        let due: Option<i64> = row.try_get(5)?;
        client.overdue_from = [client.overdue_from, due].into_iter().flatten().min();
    }
    let nameless: Vec<&str> = gathered
        .values()
        .filter(|c| c.invoices > 0 && c.customers.iter().all(Customer::is_nameless))
        .map(|c| c.id.as_str())
        .collect();
    if nameless.is_empty() {
        return Ok(());
    }
    // With max() SQLite takes the other columns from the newest invoice's row.
    let rows = sqlx::query(
        "SELECT p.client, v.customer_name, v.customer_email, max(v.created)
         FROM payers p JOIN invoices v ON v.payer = p.payer AND v.deleted = 0
         WHERE p.client IN (SELECT value FROM json_each(?)) GROUP BY p.client",
    )
    .bind(Value::from_iter(nameless).to_string())
    .fetch_all(tx)
    .await?;
    for row in rows {
        let Some(client) = gathered.get_mut(row.try_get::<&str, _>(0)?) else {
            continue;
        };
        client.invoice_name = row.try_get(1)?;
        client.invoice_email = row.try_get(2)?;
    }
    Ok(())
}
