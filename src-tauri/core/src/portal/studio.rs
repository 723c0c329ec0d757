//! The portal's configurations: listed, checked, made, changed, and switched on and off.

use super::catalogue;
use super::configurations::{self, equal, foreign, label, mirrored, one, own, read_again};
use super::in_use::{self, Uses};
use super::intention::{self, Wanted, carry_out};
use super::lint::findings;
use super::rules;
use super::types::*;
use super::words::{allows, differences};
use crate::workspaces::Workspace;
use crate::{Error, Result};
use chrono::{DateTime, Utc};
use serde_json::Value;

/// How many reasons a refusal names.
const REASONS_NAMED: usize = 3;

/// Every configuration of the account, active ones first.
pub async fn configurations(workspace: &Workspace) -> Result<Vec<PortalConfigurationRow>> {
    let catalogue = catalogue::read(workspace).await?;
    let uses = in_use::read(workspace).await?;
    let clients = rules::counts(workspace).await?;
    let own = own(workspace).await?;
    let own = own.as_ref().map(configurations::id);
    let rows = mirrored(workspace).await?;
    let mut rows: Vec<PortalConfigurationRow> = rows
        .into_iter()
        .map(|(id, configuration)| {
            let settings = PortalSettings::from_stripe(&configuration);
            let active = configuration["active"] == true;
            let portico = own == Some(id.as_str());
            let in_use = uses.of(&id, active, portico);
            PortalConfigurationRow {
                label: label(&settings.name, &id),
                active,
                is_default: configuration["is_default"] == true,
                portico,
                login_page_url: configuration["login_page"]["url"]
                    .as_str()
                    .map(str::to_owned),
                created: moment(&configuration["created"]),
                updated: moment(&configuration["updated"]),
                allows: allows(&settings),
                clients: clients.get(&id).copied().unwrap_or_default(),
                findings: findings(&settings, &catalogue, &in_use),
                rules: in_use.rules,
                settings,
                id,
            }
        })
        .collect();
    rows.sort_by_key(|row| (!row.active, row.label.to_lowercase(), row.id.clone()));
    Ok(rows)
}

fn moment(seconds: &Value) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(seconds.as_i64()?, 0)
}

/// What Stripe would refuse of these settings, or what would surprise; `configuration` is the one
/// that they would change.
pub async fn lint(
    workspace: &Workspace,
    settings: &PortalSettings,
    configuration: Option<&str>,
) -> Result<Vec<Finding>> {
    let catalogue = catalogue::read(workspace).await?;
    let uses = in_use::read(workspace).await?;
    let in_use = match configuration {
        Some(id) => {
            let known = one(workspace, id).await?.ok_or_else(|| foreign(id))?;
            in_use_of(workspace, &uses, id, &known).await?
        }
        None => uses.of_new(),
    };
    Ok(findings(settings, &catalogue, &in_use))
}

async fn in_use_of(
    workspace: &Workspace,
    uses: &Uses,
    id: &str,
    configuration: &Value,
) -> Result<in_use::InUse> {
    let own = own(workspace).await?;
    let own = own.as_ref().map(configurations::id) == Some(id);
    Ok(uses.of(id, configuration["active"] == true, own))
}

/// Makes a configuration, or changes `configuration`, and reads back what Stripe keeps. An equal
/// one is used again rather than made twice.
pub async fn save(
    workspace: &Workspace,
    configuration: Option<&str>,
    settings: &PortalSettings,
) -> Result<SavedConfiguration> {
    workspace.author().await?;
    if let Some(id) = configuration
        && one(workspace, id).await?.is_none()
    {
        let wanted = Wanted::Changed(id.to_owned(), settings.normalised());
        return Err(intention::refused(workspace, &wanted, foreign(id)).await?);
    }
    let found = lint(workspace, settings, configuration).await?;
    acceptable(&found)?;
    let settings = settings.normalised();
    let wanted = match configuration {
        Some(id) => {
            // The mirror may be behind what somebody changed in Stripe's Dashboard.
            let before = PortalSettings::from_stripe(&read_again(workspace, id).await?);
            if before == settings {
                return Ok(kept_as_it_is(id.to_owned()));
            }
            Wanted::Changed(id.to_owned(), taking_away(&before, settings.clone()))
        }
        None => {
            if let Some(id) = equal(workspace, &settings).await? {
                let fresh = read_again(workspace, &id).await?;
                if fresh["active"] == true && PortalSettings::from_stripe(&fresh) == settings {
                    return Ok(kept_as_it_is(id));
                }
            }
            Wanted::Made(settings.clone())
        }
    };
    let answer = carry_out(workspace, &wanted).await?;
    let id = configurations::id(&answer).to_owned();
    let kept = match read_again(workspace, &id).await {
        // It is saved; the answer to that says what is kept as well.
        Err(error) if error.is_passing() => answer,
        kept => kept?,
    };
    Ok(SavedConfiguration {
        id,
        reused: false,
        differences: differences(&settings, &PortalSettings::from_stripe(&kept)),
    })
}

/// Fails with the first reasons why Stripe would refuse it.
fn acceptable(findings: &[Finding]) -> Result<()> {
    let refused: Vec<&Finding> = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Refused)
        .collect();
    let Some(first) = refused.first() else {
        return Ok(());
    };
    let sentences: Vec<&str> = refused
        .iter()
        .take(REASONS_NAMED)
        .map(|finding| finding.sentence.as_str())
        .collect();
    Err(Error::invalid(first.field, sentences.join(" ")))
}

fn kept_as_it_is(id: String) -> SavedConfiguration {
    SavedConfiguration {
        id,
        reused: true,
        differences: Vec::new(),
    }
}

/// Stripe merges metadata: what is not named any more has to be taken away by name.
fn taking_away(before: &PortalSettings, mut settings: PortalSettings) -> PortalSettings {
    for key in before.metadata.keys() {
        settings.metadata.entry(key.clone()).or_default();
    }
    settings
}

/// Switches a configuration on or off; one that rules or clients use is not switched off.
pub async fn set_active(workspace: &Workspace, configuration: &str, active: bool) -> Result<()> {
    workspace.author().await?;
    let wanted = Wanted::Switched(configuration.to_owned(), active);
    let Some(known) = one(workspace, configuration).await? else {
        let why = foreign(configuration);
        return Err(intention::refused(workspace, &wanted, why).await?);
    };
    if !active {
        may_end(workspace, configuration, &known).await?;
    }
    carry_out(workspace, &wanted).await.map(drop)
}

async fn may_end(workspace: &Workspace, id: &str, known: &Value) -> Result<()> {
    if known["is_default"] == true {
        return Err(Error::Conflict(
            "These are the account's default portal settings, which Stripe does not switch off. Make others the default in Stripe first.".into(),
        ));
    }
    let uses = in_use::read(workspace).await?;
    match in_use_of(workspace, &uses, id, known).await?.sentence() {
        Some(users) => Err(Error::Conflict(format!(
            "These portal settings are in use: {users}. Choose others there first."
        ))),
        None => Ok(()),
    }
}
