//! Segments and rules: which configuration a client gets, and what a change of them would do.

use super::types::*;
use crate::ids::{ClientId, SegmentId};
use crate::journal::PortalRule;
use crate::workspaces::Workspace;
use crate::{Error, Result};

pub async fn policy(_: &Workspace) -> Result<PortalPolicy> {
    Err(Error::Internal("not built yet".into()))
}

/// Adds a segment (without an id), or gives one another name.
pub async fn save_segment(
    _: &Workspace,
    _segment: Option<SegmentId>,
    _name: &str,
    _description: Option<&str>,
) -> Result<SegmentId> {
    Err(Error::Internal("not built yet".into()))
}

pub async fn remove_segment(_: &Workspace, _segment: &SegmentId) -> Result<()> {
    Err(Error::Internal("not built yet".into()))
}

pub async fn set_client_segment(
    _: &Workspace,
    _client: &ClientId,
    _segment: Option<SegmentId>,
) -> Result<()> {
    Err(Error::Internal("not built yet".into()))
}

/// Chooses a client's configuration by hand; none lets the rules choose again.
pub async fn set_client_portal(
    _: &Workspace,
    _client: &ClientId,
    _configuration: Option<String>,
) -> Result<()> {
    Err(Error::Internal("not built yet".into()))
}

/// Which portal the client gets now, and why.
pub async fn client_portal(_: &Workspace, _client: &ClientId) -> Result<ClientPortal> {
    Err(Error::Internal("not built yet".into()))
}

/// Who would get another configuration under these rules.
pub async fn preview_rules(
    _: &Workspace,
    _rules: &[PortalRule],
    _otherwise: Option<&str>,
) -> Result<PortalImpact> {
    Err(Error::Internal("not built yet".into()))
}

pub async fn save_rules(
    _: &Workspace,
    _rules: Vec<PortalRule>,
    _otherwise: Option<String>,
) -> Result<()> {
    Err(Error::Internal("not built yet".into()))
}

/// For whom what they may do would change, were `configuration` saved with these settings.
pub async fn preview_settings(
    _: &Workspace,
    _configuration: &str,
    _settings: &PortalSettings,
) -> Result<PortalImpact> {
    Err(Error::Internal("not built yet".into()))
}

/// Segment × what its clients may do.
pub async fn matrix(_: &Workspace) -> Result<PortalMatrix> {
    Err(Error::Internal("not built yet".into()))
}

/// The matrix as CSV.
pub async fn export_matrix(_: &Workspace) -> Result<String> {
    Err(Error::Internal("not built yet".into()))
}

/// Somebody looked at the matrix; asks for it again in so many days.
pub async fn review_matrix(_: &Workspace, _next_in_days: u32) -> Result<()> {
    Err(Error::Internal("not built yet".into()))
}

/// How many clients get each configuration.
pub(super) async fn counts(_: &Workspace) -> Result<std::collections::HashMap<String, u32>> {
    Ok(std::collections::HashMap::new())
}
