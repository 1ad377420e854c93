-- One of everything that PostgreSQL 15 has, for the dumps beside it. Roles are made by make-dumps.

CREATE EXTENSION pg_trgm WITH SCHEMA public;
CREATE EXTENSION citext WITH SCHEMA public;
CREATE SCHEMA app AUTHORIZATION ev_owner;
CREATE SCHEMA "Mixed Case";
COMMENT ON SCHEMA app IS 'the application''s';

-- Types
CREATE TYPE app.mood AS ENUM ('sad', 'ok', 'it''s "happy"');
CREATE TYPE app.pair AS (x integer, y text);
CREATE TYPE app.span AS RANGE (subtype = double precision);
CREATE DOMAIN app.percent AS integer DEFAULT 0 NOT NULL CONSTRAINT percent_range CHECK (VALUE >= 0 AND VALUE <= 100);
CREATE DOMAIN app.postcode AS text CHECK (VALUE ~ '^\d{5}$');
COMMENT ON TYPE app.mood IS 'of a person';
COMMENT ON DOMAIN app.percent IS 'of a hundred';
CREATE COLLATION app.german (provider = libc, locale = 'C');
CREATE TEXT SEARCH CONFIGURATION app.simple_english (COPY = pg_catalog.english);

-- Sequences
CREATE SEQUENCE app.tickets AS integer START WITH 100 INCREMENT BY 5 MINVALUE 10 MAXVALUE 9000 CACHE 10 CYCLE;
COMMENT ON SEQUENCE app.tickets IS 'of the counter';

-- Functions
CREATE FUNCTION app.twice(a integer) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 5 AS $$SELECT a * 2$$;
CREATE FUNCTION app.atomic(a integer DEFAULT 1) RETURNS integer LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN a > 1 THEN a END; END;
CREATE FUNCTION app.returns_one() RETURNS integer LANGUAGE sql RETURN 1;
CREATE FUNCTION app.rows_of(n integer) RETURNS SETOF integer LANGUAGE plpgsql ROWS 10 AS $$
BEGIN
  FOR i IN 1..n LOOP RETURN NEXT i; END LOOP;
