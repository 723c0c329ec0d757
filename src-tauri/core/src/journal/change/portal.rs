//! What the journal says of portal rules: for which clients which portal configuration is used.

use crate::ids::SegmentId;
use serde::{Deserialize, Serialize};
use specta::Type;

/// Clients for whom all of `when` holds get `configuration`; the first such rule decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PortalRule {
    /// `pr_…`, made by whoever writes the rule.
    pub id: String,
    /// "Annual clients in their first six months".
    pub name: String,
    pub when: PortalRuleConditions,
    /// `bpc_…`
    pub configuration: String,
}

/// Every condition that is set must hold. Those about a plan (`products`, `prices`, `interval` and
/// the months) must hold together for one running subscription.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct PortalRuleConditions {
    /// The client is in one of these; empty: whatever its segment.
    pub segments: Vec<SegmentId>,
    /// `prod_…`, any of them.
    pub products: Vec<String>,
    /// `price_…`, any of them.
    pub prices: Vec<String>,
    pub interval: Option<BillingInterval>,
    /// The subscription began less than so many calendar months ago, by the workspace's calendar:
    /// begun on 31 August it is six months old on 28 (or 29) February.
    pub younger_than_months: Option<u32>,
    /// It began at least so many calendar months ago.
    pub older_than_months: Option<u32>,
    /// How many running subscriptions the client has.
    pub min_subscriptions: Option<u32>,
    pub max_subscriptions: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum BillingInterval {
    Day,
    Week,
    Month,
    Year,
}
