--
-- PostgreSQL database dump
--

\restrict everything

-- Dumped from database version 17.12 (Debian 17.12-0+deb13u1)
-- Dumped by pg_dump version 17.12 (Debian 17.12-0+deb13u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: Mixed Case; Type: SCHEMA; Schema: -; Owner: postgres
--

CREATE SCHEMA "Mixed Case";


ALTER SCHEMA "Mixed Case" OWNER TO postgres;

--
-- Name: app; Type: SCHEMA; Schema: -; Owner: ev_owner
--

CREATE SCHEMA app;


ALTER SCHEMA app OWNER TO ev_owner;

--
-- Name: SCHEMA app; Type: COMMENT; Schema: -; Owner: ev_owner
--

COMMENT ON SCHEMA app IS 'the application''s';


--
-- Name: german; Type: COLLATION; Schema: app; Owner: postgres
--

CREATE COLLATION app.german (provider = libc, locale = 'C');


ALTER COLLATION app.german OWNER TO postgres;

--
-- Name: citext; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA public;


--
-- Name: EXTENSION citext; Type: COMMENT; Schema: -; Owner: 
--

COMMENT ON EXTENSION citext IS 'data type for case-insensitive character strings';


--
-- Name: pg_trgm; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;


--
-- Name: EXTENSION pg_trgm; Type: COMMENT; Schema: -; Owner: 
--

COMMENT ON EXTENSION pg_trgm IS 'text similarity measurement and index searching based on trigrams';


--
-- Name: mood; Type: TYPE; Schema: app; Owner: postgres
--

CREATE TYPE app.mood AS ENUM (
    'sad',
    'ok',
    'it''s "happy"'
);


ALTER TYPE app.mood OWNER TO postgres;

--
-- Name: TYPE mood; Type: COMMENT; Schema: app; Owner: postgres
--

COMMENT ON TYPE app.mood IS 'of a person';


--
-- Name: pair; Type: TYPE; Schema: app; Owner: postgres
--

CREATE TYPE app.pair AS (
	x integer,
	y text
);


ALTER TYPE app.pair OWNER TO postgres;

--
-- Name: percent; Type: DOMAIN; Schema: app; Owner: postgres
--

CREATE DOMAIN app.percent AS integer NOT NULL DEFAULT 0
	CONSTRAINT percent_range CHECK (((VALUE >= 0) AND (VALUE <= 100)));


ALTER DOMAIN app.percent OWNER TO postgres;

--
-- Name: DOMAIN percent; Type: COMMENT; Schema: app; Owner: postgres
--

COMMENT ON DOMAIN app.percent IS 'of a hundred';


--
-- Name: postcode; Type: DOMAIN; Schema: app; Owner: postgres
--

CREATE DOMAIN app.postcode AS text
	CONSTRAINT postcode_check CHECK ((VALUE ~ '^\d{5}$'::text));


ALTER DOMAIN app.postcode OWNER TO postgres;

--
-- Name: span; Type: TYPE; Schema: app; Owner: postgres
--

CREATE TYPE app.span AS RANGE (
    subtype = double precision,
    multirange_type_name = app.span_multirange
);


ALTER TYPE app.span OWNER TO postgres;

--
-- Name: mood_number(app.mood); Type: FUNCTION; Schema: app; Owner: postgres
--

CREATE FUNCTION app.mood_number(m app.mood) RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$SELECT CASE m WHEN 'sad' THEN 0 ELSE 1 END$$;


ALTER FUNCTION app.mood_number(m app.mood) OWNER TO postgres;

--
-- Name: CAST (app.mood AS integer); Type: CAST; Schema: -; Owner: -
--

CREATE CAST (app.mood AS integer) WITH FUNCTION app.mood_number(app.mood);


--
-- Name: add_twice(integer, integer); Type: FUNCTION; Schema: app; Owner: postgres
--

CREATE FUNCTION app.add_twice(a integer, b integer) RETURNS integer
    LANGUAGE sql IMMUTABLE
    AS $$SELECT (a + b) * 2$$;


ALTER FUNCTION app.add_twice(a integer, b integer) OWNER TO postgres;

--
-- Name: atomic(integer); Type: FUNCTION; Schema: app; Owner: postgres
--

CREATE FUNCTION app.atomic(a integer DEFAULT 1) RETURNS integer
    LANGUAGE sql
    BEGIN ATOMIC
 SELECT
         CASE
             WHEN (a > 1) THEN a
             ELSE NULL::integer
         END AS "case";
END;


ALTER FUNCTION app.atomic(a integer) OWNER TO postgres;

--
-- Name: look(); Type: FUNCTION; Schema: app; Owner: postgres
--

CREATE FUNCTION app.look() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RETURN NULL; END $$;


ALTER FUNCTION app.look() OWNER TO postgres;

--
-- Name: many(integer[]); Type: FUNCTION; Schema: app; Owner: postgres
--

CREATE FUNCTION app.many(VARIADIC a integer[]) RETURNS bigint
    LANGUAGE sql
    AS $$SELECT sum(x) FROM unnest(a) AS u(x)$$;


ALTER FUNCTION app.many(VARIADIC a integer[]) OWNER TO postgres;

--
-- Name: on_ddl(); Type: FUNCTION; Schema: app; Owner: postgres
--

CREATE FUNCTION app.on_ddl() RETURNS event_trigger
    LANGUAGE plpgsql
    AS $$ BEGIN NULL; END $$;


ALTER FUNCTION app.on_ddl() OWNER TO postgres;

--
-- Name: out_of(integer); Type: FUNCTION; Schema: app; Owner: postgres
--

CREATE FUNCTION app.out_of(a integer, OUT b integer, OUT c text) RETURNS record
    LANGUAGE plpgsql
    AS $$ BEGIN b := a; c := a::text; END $$;


ALTER FUNCTION app.out_of(a integer, OUT b integer, OUT c text) OWNER TO postgres;

--
-- Name: returns_one(); Type: FUNCTION; Schema: app; Owner: postgres
--

CREATE FUNCTION app.returns_one() RETURNS integer
    LANGUAGE sql
    RETURN 1;


ALTER FUNCTION app.returns_one() OWNER TO postgres;

--
-- Name: rows_of(integer); Type: FUNCTION; Schema: app; Owner: postgres
--

CREATE FUNCTION app.rows_of(n integer) RETURNS SETOF integer
    LANGUAGE plpgsql ROWS 10
    AS $$
BEGIN
  FOR i IN 1..n LOOP RETURN NEXT i; END LOOP;
END $$;


ALTER FUNCTION app.rows_of(n integer) OWNER TO postgres;

--
-- Name: tidy(integer); Type: PROCEDURE; Schema: app; Owner: postgres
--

CREATE PROCEDURE app.tidy(INOUT n integer)
    LANGUAGE plpgsql
    AS $$ BEGIN n := n + 1; END $$;


ALTER PROCEDURE app.tidy(INOUT n integer) OWNER TO postgres;

--
-- Name: touch(); Type: FUNCTION; Schema: app; Owner: postgres
--

CREATE FUNCTION app.touch() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN NEW.changed := now(); RETURN NEW; END $$;


ALTER FUNCTION app.touch() OWNER TO postgres;

--
-- Name: twice(integer); Type: FUNCTION; Schema: app; Owner: postgres
--

CREATE FUNCTION app.twice(a integer) RETURNS integer
    LANGUAGE sql IMMUTABLE STRICT COST 5 PARALLEL SAFE
    AS $$SELECT a * 2$$;


ALTER FUNCTION app.twice(a integer) OWNER TO postgres;

--
-- Name: FUNCTION twice(a integer); Type: COMMENT; Schema: app; Owner: postgres
--

COMMENT ON FUNCTION app.twice(a integer) IS 'two of it';


--
-- Name: who(); Type: FUNCTION; Schema: app; Owner: postgres
--

CREATE FUNCTION app.who() RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'app'
    AS $$SELECT current_user::text$$;


ALTER FUNCTION app.who() OWNER TO postgres;

--
-- Name: total(integer); Type: AGGREGATE; Schema: app; Owner: postgres
--

CREATE AGGREGATE app.total(integer) (
    SFUNC = int4pl,
    STYPE = integer,
    INITCOND = '0'
);


ALTER AGGREGATE app.total(integer) OWNER TO postgres;

--
-- Name: ###; Type: OPERATOR; Schema: app; Owner: postgres
--

CREATE OPERATOR app.### (
    FUNCTION = app.add_twice,
    LEFTARG = integer,
    RIGHTARG = integer
);


