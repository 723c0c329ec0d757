//! The log of links, as the journal's entries make it.

use super::word;
use crate::Result;
use crate::journal::{Change, Entry};
use sqlx::SqliteConnection;

pub(super) async fn requested(tables: &mut SqliteConnection, entry: &Entry, at: i64) -> Result<()> {
    let Change::LinkRequested {
        link,
        client,
        customer,
        link_kind,
        configuration,
        invoice,
        details,
        ..
    } = &entry.change
    else {
        return Ok(());
    };
    let delivery = match &details.delivery {
        Some(delivery) => word(delivery)?,
        None => None,
    };
    sqlx::query(
        "INSERT OR REPLACE INTO links
            (id, at, actor, device, client, customer, kind, configuration, invoice,
             delivery, subscription, coupon, price, quantity, recipient, renews)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(link.as_str())
    .bind(at)
    .bind(entry.author.actor.to_string())
    .bind(entry.author.device.as_str())
    .bind(client.as_str())
    .bind(customer)
    .bind(word(link_kind)?)
    .bind(configuration)
    .bind(invoice)
    .bind(delivery)
    .bind(&details.subscription)
    .bind(&details.coupon)
    .bind(&details.price)
    .bind(details.quantity)
    .bind(&details.recipient)
    .bind(details.renews.as_ref().map(|link| link.as_str()))
    .execute(tables)
    .await?;
    Ok(())
}

pub(super) async fn finished(
    tables: &mut SqliteConnection,
    change: &Change,
    at: i64,
) -> Result<()> {
    let Change::LinkFinished {
        link,
        result,
        message,
        object,
        lives_until,
        ..
    } = change
    else {
        return Ok(());
    };
    sqlx::query(
        "UPDATE links SET result = ?, message = ?, finished_at = ?, object = ?, lives_until = ?
         WHERE id = ?",
    )
    .bind(word(result)?)
    .bind(message)
    .bind(at)
    .bind(object)
    .bind(lives_until)
    .bind(link.as_str())
    .execute(tables)
    .await?;
    Ok(())
}
