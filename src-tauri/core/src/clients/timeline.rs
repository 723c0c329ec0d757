//! What happened with a client, newest first: what people did, and what Stripe's objects tell.

use super::changes;
use super::object_at::holder;
use super::resolve::resolve;
use super::types::{Timeline, TimelineEntry};
use crate::ids::ClientId;
use crate::journal::{Change, LinkKind, LinkResult};
use crate::money::Money;
use crate::words::{self, Tone};
use crate::workspaces::Workspace;
use crate::{Error, Result, db};
use chrono::DateTime;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

const PAGE: usize = 50;

/// A page of the timeline. `older` is what the page before gave back.
pub async fn timeline(
    workspace: &Workspace,
    client: &ClientId,
    older: Option<&str>,
) -> Result<Timeline> {
    let page = page(workspace, client, older).await;
    workspace.store().noticed(page)
}

async fn page(workspace: &Workspace, client: &ClientId, older: Option<&str>) -> Result<Timeline> {
    let client = resolve(workspace, client).await?;
    let (before, before_id) = match older {
        Some(cursor) => parse(cursor)?,
        None => (i64::MAX, String::new()),
    };
    let mut entries =
        changes::of_client(workspace, &client, (before, &before_id), PAGE + 1).await?;
    let mut snapshot = workspace.store().reader.begin().await?;
    let tx = &mut *snapshot;
    let now = workspace.clock().now().timestamp();
    for sql in [JOURNAL, SUBSCRIPTIONS, INVOICES, PAYMENTS] {
        entries.extend(read(tx, sql, &client, before, &before_id, now).await?);
    }
    entries.sort_by(|a: &TimelineEntry, b| (b.at, &b.id).cmp(&(a.at, &a.id)));
    let more = entries.len() > PAGE;
    entries.truncate(PAGE);
    let older = entries
        .last()
        .filter(|_| more)
        .map(|last| format!("{}:{}", last.at.timestamp_millis(), last.id));
    Ok(Timeline { entries, older })
}

/// What changed of one Stripe object, newest first, all of it.
pub async fn object_timeline(workspace: &Workspace, object: &str) -> Result<Vec<TimelineEntry>> {
    if holder(workspace, object).await?.is_none() {
        return Err(Error::NotFound(format!(
            "{object} is not known here. It was never read from Stripe, or the id is mistyped."
        )));
    }
    changes::of_object(workspace, object).await
}

fn parse(cursor: &str) -> Result<(i64, String)> {
    let (at, id) = cursor
        .split_once(':')
        .ok_or_else(|| Error::Internal("a timeline cursor was garbled".into()))?;
    let at = at
        .parse()
        .map_err(|_| Error::Internal("a timeline cursor was garbled".into()))?;
    Ok((at, id.to_owned()))
}

/// Every source answers: id, millis, actor, kind, detail, the object's JSON where its words need it;
/// one more than a page holds.
const JOURNAL: &str = "
    SELECT t.id, t.at AS millis, coalesce(s.name, t.actor), t.kind, t.body, NULL
    FROM timeline t LEFT JOIN staff s ON s.id = t.actor
    WHERE (t.client = ?1 OR t.client IN (SELECT alias FROM client_aliases WHERE client = ?1))
      AND (t.at, t.id) < (?2, ?3) ORDER BY t.at DESC, t.id DESC LIMIT 51";

const SUBSCRIPTIONS: &str = "
    SELECT * FROM (
        SELECT s.id || '/started' AS id, s.start_date * 1000 AS millis, 'Stripe', 'subscription_started', s.id, NULL
        FROM payers p JOIN subscriptions s ON s.payer = p.payer WHERE p.client = ?1 AND s.start_date IS NOT NULL
        UNION ALL
        SELECT s.id || '/ended', s.ended_at * 1000, 'Stripe', 'subscription_ended', s.id, s.json
        FROM payers p JOIN subscriptions s ON s.payer = p.payer WHERE p.client = ?1 AND s.ended_at IS NOT NULL
    ) WHERE (millis, id) < (?2, ?3) ORDER BY millis DESC, id DESC LIMIT 51";

const INVOICES: &str = "
    SELECT * FROM (
        SELECT v.id || '/made' AS id, v.created * 1000 AS millis, 'Stripe', 'invoice_made',
               json_array(coalesce(v.number, 'Draft'), v.total, v.currency), NULL
        FROM payers p JOIN invoices v ON v.payer = p.payer WHERE p.client = ?1 AND v.created IS NOT NULL
        UNION ALL
        SELECT v.id || '/paid', v.paid_at * 1000, 'Stripe', 'invoice_paid',
               json_array(coalesce(v.number, 'Draft'), v.total, v.currency), NULL
        FROM payers p JOIN invoices v ON v.payer = p.payer WHERE p.client = ?1 AND v.paid_at IS NOT NULL
        UNION ALL
        SELECT v.id || '/overdue', v.due_date * 1000, 'Stripe', 'invoice_overdue',
               json_array(coalesce(v.number, 'Draft'), v.total, v.currency), NULL
        FROM payers p JOIN invoices v ON v.payer = p.payer
        WHERE p.client = ?1 AND v.status = 'open' AND v.due_date < ?4
    ) WHERE (millis, id) < (?2, ?3) ORDER BY millis DESC, id DESC LIMIT 51";

