//! Everything a person (or a rule acting for one) can do. Variants are only ever added.

use crate::{
    events::Topic,
    ids::{ClientId, ContactId, LinkId, NoteId, SegmentId, StaffId},
};
use serde::{Deserialize, Serialize};
use specta::Type;

mod links;
mod portal;

pub use links::{Delivery, LinkDetails, LinkKind, LinkResult};
pub use portal::{BillingInterval, PortalRule, PortalRuleConditions};

/// One journaled act, with everything that applying it needs. Its meaning never changes; optional
/// fields may be added.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    WorkspaceAdded {
        account: String,
        livemode: bool,
    },
    StaffIntroduced {
        staff: StaffId,
        name: String,
        email: Option<String>,
    },
    KeyStored {
        restricted: bool,
        last4: String,
        store: SecretStoreKind,
    },
    KeyRemoved,
    TimeZoneSet {
        time_zone: String,
    },

    ClientAdded {
        client: ClientId,
        details: ClientDetails,
    },
    /// All details as they are from now on. For a derived client an absent field follows Stripe.
    ClientEdited {
        client: ClientId,
        details: ClientDetails,
    },
    ClientArchived {
        client: ClientId,
    },
    ClientUnarchived {
        client: ClientId,
    },
    CustomerLinked {
        client: ClientId,
        customer: String,
    },
    /// The customer becomes a client of its own again.
    CustomerUnlinked {
        client: ClientId,
        customer: String,
    },
    ContactAdded {
        contact: ContactId,
        client: ClientId,
        details: ContactDetails,
    },
    ContactEdited {
        contact: ContactId,
        client: ClientId,
        details: ContactDetails,
    },
    ContactRemoved {
        contact: ContactId,
        client: ClientId,
    },
    NoteWritten {
        note: NoteId,
        client: ClientId,
        text: String,
    },
    NoteEdited {
        note: NoteId,
        client: ClientId,
        text: String,
    },
    NoteRemoved {
        note: NoteId,
        client: ClientId,
    },
    /// The bodies of all earlier entries about this client are gone from the journal.
    ClientErased {
        client: ClientId,
        /// The `seq` of each, so that any other missing body shows as tampering.
        #[serde(default)]
        entries: Vec<i64>,
        /// Who paid for the client: their history is gone too, also from a backup restored later.
        #[serde(default)]
        payers: Vec<String>,
    },

    /// The intention; nothing has left yet.
    LinkRequested {
        link: LinkId,
        client: ClientId,
        customer: Option<String>,
        link_kind: LinkKind,
        /// `bpc_…` where the kind uses one.
        configuration: Option<String>,
        /// `in_…` for invoice links.
        invoice: Option<String>,
        /// Sent with the request where the kind writes to Stripe.
        idempotency_key: Option<String>,
        #[serde(default, skip_serializing_if = "LinkDetails::is_empty")]
        details: LinkDetails,
    },
    LinkFinished {
        link: LinkId,
        client: ClientId,
        result: LinkResult,
        message: Option<String>,
        /// What was made in Stripe for it: `bps_…`, `cs_…`, `plink_…`; never its address.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        object: Option<String>,
        /// When it stops working, where that is known (unix milliseconds).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lives_until: Option<i64>,
    },

    /// Durable: sent again with the same key after a crash. Without settings and without `active`
    /// it is Portico's own configuration that is wanted.
    PortalConfigurationRequested {
        idempotency_key: String,
        /// `bpc_…` that is changed; none where a new one is made.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        configuration: Option<String>,
        /// The settings as they were wanted, as the studio keeps them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        settings: Option<serde_json::Value>,
        /// Switched on or off, and nothing else.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        active: Option<bool>,
    },
    PortalConfigurationFinished {
        idempotency_key: String,
        configuration: Option<String>,
        message: Option<String>,
    },

    SegmentSaved {
        segment: SegmentId,
        name: String,
        description: Option<String>,
    },
    SegmentRemoved {
        segment: SegmentId,
    },
    /// None: in no segment any more.
    ClientSegmentSet {
        client: ClientId,
        segment: Option<SegmentId>,
    },
    /// All rules as they are from now on, in their order; `otherwise` is the configuration where
    /// none holds, Portico's own where it is empty.
    PortalRulesSaved {
        rules: Vec<PortalRule>,
        otherwise: Option<String>,
    },
    /// By hand, ahead of every rule; none: the rules decide again.
    ClientPortalSet {
        client: ClientId,
        configuration: Option<String>,
    },
    /// Somebody looked at what each kind of client may do.
    PortalMatrixReviewed {
        /// When it should be looked at again.
        next_in_days: u32,
    },
    /// Which of a client's customers is the current one; none: the newest that is billed.
    CustomerPreferred {
        client: ClientId,
        customer: Option<String>,
    },
    /// Looked at, and different clients in spite of what they have in common.
    DuplicatesDismissed {
        /// Sorted.
        customers: Vec<String>,
    },

    BackupRestored {
        backup: String,
        entries: u64,
    },

    /// Everything is compared with Stripe.
    ComparisonStarted,
    /// The mirror was emptied, to be read anew.
    MirrorRebuilt,
    /// A parked object is no longer tried.
    NewsGivenUp {
        object: String,
        /// The type of the event that told of it.
        event: String,
    },

    /// How events are delivered to this computer from now on.
    LiveWireSet {
        wire: LiveWireKind,
    },
    WebhookSecretStored {
        store: SecretStoreKind,
    },
    WebhookSecretRemoved,
}

