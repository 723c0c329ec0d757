//! The identifiers that Portico makes: a prefix and a ULID, made before anything is written.

use serde::{Deserialize, Serialize};
use specta::Type;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            pub const PREFIX: &'static str = $prefix;

            /// A new identifier, sortable by the time it was made.
            pub fn new() -> Self {
                Self(format!("{}{}", $prefix, ulid::Ulid::new().to_string().to_lowercase()))
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// One Stripe account in one mode.
    WorkspaceId,
    "ws_"
);
id!(
    /// Whom the agency serves. Derived clients carry what follows `cus_` of their customer.
    ClientId,
    "cl_"
);
id!(ContactId, "co_");
id!(NoteId, "no_");
id!(
    /// One attempt to open or hand out a link.
    LinkId,
    "ln_"
);
id!(
    /// A kind of client, for which portal rules may be made.
    SegmentId,
    "sg_"
);
id!(StaffId, "st_");
id!(DeviceId, "dv_");
id!(
    /// One journal entry.
    EntryId,
    "en_"
);

impl ClientId {
    /// The id every desk derives for a Stripe customer nobody has touched (`cus_…`, or an
    /// Accounts v2 `acct_…`, which follows whole).
    pub fn of_customer(customer: &str) -> Self {
        Self(format!(
            "cl_{}",
            customer.strip_prefix("cus_").unwrap_or(customer)
        ))
    }

    /// The customer, or the Accounts v2 id, that a client with this id is derived from.
    pub fn own_payers(&self) -> Vec<String> {
        let rest = self.0.strip_prefix(Self::PREFIX).unwrap_or_default();
        vec![format!("cus_{rest}"), rest.to_owned()]
    }
}
