-- Whose product an item's price is, also of a price that no list brings. Filled as subscriptions are read again.
ALTER TABLE subscription_items ADD COLUMN product TEXT;
