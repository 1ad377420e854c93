CREATE TYPE order_state AS ENUM ('cart', 'placed', 'paid', 'shipped');
CREATE TABLE orders (
    id bigserial PRIMARY KEY,
    user_id bigint NOT NULL,
    state order_state DEFAULT 'cart' NOT NULL,
    placed_at timestamp(6) without time zone,
    created_at timestamp(6) without time zone NOT NULL,
    updated_at timestamp(6) without time zone NOT NULL
);
CREATE INDEX index_orders_on_user_id ON orders USING btree (user_id);
ALTER TABLE ONLY orders
    ADD CONSTRAINT fk_rails_f868b47f6a FOREIGN KEY (user_id) REFERENCES users(id);
