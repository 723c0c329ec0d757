//! Payment methods: Stripe lists them customer by customer alone, so they are read where they may
//! matter, little by little, and whenever a client's page is opened.

use super::{
    ResourceState,
    comparison::Comparison,
    health::{Allowance, ResourceHealth},
    reconcile,
    refresh::refresh_list,
};
use crate::db::Store;
use crate::stripe::{Client, listing::Reading, resource::PAYMENT_METHODS};
use crate::{Error, Result};
use chrono::{DateTime, TimeDelta};
use futures_util::{StreamExt, TryStreamExt, stream};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

/// Customers whose payment methods are asked for side by side.
const AT_ONCE: usize = 4;
/// Customers looked for together.
const BATCH: i64 = 50;
/// Without news of a change, a client's page does not ask again before.
const RESTED: TimeDelta = TimeDelta::days(1);

/// Who is billed: with a subscription that is not over, or an open invoice. As the indexes say it that
/// are for this, because it is asked with every poll.
const BILLED: &str = "
    SELECT payer FROM
        (SELECT payer FROM subscriptions WHERE deleted = 0 AND status NOT IN ('canceled', 'incomplete_expired')
         UNION SELECT payer FROM invoices WHERE deleted = 0 AND status = 'open')
    WHERE payer IS NOT NULL AND payer NOT IN (SELECT id FROM customers WHERE deleted = 1)";

/// What keeps the key from it is written down with the resources that bring the default ones.
const REFUSED: &str =
    "SELECT EXISTS (SELECT 1 FROM sync_resources WHERE message LIKE '%rak_payment_method_read%')";

fn reading() -> Reading {
    Reading::at(&PAYMENT_METHODS, "/v1/payment_methods")
}

/// Whether it may be done now: at most a twentieth of the allowance goes for it at any time, more
/// while half of the allowance is left.
pub async fn affords(store: &Store, allowance: &Allowance) -> Result<bool> {
    let (billed, listed) = progress(store).await?;
    let waiting = u32::try_from(billed - listed).unwrap_or(0);
    Ok(waiting > 0
        && (waiting <= allowance.allowed / 20 || allowance.used <= allowance.allowed / 2))
}

/// Reads those of some customers who are billed and whose were never listed; answers of how many.
pub async fn read_some(store: &Store, client: &Client, at_most: u32) -> Result<usize> {
    if refused(store).await? {
        return Ok(0);
    }
    let waiting: Vec<String> = QueryBuilder::<Sqlite>::new("SELECT payer FROM (")
        .push(BILLED)
        .push(") WHERE payer NOT IN (SELECT payer FROM payment_method_listings) ORDER BY payer LIMIT ")
        .push_bind(at_most)
        .build_query_scalar()
        .fetch_all(&store.reader)
        .await?;
    let count = waiting.len();
    if count > 0 && list(store, &client.in_background(), waiting, None).await? {
        super::filling::announce(store);
        return Ok(count);
    }
    Ok(0)
}

/// Reads those of customers whose page is opened, unless that was done not long ago.
pub async fn look(store: &Store, client: &Client, payers: &[String]) -> Result<()> {
    let rested = store.clock.now() - RESTED;
    let waiting: Vec<String> = sqlx::query_scalar(
        "SELECT value FROM json_each(?) WHERE NOT EXISTS
             (SELECT 1 FROM payment_method_listings WHERE payer = value AND listed_at > ? AND listed_at <= ?)",
    )
    .bind(serde_json::Value::from(payers.to_vec()).to_string())
    .bind(rested.timestamp_millis())
    .bind(store.clock.millis())
    .fetch_all(&store.reader)
    .await?;
    if !refused(store).await? {
        list(store, client, waiting, None).await?;
    }
    Ok(())
}

/// After a whole listing, which brings those alone that are somebody's default: the others are
/// looked up, customer by customer, and one by one where that does not bring them.
pub(super) async fn compare(
    store: &Store,
    client: &Client,
    since: i64,
    comparison: Option<Comparison>,
) -> Result<()> {
    let mut after = String::new();
    loop {
        let payers: Vec<String> = sqlx::query_scalar(
            "SELECT DISTINCT payer FROM payment_methods
             WHERE deleted = 0 AND payer > ? AND (asked_at < ? OR asked_at > ?)
                 AND payer NOT IN (SELECT id FROM customers WHERE deleted = 1) ORDER BY payer LIMIT ?",
        )
        .bind(&after)
        .bind(since)
        .bind(store.clock.millis())
        .bind(BATCH)
        .fetch_all(&store.reader)
        .await?;
        let Some(last) = payers.last() else { break };
        after.clone_from(last);
        if !list(store, client, payers, comparison).await? {
            return Ok(());
        }
    }
    reconcile::bury_unlisted(store, client, &reading(), since, "", comparison).await
}

/// Answers whether the key may.
async fn list(
    store: &Store,
    client: &Client,
    payers: Vec<String>,
    comparison: Option<Comparison>,
) -> Result<bool> {
    let reading = &reading();
    let listed = stream::iter(payers)
        .map(async |payer| refresh_list(store, client, reading, &payer, comparison).await)
        .buffer_unordered(AT_ONCE)
        .try_collect::<Vec<()>>()
        .await;
    match listed {
        Err(Error::PermissionMissing { .. }) => Ok(false),
        listed => listed.map(|_| true),
    }
}

