-- Who is billed is asked for with every poll, which otherwise reads all subscriptions and invoices.
CREATE INDEX subscriptions_billed ON subscriptions (payer)
    WHERE deleted = 0 AND status NOT IN ('canceled', 'incomplete_expired');
CREATE INDEX invoices_billed ON invoices (payer) WHERE deleted = 0 AND status = 'open';
