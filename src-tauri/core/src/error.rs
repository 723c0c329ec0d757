//! The one error of the core; its text is written for the person at the screen.

use std::path::PathBuf;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that can go wrong, sorted by what the person can do about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Something typed is not usable; `field` names the input it belongs to.
    #[error("{message}")]
    Invalid {
        field: &'static str,
        message: String,
    },

    #[error("{0}")]
    NotFound(String),

    /// Asked for an object of another workspace or client.
    #[error("{0}")]
    NotYours(String),

    /// What was asked contradicts the present state (already archived, already running …).
    #[error("{0}")]
    Conflict(String),

    #[error("Tell Portico who you are first, so that the journal can say who did this.")]
    StaffNeeded,

    #[error(
        "This workspace has no Stripe key. Add one in Settings; what was read before stays readable."
    )]
    KeyMissing,

    /// Stripe answered 401.
    #[error(
        "Stripe refused the key: {0} Replace the key in Settings; what was read before stays readable."
    )]
    KeyRefused(String),

    /// The secret store cannot answer now; the workspace's key state tells which screen to show.
    #[error("{0}")]
    SecretStore(String),

    #[error("The passphrase does not open the key file. Check it and try again.")]
    WrongPassphrase,

    /// Stripe answered 403; `slug` is the permission its sentence names.
    #[error(
        "The key may not do this: {message} Add the permission `{slug}` to the key in Stripe, then try again."
    )]
    PermissionMissing { slug: String, message: String },

    #[error("Stripe could not be reached: {0} Check the connection and try again.")]
    Offline(String),

    /// Stripe answered 429; `reason` is its word for which limit.
    #[error("Stripe asks to slow down: {} Wait a moment and try again.", limit_words(.reason))]
    RateLimited { reason: String },

    /// Any other error object of Stripe, in Stripe's own words.
    #[error("{}", stripe_words(*.status, .message, .request_id.as_deref()))]
    Stripe {
        status: u16,
        /// When the question was sent, unix milliseconds: as of then an object did not exist.
        asked_at: i64,
        code: Option<String>,
        param: Option<String>,
        message: String,
        request_id: Option<String>,
    },

    /// The answer was not what Stripe sends: cut off, HTML, or another shape.
    #[error(
        "The answer from Stripe could not be read ({0}). A proxy or a login page of the network may stand in between; try again."
    )]
    UnreadableAnswer(String),

    #[error("Clients of this workspace have no portal settings made by Portico yet.")]
    PortalConfigurationNeeded,

    /// A link cannot be made for this client; the text says why and what to do instead.
    #[error("{0}")]
    LinkNotPossible(String),

    #[error("Stopped as you asked.")]
    Cancelled,

    #[error("The file {} was written by a newer version of Portico. Update Portico to open it.", .0.display())]
    DatabaseNewer(PathBuf),

    #[error("The file {} is damaged ({}).", .path.display(), one_line(.detail))]
    DatabaseDamaged { path: PathBuf, detail: String },

    #[error("The disk is full. Free some space and try again; nothing was lost.")]
    DiskFull,

    #[error(
        "A file of the workspace could not be read or written ({0}). Check that its disk works and has space, then try again; what was saved before is kept."
    )]
    DiskFailed(#[source] sqlx::Error),

    #[error("The local database failed: {0}")]
    Database(#[source] sqlx::Error),

    #[error("{what}: {source}")]
    Io {
        what: String,
        #[source]
        source: std::io::Error,
    },

    /// A broken promise inside Portico itself.
    #[error("Portico made a mistake: {0}. Copy the diagnostics in Settings and report it.")]
    Internal(String),
}

impl Error {
    pub fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid {
            field,
            message: message.into(),
        }
    }

    /// Whether the same may well succeed later without anybody changing anything.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Offline(_)
            | Self::RateLimited { .. }
            | Self::UnreadableAnswer(_)
            | Self::Cancelled => true,
            Self::Stripe { status, .. } => *status >= 500,
            _ => false,
        }
    }

    /// Wraps an I/O error with what was being done, e.g. `"Could not write workspace.toml"`.
    pub fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        move |source| match source.kind() {
            std::io::ErrorKind::StorageFull => Self::DiskFull,
            _ => Self::Io {
                what: what.into(),
                source,
            },
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(|e| e.code());
        // SQLITE_FULL, and SQLITE_IOERR with its extended codes: https://sqlite.org/rescode.html
        match code.and_then(|code| code.parse::<u32>().ok()) {
            // The second is SQLITE_IOERR_SHMSIZE: opening makes the file that shares memory larger.
            Some(13 | 4874) => Self::DiskFull,
            Some(code) if code & 0xff == 10 => Self::DiskFailed(error),
            _ => Self::Database(error),
        }
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(format!(
            "stored JSON did not have the expected shape: {error}"
        ))
    }
}

/// Stripe's own words; where the mistake is Stripe's, with what to do about it.
fn stripe_words(status: u16, message: &str, request_id: Option<&str>) -> String {
    let request = request_id.map(|id| format!(" (request {id})"));
    let request = request.unwrap_or_default();
    if status < 500 {
        return format!("Stripe says: {message}{request}");
    }
    let message = message.trim_end_matches('.');
    format!(
        "Stripe has a problem of its own: {message}{request}. Nothing is lost; try again in a moment. If it goes on, status.stripe.com tells of outages."
    )
}

/// https://docs.stripe.com/rate-limits names the reasons.
fn limit_words(reason: &str) -> &'static str {
    match reason {
        "global-rate" => "the account sends too many requests a second.",
        "global-concurrency" => "too many requests of the account are under way at once.",
        "endpoint-rate" | "endpoint-concurrency" => "too many requests of this kind were sent.",
        "resource-specific" | "lock_timeout" => "something else is changing the same object.",
        _ => "too many requests were sent.",
    }
}

/// SQLite breaks its words into lines.
fn one_line(detail: &str) -> String {
    detail.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::Error;
    use sqlx::error::{DatabaseError, ErrorKind};

    /// What SQLite answers where a disk fails, which no test can make a disk do.
    #[derive(Debug)]
    struct Answer(&'static str);

    impl std::fmt::Display for Answer {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "(code: {}) disk I/O error", self.0)
        }
    }

    impl std::error::Error for Answer {}

    impl DatabaseError for Answer {
        fn message(&self) -> &str {
            "disk I/O error"
        }
        fn code(&self) -> Option<std::borrow::Cow<'_, str>> {
            Some(self.0.into())
        }
        fn as_error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
            self
        }
        fn as_error_mut(&mut self) -> &mut (dyn std::error::Error + Send + Sync + 'static) {
            self
        }
        fn into_error(self: Box<Self>) -> Box<dyn std::error::Error + Send + Sync + 'static> {
            self
        }
        fn kind(&self) -> ErrorKind {
            ErrorKind::Other
        }
    }

    #[test]
    fn a_full_disk_and_a_failing_one_are_told_apart() {
        let said = |code| Error::from(sqlx::Error::Database(Box::new(Answer(code)))).to_string();
        for full in ["13", "4874"] {
            assert!(said(full).starts_with("The disk is full"), "{full}");
        }
        for failing in ["10", "266", "778", "5386"] {
            let said = said(failing);
            assert!(said.contains("Check that its disk works"), "{said}");
        }
        assert!(said("1").starts_with("The local database failed"));
    }
}
