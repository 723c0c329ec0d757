//! After a whole listing: what was not in it, but is known here, is asked for one by one, and buried
//! if gone.

use super::{
    comparison::{self, Comparison},
    held, killpoint,
    state::{self, Lack},
};
use crate::db::Store;
use crate::mirror::{self, Gone, Page};
use crate::stripe::{
    Client,
    listing::Reading,
    resource::{CUSTOMERS, LISTED, Resource},
};
use crate::{Error, Result};
use futures_util::{StreamExt, stream};
use sqlx::{QueryBuilder, Sqlite};
use std::collections::BTreeMap;

/// Rows asked for together, and then stored together.
const BATCH: usize = 50;
/// More than this is left to the next filling, so that one reading stays within its cost.
const AT_MOST: usize = 1000;

/// `since` is when the listing began, `part` the condition of what was listed, if not all was.
pub(super) async fn bury_unlisted(
    store: &Store,
    client: &Client,
    reading: &Reading,
    since: i64,
    part: &'static str,
    comparison: Option<Comparison>,
) -> Result<()> {
    let mut asked = 0;
    loop {
        if since > store.clock.millis() {
            // Every answer would count as older than the listing.
            return Err(Error::Conflict(
                "This computer's clock was set back meanwhile, so everything has to be read once more.".into(),
            ));
        }
        let mut unseen = unseen(store, reading.resource, since, part).await?;
        if *reading.resource == CUSTOMERS {
            unseen.extend(unlisted_payers(store).await?);
        }
        if unseen.is_empty() {
            return Ok(());
        }
        if asked >= AT_MOST {
            if !LISTED.contains(&reading.resource) {
                // Looked up customer by customer before; what is left is nobody's any more.
                return Ok(());
            }
            let message = "Some objects that Stripe no longer lists are still shown; the next reading asks for them.";
            return state::note(store, reading.resource.name, Lack::Behind, message).await;
        }
        asked += unseen.len();
        ask(store, client, reading, unseen, comparison).await?;
        killpoint::passed("reconciled");
    }
}

/// Rows that no answer since the listing began has brought.
async fn unseen(
    store: &Store,
    resource: &Resource,
    since: i64,
    part: &'static str,
) -> Result<Vec<String>> {
    Ok(QueryBuilder::<Sqlite>::new("SELECT id FROM ")
        .push(resource.name)
        .push(" WHERE deleted = 0 AND (asked_at < ")
        .push_bind(since)
        // Brought before the clock was set back.
        .push(" OR asked_at > ")
        .push_bind(store.clock.millis())
        .push(")")
        .push(part)
        .push(" LIMIT ")
        .push_bind(BATCH as i64)
        .build_query_scalar()
        .fetch_all(&store.reader)
        .await?)
}

/// Asks for customers that are in no list; all of those that are must be stored.
pub(super) async fn ask_for_payers(
    store: &Store,
    client: &Client,
    reading: &Reading,
    comparison: Option<Comparison>,
) -> Result<()> {
    for _ in 0..AT_MOST / BATCH {
        let payers = unlisted_payers(store).await?;
        if payers.is_empty() {
            break;
        }
        ask(store, client, reading, payers, comparison).await?;
    }
    Ok(())
}

/// Deleted customers are in no list, while their subscriptions and invoices are.
async fn unlisted_payers(store: &Store) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar(
        "SELECT DISTINCT p.payer FROM (SELECT payer FROM payers UNION ALL SELECT payer FROM stale_payers) p
         WHERE p.payer LIKE 'cus\\_%' ESCAPE '\\'
         AND NOT EXISTS (SELECT 1 FROM customers c WHERE c.id = p.payer) LIMIT ?",
    )
    .bind(BATCH as i64)
    .fetch_all(&store.reader)
    .await?)
}

async fn ask(
    store: &Store,
    client: &Client,
    reading: &Reading,
    ids: Vec<String>,
    comparison: Option<Comparison>,
) -> Result<()> {
    let answers: Vec<_> = stream::iter(ids)
        .map(async |id| (reading.object(client, &id).await, id))
        .buffer_unordered(BATCH)
        .collect()
        .await;
    let (mut here, mut gone) = (Vec::new(), Vec::new());
    for (answer, id) in answers {
        let gone_as_of = match answer {
            Ok(mut answer) => {
                held::complete(store, reading, std::slice::from_mut(&mut answer.body)).await?;
                let page = Page::of(reading.resource, vec![answer.body], answer.asked_at);
                here.push(page);
                continue;
            }
            Err(error) => gone_as_of(&error).ok_or(error)?,
        };
        gone.push(Gone {
            resource: reading.resource,
            ids: vec![id],
            asked_at: gone_as_of,
            causes: BTreeMap::new(),
        });
    }
    let batch = mirror::prepare(here).await?;
    comparison::apply(store, comparison, vec![batch], gone).await?;
    Ok(())
}

/// The object asked for by its id does not exist.
pub(super) fn is_gone(error: &Error) -> bool {
    gone_as_of(error).is_some()
}

/// Since when, as far as is known: the question may have waited long before it was sent, and another
/// have been answered meanwhile.
pub(super) fn gone_as_of(error: &Error) -> Option<i64> {
    match error {
        Error::Stripe {
            code: Some(code),
            asked_at,
            ..
        } if code == "resource_missing" => Some(*asked_at),
        _ => None,
    }
}
