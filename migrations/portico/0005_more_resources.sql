-- More of Stripe's objects. As in 0001: no foreign keys, times in Stripe's seconds, asked_at in
-- milliseconds.

-- Which payment Stripe made for the invoice: charges name their payment, and no invoice.
ALTER TABLE invoices ADD COLUMN payment_intent TEXT;
CREATE INDEX invoices_payment_intent ON invoices (payment_intent) WHERE payment_intent IS NOT NULL;

CREATE TABLE coupons (
    id TEXT PRIMARY KEY,
    asked_at INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    hash BLOB,
    name TEXT,
    percent_off TEXT,
    amount_off INTEGER,
    currency TEXT,
    duration TEXT,
    duration_in_months INTEGER,
    valid INTEGER,
    created INTEGER,
    json BLOB
) STRICT;
CREATE INDEX coupons_deleted ON coupons (deleted) WHERE deleted = 1;

CREATE TABLE promotion_codes (
    id TEXT PRIMARY KEY,
    asked_at INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    hash BLOB,
    code TEXT,
    coupon TEXT,
    customer TEXT,
    active INTEGER,
    times_redeemed INTEGER,
    expires_at INTEGER,
    created INTEGER,
    json BLOB
) STRICT;
CREATE INDEX promotion_codes_coupon ON promotion_codes (coupon);
CREATE INDEX promotion_codes_deleted ON promotion_codes (deleted) WHERE deleted = 1;

-- Their own JSON stays inside their customer's.
CREATE TABLE tax_ids (
    id TEXT PRIMARY KEY,
    asked_at INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    hash BLOB,
    customer TEXT,
    type TEXT,
    value TEXT,
    country TEXT,
    verification TEXT,
    json BLOB
) STRICT;
CREATE INDEX tax_ids_customer ON tax_ids (customer);

CREATE TABLE subscription_schedules (
    id TEXT PRIMARY KEY,
    asked_at INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    hash BLOB,
    payer TEXT,
    subscription TEXT,
    status TEXT,
    end_behavior TEXT,
    phase_start INTEGER,
    phase_end INTEGER,
    created INTEGER,
    completed_at INTEGER,
    canceled_at INTEGER,
    released_at INTEGER,
    json BLOB
) STRICT;
CREATE INDEX subscription_schedules_payer ON subscription_schedules (payer);
CREATE INDEX subscription_schedules_subscription ON subscription_schedules (subscription);
CREATE INDEX subscription_schedules_deleted ON subscription_schedules (deleted) WHERE deleted = 1;

CREATE TABLE credit_notes (
    id TEXT PRIMARY KEY,
    asked_at INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    hash BLOB,
    payer TEXT,
    invoice TEXT,
    number TEXT,
    status TEXT,
    type TEXT,
    reason TEXT,
    currency TEXT,
    total INTEGER,
    created INTEGER,
    voided_at INTEGER,
    json BLOB
) STRICT;
CREATE INDEX credit_notes_payer ON credit_notes (payer);
CREATE INDEX credit_notes_invoice ON credit_notes (invoice);
CREATE INDEX credit_notes_deleted ON credit_notes (deleted) WHERE deleted = 1;

CREATE TABLE charges (
    id TEXT PRIMARY KEY,
    asked_at INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    hash BLOB,
    payer TEXT,
    payment_intent TEXT,
    status TEXT,
    currency TEXT,
    amount INTEGER,
    refunded INTEGER,
    disputed INTEGER,
    failure_code TEXT,
    failure_message TEXT,
    payment_method TEXT,
    balance_transaction TEXT,
    created INTEGER,
    json BLOB
) STRICT;
CREATE INDEX charges_payer ON charges (payer);
CREATE INDEX charges_payment_intent ON charges (payment_intent);
CREATE INDEX charges_deleted ON charges (deleted) WHERE deleted = 1;

CREATE TABLE refunds (
    id TEXT PRIMARY KEY,
    asked_at INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    hash BLOB,
    payer TEXT,
    charge TEXT,
    payment_intent TEXT,
    status TEXT,
    reason TEXT,
    currency TEXT,
    amount INTEGER,
    failure_reason TEXT,
    balance_transaction TEXT,
    created INTEGER,
    json BLOB
) STRICT;
CREATE INDEX refunds_payer ON refunds (payer);
CREATE INDEX refunds_charge ON refunds (charge);
CREATE INDEX refunds_deleted ON refunds (deleted) WHERE deleted = 1;

CREATE TABLE disputes (
    id TEXT PRIMARY KEY,
    asked_at INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    hash BLOB,
    charge TEXT,
    payment_intent TEXT,
    status TEXT,
    reason TEXT,
    currency TEXT,
    amount INTEGER,
    due_by INTEGER,
    created INTEGER,
    json BLOB
) STRICT;
CREATE INDEX disputes_charge ON disputes (charge);
CREATE INDEX disputes_deleted ON disputes (deleted) WHERE deleted = 1;

CREATE TABLE payouts (
    id TEXT PRIMARY KEY,
    asked_at INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    hash BLOB,
    status TEXT,
    currency TEXT,
    amount INTEGER,
    arrival_date INTEGER,
    automatic INTEGER,
    failure_code TEXT,
    failure_message TEXT,
    balance_transaction TEXT,
    created INTEGER,
    json BLOB
) STRICT;
CREATE INDEX payouts_deleted ON payouts (deleted) WHERE deleted = 1;

CREATE TABLE balance_transactions (
    id TEXT PRIMARY KEY,
    asked_at INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    hash BLOB,
    source TEXT,
    type TEXT,
    status TEXT,
    currency TEXT,
    amount INTEGER,
    fee INTEGER,
    net INTEGER,
    available_on INTEGER,
    created INTEGER,
    json BLOB
) STRICT;
CREATE INDEX balance_transactions_source ON balance_transactions (source);
CREATE INDEX balance_transactions_deleted ON balance_transactions (deleted) WHERE deleted = 1;

CREATE TABLE checkout_sessions (
    id TEXT PRIMARY KEY,
    asked_at INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    hash BLOB,
    payer TEXT,
    mode TEXT,
    status TEXT,
    payment_status TEXT,
    currency TEXT,
    total INTEGER,
    subscription TEXT,
    invoice TEXT,
    payment_link TEXT,
    payment_intent TEXT,
    created INTEGER,
    expires_at INTEGER,
    json BLOB
) STRICT;
CREATE INDEX checkout_sessions_payer ON checkout_sessions (payer);
CREATE INDEX checkout_sessions_deleted ON checkout_sessions (deleted) WHERE deleted = 1;

CREATE TABLE payment_links (
    id TEXT PRIMARY KEY,
    asked_at INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    hash BLOB,
    active INTEGER,
    url TEXT,
    currency TEXT,
    json BLOB
) STRICT;
CREATE INDEX payment_links_deleted ON payment_links (deleted) WHERE deleted = 1;
