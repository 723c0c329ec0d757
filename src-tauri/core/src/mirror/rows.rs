//! Writing prepared rows into the mirror's tables, and gathering what that changed.

use super::{
    Applied,
    prepare::{Row, Table},
};
use crate::Result;
use crate::events::Topic;
use crate::stripe::resource::{self, Cell, Resource};
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Rows per statement: what a page of a list brings, so that most statements read the same and are
/// parsed once. SQLite takes 32,766 variables.
const ROWS: usize = 100;

const TERMS: [&str; 3] = [
    resource::PRODUCTS.name,
    resource::PRICES.name,
    resource::COUPONS.name,
];

/// What client rows are made of besides customers: see `client_rows::gather`.
const SHOWN: [&str; 2] = [resource::SUBSCRIPTIONS.name, resource::INVOICES.name];

/// What a transaction changed so far.
#[derive(Default)]
pub(super) struct News {
    /// When the transaction runs, by this computer's clock.
    pub now: i64,
    written: usize,
    added: usize,
    gone: usize,
    pub resources: BTreeSet<&'static str>,
    pub topics: BTreeSet<Topic>,
    /// Customers that changed themselves.
    pub customers: BTreeSet<String>,
    /// Who pays for what changed and stands in client rows.
    pub payers: BTreeSet<String>,
    /// Who pays for other things that changed: of them no more than that there is somebody.
    pub named: BTreeSet<String>,
    /// Prices, products and coupons whose terms stand in client rows.
    pub plans: BTreeSet<String>,
}

/// Whether client rows show something of these objects.
pub fn is_shown(resource: &Resource) -> bool {
    *resource == resource::CUSTOMERS
        || TERMS.contains(&resource.name)
        || SHOWN.contains(&resource.name)
}

impl News {
    pub fn at(now: i64) -> Self {
        Self {
            now,
            ..Self::default()
        }
    }

    pub fn applied(&self, received: usize) -> Applied {
        Applied {
            received,
            written: self.written,
            added: self.added,
            gone: self.gone,
        }
    }

    fn add(&mut self, resource: &'static Resource, id: &str, cells: &[Cell]) {
        self.written += 1;
        self.resources.insert(resource.name);
        self.topics.insert(resource.topic);
        if *resource == resource::CUSTOMERS {
            self.customers.insert(id.to_owned());
        } else if TERMS.contains(&resource.name) {
            self.plans.insert(id.to_owned());
        }
        let payer = resource
            .columns
            .iter()
            .position(|column| column.name == "payer")
            .and_then(|i| cells.get(i));
        if let Some(Cell::Text(payer)) = payer {
            let payers = match SHOWN.contains(&resource.name) {
                true => &mut self.payers,
                false => &mut self.named,
            };
            if !payers.contains(payer) {
                payers.insert(payer.clone());
            }
        }
    }
}

