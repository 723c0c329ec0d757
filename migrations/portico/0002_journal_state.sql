-- How far the journal is applied to the tables built from it. The tables themselves are made by
-- a replay (core/src/journal/tables.sql), never by a migration.
CREATE TABLE journal_state (
    one                INTEGER PRIMARY KEY CHECK (one = 1),
    applied_seq        INTEGER NOT NULL,
    -- Of the entry at `applied_seq`: tells when the journal is another one (a restored backup).
    applied_hash       BLOB NOT NULL,
    projection_version INTEGER NOT NULL
) STRICT;

-- Entries of kinds that the build which applied them did not know.
CREATE TABLE journal_skipped (
    seq    INTEGER PRIMARY KEY,
    reason TEXT NOT NULL
) STRICT;
