//! The log: files of limited size beside the workspaces, where no secret may ever be read.

mod diagnostics;
mod redaction;

pub use diagnostics::{diagnostics, sqlite_version};

use crate::{Error, Result};
use file_rotate::{ContentLimit, FileRotate, compression::Compression, suffix::AppendCount};
use redaction::Redaction;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tracing::{Subscriber, level_filters::LevelFilter};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// A file is put aside once it is larger than this …
const FILE_BYTES: usize = 1024 * 1024;

/// … and so many of those are kept.
const OLD_FILES: usize = 5;

pub fn folder(data_dir: &Path) -> PathBuf {
    data_dir.join("logs")
}

/// Sends this process's log, panics too, to `<data dir>/logs/<program>.log`. Each program writes
/// a file of its own, because two that write one would rotate it under each other.
pub fn start(data_dir: &Path, program: &str) -> Result<()> {
    tracing::subscriber::set_global_default(subscriber(data_dir, program)?)
        .map_err(|error| Error::Internal(error.to_string()))?;
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        tracing::error!(%panic, "panicked");
        print(panic);
    }));
    Ok(())
}

/// What `start` installs. `PORTICO_LOG=debug` (or `portico_core=debug,info` …) makes it say more.
pub fn subscriber(data_dir: &Path, program: &str) -> Result<impl Subscriber + Send + Sync> {
    let filter = EnvFilter::builder()
        .with_default_directive(LevelFilter::INFO.into())
        .with_env_var("PORTICO_LOG")
        .from_env_lossy();
    Ok(tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        // On a full disk each line would be told on standard error, over what a command says there.
        .log_internal_errors(false)
        .with_writer(LogFile::open(data_dir, program)?)
        .finish())
}

struct LogFile {
    files: Mutex<FileRotate<AppendCount>>,
    redaction: Redaction,
}

impl LogFile {
    fn open(data_dir: &Path, program: &str) -> Result<Self> {
        let folder = folder(data_dir);
        let path = folder.join(format!("{program}.log"));
        let failed = || {
            format!(
                "The log {} could not be opened. Check that this folder can be written, or set PORTICO_DATA_DIR to another",
                path.display()
            )
        };
        make_private_folder(&folder).map_err(Error::io(failed()))?;
        let options = private_file();
        // The rotation swallows this error and would drop every line.
        options.open(&path).map_err(Error::io(failed()))?;
        let files = FileRotate::new(
            &path,
            AppendCount::new(OLD_FILES),
            ContentLimit::BytesSurpassed(FILE_BYTES),
            Compression::None,
            Some(options),
        );
        Ok(Self {
            files: Mutex::new(files),
            redaction: Redaction::new()?,
        })
    }
}

impl<'a> MakeWriter<'a> for LogFile {
    type Writer = RedactedWriter<'a>;

    fn make_writer(&'a self) -> Self::Writer {
        RedactedWriter {
            files: self.files.lock().unwrap_or_else(PoisonError::into_inner),
            redaction: &self.redaction,
        }
    }
}

/// Writes one event, which the formatter hands over in one piece.
struct RedactedWriter<'a> {
    files: MutexGuard<'a, FileRotate<AppendCount>>,
    redaction: &'a Redaction,
}

impl Write for RedactedWriter<'_> {
    fn write(&mut self, event: &[u8]) -> std::io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        self.files
            .write_all(self.redaction.apply(&text).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.files.flush()
    }
}

fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true).append(true).read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
