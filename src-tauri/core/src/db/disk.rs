//! The files and folders of a workspace as such: private, named, set aside, removed.

use super::BACKUPS;
use crate::{Clock, Error, Result};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use std::{
    fs::{DirBuilder, File, OpenOptions},
    path::{Path, PathBuf},
};

/// A UTC time in a file name.
const FILE_TIME: &str = "%Y%m%dT%H%M%S%.3fZ";

/// A name for the next backup, sortable by time, that no backup has yet.
pub(crate) fn backup_name(folder: &Path, clock: &Clock) -> String {
    let mut at = clock.now();
    loop {
        let name = format!("journal-{}.db", at.format(FILE_TIME));
        if !folder.join(BACKUPS).join(&name).exists() {
            return name;
        }
        at += TimeDelta::milliseconds(1);
    }
}

/// Names of the backups, newest first: they sort by the time in them.
pub(crate) fn backup_names(folder: &Path) -> Result<Vec<String>> {
    let mut names = names_in(&folder.join(BACKUPS))?;
    names.retain(|name| backup_time(name).is_some());
    names.sort_unstable_by(|a, b| b.cmp(a));
    Ok(names)
}

/// What lies in a folder that may not be there.
pub(crate) fn names_in(folder: &Path) -> Result<Vec<String>> {
    let files = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        files => files.map_err(Error::io(format!("Could not read {}", folder.display())))?,
    };
    Ok(files
        .filter_map(|file| file.ok()?.file_name().into_string().ok())
        .collect())
}

/// When a backup of this name was made; none where it is not the name of one.
pub(crate) fn backup_time(name: &str) -> Option<DateTime<Utc>> {
    let time = name.strip_prefix("journal-")?.strip_suffix(".db")?;
    let time = NaiveDateTime::parse_from_str(time, FILE_TIME).ok()?;
    Some(time.and_utc())
}

/// Renames a damaged database and what SQLite keeps beside it; nobody may have it open.
pub(super) fn set_aside(path: &Path, clock: &Clock) -> Result<PathBuf> {
    aside(path, clock, std::fs::rename)
}

/// As [`set_aside`], leaving the database where it is.
pub(crate) fn copy_aside(path: &Path, clock: &Clock) -> Result<PathBuf> {
    aside(path, clock, |from, to| std::fs::copy(from, to).map(drop))
}

fn aside(
    path: &Path,
    clock: &Clock,
    keep: impl Fn(PathBuf, PathBuf) -> std::io::Result<()>,
) -> Result<PathBuf> {
    let aside = with_suffix(path, &format!(".damaged-{}", clock.now().format(FILE_TIME)));
    for suffix in ["", "-wal", "-shm"] {
        match keep(with_suffix(path, suffix), with_suffix(&aside, suffix)) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            result => {
                result.map_err(Error::io(format!("Could not set {} aside", path.display())))?;
            }
        }
    }
    Ok(aside)
}

/// Removes a file that may not be there.
pub(crate) fn remove(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        result => result.map_err(Error::io(format!("Could not remove {}", path.display()))),
    }
}

pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

pub(crate) fn make_private_folder(folder: &Path) -> Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .map_err(Error::io(format!("Could not make {}", folder.display())))?;
    tighten(folder);
    Ok(())
}

/// Keeps others out of a folder that was there before, made with other rights.
#[cfg(unix)]
fn tighten(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;

    let open = std::fs::metadata(folder).is_ok_and(|known| known.permissions().mode() & 0o077 != 0);
    if open
        && let Err(error) = std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))
    {
        // Whose folder it is may have meant it; `doctor` says how it stands.
        tracing::warn!(%error, folder = %folder.display(), "others can read a folder of Portico's");
    }
}

/// Windows keeps a person's application data from others by where it lies.
#[cfg(not(unix))]
fn tighten(_: &Path) {}

/// Opens the file for writing, made readable for its owner only if it is new.
pub(crate) fn create_private_file(path: &Path) -> Result<File> {
    private(OpenOptions::new().write(true).create(true))
        .open(path)
        .map_err(Error::io(format!("Could not write {}", path.display())))
}

/// Makes an empty file; SQLite gives its companions the same mode. A database that is there is
/// not even opened: closing it again would release the locks SQLite holds on it.
pub(super) fn create_private_file_unless_there(path: &Path) -> Result<()> {
    match private(OpenOptions::new().write(true).create_new(true)).open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        result => result
            .map(drop)
            .map_err(Error::io(format!("Could not write {}", path.display()))),
    }
}

fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}
