//! The money door: Stripe objects in, with the cursor that brought them, then an announcement.

mod prepare;

use crate::db::Store;
use crate::events::Topic;
use crate::stripe::resource::{self, Cell, Resource};
use crate::{Error, Result, client_rows};
use prepare::{Row, Table};
use serde_json::Value;
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection};
use std::collections::{BTreeSet, HashMap};

/// Ids per `IN (…)` list.
const CHUNK: usize = 1000;
/// Payers whose client rows one transaction of [`settle`] composes.
const SETTLED_TOGETHER: i64 = 4000;

/// One answer of Stripe, to be stored whole or not at all together with its `progress`.
#[derive(Debug)]
pub struct Page {
    pub resource: &'static Resource,
    pub objects: Vec<Value>,
    /// When the request was sent, unix milliseconds: an older answer never replaces a newer one.
    pub asked_at: i64,
    pub progress: Option<RangeProgress>,
}

/// How far the filling's range came with this page; committed with the page's rows.
#[derive(Debug, Clone)]
pub struct RangeProgress {
    /// Row of `fill_ranges`.
    pub range: i64,
    /// The id to continue after.
    pub starting_after: Option<String>,
    /// `created` of the oldest object seen so far, unix seconds.
    pub oldest_created: Option<i64>,
    pub done: bool,
}

/// How many objects came and how many of them were news.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Applied {
    pub received: usize,
    pub written: usize,
}

/// Stores answers of Stripe in one transaction, then announces what changed.
///
/// The last fetch of an object wins (by `asked_at`), deleted objects become tombstones, and an
/// object that is as it was costs no write besides its `asked_at`.
pub async fn apply(store: &Store, pages: Vec<Page>) -> Result<Applied> {
    let received = pages.iter().map(|page| page.objects.len()).sum();
    let progress: Vec<(RangeProgress, i64)> = pages
        .iter()
        .filter_map(|page| Some((page.progress.clone()?, page.objects.len() as i64)))
        .collect();
    let tables = tokio::task::spawn_blocking(move || prepare::tables(pages))
        .await
        .map_err(|error| Error::Internal(format!("preparing a page failed: {error}")))??;

    let mut tx = store.writer.begin_with("BEGIN IMMEDIATE").await?;
    let mut news = News::default();
    for table in &tables {
        write_table(&mut tx, table, &mut news).await?;
    }
    for (range, rows) in &progress {
        sqlx::query(
            "UPDATE fill_ranges SET starting_after = ?, oldest_created = ?, done = ?, rows = rows + ? WHERE id = ?",
        )
        .bind(&range.starting_after)
        .bind(range.oldest_created)
        .bind(range.done)
        .bind(rows)
        .bind(range.range)
        .execute(&mut *tx)
        .await?;
    }
    let rows = if progress.is_empty() {
        Rows::Now
    } else {
        Rows::Settled
    };
    announce_after(store, tx, news, received, rows).await
}

/// Composes the client rows that the pages of a filling left for later.
pub async fn settle(store: &Store) -> Result<()> {
    loop {
        let mut tx = store.writer.begin_with("BEGIN IMMEDIATE").await?;
        let payers: Vec<String> = sqlx::query_scalar(
            "DELETE FROM stale_payers WHERE payer IN (SELECT payer FROM stale_payers ORDER BY payer LIMIT ?) RETURNING payer",
        )
        .bind(SETTLED_TOGETHER)
        .fetch_all(&mut *tx)
        .await?;
        if payers.is_empty() {
            return Ok(());
        }
        let changed = client_rows::refresh_payers(&mut tx, payers.into_iter().collect()).await?;
        tx.commit().await?;
        if changed {
            store
                .announcer
                .announce(Some(&store.workspace), [Topic::Clients]);
        }
    }
}

/// Marks objects as deleted that Stripe no longer has (404, or absent from a complete list).
pub async fn tombstone(
    store: &Store,
    resource: &'static Resource,
    ids: &[String],
    asked_at: i64,
) -> Result<Applied> {
    let mut tx = store.writer.begin_with("BEGIN IMMEDIATE").await?;
    let mut news = News::default();
    for id in ids {
        bury(&mut tx, resource, id, asked_at, &mut news).await?;
    }
    announce_after(store, tx, news, ids.len(), Rows::Now).await
}

