//! What is wanted of a configuration: journaled, sent with one key, and its outcome journaled.

use super::configurations::{self, keep};
use super::params::{Call, to_params};
use super::recovery::{self, KEY_LIVES};
use super::settings::{MARK, OWN};
use super::types::PortalSettings;
use crate::journal::{self, Author, Change};
use crate::stripe::{Answer, Client, Params, portal};
use crate::workspaces::Workspace;
use crate::{Error, Result};
use futures_util::FutureExt;
use serde_json::Value;

/// What a configuration is to become. Two processes that want the same send it once.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Wanted {
    /// Portico's own, made.
    Own,
    Made(PortalSettings),
    /// In its metadata an empty value takes its key away.
    Changed(String, PortalSettings),
    Switched(String, bool),
}

impl Wanted {
    pub fn request(&self, idempotency_key: String) -> Result<Change> {
        let (configuration, settings, active) = match self {
            Self::Own => (None, None, None),
            Self::Made(settings) => (None, Some(settings), None),
            Self::Changed(id, settings) => (Some(id), Some(settings), None),
            Self::Switched(id, active) => (Some(id), None, Some(*active)),
        };
        Ok(Change::PortalConfigurationRequested {
            idempotency_key,
            configuration: configuration.cloned(),
            settings: settings.map(serde_json::to_value).transpose()?,
            active,
        })
    }

    /// What the entry asks for, with its key; none where it is no such intention.
    pub fn of(change: &Change) -> Result<Option<(Self, String)>> {
        let Change::PortalConfigurationRequested {
            idempotency_key,
            configuration,
            settings,
            active,
        } = change
        else {
            return Ok(None);
        };
        let settings = settings.clone().map(serde_json::from_value).transpose()?;
        let wanted = match (configuration.clone(), settings, active) {
            (None, None, None) => Self::Own,
            (None, Some(settings), None) => Self::Made(settings),
            (Some(id), Some(settings), None) => Self::Changed(id, settings),
            (Some(id), None, Some(active)) => Self::Switched(id, *active),
            _ => {
                return Err(Error::Internal(format!("{change:?} asks for nothing")));
            }
        };
        Ok(Some((wanted, idempotency_key.clone())))
    }

    async fn send(&self, client: &Client, key: &str) -> Result<Answer> {
        match self {
            Self::Own => {
                let mark = Params::new().with(format!("metadata[{MARK}]"), OWN);
                let params = to_params(&PortalSettings::own(), Call::Create).and(&mark);
                portal::create_configuration(client, &params, key).await
            }
            Self::Made(settings) => {
                let params = to_params(settings, Call::Create);
                portal::create_configuration(client, &params, key).await
            }
            Self::Changed(id, settings) => {
                let params = to_params(settings, Call::Update);
                portal::update_configuration(client, id, &params, key).await
            }
            Self::Switched(id, active) => {
                let params = Params::new().with("active", active);
                portal::update_configuration(client, id, &params, key).await
            }
        }
    }

    /// The configuration that is already so, as the mirror has it.
    pub async fn already(&self, workspace: &Workspace) -> Result<Option<Value>> {
        let id = match self {
            Self::Own => return configurations::own(workspace).await,
            Self::Made(settings) => configurations::equal(workspace, settings).await?,
            Self::Changed(id, _) | Self::Switched(id, _) => Some(id.clone()),
        };
        let Some(id) = id else {
            return Ok(None);
        };
        let known = configurations::one(workspace, &id).await?;
        Ok(known.filter(|known| self.holds(known)))
    }

    fn holds(&self, configuration: &Value) -> bool {
        match self {
            Self::Own | Self::Made(_) => true,
            Self::Changed(_, settings) => {
                PortalSettings::from_stripe(configuration) == settings.normalised()
            }
            Self::Switched(_, active) => configuration["active"] == *active,
        }
    }
}