impl Change {
    /// Whose timeline it belongs to.
    pub fn client(&self) -> Option<&ClientId> {
        match self {
            Self::ClientAdded { client, .. }
            | Self::ClientEdited { client, .. }
            | Self::ClientArchived { client }
            | Self::ClientUnarchived { client }
            | Self::CustomerLinked { client, .. }
            | Self::CustomerUnlinked { client, .. }
            | Self::ContactAdded { client, .. }
            | Self::ContactEdited { client, .. }
            | Self::ContactRemoved { client, .. }
            | Self::NoteWritten { client, .. }
            | Self::NoteEdited { client, .. }
            | Self::NoteRemoved { client, .. }
            | Self::ClientErased { client, .. }
            | Self::LinkRequested { client, .. }
            | Self::LinkFinished { client, .. }
            | Self::ClientSegmentSet { client, .. }
            | Self::ClientPortalSet { client, .. }
            | Self::CustomerPreferred { client, .. } => Some(client),
            Self::WorkspaceAdded { .. }
            | Self::StaffIntroduced { .. }
            | Self::KeyStored { .. }
            | Self::KeyRemoved
            | Self::TimeZoneSet { .. }
            | Self::PortalConfigurationRequested { .. }
            | Self::PortalConfigurationFinished { .. }
            | Self::SegmentSaved { .. }
            | Self::SegmentRemoved { .. }
            | Self::PortalRulesSaved { .. }
            | Self::PortalMatrixReviewed { .. }
            | Self::DuplicatesDismissed { .. }
            | Self::BackupRestored { .. }
            | Self::ComparisonStarted
            | Self::MirrorRebuilt
            | Self::NewsGivenUp { .. }
            | Self::LiveWireSet { .. }
            | Self::WebhookSecretStored { .. }
            | Self::WebhookSecretRemoved => None,
        }
    }

    /// Whose rows in the client list it may change.
    pub(super) fn clients(&self) -> impl Iterator<Item = ClientId> + use<> {
        let derived = match self {
            Self::CustomerLinked { customer, .. } | Self::CustomerUnlinked { customer, .. } => {
                Some(ClientId::of_customer(customer))
            }
            _ => None,
        };
        self.client().cloned().into_iter().chain(derived)
    }

    /// Which screens it changes, besides every timeline.
    pub(super) fn topic(&self) -> Topic {
        match self {
            Self::WorkspaceAdded { .. } => Topic::Workspaces,
            Self::StaffIntroduced { .. } | Self::TimeZoneSet { .. } => Topic::Settings,
            Self::KeyStored { .. } | Self::KeyRemoved => Topic::Key,
            Self::LinkRequested { .. } | Self::LinkFinished { .. } => Topic::Links,
            Self::PortalConfigurationRequested { .. }
            | Self::PortalConfigurationFinished { .. } => Topic::PortalConfigurations,
            Self::SegmentSaved { .. }
            | Self::SegmentRemoved { .. }
            | Self::ClientSegmentSet { .. }
            | Self::PortalRulesSaved { .. }
            | Self::ClientPortalSet { .. }
            | Self::PortalMatrixReviewed { .. } => Topic::PortalRules,
            Self::BackupRestored { .. } => Topic::Backups,
            Self::ComparisonStarted | Self::MirrorRebuilt | Self::NewsGivenUp { .. } => Topic::Sync,
            Self::LiveWireSet { .. }
            | Self::WebhookSecretStored { .. }
            | Self::WebhookSecretRemoved => Topic::LiveWire,
            _ => Topic::Clients,
        }
    }
}

/// What staff know about a client beside Stripe.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ClientDetails {
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub company: Option<String>,
}

/// A person at the client.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ContactDetails {
    pub name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    /// Free text: "Bookkeeping", "Managing director" …
    pub role: Option<String>,
}

/// Where a key rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SecretStoreKind {
    /// The system's keychain.
    Keychain,
    /// A passphrase-encrypted file in the workspace's folder.
    File,
    /// Only in memory (the demo workspace).
    Memory,
}

/// How events come to this computer, beside Stripe being asked for them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum LiveWireKind {
    #[default]
    None,
    /// `stripe listen`, run by Portico.
    StripeCli,
    /// A program of the agency's that passes its webhook deliveries on.
    Relay,
}
