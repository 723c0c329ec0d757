-- Whose client rows a filling has still to compose: most payers have several invoices, which come
-- on different pages, so their rows are composed once at its end instead of with every page.
CREATE TABLE stale_payers (
    payer TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
