//! Reads the facts about one client from the mirror's and the journal's tables.

use super::{
    ClientFacts, CouponFacts, InvoiceFacts, MethodFacts, PriceFacts, customers, prices,
    subscriptions,
};
use crate::clients::{self, payment_method_words};
use crate::ids::ClientId;
use crate::money::Money;
use crate::portal;
use crate::stripe::resource;
use crate::workspaces::Workspace;
use crate::{Result, db};
use chrono::DateTime;
use serde_json::Value;
use sqlx::{Row, SqliteConnection};
use std::collections::HashMap;
use std::sync::Arc;

/// No link needs older invoices than that to be told apart.
const INVOICES: i64 = 500;

/// `configuration`: portal settings that are chosen by hand for one link.
pub(in crate::links) async fn gather(
    workspace: &Workspace,
    client: &ClientId,
    configuration: Option<&str>,
) -> Result<ClientFacts> {
    let read = read(workspace, client, configuration).await;
    workspace.store().noticed(read)
}

async fn read(
    workspace: &Workspace,
    client: &ClientId,
    configuration: Option<&str>,
) -> Result<ClientFacts> {
    let client = clients::resolve(workspace, client).await?;
    let portal = portal::chosen(workspace, &client, configuration).await?;
    let mut snapshot = workspace.store().reader.begin().await?;
    let tx = &mut *snapshot;
    let (name, emails): (String, String) =
        sqlx::query_as("SELECT name, emails FROM client_row WHERE id = ?")
            .bind(client.as_str())
            .fetch_one(&mut *tx)
            .await?;
    let emails: Vec<String> = serde_json::from_str(&emails)?;
    let customers = customers(&mut *tx, &client).await?;
    let unpriced = subscriptions::read(&mut *tx, &client).await?;
    let mut wanted: Vec<&str> = unpriced.iter().flat_map(|s| s.prices()).collect();
    let offered = portal.settings.update.products.iter();
    wanted.extend(
        offered
            .flat_map(|product| &product.prices)
            .map(String::as_str),
    );
    let mut currencies: Vec<&str> = unpriced.iter().filter_map(|s| s.currency()).collect();
    currencies.extend(customers.iter().filter_map(|c| c.currency.as_deref()));
    let known = prices::prices(&mut *tx, wanted, currencies.clone()).await?;
    let subscriptions = unpriced.iter().map(|s| s.priced(&known)).collect();
    Ok(ClientFacts {
        now: workspace.clock().now(),
        zone: workspace.time_zone(),
        name,
        email: emails.into_iter().next(),
        subscriptions,
        invoices: invoices(&mut *tx, &client).await?,
        methods: methods(&mut *tx, &client).await?,
        portal,
        coupons: coupons(&mut *tx).await?,
        sold: sold(&known, &currencies),
        payment_links: payment_links(&mut *tx).await?,
        lacking: lacking(tx).await?,
        customers,
    })
}

fn sold(known: &HashMap<String, Arc<PriceFacts>>, currencies: &[&str]) -> Vec<Arc<PriceFacts>> {
    let mut sold: Vec<_> = known
        .values()
        .filter(|price| price.active && price.recurring)
        .filter(|price| currencies.is_empty() || currencies.contains(&price.currency.as_str()))
        .cloned()
        .collect();
    // What usage decides comes last: nobody begins with it alone.
    sold.sort_by(|a, b| {
        (a.monthly.is_none(), a.monthly, &a.id).cmp(&(b.monthly.is_none(), b.monthly, &b.id))
    });
    sold
}

async fn invoices(tx: &mut SqliteConnection, client: &ClientId) -> Result<Vec<InvoiceFacts>> {
    // Only the open ones' objects are looked into. That a bank wants a confirmation is known by the
    // last charge that it refused for want of one.
    let rows = sqlx::query(
        "SELECT v.id, v.payer, v.number, v.status, v.currency, v.remaining, v.due_date, v.subscription,
                coalesce(v.has_page, 0), CASE WHEN v.status = 'open' THEN v.json END,
                CASE WHEN v.status = 'open' THEN coalesce((SELECT h.failure_code FROM charges h
                    WHERE h.payment_intent = v.payment_intent ORDER BY h.created DESC LIMIT 1), '') END
                = 'authentication_required'
         FROM payers p JOIN invoices v ON v.payer = p.payer WHERE p.client = ? AND v.deleted = 0
         ORDER BY v.status = 'open' DESC, v.created DESC, v.id LIMIT ?",
    )
    .bind(client.as_str())
    .bind(INVOICES)
    .fetch_all(tx)
    .await?;
    let text = |row: &sqlx::sqlite::SqliteRow, column: usize| -> Result<String> {
        Ok(row
            .try_get::<Option<String>, _>(column)?
            .unwrap_or_default())
    };
    rows.iter()
        .map(|row| {
            let json = row.try_get::<Option<&[u8]>, _>(9)?;
            let json = json.map(db::unpack).transpose()?.unwrap_or(Value::Null);
            let due: Option<i64> = row.try_get(6)?;
            let remaining: Option<i64> = row.try_get(5)?;
            Ok(InvoiceFacts {
                id: row.try_get(0)?,
                customer: text(row, 1)?,
                number: row.try_get(2)?,
                status: text(row, 3)?,
                remaining: Money::new(remaining.unwrap_or_default(), &text(row, 4)?),
                due: due.and_then(|due| DateTime::from_timestamp(due, 0)),
                subscription: row.try_get(7)?,
                sent: json["collection_method"] == "send_invoice",
                has_page: row.try_get(8)?,
                needs_confirming: row.try_get::<Option<bool>, _>(10)?.unwrap_or(false),
            })
        })
        .collect()
}

async fn methods(tx: &mut SqliteConnection, client: &ClientId) -> Result<Vec<MethodFacts>> {
    let rows: Vec<(String, Vec<u8>)> = sqlx::query_as(
        "SELECT m.id, m.json FROM payers p JOIN payment_methods m ON m.payer = p.payer
         WHERE p.client = ? AND m.deleted = 0 AND m.json IS NOT NULL ORDER BY m.id",
    )
    .bind(client.as_str())
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|(id, json)| {
            let (label, expiry) = payment_method_words(&db::unpack(&json)?);
            Ok(MethodFacts { id, label, expiry })
        })
        .collect()
}

async fn coupons(tx: &mut SqliteConnection) -> Result<Vec<CouponFacts>> {
    let rows: Vec<(String, Option<String>)> = sqlx::query_as(
        "SELECT id, CASE WHEN amount_off IS NOT NULL THEN currency END FROM coupons
         WHERE valid = 1 AND deleted = 0 ORDER BY id",
    )
    .fetch_all(tx)
    .await?;
    let coupons = rows.into_iter();
    Ok(coupons
        .map(|(id, currency)| CouponFacts { id, currency })
        .collect())
}

async fn payment_links(tx: &mut SqliteConnection) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar(
        "SELECT DISTINCT price FROM payment_links
         WHERE active = 1 AND deleted = 0 AND price IS NOT NULL ORDER BY price",
    )
    .fetch_all(tx)
    .await?)
}

/// What the key could not read it cannot write either: writing includes reading.
async fn lacking(tx: &mut SqliteConnection) -> Result<Vec<String>> {
    let refused: Vec<String> =
        sqlx::query_scalar("SELECT name FROM sync_resources WHERE state = 'not_permitted'")
            .fetch_all(tx)
            .await?;
    Ok(resource::ALL
        .iter()
        .filter(|resource| refused.iter().any(|name| name == resource.name))
        .map(|resource| resource.permission.to_owned())
        .collect())
}
