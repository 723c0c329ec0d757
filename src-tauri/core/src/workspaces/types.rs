//! What a screen shows of workspaces, keys and the computer's settings.

use crate::ids::{StaffId, WorkspaceId};
use crate::journal::SecretStoreKind;
use crate::stripe::permissions::PermissionRow;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use specta::Type;

/// Everything the frame of the window needs before any workspace is open.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct Desk {
    pub version: String,
    /// `linux`, `macos` or `windows`.
    pub platform: String,
    pub data_folder: String,
    pub settings: Settings,
    /// Who sits here; empty until chosen.
    pub staff: Option<Staff>,
    pub workspaces: Vec<WorkspaceSummary>,
    /// The workspace to show at start.
    pub open_first: Option<WorkspaceId>,
    /// What a person has to know of files that could not be read, in sentences.
    pub notices: Vec<String>,
}

/// Settings of this computer (`settings.toml`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct Settings {
    pub theme: Theme,
    /// The route to come back to.
    pub last_place: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Staff {
    pub id: StaffId,
    pub name: String,
    pub email: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct WorkspaceSummary {
    pub id: WorkspaceId,
    pub name: String,
    /// `acct_…`
    pub account: String,
    pub livemode: bool,
    /// The sample agency: its Stripe is a simulator inside Portico.
    pub demo: bool,
    /// IANA name; day boundaries of this workspace.
    pub time_zone: String,
    /// Only set where it is not Stripe's own address.
    pub api_base: Option<String>,
    pub folder: String,
}

/// Whether Stripe can be asked now, and if not, why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum KeyState {
    Ready {
        restricted: bool,
        last4: String,
        store: SecretStoreKind,
    },
    /// Stripe answered 401 to it.
    Refused {
        last4: String,
        message: String,
    },
    /// Removed by a person.
    Removed,
    /// There is no keychain on this computer; `message` says what was tried.
    KeychainAbsent {
        message: String,
    },
    KeychainLocked,
    /// The system's prompt is open; can be cancelled.
    KeychainWaiting,
    /// The keychain answers, but this workspace's entry is gone.
    KeychainLost,
    /// The key file waits for its passphrase.
    FileLocked,
}

/// A pasted key, checked and held in memory until it is saved or discarded.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct KeyCheck {
    /// Names the held key in `add_workspace` and `replace_key`.
    pub check: String,
    pub restricted: bool,
    pub last4: String,
    pub livemode: bool,
    pub account: String,
    pub account_name: Option<String>,
    pub country: Option<String>,
    pub permissions: Vec<PermissionRow>,
    /// The workspace that this account and mode already has.
    pub existing: Option<WorkspaceId>,
    /// The journal that a removed workspace of this account and mode left here.
    pub kept: Option<KeptJournal>,
    /// Where the key could be kept on this computer now, best first; empty never happens on Linux.
    pub stores: Vec<StoreChoice>,
}

/// A journal without a workspace, which a new one can go on with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct KeptJournal {
    /// The workspace that it was of, and will be again.
    pub workspace: WorkspaceId,
    pub entries: u32,
    /// When its last entry was written.
    pub until: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct StoreChoice {
    pub store: SecretStoreKind,
    /// Whether it can be used right now.
    pub usable: bool,
    /// Why not, or what it means.
    pub message: String,
}

/// Where the person wants the key kept.
#[derive(Debug, Clone, Deserialize, Type)]
#[serde(tag = "store", rename_all = "snake_case")]
pub enum KeepKeyIn {
    Keychain,
    /// The passphrase is used once and not stored.
    File {
        passphrase: String,
    },
}

/// The permissions a restricted key should have, and where to make one.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct KeyAdvice {
    pub permissions: Vec<PermissionRow>,
    pub create_live_url: String,
    pub create_test_url: String,
}
