//! What the mirror is about to write over goes into history first.

use super::prepare::{Row, Table};
use super::rows::{Present, present, push_ids};
use crate::Result;
use crate::db::{Store, unpack};
use crate::history::{self, Cause, Difference, Known};
use crate::stripe::document::Document;
use crate::stripe::resource::{CUSTOMERS, Cell, Resource};
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection, Transaction};
use std::collections::{BTreeMap, HashMap, HashSet};

/// What is in the mirror of one table's rows.
pub(super) type Held = HashMap<String, Present>;

/// A write transaction in which nothing can be lost any more.
pub(super) struct Opened {
    pub tx: Transaction<'static, Sqlite>,
    /// By table, in the order of the tables.
    pub held: Vec<Held>,
    /// History grew.
    pub remembered: bool,
}

/// Opens the transaction that writes `tables`. What it will write over is looked at in that same
/// transaction, because another process may write meanwhile; where history lacks it, the
/// transaction is given up, history written, and begun again. A filling of an empty mirror pays
/// nothing for this.
pub(super) async fn begin(
    store: &Store,
    tables: &[Table],
    causes: &BTreeMap<String, Cause>,
) -> Result<Opened> {
    // With a history, an object that the mirror does not hold may have been lost with portico.db.
    let lost = !history::is_empty(store).await?;
    let mut kept: HashSet<(String, Option<Vec<u8>>)> = HashSet::new();
    let mut remembered = false;
    loop {
        let mut tx = store.writer.begin_with("BEGIN IMMEDIATE").await?;
        let (mut held, mut differences) = (Vec::with_capacity(tables.len()), Vec::new());
        for table in tables {
            let present = present(&mut tx, table, store.clock.millis()).await?;
            if table.resource.history {
                let rows = table.rows.iter().filter(|row| {
                    changes(row, present.get(&row.id), lost)
                        && !kept.contains(&(row.id.clone(), hash(row)))
                });
                let rows: Vec<&Row> = rows.collect();
                differences.extend(read(&mut tx, table.resource, &rows, causes).await?);
            }
            held.push(present);
        }
        if differences.is_empty() {
            return Ok(Opened {
                tx,
                held,
                remembered,
            });
        }
        tx.rollback().await?;
        remembered |= history::record(store, &differences).await?;
        kept.extend(differences.into_iter().map(|difference| {
            let hash = difference.after.content.map(|content| content.hash);
            (difference.object, hash)
        }));
    }
}

fn hash(row: &Row) -> Option<Vec<u8>> {
    (!row.gone).then(|| row.hash.clone())
}

/// Whether the row takes the place of something else.
fn changes(row: &Row, held: Option<&Present>, lost: bool) -> bool {
    match held {
        None => lost && !row.gone,
        Some(held) if held.asked_at > row.asked_at => false,
        Some(held) if held.deleted || row.gone => held.deleted != row.gone,
        Some(held) => held.hash.as_deref() != Some(&row.hash),
    }
}

async fn read(
    tx: &mut SqliteConnection,
    resource: &'static Resource,
    rows: &[&Row],
    causes: &BTreeMap<String, Cause>,
) -> Result<Vec<Difference>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut before = HashMap::with_capacity(rows.len());
    let mut query = QueryBuilder::<Sqlite>::new("SELECT id, asked_at, hash, json FROM ");
    query.push(resource.name).push(" WHERE id IN ");
    push_ids(&mut query, rows.iter().map(|row| row.id.as_str()));
    for row in query.build().fetch_all(&mut *tx).await? {
        // A tombstone has no hash.
        let hash: Option<Vec<u8>> = row.try_get(2)?;
        let content = hash.zip(row.try_get(3)?);
        let known = Known::of(row.try_get(1)?, content);
        before.insert(row.try_get::<String, _>(0)?, known);
    }
    let mut differences = Vec::with_capacity(rows.len());
    for row in rows {
        let before = before.remove(&row.id);
        let content = hash(row).zip(row.json.clone());
        differences.push(Difference {
            resource,
            payer: payer(tx, resource, row, before.as_ref()).await?,
            object: row.id.clone(),
            before,
            after: Known::of(row.asked_at, content),
            cause: causes.get(&row.id).cloned(),
        });
    }
    Ok(differences)
}

/// Whose object it is, or was: a detached card names nobody any more.
async fn payer(
    tx: &mut SqliteConnection,
    resource: &'static Resource,
    row: &Row,
    before: Option<&Known>,
) -> Result<Option<String>> {
    if *resource == CUSTOMERS {
        return Ok(Some(row.id.clone()));
    }
    let place = |name: &str| {
        resource
            .columns
            .iter()
            .position(|column| column.name == name)
    };
    let cell = |place: Option<usize>| match row.cells.get(place?) {
        Some(Cell::Text(text)) => Some(text.clone()),
        _ => None,
    };
    if let Some(payer) = cell(place("payer")) {
        return Ok(Some(payer));
    }
    let before: Option<Document> = before
        .and_then(|before| before.content.as_ref())
        .map(|content| unpack(&content.json))
        .transpose()?
        .map(|before| Document::from(&before));
    let then = |name: &str| {
        let column = &resource.columns[place(name)?];
        match (column.read)(before.as_ref()?.root()) {
            Cell::Text(text) => Some(text),
            _ => None,
        }
    };
    if let Some(payer) = then("payer") {
        return Ok(Some(payer));
    }
    // Disputes, and refunds of old, know their charge alone.
    match cell(place("charge")).or_else(|| then("charge")) {
        None => Ok(None),
        Some(charge) => Ok(sqlx::query_scalar(
            "SELECT payer FROM charges WHERE id = ? AND payer IS NOT NULL",
        )
        .bind(charge)
        .fetch_optional(tx)
        .await?),
    }
}
