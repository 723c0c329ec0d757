//! What the screens show of links and of the portal's settings.

use crate::ids::{ClientId, LinkId};
use crate::journal::LinkKind;
use crate::words::Word;
use chrono::{DateTime, Utc};
use serde::Serialize;
use specta::Type;

/// A link that was opened in the browser. Its address is not told: it is a bearer credential.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct OpenedLink {
    pub link: LinkId,
    /// "Opened Lumen Studio's portal in the browser."
    pub message: String,
}

/// A durable link, prepared for a person to send.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct PreparedLink {
    pub link: LinkId,
    /// The login page's address with the email pre-filled; may be mailed.
    pub url: String,
    pub email: String,
    pub message: String,
    pub warnings: Vec<String>,
}

/// Portico's own portal configuration.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct PortalConfiguration {
    /// `bpc_…`; empty when it does not exist yet and this describes what would be made.
    pub id: Option<String>,
    /// What clients may do there, one short sentence each.
    pub allows: Vec<String>,
    pub login_page: Option<String>,
}

/// One attempt to open or hand out a link.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct LinkRow {
    pub id: LinkId,
    pub at: DateTime<Utc>,
    pub actor: String,
    pub client: ClientId,
    pub client_name: String,
    pub customer: Option<String>,
    pub link_kind: LinkKind,
    /// The kind in words.
    pub what: String,
    pub configuration: Option<String>,
    pub invoice: Option<String>,
    pub result: Word,
    pub message: Option<String>,
    /// "5 minutes when unused, 1 hour after last use", "as long as the login page is on".
    pub lives: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct LinkList {
    pub total: u32,
    pub rows: Vec<LinkRow>,
}