/// A charge that fails, a refund, a dispute and a credit note are made once; what becomes of them is
/// history. A dispute knows its charge alone.
const PAYMENTS: &str = "
    SELECT * FROM (
        SELECT c.id || '/failed' AS id, c.created * 1000 AS millis, 'Stripe', 'charge_failed',
               json_array(coalesce(c.failure_message, 'the bank gave no reason'), c.amount, c.currency), NULL
        FROM payers p JOIN charges c ON c.payer = p.payer WHERE p.client = ?1 AND c.status = 'failed'
        UNION ALL
        SELECT r.id || '/made', r.created * 1000, 'Stripe', 'refunded', json_array('', r.amount, r.currency), NULL
        FROM payers p JOIN charges c ON c.payer = p.payer JOIN refunds r ON r.charge = c.id WHERE p.client = ?1
        UNION ALL
        SELECT d.id || '/opened', d.created * 1000, 'Stripe', 'disputed',
               json_array(coalesce(d.reason, ''), d.amount, d.currency), NULL
        FROM payers p JOIN charges c ON c.payer = p.payer JOIN disputes d ON d.charge = c.id WHERE p.client = ?1
        UNION ALL
        SELECT n.id || '/made', n.created * 1000, 'Stripe', 'credited',
               json_array(coalesce(n.number, ''), n.total, n.currency), NULL
        FROM payers p JOIN credit_notes n ON n.payer = p.payer WHERE p.client = ?1
        UNION ALL
        SELECT s.id || '/completed', s.created * 1000, 'Stripe', 'checked_out', '', NULL
        FROM payers p JOIN checkout_sessions s ON s.payer = p.payer WHERE p.client = ?1 AND s.status = 'complete'
    ) WHERE millis IS NOT NULL AND (millis, id) < (?2, ?3) ORDER BY millis DESC, id DESC LIMIT 51";

async fn read(
    tx: &mut SqliteConnection,
    sql: &'static str,
    client: &ClientId,
    before: i64,
    before_id: &str,
    now: i64,
) -> Result<Vec<TimelineEntry>> {
    let rows = sqlx::query(sql)
        .bind(client.as_str())
        .bind(before)
        .bind(before_id)
        .bind(now)
        .fetch_all(tx)
        .await?;
    rows.iter().map(entry).collect()
}

fn entry(row: &SqliteRow) -> Result<TimelineEntry> {
    let kind: &str = row.try_get(3)?;
    let detail: &str = row.try_get(4)?;
    let (text, tone) = match kind {
        "subscription_started" => ("A subscription started".to_owned(), Tone::Good),
        "subscription_ended" => {
            let json: Option<&[u8]> = row.try_get(5)?;
            let json = json.map(db::unpack).transpose()?.unwrap_or_default();
            (
                format!("A subscription ended{}", changes::reason(&json)),
                Tone::Warn,
            )
        }
        "invoice_made" => (
            format!("Invoice {} was made", invoice_words(detail)?),
            Tone::Neutral,
        ),
        "invoice_paid" => (
            format!("Invoice {} was paid", invoice_words(detail)?),
            Tone::Good,
        ),
        "invoice_overdue" => (
            format!("Invoice {} became overdue", invoice_words(detail)?),
            Tone::Bad,
        ),
        "charge_failed" => {
            let (why, sum) = sum(detail)?;
            (format!("A charge of {sum} failed: {why}"), Tone::Bad)
        }
        "refunded" => (format!("{} was refunded", sum(detail)?.1), Tone::Neutral),
        "disputed" => {
            let (reason, sum) = sum(detail)?;
            let why = words::dispute_reason(&reason);
            (format!("A payment of {sum} is disputed: {why}"), Tone::Bad)
        }
        "credited" => {
            let (number, sum) = sum(detail)?;
            (
                format!("Credit note {number} ({sum}) was made"),
                Tone::Neutral,
            )
        }
        "checked_out" => ("A checkout was completed".to_owned(), Tone::Good),
        _ => match serde_json::from_str(detail) {
            Ok(change) => change_words(&change),
            // Written by a newer version of Portico.
            Err(_) => (
                format!(
                    "Something this version does not know ({})",
                    kind.replace('_', " ")
                ),
                Tone::Neutral,
            ),
        },
    };
    let id: String = row.try_get(0)?;
    let actor: String = row.try_get(2)?;
    // Of the object that the line's id begins with.
    let source = if actor == "Stripe" {
        id.split('/').next().unwrap_or_default().to_owned()
    } else {
        "journal".into()
    };
    let at = DateTime::from_timestamp_millis(row.try_get(1)?).unwrap_or_default();
    Ok(TimelineEntry {
        id,
        at,
        actor,
        text,
        tone,
        source,
    })
}