pub(super) async fn write_table(
    tx: &mut SqliteConnection,
    table: &Table,
    present: &HashMap<String, Present>,
    news: &mut News,
) -> Result<()> {
    let mut same: Vec<&Row> = Vec::new();
    let mut fresh: Vec<&Row> = Vec::new();
    for row in &table.rows {
        match present.get(&row.id) {
            Some(stored) if stored.asked_at > row.asked_at => {}
            Some(stored)
                if !row.gone && !stored.deleted && stored.hash.as_deref() == Some(&row.hash) =>
            {
                same.push(row);
            }
            Some(stored) if row.gone && stored.deleted => {}
            _ if row.gone => bury(tx, table.resource, &row.id, row.asked_at, news).await?,
            _ => fresh.push(row),
        }
    }
    // Each keeps the time of its own question: with a later one, an answer between the two would
    // count as older than what is stored.
    for chunk in same.chunk_by(|one, next| one.asked_at == next.asked_at) {
        let mut query = QueryBuilder::<Sqlite>::new("UPDATE ");
        query
            .push(table.resource.name)
            .push(" SET asked_at = max(iif(asked_at > ")
            .push_bind(news.now)
            .push(", 0, asked_at), ")
            .push_bind(chunk[0].asked_at);
        query.push(") WHERE id IN ");
        push_ids(&mut query, chunk.iter().map(|row| row.id.as_str()));
        query.build().execute(&mut *tx).await?;
    }
    for row in &fresh {
        let known = present.get(&row.id).is_some_and(|stored| !stored.deleted);
        news.added += usize::from(!known);
        news.add(table.resource, &row.id, &row.cells);
    }
    // In the order of the index, of which each page is then touched once.
    fresh.sort_unstable_by(|one, other| one.id.cmp(&other.id));
    let (held, new): (Vec<&Row>, Vec<&Row>) =
        fresh.iter().partition(|row| present.contains_key(&row.id));
    write(tx, table.resource, &new, Stored::Nothing).await?;
    write(tx, table.resource, &held, Stored::Perhaps).await?;

    let parents: HashSet<&str> = fresh.iter().map(|row| row.id.as_str()).collect();
    let mut orphans: HashMap<(&str, &str), Vec<&str>> = HashMap::new();
    let mut born: Vec<(&'static Resource, Vec<&Row>)> = Vec::new();
    for children in table
        .children
        .iter()
        .filter(|c| parents.contains(c.parent.as_str()))
    {
        if present.contains_key(&children.parent) {
            orphans
                .entry((children.resource.name, children.parent_column))
                .or_default()
                .push(&children.parent);
        }
        match born
            .iter_mut()
            .find(|(resource, _)| *resource == children.resource)
        {
            Some((_, rows)) => rows.extend(&children.rows),
            None => born.push((children.resource, children.rows.iter().collect())),
        }
    }
    for ((child_table, parent_column), parents) in orphans {
        let mut query = QueryBuilder::<Sqlite>::new("DELETE FROM ");
        query
            .push(child_table)
            .push(" WHERE ")
            .push(parent_column)
            .push(" IN ");
        push_ids(&mut query, parents.into_iter());
        query.build().execute(&mut *tx).await?;
    }
    for (resource, rows) in born {
        write(tx, resource, &rows, Stored::Perhaps).await?;
    }
    Ok(())
}

/// Writes tombstones with what was known of the objects, which the mirror did not know.
pub(super) async fn write_tombstones(
    tx: &mut SqliteConnection,
    table: &Table,
    news: &mut News,
) -> Result<()> {
    let rows: Vec<&Row> = table.rows.iter().collect();
    for row in &rows {
        news.add(table.resource, &row.id, &row.cells);
    }
    write(tx, table.resource, &rows, Stored::Perhaps).await?;
    for children in &table.children {
        let rows: Vec<&Row> = children.rows.iter().collect();
        write(tx, children.resource, &rows, Stored::Perhaps).await?;
    }
    Ok(())
}

/// A row as it is in the mirror.
pub(super) struct Present {
    pub asked_at: i64,
    pub deleted: bool,
    pub hash: Option<Vec<u8>>,
}

pub(super) async fn present(
    tx: &mut SqliteConnection,
    table: &Table,
    now: i64,
) -> Result<HashMap<String, Present>> {
    let mut found = HashMap::with_capacity(table.rows.len());
    let mut query = QueryBuilder::<Sqlite>::new("SELECT id, asked_at, deleted, hash FROM ");
    query.push(table.resource.name).push(" WHERE id IN ");
    push_ids(&mut query, table.rows.iter().map(|row| row.id.as_str()));
    for row in query.build().fetch_all(&mut *tx).await? {
        // A time to come says that the clock was set back since: every answer is newer then, or
        // none would be taken until the clock has caught up.
        let asked_at: i64 = row.try_get(1)?;
        let stored = Present {
            asked_at: if asked_at > now { 0 } else { asked_at },
            deleted: row.try_get(2)?,
            hash: row.try_get(3)?,
        };
        found.insert(row.try_get(0)?, stored);
    }
    Ok(found)
}

/// The ids as one value, so that the statement reads the same however many they are, and SQLite
/// parses it once.
pub(super) fn push_ids<'i>(query: &mut QueryBuilder<Sqlite>, ids: impl Iterator<Item = &'i str>) {
    query
        .push("(SELECT value FROM json_each(")
        .push_bind(serde_json::Value::from_iter(ids).to_string())
        .push("))");
}

