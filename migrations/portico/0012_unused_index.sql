-- Nothing asks which balance transaction came from an object, and every filling paid for it.
DROP INDEX balance_transactions_source;
