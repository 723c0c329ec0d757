-- Stripe lists payment methods customer by customer alone: whose were listed, and when (unix milliseconds).
-- From then on events tell.
CREATE TABLE payment_method_listings (
    payer TEXT PRIMARY KEY,
    listed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What was attached in a gap, nothing told of.
CREATE TRIGGER payment_methods_missed_in_a_gap AFTER INSERT ON gaps
BEGIN DELETE FROM payment_method_listings; END;
