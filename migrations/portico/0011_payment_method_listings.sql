-- Stripe lists payment methods customer by customer alone: whose were listed, and when (unix milliseconds).
-- From then on events tell.
CREATE TABLE payment_method_listings (
    payer TEXT PRIMARY KEY,
    listed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