ALTER OPERATOR app.### (integer, integer) OWNER TO postgres;

--
-- Name: simple_english; Type: TEXT SEARCH CONFIGURATION; Schema: app; Owner: postgres
--

CREATE TEXT SEARCH CONFIGURATION app.simple_english (
    PARSER = pg_catalog."default" );

ALTER TEXT SEARCH CONFIGURATION app.simple_english
    ADD MAPPING FOR asciiword WITH english_stem;

ALTER TEXT SEARCH CONFIGURATION app.simple_english
    ADD MAPPING FOR word WITH english_stem;

ALTER TEXT SEARCH CONFIGURATION app.simple_english
    ADD MAPPING FOR numword WITH simple;

ALTER TEXT SEARCH CONFIGURATION app.simple_english
    ADD MAPPING FOR email WITH simple;

ALTER TEXT SEARCH CONFIGURATION app.simple_english
    ADD MAPPING FOR url WITH simple;

ALTER TEXT SEARCH CONFIGURATION app.simple_english
    ADD MAPPING FOR host WITH simple;

ALTER TEXT SEARCH CONFIGURATION app.simple_english
    ADD MAPPING FOR sfloat WITH simple;

ALTER TEXT SEARCH CONFIGURATION app.simple_english
    ADD MAPPING FOR version WITH simple;

