//! Any link: checked, made, and handed over.

use super::types::{IssuedLink, LinkRequest, Preflight};
use crate::ids::ClientId;
use crate::workspaces::Workspace;
use crate::{Error, Result};

/// Looks at everything that could be wrong with the link, and makes nothing.
pub async fn check(_: &Workspace, _client: &ClientId, _request: &LinkRequest) -> Result<Preflight> {
    Err(Error::Internal("not built yet".into()))
}

/// Checks once more, makes the link, and hands it over.
pub async fn issue(
    _: &Workspace,
    _client: &ClientId,
    _request: &LinkRequest,
) -> Result<IssuedLink> {
    Err(Error::Internal("not built yet".into()))
}
