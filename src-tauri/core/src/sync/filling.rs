//! One filling at work: started here, told to stop, waited for.

use super::{
    fill, record,
    state::{self, Meter},
};
use crate::db::{BackgroundLock, Store};
use crate::events::Topic;
use crate::stripe::Client;
use crate::{Error, Result};
use std::sync::Arc;
use tokio::sync::watch;

/// Where a filling begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Everything is listed again.
    Fresh,
    /// What an earlier filling left open, or lacked under another key; everything if there was none.
    Resume,
}

/// How a filling ended. The status says the same, also later and elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Complete,
    /// What keeps it from being whole; it can be resumed.
    Unfinished(String),
}

/// A filling of this process. It goes on when this is dropped.
#[derive(Debug)]
pub struct Filling {
    cancel: watch::Sender<bool>,
    outcome: watch::Receiver<Option<Outcome>>,
}

impl Filling {
    /// Stops it after what has arrived is stored.
    pub fn cancel(&self) {
        self.cancel.send_replace(true);
    }

    pub fn has_ended(&self) -> bool {
        self.outcome.borrow().is_some()
    }

    pub async fn ended(&self) -> Outcome {
        let mut outcome = self.outcome.clone();
        // An error would say that the task died without a word.
        let ended = outcome.wait_for(Option::is_some).await;
        ended
            .ok()
            .and_then(|outcome| outcome.clone())
            .unwrap_or_else(|| Outcome::Unfinished("Reading from Stripe broke off.".to_owned()))
    }
}

/// Starts filling the mirror in the background. `background` is held until it ends.
pub async fn start(
    store: &Store,
    client: &Client,
    mode: Mode,
    background: Arc<BackgroundLock>,
) -> Result<Filling> {
    state::claim(store).await?;
    let (cancel, cancelled) = watch::channel(false);
    let (tell, outcome) = watch::channel(None);
    let (store, client) = (store.clone(), client.filling());
    tokio::spawn(async move {
        announce(&store);
        let meter = Arc::new(Meter::of(&client));
        let filled = fill::fill(&store, &client, mode, &meter, cancelled).await;
        let stopped = matches!(filled, Err(Error::Cancelled));
        let problem = match filled {
            Ok(problem) => problem,
            Err(error) => {
                if !stopped {
                    tracing::warn!(%error, "reading from Stripe ended before its end");
                }
                Some(error.to_string())
            }
        };
        let stored = match meter.note(&store).await {
            Ok(()) => state::end(&store, problem.as_deref(), stopped).await,
            failed => failed,
        };
        let stored = match stored {
            Ok(()) => record::filling_ended(&store, problem.as_deref(), stopped).await,
            failed => failed,
        };
        if let Err(error) = stored {
            tracing::error!(%error, "the end of the filling could not be stored");
        }
        drop(background);
        // Told before it is announced: whoever wakes by the announcement must find it ended.
        tell.send_replace(Some(match problem {
            None => Outcome::Complete,
            Some(problem) => Outcome::Unfinished(problem),
        }));
        announce(&store);
    });
    Ok(Filling { cancel, outcome })
}

pub(super) fn announce(store: &Store) {
    store
        .announcer
        .announce(Some(&store.workspace), [Topic::Sync]);
}
