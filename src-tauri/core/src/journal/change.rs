//! Everything a person (or a rule acting for one) can do. Variants are only ever added.

use crate::{
    events::Topic,
    ids::{ClientId, ContactId, LinkId, NoteId, StaffId},
};
use serde::{Deserialize, Serialize};
use specta::Type;

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
    },
    LinkFinished {
        link: LinkId,
        client: ClientId,
        result: LinkResult,
        message: Option<String>,
    },

    /// Durable: sent again with the same key after a crash.
    PortalConfigurationRequested {
        idempotency_key: String,
    },
    PortalConfigurationFinished {
        idempotency_key: String,
        configuration: Option<String>,
        message: Option<String>,
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
            | Self::LinkFinished { client, .. } => Some(client),
            Self::WorkspaceAdded { .. }
            | Self::StaffIntroduced { .. }
            | Self::KeyStored { .. }
            | Self::KeyRemoved
            | Self::TimeZoneSet { .. }
            | Self::PortalConfigurationRequested { .. }
            | Self::PortalConfigurationFinished { .. }
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// A portal session, opened at once in the browser.
    PortalOpened,
    /// The portal's login page with the client's email, as a prepared message.
    PortalMail,
    /// The same address, copied.
    PortalCopy,
    InvoicePage,
    InvoicePdf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum LinkResult {
    /// Handed to the browser.
    Opened,
    /// Handed to the mail program or the clipboard; whether it was sent is not known.
    Prepared,
    Failed,
    /// Portico was ended in between; never sent again.
    Interrupted,
}
