//! Search over all clients as one types: their folded texts, held in memory in the order of names.
//!
//! A hundred thousand clients are some ten megabytes, which one pass searches in a few
//! milliseconds, exactly and with every substring; an index on disk would cost every write and
//! still leave terms under three letters to be found another way.

use super::fold;
use crate::Result;
use memchr::memmem;
use sqlx::{Row, SqlitePool};
use std::collections::HashSet;
use std::sync::Arc;
use tokio::sync::{Mutex, RwLock};

/// The texts of one workspace's clients; reads what is new before it answers.
#[derive(Debug, Default)]
pub struct Index {
    loaded: RwLock<Arc<Loaded>>,
    loading: Mutex<()>,
}

/// Clients that match, best first.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub total: usize,
    /// The wanted window of them.
    pub ids: Vec<String>,
}

/// Which clients count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Archived {
    Hide,
    Only,
    Show,
}

#[derive(Debug, Default)]
struct Loaded {
    revision: i64,
    epoch: i64,
    /// All texts in the order of `entries`, and all ids.
    text: String,
    ids: String,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    id_end: u32,
    id_len: u32,
    start: u32,
    end: u32,
    /// The folded name follows the text's first space.
    name_len: u32,
    archived: bool,
}

/// One client as it is searched.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Client<'a> {
    name: &'a str,
    id: &'a str,
    text: &'a str,
    archived: bool,
}

impl Index {
    /// Clients whose text holds every word of `query`: names that begin with it first, then names
    /// with words that begin so, then the rest, each by name.
    pub async fn find(
        &self,
        reader: &SqlitePool,
        query: &str,
        archived: Archived,
        window: std::ops::Range<usize>,
    ) -> Result<Found> {
        let loaded = self.current(reader).await?;
        Ok(loaded.find(query, archived, window))
    }

    async fn current(&self, reader: &SqlitePool) -> Result<Arc<Loaded>> {
        let (revision, epoch) = state(reader).await?;
        let fresh = |loaded: &Loaded| loaded.revision == revision && loaded.epoch == epoch;
        {
            let loaded = self.loaded.read().await;
            if fresh(&loaded) {
                return Ok(Arc::clone(&loaded));
            }
        }
        let _alone = self.loading.lock().await;
        let before = Arc::clone(&*self.loaded.read().await);
        if fresh(&before) {
            return Ok(before);
        }
        let now = Arc::new(load(reader, &before).await?);
        *self.loaded.write().await = Arc::clone(&now);
        Ok(now)
    }
}

async fn state(reader: &SqlitePool) -> Result<(i64, i64)> {
    Ok(sqlx::query_as("SELECT revision, epoch FROM derived_state")
        .fetch_one(reader)
        .await?)
}

/// What was loaded before plus every row written since.
async fn load(reader: &SqlitePool, before: &Loaded) -> Result<Loaded> {
    let mut snapshot = reader.begin().await?;
    let (revision, epoch): (i64, i64) = sqlx::query_as("SELECT revision, epoch FROM derived_state")
        .fetch_one(&mut *snapshot)
        .await?;
    let nothing = Loaded::default();
    let before = if before.epoch == epoch {
        before
    } else {
        &nothing
    };
    let rows = sqlx::query(
        "SELECT id, search, length(name_key), archived FROM client_row WHERE revision > ?",
    )
    .bind(before.revision)
    .fetch_all(&mut *snapshot)
    .await?;
    let mut fresh: Vec<Client<'_>> = Vec::with_capacity(rows.len());
    for row in &rows {
        let text: &str = row.try_get(1)?;
        fresh.push(Client {
            id: row.try_get(0)?,
            name: name(text, row.try_get(2)?),
            text,
            archived: row.try_get(3)?,
        });
    }
    fresh.sort_unstable();
    let renewed: HashSet<&str> = fresh.iter().map(|client| client.id).collect();
    let kept = before.clients().filter(|known| !renewed.contains(known.id));
    let mut loaded = Loaded {
        revision,
        epoch,
        text: String::with_capacity(before.text.len()),
        ids: String::with_capacity(before.ids.len()),
        entries: Vec::with_capacity(before.entries.len() + rows.len()),
    };
    // Most of it is in order already: sorting it again with every change would be felt by who types.
    let mut fresh = fresh.into_iter().peekable();
    for known in kept {
        while let Some(first) = fresh.next_if(|first| *first < known) {
            loaded.push(&first);
        }
        loaded.push(&known);
    }
    fresh.for_each(|client| loaded.push(&client));
    Ok(loaded)
}

