//! The staff door: what people do, appended to a chained journal and then applied to tables.

mod apply;
mod chain;
mod change;
mod effects;
mod entry;
mod erase;
mod projection;
mod validate;

pub use chain::Verification;
pub(crate) use chain::write as write_entry;
pub use change::{
    BillingInterval, Change, ClientDetails, ContactDetails, Delivery, LinkDetails, LinkKind,
    LinkResult, LiveWireKind, PortalRule, PortalRuleConditions, SecretStoreKind,
};
pub use effects::{Pending, pending};
pub use entry::{Actor, Author, Entry};
pub use erase::erase_client;
pub(crate) use erase::{Erasure, erase_again, erasures};
pub use projection::{catch_up, rebuild};

use crate::{
    Result,
    db::{self, Store},
    events::Topic,
};
use futures_util::{FutureExt, future::BoxFuture};
use sqlx::{Connection, SqliteConnection};
use std::{collections::BTreeSet, path::Path};

/// Journals what somebody did and applies it.
pub async fn append(store: &Store, author: &Author, change: Change) -> Result<Entry> {
    append_checked(store, author, change, |_| async { Ok(()) }.boxed()).await
}

/// As [`append`], if `check` agrees; it reads `portico.db` as it stands after every earlier entry,
/// and nobody can append in between.
pub async fn append_checked<C>(
    store: &Store,
    author: &Author,
    change: Change,
    check: C,
) -> Result<Entry>
where
    C: for<'t> FnOnce(&'t mut SqliteConnection) -> BoxFuture<'t, Result<()>> + Send,
{
    let mut connection = store.journal.acquire().await?;
    let mut journal = connection.begin_with("BEGIN IMMEDIATE").await?;
    let mut topics = projection::advance(&mut journal, store).await?;
    {
        let mut tables = store.reader.acquire().await?;
        validate::change(&mut tables, &change).await?;
        check(&mut tables).await?;
    }
    let entry = chain::write(&mut journal, author, store.clock.millis(), change).await?;
    journal.commit().await?;
    topics.extend(apply_committed(&mut connection, store).await);
    store.announcer.announce(Some(&store.workspace), topics);
    Ok(entry)
}

/// Applies what was just committed. The act is done even where this fails (a full disk, say): an
/// error would ask the person to repeat it, while the next append fails first until it is applied.
async fn apply_committed(journal: &mut SqliteConnection, store: &Store) -> BTreeSet<Topic> {
    projection::advance(journal, store)
        .await
        .unwrap_or_else(|error| {
            tracing::error!(%error, "a journal entry waits to be applied");
            BTreeSet::new()
        })
}

/// Reads the whole chain and says where it first does not hold.
pub async fn verify(store: &Store) -> Result<Verification> {
    verify_file(&store.journal_path()).await
}

/// As [`verify`], for a journal that is not open, such as a backup.
pub async fn verify_file(path: &Path) -> Result<Verification> {
    let mut journal = db::open_read_only(path).await?;
    let verification = chain::verify(&mut journal).await?;
    journal.close().await?;
    Ok(verification)
}
