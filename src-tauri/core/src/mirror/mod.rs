//! The money door: Stripe objects in, with the cursor that brought them, then an announcement.

mod past;
mod prepare;
mod restore;
mod rows;

use crate::db::Store;
use crate::events::Topic;
pub use crate::history::Cause;
use crate::stripe::document::Objects;
use crate::stripe::resource::{self, Resource};
use crate::{Error, Result, client_rows};
use futures_util::{FutureExt, future::BoxFuture};
use past::Opened;
use prepare::Table;
pub use restore::restore_gone;
pub use rows::is_shown;
use rows::{News, write_table};
use serde_json::Value;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};
use std::{collections::BTreeMap, num::NonZero, sync::LazyLock, thread::available_parallelism};
use tokio::sync::Semaphore;

/// Payers whose client rows one transaction of [`settle_some`] composes.
const SETTLED_TOGETHER: i64 = 2000;

/// One answer of Stripe, to be stored whole or not at all together with its `progress`.
#[derive(Debug)]
pub struct Page {
    pub resource: &'static Resource,
    pub objects: Objects,
    /// When the request was sent, unix milliseconds: an older answer never replaces a newer one.
    pub asked_at: i64,
    pub progress: Option<RangeProgress>,
    /// The newest event that told of an object, by the object's id; empty where nothing but a list
    /// or a person led here.
    pub causes: BTreeMap<String, Cause>,
}

impl Page {
    /// Objects that nothing but a question led to.
    pub fn of(resource: &'static Resource, objects: Vec<Value>, asked_at: i64) -> Self {
        Self::listed(resource, objects.into(), asked_at)
    }

    /// The same of a list as it came.
    pub fn listed(resource: &'static Resource, objects: Objects, asked_at: i64) -> Self {
        Self {
            resource,
            objects,
            asked_at,
            progress: None,
            causes: BTreeMap::new(),
        }
    }
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

/// Objects that Stripe no longer has (404, or absent from a complete list).
#[derive(Debug, Clone)]
pub struct Gone {
    pub resource: &'static Resource,
    pub ids: Vec<String>,
    pub asked_at: i64,
    /// As in [`Page::causes`].
    pub causes: BTreeMap<String, Cause>,
}

/// How many objects came and how many of them were news.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Applied {
    pub received: usize,
    pub written: usize,
    /// Of those written: unknown before, or known as deleted.
    pub added: usize,
    /// Of those written: deleted now.
    pub gone: usize,
}

impl Applied {
    pub fn changed(&self) -> usize {
        self.written - self.added - self.gone
    }
}

/// Answers of Stripe as rows, hashed and compressed: the part of storing that needs no database.
pub struct Batch {
    tables: Vec<Table>,
    received: usize,
    /// With how many objects each range came along.
    progress: Vec<(RangeProgress, i64)>,
    causes: BTreeMap<String, Cause>,
}

impl Batch {
    /// Whether rows of clients are composed in the transaction that stores it.
    pub fn shows_at_once(&self) -> bool {
        let customers = |table: &Table| *table.resource == resource::CUSTOMERS;
        self.tables.iter().any(customers)
    }
}

/// More at once than there are processors would only hold more memory.
static PREPARING: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(available_parallelism().map_or(1, NonZero::get)));

/// Makes rows of pages, beside the async threads; several at once, while a writer stores others.
pub async fn prepare(pages: Vec<Page>) -> Result<Batch> {
    let received = pages.iter().map(|page| page.objects.len()).sum();
    let progress = pages
        .iter()
        .filter_map(|page| Some((page.progress.clone()?, page.objects.len() as i64)))
        .collect();
    let causes = pages.iter().flat_map(|page| page.causes.clone()).collect();
    let turn = PREPARING.acquire().await;
    let tables = tokio::task::spawn_blocking(move || prepare::tables(pages))
        .await
        .map_err(|error| Error::Internal(format!("preparing a page failed: {error}")))??;
    drop(turn);
    Ok(Batch {
        tables,
        received,
        progress,
        causes,
    })
}

/// Stores answers of Stripe in one transaction, then announces what changed.
///
/// The last fetch of an object wins (by `asked_at`), deleted objects become tombstones, and an
/// object that is as it was costs no write besides its `asked_at`.
pub async fn apply(store: &Store, pages: Vec<Page>) -> Result<Applied> {
    apply_with(store, vec![prepare(pages).await?], Vec::new(), |_, _| {
        std::future::ready(Ok(())).boxed()
    })
    .await
}

