//! The log of every attempt at a link, with what came of it.

mod outcome;
mod words;

use super::lifetime::lifetime;
use super::types::{LinkList, LinkPurpose, LinkQuery, LinkRequest, LinkRow};
use crate::Result;
use crate::clients;
use crate::ids::{ClientId, LinkId};
use crate::journal::{Delivery, LinkKind, LinkResult};
use crate::sync;
use crate::workspaces::Workspace;
use chrono::{DateTime, TimeDelta, Utc};
use outcome::{Left, outcome};
use serde::de::DeserializeOwned;
use serde_json::Value;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use words::Standing;

/// What a session that was opened keeps working for after its last click.
const SESSION: TimeDelta = TimeDelta::hours(1);

/// Attempts, newest first; with them the portal sessions that others made.
///
/// The log knows what was created or fetched, and what changed afterwards; never what was viewed.
pub async fn list(workspace: &Workspace, query: &LinkQuery) -> Result<LinkList> {
    let read = match query.not_acted_on_days {
        Some(days) => not_acted_on(workspace, query, days).await,
        None => page(workspace, query).await,
    };
    workspace.store().noticed(read)
}

/// Ours, and what Stripe's events tell of sessions that are not ours. Those of before their ids
/// were noted are told apart by customer and time.
const ALL: &str = "
    SELECT l.id, l.at, coalesce(s.name, l.actor) AS actor, coalesce(a.client, l.client) AS client, l.customer, l.kind,
           l.configuration, l.invoice, l.result, l.message, l.delivery, l.subscription, l.coupon, l.price, l.quantity,
           l.recipient, l.object, l.lives_until, 0 AS elsewhere,
           l.result = 'prepared' AND EXISTS (SELECT 1 FROM links n WHERE n.renews = l.id
               OR n.client = l.client AND n.kind = l.kind AND n.subscription IS l.subscription
                   AND n.invoice IS l.invoice AND n.price IS l.price AND n.result = 'prepared'
                   AND (n.at, n.id) > (l.at, l.id)) AS superseded
    FROM links l LEFT JOIN client_aliases a ON a.alias = l.client LEFT JOIN staff s ON s.id = l.actor
    UNION ALL
    SELECT p.id, p.created * 1000, '', y.client, p.payer, 'portal_opened', p.configuration, NULL, 'opened', NULL, NULL,
           NULL, NULL, NULL, NULL, NULL, p.id, NULL, 1, 0
    FROM portal_sessions_seen p JOIN payers y ON y.payer = p.payer
    WHERE NOT EXISTS (SELECT 1 FROM links o WHERE o.object = p.id)
      AND NOT EXISTS (SELECT 1 FROM links o WHERE o.object IS NULL AND o.kind = 'portal_opened'
          AND o.customer = p.payer AND o.at BETWEEN p.created * 1000 - 120000 AND p.created * 1000 + 120000)";

async fn page(workspace: &Workspace, query: &LinkQuery) -> Result<LinkList> {
    let client = match &query.client {
        Some(client) => Some(clients::resolve(workspace, client).await?.to_string()),
        None => None,
    };
    let mut snapshot = workspace.store().reader.begin().await?;
    let total: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
        "SELECT count(*) FROM ({ALL}) WHERE ?1 IS NULL OR client = ?1"
    )))
    .bind(&client)
    .fetch_one(&mut *snapshot)
    .await?;
    let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT x.*, r.name FROM ({ALL}) x LEFT JOIN client_row r ON r.id = x.client
         WHERE ?1 IS NULL OR x.client = ?1 ORDER BY x.at DESC, x.id DESC LIMIT ?2 OFFSET ?3"
    )))
    .bind(&client)
    .bind(query.limit.min(500))
    .bind(query.offset)
    .fetch_all(&mut *snapshot)
    .await?;
    drop(snapshot);
    let mut list = LinkList {
        total: u32::try_from(total).unwrap_or(u32::MAX),
        rows: Vec::with_capacity(rows.len()),
    };
    for row in &rows {
        list.rows.push(told(workspace, row).await?);
    }
    Ok(list)
}

/// Links that were handed out, asked for something, and have had nothing come of them.
async fn not_acted_on(workspace: &Workspace, query: &LinkQuery, days: u32) -> Result<LinkList> {
    let client = match &query.client {
        Some(client) => Some(clients::resolve(workspace, client).await?.to_string()),
        None => None,
    };
    let until = workspace.clock().now() - TimeDelta::days(days.into());
    let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
        "SELECT x.*, r.name FROM ({ALL}) x LEFT JOIN client_row r ON r.id = x.client
         WHERE x.result = 'prepared' AND NOT x.superseded AND x.at <= ?1 AND (?2 IS NULL OR x.client = ?2)
           AND x.kind NOT IN ('portal_mail', 'portal_copy') ORDER BY x.at DESC, x.id DESC"
    )))
    .bind(until.timestamp_millis())
    .bind(&client)
    .fetch_all(&workspace.store().reader)
    .await?;
    let mut list = LinkList {
        total: 0,
        rows: Vec::new(),
    };
    let (offset, limit) = (query.offset, query.limit.min(500));
    for row in &rows {
        let told = told(workspace, row).await?;
        if told.outcome.is_some() {
            continue;
        }
        if (offset..offset.saturating_add(limit)).contains(&list.total) {
            list.rows.push(told);
        }
        list.total += 1;
    }
    Ok(list)
}

