//! The entries as stored: each hashed together with the one before it, so that a later edit shows.
//!
//! `hash = SHA-256(prev_hash ‖ header ‖ SHA-256(salt ‖ body))` over the bytes as stored. The body
//! lies in its own row with its salt and may be erased; its hash stays, and says nothing without
//! the salt.

use super::{Actor, Author, Change, Entry};
use crate::{
    Error, Result,
    ids::{DeviceId, EntryId},
};
use chrono::DateTime;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use specta::Type;
use sqlx::{FromRow, SqliteConnection};
use std::collections::BTreeSet;

type Hash = [u8; 32];

/// What the first entry follows.
const BEGINNING: Hash = [0; 32];
/// How many entries are held in memory while the chain is read.
const CHUNK: i64 = 500;

/// What of an entry survives the erasure of its body.
#[derive(Debug, Serialize, Deserialize)]
struct Header {
    seq: i64,
    id: EntryId,
    at: i64,
    actor: Actor,
    device: DeviceId,
}

/// An entry as read back, byte for byte: a file that was tampered with need not hold valid text.
#[derive(Debug, FromRow)]
pub(super) struct StoredEntry {
    pub seq: i64,
    id: Vec<u8>,
    at: i64,
    actor: Vec<u8>,
    device: Vec<u8>,
    header: Vec<u8>,
    prev_hash: Vec<u8>,
    body_hash: Vec<u8>,
    pub hash: Vec<u8>,
    salt: Option<Vec<u8>>,
    body: Option<Vec<u8>>,
}

/// What became of an entry's change.
#[derive(Debug)]
pub(super) enum Content {
    Known {
        entry: Box<Entry>,
        body: String,
    },
    Erased,
    /// Written by a build that knows more kinds of change.
    Unknown {
        reason: String,
    },
}

/// What checking the hash chain found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct Verification {
    pub entries: u32,
    /// Entries whose body was erased; they still verify.
    pub erased: u32,
    /// The first entry that does not verify, in words.
    pub problem: Option<String>,
}