END $$;
CREATE FUNCTION app.out_of(a integer, OUT b integer, OUT c text) LANGUAGE plpgsql AS $$ BEGIN b := a; c := a::text; END $$;
CREATE FUNCTION app.many(VARIADIC a integer[]) RETURNS bigint LANGUAGE sql AS 'SELECT sum(x) FROM unnest(a) AS u(x)';
CREATE FUNCTION app.who() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path TO 'app' AS 'SELECT current_user::text';
CREATE PROCEDURE app.tidy(INOUT n integer) LANGUAGE plpgsql AS $$ BEGIN n := n + 1; END $$;
CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.changed := now(); RETURN NEW; END $$;
CREATE FUNCTION app.look() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE FUNCTION app.on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN NULL; END $$;
CREATE AGGREGATE app.total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0');
CREATE FUNCTION app.add_twice(a integer, b integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT (a + b) * 2';
CREATE FUNCTION app.mood_number(m app.mood) RETURNS integer LANGUAGE sql IMMUTABLE AS $$SELECT CASE m WHEN 'sad' THEN 0 ELSE 1 END$$;
CREATE OPERATOR app.### (FUNCTION = app.add_twice, LEFTARG = integer, RIGHTARG = integer);
COMMENT ON FUNCTION app.twice(integer) IS 'two of it';

-- Tables
CREATE TABLE app.person (
    id bigint GENERATED ALWAYS AS IDENTITY (START WITH 10 INCREMENT BY 2),
    short_id smallserial,
    name character varying(80) NOT NULL,
    email public.citext UNIQUE,
    code character(3) DEFAULT 'abc',
    mood app.mood DEFAULT 'ok' NOT NULL,
    place app.pair,
    share app.percent,
    postcode app.postcode,
    born date,
    seen timestamp with time zone DEFAULT CURRENT_TIMESTAMP,
    local_time timestamp(3) without time zone,
    wakes time with time zone,
    lasts interval DAY TO SECOND(3),
    salary numeric(12,2) DEFAULT 0.00,
    worth money,
    ratio double precision,
    ok boolean DEFAULT true,
    bits bit(8),
    more_bits bit varying(16),
    picture bytea,
    address inet,
    net cidr,
    mac macaddr,
    settings jsonb DEFAULT '{}'::jsonb NOT NULL,
    raw json,
    document xml,
    tags text[] DEFAULT '{}'::text[],
    grid integer[][],
    words tsvector,
    point_at point,
    valid tstzrange,
    uid uuid DEFAULT gen_random_uuid(),
    title text COLLATE app.german,
    doubled integer GENERATED ALWAYS AS (app.twice(short_id::integer)) STORED,
    changed timestamp without time zone,
    PRIMARY KEY (id),
    CONSTRAINT person_name_given CHECK (length(name) > 0),
    CONSTRAINT person_no_clash EXCLUDE USING gist (valid WITH &&)
);
COMMENT ON TABLE app.person IS 'who';
COMMENT ON COLUMN app.person.name IS 'as on the "passport"; it''s';
COMMENT ON CONSTRAINT person_name_given ON app.person IS 'nobody is nameless';
COMMENT ON CONSTRAINT person_no_clash ON app.person IS 'no two at once';

CREATE TABLE app."Order" (
    "ID" integer PRIMARY KEY,
    person_id bigint REFERENCES app.person ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    ticket integer DEFAULT nextval('app.tickets') UNIQUE NULLS NOT DISTINCT,
    "select" text,
    UNIQUE (person_id, ticket) INCLUDE ("select")
) WITH (fillfactor = 70);
CREATE TABLE app.line (
    order_id integer NOT NULL,
    pos smallint NOT NULL,
    sku text,
    PRIMARY KEY (order_id, pos),
    CONSTRAINT line_order_fk FOREIGN KEY (order_id) REFERENCES app."Order" ("ID") MATCH FULL ON UPDATE CASCADE
);
ALTER TABLE app.line ADD CONSTRAINT line_pos_positive CHECK (pos > 0) NOT VALID;
CREATE UNLOGGED TABLE app.scratch (id serial PRIMARY KEY, note text COMPRESSION pglz);
ALTER TABLE app.scratch ALTER COLUMN note SET STORAGE EXTERNAL;
CREATE TABLE app.parent (id integer, label text NOT NULL);
CREATE TABLE app.child (extra text) INHERITS (app.parent);
CREATE TABLE app.measure (at date NOT NULL, city text NOT NULL, value real) PARTITION BY RANGE (at);
CREATE TABLE app.measure_2024 PARTITION OF app.measure FOR VALUES FROM ('2024-01-01') TO ('2025-01-01') PARTITION BY LIST (city);
CREATE TABLE app.measure_2024_bonn PARTITION OF app.measure_2024 FOR VALUES IN ('Bonn');
CREATE TABLE app.measure_rest PARTITION OF app.measure DEFAULT;
CREATE TABLE app.hashed (k integer PRIMARY KEY) PARTITION BY HASH (k);
CREATE TABLE app.hashed_0 PARTITION OF app.hashed FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE app.hashed_1 PARTITION OF app.hashed FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE TABLE app.of_type OF app.pair;
CREATE TABLE app.nothing ();
CREATE TABLE app.spans (a app.span);
CREATE TABLE "Mixed Case"."Odd ""Name""" ("a b" text);

-- Indexes
CREATE INDEX person_born ON app.person (born DESC NULLS LAST) WHERE ok;
CREATE INDEX person_lower ON app.person (lower(name::text) text_pattern_ops);
CREATE INDEX person_trgm ON app.person USING gin (name public.gin_trgm_ops);
CREATE INDEX person_settings ON app.person USING gin (settings jsonb_path_ops);
CREATE INDEX person_words ON app.person USING gin (words);
CREATE INDEX person_seen ON app.person USING brin (seen);
CREATE INDEX person_uid ON app.person USING hash (uid);
CREATE UNIQUE INDEX line_sku ON app.line (sku) NULLS NOT DISTINCT;
CREATE INDEX line_cover ON app.line (sku COLLATE "C") INCLUDE (pos);
COMMENT ON INDEX app.person_born IS 'by age';
ALTER TABLE app.person CLUSTER ON person_pkey;
ALTER TABLE app.person REPLICA IDENTITY FULL;
CREATE STATISTICS app.person_stats (ndistinct, dependencies) ON born, ok FROM app.person;
ALTER TABLE app.person ALTER COLUMN name SET STATISTICS 500;

-- Views
CREATE VIEW app.adults WITH (security_barrier = true) AS SELECT id, name FROM app.person WHERE born < '2000-01-01' WITH LOCAL CHECK OPTION;
CREATE VIEW app.tree AS WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 3) SELECT n FROM t;
CREATE MATERIALIZED VIEW app.moods AS SELECT mood, count(*) AS n FROM app.person GROUP BY mood;
CREATE UNIQUE INDEX moods_mood ON app.moods (mood);
COMMENT ON VIEW app.adults IS 'of age';

