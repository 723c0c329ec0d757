-- GETs that this computer sent to Stripe, by UTC hour (unix seconds / 3600): what Stripe's read
-- allowance counts. They are the only rows here that neither Stripe nor the journal can tell again,
-- so they begin anew where this file does.
CREATE TABLE reads (
    hour INTEGER PRIMARY KEY,
    -- By listings of everything, which do not go on; a projection counts them once.
    filling INTEGER NOT NULL DEFAULT 0,
    other INTEGER NOT NULL DEFAULT 0
) STRICT;