/// What is known of whether the table holds rows of these ids.
#[derive(Clone, Copy, PartialEq)]
enum Stored {
    Nothing,
    Perhaps,
}

async fn write(
    tx: &mut SqliteConnection,
    resource: &'static Resource,
    rows: &[&Row],
    stored: Stored,
) -> Result<()> {
    let mut chunks = rows.chunks(ROWS);
    let mut insert_next = || {
        let chunk = chunks.next()?;
        Some((insert(resource, chunk, stored), chunk.len() == ROWS))
    };
    let mut next = insert_next();
    while let Some((mut query, is_full)) = next {
        // One of another length will hardly come again, and is large for as long as it is kept.
        let execute = query.build().persistent(is_full).execute(&mut *tx);
        // The next statement is put together while SQLite carries out this one.
        let ahead = async { insert_next() };
        let (done, following) = tokio::join!(execute, ahead);
        done?;
        next = following;
    }
    Ok(())
}

fn insert(resource: &Resource, rows: &[&Row], stored: Stored) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new(match stored {
        // Whoever meets an error gives the whole transaction up. Otherwise SQLite would copy each page
        // it is about to change, to be able to take back this one statement.
        Stored::Nothing => "INSERT OR FAIL INTO ",
        Stored::Perhaps => "INSERT INTO ",
    });
    query
        .push(resource.name)
        .push(" (id, asked_at, deleted, hash, json");
    for column in resource.columns {
        query.push(", ").push(column.name);
    }
    query.push(") ");
    query.push_values(rows, |mut values, row| {
        values
            .push_bind(&row.id)
            .push_bind(row.asked_at)
            .push_bind(row.gone)
            .push_bind((!row.gone).then_some(&row.hash))
            .push_bind(&row.json);
        for cell in &row.cells {
            match cell {
                Cell::Null => values.push_bind(None::<i64>),
                Cell::Integer(number) => values.push_bind(*number),
                Cell::Text(text) => values.push_bind(text),
            };
        }
    });
    if stored == Stored::Nothing {
        return query;
    }
    query.push(" ON CONFLICT (id) DO UPDATE SET asked_at = excluded.asked_at, deleted = excluded.deleted, hash = excluded.hash, ");
    query.push("json = excluded.json");
    for column in resource.columns {
        query
            .push(", ")
            .push(column.name)
            .push(" = excluded.")
            .push(column.name);
    }
    query
}

/// A tombstone: what was known of the object stays readable.
async fn bury(
    tx: &mut SqliteConnection,
    resource: &'static Resource,
    id: &str,
    asked_at: i64,
    news: &mut News,
) -> Result<()> {
    let mut query = QueryBuilder::<Sqlite>::new("INSERT INTO ");
    query.push(resource.name).push(" (id, asked_at, deleted) ");
    query.push_values([()], |mut values, ()| {
        values.push_bind(id).push_bind(asked_at).push_bind(1);
    });
    query.push(" ON CONFLICT (id) DO UPDATE SET deleted = 1, asked_at = excluded.asked_at, hash = NULL WHERE deleted = 0 AND (asked_at <= excluded.asked_at OR asked_at > ");
    // As in `present`: set back since.
    query.push_bind(news.now).push(")");
    if query.build().execute(&mut *tx).await?.rows_affected() == 0 {
        return Ok(());
    }
    news.gone += 1;
    news.add(resource, id, &[]);
    if resource.columns.iter().any(|column| column.name == "payer") {
        let payer: Option<String> = QueryBuilder::<Sqlite>::new("SELECT payer FROM ")
            .push(resource.name)
            .push(" WHERE id = ")
            .push_bind(id)
            .build_query_scalar()
            .fetch_one(&mut *tx)
            .await?;
        news.payers.extend(payer);
    }
    Ok(())
}