ALTER TEXT SEARCH CONFIGURATION app.simple_english
    ADD MAPPING FOR hword_numpart WITH simple;

ALTER TEXT SEARCH CONFIGURATION app.simple_english
    ADD MAPPING FOR hword_part WITH english_stem;

ALTER TEXT SEARCH CONFIGURATION app.simple_english
    ADD MAPPING FOR hword_asciipart WITH english_stem;

ALTER TEXT SEARCH CONFIGURATION app.simple_english
    ADD MAPPING FOR numhword WITH simple;

ALTER TEXT SEARCH CONFIGURATION app.simple_english
    ADD MAPPING FOR asciihword WITH english_stem;

ALTER TEXT SEARCH CONFIGURATION app.simple_english
    ADD MAPPING FOR hword WITH english_stem;

ALTER TEXT SEARCH CONFIGURATION app.simple_english
    ADD MAPPING FOR url_path WITH simple;

ALTER TEXT SEARCH CONFIGURATION app.simple_english
    ADD MAPPING FOR file WITH simple;

ALTER TEXT SEARCH CONFIGURATION app.simple_english
    ADD MAPPING FOR "float" WITH simple;

ALTER TEXT SEARCH CONFIGURATION app.simple_english
    ADD MAPPING FOR "int" WITH simple;

ALTER TEXT SEARCH CONFIGURATION app.simple_english
    ADD MAPPING FOR uint WITH simple;


ALTER TEXT SEARCH CONFIGURATION app.simple_english OWNER TO postgres;

--
-- Name: ev_wrapper; Type: FOREIGN DATA WRAPPER; Schema: -; Owner: postgres
--

CREATE FOREIGN DATA WRAPPER ev_wrapper;


ALTER FOREIGN DATA WRAPPER ev_wrapper OWNER TO postgres;

--
-- Name: ev_server; Type: SERVER; Schema: -; Owner: postgres
--

CREATE SERVER ev_server FOREIGN DATA WRAPPER ev_wrapper;


ALTER SERVER ev_server OWNER TO postgres;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: Odd "Name"; Type: TABLE; Schema: Mixed Case; Owner: postgres
--

CREATE TABLE "Mixed Case"."Odd ""Name""" (
    "a b" text
);


ALTER TABLE "Mixed Case"."Odd ""Name""" OWNER TO postgres;

--
-- Name: tickets; Type: SEQUENCE; Schema: app; Owner: postgres
--

CREATE SEQUENCE app.tickets
    AS integer
    START WITH 100
    INCREMENT BY 5
    MINVALUE 10
    MAXVALUE 9000
    CACHE 10
    CYCLE;


ALTER SEQUENCE app.tickets OWNER TO postgres;

--
-- Name: SEQUENCE tickets; Type: COMMENT; Schema: app; Owner: postgres
--

COMMENT ON SEQUENCE app.tickets IS 'of the counter';


--
-- Name: Order; Type: TABLE; Schema: app; Owner: postgres
--

CREATE TABLE app."Order" (
    "ID" integer NOT NULL,
    person_id bigint,
    ticket integer DEFAULT nextval('app.tickets'::regclass),
    "select" text
)
WITH (fillfactor='70');


ALTER TABLE app."Order" OWNER TO postgres;

--
-- Name: person; Type: TABLE; Schema: app; Owner: ev_owner
--

CREATE TABLE app.person (
    id bigint NOT NULL,
    short_id smallint NOT NULL,
    name character varying(80) NOT NULL,
    email public.citext,
    code character(3) DEFAULT 'abc'::bpchar,
    mood app.mood DEFAULT 'ok'::app.mood NOT NULL,
    place app.pair,
    share app.percent,
    postcode app.postcode,
    born date,
    seen timestamp with time zone DEFAULT CURRENT_TIMESTAMP,
    local_time timestamp(3) without time zone,
    wakes time with time zone,
    lasts interval day to second(3),
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
    grid integer[],
    words tsvector,
    point_at point,
    valid tstzrange,
    uid uuid DEFAULT gen_random_uuid(),
    title text COLLATE app.german,
    doubled integer GENERATED ALWAYS AS (app.twice((short_id)::integer)) STORED,
    changed timestamp without time zone,
    CONSTRAINT person_name_given CHECK ((length((name)::text) > 0))
);
ALTER TABLE ONLY app.person ALTER COLUMN name SET STATISTICS 500;

