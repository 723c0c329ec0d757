//! The two links that need no choice: the portal opened now, and its login page handed out for later.

use super::issue::issue;
use super::types::{LinkPurpose, LinkRequest, OpenedLink, PreparedLink};
use crate::ids::ClientId;
use crate::journal::{Delivery, LinkKind};
use crate::workspaces::Workspace;
use crate::{Error, Result};

/// Creates a session for the client's customer and opens it in the default browser.
pub async fn open_portal(
    workspace: &Workspace,
    client: &ClientId,
    customer: Option<&str>,
) -> Result<OpenedLink> {
    let request = plain(LinkPurpose::PortalHome, Delivery::Open, customer);
    let issued = issue(workspace, client, &request).await?;
    Ok(OpenedLink {
        link: issued.link,
        message: issued.message,
    })
}

/// Prepares the durable link: the login page with the client's email filled in. The client proves
/// who they are there with a code sent to that email.
pub async fn prepare_portal(
    workspace: &Workspace,
    client: &ClientId,
    customer: Option<&str>,
    how: LinkKind,
) -> Result<PreparedLink> {
    let delivery = match how {
        LinkKind::PortalMail => Delivery::Mail,
        LinkKind::PortalCopy => Delivery::Copy,
        _ => {
            return Err(Error::invalid(
                "how",
                "A portal link is prepared as a message or to be copied.",
            ));
        }
    };
    let request = plain(LinkPurpose::LoginPage, delivery, customer);
    let issued = issue(workspace, client, &request).await?;
    Ok(PreparedLink {
        link: issued.link,
        url: issued.url.unwrap_or_default(),
        email: issued.recipient.unwrap_or_default(),
        message: issued.message,
        warnings: issued.warnings,
    })
}

/// Warnings are told afterwards: the person asked for no more than the link.
fn plain(purpose: LinkPurpose, delivery: Delivery, customer: Option<&str>) -> LinkRequest {
    LinkRequest {
        customer: customer.map(str::to_owned),
        warnings_seen: true,
        ..LinkRequest::new(purpose, delivery)
    }
}
