-- Every table that the journal builds: dropped and made anew by each replay. A change here needs
-- a higher PROJECTION_VERSION.
DROP VIEW IF EXISTS client_aliases;
DROP TABLE IF EXISTS clients;
DROP TABLE IF EXISTS client_customers;
DROP TABLE IF EXISTS contacts;
DROP TABLE IF EXISTS notes;
DROP TABLE IF EXISTS staff;
DROP TABLE IF EXISTS links;
DROP TABLE IF EXISTS open_effects;
DROP TABLE IF EXISTS timeline;
DROP TABLE IF EXISTS segments;
DROP TABLE IF EXISTS portal_rules;
DROP TABLE IF EXISTS portal_policy;
DROP TABLE IF EXISTS duplicates_dismissed;

-- Only clients that somebody touched; all others are derived from their Stripe customer.
CREATE TABLE clients (
    id          TEXT PRIMARY KEY,
    name        TEXT,
    email       TEXT,
    phone       TEXT,
    company     TEXT,
    archived_at INTEGER,
    added_at    INTEGER NOT NULL,
    by_hand     INTEGER NOT NULL,
    segment     TEXT,
    -- Chosen by hand, ahead of the rules.
    portal_configuration TEXT,
    -- Which of several customers is the current one.
    preferred_customer TEXT
) STRICT;
CREATE INDEX clients_segment ON clients (segment) WHERE segment IS NOT NULL;
CREATE INDEX clients_portal ON clients (portal_configuration) WHERE portal_configuration IS NOT NULL;

-- Customers that belong to another client than the one derived from them, whose id is `alias`.
CREATE TABLE client_customers (
    customer TEXT PRIMARY KEY,
    client   TEXT NOT NULL,
    alias    TEXT NOT NULL UNIQUE
) STRICT;
CREATE INDEX client_customers_by_client ON client_customers (client);

-- Ids under which a client was known before its customer was linked elsewhere.
CREATE VIEW client_aliases AS SELECT alias, client FROM client_customers;

CREATE TABLE contacts (
    id       TEXT PRIMARY KEY,
    client   TEXT NOT NULL,
    name     TEXT NOT NULL,
    email    TEXT,
    phone    TEXT,
    role     TEXT,
    added_at INTEGER NOT NULL
) STRICT;
CREATE INDEX contacts_by_client ON contacts (client, added_at);

CREATE TABLE notes (
    id        TEXT PRIMARY KEY,
    client    TEXT NOT NULL,
    text      TEXT NOT NULL,
    at        INTEGER NOT NULL,
    author    TEXT NOT NULL,
    edited_at INTEGER
) STRICT;
CREATE INDEX notes_by_client ON notes (client, at);

CREATE TABLE staff (
    id    TEXT PRIMARY KEY,
    name  TEXT NOT NULL,
    email TEXT
) STRICT;

-- `result` is null while the attempt is under way.
CREATE TABLE links (
    id            TEXT PRIMARY KEY,
    at            INTEGER NOT NULL,
    actor         TEXT NOT NULL,
    device        TEXT NOT NULL,
    client        TEXT NOT NULL,
    customer      TEXT,
    kind          TEXT NOT NULL,
    configuration TEXT,
    invoice       TEXT,
    result        TEXT,
    message       TEXT,
    finished_at   INTEGER,
    delivery      TEXT,
    subscription  TEXT,
    coupon        TEXT,
    price         TEXT,
    quantity      INTEGER,
    recipient     TEXT,
    renews        TEXT,
    object        TEXT,
    lives_until   INTEGER
) STRICT;
CREATE INDEX links_by_client ON links (client, at);
CREATE INDEX links_by_time ON links (at);
CREATE INDEX links_by_object ON links (object) WHERE object IS NOT NULL;
CREATE INDEX links_by_renewal ON links (renews) WHERE renews IS NOT NULL;

-- Intention entries that have no outcome entry yet.
CREATE TABLE open_effects (
    effect TEXT PRIMARY KEY,
    seq    INTEGER NOT NULL,
    client TEXT
) STRICT;

CREATE TABLE timeline (
    seq    INTEGER PRIMARY KEY,
    id     TEXT NOT NULL,
    at     INTEGER NOT NULL,
    actor  TEXT NOT NULL,
    client TEXT,
    kind   TEXT NOT NULL,
    body   TEXT NOT NULL
) STRICT;
CREATE INDEX timeline_by_client ON timeline (client, seq);
CREATE INDEX timeline_by_kind ON timeline (kind, seq);

CREATE TABLE segments (
    id          TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    description TEXT
) STRICT;
-- Those that every workspace begins with; they may be renamed and removed as any other.
INSERT INTO segments (id, name, description) VALUES
    ('sg_b2b', 'B2B', 'Companies that buy for their business'),
    ('sg_b2c', 'B2C', 'People who buy for themselves'),
    ('sg_enterprise', 'Enterprise', 'Large clients with a contract of their own');

CREATE TABLE portal_rules (
    position INTEGER PRIMARY KEY,
    body     TEXT NOT NULL
) STRICT;

CREATE TABLE portal_policy (
    id           INTEGER PRIMARY KEY CHECK (id = 1),
    otherwise    TEXT,
    reviewed_at  INTEGER,
    reviewed_by  TEXT,
    next_in_days INTEGER
) STRICT;
INSERT INTO portal_policy (id) VALUES (1);

-- A JSON array of sorted customer ids.
CREATE TABLE duplicates_dismissed (
    customers TEXT PRIMARY KEY
) STRICT;