async fn told(workspace: &Workspace, row: &SqliteRow) -> Result<LinkRow> {
    let kind: LinkKind = read(row.try_get("kind")?)?;
    let result: Option<&str> = row.try_get("result")?;
    let result: Option<LinkResult> = result.map(read).transpose()?;
    let noted: Option<&str> = row.try_get("delivery")?;
    let delivery = words::delivery(kind, noted.map(read).transpose()?);
    let purpose = words::purpose(kind);
    let elsewhere: bool = row.try_get("elsewhere")?;
    let at = moment(row.try_get("at")?);
    let lives_until: Option<i64> = row.try_get("lives_until")?;
    let client: String = row.try_get("client")?;
    let customer: Option<String> = row.try_get("customer")?;
    let subscription: Option<String> = row.try_get("subscription")?;
    let invoice: Option<String> = row.try_get("invoice")?;
    let object: Option<String> = row.try_get("object")?;
    let left = matches!(result, Some(LinkResult::Opened | LinkResult::Prepared));
    let asks = left && kind != LinkKind::InvoicePdf && !elsewhere;
    let outcome = match asks {
        true => {
            let link = Left {
                purpose,
                at,
                client: &client,
                customer: customer.as_deref(),
                subscription: subscription.as_deref(),
                invoice: invoice.as_deref(),
                object: object.as_deref(),
            };
            outcome(workspace, &link).await?
        }
        false => None,
    };
    let superseded: bool = row.try_get("superseded")?;
    let mut told = LinkRow {
        id: LinkId::from(row.try_get::<String, _>("id")?),
        at,
        actor: match elsewhere {
            true => "The login page, or another program".into(),
            false => row.try_get("actor")?,
        },
        client_name: match row.try_get::<Option<String>, _>("name")? {
            Some(name) => name,
            None if sync::is_whole(workspace.store()).await? => "A client that is gone".into(),
            None => "A client that is not read yet".into(),
        },
        link_kind: kind,
        what: match kind {
            LinkKind::InvoicePage => "Invoice page".into(),
            LinkKind::InvoicePdf => "Invoice PDF".into(),
            _ => purpose.label().into(),
        },
        configuration: row.try_get("configuration")?,
        result: words::link_result(result),
        message: row.try_get("message")?,
        lives: match result {
            // What was never made does not live.
            Some(LinkResult::Failed | LinkResult::Interrupted) => String::new(),
            _ => lifetime(purpose, delivery != Delivery::Open).words,
        },
        purpose,
        delivery: delivery.label().into(),
        recipient: row.try_get("recipient")?,
        lives_until: lives_until.map(moment),
        state: words::link_result(result),
        renewal: (!elsewhere && kind != LinkKind::InvoicePdf).then_some(LinkRequest {
            purpose,
            delivery,
            customer: customer.clone(),
            subscription: subscription.clone(),
            invoice: invoice.clone(),
            price: row.try_get("price")?,
            quantity: row.try_get("quantity")?,
            coupon: row.try_get("coupon")?,
            recipient: row.try_get("recipient")?,
            configuration: None,
            renews: Some(LinkId::from(row.try_get::<String, _>("id")?)),
            warnings_seen: false,
        }),
        client: ClientId::from(client),
        customer,
        subscription,
        invoice,
        outcome,
        elsewhere,
    };
    if left {
        let standing = match (elsewhere, &told.outcome, superseded) {
            (true, ..) => Standing::Elsewhere,
            (false, Some(_), _) => Standing::Used,
            (false, None, true) => Standing::Superseded,
            (false, None, false) if works(workspace, &told, object.as_deref()).await? => {
                Standing::Fresh
            }
            (false, None, false) => Standing::Expired,
        };
        told.state = words::state(standing);
    }
    Ok(told)
}

/// Whether it still leads anywhere, as far as the mirror and the clock tell.
async fn works(workspace: &Workspace, link: &LinkRow, object: Option<&str>) -> Result<bool> {
    let now = workspace.clock().now();
    if link.lives_until.is_some_and(|until| until < now) {
        // One that was opened in time lives on with each click; after an hour it surely is over.
        return Ok(link.delivery == Delivery::Open.label() && now < link.at + SESSION);
    }
    let query = match link.purpose {
        // Its page shows that it is paid, or void, and nothing can be done there.
        LinkPurpose::PayInvoice => "SELECT 1 FROM invoices WHERE id = ? AND status = 'open'",
        LinkPurpose::Checkout | LinkPurpose::SetUpCard => {
            "SELECT 1 FROM checkout_sessions WHERE id = ? AND status = 'open'"
        }
        LinkPurpose::PaymentLink => "SELECT 1 FROM payment_links WHERE id = ? AND active = 1",
        LinkPurpose::LoginPage => {
            "SELECT 1 FROM portal_configurations WHERE id = ? AND active = 1 AND login_page IS NOT NULL"
        }
        // Sessions that nobody noted the end of: opened before their ends were noted, or such
        // that can be opened again with the client's email.
        _ => return Ok(link.delivery != Delivery::Open.label() || now < link.at + SESSION),
    };
    let of = match link.purpose {
        LinkPurpose::PayInvoice => link.invoice.as_deref(),
        LinkPurpose::LoginPage => link.configuration.as_deref(),
        _ => object,
    };
    let found: Option<i64> = sqlx::query_scalar(query)
        .bind(of)
        .fetch_optional(&workspace.store().reader)
        .await?;
    Ok(found.is_some())
}

fn moment(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or_default()
}

/// Enums rest in their columns by their JSON name.
fn read<T: DeserializeOwned>(name: &str) -> Result<T> {
    Ok(serde_json::from_value(Value::from(name))?)
}
