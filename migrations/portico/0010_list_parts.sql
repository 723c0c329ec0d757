-- Some lists come in parts: of itself Stripe's list of prices brings active ones alone.
ALTER TABLE fill_ranges ADD COLUMN part TEXT;

-- What was read so far is read to its end as it is, and the rest after it.
UPDATE fill_ranges SET part = 'true' WHERE resource = 'prices';
INSERT INTO fill_ranges (resource, part) SELECT DISTINCT 'prices', 'false' FROM fill_ranges WHERE resource = 'prices';
UPDATE sync_state SET finished = 0 WHERE EXISTS (SELECT 1 FROM fill_ranges WHERE resource = 'prices');
