//! The matrix: the clients of each segment, the portal they get, and what they may do there.

use super::rules::append;
use super::standing::scene;
use super::types::{MatrixRow, PortalMatrix, PortalSettings};
use super::words::features;
use crate::clients::{harmless, write_csv};
use crate::ids::SegmentId;
use crate::journal::Change;
use crate::workspaces::Workspace;
use crate::{Error, Result};
use std::collections::BTreeMap;

const NO_SEGMENT: &str = "In no segment";

/// Segment × what its clients may do, as the rules choose today.
pub async fn matrix(workspace: &Workspace) -> Result<PortalMatrix> {
    let scene = scene(workspace, None).await?;
    let policy = super::rules::policy(workspace).await?;
    let rules = scene.rules();
    let mut counted: BTreeMap<(Option<SegmentId>, Option<String>, String), u32> = BTreeMap::new();
    // A segment without a client is asked about too: what would one get?
    for segment in &policy.segments {
        let standing = super::choose::Standing {
            segment: Some(segment.id.clone()),
            ..Default::default()
        };
        let choice = rules.choose(&standing, scene.today);
        let key = (
            Some(segment.id.clone()),
            choice.configuration().map(str::to_owned),
            because(choice),
        );
        counted.insert(key, 0);
    }
    for (_, standing) in scene.clients.values() {
        let choice = rules.choose(standing, scene.today);
        let key = (
            standing.segment.clone(),
            choice.configuration().map(str::to_owned),
            because(choice),
        );
        *counted.entry(key).or_default() += 1;
    }
    let name = |segment: &SegmentId| {
        policy
            .segments
            .iter()
            .find(|known| known.id == *segment)
            .map_or_else(|| segment.to_string(), |known| known.name.clone())
    };
    let mut rows: Vec<MatrixRow> = counted
        .into_iter()
        .map(|((segment, configuration, because), clients)| {
            let cells = match (scene.known.get(configuration.as_deref()), &configuration) {
                (Some(known), _) => cells(&known.settings),
                // It is made with the first link.
                (None, None) => cells(&PortalSettings::own()),
                (None, Some(_)) => vec!["Gone".to_owned(); labels().len()],
            };
            MatrixRow {
                segment_name: segment.as_ref().map_or_else(|| NO_SEGMENT.into(), name),
                segment,
                configuration_name: scene.known.name(configuration.as_deref()),
                configuration: configuration.or_else(|| scene.known.portico.clone()),
                because,
                clients,
                cells,
            }
        })
        .collect();
    // A segment's empty row says nothing where its clients have rows of their own.
    let peopled: Vec<Option<SegmentId>> = rows
        .iter()
        .filter(|row| row.clients > 0)
        .map(|row| row.segment.clone())
        .collect();
    rows.retain(|row| row.clients > 0 || !peopled.contains(&row.segment));
    rows.sort_by_cached_key(|row| {
        (
            row.segment.is_none(),
            row.segment_name.to_lowercase(),
            u32::MAX - row.clients,
        )
    });
    Ok(PortalMatrix {
        features: labels(),
        rows,
    })
}

fn because(choice: super::choose::Choice<'_>) -> String {
    use super::choose::Choice;
    match choice {
        Choice::ByHand(_) => "By hand".into(),
        Choice::Rule(rule) => rule.name.clone(),
        Choice::Otherwise(_) => "No rule holds".into(),
    }
}

fn labels() -> Vec<String> {
    let features = features(&PortalSettings::default());
    features
        .into_iter()
        .map(|(label, _)| label.to_owned())
        .collect()
}

fn cells(settings: &PortalSettings) -> Vec<String> {
    features(settings)
        .into_iter()
        .map(|(_, cell)| cell)
        .collect()
}

/// Writes the matrix as CSV into the downloads folder; answers the file's path.
pub async fn export_matrix(workspace: &Workspace) -> Result<String> {
    let matrix = matrix(workspace).await?;
    let head = ["Segment", "Portal settings", "Because", "Clients"].map(str::to_owned);
    let head: Vec<String> = head.into_iter().chain(matrix.features).collect();
    let records = matrix.rows.into_iter().map(|row| {
        let start = [
            harmless(&row.segment_name),
            harmless(&row.configuration_name),
            harmless(&row.because),
            row.clients.to_string(),
        ];
        start.into_iter().chain(row.cells).collect()
    });
    let records = std::iter::once(head).chain(records).collect();
    write_csv(workspace, "Portal", records).await
}

/// Somebody looked at the matrix; asks for it again in so many days.
pub async fn review_matrix(workspace: &Workspace, next_in_days: u32) -> Result<()> {
    const YEAR: u32 = 366;
    if !(1..=YEAR).contains(&next_in_days) {
        return Err(Error::invalid(
            "next_in_days",
            "Choose between 1 and 366 days.",
        ));
    }
    append(workspace, Change::PortalMatrixReviewed { next_in_days }).await
}
