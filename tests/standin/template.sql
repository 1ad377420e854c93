-- Run once in template1 of the backing PostgreSQL, so that every database has what
-- CockroachDB has built in.  All of it goes to pg_catalog: visible with an empty search_path.
SET allow_system_table_mods = on;

CREATE EXTENSION citext WITH SCHEMA pg_catalog;
CREATE EXTENSION ltree WITH SCHEMA pg_catalog;
CREATE SCHEMA crdb_internal;
GRANT USAGE ON SCHEMA crdb_internal TO PUBLIC;
-- pgcrypto's gen_random_uuid is already in pg_catalog; its other functions move there.
CREATE EXTENSION pgcrypto WITH SCHEMA crdb_internal;
DO $$ DECLARE f regprocedure; BEGIN
  FOR f IN SELECT oid FROM pg_proc WHERE pronamespace = 'crdb_internal'::regnamespace
                                     AND proname <> 'gen_random_uuid' LOOP
    EXECUTE format('ALTER FUNCTION %s SET SCHEMA pg_catalog', f);
  END LOOP;
END $$;
CREATE EXTENSION "uuid-ossp" WITH SCHEMA pg_catalog;
CREATE EXTENSION pg_trgm WITH SCHEMA pg_catalog;
CREATE EXTENSION fuzzystrmatch WITH SCHEMA pg_catalog;
CREATE EXTENSION unaccent WITH SCHEMA pg_catalog;
-- Only so that gin and gist indexes over a scalar column next to an inverted one work.
CREATE EXTENSION btree_gin WITH SCHEMA pg_catalog;
CREATE EXTENSION btree_gist WITH SCHEMA pg_catalog;

-- Spatial and vector values are kept as their text.
CREATE DOMAIN pg_catalog.geometry AS text;
CREATE DOMAIN pg_catalog.geography AS text;
CREATE DOMAIN pg_catalog.box2d AS text;
CREATE DOMAIN pg_catalog.vector AS text;

CREATE COLLATION IF NOT EXISTS pg_catalog."en_US" (provider = icu, locale = 'en-US');
CREATE COLLATION IF NOT EXISTS pg_catalog."de_DE" (provider = icu, locale = 'de-DE');
CREATE COLLATION IF NOT EXISTS pg_catalog."en" (provider = icu, locale = 'en');
CREATE COLLATION IF NOT EXISTS pg_catalog."de" (provider = icu, locale = 'de');
CREATE COLLATION IF NOT EXISTS pg_catalog."fr" (provider = icu, locale = 'fr');

CREATE OR REPLACE FUNCTION pg_catalog.version() RETURNS text LANGUAGE sql STABLE AS
$$SELECT 'CockroachDB CCL v26.1.0-alpha.1-dev (stand-in: PostgreSQL 15 behind it)'$$;

CREATE SEQUENCE pg_catalog.crdb_rowid_seq CACHE 64;
GRANT USAGE ON SEQUENCE pg_catalog.crdb_rowid_seq TO PUBLIC;
-- Time in 10 microsecond steps since 2015 and 15 more bits, as CockroachDB makes them.
CREATE FUNCTION pg_catalog.unique_rowid() RETURNS int8 LANGUAGE sql VOLATILE AS
$$SELECT (((extract(epoch FROM clock_timestamp()) - 1420070400) * 100000)::int8 << 15)
         | (nextval('pg_catalog.crdb_rowid_seq') & 32767)$$;
CREATE FUNCTION pg_catalog.unordered_unique_rowid() RETURNS int8 LANGUAGE sql VOLATILE AS
$$SELECT (pg_catalog.unique_rowid() & 281474976710655)
         | (floor(random() * 32768)::int8 << 48)$$;
CREATE FUNCTION pg_catalog.gen_random_ulid() RETURNS uuid LANGUAGE sql VOLATILE AS
$$SELECT (lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::int8), 12, '0')
          || right(replace(gen_random_uuid()::text, '-', ''), 20))::uuid$$;
CREATE FUNCTION pg_catalog.cluster_logical_timestamp() RETURNS numeric LANGUAGE sql STABLE AS
$$SELECT (extract(epoch FROM statement_timestamp()) * 1000000000)::numeric(30, 10)$$;

-- Whole division, which PostgreSQL writes /.
DO $$ DECLARE a text; b text; BEGIN
  FOREACH a IN ARRAY ARRAY['2', '4', '8'] LOOP FOREACH b IN ARRAY ARRAY['2', '4', '8'] LOOP
    EXECUTE format('CREATE OPERATOR pg_catalog.// (LEFTARG = int%s, RIGHTARG = int%s, FUNCTION = pg_catalog.int%sdiv)',
                   a, b, CASE WHEN a = b THEN a ELSE a || b END);
  END LOOP; END LOOP;
  CREATE OPERATOR pg_catalog.// (LEFTARG = numeric, RIGHTARG = numeric, FUNCTION = pg_catalog.numeric_div_trunc);
END $$;

-- A type as CockroachDB writes it in SHOW CREATE TABLE.
CREATE FUNCTION crdb_internal.type_name(kind oid, modifier int4) RETURNS text
LANGUAGE sql STABLE AS $$
SELECT CASE
  WHEN t.typelem <> 0 AND t.typlen = -1 THEN crdb_internal.type_name(t.typelem, modifier) || '[]'
  WHEN n.nspname <> 'pg_catalog' THEN quote_ident(n.nspname) || '.' || quote_ident(t.typname)
  ELSE CASE t.typname
    WHEN 'text' THEN 'STRING' WHEN 'bytea' THEN 'BYTES' WHEN 'char' THEN '"char"'
    WHEN 'numeric' THEN 'DECIMAL' WHEN 'bpchar' THEN CASE modifier WHEN -1 THEN 'BPCHAR'
                                                                    ELSE 'CHAR' END
    ELSE upper(t.typname::text) END
    || coalesce(replace(substring(format_type(kind, modifier) FROM '\([0-9,]+\)'), ',0)', ')'), '')
  END
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.oid = kind $$;