ALTER TABLE ONLY app.person REPLICA IDENTITY FULL;


ALTER TABLE app.person OWNER TO ev_owner;

--
-- Name: TABLE person; Type: COMMENT; Schema: app; Owner: ev_owner
--

COMMENT ON TABLE app.person IS 'who';


--
-- Name: COLUMN person.name; Type: COMMENT; Schema: app; Owner: ev_owner
--

COMMENT ON COLUMN app.person.name IS 'as on the "passport"; it''s';


--
-- Name: CONSTRAINT person_name_given ON person; Type: COMMENT; Schema: app; Owner: ev_owner
--

COMMENT ON CONSTRAINT person_name_given ON app.person IS 'nobody is nameless';


--
-- Name: adults; Type: VIEW; Schema: app; Owner: postgres
--

CREATE VIEW app.adults WITH (security_barrier='true') AS
 SELECT id,
    name
   FROM app.person
  WHERE (born < '2000-01-01'::date)
  WITH LOCAL CHECK OPTION;


ALTER VIEW app.adults OWNER TO postgres;

--
-- Name: VIEW adults; Type: COMMENT; Schema: app; Owner: postgres
--

COMMENT ON VIEW app.adults IS 'of age';


--
-- Name: parent; Type: TABLE; Schema: app; Owner: postgres
--

CREATE TABLE app.parent (
    id integer,
    label text NOT NULL
);


ALTER TABLE app.parent OWNER TO postgres;

--
-- Name: child; Type: TABLE; Schema: app; Owner: postgres
--

CREATE TABLE app.child (
    extra text
)
INHERITS (app.parent);


ALTER TABLE app.child OWNER TO postgres;

--
-- Name: far; Type: FOREIGN TABLE; Schema: app; Owner: postgres
--

CREATE FOREIGN TABLE app.far (
    a integer
)
SERVER ev_server;


ALTER FOREIGN TABLE app.far OWNER TO postgres;

--
-- Name: hashed; Type: TABLE; Schema: app; Owner: postgres
--

CREATE TABLE app.hashed (
    k integer NOT NULL
)
PARTITION BY HASH (k);


ALTER TABLE app.hashed OWNER TO postgres;

--
-- Name: hashed_0; Type: TABLE; Schema: app; Owner: postgres
--

CREATE TABLE app.hashed_0 (
    k integer NOT NULL
);


ALTER TABLE app.hashed_0 OWNER TO postgres;

--
-- Name: hashed_1; Type: TABLE; Schema: app; Owner: postgres
--

CREATE TABLE app.hashed_1 (
    k integer NOT NULL
);


ALTER TABLE app.hashed_1 OWNER TO postgres;

--
-- Name: line; Type: TABLE; Schema: app; Owner: postgres
--

CREATE TABLE app.line (
    order_id integer NOT NULL,
    pos smallint NOT NULL,
    sku text
);


ALTER TABLE app.line OWNER TO postgres;

--
-- Name: measure; Type: TABLE; Schema: app; Owner: postgres
--

CREATE TABLE app.measure (
    at date NOT NULL,
    city text NOT NULL,
    value real
)
PARTITION BY RANGE (at);


ALTER TABLE app.measure OWNER TO postgres;

--
-- Name: measure_2024; Type: TABLE; Schema: app; Owner: postgres
--

CREATE TABLE app.measure_2024 (
    at date NOT NULL,
    city text NOT NULL,
    value real
)
PARTITION BY LIST (city);


ALTER TABLE app.measure_2024 OWNER TO postgres;

--
-- Name: measure_2024_bonn; Type: TABLE; Schema: app; Owner: postgres
--

CREATE TABLE app.measure_2024_bonn (
    at date NOT NULL,
    city text NOT NULL,
    value real
);


ALTER TABLE app.measure_2024_bonn OWNER TO postgres;

--
-- Name: measure_rest; Type: TABLE; Schema: app; Owner: postgres
--

CREATE TABLE app.measure_rest (
    at date NOT NULL,
    city text NOT NULL,
    value real
);


ALTER TABLE app.measure_rest OWNER TO postgres;

--
-- Name: moods; Type: MATERIALIZED VIEW; Schema: app; Owner: postgres
--

CREATE MATERIALIZED VIEW app.moods AS
 SELECT mood,
    count(*) AS n
   FROM app.person
  GROUP BY mood
  WITH NO DATA;


ALTER MATERIALIZED VIEW app.moods OWNER TO postgres;

--
-- Name: nothing; Type: TABLE; Schema: app; Owner: postgres
--

CREATE TABLE app.nothing (
);


ALTER TABLE app.nothing OWNER TO postgres;

--
-- Name: of_type; Type: TABLE; Schema: app; Owner: postgres
--

CREATE TABLE app.of_type OF app.pair;


