-- Mirror tables: copies of Stripe's objects. No foreign keys, because objects arrive in any order.
-- Times are unix seconds as Stripe sends them; asked_at is unix milliseconds.

CREATE TABLE customers (
    id TEXT PRIMARY KEY,
    asked_at INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    hash BLOB,
    account TEXT,
    name TEXT,
    email TEXT,
    email_key TEXT,
    phone TEXT,
    company TEXT,
    currency TEXT,
    balance INTEGER,
    created INTEGER,
    default_payment_method TEXT,
    json BLOB
) STRICT;
CREATE INDEX customers_email_key ON customers (email_key);
CREATE INDEX customers_account ON customers (account) WHERE account IS NOT NULL;

CREATE TABLE products (
    id TEXT PRIMARY KEY,
    asked_at INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    hash BLOB,
    name TEXT,
    active INTEGER,
    unit_label TEXT,
    json BLOB
) STRICT;

CREATE TABLE prices (
    id TEXT PRIMARY KEY,
    asked_at INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    hash BLOB,
    product TEXT,
    nickname TEXT,
    active INTEGER,
    currency TEXT,
    json BLOB
) STRICT;

CREATE TABLE subscriptions (
    id TEXT PRIMARY KEY,
    asked_at INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    hash BLOB,
    payer TEXT,
    status TEXT,
    currency TEXT,
    created INTEGER,
    start_date INTEGER,
    trial_end INTEGER,
    cancel_at INTEGER,
    cancel_at_period_end INTEGER,
    ended_at INTEGER,
    collection_paused INTEGER,
    discounts TEXT,
    default_payment_method TEXT,
    json BLOB
) STRICT;
CREATE INDEX subscriptions_payer ON subscriptions (payer);

-- The items' own JSON stays inside their subscription's.
CREATE TABLE subscription_items (
    id TEXT PRIMARY KEY,
    asked_at INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    hash BLOB,
    subscription TEXT,
    price TEXT,
    quantity INTEGER,
    period_end INTEGER,
    discounts TEXT,
    json BLOB
) STRICT;
CREATE INDEX subscription_items_subscription ON subscription_items (subscription);

CREATE TABLE invoices (
    id TEXT PRIMARY KEY,
    asked_at INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    hash BLOB,
    payer TEXT,
    number TEXT COLLATE NOCASE,
    status TEXT,
    currency TEXT,
    total INTEGER,
    remaining INTEGER,
    created INTEGER,
    due_date INTEGER,
    paid_at INTEGER,
    subscription TEXT,
    has_page INTEGER,
    customer_name TEXT,
    customer_email TEXT,
    json BLOB
) STRICT;
CREATE INDEX invoices_payer ON invoices (payer, created);
CREATE INDEX invoices_number ON invoices (number) WHERE number IS NOT NULL;

CREATE TABLE payment_methods (
    id TEXT PRIMARY KEY,
    asked_at INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    hash BLOB,
    payer TEXT,
    type TEXT,
    json BLOB
) STRICT;
CREATE INDEX payment_methods_payer ON payment_methods (payer);

CREATE TABLE portal_configurations (
    id TEXT PRIMARY KEY,
    asked_at INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    hash BLOB,
    active INTEGER,
    is_default INTEGER,
    portico TEXT,
    login_page TEXT,
    json BLOB
) STRICT;

-- Tombstones are few: counting them tells how many rows still stand.
CREATE INDEX customers_deleted ON customers (deleted) WHERE deleted = 1;
CREATE INDEX products_deleted ON products (deleted) WHERE deleted = 1;
CREATE INDEX prices_deleted ON prices (deleted) WHERE deleted = 1;
CREATE INDEX subscriptions_deleted ON subscriptions (deleted) WHERE deleted = 1;
CREATE INDEX invoices_deleted ON invoices (deleted) WHERE deleted = 1;
CREATE INDEX portal_configurations_deleted ON portal_configurations (deleted) WHERE deleted = 1;

-- Derived tables: pure functions of the mirror and the journal's tables, rebuildable whole.

-- Who pays (cus_… or acct_…) belongs to which client.
CREATE TABLE payers (
    payer TEXT PRIMARY KEY,
    client TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX payers_client ON payers (client);

CREATE TABLE client_row (
    id TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    -- Of everything the row is made of, so that an unchanged one is not written again.
    hash BLOB NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    emails TEXT NOT NULL,
    search TEXT NOT NULL,
    plan TEXT NOT NULL,
    metered INTEGER NOT NULL,
    state INTEGER NOT NULL,
    overdue_from INTEGER,
    last_activity INTEGER,
    added_at INTEGER,
    archived INTEGER NOT NULL,
    customers TEXT NOT NULL
) STRICT;
CREATE INDEX client_row_name ON client_row (archived, name_key, id);
CREATE INDEX client_row_revision ON client_row (revision);

CREATE TABLE client_amounts (
    client TEXT NOT NULL,
    currency TEXT NOT NULL,
    monthly INTEGER NOT NULL,
    open_balance INTEGER NOT NULL,
    credit INTEGER NOT NULL,
    PRIMARY KEY (client, currency)
) STRICT, WITHOUT ROWID;

-- One row: raised with every refresh, so that a reader in any process sees what is new.
CREATE TABLE derived_state (
    revision INTEGER NOT NULL,
    -- Raised when rows disappeared, so that what was loaded before must be loaded whole.
    epoch INTEGER NOT NULL
) STRICT;
INSERT INTO derived_state VALUES (0, 0);
