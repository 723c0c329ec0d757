-- The chain: what was done, by whom, in which order. Nothing here ever changes.
CREATE TABLE entries (
    seq       INTEGER PRIMARY KEY,
    id        TEXT NOT NULL UNIQUE,
    at        INTEGER NOT NULL,
    actor     TEXT NOT NULL,
    device    TEXT NOT NULL,
    header    TEXT NOT NULL,
    prev_hash BLOB NOT NULL,
    body_hash BLOB NOT NULL,
    hash      BLOB NOT NULL UNIQUE
) STRICT;

-- The change itself. Alone in being deletable, so that a client can be erased: without the salt,
-- `body_hash` says nothing about what was there.
CREATE TABLE bodies (
    seq  INTEGER PRIMARY KEY,
    salt BLOB NOT NULL,
    body TEXT NOT NULL
) STRICT;

CREATE TRIGGER entries_stay_as_they_are BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'journal entries are never changed'); END;

CREATE TRIGGER entries_are_never_deleted BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'journal entries are never deleted'); END;

-- INSERT OR REPLACE deletes without firing delete triggers.
CREATE TRIGGER entries_are_never_replaced BEFORE INSERT ON entries
WHEN EXISTS (SELECT 1 FROM entries WHERE seq = NEW.seq OR id = NEW.id OR hash = NEW.hash)
BEGIN SELECT RAISE(ABORT, 'journal entries are never replaced'); END;

CREATE TRIGGER bodies_stay_as_they_are BEFORE UPDATE ON bodies
BEGIN SELECT RAISE(ABORT, 'journal bodies are never changed, only erased'); END;

CREATE TRIGGER bodies_are_never_replaced BEFORE INSERT ON bodies
WHEN EXISTS (SELECT 1 FROM bodies WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'journal bodies are never replaced'); END;
