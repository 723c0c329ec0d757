//! What the screens show of links and of the portal's settings.

use crate::ids::{ClientId, LinkId};
use crate::journal::{Delivery, LinkKind};
use crate::portal::ChosenConfiguration;
use crate::words::Word;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
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

/// What a client is sent a link for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type,
)]
#[serde(rename_all = "snake_case")]
pub enum LinkPurpose {
    /// The portal's first page, opened here and now.
    PortalHome,
    /// The portal's login page with the email filled in: the link that lasts.
    LoginPage,
    UpdatePaymentMethod,
    UpdateDetails,
    Cancel,
    Pause,
    ChangePlan,
    ConfirmPlan,
    PayInvoice,
    Checkout,
    PaymentLink,
    SetUpCard,
}

/// Everything that decides what link is made. What is left out is chosen: the customer that is
/// billed, the configuration of the rules, the one subscription or invoice that it can be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LinkRequest {
    pub purpose: LinkPurpose,
    pub delivery: Delivery,
    /// `cus_…` or `acct_…`
    pub customer: Option<String>,
    /// `sub_…`, for what acts on one subscription.
    pub subscription: Option<String>,
    /// `in_…`, to be paid.
    pub invoice: Option<String>,
    /// `price_…`: the plan to confirm, to check out, or to sell by payment link.
    pub price: Option<String>,
    pub quantity: Option<u32>,
    /// Offered to who wants to cancel.
    pub coupon: Option<String>,
    /// Whom it is meant for; must be an address of this client. Empty: the customer's own.
    pub recipient: Option<String>,
    /// `bpc_…` by hand, instead of what the rules choose.
    pub configuration: Option<String>,
    /// The link in the log that this one takes the place of.
    pub renews: Option<LinkId>,
    /// The warnings of the check were seen; without it a link with warnings does not leave.
    pub warnings_seen: bool,
}

/// Which link to send now, why, and what else there is.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct Recommendation {
    /// The row of the table that decided, e.g. `past_due`.
    pub rule: String,
    /// None: there is no link that would work; `reason` says what to do instead.
    pub link: Option<SuggestedLink>,
    /// "The last charge failed and the card expired in October: …"
    pub reason: String,
    pub alternatives: Vec<SuggestedLink>,
    pub warnings: Vec<String>,
}

/// A link that Stripe would make for this client.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct SuggestedLink {
    pub request: LinkRequest,
    /// "Replace the card", "Pay invoice 0042 (120.00 EUR)".
    pub title: String,
    /// One sentence: what it is good for.
    pub reason: String,
    pub lifetime: Lifetime,
}

/// How long a link works, and how it may leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct Lifetime {
    /// "5 minutes when unused, then 1 hour after the last click".
    pub words: String,
    /// What it may leave by.
    pub deliveries: Vec<Delivery>,
    /// Why it may not be mailed, where it may not.
    pub not_mailed_because: Option<String>,
}

/// What was found just before a link leaves.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct Preflight {
    pub client_name: String,
    /// The request with everything filled in that was left out.
    pub request: LinkRequest,
    pub title: String,
    pub lifetime: Lifetime,
    /// In whose name: "Lumen Studio (cus_…)".
    pub customer: Option<String>,
    pub recipient: Option<String>,
    /// Every address it may be sent to.
    pub recipients: Vec<Recipient>,
    /// "Portico default", and why it was chosen.
    pub configuration: Option<ChosenConfiguration>,
    pub checks: Vec<Check>,
    /// Nothing stops it (there may be warnings).
    pub may_leave: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct Recipient {
    pub email: String,
    /// "Ada Lumen (Bookkeeping)", or the customer's name.
    pub who: String,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct Check {
    pub outcome: CheckOutcome,
    /// "The invoice is still open.", "anna@else.example is no contact of Lumen Studio."
    pub sentence: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum CheckOutcome {
    Fine,
    Warning,
    Stop,
}

/// A link that has left, or is ready to.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct IssuedLink {
    pub link: LinkId,
    /// What happened: "Opened …", "Prepared a message …".
    pub message: String,
    /// For what is to be copied; of the login page always, which lets nobody in by itself.
    pub url: Option<String>,
    pub recipient: Option<String>,
    pub lifetime: Lifetime,
    pub warnings: Vec<String>,
}

/// Which part of the log is wanted.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct LinkQuery {
    pub client: Option<ClientId>,
    /// Only links that asked for something, so many days ago or longer, after which nothing came.
    pub not_acted_on_days: Option<u32>,
    pub offset: u32,
    /// At most 500 are returned.
    pub limit: u32,
}

/// What came of a link, as far as Stripe tells.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct LinkOutcome {
    pub at: DateTime<Utc>,
    /// "Card replaced: Visa •••• 4242".
    pub sentence: String,
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
    pub purpose: LinkPurpose,
    /// "Opened here", "As a message", "Copied".
    pub delivery: String,
    pub recipient: Option<String>,
    /// What it acts on: `sub_…`.
    pub subscription: Option<String>,
    pub lives_until: Option<DateTime<Utc>>,
    /// Fresh, expired, used, superseded …
    pub state: Word,
    pub outcome: Option<LinkOutcome>,
    /// Asked for again it would be this; none where it cannot be renewed.
    pub renewal: Option<LinkRequest>,
    /// Made by another program, and known by Stripe's event alone.
    pub elsewhere: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct LinkList {
    pub total: u32,
    pub rows: Vec<LinkRow>,
}
