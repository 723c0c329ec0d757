//! One write at a time to one object: Stripe locks an object while it changes, and refuses others.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};
use tokio::sync::OwnedMutexGuard;

type Turn = tokio::sync::Mutex<()>;

/// Who writes to which object now.
#[derive(Default)]
pub(in crate::stripe) struct Objects(Mutex<HashMap<String, Weak<Turn>>>);

impl Objects {
    /// Waits until nobody else writes to this object; nobody else will until this is dropped.
    pub async fn alone(&self, id: &str) -> OwnedMutexGuard<()> {
        self.turn(id).lock_owned().await
    }

    fn turn(&self, id: &str) -> Arc<Turn> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = turns.get(id).and_then(Weak::upgrade) {
            return turn;
        }
        turns.retain(|_, turn| turn.strong_count() > 0);
        let turn = Arc::new(Turn::default());
        turns.insert(id.to_owned(), Arc::downgrade(&turn));
        turn
    }
}
