//! File locks between the processes that have a workspace open; the kernel frees them with the process.

use super::disk::create_private_file;
use crate::{Error, Result};
use std::{
    fs::{File, TryLockError},
    path::Path,
};

/// The right to run the background (sync, pending effects) of a workspace.
#[derive(Debug)]
pub struct BackgroundLock {
    // Held for its lock, which closing releases.
    _file: File,
}

impl BackgroundLock {
    /// `None` while another process runs the background.
    pub fn try_acquire(folder: &Path) -> Result<Option<Self>> {
        let file = create_private_file(&folder.join("lock"))?;
        Ok(try_exclusive(&file)?.then_some(Self { _file: file }))
    }
}

/// Shared by all processes that have the workspace's files open; had alone while a file is
/// replaced by another, because SQLite loses data when that happens under an open connection.
#[derive(Debug)]
pub(crate) struct FilesLock {
    open: File,
}

/// The right to open, migrate, set aside and replace files; waits for its turn.
#[derive(Debug)]
pub(crate) struct OpeningLock {
    open: File,
    // Held for its lock, which closing releases.
    _turn: File,
}

impl FilesLock {
    pub async fn opening(folder: &Path) -> Result<OpeningLock> {
        let turn = create_private_file(&folder.join("opening.lock"))?;
        let open = create_private_file(&folder.join("open.lock"))?;
        let turn = tokio::task::spawn_blocking(move || turn.lock().map(|()| turn))
            .await
            .map_err(|error| Error::Internal(error.to_string()))?
            .map_err(Error::io("Could not lock the workspace"))?;
        Ok(OpeningLock { open, _turn: turn })
    }

    /// Gives the files free although clones of the store may still exist.
    pub(super) fn release(&self) {
        if let Err(error) = self.open.unlock() {
            tracing::warn!(%error, "the workspace's lock could not be released");
        }
    }
}

impl OpeningLock {
    /// Makes sure that nobody has the files open until this lock is dropped or shared.
    pub fn alone(&self) -> Result<()> {
        if try_exclusive(&self.open)? {
            return Ok(());
        }
        Err(Error::Conflict(
            "This workspace is open in another window or terminal. Close it there and try again."
                .into(),
        ))
    }

    pub(super) fn opened(self) -> Result<FilesLock> {
        self.open
            .lock_shared()
            .map_err(Error::io("Could not lock the workspace"))?;
        Ok(FilesLock { open: self.open })
    }
}

fn try_exclusive(file: &File) -> Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(Error::io("Could not lock the workspace")(error)),
    }
}
