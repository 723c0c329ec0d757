//! Reading history: an object at a moment, and what changed step by step. Needs `journal.db` alone,
//! except for objects that never changed, which the mirror still holds as they were.

use super::{Cause, form};
use crate::db::{Store, unpack};
use crate::stripe::resource::Resource;
use crate::{Error, Result};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{FromRow, QueryBuilder, Sqlite, SqliteConnection};

/// An object as it was at some moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// None: it had been deleted.
    pub json: Option<Value>,
    /// Since when it was so; none where it was so when it was first read, and what it was before
    /// is not known.
    pub since: Option<DateTime<Utc>>,
    /// When it changed again.
    pub until: Option<DateTime<Utc>>,
}

/// One change of an object, with what it was on either side.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub seq: i64,
    pub object: String,
    pub resource: String,
    pub payer: Option<String>,
    pub at: DateTime<Utc>,
    pub cause: Option<Cause>,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

#[derive(FromRow)]
struct Stored {
    seq: i64,
    object: String,
    resource: String,
    payer: Option<String>,
    at: i64,
    event: Option<String>,
    event_type: Option<String>,
    request: Option<String>,
    idempotency_key: Option<String>,
    form: String,
    body: Option<Vec<u8>>,
}

impl Stored {
    /// What the object was from this row on, given what it was before.
    fn follow(&self, before: Option<&Value>) -> Result<Option<Value>> {
        let Some(body) = &self.body else {
            return Ok(None);
        };
        let body = unpack(body)?;
        if self.form != form::PATCH {
            return Ok(Some(body));
        }
        let patch: json_patch::Patch = serde_json::from_value(body)?;
        let mut object = before.cloned().unwrap_or_default();
        json_patch::patch(&mut object, &patch).map_err(|error| {
            Error::Internal(format!(
                "the history of {} does not fit together at {}: {error}",
                self.object, self.seq
            ))
        })?;
        Ok(Some(object))
    }

    fn cause(&self) -> Option<Cause> {
        Some(Cause {
            event: self.event.clone()?,
            kind: self.event_type.clone()?,
            created: self.at / 1000,
            request: self.request.clone(),
            idempotency_key: self.idempotency_key.clone(),
        })
    }
}

const COLUMNS: &str = "SELECT seq, object, resource, payer, at, event, event_type, request, idempotency_key, form, body \
     FROM object_changes";

/// The object as it was at `when`; none where it did not exist, or nothing of it was ever read.
pub async fn at(
    store: &Store,
    resource: &'static Resource,
    object: &str,
    when: DateTime<Utc>,
) -> Result<Option<Version>> {
    aspect_at(store, resource, object, when, Value::clone).await
}

/// As [`at`], with `since` and `until` about what `aspect` makes of the object alone: the next
/// invoice of a subscription is no change of its plan.
pub async fn aspect_at(
    store: &Store,
    resource: &'static Resource,
    object: &str,
    when: DateTime<Utc>,
    aspect: fn(&Value) -> Value,
) -> Result<Option<Version>> {
    let followed = Followed::of(store).await?;
    let mut journal = store.journal.acquire().await?;
    let rows: Vec<Stored> = QueryBuilder::<Sqlite>::new(COLUMNS)
        .push(" WHERE object = ")
        .push_bind(object)
        .push(" ORDER BY seq")
        .build_query_as()
        .fetch_all(&mut *journal)
        .await?;
    drop(journal);
    if rows.is_empty() {
        return unchanged(store, resource, object, when, &followed).await;
    }
    let (mut state, mut seen) = (None, None);
    let mut version: Option<Version> = None;
    for row in rows {
        state = row.follow(state.as_ref())?;
        let shown = state.as_ref().map(aspect);
        let at = DateTime::from_timestamp_millis(row.at).unwrap_or_default();
        let same = version.as_ref().filter(|_| shown == seen);
        if at > when {
            if same.is_none() {
                if let Some(version) = &mut version {
                    version.until = Some(at);
                }
                break;
            }
            continue;
        }
        let since = match same {
            Some(version) => version.since,
            None if row.form == form::FIRST => state.as_ref().and_then(|json| followed.made(json)),
            None => Some(at),
        };
        version = Some(Version {
            json: state.clone(),
            since,
            until: None,
        });
        seen = shown;
    }
    Ok(version)
}

/// An object without history is as the mirror has it, since it was made.
async fn unchanged(
    store: &Store,
    resource: &'static Resource,
    object: &str,
    when: DateTime<Utc>,
    followed: &Followed,
) -> Result<Option<Version>> {
    let json: Option<Vec<u8>> = QueryBuilder::<Sqlite>::new("SELECT json FROM ")
        .push(resource.name)
        .push(" WHERE json IS NOT NULL AND deleted = 0 AND id = ")
        .push_bind(object)
        .build_query_scalar()
        .fetch_optional(&store.reader)
        .await?;
    let json = json.map(|json| unpack(&json)).transpose()?;
    let made = |json: &Value| json["created"].as_i64().unwrap_or_default();
    Ok(json
        .filter(|json| made(json) <= when.timestamp())
        .map(|json| Version {
            since: followed.made(&json),
            json: Some(json),
            until: None,
        }))
}

/// When Stripe's events were followed: what was made then was read as it was made.
struct Followed {
    /// Unix seconds.
    from: Option<i64>,
    gaps: Vec<(i64, i64)>,
}

