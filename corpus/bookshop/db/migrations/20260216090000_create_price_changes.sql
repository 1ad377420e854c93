CREATE TABLE price_changes (
    id bigserial PRIMARY KEY,
    book_id bigint NOT NULL,
    price numeric(10,2) NOT NULL,
    changed_at timestamp(6) without time zone NOT NULL
);
CREATE INDEX index_price_changes_on_book_id_and_changed_at ON price_changes USING btree (book_id, changed_at DESC);
ALTER TABLE ONLY price_changes
    ADD CONSTRAINT fk_rails_0d1e2f3a4b FOREIGN KEY (book_id) REFERENCES books(id) ON DELETE CASCADE;
