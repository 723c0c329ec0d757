//! Writing history: what an object was, and how what replaces it differs.

use super::{Cause, form, read};
use crate::Result;
use crate::db::{Store, pack_alone, unpack};
use crate::stripe::resource::Resource;
use serde_json::Value;
use sqlx::{Connection, Row, SqliteConnection};
use std::collections::HashSet;

/// Differences between two whole copies: what reading a moment costs at most.
const PATCHES: i64 = 20;

/// An object as the mirror holds it, or is about to.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub asked_at: i64,
    /// None: it was deleted.
    pub content: Option<Content>,
}

#[derive(Debug, Clone)]
pub(crate) struct Content {
    pub hash: Vec<u8>,
    /// Compressed.
    pub json: Vec<u8>,
}

impl Known {
    pub fn of(asked_at: i64, content: Option<(Vec<u8>, Vec<u8>)>) -> Self {
        Self {
            asked_at,
            content: content.map(|(hash, json)| Content { hash, json }),
        }
    }

    fn hash(&self) -> Option<&Vec<u8>> {
        self.content.as_ref().map(|content| &content.hash)
    }
}

/// What is about to be written over.
#[derive(Debug)]
pub(crate) struct Difference {
    pub resource: &'static Resource,
    pub object: String,
    pub payer: Option<String>,
    /// None where the mirror holds nothing of it.
    pub before: Option<Known>,
    pub after: Known,
    pub cause: Option<Cause>,
}

/// The newest row of an object.
struct Head {
    seq: i64,
    asked_at: i64,
    at: i64,
    hash: Option<Vec<u8>>,
    payer: Option<String>,
}

/// Whether no object's history was ever kept.
pub(crate) async fn is_empty(store: &Store) -> Result<bool> {
    let mut journal = store.journal.acquire().await?;
    let any: Option<i64> = sqlx::query_scalar("SELECT 1 FROM object_changes LIMIT 1")
        .fetch_optional(&mut *journal)
        .await?;
    Ok(any.is_none())
}

/// Commits these differences to the journal's file. What its newest row says already, or what was
/// asked for before that, adds nothing, so that a repetition after a crash does no harm. The caller
/// must not hold `portico.db`'s write lock: a journal append takes the two in the other order.
pub(crate) async fn record(store: &Store, differences: &[Difference]) -> Result<bool> {
    let mut connection = store.journal.acquire().await?;
    let mut journal = connection.begin_with("BEGIN IMMEDIATE").await?;
    let known = known(&mut journal, differences).await?;
    let mut written = false;
    for difference in differences {
        // Most of a mirror that is filled again is as it was, and was never kept.
        if difference.before.is_none() && !known.contains(&difference.object) {
            continue;
        }
        written |= one(&mut journal, difference, store.clock.millis()).await?;
    }
    journal.commit().await?;
    Ok(written)
}

/// Which of the objects have a history.
async fn known(
    journal: &mut SqliteConnection,
    differences: &[Difference],
) -> Result<HashSet<String>> {
    let objects = differences
        .iter()
        .map(|difference| difference.object.as_str());
    let known: Vec<String> = sqlx::query_scalar(
        "SELECT value FROM json_each(?) WHERE EXISTS (SELECT 1 FROM object_changes WHERE object = value)",
    )
    .bind(Value::from_iter(objects).to_string())
    .fetch_all(journal)
    .await?;
    Ok(known.into_iter().collect())
}