/// When the rows of clients are composed whose subscriptions, invoices or plans changed.
#[derive(PartialEq)]
enum Rows {
    /// In the same transaction.
    Now,
    /// By [`settle`]: only customers that changed themselves show at once.
    Settled,
}

/// What a transaction changed so far.
#[derive(Default)]
struct News {
    written: usize,
    topics: BTreeSet<Topic>,
    /// Customers that changed themselves.
    customers: BTreeSet<String>,
    /// Who pays for what changed.
    payers: BTreeSet<String>,
    /// Prices and products whose words stand in client rows.
    plans: BTreeSet<String>,
}

impl News {
    fn add(&mut self, resource: &'static Resource, id: &str, cells: &[Cell]) {
        self.written += 1;
        self.topics.insert(resource.topic);
        if *resource == resource::CUSTOMERS {
            self.customers.insert(id.to_owned());
        } else if resource.topic == Topic::Products {
            self.plans.insert(id.to_owned());
        }
        let payer = resource
            .columns
            .iter()
            .position(|column| column.name == "payer")
            .and_then(|i| cells.get(i));
        if let Some(Cell::Text(payer)) = payer {
            self.payers.insert(payer.clone());
        }
    }
}

async fn announce_after(
    store: &Store,
    mut tx: sqlx::Transaction<'_, Sqlite>,
    mut news: News,
    received: usize,
    rows: Rows,
) -> Result<Applied> {
    if !news.plans.is_empty() {
        let plans: Vec<&String> = news.plans.iter().collect();
        let affected = client_rows::payers_on_plans(&mut tx, &plans).await?;
        news.payers.extend(affected);
    }
    let mut composed = news.customers;
    match rows {
        Rows::Now => composed.append(&mut news.payers),
        Rows::Settled => leave_for_later(&mut tx, news.payers.difference(&composed)).await?,
    }
    if client_rows::refresh_payers(&mut tx, composed).await? {
        news.topics.insert(Topic::Clients);
    }
    tx.commit().await?;
    store
        .announcer
        .announce(Some(&store.workspace), news.topics);
    Ok(Applied {
        received,
        written: news.written,
    })
}

async fn leave_for_later(
    tx: &mut SqliteConnection,
    payers: impl Iterator<Item = &String>,
) -> Result<()> {
    let payers = Value::from_iter(payers.map(String::as_str)).to_string();
    sqlx::query("INSERT OR IGNORE INTO stale_payers SELECT value FROM json_each(?)")
        .bind(payers)
        .execute(tx)
        .await?;
    Ok(())
}

