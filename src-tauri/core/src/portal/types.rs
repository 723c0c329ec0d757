//! What the portal studio and the rules show and take.

use crate::ids::{ClientId, SegmentId};
use crate::journal::PortalRule;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::collections::BTreeMap;

/// A portal configuration as a person edits it; read back from Stripe it is equal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct PortalSettings {
    /// At most 256 characters; clients do not see it.
    pub name: String,
    /// At most 60 characters, on the portal's page.
    pub headline: String,
    pub privacy_policy_url: String,
    pub terms_of_service_url: String,
    /// Where the portal's back link leads; empty: there is none.
    pub default_return_url: String,
    pub login_page: bool,
    pub invoice_history: bool,
    pub customer_update: CustomerUpdateFeature,
    pub payment_method_update: PaymentMethodFeature,
    pub cancel: CancelFeature,
    pub pause: PauseFeature,
    pub update: UpdateFeature,
    /// Besides what Portico keeps there itself.
    pub metadata: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct CustomerUpdateFeature {
    pub enabled: bool,
    /// `address`, `email`, `name`, `phone`, `shipping`, `tax_id`.
    pub allowed: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct PaymentMethodFeature {
    pub enabled: bool,
    /// `pmc_…`; empty: the account's default.
    pub configuration: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct CancelFeature {
    pub enabled: bool,
    /// Else at the end of the paid period.
    pub immediately: bool,
    /// `none`, `create_prorations`; only where it is immediate.
    pub proration: String,
    pub ask_reason: bool,
    /// `too_expensive`, `missing_features`, `switched_service`, `unused`, `customer_service`,
    /// `too_complex`, `low_quality`, `other`.
    pub reasons: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct PauseFeature {
    pub enabled: bool,
    /// For as long as the client likes; else one of `durations`.
    pub indefinite: bool,
    pub durations: Vec<PauseDuration>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PauseDuration {
    /// `day`, `week`, `month`, `year`.
    pub interval: String,
    pub count: u32,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct UpdateFeature {
    pub enabled: bool,
    /// `price`, `quantity`, `promotion_code`.
    pub allowed: Vec<String>,
    pub products: Vec<OfferedProduct>,
    /// `none`, `create_prorations`, `always_invoice`.
    pub proration: String,
    /// `unchanged`, `now`.
    pub billing_cycle_anchor: String,
    /// Changes that wait for the end of the period: `decreasing_item_amount`, `shortening_interval`.
    pub at_period_end: Vec<String>,
    /// `end_trial`, `continue_trial`.
    pub trial: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct OfferedProduct {
    /// `prod_…`
    pub product: String,
    /// `price_…`
    pub prices: Vec<String>,
    pub adjustable_quantity: bool,
    pub minimum: Option<u32>,
    pub maximum: Option<u32>,
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

/// One configuration in the studio.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct PortalConfigurationRow {
    pub id: String,
    /// Its name, or "Unnamed settings (bpc_…)".
    pub label: String,
    pub settings: PortalSettings,
    pub active: bool,
    /// The Dashboard's default, for whoever names none.
    pub is_default: bool,
    /// Portico's own, used where no rule holds and nothing else is chosen.
    pub portico: bool,
    pub login_page_url: Option<String>,
    pub created: Option<DateTime<Utc>>,
    pub updated: Option<DateTime<Utc>>,
    /// What clients may do, one short sentence each.
    pub allows: Vec<String>,
    /// Clients that get it now.
    pub clients: u32,
    /// Names of the rules that choose it.
    pub rules: Vec<String>,
    pub findings: Vec<Finding>,
}

/// What Stripe would refuse, or what would surprise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct Finding {
    pub severity: Severity,
    /// The field of `PortalSettings`: `headline`, `update.products` …
    pub field: &'static str,
    pub sentence: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Stripe refuses it.
    Refused,
    /// It can be saved, and surprises somebody.
    Surprising,
    Note,
}

/// What can be chosen in the form.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct PortalChoices {
    pub products: Vec<ProductChoice>,
    pub coupons: Vec<CouponChoice>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ProductChoice {
    pub id: String,
    pub name: String,
    pub active: bool,
    pub prices: Vec<PriceChoice>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct PriceChoice {
    pub id: String,
    /// "40.00 EUR per month".
    pub words: String,
    pub currency: String,
    pub active: bool,
    /// Recurring and not by usage: it may be offered for switching.
    pub switchable: bool,
    /// Why it may not.
    pub because: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct CouponChoice {
    pub id: String,
    /// "Stay with us: 20 % off for 3 months".
    pub words: String,
}

/// What saving did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct SavedConfiguration {
    pub id: String,
    /// An equal one existed, so none was made.
    pub reused: bool,
    /// Where what Stripe keeps is not what was asked for; empty is what one expects.
    pub differences: Vec<String>,
}

/// How a configuration would come out in another workspace.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct PortalCopy {
    /// For the other workspace: products and prices are those that fit there.
    pub settings: PortalSettings,
    /// "Studio monthly (40.00 EUR per month) becomes price_…".
    pub matched: Vec<String>,
    /// What has no counterpart there and is left out.
    pub missing: Vec<String>,
    /// What an equally named configuration there has otherwise now.
    pub differences: Vec<String>,
    /// The equally named configuration there, which would be changed.
    pub target: Option<String>,
}

/// A kind of client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct Segment {
    pub id: SegmentId,
    pub name: String,
    pub description: Option<String>,
    pub clients: u32,
}

/// Segments, rules, and when they were last looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct PortalPolicy {
    pub segments: Vec<Segment>,
    pub rules: Vec<PortalRule>,
    /// `bpc_…` where no rule holds; empty: Portico's own.
    pub otherwise: Option<String>,
    pub reviewed_at: Option<DateTime<Utc>>,
    pub reviewed_by: Option<String>,
    /// By the workspace's calendar; empty: never reviewed.
    pub review_due: Option<NaiveDate>,
    pub review_overdue: bool,
}

/// What would change for whom.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct PortalImpact {
    /// How many clients change.
    pub clients: u32,
    /// How many of them have a cancellation scheduled.
    pub cancelling: u32,
    /// "14 clients change; 2 of them have already scheduled a cancellation."
    pub summary: String,
    /// The first 500, by name.
    pub rows: Vec<ImpactRow>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ImpactRow {
    pub client: ClientId,
    pub name: String,
    pub from: String,
    pub to: String,
    /// What they may do from then on, and could not before.
    pub gains: Vec<String>,
    pub loses: Vec<String>,
    pub cancelling: bool,
}

/// Segment × what they may do.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct PortalMatrix {
    /// "Invoices", "Payment method", "Cancel" …
    pub features: Vec<String>,
    pub rows: Vec<MatrixRow>,
}

/// The clients of one segment that get one configuration.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct MatrixRow {
    /// Empty: clients in no segment.
    pub segment: Option<SegmentId>,
    pub segment_name: String,
    pub configuration: Option<String>,
    pub configuration_name: String,
    /// Why they get it: the rule's name, "By hand", "No rule holds".
    pub because: String,
    pub clients: u32,
    /// One for each of `features`: "Yes", "No", "At period end, with a reason" …
    pub cells: Vec<String>,
}

/// The configuration that a client's portal has, with the reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct ChosenConfiguration {
    /// Empty: it is made on the first link.
    pub id: Option<String>,
    pub name: String,
    /// "by the rule “Annual clients …”", "chosen by hand", "no rule holds".
    pub because: String,
}

/// A client's own row: its segment, and what portal it gets.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct ClientPortal {
    pub segment: Option<SegmentId>,
    /// Chosen by hand.
    pub by_hand: Option<String>,
    pub chosen: ChosenConfiguration,
    pub allows: Vec<String>,
}
