//! The portal's configurations: listed, checked, made, changed, copied and switched off.

use super::types::*;
use crate::workspaces::Workspace;
use crate::{Error, Result};

/// Every configuration of the account, active ones first.
pub async fn configurations(_: &Workspace) -> Result<Vec<PortalConfigurationRow>> {
    Err(Error::Internal("not built yet".into()))
}

/// What the form can offer.
pub async fn choices(_: &Workspace) -> Result<PortalChoices> {
    Err(Error::Internal("not built yet".into()))
}

/// What Stripe would refuse of these settings, or what would surprise; `configuration` is the one
/// that they would change.
pub async fn lint(
    _: &Workspace,
    _settings: &PortalSettings,
    _configuration: Option<&str>,
) -> Result<Vec<Finding>> {
    Err(Error::Internal("not built yet".into()))
}

/// Makes a configuration, or changes `configuration`, and reads back what Stripe keeps. An equal
/// one is used again rather than made twice.
pub async fn save(
    _: &Workspace,
    _configuration: Option<&str>,
    _settings: &PortalSettings,
) -> Result<SavedConfiguration> {
    Err(Error::Internal("not built yet".into()))
}

/// Switches a configuration on or off; one that rules or clients use is not switched off.
pub async fn set_active(_: &Workspace, _configuration: &str, _active: bool) -> Result<()> {
    Err(Error::Internal("not built yet".into()))
}

/// How `configuration` would come out in another workspace, with what differs there.
pub async fn copy_plan(
    _from: &Workspace,
    _configuration: &str,
    _to: &Workspace,
) -> Result<PortalCopy> {
    Err(Error::Internal("not built yet".into()))
}
