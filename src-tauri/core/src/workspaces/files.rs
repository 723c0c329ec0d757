//! The small settings files: read whole, written to a temporary file and renamed.

use super::types::{Settings, Staff, WorkspaceSummary};
use crate::ids::{DeviceId, WorkspaceId};
use crate::journal::{LiveWireKind, SecretStoreKind};
use crate::{Error, Result};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::path::Path;

/// `workspace.toml`: what identifies a workspace; nothing secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct WorkspaceFile {
    pub id: WorkspaceId,
    pub name: String,
    pub account: String,
    pub livemode: bool,
    #[serde(default)]
    pub demo: bool,
    pub time_zone: String,
    /// Fixed when the workspace was added; Stripe's own address where absent.
    pub api_base: Option<String>,
    /// That there is a key, and where: tells a lost key from one that never was.
    pub key: Option<KeptKey>,
    /// Off unless a person switched it on.
    #[serde(default)]
    pub live_wire: LiveWireSettings,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct LiveWireSettings {
    pub kind: LiveWireKind,
    /// Where the relay's deliveries are listened for.
    pub port: u16,
    /// The path of that address; made once, so that the relay's own settings stay good.
    pub token: Option<String>,
    /// Names the stored signing secret, so that another process notices a new one.
    pub webhook_secret: Option<String>,
}

impl Default for LiveWireSettings {
    fn default() -> Self {
        Self {
            kind: LiveWireKind::default(),
            port: 4280,
            token: None,
            webhook_secret: None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeptKey {
    pub restricted: bool,
    pub last4: String,
    pub store: SecretStoreKind,
}

/// `desk.toml`: this computer and who sits at it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct DeskFile {
    pub device: DeviceId,
    pub staff: Option<Staff>,
}

pub(crate) const WORKSPACE: &str = "workspace.toml";
pub(crate) const DESK: &str = "desk.toml";
pub(crate) const SETTINGS: &str = "settings.toml";

impl WorkspaceFile {
    pub fn summary(&self, folder: &Path) -> WorkspaceSummary {
        WorkspaceSummary {
            id: self.id.clone(),
            name: self.name.clone(),
            account: self.account.clone(),
            livemode: self.livemode,
            demo: self.demo,
            time_zone: self.time_zone.clone(),
            api_base: self.api_base.clone(),
            folder: folder.display().to_string(),
        }
    }
}

/// The desk, made at first use. Where it is not readable, who sits here is asked again.
pub(crate) fn desk(folder: &Path, set_aside: &mut Vec<String>) -> Result<DeskFile> {
    match read_or_set_aside(&folder.join(DESK), set_aside)? {
        Some(desk) => Ok(desk),
        None => {
            let desk = DeskFile::default();
            write(&folder.join(DESK), &desk)?;
            Ok(desk)
        }
    }
}

pub(crate) fn settings(folder: &Path, set_aside: &mut Vec<String>) -> Result<Settings> {
    Ok(read_or_set_aside(&folder.join(SETTINGS), set_aside)?.unwrap_or_default())
}

/// What these files hold is soon said again: a damaged one is set aside rather than keeping anybody
/// out, and the person is told.
fn read_or_set_aside<T: DeserializeOwned>(
    path: &Path,
    set_aside: &mut Vec<String>,
) -> Result<Option<T>> {
    match read(path) {
        Err(Error::Conflict(why)) => {
            tracing::warn!(%why, "a file was set aside");
            let aside = path.with_extension("toml.damaged");
            std::fs::rename(path, &aside).map_err(Error::io(format!(
                "{} could not be set aside",
                path.display()
            )))?;
            set_aside.push(format!(
                "{} was not readable. It was set aside as {}, and Portico goes on without what it held.",
                path.display(),
                aside.display()
            ));
            Ok(None)
        }
        read => read,
    }
}

/// None where there is no such file.
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        // Bytes that are no text are as unreadable as text that is no TOML.
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            return Err(unreadable(path, "it is not text"));
        }
        Err(error) => {
            return Err(Error::io(format!("{} could not be read", path.display()))(
                error,
            ));
        }
    };
    toml::from_str(&text)
        .map(Some)
        .map_err(|error| unreadable(path, error.message()))
}

fn unreadable(path: &Path, why: &str) -> Error {
    Error::Conflict(format!(
        "{} is not readable ({}). Correct it, or put a copy of it back.",
        path.display(),
        why.replace('\n', " ")
    ))
}

/// Replaces the file in one step, readable by this user only.
pub(crate) fn write<T: Serialize>(path: &Path, content: &T) -> Result<()> {
    let text = toml::to_string(content).map_err(|error| Error::Internal(error.to_string()))?;
    let failed = || format!("{} could not be written", path.display());
    let folder = path
        .parent()
        .ok_or_else(|| Error::Internal("a settings file without a folder".into()))?;
    // tempfile makes it 0600, and the rename keeps that.
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(Error::io(failed()))?;
    file.write_all(text.as_bytes())
        .map_err(Error::io(failed()))?;
    file.as_file().sync_all().map_err(Error::io(failed()))?;
    file.persist(path)
        .map_err(|error| Error::io(failed())(error.error))?;
    Ok(())
}