CREATE FUNCTION crdb_internal.index_columns(index_oid oid) RETURNS text LANGUAGE sql STABLE AS $$
SELECT string_agg(pg_get_indexdef(i.indexrelid, k, true)
                  || CASE WHEN i.indoption[k - 1] & 1 = 1 THEN ' DESC' ELSE ' ASC' END, ', '
                  ORDER BY k)
FROM pg_index i, generate_series(1, i.indnkeyatts) k WHERE i.indexrelid = index_oid $$;

CREATE FUNCTION crdb_internal.constraints_of(relation regclass)
RETURNS TABLE (table_name text, constraint_name text, constraint_type text, details text,
               validated bool) LANGUAGE sql STABLE AS $$
SELECT c.relname::text, found.* FROM pg_class c, LATERAL (
  SELECT conname::text AS constraint_name,
         CASE contype WHEN 'f' THEN 'FOREIGN KEY' ELSE 'CHECK' END,
         pg_get_constraintdef(oid), convalidated
    FROM pg_constraint WHERE conrelid = c.oid AND contype IN ('f', 'c')
  UNION ALL
  SELECT x.relname::text, CASE WHEN indisprimary THEN 'PRIMARY KEY' ELSE 'UNIQUE' END,
         CASE WHEN indisprimary THEN 'PRIMARY KEY (' ELSE 'UNIQUE (' END
         || crdb_internal.index_columns(indexrelid) || ')'
         || coalesce(' WHERE ' || pg_get_expr(indpred, indrelid), ''), true
    FROM pg_index JOIN pg_class x ON x.oid = indexrelid WHERE indrelid = c.oid AND indisunique
  UNION ALL
  -- The hidden key that CockroachDB would have added.
  SELECT c.relname || '_pkey', 'PRIMARY KEY', 'PRIMARY KEY (rowid ASC)', true
   WHERE c.relkind = 'r'
     AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = c.oid AND indisprimary)) found
WHERE c.oid = relation ORDER BY 2 $$;

CREATE FUNCTION crdb_internal.create_table(relation regclass) RETURNS text
LANGUAGE sql STABLE AS $$
SELECT 'CREATE TABLE ' || quote_ident(n.nspname) || '.' || quote_ident(c.relname) || E' (\n\t'
  || array_to_string(
    ARRAY(SELECT quote_ident(a.attname) || ' ' || crdb_internal.type_name(atttypid, atttypmod)
                 || CASE WHEN attnotnull THEN ' NOT NULL' ELSE ' NULL' END
                 || CASE attidentity WHEN 'a' THEN ' GENERATED ALWAYS AS IDENTITY'
                                     WHEN 'd' THEN ' GENERATED BY DEFAULT AS IDENTITY' ELSE '' END
                 || coalesce(CASE WHEN attgenerated = '' THEN ' DEFAULT ' ELSE ' AS (' END
                             || pg_get_expr(adbin, adrelid)
                             || CASE WHEN attgenerated = '' THEN '' ELSE ') STORED' END, '')
            FROM pg_attribute a LEFT JOIN pg_attrdef d ON adrelid = attrelid AND adnum = attnum
           WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped ORDER BY attnum)
    || ARRAY(SELECT 'rowid INT8 NOT VISIBLE NOT NULL DEFAULT unique_rowid()'
              WHERE NOT EXISTS (SELECT FROM pg_index WHERE indrelid = c.oid AND indisprimary))
    || ARRAY(SELECT 'CONSTRAINT ' || quote_ident(constraint_name) || ' ' || details
               FROM crdb_internal.constraints_of(c.oid) WHERE constraint_type = 'PRIMARY KEY')
    || ARRAY(SELECT 'CONSTRAINT ' || quote_ident(constraint_name) || ' ' || details
               FROM crdb_internal.constraints_of(c.oid) WHERE constraint_type = 'FOREIGN KEY')
    || ARRAY(SELECT CASE WHEN m.amname IN ('gin', 'gist') THEN 'INVERTED INDEX '
                         WHEN indisunique THEN 'UNIQUE INDEX ' ELSE 'INDEX ' END
                    || quote_ident(x.relname) || ' (' || crdb_internal.index_columns(x.oid) || ')'
                    || coalesce(' WHERE ' || pg_get_expr(indpred, indrelid, true), '')
               FROM pg_index JOIN pg_class x ON x.oid = indexrelid JOIN pg_am m ON m.oid = x.relam
              WHERE indrelid = c.oid AND NOT indisprimary ORDER BY x.oid)
    || ARRAY(SELECT 'CONSTRAINT ' || quote_ident(constraint_name) || ' ' || details
               FROM crdb_internal.constraints_of(c.oid) WHERE constraint_type = 'CHECK'),
    E',\n\t')
  || E'\n) WITH (schema_locked = true);'
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = relation $$;

-- information_schema.columns with CockroachDB's extra column.
ALTER VIEW information_schema.columns RENAME TO columns_of_postgresql;
CREATE VIEW information_schema.columns AS
SELECT c.*, crdb_internal.type_name(a.atttypid, a.atttypmod) AS crdb_sql_type
FROM information_schema.columns_of_postgresql c
JOIN pg_namespace n ON n.nspname = c.table_schema
JOIN pg_class r ON r.relnamespace = n.oid AND r.relname = c.table_name
JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = c.ordinal_position;
GRANT SELECT ON information_schema.columns TO PUBLIC;
