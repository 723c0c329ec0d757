-- How far the mirror is filled. Times ending in _at are unix milliseconds of this computer's clock,
-- like asked_at; those compared with Stripe's `created` are unix seconds.

CREATE TABLE sync_state (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    -- Set while a filling runs; a crash leaves it, and the next holder of the lock clears it.
    running INTEGER NOT NULL DEFAULT 0,
    process INTEGER,
    -- Kind and last four of the key that read.
    key TEXT,
    started_at INTEGER,
    finished INTEGER NOT NULL DEFAULT 0,
    -- Of the last filling that read everything.
    completed_at INTEGER,
    -- The newest event before the first list: where a tail has to begin.
    newest_event TEXT,
    newest_event_time INTEGER,
    requests INTEGER NOT NULL DEFAULT 0,
    problem TEXT
) STRICT;
INSERT INTO sync_state (one) VALUES (1);

-- What a filling found out about a resource besides its rows.
CREATE TABLE sync_resources (
    name TEXT PRIMARY KEY,
    -- 'limited' (something may not come along), 'not_permitted' or 'failed'
    state TEXT NOT NULL,
    message TEXT NOT NULL
) STRICT;

-- Parts of lists by `created`, so that they can be read side by side and continued after a kill.
CREATE TABLE fill_ranges (
    id INTEGER PRIMARY KEY,
    resource TEXT NOT NULL,
    -- The first second that belongs to it, and the first after it; open where NULL.
    created_from INTEGER,
    created_before INTEGER,
    starting_after TEXT,
    oldest_created INTEGER,
    rows INTEGER NOT NULL DEFAULT 0,
    done INTEGER NOT NULL DEFAULT 0
) STRICT;
