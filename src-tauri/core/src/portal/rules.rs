//! Segments and rules: kept by staff, and in force for every link from then on.

use super::choose::Choice;
use super::standing::{Scene, scene};
use super::types::*;
use crate::clients;
use crate::ids::{ClientId, SegmentId};
use crate::journal::{self, Change, PortalRule};
use crate::workspaces::Workspace;
use crate::{Error, Result};
use chrono::{DateTime, Days, Utc};
use sqlx::SqliteConnection;
use std::collections::{HashMap, HashSet};

const NAME_CHARACTERS: usize = 80;

/// Segments, rules, and when they were last looked at.
pub async fn policy(workspace: &Workspace) -> Result<PortalPolicy> {
    let read = read_policy(workspace).await;
    workspace.store().noticed(read)
}

async fn read_policy(workspace: &Workspace) -> Result<PortalPolicy> {
    let mut snapshot = workspace.store().reader.begin().await?;
    let tx = &mut *snapshot;
    let segments: Vec<(String, String, Option<String>, u32)> = sqlx::query_as(
        "SELECT s.id, s.name, s.description,
                (SELECT count(*) FROM clients c WHERE c.segment = s.id AND c.archived_at IS NULL)
         FROM segments s ORDER BY s.name COLLATE NOCASE, s.id",
    )
    .fetch_all(&mut *tx)
    .await?;
    let (rules, otherwise) = in_force(tx).await?;
    let (reviewed_at, reviewed_by, next): (Option<i64>, Option<String>, Option<u32>) =
        sqlx::query_as(
            "SELECT p.reviewed_at, coalesce(s.name, p.reviewed_by), p.next_in_days
             FROM portal_policy p LEFT JOIN staff s ON s.id = p.reviewed_by",
        )
        .fetch_one(tx)
        .await?;
    let zone = workspace.time_zone();
    let reviewed_at: Option<DateTime<Utc>> = reviewed_at.and_then(DateTime::from_timestamp_millis);
    let review_due = reviewed_at.and_then(|at| {
        let day = at.with_timezone(&zone).date_naive();
        day.checked_add_days(Days::new(next.unwrap_or_default().into()))
    });
    let today = workspace.clock().now().with_timezone(&zone).date_naive();
    Ok(PortalPolicy {
        segments: segments
            .into_iter()
            .map(|(id, name, description, clients)| Segment {
                id: SegmentId::from(id),
                name,
                description,
                clients,
            })
            .collect(),
        // Rules that nobody ever looked at again are overdue from the first day.
        review_overdue: review_due.map_or(!rules.is_empty(), |due| due <= today),
        rules,
        otherwise,
        reviewed_at,
        reviewed_by,
        review_due,
    })
}

pub(super) async fn in_force(
    tx: &mut SqliteConnection,
) -> Result<(Vec<PortalRule>, Option<String>)> {
    let bodies: Vec<String> = sqlx::query_scalar("SELECT body FROM portal_rules ORDER BY position")
        .fetch_all(&mut *tx)
        .await?;
    let rules = bodies.iter().map(|body| serde_json::from_str(body));
    let rules = rules.collect::<std::result::Result<_, _>>()?;
    let otherwise = sqlx::query_scalar("SELECT otherwise FROM portal_policy")
        .fetch_one(tx)
        .await?;
    Ok((rules, otherwise))
}

/// Adds a segment (without an id), or gives one another name.
pub async fn save_segment(
    workspace: &Workspace,
    segment: Option<SegmentId>,
    name: &str,
    description: Option<&str>,
) -> Result<SegmentId> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARACTERS {
        return Err(Error::invalid(
            "name",
            "Give the segment a name of at most 80 characters.",
        ));
    }
    let known = policy(workspace).await?.segments;
    if let Some(id) = &segment
        && !known.iter().any(|other| other.id == *id)
    {
        return Err(Error::NotFound(
            "This segment was removed meanwhile.".into(),
        ));
    }
    let taken = known.iter().any(|other| {
        other.name.to_lowercase() == name.to_lowercase() && Some(&other.id) != segment.as_ref()
    });
    if taken {
        return Err(Error::invalid(
            "name",
            "Another segment has this name already.",
        ));
    }
    let segment = segment.unwrap_or_default();
    let change = Change::SegmentSaved {
        segment: segment.clone(),
        name: name.to_owned(),
        description: description
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(str::to_owned),
    };
    append(workspace, change).await?;
    Ok(segment)
}

/// Removes a segment that no rule is made for.
pub async fn remove_segment(workspace: &Workspace, segment: &SegmentId) -> Result<()> {
    let segment = segment.clone();
    append(workspace, Change::SegmentRemoved { segment }).await
}

pub async fn set_client_segment(
    workspace: &Workspace,
    client: &ClientId,
    segment: Option<SegmentId>,
) -> Result<()> {
    let client = clients::resolve(workspace, client).await?;
    append(workspace, Change::ClientSegmentSet { client, segment }).await
}

/// Chooses a client's configuration by hand; none lets the rules choose again.
pub async fn set_client_portal(
    workspace: &Workspace,
    client: &ClientId,
    configuration: Option<String>,
) -> Result<()> {
    let client = clients::resolve(workspace, client).await?;
    if let Some(id) = &configuration {
        require_active(&scene(workspace, Some(&client)).await?, id)?;
    }
    let change = Change::ClientPortalSet {
        client,
        configuration,
    };
    append(workspace, change).await
}

