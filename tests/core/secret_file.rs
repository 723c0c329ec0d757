//! The file that stands in for a keychain.

use portico_core::secrets::{Secret, SecretError, SecretFile};
use tempfile::TempDir;

const CANARY: &str = "sk_test_canary51Hb7YzQ";

async fn with_a_key(folder: &TempDir, passphrase: &Secret) -> SecretFile {
    let file = SecretFile::in_folder(folder.path());
    file.set(passphrase, "stripe_key", &Secret::new(CANARY))
        .await
        .unwrap();
    file
}

#[tokio::test]
async fn keeps_reads_and_forgets_in_ciphertext_only() {
    let folder = TempDir::new().unwrap();
    let passphrase = Secret::new("correct horse");
    let file = SecretFile::in_folder(folder.path());
    assert!(!file.exists());
    assert_eq!(file.get(&passphrase, "stripe_key").await.unwrap(), None);
    let file = with_a_key(&folder, &passphrase).await;
    assert!(file.exists());
    let kept = file.get(&passphrase, "stripe_key").await.unwrap().unwrap();
    assert_eq!(kept.expose(), CANARY);
    assert_eq!(file.get(&passphrase, "webhook_secret").await.unwrap(), None);

    let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(files.len(), 1, "a temporary file stayed behind");
    let path = folder.path().join("secrets.age");
    let stored = std::fs::read(&path).unwrap();
    let found = |needle: &str| stored.windows(needle.len()).any(|w| w == needle.as_bytes());
    assert!(!found(CANARY) && !found("stripe_key"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    file.delete(&passphrase, "stripe_key").await.unwrap();
    assert_eq!(file.get(&passphrase, "stripe_key").await.unwrap(), None);
}

#[tokio::test]
async fn a_wrong_or_empty_passphrase_changes_nothing() {
    let folder = TempDir::new().unwrap();
    let file = with_a_key(&folder, &Secret::new("right")).await;
    let before = std::fs::read(folder.path().join("secrets.age")).unwrap();
    let wrong = Secret::new("wrong");
    let read = file.get(&wrong, "stripe_key").await;
    assert!(
        matches!(read, Err(SecretError::WrongPassphrase(_))),
        "{read:?}"
    );
    let kept = file.set(&wrong, "stripe_key", &Secret::new("other")).await;
    assert!(
        matches!(kept, Err(SecretError::WrongPassphrase(_))),
        "{kept:?}"
    );
    let empty = file.get(&Secret::new(""), "stripe_key").await;
    assert!(
        matches!(empty, Err(SecretError::PassphraseEmpty)),
        "{empty:?}"
    );
    let after = std::fs::read(folder.path().join("secrets.age")).unwrap();
    assert_eq!(before, after);
}

#[tokio::test]
async fn a_cut_off_file_says_damaged_wherever_it_was_cut() {
    let folder = TempDir::new().unwrap();
    let passphrase = Secret::new("correct horse");
    let file = with_a_key(&folder, &passphrase).await;
    let path = folder.path().join("secrets.age");
    let whole = std::fs::read(&path).unwrap();
    for length in [0, 10, 25, 60, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&path, &whole[..length]).unwrap();
        let read = file.get(&passphrase, "stripe_key").await;
        assert!(
            matches!(read, Err(SecretError::FileDamaged(_))),
            "cut to {length} of {}: {read:?}",
            whole.len()
        );
    }
}

#[tokio::test]
async fn a_file_of_something_else_is_not_overwritten() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("secrets.age");
    let file = SecretFile::in_folder(folder.path());
    let passphrase = Secret::new("correct horse");
    let for_a_key_pair =
        age::encrypt(&age::x25519::Identity::generate().to_public(), b"not ours").unwrap();
    for foreign in [b"-----BEGIN PGP MESSAGE-----".as_slice(), &for_a_key_pair] {
        std::fs::write(&path, foreign).unwrap();
        let kept = file
            .set(&passphrase, "stripe_key", &Secret::new(CANARY))
            .await;
        assert!(matches!(kept, Err(SecretError::FileForeign(_))), "{kept:?}");
        assert_eq!(std::fs::read(&path).unwrap(), foreign);
    }
}

#[test]
fn a_secret_does_not_print() {
    let secret = Secret::new(CANARY);
    assert_eq!(
        format!("{secret:?} {:?}", Some(&secret)),
        "Secret(…) Some(Secret(…))"
    );
}