fn name(text: &str, name_len: u32) -> &str {
    text.get(1..1 + name_len as usize).unwrap_or_default()
}

impl Loaded {
    fn text_of(&self, entry: &Entry) -> &str {
        &self.text[entry.start as usize..entry.end as usize]
    }

    fn id_of(&self, entry: &Entry) -> &str {
        &self.ids[(entry.id_end - entry.id_len) as usize..entry.id_end as usize]
    }

    fn clients(&self) -> impl Iterator<Item = Client<'_>> {
        self.entries.iter().map(|entry| {
            let text = self.text_of(entry);
            Client {
                id: self.id_of(entry),
                name: name(text, entry.name_len),
                text,
                archived: entry.archived,
            }
        })
    }

    fn push(&mut self, client: &Client<'_>) {
        let start = self.text.len() as u32;
        self.text.push_str(client.text);
        self.ids.push_str(client.id);
        self.entries.push(Entry {
            id_end: self.ids.len() as u32,
            id_len: client.id.len() as u32,
            start,
            end: self.text.len() as u32,
            name_len: client.name.len() as u32,
            archived: client.archived,
        });
    }

    fn find(&self, query: &str, archived: Archived, window: std::ops::Range<usize>) -> Found {
        let query = Query::new(query);
        let mut tiers: [Vec<u32>; 3] = Default::default();
        for hit in self.hits(&query) {
            let entry = &self.entries[hit as usize];
            let wanted = match archived {
                Archived::Hide => !entry.archived,
                Archived::Only => entry.archived,
                Archived::Show => true,
            };
            let text = self.text_of(entry);
            if wanted
                && query
                    .rest
                    .iter()
                    .all(|term| term.find(text.as_bytes()).is_some())
            {
                tiers[query.tier(text, name(text, entry.name_len))].push(hit);
            }
        }
        let total = tiers.iter().map(Vec::len).sum();
        let ids = tiers
            .iter()
            .flatten()
            .skip(window.start)
            .take(window.len())
            .map(|hit| self.id_of(&self.entries[*hit as usize]).to_owned())
            .collect();
        Found { total, ids }
    }

    /// Entries that hold the query's longest term, each once, in order.
    fn hits(&self, query: &Query) -> Vec<u32> {
        let Some(first) = &query.first else {
            return (0..self.entries.len() as u32).collect();
        };
        let mut hits = Vec::new();
        let mut at = 0;
        while let Some(found) = first.find(&self.text.as_bytes()[at..]) {
            let position = (at + found) as u32;
            let from = hits.last().map_or(0, |last: &u32| *last as usize + 1);
            let index = from + self.entries[from..].partition_point(|entry| entry.end <= position);
            hits.push(index as u32);
            at = self.entries[index].end as usize;
        }
        hits
    }
}

/// What was typed, folded and taken apart.
struct Query {
    /// The longest term: the fewest clients hold it.
    first: Option<memmem::Finder<'static>>,
    rest: Vec<memmem::Finder<'static>>,
    whole: String,
    /// Every term with a space in front: the beginning of a word.
    word_starts: Vec<String>,
}

impl Query {
    fn new(typed: &str) -> Self {
        let mut terms = terms(typed);
        let whole = terms.join(" ");
        let word_starts: Vec<String> = terms.iter().map(|term| format!(" {term}")).collect();
        terms.sort_by_key(|term| std::cmp::Reverse(term.len()));
        // One or two letters are in almost every text: they mean the beginning of a word.
        let finder = |term: String| {
            let needle = if term.len() < 3 {
                format!(" {term}")
            } else {
                term
            };
            memmem::Finder::new(needle.as_bytes()).into_owned()
        };
        let mut finders = terms.into_iter().map(finder);
        Self {
            first: finders.next(),
            rest: finders.collect(),
            whole,
            word_starts,
        }
    }

    fn tier(&self, text: &str, name: &str) -> usize {
        if name.starts_with(&self.whole) {
            return 0;
        }
        // With the space that precedes the name.
        let name = &text[..name.len() + 1];
        if self.word_starts.iter().all(|start| name.contains(start)) {
            1
        } else {
            2
        }
    }
}

/// The words of what was typed; a telephone number, however it is grouped, is one word.
fn terms(typed: &str) -> Vec<String> {
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    if digits.len() >= 3
        && typed
            .chars()
            .all(|c| c.is_ascii_digit() || " +-()./".contains(c))
    {
        return vec![digits];
    }
    fold(typed)
        .split(' ')
        .filter(|term| !term.is_empty())
        .map(str::to_owned)
        .collect()
}
