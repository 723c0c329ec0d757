//! Tombstones of a mirror that was lost: Stripe tells nothing of what it no longer has, history does.

use super::{Page, Rows, announce_after, prepare, rows::News, rows::write_tombstones};
use crate::db::Store;
use crate::history;
use crate::stripe::resource::{self, Resource};
use crate::{Error, Result};
use sqlx::{QueryBuilder, Sqlite};
use std::collections::HashSet;

/// Puts back what was known of objects that are gone and that the mirror does not know; to be called
/// after everything was listed.
pub async fn restore_gone(store: &Store) -> Result<()> {
    for resource in resource::ALL {
        let mut gone = history::gone(store, resource).await?;
        if gone.is_empty() {
            continue;
        }
        let known = known(store, resource).await?;
        gone.retain(|gone| !known.contains(&gone.object));
        let mut pages = Vec::new();
        for gone in gone {
            if let Some(json) = history::before(store, &gone.object, gone.seq).await? {
                pages.push(Page::of(resource, vec![json], gone.asked_at));
            }
        }
        if !pages.is_empty() {
            bury(store, resource, pages).await?;
        }
    }
    Ok(())
}

async fn known(store: &Store, resource: &Resource) -> Result<HashSet<String>> {
    let known: Vec<String> = QueryBuilder::<Sqlite>::new("SELECT id FROM ")
        .push(resource.name)
        .push(" WHERE deleted = 0 OR json IS NOT NULL")
        .build_query_scalar()
        .fetch_all(&store.reader)
        .await?;
    Ok(known.into_iter().collect())
}

async fn bury(store: &Store, resource: &'static Resource, pages: Vec<Page>) -> Result<()> {
    let tables = tokio::task::spawn_blocking(move || prepare::tables(pages))
        .await
        .map_err(|error| Error::Internal(format!("preparing tombstones failed: {error}")))??;
    let mut tx = store.writer.begin_with("BEGIN IMMEDIATE").await?;
    let mut news = News::at(store.clock.millis());
    for mut table in tables {
        if *table.resource == *resource {
            table.rows.iter_mut().for_each(|row| row.gone = true);
            write_tombstones(&mut tx, &table, &mut news).await?;
        }
    }
    announce_after(store, tx, news, Rows::Now).await
}
