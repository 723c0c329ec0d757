//! Portico's own portal configuration: found by its metadata, or made once.

use super::configurations::{self, own, read_active};
use super::intention::{Wanted, carry_out};
use super::types::{PortalConfiguration, PortalSettings};
use super::words::allows;
use crate::Result;
use crate::workspaces::Workspace;
use serde_json::Value;

/// What clients may do with it, or could if it were made.
pub async fn configuration(workspace: &Workspace) -> Result<PortalConfiguration> {
    Ok(match own(workspace).await? {
        Some(found) => describe(&found),
        None => PortalConfiguration {
            id: None,
            allows: allows(&PortalSettings::own()),
            login_page: None,
        },
    })
}

/// Makes the configuration in Stripe, or finds the one that exists. Asked twice, it is made once.
pub async fn create_configuration(workspace: &Workspace) -> Result<PortalConfiguration> {
    let found = match current(workspace).await? {
        Some(found) => found,
        None => carry_out(workspace, &Wanted::Own).await?,
    };
    Ok(describe(&found))
}

/// Portico's configuration as the mirror has it, or as Stripe has it where the mirror has none.
pub(crate) async fn current(workspace: &Workspace) -> Result<Option<Value>> {
    if let Some(found) = own(workspace).await? {
        return Ok(Some(found));
    }
    read_active(workspace).await?;
    own(workspace).await
}

fn describe(configuration: &Value) -> PortalConfiguration {
    PortalConfiguration {
        id: Some(configurations::id(configuration).to_owned()),
        allows: allows(&PortalSettings::from_stripe(configuration)),
        login_page: configuration["login_page"]["url"]
            .as_str()
            .map(str::to_owned),
    }
}
