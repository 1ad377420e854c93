CREATE TABLE stocks (
    warehouse_id uuid NOT NULL,
    book_id bigint NOT NULL,
    count integer DEFAULT 0 NOT NULL,
    PRIMARY KEY (warehouse_id, book_id)
);
CREATE INDEX index_stocks_on_book_id ON stocks USING btree (book_id);
ALTER TABLE ONLY stocks
    ADD CONSTRAINT fk_rails_a98dbd1dd1 FOREIGN KEY (warehouse_id) REFERENCES warehouses(id),
    ADD CONSTRAINT fk_rails_c3b4d5e6f7 FOREIGN KEY (book_id) REFERENCES books(id);
