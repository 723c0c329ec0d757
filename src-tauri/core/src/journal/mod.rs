//! The staff door: what people do, appended to a chained journal and then applied to tables.

mod change;

pub use change::{Change, ClientDetails, ContactDetails, LinkKind, LinkResult, SecretStoreKind};
