//! The duplicate doctor: customers that look like the same client.

use crate::ids::ClientId;
use crate::workspaces::Workspace;
use crate::{Error, Result};
use chrono::{DateTime, Utc};
use serde::Serialize;
use specta::Type;

/// Customers of several clients that have something in common.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct DuplicateGroup {
    /// Stable while the same customers are in it.
    pub key: String,
    /// "The same email, anna@lumen.example", "The same tax id, DE123456789".
    pub why: String,
    pub kind: DuplicateKind,
    pub customers: Vec<DuplicateCustomer>,
    /// Which client the others would best be linked to, and why.
    pub suggested: ClientId,
    pub suggestion: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum DuplicateKind {
    TaxId,
    Email,
    /// The same but for what follows a plus sign.
    PlusAddress,
    /// The same name.
    Name,
    /// Different people of one company's domain.
    Domain,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct DuplicateCustomer {
    /// `cus_…`
    pub customer: String,
    pub client: ClientId,
    pub client_name: String,
    pub name: Option<String>,
    pub email: Option<String>,
    pub created: Option<DateTime<Utc>>,
    pub live_subscriptions: u32,
    pub invoices: u32,
    pub last_activity: Option<DateTime<Utc>>,
    /// The one that Stripe's login page would open for this email.
    pub login_page_opens: bool,
    /// Marked as the current one of its client.
    pub preferred: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct Duplicates {
    pub total: u32,
    /// The first 200, surest kind first.
    pub groups: Vec<DuplicateGroup>,
}

pub async fn duplicates(_: &Workspace) -> Result<Duplicates> {
    Err(Error::Internal("not built yet".into()))
}

/// Links every customer of the group to `client`; nothing is deleted in Stripe.
pub async fn link_duplicates(
    _: &Workspace,
    _client: &ClientId,
    _customers: &[String],
) -> Result<()> {
    Err(Error::Internal("not built yet".into()))
}

/// Marks which of the client's customers is the current one: links act for it.
pub async fn prefer_customer(
    _: &Workspace,
    _client: &ClientId,
    _customer: Option<String>,
) -> Result<()> {
    Err(Error::Internal("not built yet".into()))
}

/// These are different clients; they are not shown together again.
pub async fn dismiss_duplicates(_: &Workspace, _customers: Vec<String>) -> Result<()> {
    Err(Error::Internal("not built yet".into()))
}
