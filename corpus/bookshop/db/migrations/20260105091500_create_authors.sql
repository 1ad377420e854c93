CREATE TABLE authors (
    id bigserial PRIMARY KEY,
    name character varying NOT NULL,
    born_on date,
    created_at timestamp(6) without time zone NOT NULL,
    updated_at timestamp(6) without time zone NOT NULL
);