ALTER TABLE app.of_type OWNER TO postgres;

--
-- Name: person_id_seq; Type: SEQUENCE; Schema: app; Owner: ev_owner
--

ALTER TABLE app.person ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app.person_id_seq
    START WITH 10
    INCREMENT BY 2
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: person_short_id_seq; Type: SEQUENCE; Schema: app; Owner: ev_owner
--

CREATE SEQUENCE app.person_short_id_seq
    AS smallint
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


ALTER SEQUENCE app.person_short_id_seq OWNER TO ev_owner;

--
-- Name: person_short_id_seq; Type: SEQUENCE OWNED BY; Schema: app; Owner: ev_owner
--

ALTER SEQUENCE app.person_short_id_seq OWNED BY app.person.short_id;


--
-- Name: scratch; Type: TABLE; Schema: app; Owner: postgres
--

CREATE UNLOGGED TABLE app.scratch (
    id integer NOT NULL,
    note text
);
ALTER TABLE ONLY app.scratch ALTER COLUMN note SET STORAGE EXTERNAL;
ALTER TABLE ONLY app.scratch ALTER COLUMN note SET COMPRESSION pglz;


ALTER TABLE app.scratch OWNER TO postgres;

--
-- Name: scratch_id_seq; Type: SEQUENCE; Schema: app; Owner: postgres
--

CREATE UNLOGGED SEQUENCE app.scratch_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


ALTER SEQUENCE app.scratch_id_seq OWNER TO postgres;

--
-- Name: scratch_id_seq; Type: SEQUENCE OWNED BY; Schema: app; Owner: postgres
--

ALTER SEQUENCE app.scratch_id_seq OWNED BY app.scratch.id;


--
-- Name: spans; Type: TABLE; Schema: app; Owner: postgres
--

CREATE TABLE app.spans (
    a app.span
);


ALTER TABLE app.spans OWNER TO postgres;

--
-- Name: tree; Type: VIEW; Schema: app; Owner: postgres
--

CREATE VIEW app.tree AS
 WITH RECURSIVE t(n) AS (
         SELECT 1 AS "?column?"
        UNION ALL
         SELECT (t_1.n + 1)
           FROM t t_1
          WHERE (t_1.n < 3)
        )
 SELECT n
   FROM t;


ALTER VIEW app.tree OWNER TO postgres;

--
-- Name: hashed_0; Type: TABLE ATTACH; Schema: app; Owner: postgres
--

ALTER TABLE ONLY app.hashed ATTACH PARTITION app.hashed_0 FOR VALUES WITH (modulus 2, remainder 0);


--
-- Name: hashed_1; Type: TABLE ATTACH; Schema: app; Owner: postgres
--

ALTER TABLE ONLY app.hashed ATTACH PARTITION app.hashed_1 FOR VALUES WITH (modulus 2, remainder 1);


--
-- Name: measure_2024; Type: TABLE ATTACH; Schema: app; Owner: postgres
--

ALTER TABLE ONLY app.measure ATTACH PARTITION app.measure_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');


--
-- Name: measure_2024_bonn; Type: TABLE ATTACH; Schema: app; Owner: postgres
--

ALTER TABLE ONLY app.measure_2024 ATTACH PARTITION app.measure_2024_bonn FOR VALUES IN ('Bonn');


--
-- Name: measure_rest; Type: TABLE ATTACH; Schema: app; Owner: postgres
--

ALTER TABLE ONLY app.measure ATTACH PARTITION app.measure_rest DEFAULT;


--
-- Name: person short_id; Type: DEFAULT; Schema: app; Owner: ev_owner
--

ALTER TABLE ONLY app.person ALTER COLUMN short_id SET DEFAULT nextval('app.person_short_id_seq'::regclass);


--
-- Name: scratch id; Type: DEFAULT; Schema: app; Owner: postgres
--

ALTER TABLE ONLY app.scratch ALTER COLUMN id SET DEFAULT nextval('app.scratch_id_seq'::regclass);


--
-- Data for Name: Odd "Name"; Type: TABLE DATA; Schema: Mixed Case; Owner: postgres
--

COPY "Mixed Case"."Odd ""Name""" ("a b") FROM stdin;
v
\.


--
-- Data for Name: Order; Type: TABLE DATA; Schema: app; Owner: postgres
--

COPY app."Order" ("ID", person_id, ticket, "select") FROM stdin;
1	10	100	x
\.


--
-- Data for Name: child; Type: TABLE DATA; Schema: app; Owner: postgres
--

COPY app.child (id, label, extra) FROM stdin;
2	c	more
\.


--
-- Data for Name: hashed_0; Type: TABLE DATA; Schema: app; Owner: postgres
--

COPY app.hashed_0 (k) FROM stdin;
1
2
\.


