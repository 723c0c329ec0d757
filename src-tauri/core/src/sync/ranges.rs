//! The parts of lists that a filling reads, and how far each came.

use super::plan::Range;
use crate::db::Store;
use crate::stripe::resource::{self, Resource};
use crate::{Error, Result};
use sqlx::{Row, SqliteConnection};
use std::collections::HashMap;

/// These resources are read from their beginning when the filling is resumed. `now` is when: what
/// was read of them before is old.
pub(super) async fn read_again(
    tx: &mut SqliteConnection,
    resources: &[String],
    now: i64,
) -> Result<()> {
    for name in resources {
        for sql in [
            "DELETE FROM sync_resources WHERE name = ?",
            "DELETE FROM fill_ranges WHERE resource = ?",
            "UPDATE sync_state SET finished = 0 WHERE ? IS NOT NULL",
        ] {
            sqlx::query(sql).bind(name).execute(&mut *tx).await?;
        }
        insert(tx, resource::LISTED[place(name)?], Some(now)).await?;
    }
    Ok(())
}

/// The whole list of a resource, to be read from its beginning.
pub(super) async fn insert(
    tx: &mut SqliteConnection,
    resource: &Resource,
    began_at: Option<i64>,
) -> Result<()> {
    for part in resource.parts() {
        sqlx::query("INSERT INTO fill_ranges (resource, part, began_at) VALUES (?, ?, ?)")
            .bind(resource.name)
            .bind(part.map(|part| part.value))
            .bind(began_at)
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

fn place(name: &str) -> Result<usize> {
    resource::LISTED
        .iter()
        .position(|resource| resource.name == name)
        .ok_or_else(|| Error::Internal(format!("a range of unknown {name}")))
}

/// When the present reading of each listed resource began.
pub(super) async fn begun(store: &Store) -> Result<HashMap<String, i64>> {
    let begun: Vec<(String, i64)> = sqlx::query_as(
        "SELECT resource, max(coalesce(began_at, started_at)) FROM fill_ranges, sync_state
         WHERE started_at IS NOT NULL GROUP BY resource",
    )
    .fetch_all(&store.reader)
    .await?;
    Ok(begun.into_iter().collect())
}

/// The resources of which everything that is listed is stored.
pub(super) async fn stored(store: &Store) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar(
        "SELECT resource FROM fill_ranges GROUP BY resource HAVING min(done) = 1",
    )
    .fetch_all(&store.reader)
    .await?)
}

/// The ranges that are not read to their end.
pub(super) async fn open(store: &Store) -> Result<Vec<Range>> {
    let rows = sqlx::query(
        "SELECT id, resource, created_from, created_before, starting_after, oldest_created, part FROM fill_ranges \
         WHERE NOT done AND resource NOT IN (SELECT name FROM sync_resources WHERE state = 'not_permitted') ORDER BY id",
    )
    .fetch_all(&store.reader)
    .await?;
    let mut ranges = Vec::with_capacity(rows.len());
    for row in rows {
        let resource = place(row.try_get(1)?)?;
        let part: Option<&str> = row.try_get(6)?;
        ranges.push(Range {
            part: resource::LISTED[resource]
                .parts()
                .into_iter()
                .flatten()
                .find(|known| Some(known.value) == part),
            from: row.try_get(2)?,
            before: row.try_get(3)?,
            cursor: row.try_get(4)?,
            oldest: row.try_get(5)?,
            ..Range::new(row.try_get(0)?, resource)
        });
    }
    Ok(ranges)
}

/// Commits that the part of `range` older than `at` is a range of its own, and gives its row.
pub(super) async fn split(store: &Store, range: &Range, at: i64) -> Result<i64> {
    let mut tx = store.writer.begin_with("BEGIN IMMEDIATE").await?;
    let id = sqlx::query_scalar(
        "INSERT INTO fill_ranges (resource, part, created_from, created_before, began_at)
         SELECT resource, part, created_from, ?, began_at FROM fill_ranges WHERE id = ? RETURNING id",
    )
    .bind(at)
    .bind(range.id)
    .fetch_one(&mut *tx)
    .await?;
    sqlx::query("UPDATE fill_ranges SET created_from = ? WHERE id = ?")
        .bind(at)
        .bind(range.id)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(id)
}
