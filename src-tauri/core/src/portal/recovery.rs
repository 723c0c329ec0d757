//! What becomes of configurations whose process died between wanting them and their outcome.

use super::configurations::{self, read_active, read_again};
use super::intention::{Wanted, finish};
use crate::journal::{self, Actor, Author, Change, Pending};
use crate::stripe::LONGEST_CALL;
use crate::workspaces::Workspace;
use crate::{Error, Result};
use chrono::TimeDelta;
use serde_json::Value;
use std::time::Duration;

/// How long Stripe is sure to remember an idempotency key, less an hour of doubt.
pub(super) const KEY_LIVES: TimeDelta = TimeDelta::hours(23);
/// Between an intention and its outcome Stripe is asked no more often: whose key it is, whether what
/// is wanted is there or still offered, and for what is wanted.
const CALLS: u64 = 4;
/// An intention this young may still be under way in another process.
pub const UNDER_WAY: Duration = Duration::from_secs(LONGEST_CALL.as_secs() * CALLS);

/// Sends again with its key what is pending, or looks it up once the key is too old.
pub(crate) async fn settle_pending(workspace: &Workspace) -> Result<()> {
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
    let Some((wanted, key)) = Wanted::of(&entry.change)? else {
        return Ok(());
    };
    if age.to_std().map_or(true, |age| age < UNDER_WAY) {
        Ok(())
    } else if age < KEY_LIVES {
        finish(workspace, author, key, &wanted).await.map(drop)
    } else {
        look_up(workspace, author, key, &wanted).await
    }
}

/// Journals whether Stripe has what was wanted. It is not sent again: whoever wanted it may want
/// something else by now.
pub(super) async fn look_up(
    workspace: &Workspace,
    author: &Author,
    idempotency_key: String,
    wanted: &Wanted,
) -> Result<()> {
    match wanted {
        Wanted::Own | Wanted::Made(_) => read_active(workspace).await?,
        Wanted::Changed(id, _) | Wanted::Switched(id, _) => {
            match read_again(workspace, id).await {
                // Gone, so that it did not arrive either.
                Ok(_) | Err(Error::Stripe { status: 404, .. }) => {}
                Err(error) => return Err(error),
            }
        }
    }
    let found: Option<Value> = wanted.already(workspace).await?;
    let never = match wanted {
        Wanted::Own => "It never arrived in Stripe; it is made when it is needed.",
        _ => "It never arrived in Stripe. Save it again if it is still wanted.",
    };
    let finished = Change::PortalConfigurationFinished {
        idempotency_key,
        message: found.is_none().then(|| never.into()),
        configuration: found
            .as_ref()
            .map(|found| configurations::id(found).to_owned()),
    };
    match journal::append(workspace.store(), author, finished).await {
        // Another process looked at the same moment.
        Err(Error::Conflict(_)) => Ok(()),
        appended => appended.map(drop),
    }
}
