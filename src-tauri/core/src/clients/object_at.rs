//! Any Stripe object as it was on a day in the past.

use super::at::{Since, end_of};
use crate::history;
use crate::stripe::resource::{self, Resource};
use crate::workspaces::Workspace;
use crate::{Error, Result};
use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;
use sqlx::{QueryBuilder, Sqlite};

/// A Stripe object at the end of a day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ObjectAt {
    pub id: String,
    /// E.g. `subscription`, as Stripe calls it.
    pub kind: String,
    pub date: NaiveDate,
    #[serde(flatten)]
    pub known: Since,
    pub json: Value,
}

/// The object at the end of `date`, by the workspace's calendar.
pub async fn object_at(workspace: &Workspace, id: &str, date: NaiveDate) -> Result<ObjectAt> {
    let when = end_of(date, workspace.time_zone())?;
    let found = match holder(workspace, id).await? {
        Some(resource) => history::at(workspace.store(), resource, id, when)
            .await?
            .map(|version| (resource, version)),
        None => None,
    };
    let (resource, version) = found.ok_or_else(|| {
        Error::NotFound(format!(
            "Nothing is known of {id} on {date}. It may not have existed then, or was never read."
        ))
    })?;
    let json = version
        .json
        .clone()
        .ok_or_else(|| Error::NotFound(format!("{id} had been deleted by {date}.")))?;
    Ok(ObjectAt {
        id: id.to_owned(),
        kind: resource.object.to_owned(),
        date,
        known: Since::from(&version),
        json,
    })
}

/// The resource that the id belongs to, by what is kept of it.
pub(super) async fn holder(workspace: &Workspace, id: &str) -> Result<Option<&'static Resource>> {
    if let Some(name) = history::resource_of(workspace.store(), id).await? {
        return Ok(resource::ALL
            .into_iter()
            .find(|resource| resource.name == name));
    }
    let mut query = QueryBuilder::<Sqlite>::new("");
    for (n, resource) in resource::ALL.into_iter().enumerate() {
        query
            .push(if n == 0 {
                "SELECT '"
            } else {
                " UNION ALL SELECT '"
            })
            .push(resource.name)
            .push("' FROM ")
            .push(resource.name)
            .push(" WHERE json IS NOT NULL AND id = ")
            .push_bind(id);
    }
    let name: Option<String> = query
        .build_query_scalar()
        .fetch_optional(&workspace.store().reader)
        .await?;
    Ok(resource::ALL
        .into_iter()
        .find(|resource| Some(resource.name) == name.as_deref()))
}
