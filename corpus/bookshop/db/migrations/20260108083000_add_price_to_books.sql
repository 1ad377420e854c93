ALTER TABLE books ADD COLUMN price numeric(10,2) DEFAULT 0 NOT NULL;
ALTER TABLE books ADD CONSTRAINT price_is_not_negative CHECK (price >= 0);
