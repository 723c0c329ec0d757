//! What becomes of intentions whose process died before their outcome was journaled.

use super::configuration::{self, current};
use crate::journal::{self, Actor, Author, Change, LinkResult, Pending};
use crate::workspaces::Workspace;
use crate::{Error, Result};
use chrono::TimeDelta;
use std::time::Duration;

/// How long Stripe is sure to remember an idempotency key, less an hour of doubt.
pub(super) const KEY_LIVES: TimeDelta = TimeDelta::hours(23);
/// An intention this young may still be under way in another process.
pub const UNDER_WAY: Duration = Duration::from_secs(180);

/// Settles what is pending: links are closed as interrupted and never opened again; the portal
/// configuration is sent again with its key, or looked up once the key is too old.
pub async fn settle_pending(workspace: &Workspace) -> Result<()> {
    let author = Author {
        actor: Actor::Rule("recovery".into()),
        device: workspace.device(),
    };
    let mut outcome = Ok(());
    for pending in journal::pending(workspace.store()).await? {
        // One that Stripe cannot be asked about now does not hold up the others.
        outcome = outcome.and(settle(workspace, &author, pending).await);
    }
    outcome
}

async fn settle(workspace: &Workspace, author: &Author, pending: Pending) -> Result<()> {
    let Pending { entry, age } = pending;
    if age.to_std().map_or(true, |age| age < UNDER_WAY) {
        return Ok(());
    }
    let settled = match entry.change {
        Change::LinkRequested { link, client, .. } => Change::LinkFinished {
            link,
            client,
            result: LinkResult::Interrupted,
            message: Some("Portico was ended before this was finished.".into()),
            object: None,
            lives_until: None,
        },
        Change::PortalConfigurationRequested {
            idempotency_key, ..
        } if age < KEY_LIVES => {
            return configuration::finish(workspace, author, idempotency_key)
                .await
                .map(drop);
        }
        Change::PortalConfigurationRequested {
            idempotency_key, ..
        } => {
            let found = current(workspace).await?;
            let never = "It never arrived in Stripe; it is made when it is needed.";
            Change::PortalConfigurationFinished {
                idempotency_key,
                message: found.is_none().then(|| never.into()),
                configuration: found
                    .as_ref()
                    .map(|found| configuration::id(found).to_owned()),
            }
        }
        other => return Err(Error::Internal(format!("{other:?} is no intention"))),
    };
    journal::append(workspace.store(), author, settled).await?;
    Ok(())
}
