-- A schema with one of everything that pg_dump writes and CockroachDB can mostly take. pg_dump's output of it, under each of its
-- options, is what the test compiles. Roles app, reader and writer are there.

CREATE EXTENSION pg_trgm WITH SCHEMA public;
CREATE SCHEMA shop;
CREATE SCHEMA "Odd Name" AUTHORIZATION app;
COMMENT ON SCHEMA shop IS 'what is sold';

CREATE TYPE shop.state AS ENUM ('new', 'paid', 'sent');
ALTER TYPE shop.state ADD VALUE 'lost' AFTER 'sent';
CREATE TYPE shop.place AS (street text, number integer);
CREATE DOMAIN shop.percent AS integer DEFAULT 0 CONSTRAINT percent_range CHECK (VALUE BETWEEN 0 AND 100);
COMMENT ON TYPE shop.state IS 'of an order';

CREATE SEQUENCE shop.tickets AS integer START WITH 100 INCREMENT BY 5 MINVALUE 10 MAXVALUE 9000 CACHE 1;
CREATE SEQUENCE shop.unused;

CREATE FUNCTION shop.next_ticket() RETURNS integer LANGUAGE sql AS $$SELECT nextval('shop.tickets')::integer$$;
CREATE FUNCTION shop.is_clean(word text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$SELECT word = trim(word)$$;

CREATE TABLE public.users (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    email character varying(80) UNIQUE,
    born date,
    active boolean DEFAULT true NOT NULL,
    settings jsonb DEFAULT '{}'::jsonb,
    tags text[] DEFAULT '{}'::text[],
    picture bytea,
    CONSTRAINT users_name_clean CHECK (shop.is_clean(name))
);
COMMENT ON TABLE public.users IS 'who buys; it''s "them"';
COMMENT ON COLUMN public.users.email IS 'may be missing';

CREATE TABLE shop.users (
    id bigserial PRIMARY KEY,
    name character(10),
    seen timestamp with time zone,
    score double precision,
    CHECK (score >= 0)
);

CREATE TABLE shop.orders (
    id bigint NOT NULL,
    ticket integer DEFAULT shop.next_ticket() NOT NULL,
    user_id integer NOT NULL REFERENCES public.users (id) ON DELETE CASCADE,
    seller bigint REFERENCES shop.users,
    state shop.state DEFAULT 'new'::shop.state NOT NULL,
    off shop.percent,
    total numeric(12,2) NOT NULL,
    doubled numeric(12,2) GENERATED ALWAYS AS (total * 2) STORED,
    ordered timestamp(3) without time zone DEFAULT now(),
    waits interval,
    code uuid DEFAULT gen_random_uuid(),
    note text,
    CONSTRAINT orders_pkey PRIMARY KEY (id),
    CONSTRAINT orders_ticket_key UNIQUE (ticket),
    CONSTRAINT orders_total CHECK (total > 0 AND (note IS NULL OR length(note) < 200))
);
CREATE SEQUENCE shop.orders_id_seq OWNED BY shop.orders.id;
ALTER TABLE shop.orders ALTER COLUMN id SET DEFAULT nextval('shop.orders_id_seq');

CREATE TABLE "Odd Name"."Odd Table" (
    "Id" integer PRIMARY KEY,
    "order" text,
    "with ""quotes""" smallint DEFAULT 3
);
CREATE TABLE shop.empty (a integer);
CREATE TABLE shop.keyless (a integer, b text);
CREATE TABLE shop.log (at date NOT NULL, line text) PARTITION BY RANGE (at);
CREATE TABLE shop.log_2023 PARTITION OF shop.log FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE shop.log_2024 PARTITION OF shop.log FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');

CREATE INDEX orders_by_user ON shop.orders (user_id, ordered DESC);
CREATE UNIQUE INDEX orders_open ON shop.orders (user_id) WHERE state = 'new'::shop.state;
CREATE INDEX users_lower ON public.users (lower(email));
CREATE INDEX users_settings ON public.users USING gin (settings);
CREATE INDEX users_like ON public.users USING gin (name public.gin_trgm_ops);
CREATE INDEX orders_covering ON shop.orders (seller) INCLUDE (total);
CREATE INDEX ON shop.keyless (a);
COMMENT ON INDEX shop.orders_by_user IS 'for the list';

CREATE VIEW shop.open_orders AS SELECT o.id, o.total, u.name FROM shop.orders o JOIN public.users u ON u.id = o.user_id WHERE o.state = 'new';
CREATE VIEW shop.rich AS SELECT name, sum(total) AS spent FROM shop.open_orders GROUP BY name HAVING sum(total) > 10;
-- pg_dump writes this one in two steps, for its GROUP BY needs the primary key.
CREATE VIEW shop.per_user AS SELECT u.id, u.name, count(o.id) AS orders FROM public.users u LEFT JOIN shop.orders o ON o.user_id = u.id GROUP BY u.id;
CREATE MATERIALIZED VIEW shop.daily AS SELECT ordered::date AS day, count(*) AS n FROM shop.orders GROUP BY 1;
CREATE UNIQUE INDEX daily_day ON shop.daily (day);

CREATE FUNCTION shop.count_orders(who integer) RETURNS bigint LANGUAGE sql STABLE AS $$SELECT count(*) FROM shop.orders WHERE user_id = who$$;
CREATE FUNCTION shop.count_orders(who text) RETURNS bigint LANGUAGE sql STABLE AS $$SELECT count(*) FROM shop.open_orders WHERE name = who$$;
CREATE FUNCTION shop.touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RETURN NEW;
END;
$$;
CREATE PROCEDURE shop.forget(who integer) LANGUAGE sql AS $$DELETE FROM shop.orders WHERE user_id = who$$;
CREATE TRIGGER orders_touch BEFORE INSERT OR UPDATE ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.touch();

ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_orders ON shop.orders FOR SELECT TO reader USING (user_id > 0);
CREATE POLICY all_orders ON shop.orders TO writer USING (true) WITH CHECK (total < 100000);

INSERT INTO public.users (name, email, born, settings, tags, picture) VALUES
    ('Ann', 'ann@example.org', '1990-02-03', '{"theme": "dark"}', '{a,"b c"}', '\x00ff27'),
    ('Bob; DROP', NULL, NULL, '[1, null]', '{}', NULL),
    (E'Tab\there \\ and ''quotes''', 'x@example.org', '1970-01-01', 'null', NULL, '\x');
INSERT INTO shop.users (name, seen, score) VALUES ('sel', '2024-01-02 03:04:05.678+02', 1.5), (NULL, NULL, 'NaN');
INSERT INTO shop.orders (user_id, seller, state, off, total, ordered, waits, code, note) VALUES
    (1, 1, 'new', 10, 12.50, '2024-03-01 10:00:00.123', '1 day 02:03:04', '00000000-0000-4000-8000-000000000001', E'two\nlines'),
    (2, NULL, 'paid', NULL, 99.99, '2024-03-02 10:00', NULL, '00000000-0000-4000-8000-000000000002', ''),
    (3, 2, 'lost', 0, 0.01, '2024-03-02 11:00', '-3 hours', '00000000-0000-4000-8000-000000000003', NULL);
INSERT INTO "Odd Name"."Odd Table" VALUES (1, 'x', NULL), (2, '', 7);
INSERT INTO shop.keyless VALUES (1, 'twice'), (1, 'twice'), (NULL, '\N');
INSERT INTO shop.log VALUES ('2023-05-05', 'old'), ('2024-05-05', 'new');
REFRESH MATERIALIZED VIEW shop.daily;
SELECT setval('shop.unused', 42, false);

ALTER TABLE shop.orders OWNER TO app;
ALTER FUNCTION shop.touch() OWNER TO app;
ALTER VIEW shop.rich OWNER TO app;
GRANT USAGE ON SCHEMA shop TO reader, writer;
GRANT SELECT ON ALL TABLES IN SCHEMA shop TO reader;
GRANT INSERT, UPDATE, DELETE ON shop.orders TO writer WITH GRANT OPTION;
GRANT USAGE ON SEQUENCE shop.tickets TO writer;
GRANT EXECUTE ON FUNCTION shop.count_orders(integer) TO reader;
REVOKE EXECUTE ON FUNCTION shop.count_orders(integer) FROM PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA shop GRANT SELECT ON TABLES TO reader;