--
-- Data for Name: hashed_1; Type: TABLE DATA; Schema: app; Owner: postgres
--

COPY app.hashed_1 (k) FROM stdin;
3
4
5
\.


--
-- Data for Name: line; Type: TABLE DATA; Schema: app; Owner: postgres
--

COPY app.line (order_id, pos, sku) FROM stdin;
1	1	s-1
1	2	\N
\.


--
-- Data for Name: measure_2024_bonn; Type: TABLE DATA; Schema: app; Owner: postgres
--

COPY app.measure_2024_bonn (at, city, value) FROM stdin;
2024-05-05	Bonn	1.5
\.


--
-- Data for Name: measure_rest; Type: TABLE DATA; Schema: app; Owner: postgres
--

COPY app.measure_rest (at, city, value) FROM stdin;
2023-01-01	Ulm	2.5
\.


--
-- Data for Name: nothing; Type: TABLE DATA; Schema: app; Owner: postgres
--

COPY app.nothing  FROM stdin;
\.


--
-- Data for Name: of_type; Type: TABLE DATA; Schema: app; Owner: postgres
--

COPY app.of_type (x, y) FROM stdin;
1	one
\.


--
-- Data for Name: parent; Type: TABLE DATA; Schema: app; Owner: postgres
--

COPY app.parent (id, label) FROM stdin;
1	p
\.


--
-- Data for Name: person; Type: TABLE DATA; Schema: app; Owner: ev_owner
--

COPY app.person (id, short_id, name, email, code, mood, place, share, postcode, born, seen, local_time, wakes, lasts, salary, worth, ratio, ok, bits, more_bits, picture, address, net, mac, settings, raw, document, tags, grid, words, point_at, valid, uid, title, changed) FROM stdin;
10	1	Ann	Ann@Example.org	abc	it's "happy"	(1,"a,b")	7	53111	1990-02-03	2024-01-02 03:04:05+00	\N	\N	\N	12.50	$12.50	\N	t	10101010	\N	\\xdeadbeef	10.0.0.1	\N	\N	{"a": [1, 2], "b": 1}	{"b":  1}	\N	{a,"b c",NULL}	{{1,2},{3,4}}	\N	\N	["2024-01-01 00:00:00+00","2024-02-01 00:00:00+00")	6f1d8f0e-0000-4000-8000-000000000001	\N	\N
12	2	tab\tnew\nline\\back	\N	abc	ok	\N	0	\N	\N	2026-11-30 06:46:45.111442+00	\N	\N	\N	0.00	\N	\N	t	\N	\N	\N	\N	\N	\N	{}	\N	\N	{}	\N	\N	\N	\N	959e5959-1722-49a7-9589-d2f6eb2cf40d	\N	\N
\.


--
-- Data for Name: scratch; Type: TABLE DATA; Schema: app; Owner: postgres
--

COPY app.scratch (id, note) FROM stdin;
\.


--
-- Data for Name: spans; Type: TABLE DATA; Schema: app; Owner: postgres
--

COPY app.spans (a) FROM stdin;
\.


--
-- Name: person_id_seq; Type: SEQUENCE SET; Schema: app; Owner: ev_owner
--

SELECT pg_catalog.setval('app.person_id_seq', 12, true);


--
-- Name: person_short_id_seq; Type: SEQUENCE SET; Schema: app; Owner: ev_owner
--

SELECT pg_catalog.setval('app.person_short_id_seq', 2, true);


--
-- Name: scratch_id_seq; Type: SEQUENCE SET; Schema: app; Owner: postgres
--

SELECT pg_catalog.setval('app.scratch_id_seq', 1, false);


--
-- Name: tickets; Type: SEQUENCE SET; Schema: app; Owner: postgres
--

SELECT pg_catalog.setval('app.tickets', 145, true);


--
-- Name: 4711; Type: BLOB METADATA; Schema: -; Owner: postgres
--

SELECT pg_catalog.lo_create('4711');

ALTER LARGE OBJECT 4711 OWNER TO postgres;

--
-- Data for Name: 4711; Type: BLOBS; Schema: -; Owner: postgres
--

BEGIN;

SELECT pg_catalog.lo_open('4711', 131072);
SELECT pg_catalog.lowrite(0, '\x010203');
SELECT pg_catalog.lo_close(0);

COMMIT;

--
-- Name: Order Order_person_id_ticket_select_key; Type: CONSTRAINT; Schema: app; Owner: postgres
--

ALTER TABLE ONLY app."Order"
    ADD CONSTRAINT "Order_person_id_ticket_select_key" UNIQUE (person_id, ticket) INCLUDE ("select");


--
-- Name: Order Order_pkey; Type: CONSTRAINT; Schema: app; Owner: postgres
--

ALTER TABLE ONLY app."Order"
    ADD CONSTRAINT "Order_pkey" PRIMARY KEY ("ID");