/// As [`apply`], with tombstones, and with what `also` writes in the same transaction: the position
/// that brought all this. It may be run again if the transaction has to be.
pub async fn apply_with<A>(
    store: &Store,
    batches: Vec<Batch>,
    gone: Vec<Gone>,
    also: A,
) -> Result<Applied>
where
    A: for<'t> Fn(&'t mut SqliteConnection, Applied) -> BoxFuture<'t, Result<()>> + Send,
{
    let received = batches.iter().map(|batch| batch.received).sum::<usize>()
        + gone.iter().map(|gone| gone.ids.len()).sum::<usize>();
    let (mut progress, mut causes, mut tables) = (Vec::new(), BTreeMap::new(), Vec::new());
    for batch in batches {
        progress.extend(batch.progress);
        causes.extend(batch.causes);
        tables.extend(batch.tables);
    }
    causes.extend(gone.iter().flat_map(|gone| gone.causes.clone()));
    let mut tables = prepare::join(tables.into_iter());
    tables.extend(
        gone.iter()
            .map(|gone| prepare::gone(gone.resource, &gone.ids, gone.asked_at)),
    );
    let Opened {
        mut tx,
        held,
        remembered,
    } = past::begin(store, &tables, &causes).await?;
    let mut news = News::at(store.clock.millis());
    if remembered {
        news.topics.insert(Topic::Timeline);
    }
    for (table, held) in tables.iter().zip(&held) {
        write_table(&mut tx, table, held, &mut news).await?;
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
    let applied = news.applied(received);
    also(&mut tx, applied).await?;
    let rows = if progress.is_empty() {
        Rows::Now
    } else {
        Rows::Settled
    };
    announce_after(store, tx, news, rows).await?;
    Ok(applied)
}

/// Composes the client rows that the pages of a filling left for later.
pub async fn settle(store: &Store) -> Result<()> {
    while settle_some(store).await? {}
    Ok(())
}

/// Composes some of them; answers whether there may be more.
pub async fn settle_some(store: &Store) -> Result<bool> {
    let mut tx = store.writer.begin_with("BEGIN IMMEDIATE").await?;
    let payers: Vec<String> = sqlx::query_scalar(
        "DELETE FROM stale_payers WHERE payer IN (SELECT payer FROM stale_payers ORDER BY payer LIMIT ?) RETURNING payer",
    )
    .bind(SETTLED_TOGETHER)
    .fetch_all(&mut *tx)
    .await?;
    if payers.is_empty() {
        return Ok(false);
    }
    let changed = client_rows::refresh_payers(&mut tx, payers.into_iter().collect()).await?;
    tx.commit().await?;
    if changed {
        store
            .announcer
            .announce(Some(&store.workspace), [Topic::Clients]);
    }
    Ok(true)
}

/// Marks objects as deleted that Stripe no longer has.
pub async fn tombstone(
    store: &Store,
    resource: &'static Resource,
    ids: &[String],
    asked_at: i64,
) -> Result<Applied> {
    let gone = Gone {
        resource,
        ids: ids.to_vec(),
        asked_at,
        causes: BTreeMap::new(),
    };
    apply_with(store, Vec::new(), vec![gone], |_, _| {
        std::future::ready(Ok(())).boxed()
    })
    .await
}

/// Empties the mirror, so that a filling makes it anew.
pub async fn clear(store: &Store) -> Result<()> {
    let mut tx = store.writer.begin_with("BEGIN IMMEDIATE").await?;
    for resource in resource::ALL {
        QueryBuilder::<Sqlite>::new("DELETE FROM ")
            .push(resource.name)
            .build()
            .execute(&mut *tx)
            .await?;
    }
    for sql in [
        "DELETE FROM stale_payers",
        "DELETE FROM payment_method_listings",
    ] {
        sqlx::query(sql).execute(&mut *tx).await?;
    }
    client_rows::refresh_all(&mut tx).await?;
    tx.commit().await?;
    store.announcer.announce(Some(&store.workspace), Topic::ALL);
    Ok(())
}

/// When the rows of clients are composed whose subscriptions, invoices or plans changed.
#[derive(PartialEq)]
enum Rows {
    /// In the same transaction.
    Now,
    /// By [`settle`]: only customers that changed themselves show at once.
    Settled,
}

async fn announce_after(
    store: &Store,
    mut tx: sqlx::Transaction<'_, Sqlite>,
    mut news: News,
    rows: Rows,
) -> Result<()> {
    if !news.plans.is_empty() {
        let plans: Vec<&String> = news.plans.iter().collect();
        let affected = client_rows::payers_on_plans(&mut tx, &plans).await?;
        news.payers.extend(affected);
    }
    let mut composed = news.customers;
    match rows {
        Rows::Now => {
            composed.append(&mut news.payers);
            composed.append(&mut news.named);
        }
        Rows::Settled => {
            leave_for_later(&mut tx, news.payers.difference(&composed), "").await?;
            leave_for_later(&mut tx, news.named.difference(&composed), UNKNOWN).await?;
        }
    }
    if client_rows::refresh_payers(&mut tx, composed).await? {
        news.topics.insert(Topic::Clients);
    }
    for resource in &news.resources {
        sqlx::query(
            "INSERT INTO resource_changes (name, changed_at) VALUES (?, ?) \
             ON CONFLICT (name) DO UPDATE SET changed_at = excluded.changed_at",
        )
        .bind(resource)
        .bind(news.now)
        .execute(&mut *tx)
        .await?;
    }
    tx.commit().await?;
    store
        .announcer
        .announce(Some(&store.workspace), news.topics);
    Ok(())
}

async fn leave_for_later(
    tx: &mut SqliteConnection,
    payers: impl Iterator<Item = &String>,
    condition: &'static str,
) -> Result<()> {
    let payers: Vec<&str> = payers.map(String::as_str).collect();
    if payers.is_empty() {
        return Ok(());
    }
    QueryBuilder::<Sqlite>::new("INSERT OR IGNORE INTO stale_payers SELECT value FROM json_each(")
        .push_bind(Value::from(payers).to_string())
        .push(")")
        .push(condition)
        .build()
        .execute(tx)
        .await?;
    Ok(())
}

/// Of payers whose client rows stay as they are.
const UNKNOWN: &str = " WHERE value NOT IN (SELECT payer FROM payers)";
