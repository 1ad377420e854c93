CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE INDEX index_books_on_title ON books USING gin (title gin_trgm_ops);