/// Which portal the client gets now, and why.
pub async fn client_portal(workspace: &Workspace, client: &ClientId) -> Result<ClientPortal> {
    let client = clients::resolve(workspace, client).await?;
    let scene = scene(workspace, Some(&client)).await?;
    let (_, standing) = scene
        .clients
        .get(client.as_str())
        .cloned()
        .unwrap_or_default();
    let choice = scene.rules().choose(&standing, scene.today);
    Ok(ClientPortal {
        chosen: describe(&scene, choice),
        allows: scene.known.allows(choice.configuration()),
        segment: standing.segment.clone(),
        by_hand: standing.by_hand.clone(),
    })
}

/// The configuration that a link of this client uses.
#[derive(Debug, Clone)]
pub(crate) struct Chosen {
    pub words: ChosenConfiguration,
    /// False also where Portico's own was not made yet.
    pub active: bool,
    /// No configuration of this account and mode.
    pub foreign: bool,
    pub settings: PortalSettings,
    pub login_page_url: Option<String>,
}

/// `by_hand`: for this one link, ahead of everything.
pub(crate) async fn chosen(
    workspace: &Workspace,
    client: &ClientId,
    by_hand: Option<&str>,
) -> Result<Chosen> {
    let scene = scene(workspace, Some(client)).await?;
    let (_, standing) = scene
        .clients
        .get(client.as_str())
        .cloned()
        .unwrap_or_default();
    let choice = match by_hand {
        Some(configuration) => Choice::ByHand(configuration),
        None => scene.rules().choose(&standing, scene.today),
    };
    let mut words = describe(&scene, choice);
    if by_hand.is_some() {
        words.because = "Chosen by hand for this link".into();
    }
    let known = scene.known.get(choice.configuration());
    Ok(Chosen {
        active: known.is_some_and(|known| known.active),
        foreign: known.is_none() && choice.configuration().is_some(),
        // Portico's own until it is made.
        settings: known.map_or_else(PortalSettings::own, |known| known.settings.clone()),
        login_page_url: known.and_then(|known| known.login_page_url.clone()),
        words,
    })
}

fn describe(scene: &Scene, choice: Choice<'_>) -> ChosenConfiguration {
    let id = choice.configuration();
    ChosenConfiguration {
        id: id
            .map(str::to_owned)
            .or_else(|| scene.known.portico.clone()),
        name: scene.known.name(id),
        because: choice.because(),
    }
}

/// Puts these rules in force, in their order.
pub async fn save_rules(
    workspace: &Workspace,
    rules: Vec<PortalRule>,
    otherwise: Option<String>,
) -> Result<()> {
    check(&scene(workspace, None).await?, &rules, otherwise.as_deref())?;
    append(workspace, Change::PortalRulesSaved { rules, otherwise }).await
}

/// What is wrong with the rules before anybody gets another portal by them.
pub(super) fn check(scene: &Scene, rules: &[PortalRule], otherwise: Option<&str>) -> Result<()> {
    let mut ids = HashSet::new();
    for rule in rules {
        let name = rule.name.trim();
        let refuse = |sentence: String| Err(Error::invalid("rules", sentence));
        if name.is_empty() || name.chars().count() > NAME_CHARACTERS {
            return refuse("Give every rule a name of at most 80 characters.".into());
        }
        if !ids.insert(&rule.id) || !rule.id.starts_with("pr_") {
            return refuse(format!("“{name}” has no id of its own. Add the rule anew."));
        }
        let when = &rule.when;
        if let (Some(least), Some(most)) = (when.min_subscriptions, when.max_subscriptions)
            && least > most
        {
            return refuse(format!(
                "“{name}” asks for at least {least} and at most {most} subscriptions, which no client has."
            ));
        }
        if let (Some(younger), Some(older)) = (when.younger_than_months, when.older_than_months)
            && older >= younger
        {
            return refuse(format!(
                "“{name}” asks for a subscription younger than {younger} and at least {older} months old, which none is."
            ));
        }
        require_active(scene, &rule.configuration)?;
    }
    otherwise.map_or(Ok(()), |id| require_active(scene, id))
}

/// Rules and clients are given settings of this account and mode that clients can be sent to.
fn require_active(scene: &Scene, id: &str) -> Result<()> {
    match scene.known.get(Some(id)) {
        Some(configuration) if configuration.active => Ok(()),
        Some(configuration) => Err(Error::LinkNotPossible(format!(
            "“{}” is switched off. Switch it on first, or choose other settings.",
            configuration.name
        ))),
        None => Err(Error::NotYours(format!(
            "{id} is no portal setting of this workspace's Stripe account and mode. Nothing was changed."
        ))),
    }
}

/// How many clients get each configuration now.
pub(super) async fn counts(workspace: &Workspace) -> Result<HashMap<String, u32>> {
    let scene = scene(workspace, None).await?;
    let mut counts = HashMap::new();
    for (_, standing) in scene.clients.values() {
        let choice = scene.rules().choose(standing, scene.today);
        let id = choice.configuration().or(scene.known.portico.as_deref());
        if let Some(id) = id {
            *counts.entry(id.to_owned()).or_default() += 1;
        }
    }
    Ok(counts)
}

pub(super) async fn append(workspace: &Workspace, change: Change) -> Result<()> {
    let author = workspace.author().await?;
    journal::append(workspace.store(), &author, change).await?;
    Ok(())
}
