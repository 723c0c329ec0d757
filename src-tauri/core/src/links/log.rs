//! The log of every attempt at a link.

use super::types::{LinkList, LinkPurpose, LinkQuery, LinkRow};
use crate::Result;
use crate::clients;
use crate::ids::{ClientId, LinkId};
use crate::journal::{Delivery, LinkKind, LinkResult};
use crate::words::{Tone, Word, word};
use crate::workspaces::Workspace;
use chrono::DateTime;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sqlx::Row;

/// Attempts, newest first; of one client or of all.
pub async fn list(workspace: &Workspace, query: &LinkQuery) -> Result<LinkList> {
    let read = attempts(workspace, query.client.as_ref(), query.offset, query.limit).await;
    workspace.store().noticed(read)
}

async fn attempts(
    workspace: &Workspace,
    client: Option<&ClientId>,
    offset: u32,
    limit: u32,
) -> Result<LinkList> {
    let client = match client {
        Some(client) => Some(clients::resolve(workspace, client).await?.to_string()),
        None => None,
    };
    let mut snapshot = workspace.store().reader.begin().await?;
    let total: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM links l LEFT JOIN client_aliases a ON a.alias = l.client
             WHERE ?1 IS NULL OR coalesce(a.client, l.client) = ?1",
    )
    .bind(&client)
    .fetch_one(&mut *snapshot)
    .await?;
    let rows = sqlx::query(
        "SELECT l.id, l.at, coalesce(s.name, l.actor), coalesce(a.client, l.client), r.name, l.customer, l.kind,
                l.configuration, l.invoice, l.result, l.message
         FROM links l LEFT JOIN client_aliases a ON a.alias = l.client
         LEFT JOIN client_row r ON r.id = coalesce(a.client, l.client) LEFT JOIN staff s ON s.id = l.actor
         WHERE ?1 IS NULL OR coalesce(a.client, l.client) = ?1
         ORDER BY l.at DESC, l.id DESC LIMIT ?2 OFFSET ?3",
    )
    .bind(&client)
    .bind(limit.min(500))
    .bind(offset)
    .fetch_all(&mut *snapshot)
    .await?;
    let rows = rows.iter().map(|row| {
        let kind: LinkKind = read(row.try_get(6)?)?;
        let result: Option<LinkResult> =
            row.try_get::<Option<&str>, _>(9)?.map(read).transpose()?;
        Ok(LinkRow {
            id: LinkId::from(row.try_get::<String, _>(0)?),
            at: DateTime::from_timestamp_millis(row.try_get(1)?).unwrap_or_default(),
            actor: row.try_get(2)?,
            client: ClientId::from(row.try_get::<String, _>(3)?),
            client_name: row
                .try_get::<Option<String>, _>(4)?
                .unwrap_or_else(|| "A client that is gone".into()),
            customer: row.try_get(5)?,
            link_kind: kind,
            what: purpose(kind).label().into(),
            configuration: row.try_get(7)?,
            invoice: row.try_get(8)?,
            result: link_result(result),
            message: row.try_get(10)?,
            lives: link_lifetime(kind).into(),
            purpose: purpose(kind),
            delivery: delivery(kind, None).label().into(),
            recipient: None,
            subscription: None,
            lives_until: None,
            state: link_result(result),
            outcome: None,
            renewal: None,
            elsewhere: false,
        })
    });
    Ok(LinkList {
        total: u32::try_from(total).unwrap_or(u32::MAX),
        rows: rows.collect::<Result<_>>()?,
    })
}

/// Enums rest in their columns by their JSON name.
fn read<T: DeserializeOwned>(name: &str) -> Result<T> {
    Ok(serde_json::from_value(Value::from(name))?)
}

/// What a kind of link is for.
fn purpose(kind: LinkKind) -> LinkPurpose {
    match kind {
        LinkKind::PortalOpened => LinkPurpose::PortalHome,
        LinkKind::PortalMail | LinkKind::PortalCopy => LinkPurpose::LoginPage,
        LinkKind::InvoicePage | LinkKind::InvoicePdf | LinkKind::PayInvoice => {
            LinkPurpose::PayInvoice
        }
        LinkKind::UpdatePaymentMethod => LinkPurpose::UpdatePaymentMethod,
        LinkKind::UpdateDetails => LinkPurpose::UpdateDetails,
        LinkKind::Cancel => LinkPurpose::Cancel,
        LinkKind::Pause => LinkPurpose::Pause,
        LinkKind::ChangePlan => LinkPurpose::ChangePlan,
        LinkKind::ConfirmPlan => LinkPurpose::ConfirmPlan,
        LinkKind::Checkout => LinkPurpose::Checkout,
        LinkKind::PaymentLink => LinkPurpose::PaymentLink,
        LinkKind::SetUpCard => LinkPurpose::SetUpCard,
    }
}

/// How it left; the older kinds say so themselves.
fn delivery(kind: LinkKind, noted: Option<Delivery>) -> Delivery {
    noted.unwrap_or(match kind {
        LinkKind::PortalMail => Delivery::Mail,
        LinkKind::PortalCopy => Delivery::Copy,
        _ => Delivery::Open,
    })
}

/// What became of an attempt; none while it is under way.
fn link_result(result: Option<LinkResult>) -> Word {
    match result {
        None => word(
            "under_way",
            "Under way",
            Tone::Info,
            "Being made right now.",
        ),
        Some(LinkResult::Opened) => word(
            "opened",
            "Opened",
            Tone::Good,
            "Handed to this computer's browser.",
        ),
        Some(LinkResult::Prepared) => word(
            "prepared",
            "Prepared",
            Tone::Good,
            "Handed over for sending; whether it was sent is not known.",
        ),
        Some(LinkResult::Failed) => word(
            "failed",
            "Failed",
            Tone::Bad,
            "Nothing left; the message says why.",
        ),
        Some(LinkResult::Interrupted) => word(
            "interrupted",
            "Interrupted",
            Tone::Warn,
            "Portico was ended in between; it was not tried again.",
        ),
    }
}

/// How long what was opened or handed out keeps working.
fn link_lifetime(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::PortalMail | LinkKind::PortalCopy => "As long as the login page is on",
        LinkKind::InvoicePage | LinkKind::InvoicePdf | LinkKind::PayInvoice => {
            "At least 10 days from when it was opened"
        }
        LinkKind::Checkout | LinkKind::SetUpCard => "24 hours",
        LinkKind::PaymentLink => "Until it is switched off",
        _ => "5 minutes when unused, then 1 hour after the last click",
    }
}