-- What reacts
CREATE TRIGGER person_touch BEFORE INSERT OR UPDATE OF name ON app.person FOR EACH ROW WHEN (NEW.ok) EXECUTE FUNCTION app.touch();
CREATE CONSTRAINT TRIGGER line_later AFTER INSERT ON app.line DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION app.look();
ALTER TABLE app.person DISABLE TRIGGER person_touch;
CREATE RULE no_delete AS ON DELETE TO app.of_type DO INSTEAD NOTHING;
CREATE EVENT TRIGGER ev_on_ddl ON ddl_command_end EXECUTE FUNCTION app.on_ddl();
ALTER TABLE app."Order" ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON app."Order" FOR SELECT TO ev_reader USING (person_id > 0);
CREATE PUBLICATION ev_pub FOR TABLE app.person;
CREATE FOREIGN DATA WRAPPER ev_wrapper;
CREATE SERVER ev_server FOREIGN DATA WRAPPER ev_wrapper;
CREATE FOREIGN TABLE app.far (a integer) SERVER ev_server;
CREATE CAST (app.mood AS integer) WITH FUNCTION app.mood_number(app.mood);

-- Who may
ALTER TABLE app.person OWNER TO ev_owner;
GRANT SELECT, INSERT, REFERENCES ON app.person TO ev_reader;
GRANT SELECT (sku) ON app.line TO ev_reader WITH GRANT OPTION;
GRANT USAGE ON SEQUENCE app.tickets TO ev_reader;
REVOKE EXECUTE ON FUNCTION app.who() FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE ev_owner IN SCHEMA app GRANT SELECT ON TABLES TO ev_reader;

-- Rows
INSERT INTO app.person (name, email, mood, place, share, postcode, born, seen, salary, worth, bits, picture, address, settings, raw, tags, grid, valid, uid)
  VALUES ('Ann', 'Ann@Example.org', 'it''s "happy"', '(1,"a,b")', 7, '53111', '1990-02-03', '2024-01-02 03:04:05+00', 12.50, '12.50', B'10101010',
          '\xdeadbeef', '10.0.0.1', '{"b": 1, "a": [1, 2]}', '{"b":  1}', '{a,"b c",NULL}', '{{1,2},{3,4}}', '[2024-01-01,2024-02-01)',
          '6f1d8f0e-0000-4000-8000-000000000001');
INSERT INTO app.person (name, valid) VALUES (E'tab\tnew\nline\\back', NULL);
INSERT INTO app."Order" VALUES (1, 10, DEFAULT, 'x');
INSERT INTO app.line VALUES (1, 1, 's-1'), (1, 2, NULL);
INSERT INTO app.parent VALUES (1, 'p');
INSERT INTO app.child VALUES (2, 'c', 'more');
INSERT INTO app.measure VALUES ('2024-05-05', 'Bonn', 1.5), ('2023-01-01', 'Ulm', 2.5);
INSERT INTO app.hashed SELECT generate_series(1, 5);
INSERT INTO app.of_type VALUES (1, 'one');
INSERT INTO "Mixed Case"."Odd ""Name""" VALUES ('v');
REFRESH MATERIALIZED VIEW app.moods;
SELECT lo_from_bytea(4711, '\x010203');
GRANT SELECT ON LARGE OBJECT 4711 TO ev_reader;
