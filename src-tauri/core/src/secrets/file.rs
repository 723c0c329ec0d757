//! The fallback where Linux offers no keychain: `secrets.age` in the workspace's folder, locked by
//! a passphrase (age, scrypt), readable with the `age` tool as well.

use super::{Secret, SecretError};
use age::scrypt::{Identity, Recipient};
use age::secrecy::SecretString;
use age::{DecryptError, Decryptor};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

const FILE_NAME: &str = "secrets.age";

/// What every age file starts with.
const MAGIC: &[u8] = b"age-encryption.org/";

/// About a second of work per guess, as the age tool has it. Fixed, because the library's own
/// choice is measured at run time and comes out weak on a computer that is busy at that moment.
const WORK_FACTOR: u8 = 18;

/// Refuses a planted file that would keep the computer busy for hours.
const MAX_WORK_FACTOR: u8 = 22;

type Named = BTreeMap<String, Zeroizing<String>>;

/// One workspace's file of secrets. Nothing is cached: each call reads, and costs that second.
#[derive(Debug, Clone)]
pub struct SecretFile {
    path: PathBuf,
}

impl SecretFile {
    pub fn in_folder(workspace_folder: &Path) -> Self {
        Self {
            path: workspace_folder.join(FILE_NAME),
        }
    }

    pub fn exists(&self) -> bool {
        self.path.exists()
    }

    /// Every secret by its name; none where the file is missing.
    pub async fn open(&self, passphrase: &Secret) -> Result<BTreeMap<String, Secret>, SecretError> {
        self.run(passphrase, |path, passphrase| {
            let named = read(path, passphrase)?.into_iter();
            Ok(named.map(|(name, secret)| (name, Secret(secret))).collect())
        })
        .await
    }

    /// `None` where the file, or the name in it, is missing.
    pub async fn get(
        &self,
        passphrase: &Secret,
        name: &str,
    ) -> Result<Option<Secret>, SecretError> {
        Ok(self.open(passphrase).await?.remove(name))
    }

    /// Keeps the secret. The first call creates the file, and its passphrase becomes the file's.
    pub async fn set(
        &self,
        passphrase: &Secret,
        name: &str,
        secret: &Secret,
    ) -> Result<(), SecretError> {
        let (name, secret) = (name.to_owned(), secret.clone());
        self.run(passphrase, move |path, passphrase| {
            let mut named = read(path, passphrase)?;
            named.insert(name, secret.0);
            write(path, passphrase, &named)
        })
        .await
    }

    /// Forgets the secret; to forget one that is not there is no error.
    pub async fn delete(&self, passphrase: &Secret, name: &str) -> Result<(), SecretError> {
        let name = name.to_owned();
        self.run(passphrase, move |path, passphrase| {
            let mut named = read(path, passphrase)?;
            match named.remove(&name) {
                Some(_) => write(path, passphrase, &named),
                None => Ok(()),
            }
        })
        .await
    }

    /// Deletes the file with everything in it; needs no passphrase.
    pub fn remove(&self) -> Result<(), SecretError> {
        match std::fs::remove_file(&self.path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                Err(SecretError::File {
                    path: self.path.clone(),
                    source,
                })
            }
            _ => Ok(()),
        }
    }

    /// Takes the place of the file in another folder of the same disk.
    pub fn move_to(&self, workspace_folder: &Path) -> Result<(), SecretError> {
        let target = workspace_folder.join(FILE_NAME);
        std::fs::rename(&self.path, &target).map_err(unusable(&target))
    }

    /// Scrypt is a second of pure computing, which does not belong on an async thread.
    async fn run<T: Send + 'static>(
        &self,
        passphrase: &Secret,
        act: impl FnOnce(&Path, &Secret) -> Result<T, SecretError> + Send + 'static,
    ) -> Result<T, SecretError> {
        if passphrase.expose().is_empty() {
            return Err(SecretError::PassphraseEmpty);
        }
        let (path, passphrase) = (self.path.clone(), passphrase.clone());
        let crashed = self.path.clone();
        tokio::task::spawn_blocking(move || act(&path, &passphrase))
            .await
            .unwrap_or_else(|crash| {
                Err(SecretError::File {
                    path: crashed,
                    source: std::io::Error::other(crash),
                })
            })
    }
}

fn read(path: &Path, passphrase: &Secret) -> Result<Named, SecretError> {
    let stored = match std::fs::read(path) {
        Ok(stored) => stored,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Named::new()),
        Err(error) => return Err(unusable(path)(error)),
    };
    let foreign = || SecretError::FileForeign(path.to_owned());
    let damaged = || SecretError::FileDamaged(path.to_owned());
    if !stored.starts_with(MAGIC) {
        let cut_off = MAGIC.starts_with(&stored);
        return Err(if cut_off { damaged() } else { foreign() });
    }
    let decryptor = Decryptor::new_buffered(stored.as_slice()).map_err(|error| match error {
        DecryptError::UnknownFormat => foreign(),
        _ => damaged(),
    })?;
    if !decryptor.is_scrypt() {
        return Err(foreign());
    }
    let mut identity = Identity::new(age_passphrase(passphrase));
    identity.set_max_work_factor(MAX_WORK_FACTOR);
    let mut plain = Zeroizing::new(Vec::new());
    decryptor
        .decrypt(std::iter::once(&identity as &dyn age::Identity))
        .map_err(|error| match error {
            DecryptError::DecryptionFailed => SecretError::WrongPassphrase(path.to_owned()),
            DecryptError::ExcessiveWork { .. } => foreign(),
            _ => damaged(),
        })?
        .read_to_end(&mut plain)
        .map_err(|_| damaged())?;
    serde_json::from_slice(&plain).map_err(|_| foreign())
}

/// Writes beside the file and renames, so that a crash leaves the old one; the temporary file
/// holds ciphertext already, and is created readable by its owner only.
fn write(path: &Path, passphrase: &Secret, named: &Named) -> Result<(), SecretError> {
    let plain =
        Zeroizing::new(serde_json::to_vec(named).map_err(|error| unusable(path)(error.into()))?);
    let mut recipient = Recipient::new(age_passphrase(passphrase));
    recipient.set_work_factor(WORK_FACTOR);
    let encrypted = age::encrypt(&recipient, &plain)
        .map_err(|error| unusable(path)(std::io::Error::other(error)))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut temporary = NamedTempFile::new_in(folder).map_err(unusable(path))?;
    temporary.write_all(&encrypted).map_err(unusable(path))?;
    temporary.as_file().sync_all().map_err(unusable(path))?;
    temporary
        .persist(path)
        .map_err(|error| unusable(path)(error.error))?;
    Ok(())
}

fn age_passphrase(passphrase: &Secret) -> SecretString {
    SecretString::from(passphrase.expose().to_owned())
}

fn unusable(path: &Path) -> impl Fn(std::io::Error) -> SecretError {
    let path = path.to_owned();
    move |source| SecretError::File {
        path: path.clone(),
        source,
    }
}
