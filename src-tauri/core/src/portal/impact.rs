//! Before it is saved: for whom a change of rules or settings changes what they may do.

use super::choose::Rules;
use super::rules::check;
use super::standing::{Scene, scene};
use super::types::{ImpactRow, PortalImpact, PortalSettings};
use super::words::allows;
use crate::Result;
use crate::ids::ClientId;
use crate::journal::PortalRule;
use crate::workspaces::Workspace;

/// How many clients are named; the summary counts them all.
const NAMED: usize = 500;

/// Who would get another configuration under these rules.
pub async fn preview_rules(
    workspace: &Workspace,
    rules: &[PortalRule],
    otherwise: Option<&str>,
) -> Result<PortalImpact> {
    let scene = scene(workspace, None).await?;
    check(&scene, rules, otherwise)?;
    let (now, then) = (scene.rules(), Rules { rules, otherwise });
    Ok(impact(&scene, |_, standing| {
        let from = now.choose(standing, scene.today).configuration();
        let to = then.choose(standing, scene.today).configuration();
        let same = from.or(scene.known.portico.as_deref()) == to.or(scene.known.portico.as_deref());
        (!same).then(|| {
            let (before, after) = (scene.known.allows(from), scene.known.allows(to));
            (scene.known.name(from), scene.known.name(to), before, after)
        })
    }))
}

/// For whom what they may do would change, were `configuration` saved with these settings.
pub async fn preview_settings(
    workspace: &Workspace,
    configuration: &str,
    settings: &PortalSettings,
) -> Result<PortalImpact> {
    let scene = scene(workspace, None).await?;
    let before = scene.known.allows(Some(configuration));
    let after = allows(settings);
    let name = scene.known.name(Some(configuration));
    let rules = scene.rules();
    Ok(impact(&scene, |_, standing| {
        let chosen = rules.choose(standing, scene.today).configuration();
        let its = chosen.or(scene.known.portico.as_deref()) == Some(configuration);
        (its && before != after)
            .then(|| (name.clone(), name.clone(), before.clone(), after.clone()))
    }))
}

/// What a client had and would have: names of the settings, and what each allows.
type Turn = (String, String, Vec<String>, Vec<String>);

fn impact(
    scene: &Scene,
    turn: impl Fn(&str, &super::choose::Standing) -> Option<Turn>,
) -> PortalImpact {
    let (mut clients, mut cancelling) = (0, 0);
    let mut rows = Vec::new();
    for (id, (name, standing)) in &scene.clients {
        let Some((from, to, before, after)) = turn(id, standing) else {
            continue;
        };
        clients += 1;
        cancelling += u32::from(standing.cancelling);
        rows.push(ImpactRow {
            client: ClientId::from(id.as_str()),
            name: name.clone(),
            from,
            to,
            gains: after
                .iter()
                .filter(|sentence| !before.contains(sentence))
                .cloned()
                .collect(),
            loses: before
                .iter()
                .filter(|sentence| !after.contains(sentence))
                .cloned()
                .collect(),
            cancelling: standing.cancelling,
        });
    }
    rows.sort_by_cached_key(|row| (row.name.to_lowercase(), row.client.clone()));
    rows.truncate(NAMED);
    PortalImpact {
        clients,
        cancelling,
        summary: summary(clients, cancelling),
        rows,
    }
}

fn summary(clients: u32, cancelling: u32) -> String {
    let change = match clients {
        0 => return "No client's portal changes.".into(),
        1 => "1 client changes".to_owned(),
        several => format!("{several} clients change"),
    };
    match cancelling {
        0 => format!("{change}."),
        1 => format!("{change}; 1 of them has already scheduled a cancellation."),
        several => format!("{change}; {several} of them have already scheduled a cancellation."),
    }
}
