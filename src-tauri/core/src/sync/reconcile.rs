//! After a whole listing: what was not in it, but is known here, is asked for one by one, and buried
//! if gone.

use super::{
    killpoint,
    state::{self, Lack},
};
use crate::db::Store;
use crate::mirror::{self, Page};
use crate::stripe::{
    Client,
    listing::Reading,
    resource::{CUSTOMERS, Resource},
};
use crate::{Error, Result};
use futures_util::{StreamExt, stream};
use sqlx::{QueryBuilder, Sqlite};

/// Rows asked for together, and then stored together.
const BATCH: usize = 50;
/// More than this is left to the next filling, so that one reading stays within its cost.
const AT_MOST: usize = 1000;

pub(super) async fn reconcile(store: &Store, client: &Client, readings: &[Reading]) -> Result<()> {
    let Some(started_at) = state::read(store).await?.started_at else {
        return Ok(());
    };
    let not_permitted = state::not_permitted(store).await?;
    for reading in readings {
        if not_permitted
            .iter()
            .any(|name| name == reading.resource.name)
        {
            continue;
        }
        let mut asked = 0;
        loop {
            let mut unseen = unseen(store, reading.resource, started_at).await?;
            if *reading.resource == CUSTOMERS {
                unseen.extend(unlisted_payers(store).await?);
            }
            if unseen.is_empty() {
                break;
            }
            if asked >= AT_MOST {
                let message = "Some objects that Stripe no longer lists are still shown; the next reading asks for them.";
                state::note(store, reading.resource.name, Lack::Behind, message).await?;
                break;
            }
            asked += unseen.len();
            ask(store, client, reading, unseen).await?;
            killpoint::passed("reconciled");
        }
    }
    Ok(())
}

/// Rows that no answer since the filling began has brought.
async fn unseen(store: &Store, resource: &Resource, started_at: i64) -> Result<Vec<String>> {
    Ok(QueryBuilder::<Sqlite>::new("SELECT id FROM ")
        .push(resource.name)
        .push(" WHERE deleted = 0 AND asked_at < ")
        .push_bind(started_at)
        .push(" LIMIT ")
        .push_bind(BATCH as i64)
        .build_query_scalar()
        .fetch_all(&store.reader)
        .await?)
}

/// Deleted customers are in no list, while their subscriptions and invoices are.
async fn unlisted_payers(store: &Store) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar(
        "SELECT p.payer FROM payers p WHERE p.payer LIKE 'cus\\_%' ESCAPE '\\'
         AND NOT EXISTS (SELECT 1 FROM customers c WHERE c.id = p.payer) LIMIT ?",
    )
    .bind(BATCH as i64)
    .fetch_all(&store.reader)
    .await?)
}

async fn ask(store: &Store, client: &Client, reading: &Reading, ids: Vec<String>) -> Result<()> {
    let asked_at = store.clock.millis();
    let answers: Vec<_> = stream::iter(ids)
        .map(async |id| (reading.object(client, &id).await, id))
        .buffer_unordered(BATCH)
        .collect()
        .await;
    let (mut here, mut gone) = (Vec::new(), Vec::new());
    for (answer, id) in answers {
        match answer {
            Ok(answer) => here.push(Page::of(
                reading.resource,
                vec![answer.body],
                answer.asked_at,
            )),
            Err(error) if is_gone(&error) => gone.push(id),
            Err(error) => return Err(error),
        }
    }
    mirror::apply(store, here).await?;
    mirror::tombstone(store, reading.resource, &gone, asked_at).await?;
    Ok(())
}

/// The object asked for by its id does not exist.
pub(super) fn is_gone(error: &Error) -> bool {
    matches!(error, Error::Stripe { code: Some(code), .. } if code == "resource_missing")
}
