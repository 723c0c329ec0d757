//! Which link to send a client now, and why.

use super::types::Recommendation;
use crate::ids::ClientId;
use crate::workspaces::Workspace;
use crate::{Error, Result};

pub async fn recommend(_: &Workspace, _client: &ClientId) -> Result<Recommendation> {
    Err(Error::Internal("not built yet".into()))
}