--
-- Name: Order Order_ticket_key; Type: CONSTRAINT; Schema: app; Owner: postgres
--

ALTER TABLE ONLY app."Order"
    ADD CONSTRAINT "Order_ticket_key" UNIQUE NULLS NOT DISTINCT (ticket);


--
-- Name: hashed hashed_pkey; Type: CONSTRAINT; Schema: app; Owner: postgres
--

ALTER TABLE ONLY app.hashed
    ADD CONSTRAINT hashed_pkey PRIMARY KEY (k);


--
-- Name: hashed_0 hashed_0_pkey; Type: CONSTRAINT; Schema: app; Owner: postgres
--

ALTER TABLE ONLY app.hashed_0
    ADD CONSTRAINT hashed_0_pkey PRIMARY KEY (k);


--
-- Name: hashed_1 hashed_1_pkey; Type: CONSTRAINT; Schema: app; Owner: postgres
--

ALTER TABLE ONLY app.hashed_1
    ADD CONSTRAINT hashed_1_pkey PRIMARY KEY (k);


--
-- Name: line line_pkey; Type: CONSTRAINT; Schema: app; Owner: postgres
--

ALTER TABLE ONLY app.line
    ADD CONSTRAINT line_pkey PRIMARY KEY (order_id, pos);


--
-- Name: line line_pos_positive; Type: CHECK CONSTRAINT; Schema: app; Owner: postgres
--

ALTER TABLE app.line
    ADD CONSTRAINT line_pos_positive CHECK ((pos > 0)) NOT VALID;


--
-- Name: person person_email_key; Type: CONSTRAINT; Schema: app; Owner: ev_owner
--

ALTER TABLE ONLY app.person
    ADD CONSTRAINT person_email_key UNIQUE (email);


--
-- Name: person person_no_clash; Type: CONSTRAINT; Schema: app; Owner: ev_owner
--

ALTER TABLE ONLY app.person
    ADD CONSTRAINT person_no_clash EXCLUDE USING gist (valid WITH &&);


--
-- Name: CONSTRAINT person_no_clash ON person; Type: COMMENT; Schema: app; Owner: ev_owner
--

COMMENT ON CONSTRAINT person_no_clash ON app.person IS 'no two at once';


--
-- Name: person person_pkey; Type: CONSTRAINT; Schema: app; Owner: ev_owner
--

ALTER TABLE ONLY app.person
    ADD CONSTRAINT person_pkey PRIMARY KEY (id);

ALTER TABLE app.person CLUSTER ON person_pkey;


--
-- Name: scratch scratch_pkey; Type: CONSTRAINT; Schema: app; Owner: postgres
--

ALTER TABLE ONLY app.scratch
    ADD CONSTRAINT scratch_pkey PRIMARY KEY (id);


--
-- Name: line_cover; Type: INDEX; Schema: app; Owner: postgres
--

CREATE INDEX line_cover ON app.line USING btree (sku COLLATE "C") INCLUDE (pos);


--
-- Name: line_sku; Type: INDEX; Schema: app; Owner: postgres
--

CREATE UNIQUE INDEX line_sku ON app.line USING btree (sku) NULLS NOT DISTINCT;


--
-- Name: moods_mood; Type: INDEX; Schema: app; Owner: postgres
--

CREATE UNIQUE INDEX moods_mood ON app.moods USING btree (mood);


--
-- Name: person_born; Type: INDEX; Schema: app; Owner: ev_owner
--

CREATE INDEX person_born ON app.person USING btree (born DESC NULLS LAST) WHERE ok;


--
-- Name: INDEX person_born; Type: COMMENT; Schema: app; Owner: ev_owner
--

COMMENT ON INDEX app.person_born IS 'by age';


--
-- Name: person_lower; Type: INDEX; Schema: app; Owner: ev_owner
--

CREATE INDEX person_lower ON app.person USING btree (lower((name)::text) text_pattern_ops);


--
-- Name: person_seen; Type: INDEX; Schema: app; Owner: ev_owner
--

CREATE INDEX person_seen ON app.person USING brin (seen);


--
-- Name: person_settings; Type: INDEX; Schema: app; Owner: ev_owner
--

CREATE INDEX person_settings ON app.person USING gin (settings jsonb_path_ops);


--
-- Name: person_trgm; Type: INDEX; Schema: app; Owner: ev_owner
--

CREATE INDEX person_trgm ON app.person USING gin (name public.gin_trgm_ops);


--
-- Name: person_uid; Type: INDEX; Schema: app; Owner: ev_owner
--

CREATE INDEX person_uid ON app.person USING hash (uid);


--
-- Name: person_words; Type: INDEX; Schema: app; Owner: ev_owner
--

CREATE INDEX person_words ON app.person USING gin (words);


