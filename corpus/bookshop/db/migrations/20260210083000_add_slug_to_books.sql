ALTER TABLE books ADD COLUMN slug character varying;
UPDATE books SET slug = lower(replace(title, ' ', '-'));
ALTER TABLE books ALTER COLUMN slug SET NOT NULL;
CREATE UNIQUE INDEX index_books_on_slug ON books USING btree (slug);