async fn one(journal: &mut SqliteConnection, difference: &Difference, now: i64) -> Result<bool> {
    let Difference { before, after, .. } = difference;
    let head = match (head(journal, &difference.object).await?, before) {
        (Some(head), _) => head,
        // Seen for the first time, or known as deleted since before there was history.
        (None, None | Some(Known { content: None, .. })) => return Ok(false),
        (None, Some(before)) => first(journal, difference, before).await?,
    };
    // A time to come says that the clock was set back since.
    if head.asked_at > after.asked_at && head.asked_at <= now {
        return Ok(false);
    }
    if head.hash.as_ref() == after.hash() {
        return Ok(false);
    }
    let cause = difference.cause.as_ref();
    let at = cause.map_or(after.asked_at, |cause| cause.created * 1000);
    let (form, body) = match &after.content {
        None => (form::GONE, None),
        Some(content) => body(journal, difference, &head, content).await?,
    };
    sqlx::query(
        "INSERT INTO object_changes (object, resource, payer, asked_at, at, event, event_type, request, idempotency_key,
                                     hash, form, body)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(&difference.object)
    .bind(difference.resource.name)
    // A card that was detached names nobody any more.
    .bind(difference.payer.as_ref().or(head.payer.as_ref()))
    .bind(after.asked_at)
    // Events of one second come in no order; the rows do.
    .bind(at.max(head.at))
    .bind(cause.map(|cause| &cause.event))
    .bind(cause.map(|cause| &cause.kind))
    .bind(cause.and_then(|cause| cause.request.as_ref()))
    .bind(cause.and_then(|cause| cause.idempotency_key.as_ref()))
    .bind(after.hash())
    .bind(form)
    .bind(body)
    .execute(journal)
    .await?;
    Ok(true)
}

async fn head(journal: &mut SqliteConnection, object: &str) -> Result<Option<Head>> {
    let row = sqlx::query(
        "SELECT seq, asked_at, at, hash, payer FROM object_changes WHERE object = ? ORDER BY seq DESC LIMIT 1",
    )
    .bind(object)
    .fetch_optional(journal)
    .await?;
    row.map(|row| {
        Ok(Head {
            seq: row.try_get(0)?,
            asked_at: row.try_get(1)?,
            at: row.try_get(2)?,
            hash: row.try_get(3)?,
            payer: row.try_get(4)?,
        })
    })
    .transpose()
}

/// Keeps what the object was before its first change that was seen.
async fn first(
    journal: &mut SqliteConnection,
    difference: &Difference,
    before: &Known,
) -> Result<Head> {
    let json = before.content.as_ref().map(|content| &content.json);
    let created = match json {
        Some(json) => unpack(json)?["created"].as_i64(),
        None => None,
    };
    // It was never seen otherwise, so as far as known it was so from its beginning.
    let at = created.map_or(before.asked_at, |created| created * 1000);
    let seq = sqlx::query_scalar(
        "INSERT INTO object_changes (object, resource, payer, asked_at, at, hash, form, body)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING seq",
    )
    .bind(&difference.object)
    .bind(difference.resource.name)
    .bind(&difference.payer)
    .bind(before.asked_at)
    .bind(at)
    .bind(before.hash())
    .bind(form::FIRST)
    .bind(json.map(|json| whole(json)).transpose()?)
    .fetch_one(journal)
    .await?;
    Ok(Head {
        seq,
        asked_at: before.asked_at,
        at,
        hash: before.hash().cloned(),
        payer: difference.payer.clone(),
    })
}

/// The difference from the newest row, or the whole where there is nothing to differ from or too
/// many differences stand in a row.
async fn body(
    journal: &mut SqliteConnection,
    difference: &Difference,
    head: &Head,
    content: &Content,
) -> Result<(&'static str, Option<Vec<u8>>)> {
    let patches: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM object_changes WHERE object = ?1 AND seq >
             (SELECT max(seq) FROM object_changes WHERE object = ?1 AND form <> 'patch')",
    )
    .bind(&difference.object)
    .fetch_one(&mut *journal)
    .await?;
    let known = difference
        .before
        .as_ref()
        .and_then(|before| before.content.as_ref());
    let from: Option<Value> = match known {
        _ if head.hash.is_none() || patches >= PATCHES => None,
        Some(known) if Some(&known.hash) == head.hash.as_ref() => Some(unpack(&known.json)?),
        _ => read::state(journal, &difference.object, head.seq).await?,
    };
    Ok(match from {
        None => (form::WHOLE, Some(whole(&content.json)?)),
        Some(from) => {
            let patch = json_patch::diff(&from, &unpack(&content.json)?);
            (form::PATCH, Some(pack_alone(&serde_json::to_vec(&patch)?)?))
        }
    })
}

/// A whole copy of a mirror row's JSON, readable without the dictionary that rows are packed with.
fn whole(json: &[u8]) -> Result<Vec<u8>> {
    pack_alone(&serde_json::to_vec(&unpack(json)?)?)
}
