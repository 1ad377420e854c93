CREATE TABLE order_lines (
    id bigserial PRIMARY KEY,
    order_id bigint NOT NULL,
    book_id bigint NOT NULL,
    quantity integer DEFAULT 1 NOT NULL,
    price numeric(10,2) NOT NULL,
    CONSTRAINT quantity_is_positive CHECK (quantity > 0)
);
CREATE INDEX index_order_lines_on_order_id ON order_lines USING btree (order_id);
CREATE UNIQUE INDEX index_order_lines_on_book_id_and_order_id ON order_lines USING btree (book_id, order_id);
ALTER TABLE ONLY order_lines
    ADD CONSTRAINT fk_rails_65fa1f0f7a FOREIGN KEY (order_id) REFERENCES orders(id) ON DELETE CASCADE,
    ADD CONSTRAINT fk_rails_1b2a3c4d5e FOREIGN KEY (book_id) REFERENCES books(id);
