//! Asking the process that runs the background to do something, from a process that does not.

use super::{SyncPhase, SyncStatus, state};
use crate::db::Store;
use crate::{Error, Result};
use std::{path::PathBuf, time::Duration};

/// How often the file is looked for, and the tables are.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// A holder that has not taken the request by then is not going to.
const TAKEN_WITHIN: Duration = Duration::from_secs(15);

/// A request that another process was asked to carry out.
#[derive(Debug)]
pub struct Asked {
    file: PathBuf,
    /// When the last filling had begun before this request.
    before: Option<i64>,
}

/// What can be asked of the holder of the background lock. A file each: none replaces another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request {
    /// List everything again.
    Fill,
    /// Ask for news now.
    Poll,
    /// List everything again after asking for news, so that what differs counts.
    Compare,
    /// Empty the mirror and fill it again.
    Rebuild,
}

impl Request {
    const ALL: [Request; 4] = [
        Request::Rebuild,
        Request::Compare,
        Request::Fill,
        Request::Poll,
    ];

    fn file(self, store: &Store) -> PathBuf {
        store.folder.join(match self {
            Request::Fill => "sync.request",
            Request::Poll => "poll.request",
            Request::Compare => "compare.request",
            Request::Rebuild => "rebuild.request",
        })
    }

    /// Leaves the request for the holder.
    pub async fn leave(self, store: &Store) -> Result<()> {
        tokio::fs::write(self.file(store), b"")
            .await
            .map_err(Error::io(
                "Could not ask the running Portico to read from Stripe",
            ))
    }
}

/// Asks the holder of the background lock to list everything again, by `request`; if it is reading
/// already, that reading is what is waited for.
pub async fn ask_holder(store: &Store, request: Request) -> Result<Asked> {
    let running = super::status(store).await?.phase == SyncPhase::RunningElsewhere;
    let before = match running {
        true => None,
        false => state::read(store).await?.started_at,
    };
    if !running {
        request.leave(store).await?;
    }
    Ok(Asked {
        file: request.file(store),
        before,
    })
}

impl Asked {
    /// Waits until the holder is through, giving each state on the way to `progress`.
    pub async fn ended(
        self,
        store: &Store,
        mut progress: impl FnMut(&SyncStatus),
    ) -> Result<SyncStatus> {
        let asked = std::time::Instant::now();
        loop {
            let state = state::read(store).await?;
            let begun = state.started_at.is_some() && state.started_at != self.before;
            let status = super::status(store).await?;
            progress(&status);
            if begun && status.phase != SyncPhase::RunningElsewhere {
                return Ok(status);
            }
            if !begun && asked.elapsed() > TAKEN_WITHIN {
                // Nobody is to find it later and read for a person who has gone.
                let _ = tokio::fs::remove_file(&self.file).await;
                return Err(Error::Conflict(
                    "Another Portico has this workspace open and did not begin to read from Stripe. Start the reading there, or close it and try again."
                        .to_owned(),
                ));
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

/// Waits until another process asks for something. For the holder of the background lock.
pub async fn next_request(store: &Store) -> Result<Request> {
    loop {
        for request in Request::ALL {
            let file = request.file(store);
            // Looked for here: hardly ever is there one, and another thread would wake for each.
            if !file.exists() {
                continue;
            }
            match tokio::fs::remove_file(file).await {
                Ok(()) => return Ok(request),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(Error::io("Could not read a request to sync")(error)),
            }
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
