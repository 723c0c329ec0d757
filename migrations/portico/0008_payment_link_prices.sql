-- What a payment link sells, where that is one price: the link to send to whoever should buy it.
ALTER TABLE payment_links ADD COLUMN price TEXT;
