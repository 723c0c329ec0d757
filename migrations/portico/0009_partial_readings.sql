-- When the reading of a part began that was read again by itself; NULL where with the filling.
ALTER TABLE fill_ranges ADD COLUMN began_at INTEGER;
-- A person stopped the comparison that would have made up for it.
ALTER TABLE gaps ADD COLUMN stopped INTEGER NOT NULL DEFAULT 0;
-- When a person stopped the filling, until one is whole or begins anew.
ALTER TABLE sync_state ADD COLUMN stopped_at INTEGER;
-- When it was noticed, by this computer's clock.
ALTER TABLE gaps ADD COLUMN noticed_at INTEGER;
