CREATE TABLE books (
    id bigserial PRIMARY KEY,
    author_id bigint NOT NULL,
    title character varying NOT NULL,
    isbn character varying(13),
    pages integer,
    created_at timestamp(6) without time zone NOT NULL,
    updated_at timestamp(6) without time zone NOT NULL
);
CREATE INDEX index_books_on_author_id ON books USING btree (author_id);
ALTER TABLE ONLY books
    ADD CONSTRAINT fk_rails_53d51ce16a FOREIGN KEY (author_id) REFERENCES authors(id);