/// Appends one entry. The caller holds a write transaction: reading the head outside of one
/// forks the chain.
pub(crate) async fn write(
    journal: &mut SqliteConnection,
    author: &Author,
    at: i64,
    change: Change,
) -> Result<Entry> {
    let head: Option<(i64, Vec<u8>)> =
        sqlx::query_as("SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1")
            .fetch_optional(&mut *journal)
            .await?;
    let (last, prev_hash) = head.unwrap_or((0, BEGINNING.to_vec()));
    let header = Header {
        seq: last + 1,
        id: EntryId::new(),
        at,
        actor: author.actor.clone(),
        device: author.device.clone(),
    };
    let header_text = serde_json::to_string(&header)?;
    let body = serde_json::to_string(&change)?;
    let salt: Hash = rand::random();
    let body_hash = hash_body(&salt, body.as_bytes());
    let hash = hash_entry(&prev_hash, header_text.as_bytes(), &body_hash);

    sqlx::query(
        "INSERT INTO entries (seq, id, at, actor, device, header, prev_hash, body_hash, hash)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(header.seq)
    .bind(header.id.as_str())
    .bind(header.at)
    .bind(header.actor.to_string())
    .bind(header.device.as_str())
    .bind(header_text)
    .bind(prev_hash)
    .bind(&body_hash[..])
    .bind(&hash[..])
    .execute(&mut *journal)
    .await?;
    sqlx::query("INSERT INTO bodies (seq, salt, body) VALUES (?, ?, ?)")
        .bind(header.seq)
        .bind(&salt[..])
        .bind(body)
        .execute(journal)
        .await?;
    header.with(change)
}

/// The next entries after `seq`, oldest first; empty at the end of the journal.
pub(super) async fn read_after(
    journal: &mut SqliteConnection,
    seq: i64,
) -> Result<Vec<StoredEntry>> {
    read(journal, seq, CHUNK).await
}

async fn read(journal: &mut SqliteConnection, after: i64, limit: i64) -> Result<Vec<StoredEntry>> {
    Ok(sqlx::query_as(
        "SELECT seq, CAST(id AS BLOB) AS id, at, CAST(actor AS BLOB) AS actor,
                CAST(device AS BLOB) AS device, CAST(header AS BLOB) AS header,
                prev_hash, body_hash, hash, salt, CAST(body AS BLOB) AS body
         FROM entries LEFT JOIN bodies USING (seq)
         WHERE seq > ? ORDER BY seq LIMIT ?",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(journal)
    .await?)
}

/// One entry by its place, unless its body was erased.
pub(super) async fn read_one(journal: &mut SqliteConnection, seq: i64) -> Result<Option<Entry>> {
    let stored = read(journal, seq - 1, 1).await?.pop();
    match stored {
        Some(stored) if stored.seq == seq => match stored.content()? {
            Content::Known { entry, .. } => Ok(Some(*entry)),
            Content::Erased | Content::Unknown { .. } => Ok(None),
        },
        _ => Ok(None),
    }
}

pub(super) async fn verify(journal: &mut SqliteConnection) -> Result<Verification> {
    let mut last = 0;
    let mut prev_hash = BEGINNING.to_vec();
    let mut missing = BTreeSet::new();
    let mut declared = BTreeSet::new();
    let mut bad = None;
    'chain: loop {
        let chunk = read_after(journal, last).await?;
        if chunk.is_empty() {
            break;
        }
        for stored in chunk {
            if let Err(reason) = stored.check(last + 1, &prev_hash) {
                bad = Some((stored.seq, reason));
                break 'chain;
            }
            match stored.content()? {
                Content::Erased => {
                    missing.insert(stored.seq);
                }
                Content::Known { entry, .. } => {
                    if let Change::ClientErased { entries, .. } = entry.change {
                        declared.extend(entries);
                    }
                }
                Content::Unknown { .. } => {}
            }
            last = stored.seq;
            prev_hash = stored.hash;
        }
    }
    if bad.is_none() {
        bad = match missing.difference(&declared).next() {
            Some(&seq) => Some((seq, "its content is missing although no erasure names it")),
            None => stray_body(journal).await?,
        };
    }
    Ok(Verification {
        entries: u32::try_from(last).unwrap_or(u32::MAX),
        erased: u32::try_from(missing.len()).unwrap_or(u32::MAX),
        problem: bad.map(|(seq, reason)| {
            format!("Entry {seq} is not as it was written: {reason}. Restore a backup.")
        }),
    })
}

async fn stray_body(journal: &mut SqliteConnection) -> Result<Option<(i64, &'static str)>> {
    let seq: Option<i64> = sqlx::query_scalar(
        "SELECT min(seq) FROM bodies WHERE seq NOT IN (SELECT seq FROM entries)",
    )
    .fetch_one(journal)
    .await?;
    Ok(seq.map(|seq| (seq, "its content has no entry")))
}

impl StoredEntry {
    fn check(&self, expected_seq: i64, prev_hash: &[u8]) -> Result<(), &'static str> {
        if self.seq != expected_seq {
            return Err("an entry before it is missing");
        }
        if self.prev_hash != prev_hash {
            return Err("it does not follow the entry before it");
        }
        if self.hash != hash_entry(prev_hash, &self.header, &self.body_hash) {
            return Err("its header or hash was changed");
        }
        if !self.header().is_ok_and(|header| self.repeats(&header)) {
            return Err("its columns differ from its header");
        }
        match (&self.salt, &self.body) {
            (Some(salt), Some(body)) if self.body_hash != hash_body(salt, body) => {
                Err("its content was changed")
            }
            _ => Ok(()),
        }
    }

    fn repeats(&self, header: &Header) -> bool {
        header.seq == self.seq
            && header.at == self.at
            && header.id.as_str().as_bytes() == self.id
            && header.device.as_str().as_bytes() == self.device
            && header.actor.to_string().as_bytes() == self.actor
    }

    fn header(&self) -> Result<Header> {
        Ok(serde_json::from_slice(&self.header)?)
    }

    pub(super) fn content(&self) -> Result<Content> {
        let Some(body) = &self.body else {
            return Ok(Content::Erased);
        };
        let body = String::from_utf8_lossy(body).into_owned();
        match serde_json::from_str(&body) {
            Ok(change) => Ok(Content::Known {
                entry: Box::new(self.header()?.with(change)?),
                body,
            }),
            Err(error) => Ok(Content::Unknown {
                reason: error.to_string(),
            }),
        }
    }
}

impl Header {
    fn with(self, change: Change) -> Result<Entry> {
        let at = DateTime::from_timestamp_millis(self.at)
            .ok_or_else(|| Error::Internal(format!("entry {} has no valid time", self.seq)))?;
        Ok(Entry {
            seq: self.seq,
            id: self.id,
            at,
            author: Author {
                actor: self.actor,
                device: self.device,
            },
            change,
        })
    }
}

fn hash_body(salt: &[u8], body: &[u8]) -> Hash {
    Sha256::new()
        .chain_update(salt)
        .chain_update(body)
        .finalize()
        .into()
}

fn hash_entry(prev_hash: &[u8], header: &[u8], body_hash: &[u8]) -> Hash {
    Sha256::new()
        .chain_update(prev_hash)
        .chain_update(header)
        .chain_update(body_hash)
        .finalize()
        .into()
}
