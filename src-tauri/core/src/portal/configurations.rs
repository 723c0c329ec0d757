//! The account's configurations as the mirror has them, and as Stripe has them now.

use super::settings::OWN;
use super::types::PortalSettings;
use crate::db;
use crate::mirror::{self, Page};
use crate::stripe::resource::PORTAL_CONFIGURATIONS;
use crate::stripe::{Answer, portal};
use crate::workspaces::Workspace;
use crate::{Error, Result};
use serde_json::Value;

/// Every configuration that the mirror has, oldest id first, with its JSON.
pub(crate) async fn mirrored(workspace: &Workspace) -> Result<Vec<(String, Value)>> {
    let rows: Vec<(String, Vec<u8>)> = sqlx::query_as(
        "SELECT id, json FROM portal_configurations WHERE deleted = 0 AND json IS NOT NULL ORDER BY id",
    )
    .fetch_all(&workspace.store().reader)
    .await?;
    rows.into_iter()
        .map(|(id, json)| Ok((id, db::unpack(&json)?)))
        .collect()
}

/// One of them; none where the account has no such configuration.
pub(crate) async fn one(workspace: &Workspace, id: &str) -> Result<Option<Value>> {
    let json: Option<Vec<u8>> = sqlx::query_scalar(
        "SELECT json FROM portal_configurations WHERE id = ? AND deleted = 0 AND json IS NOT NULL",
    )
    .bind(id)
    .fetch_optional(&workspace.store().reader)
    .await?;
    json.as_deref().map(db::unpack).transpose()
}

/// Portico's own, if it is still active.
pub(super) async fn own(workspace: &Workspace) -> Result<Option<Value>> {
    let json: Option<Vec<u8>> = sqlx::query_scalar(
        "SELECT json FROM portal_configurations WHERE portico = ? AND active = 1 AND deleted = 0 ORDER BY id LIMIT 1",
    )
    .bind(OWN)
    .fetch_optional(&workspace.store().reader)
    .await?;
    json.as_deref().map(db::unpack).transpose()
}

/// Reads every active configuration from Stripe into the mirror.
pub(super) async fn read_active(workspace: &Workspace) -> Result<()> {
    let stripe = workspace.stripe().await?;
    let (objects, asked_at) = workspace.checked(portal::active_configurations(&stripe).await)?;
    let page = Page::of(&PORTAL_CONFIGURATIONS, objects, asked_at);
    mirror::apply(workspace.store(), vec![page]).await?;
    Ok(())
}

/// The configuration as Stripe has it now.
pub(crate) async fn read_again(workspace: &Workspace, id: &str) -> Result<Value> {
    let stripe = workspace.stripe().await?;
    let answer = workspace.checked(portal::retrieve_configuration(&stripe, id).await)?;
    keep(workspace, &answer).await?;
    Ok(answer.body)
}

pub(super) async fn keep(workspace: &Workspace, answer: &Answer) -> Result<()> {
    let page = Page::of(
        &PORTAL_CONFIGURATIONS,
        vec![answer.body.clone()],
        answer.asked_at,
    );
    mirror::apply(workspace.store(), vec![page]).await?;
    Ok(())
}

/// An active configuration with exactly these settings.
pub(super) async fn equal(
    workspace: &Workspace,
    settings: &PortalSettings,
) -> Result<Option<String>> {
    let all = mirrored(workspace).await?;
    let found = all.into_iter().find(|(_, configuration)| {
        configuration["active"] == true && PortalSettings::from_stripe(configuration) == *settings
    });
    Ok(found.map(|(id, _)| id))
}

pub(crate) fn id(configuration: &Value) -> &str {
    configuration["id"].as_str().unwrap_or_default()
}

/// What a configuration is called on screen.
pub(super) fn label(name: &str, id: &str) -> String {
    match name {
        "" => format!("Unnamed settings ({id})"),
        name => name.to_owned(),
    }
}

pub(super) fn foreign(id: &str) -> Error {
    Error::NotYours(format!(
        "{id} is no portal configuration of this workspace, or was not read yet. Nothing was sent. Choose one from the list, or sync first."
    ))
}