--
-- Name: hashed_0_pkey; Type: INDEX ATTACH; Schema: app; Owner: postgres
--

ALTER INDEX app.hashed_pkey ATTACH PARTITION app.hashed_0_pkey;


--
-- Name: hashed_1_pkey; Type: INDEX ATTACH; Schema: app; Owner: postgres
--

ALTER INDEX app.hashed_pkey ATTACH PARTITION app.hashed_1_pkey;


--
-- Name: person_stats; Type: STATISTICS; Schema: app; Owner: postgres
--

CREATE STATISTICS app.person_stats (ndistinct, dependencies) ON born, ok FROM app.person;


ALTER STATISTICS app.person_stats OWNER TO postgres;

--
-- Name: of_type no_delete; Type: RULE; Schema: app; Owner: postgres
--

CREATE RULE no_delete AS
    ON DELETE TO app.of_type DO INSTEAD NOTHING;


--
-- Name: line line_later; Type: TRIGGER; Schema: app; Owner: postgres
--

CREATE CONSTRAINT TRIGGER line_later AFTER INSERT ON app.line DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION app.look();


--
-- Name: person person_touch; Type: TRIGGER; Schema: app; Owner: ev_owner
--

CREATE TRIGGER person_touch BEFORE INSERT OR UPDATE OF name ON app.person FOR EACH ROW WHEN (new.ok) EXECUTE FUNCTION app.touch();

ALTER TABLE app.person DISABLE TRIGGER person_touch;


--
-- Name: Order Order_person_id_fkey; Type: FK CONSTRAINT; Schema: app; Owner: postgres
--

ALTER TABLE ONLY app."Order"
    ADD CONSTRAINT "Order_person_id_fkey" FOREIGN KEY (person_id) REFERENCES app.person(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED;


--
-- Name: line line_order_fk; Type: FK CONSTRAINT; Schema: app; Owner: postgres
--

ALTER TABLE ONLY app.line
    ADD CONSTRAINT line_order_fk FOREIGN KEY (order_id) REFERENCES app."Order"("ID") MATCH FULL ON UPDATE CASCADE;


--
-- Name: Order; Type: ROW SECURITY; Schema: app; Owner: postgres
--

ALTER TABLE app."Order" ENABLE ROW LEVEL SECURITY;

--
-- Name: Order own; Type: POLICY; Schema: app; Owner: postgres
--

CREATE POLICY own ON app."Order" FOR SELECT TO ev_reader USING ((person_id > 0));


--
-- Name: ev_pub; Type: PUBLICATION; Schema: -; Owner: postgres
--

CREATE PUBLICATION ev_pub WITH (publish = 'insert, update, delete, truncate');


ALTER PUBLICATION ev_pub OWNER TO postgres;

--
-- Name: ev_pub person; Type: PUBLICATION TABLE; Schema: app; Owner: postgres
--

ALTER PUBLICATION ev_pub ADD TABLE ONLY app.person;


--
-- Name: FUNCTION who(); Type: ACL; Schema: app; Owner: postgres
--

REVOKE ALL ON FUNCTION app.who() FROM PUBLIC;


--
-- Name: SEQUENCE tickets; Type: ACL; Schema: app; Owner: postgres
--

GRANT USAGE ON SEQUENCE app.tickets TO ev_reader;


--
-- Name: TABLE person; Type: ACL; Schema: app; Owner: ev_owner
--

GRANT SELECT,INSERT,REFERENCES ON TABLE app.person TO ev_reader;


--
-- Name: COLUMN line.sku; Type: ACL; Schema: app; Owner: postgres
--

GRANT SELECT(sku) ON TABLE app.line TO ev_reader WITH GRANT OPTION;


--
-- Name: LARGE OBJECT 4711; Type: ACL; Schema: -; Owner: postgres
--

GRANT SELECT ON LARGE OBJECT 4711 TO ev_reader;


--
-- Name: DEFAULT PRIVILEGES FOR TABLES; Type: DEFAULT ACL; Schema: app; Owner: ev_owner
--

ALTER DEFAULT PRIVILEGES FOR ROLE ev_owner IN SCHEMA app GRANT SELECT ON TABLES TO ev_reader;


--
-- Name: ev_on_ddl; Type: EVENT TRIGGER; Schema: -; Owner: postgres
--

CREATE EVENT TRIGGER ev_on_ddl ON ddl_command_end
   EXECUTE FUNCTION app.on_ddl();


ALTER EVENT TRIGGER ev_on_ddl OWNER TO postgres;

--
-- Name: moods; Type: MATERIALIZED VIEW DATA; Schema: app; Owner: postgres
--

REFRESH MATERIALIZED VIEW app.moods;


--
-- PostgreSQL database dump complete
--

\unrestrict everything

