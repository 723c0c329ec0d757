-- How the event stream is followed, and what came of it. Times ending in _at are unix milliseconds of
-- this computer's clock; those compared with Stripe's `created` or `Date` are unix seconds.

CREATE TABLE tail_state (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    -- The newest event by the list's order that is stored, and Stripe's time of it.
    cursor TEXT,
    cursor_created INTEGER,
    -- By Stripe's clock: everything that it told until then is stored. NULL until the tail begins.
    tailed_to INTEGER,
    -- When that was last brought up to date.
    polled_at INTEGER,
    -- How old the newest event was when it was stored, seconds.
    lag INTEGER,
    -- What keeps Stripe from being asked now.
    problem TEXT,
    -- How often Stripe is asked by whoever runs the background, as others show it.
    every_seconds INTEGER,
    why TEXT,
    next_at INTEGER,
    -- When what the key may not read was last asked for again, and by which key.
    lacking_tried_at INTEGER,
    lacking_tried_key TEXT
) STRICT;
INSERT INTO tail_state (one) VALUES (1);

-- The window that is read anew with each poll brings the same events; each counts once.
CREATE TABLE seen_events (
    id TEXT PRIMARY KEY,
    created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX seen_events_created ON seen_events (created);

-- Objects that an event told of and that could not be fetched.
CREATE TABLE parked (
    object TEXT PRIMARY KEY,
    resource TEXT NOT NULL,
    event TEXT NOT NULL,
    event_type TEXT NOT NULL,
    event_created INTEGER NOT NULL,
    request TEXT,
    idempotency_key TEXT,
    error TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    since INTEGER NOT NULL,
    next_try_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE unknown_events (
    type TEXT PRIMARY KEY,
    count INTEGER NOT NULL,
    -- Stripe's time of the newest, seconds.
    last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- That a portal session began, by whomever; its address is not kept.
CREATE TABLE portal_sessions_seen (
    id TEXT PRIMARY KEY,
    created INTEGER NOT NULL,
    payer TEXT,
    configuration TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX portal_sessions_seen_payer ON portal_sessions_seen (payer, created);

CREATE TABLE gaps (
    id INTEGER PRIMARY KEY,
    -- By Stripe's clock.
    begins INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    words TEXT NOT NULL,
    closed_at INTEGER
) STRICT;

CREATE TABLE comparisons (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    requests INTEGER NOT NULL DEFAULT 0,
    added INTEGER NOT NULL DEFAULT 0,
    changed INTEGER NOT NULL DEFAULT 0,
    gone INTEGER NOT NULL DEFAULT 0,
    -- Why it did not come to its end.
    problem TEXT
) STRICT;

CREATE TABLE sync_problems (
    -- The words without the request's id.
    same TEXT PRIMARY KEY,
    words TEXT NOT NULL,
    at INTEGER NOT NULL,
    times INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- When something of a resource last changed here, and when it was last listed whole.
CREATE TABLE resource_changes (
    name TEXT PRIMARY KEY,
    changed_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE resource_listings (
    name TEXT PRIMARY KEY,
    listed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
