ALTER TABLE books ADD COLUMN language character(2) DEFAULT 'en' NOT NULL;