impl Followed {
    async fn of(store: &Store) -> Result<Self> {
        let mut journal = store.journal.acquire().await?;
        // Nothing was read before the workspace was added.
        let first: Option<i64> = sqlx::query_scalar("SELECT at FROM entries ORDER BY seq LIMIT 1")
            .fetch_optional(&mut *journal)
            .await?;
        Ok(Self {
            from: first.map(|millis| millis / 1000),
            gaps: sqlx::query_as("SELECT begins, ends FROM gaps")
                .fetch_all(&store.reader)
                .await?,
        })
    }

    /// When the object was made, if that was seen.
    fn made(&self, json: &Value) -> Option<DateTime<Utc>> {
        let made = json["created"].as_i64()?;
        let missed = self
            .gaps
            .iter()
            .any(|(begins, ends)| (*begins..=*ends).contains(&made));
        DateTime::from_timestamp(made, 0)
            .filter(|_| !missed && self.from.is_some_and(|from| from <= made))
    }
}

/// What the object was from row `last` on.
pub(super) async fn state(
    journal: &mut SqliteConnection,
    object: &str,
    last: i64,
) -> Result<Option<Value>> {
    let rows: Vec<Stored> = QueryBuilder::<Sqlite>::new(COLUMNS)
        .push(" WHERE object = ")
        .push_bind(object)
        .push(" AND seq <= ")
        .push_bind(last)
        .push(
            " AND seq >= (SELECT max(seq) FROM object_changes WHERE form <> 'patch' AND object = ",
        )
        .push_bind(object)
        .push(" AND seq <= ")
        .push_bind(last)
        .push(") ORDER BY seq")
        .build_query_as()
        .fetch_all(journal)
        .await?;
    let mut state = None;
    for row in rows {
        state = row.follow(state.as_ref())?;
    }
    Ok(state)
}

/// The objects of a resource that ever changed while they were these payers'.
pub async fn objects(
    store: &Store,
    resource: &'static Resource,
    payers: &[String],
) -> Result<Vec<String>> {
    let mut journal = store.journal.acquire().await?;
    Ok(sqlx::query_scalar(
        "SELECT DISTINCT object FROM object_changes
         WHERE resource = ? AND payer IN (SELECT value FROM json_each(?))",
    )
    .bind(resource.name)
    .bind(Value::from(payers.to_vec()).to_string())
    .fetch_all(&mut *journal)
    .await?)
}

/// What kind of object it is, if it ever changed.
pub async fn resource_of(store: &Store, object: &str) -> Result<Option<String>> {
    let mut journal = store.journal.acquire().await?;
    Ok(
        sqlx::query_scalar("SELECT resource FROM object_changes WHERE object = ? LIMIT 1")
            .bind(object)
            .fetch_optional(&mut *journal)
            .await?,
    )
}

/// Whose or which changes are wanted.
pub enum Of<'a> {
    Payers(&'a [String]),
    Object(&'a str),
}

/// Changes of these up to `until` (unix milliseconds), newest first, `limit` of them after the first
/// `skip`.
pub async fn steps(
    store: &Store,
    of: &Of<'_>,
    until: i64,
    skip: i64,
    limit: i64,
) -> Result<Vec<Step>> {
    let mut journal = store.journal.acquire().await?;
    let mut query = QueryBuilder::<Sqlite>::new(COLUMNS);
    query
        .push(" WHERE form <> 'first' AND at <= ")
        .push_bind(until);
    match of {
        Of::Payers(payers) => query
            .push(" AND payer IN (SELECT value FROM json_each(")
            .push_bind(Value::from(payers.to_vec()).to_string())
            .push("))"),
        Of::Object(object) => query.push(" AND object = ").push_bind(*object),
    };
    query
        .push(" ORDER BY at DESC, seq DESC LIMIT ")
        .push_bind(limit)
        .push(" OFFSET ")
        .push_bind(skip);
    let rows: Vec<Stored> = query.build_query_as().fetch_all(&mut *journal).await?;
    both_sides(&mut journal, rows).await
}

/// Changes of what is these payers', from `from` (unix milliseconds) on, oldest first.
pub async fn steps_since(
    store: &Store,
    payers: &[String],
    from: i64,
    limit: i64,
) -> Result<Vec<Step>> {
    let mut journal = store.journal.acquire().await?;
    let rows: Vec<Stored> = QueryBuilder::<Sqlite>::new(COLUMNS)
        .push(" WHERE form <> 'first' AND at >= ")
        .push_bind(from)
        .push(" AND payer IN (SELECT value FROM json_each(")
        .push_bind(Value::from(payers.to_vec()).to_string())
        .push(")) ORDER BY at, seq LIMIT ")
        .push_bind(limit)
        .build_query_as()
        .fetch_all(&mut *journal)
        .await?;
    both_sides(&mut journal, rows).await
}

/// What each object was before and after its row.
async fn both_sides(journal: &mut SqliteConnection, rows: Vec<Stored>) -> Result<Vec<Step>> {
    let mut steps = Vec::with_capacity(rows.len());
    for row in rows {
        let previous: i64 =
            sqlx::query_scalar("SELECT max(seq) FROM object_changes WHERE object = ? AND seq < ?")
                .bind(&row.object)
                .bind(row.seq)
                .fetch_one(&mut *journal)
                .await?;
        let before = state(journal, &row.object, previous).await?;
        steps.push(Step {
            after: row.follow(before.as_ref())?,
            cause: row.cause(),
            seq: row.seq,
            at: DateTime::from_timestamp_millis(row.at).unwrap_or_default(),
            object: row.object,
            resource: row.resource,
            payer: row.payer,
            before,
        });
    }
    Ok(steps)
}
