CREATE TABLE reviews (
    id bigserial PRIMARY KEY,
    book_id bigint NOT NULL,
    user_id bigint NOT NULL,
    stars smallint NOT NULL,
    body text,
    created_at timestamp(6) without time zone NOT NULL,
    updated_at timestamp(6) without time zone NOT NULL,
    CONSTRAINT stars_are_one_to_five CHECK (stars BETWEEN 1 AND 5)
);
CREATE UNIQUE INDEX index_reviews_on_book_id_and_user_id ON reviews USING btree (book_id, user_id);
CREATE INDEX index_reviews_on_user_id ON reviews USING btree (user_id);
ALTER TABLE ONLY reviews
    ADD CONSTRAINT fk_rails_924a0b30ca FOREIGN KEY (book_id) REFERENCES books(id),
    ADD CONSTRAINT fk_rails_74a66bd6c5 FOREIGN KEY (user_id) REFERENCES users(id);
