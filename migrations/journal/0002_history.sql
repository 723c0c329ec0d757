-- What Stripe's objects were, for good: Stripe itself forgets after 30 days. A row is written and
-- committed before the mirror is written over. The first row of an object holds what it was when it
-- first changed; each further one a difference, or the whole object from time to time.
CREATE TABLE object_changes (
    seq             INTEGER PRIMARY KEY,
    object          TEXT NOT NULL,
    resource        TEXT NOT NULL,
    -- Who pays for it (cus_… or acct_…), so that it can be erased with its client.
    payer           TEXT,
    -- When the answer that held it was asked for, and since when it was so as far as known: the
    -- time of Stripe's event, else of the question. Unix milliseconds.
    asked_at        INTEGER NOT NULL,
    at              INTEGER NOT NULL,
    event           TEXT,
    event_type      TEXT,
    request         TEXT,
    idempotency_key TEXT,
    -- Of the whole object as it was then; none where it was deleted.
    hash            BLOB,
    -- 'first', 'patch' (RFC 6902, against the row before), 'whole' or 'gone'
    form            TEXT NOT NULL,
    body            BLOB
) STRICT;
CREATE INDEX object_changes_by_object ON object_changes (object, seq);
CREATE INDEX object_changes_by_payer ON object_changes (payer, at);

-- Deleting is for erasing a client; everything else stays.
CREATE TRIGGER object_changes_stay_as_they_are BEFORE UPDATE ON object_changes
BEGIN SELECT RAISE(ABORT, 'history is never changed, only erased'); END;

CREATE TRIGGER object_changes_are_never_replaced BEFORE INSERT ON object_changes
WHEN EXISTS (SELECT 1 FROM object_changes WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'history is never replaced'); END;