fn invoice_words(detail: &str) -> Result<String> {
    let (number, total) = sum(detail)?;
    Ok(format!("{number} ({total})"))
}

/// A word and an amount, as the sources hand them over.
fn sum(detail: &str) -> Result<(String, Money)> {
    let (word, amount, currency): (String, i64, String) = serde_json::from_str(detail)?;
    Ok((word, Money::new(amount, &currency)))
}

/// One journaled act as a sentence without its actor.
fn change_words(change: &Change) -> (String, Tone) {
    let neutral = |text: &str| (text.to_owned(), Tone::Neutral);
    match change {
        Change::ClientAdded { .. } => neutral("Added the client"),
        Change::ClientEdited { .. } => neutral("Changed the client's details"),
        Change::ClientArchived { .. } => neutral("Archived the client"),
        Change::ClientUnarchived { .. } => neutral("Put the client back on the list"),
        Change::CustomerLinked { customer, .. } => {
            neutral(&format!("Linked the Stripe customer {customer}"))
        }
        Change::CustomerUnlinked { customer, .. } => {
            neutral(&format!("Unlinked the Stripe customer {customer}"))
        }
        Change::ContactAdded { details, .. } => {
            neutral(&format!("Added {} as a contact", details.name))
        }
        Change::ContactEdited { details, .. } => {
            neutral(&format!("Changed the contact {}", details.name))
        }
        Change::ContactRemoved { .. } => neutral("Removed a contact"),
        Change::NoteWritten { text, .. } => neutral(&format!("Noted: {}", beginning(text))),
        Change::NoteEdited { text, .. } => {
            neutral(&format!("Changed a note to: {}", beginning(text)))
        }
        Change::NoteRemoved { .. } => neutral("Removed a note"),
        Change::ClientErased { .. } => neutral("Erased what the journal held about this client"),
        Change::LinkRequested { link_kind, .. } => neutral(match link_kind {
            LinkKind::PortalOpened => "Asked Stripe for a portal session",
            LinkKind::PortalMail => "Began a message with the portal link",
            LinkKind::PortalCopy => "Asked for the portal link to copy",
            LinkKind::InvoicePage => "Asked Stripe for an invoice's page",
            LinkKind::InvoicePdf => "Asked Stripe for an invoice's PDF",
            LinkKind::UpdatePaymentMethod => "Asked for a link to replace the payment method",
            LinkKind::UpdateDetails => "Asked for a link to change billing details",
            LinkKind::Cancel => "Asked for a link to cancel",
            LinkKind::Pause => "Asked for a link to pause",
            LinkKind::ChangePlan => "Asked for a link to change the plan",
            LinkKind::ConfirmPlan => "Asked for a link to confirm a change of plan",
            LinkKind::PayInvoice => "Asked for a link to pay an invoice",
            LinkKind::Checkout => "Asked for a checkout",
            LinkKind::PaymentLink => "Asked for a payment link",
            LinkKind::SetUpCard => "Asked for a link to add a card",
        }),
        Change::ClientSegmentSet { segment, .. } => neutral(match segment {
            Some(_) => "Put the client into a segment",
            None => "Took the client out of its segment",
        }),
        Change::ClientPortalSet { configuration, .. } => neutral(&match configuration {
            Some(configuration) => format!("Chose the portal settings {configuration} by hand"),
            None => "Let the rules choose the portal settings again".to_owned(),
        }),
        Change::CustomerPreferred { customer, .. } => neutral(&match customer {
            Some(customer) => format!("Marked {customer} as the current Stripe customer"),
            None => "No Stripe customer is marked as the current one any more".to_owned(),
        }),
        Change::LinkFinished {
            result, message, ..
        } => {
            let message = message.clone().unwrap_or_default();
            match result {
                LinkResult::Opened | LinkResult::Prepared => (message, Tone::Good),
                LinkResult::Failed => (format!("It failed: {message}"), Tone::Bad),
                LinkResult::Interrupted => (
                    "It was interrupted; nothing is known to have opened".into(),
                    Tone::Warn,
                ),
            }
        }
        _ => neutral("Changed the workspace"),
    }
}

fn beginning(text: &str) -> String {
    const SHOWN: usize = 160;
    let line = text.replace('\n', " ");
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
