//! What becomes of intentions whose process died before their outcome was journaled.

use super::configuration::{self, current};
use crate::journal::{self, Actor, Author, Change, LinkResult};
use crate::workspaces::Workspace;
use crate::{Error, Result};
use chrono::TimeDelta;

/// How long Stripe is sure to remember an idempotency key, less an hour of doubt.
const KEY_LIVES: TimeDelta = TimeDelta::hours(23);
/// An intention this young may still be under way in another process.
pub const UNDER_WAY: TimeDelta = TimeDelta::minutes(3);

/// Settles what is pending: links are closed as interrupted and never opened again; the portal
/// configuration is sent again with its key, or looked up once the key is too old.
pub async fn settle_pending(workspace: &Workspace) -> Result<()> {
    let author = Author {
        actor: Actor::Rule("recovery".into()),
        device: workspace.device(),
    };
    for pending in journal::pending(workspace.store()).await? {
        let age = workspace.clock().now() - pending.entry.at;
        if age < UNDER_WAY {
            continue;
        }
        match pending.entry.change {
            Change::LinkRequested { link, client, .. } => {
                let message = Some("Portico was ended before this was finished.".into());
                let closed = Change::LinkFinished {
                    link,
                    client,
                    result: LinkResult::Interrupted,
                    message,
                };
                journal::append(workspace.store(), &author, closed).await?;
            }
            Change::PortalConfigurationRequested { idempotency_key } if age < KEY_LIVES => {
                configuration::finish(workspace, &author, idempotency_key).await?;
            }
            Change::PortalConfigurationRequested { idempotency_key } => {
                let found = current(workspace).await?;
                let message = match &found {
                    Some(_) => None,
                    None => {
                        Some("It never arrived in Stripe; it is made when it is needed.".into())
                    }
                };
                let configuration = found
                    .as_ref()
                    .map(|found| configuration::id(found).to_owned());
                let finished = Change::PortalConfigurationFinished {
                    idempotency_key,
                    configuration,
                    message,
                };
                journal::append(workspace.store(), &author, finished).await?;
            }
            other => return Err(Error::Internal(format!("{other:?} is no intention"))),
        }
    }
    Ok(())
}