async fn write_table(tx: &mut SqliteConnection, table: &Table, news: &mut News) -> Result<()> {
    let present = present(tx, table).await?;
    let mut same: Vec<&Row> = Vec::new();
    let mut fresh: Vec<&Row> = Vec::new();
    for row in &table.rows {
        match present.get(&row.id) {
            Some(stored) if stored.asked_at > row.asked_at => {}
            Some(stored)
                if !row.deleted && !stored.deleted && stored.hash.as_deref() == Some(&row.hash) =>
            {
                same.push(row);
            }
            _ if row.deleted => bury(tx, table.resource, &row.id, row.asked_at, news).await?,
            _ => fresh.push(row),
        }
    }
    for chunk in same.chunks(CHUNK) {
        let mut query = QueryBuilder::<Sqlite>::new("UPDATE ");
        query
            .push(table.resource.name)
            .push(" SET asked_at = max(asked_at, ")
            .push_bind(chunk[0].asked_at);
        query.push(") WHERE id IN ");
        push_ids(&mut query, chunk.iter().map(|row| row.id.as_str()));
        query.build().execute(&mut *tx).await?;
    }
    for row in &fresh {
        news.add(table.resource, &row.id, &row.cells);
    }
    upsert(tx, table.resource, &fresh).await?;

    let parents: HashMap<&str, ()> = fresh.iter().map(|row| (row.id.as_str(), ())).collect();
    let mut orphans: HashMap<(&str, &str), Vec<&str>> = HashMap::new();
    let mut born: Vec<(&'static Resource, Vec<&Row>)> = Vec::new();
    for children in table
        .children
        .iter()
        .filter(|c| parents.contains_key(c.parent.as_str()))
    {
        orphans
            .entry((children.resource.name, children.parent_column))
            .or_default()
            .push(&children.parent);
        match born
            .iter_mut()
            .find(|(resource, _)| *resource == children.resource)
        {
            Some((_, rows)) => rows.extend(&children.rows),
            None => born.push((children.resource, children.rows.iter().collect())),
        }
    }
    for ((child_table, parent_column), parents) in orphans {
        for chunk in parents.chunks(CHUNK) {
            let mut query = QueryBuilder::<Sqlite>::new("DELETE FROM ");
            query
                .push(child_table)
                .push(" WHERE ")
                .push(parent_column)
                .push(" IN ");
            push_ids(&mut query, chunk.iter().copied());
            query.build().execute(&mut *tx).await?;
        }
    }
    for (resource, rows) in born {
        upsert(tx, resource, &rows).await?;
    }
    Ok(())
}

struct Present {
    asked_at: i64,
    deleted: bool,
    hash: Option<Vec<u8>>,
}

async fn present(tx: &mut SqliteConnection, table: &Table) -> Result<HashMap<String, Present>> {
    let mut found = HashMap::with_capacity(table.rows.len());
    for chunk in table.rows.chunks(CHUNK) {
        let mut query = QueryBuilder::<Sqlite>::new("SELECT id, asked_at, deleted, hash FROM ");
        query.push(table.resource.name).push(" WHERE id IN ");
        push_ids(&mut query, chunk.iter().map(|row| row.id.as_str()));
        for row in query.build().fetch_all(&mut *tx).await? {
            let stored = Present {
                asked_at: row.try_get(1)?,
                deleted: row.try_get(2)?,
                hash: row.try_get(3)?,
            };
            found.insert(row.try_get(0)?, stored);
        }
    }
    Ok(found)
}

fn push_ids<'i>(query: &mut QueryBuilder<Sqlite>, ids: impl Iterator<Item = &'i str>) {
    query.push("(");
    let mut list = query.separated(", ");
    for id in ids {
        list.push_bind(id);
    }
    query.push(")");
}

async fn upsert(
    tx: &mut SqliteConnection,
    resource: &'static Resource,
    rows: &[&Row],
) -> Result<()> {
    // SQLite takes 32,766 variables a statement.
    for chunk in rows.chunks(32_000 / (resource.columns.len() + 5)) {
        let mut query = QueryBuilder::<Sqlite>::new("INSERT INTO ");
        query
            .push(resource.name)
            .push(" (id, asked_at, deleted, hash, json");
        for column in resource.columns {
            query.push(", ").push(column.name);
        }
        query.push(") ");
        query.push_values(chunk, |mut values, row| {
            values
                .push_bind(&row.id)
                .push_bind(row.asked_at)
                .push_bind(0)
                .push_bind(&row.hash)
                .push_bind(&row.json);
            for cell in &row.cells {
                match cell {
                    Cell::Null => values.push_bind(None::<i64>),
                    Cell::Integer(number) => values.push_bind(*number),
                    Cell::Text(text) => values.push_bind(text),
                };
            }
        });
        query.push(" ON CONFLICT (id) DO UPDATE SET asked_at = excluded.asked_at, deleted = 0, hash = excluded.hash, ");
        query.push("json = excluded.json");
        for column in resource.columns {
            query
                .push(", ")
                .push(column.name)
                .push(" = excluded.")
                .push(column.name);
        }
        query.build().execute(&mut *tx).await?;
    }
    Ok(())
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
    query.push(" ON CONFLICT (id) DO UPDATE SET deleted = 1, asked_at = excluded.asked_at, hash = NULL WHERE deleted = 0 AND asked_at <= excluded.asked_at");
    if query.build().execute(&mut *tx).await?.rows_affected() == 0 {
        return Ok(());
    }
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
