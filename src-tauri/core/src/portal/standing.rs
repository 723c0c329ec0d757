//! What rules can ask of clients, read from the mirror and the journal's tables: of one, or of all.

use super::choose::{Plan, Running, Standing};
use super::known::Known;
use crate::client_rows::terms;
use crate::ids::{ClientId, SegmentId};
use crate::journal::{BillingInterval, PortalRule};
use crate::workspaces::Workspace;
use crate::{Result, db};
use chrono::{DateTime, NaiveDate};
use serde_json::Value;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use std::collections::{BTreeMap, HashMap};

/// Subscriptions in these states count: `incomplete` ones never began.
const RUNNING: &str = "('active', 'trialing', 'past_due', 'unpaid', 'paused')";

/// Everything that choosing needs, from one moment of the database.
pub(super) struct Scene {
    pub rules: Vec<PortalRule>,
    pub otherwise: Option<String>,
    pub known: Known,
    pub today: NaiveDate,
    /// With their names; only those who are in Stripe have a portal.
    pub clients: BTreeMap<String, (String, Standing)>,
}

impl Scene {
    pub fn rules(&self) -> super::choose::Rules<'_> {
        super::choose::Rules {
            rules: &self.rules,
            otherwise: self.otherwise.as_deref(),
        }
    }
}

/// The scene with one client, or with all that are not archived.
pub(super) async fn scene(workspace: &Workspace, client: Option<&ClientId>) -> Result<Scene> {
    let read = read(workspace, client).await;
    workspace.store().noticed(read)
}

async fn read(workspace: &Workspace, client: Option<&ClientId>) -> Result<Scene> {
    let zone = workspace.time_zone();
    let mut snapshot = workspace.store().reader.begin().await?;
    let tx = &mut *snapshot;
    let only = client.map(ClientId::as_str);
    let mut clients = names(tx, only).await?;
    own_choices(tx, &mut clients, only).await?;
    let mut plans = plans(tx, only).await?;
    let sql = format!(
        "SELECT p.client, s.id, s.start_date, s.cancel_at IS NOT NULL OR coalesce(s.cancel_at_period_end, 0), i.price
         FROM payers p JOIN subscriptions s ON s.payer = p.payer
         LEFT JOIN subscription_items i ON i.subscription = s.id AND i.deleted = 0
         WHERE s.deleted = 0 AND s.status IN {RUNNING} AND (?1 IS NULL OR p.client = ?1)
         ORDER BY p.client, s.id"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(only)
        .fetch_all(&mut *tx)
        .await?;
    let lacking = rows.iter().filter(|row| {
        let price: Option<&str> = row.try_get(4).ok().flatten();
        price.is_some_and(|price| !plans.contains_key(price))
    });
    let lacking: Vec<&str> = lacking.filter_map(|row| row.try_get(1).ok()).collect();
    for price in terms::carried_by(tx, lacking).await? {
        if let Some(id) = price["id"].as_str() {
            let product = price["product"].as_str().map(str::to_owned);
            plans
                .entry(id.to_owned())
                .or_insert_with(|| plan(id.to_owned(), product, &price));
        }
    }
    for row in &rows {
        if let Some((_, standing)) = clients.get_mut(row.try_get::<&str, _>(0)?) {
            add(standing, row, &plans, zone)?;
        }
    }
    let (rules, otherwise) = super::rules::in_force(tx).await?;
    let known = super::known::read(tx).await?;
    Ok(Scene {
        rules,
        otherwise,
        known,
        today: workspace.clock().now().with_timezone(&zone).date_naive(),
        clients,
    })
}

fn add(
    standing: &mut Standing,
    row: &SqliteRow,
    plans: &HashMap<String, Plan>,
    zone: chrono_tz::Tz,
) -> Result<()> {
    let subscription: &str = row.try_get(1)?;
    if standing
        .running
        .last()
        .is_none_or(|last| last.subscription != subscription)
    {
        let since: Option<i64> = row.try_get(2)?;
        let since = since
            .and_then(|since| DateTime::from_timestamp(since, 0))
            .unwrap_or_default();
        standing.cancelling |= row.try_get::<bool, _>(3)?;
        standing.running.push(Running {
            subscription: subscription.to_owned(),
            since: since.with_timezone(&zone).date_naive(),
            plans: Vec::new(),
        });
    }
    let price: Option<&str> = row.try_get(4)?;
    if let (Some(price), Some(running)) = (price, standing.running.last_mut()) {
        running
            .plans
            .push(plans.get(price).cloned().unwrap_or_else(|| Plan {
                price: price.to_owned(),
                product: None,
                interval: None,
            }));
    }
    Ok(())
}

async fn names(
    tx: &mut SqliteConnection,
    only: Option<&str>,
) -> Result<BTreeMap<String, (String, Standing)>> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT r.id, r.name FROM client_row r LEFT JOIN clients c ON c.id = r.id
         WHERE (?1 IS NULL OR r.id = ?1) AND (?1 IS NOT NULL OR c.archived_at IS NULL)
           AND EXISTS (SELECT 1 FROM payers p WHERE p.client = r.id)",
    )
    .bind(only)
    .fetch_all(tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(id, name)| (id, (name, Standing::default())))
        .collect())
}

async fn own_choices(
    tx: &mut SqliteConnection,
    clients: &mut BTreeMap<String, (String, Standing)>,
    only: Option<&str>,
) -> Result<()> {
    let rows: Vec<(String, Option<String>, Option<String>)> = sqlx::query_as(
        "SELECT id, segment, portal_configuration FROM clients
         WHERE (segment IS NOT NULL OR portal_configuration IS NOT NULL) AND (?1 IS NULL OR id = ?1)",
    )
    .bind(only)
    .fetch_all(tx)
    .await?;
    for (id, segment, by_hand) in rows {
        if let Some((_, standing)) = clients.get_mut(&id) {
            standing.segment = segment.map(SegmentId::from);
            standing.by_hand = by_hand;
        }
    }
    Ok(())
}

/// Prices with their product and how often they are billed: those of one client, or all.
async fn plans(tx: &mut SqliteConnection, only: Option<&str>) -> Result<HashMap<String, Plan>> {
    let rows: Vec<(String, Option<String>, Option<Vec<u8>>)> = sqlx::query_as(
        "SELECT id, product, json FROM prices WHERE ?1 IS NULL OR id IN (
                 SELECT i.price FROM payers p JOIN subscriptions s ON s.payer = p.payer
                 JOIN subscription_items i ON i.subscription = s.id WHERE p.client = ?1)",
    )
    .bind(only)
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|(price, product, json)| {
            let json: Value = json
                .as_deref()
                .map(db::unpack)
                .transpose()?
                .unwrap_or_default();
            Ok((price.clone(), plan(price, product, &json)))
        })
        .collect()
}

fn plan(price: String, product: Option<String>, json: &Value) -> Plan {
    let interval = serde_json::from_value::<BillingInterval>(json["recurring"]["interval"].clone());
    Plan {
        price,
        product,
        interval: interval.ok(),
    }
}