/// Those of this payer were all listed at this time.
pub(super) async fn note_listed(store: &Store, payer: &str, at: i64) -> Result<()> {
    sqlx::query("INSERT OR REPLACE INTO payment_method_listings (payer, listed_at) VALUES (?, ?)")
        .bind(payer)
        .bind(at)
        .execute(&store.writer)
        .await?;
    Ok(())
}

/// All are to be listed again: of what became of them no event was read.
pub(super) async fn forget_listings(tx: &mut SqliteConnection) -> Result<()> {
    sqlx::query("DELETE FROM payment_method_listings")
        .execute(tx)
        .await?;
    Ok(())
}

/// The same where the tail is about to begin, or to go on behind a filling that lies further ahead
/// than it reads back: the filling listed everything else.
pub(super) async fn forget_skipped(tx: &mut SqliteConnection, overlap: i64) -> Result<()> {
    let skips: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM sync_state f, tail_state t
         WHERE f.newest_event_time IS NOT NULL AND t.tailed_to IS NULL
             OR f.finished AND f.newest_event_time - ? > t.tailed_to",
    )
    .bind(overlap)
    .fetch_one(&mut *tx)
    .await?;
    if skips > 0 {
        forget_listings(tx).await?;
    }
    Ok(())
}

/// Requests that a comparison of everything takes for them.
pub(super) async fn comparison_cost(store: &Store) -> Result<i64> {
    Ok(sqlx::query_scalar(
        "SELECT count(DISTINCT payer) + count(*) FILTER (WHERE payer IS NULL) FROM payment_methods
         WHERE deleted = 0 AND id NOT IN
             (SELECT default_payment_method FROM customers WHERE deleted = 0 AND default_payment_method IS NOT NULL
              UNION SELECT default_payment_method FROM subscriptions
              WHERE deleted = 0 AND default_payment_method IS NOT NULL)",
    )
    .fetch_one(&store.reader)
    .await?)
}

async fn refused(store: &Store) -> Result<bool> {
    Ok(sqlx::query_scalar(REFUSED).fetch_one(&store.reader).await?)
}

/// How many customers are billed, and of how many of them all payment methods are known.
async fn progress(store: &Store) -> Result<(i64, i64)> {
    Ok(
        QueryBuilder::<Sqlite>::new("SELECT count(*), count(l.payer) FROM (")
            .push(BILLED)
            .push(") b LEFT JOIN payment_method_listings l ON l.payer = b.payer")
            .build_query_as()
            .fetch_one(&store.reader)
            .await?,
    )
}

/// Their line among what is mirrored.
pub(super) async fn health(store: &Store) -> Result<ResourceHealth> {
    let (rows, listed_at, changed_at): (i64, Option<i64>, Option<i64>) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM payment_methods WHERE deleted = 0),
                (SELECT max(listed_at) FROM payment_method_listings),
                (SELECT changed_at FROM resource_changes WHERE name = 'payment_methods')",
    )
    .fetch_one(&store.reader)
    .await?;
    let (billed, listed) = progress(store).await?;
    let (state, message) = if refused(store).await? {
        let words = "The key may not read payment methods.".to_owned();
        (ResourceState::NotPermitted, words)
    } else if listed < billed {
        let words = format!(
            "Those that are charged by default, and all of {listed} of {billed} customers who are billed; the rest follow bit by bit, or once a client's page is opened."
        );
        (ResourceState::Reading, words)
    } else {
        let words = "All of customers who are billed; of others those that are charged by default, and all once the client's page is opened.".to_owned();
        (ResourceState::Done, words)
    };
    let time = |at: Option<i64>| at.and_then(DateTime::from_timestamp_millis);
    Ok(ResourceHealth {
        name: PAYMENT_METHODS.name.to_owned(),
        label: PAYMENT_METHODS.label.to_owned(),
        state,
        rows: u32::try_from(rows).unwrap_or(u32::MAX),
        message: Some(message),
        listed_at: time(listed_at.filter(|_| state == ResourceState::Done)),
        changed_at: time(changed_at),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Clock, events::Announcer, ids::WorkspaceId};

    #[tokio::test]
    async fn who_is_billed_is_known_without_reading_all_invoices() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(
            WorkspaceId::from("ws_billed"),
            folder.path().to_owned(),
            Announcer::default(),
            Clock::system(),
        )
        .await
        .unwrap();
        let plan: Vec<(i64, i64, i64, String)> = QueryBuilder::<Sqlite>::new("EXPLAIN QUERY PLAN ")
            .push(BILLED)
            .build_query_as()
            .fetch_all(&store.reader)
            .await
            .unwrap();
        let steps: Vec<String> = plan.into_iter().map(|(.., step)| step).collect();
        for index in ["subscriptions_billed", "invoices_billed"] {
            assert!(steps.iter().any(|step| step.contains(index)), "{steps:?}");
        }
    }
}