/// Makes what is wanted so, once, however often and from wherever it is asked for.
pub(super) async fn carry_out(workspace: &Workspace, wanted: &Wanted) -> Result<Value> {
    let _alone = workspace
        .busy("portal configuration".into())
        .ok_or_else(|| {
            Error::Conflict("Portal settings are being saved; give it a moment.".into())
        })?;
    let author = workspace.author().await?;
    loop {
        let seen = newest(workspace).await?;
        // An older one that arrived later would undo this one.
        if let Some(made) = finish_earlier(workspace, &author, wanted).await? {
            return Ok(made);
        }
        if let Some(found) = wanted.already(workspace).await? {
            return Ok(found);
        }
        match intend(workspace, &author, wanted, seen).await {
            Ok(key) => return finish(workspace, &author, key, wanted).await,
            // Another process came in between: what it wants is looked at first.
            Err(Error::Conflict(_)) => {}
            Err(error) => return Err(error),
        }
    }
}

/// Journals an attempt that is refused before anything is sent, and answers why.
pub(super) async fn refused(workspace: &Workspace, wanted: &Wanted, why: Error) -> Result<Error> {
    let author = workspace.author().await?;
    let key = ulid::Ulid::new().to_string();
    let intention = wanted.request(key.clone())?;
    journal::append(workspace.store(), &author, intention).await?;
    let finished = Change::PortalConfigurationFinished {
        idempotency_key: key,
        configuration: None,
        message: Some(why.to_string()),
    };
    journal::append(workspace.store(), &author, finished).await?;
    Ok(why)
}

const NEWEST: &str = "SELECT coalesce(max(seq), 0) FROM timeline
    WHERE kind IN ('portal_configuration_requested', 'portal_configuration_finished')";

/// The last entry about a configuration.
async fn newest(workspace: &Workspace) -> Result<i64> {
    Ok(sqlx::query_scalar(NEWEST)
        .fetch_one(&workspace.store().reader)
        .await?)
}

/// Journals what is wanted, unless something happened to configurations since `seen`.
async fn intend(
    workspace: &Workspace,
    author: &Author,
    wanted: &Wanted,
    seen: i64,
) -> Result<String> {
    let key = ulid::Ulid::new().to_string();
    let intention = wanted.request(key.clone())?;
    journal::append_checked(workspace.store(), author, intention, move |tables| {
        async move {
            let newest: i64 = sqlx::query_scalar(NEWEST).fetch_one(tables).await?;
            if newest == seen {
                return Ok(());
            }
            Err(Error::Conflict(
                "Portal settings were changed at the same moment.".into(),
            ))
        }
        .boxed()
    })
    .await?;
    Ok(key)
}

/// Carries out what was journaled before and has no outcome; answers what was made where that is
/// what is wanted now.
async fn finish_earlier(
    workspace: &Workspace,
    author: &Author,
    wanted: &Wanted,
) -> Result<Option<Value>> {
    let mut same = None;
    for pending in journal::pending(workspace.store()).await? {
        let Some((earlier, key)) = Wanted::of(&pending.entry.change)? else {
            continue;
        };
        if pending.age >= KEY_LIVES {
            recovery::look_up(workspace, author, key, &earlier).await?;
            continue;
        }
        let outcome = finish(workspace, author, key, &earlier).await;
        match outcome {
            outcome if earlier == *wanted => same = Some(outcome?),
            Err(error) if error.is_passing() => return Err(error),
            // Refused, which is journaled and no concern of this one.
            _ => {}
        }
    }
    Ok(same)
}

/// Carries out a journaled intention; the same key makes a repetition harmless.
pub(super) async fn finish(
    workspace: &Workspace,
    author: &Author,
    key: String,
    wanted: &Wanted,
) -> Result<Value> {
    let outcome = async {
        let stripe = workspace.stripe_for_writing().await?;
        let answer = wanted.send(&stripe, &key).await?;
        keep(workspace, &answer).await?;
        Ok(answer.body)
    };
    let outcome: Result<Value> = workspace.checked(outcome.await);
    let (configuration, message) = match &outcome {
        Ok(made) => (Some(configurations::id(made).to_owned()), None),
        // Whether it arrived is not known: it stays pending and is sent again with the same key.
        Err(error) if error.is_passing() => return outcome,
        Err(error) => (None, Some(error.to_string())),
    };
    let finished = Change::PortalConfigurationFinished {
        idempotency_key: key,
        configuration,
        message,
    };
    match journal::append(workspace.store(), author, finished).await {
        // Another process sent the same key and was faster with the outcome.
        Err(Error::Conflict(_)) => outcome,
        appended => appended.and(outcome),
    }
}
