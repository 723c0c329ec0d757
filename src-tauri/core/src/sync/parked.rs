//! Objects whose news could not be fetched, as the sync health page shows them.

use super::health::{Parked, ParkedClient};
use super::report::{capital, millis, small};
use crate::Result;
use crate::db::Store;
use crate::stripe::resource::{self, CUSTOMERS, Resource};
use sqlx::{QueryBuilder, Row, Sqlite};

pub(super) async fn all(store: &Store) -> Result<Vec<Parked>> {
    let rows = sqlx::query(
        "SELECT object, resource, event_type, error, attempts, since, next_try_at FROM parked ORDER BY since, object",
    )
    .fetch_all(&store.reader)
    .await?;
    let mut parked = Vec::with_capacity(rows.len());
    for row in rows {
        let (object, table): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let resource = resource::ALL
            .into_iter()
            .find(|resource| resource.name == table);
        parked.push(Parked {
            id: object.clone(),
            label: one_of(resource.map_or(table.as_str(), |resource| resource.object)),
            client: match resource {
                Some(resource) => client(store, resource, &object).await?,
                None => None,
            },
            object,
            event: row.try_get(2)?,
            error: row.try_get(3)?,
            attempts: small(row.try_get(4)?),
            since: millis(&row, 5)?,
            next_try_at: Some(millis(&row, 6)?),
        });
    }
    Ok(parked)
}

/// Whose object it is, as far as an older state of it says.
async fn client(store: &Store, resource: &Resource, object: &str) -> Result<Option<ParkedClient>> {
    let payer = if *resource == CUSTOMERS {
        "coalesce(account, id)"
    } else if resource.columns.iter().any(|column| column.name == "payer") {
        "payer"
    } else {
        return Ok(None);
    };
    let found: Option<(String, String)> = QueryBuilder::<Sqlite>::new(
        "SELECT c.id, c.name FROM client_row c JOIN payers p ON p.client = c.id WHERE p.payer = (SELECT ",
    )
    .push(payer)
    .push(" FROM ")
    .push(resource.name)
    .push(" WHERE id = ")
    .push_bind(object)
    .push(")")
    .build_query_as()
    .fetch_optional(&store.reader)
    .await?;
    Ok(found.map(|(id, name)| ParkedClient {
        id: id.into(),
        name,
    }))
}

/// An object's kind in a person's words, e.g. `Payment method`.
fn one_of(object: &str) -> String {
    let words = object.replace(['_', '.'], " ");
    capital(words.trim_start_matches("billing "))
}
