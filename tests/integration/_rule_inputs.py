"""An example of each rule that no pass reports: files, and what is run in their folder. rules_list_test.py runs them.

The first file is what the finding is of. A text of `bytes` is shown as it would be read as Latin-1."""

import dataclasses


@dataclasses.dataclass
class Input:
    files: dict
    command: str = "pg2crdb lint input.sql --no-config"


def script(text, options=""):
    return Input({"input.sql": text}, "pg2crdb lint input.sql --no-config" + options)


def workload(statement):
    return Input({"stats.csv": f"query,calls\n{statement},100\n", "schema.sql": "CREATE TABLE public.towns (id bigint PRIMARY KEY, code text);\n"},
                 "pg2crdb lint schema.sql --workload stats.csv --no-config")


def decided(text, decision):
    return Input({"input.sql": text, "pg2crdb.toml": "[[decision]]\n" + decision}, "pg2crdb lint input.sql")


TABLE = "CREATE TABLE public.towns (id bigint PRIMARY KEY, code text);\n"

# Rules that no input makes to order, and why.
WITHOUT_INPUT = {
    "internal-error": "is a mistake of pg2crdb: hold_back_test.py makes one with a pass of its own",
    "capabilities-contradicted": "needs a cluster that says otherwise than its release: probe_test.py",
    "rows-not-scanned": "needs a file that is another one when it is read again",
    "workload-unread": "needs a statement that both databases parse and that is not modelled: none is known",
    "rows-too-large": "needs a row of 16 MiB: rows_asked_test.py",
}

INPUTS = {
    "client-encoding": script("SET client_encoding = 'LATIN1';\n" + TABLE),
    "cockroachdb-syntax": script("CREATE TABLE public.towns (id INT8 PRIMARY KEY, area CIDR);\n", " --dialect cockroachdb"),
    "copy-options": script(TABLE + "COPY public.towns FROM stdin WITH (ENCODING 'latin1');\n1\tParis\n\\.\n"),
    "dump-end-missing": script("--\n-- PostgreSQL database dump\n--\n\n" + TABLE),
    "empty-input": script("-- nothing\n"),
    "expired-decision": decided("CREATE TABLE public.towns (id bigserial PRIMARY KEY);\n",
                                'rule = "sequence-primary-key"\naction = "acknowledge"\nreason = "few rows"\nuntil = 2020-12-31\n'),
    "invalid-utf8": script(b"COMMENT ON DATABASE app IS 'd\xe9j\xe0 vu';\n"),
    "migration-environment": script("-- +goose Up\n-- +goose ENVSUB ON\nINSERT INTO public.towns VALUES ('${REGION}');\n"),
    "migration-mark-missing": script(TABLE + "-- +migrate Up\nCREATE INDEX ON public.towns (code);\n"),
    "migration-mark-unclear": script("-- +goose Up\n" + TABLE + "  -- +goose Down\nDROP TABLE public.towns;\n"),
    "nonstandard-strings": script("SET standard_conforming_strings = off;\n" + TABLE + "COMMENT ON TABLE public.towns IS 'a\\\\b';\n"),
    "not-cockroachdb": decided(TABLE + "CREATE RULE nothing AS ON INSERT TO public.towns DO NOTHING;\n",
                               'action = "keep"\nstatement = "CREATE RULE nothing AS ON INSERT TO public.towns DO NOTHING"\nreason = "as it is"\n'),
    "psql-condition-unknown": script("\\if :major\n" + TABLE + "\\endif\n"),
    "psql-condition-unmatched": script("\\if true\n" + TABLE),
    "psql-copy": script(TABLE + "\\copy public.towns from 'towns.csv' csv\n"),
    "psql-inside-statement": script("CREATE TABLE public.towns (id bigint\n\\echo half\n);\n"),
    "psql-quit": script(TABLE + "\\q\nDROP TABLE public.towns;\n"),
    "psql-result": script("SELECT 1 AS first \\gset\n" + TABLE),
    "psql-statements-unknown": script("SELECT 'DROP TABLE ' || relname FROM pg_class \\gexec\n"),
    "psql-variable-unknown": script("SELECT 'app' AS owner \\gset\nCREATE TABLE :owner.towns (id bigint PRIMARY KEY);\n"),
    "rows-break-check": script("CREATE TABLE public.prices (id bigint PRIMARY KEY, price numeric);\nCOPY public.prices (id, price) FROM stdin;\n1\t-0.01\n\\.\n"
                               "ALTER TABLE public.prices ADD CONSTRAINT positive CHECK (price > 0) NOT VALID;\n"),
    "rows-infinite-time": script("CREATE TABLE public.stays (id bigint PRIMARY KEY, until timestamptz);\nINSERT INTO public.stays VALUES (1, 'infinity');\n", " --scan-data"),
    "rows-out-of-range": script("CREATE TABLE public.stays (id bigint PRIMARY KEY, length interval);\nINSERT INTO public.stays VALUES (1, 'infinity');\n", " --scan-data"),
    "rows-with-oids": script("CREATE TABLE public.towns (id bigint PRIMARY KEY) WITH OIDS;\nCOPY public.towns (id) WITH OIDS FROM stdin;\n16384\t1\n\\.\n"),
    "truncated-dump": script("CREATE TABLE public.towns (\n    id big"),
    "unused-decision": decided(TABLE, 'rule = "function-body"\naction = "acknowledge"\nreason = "written by hand"\n'),
    "vendor-aggregate": script("CREATE TABLE _timescaledb_internal._materialized_hypertable_3 (bucket timestamptz);\n"
                               "COPY _timescaledb_internal._materialized_hypertable_3 (bucket) FROM stdin;\n2020-01-01\n\\.\n"),
    "vendor-identity": script("CREATE TABLE public.towns (id bigint IDENTITY(1,1), code varchar(9) ENCODE zstd);\n"),
    "workload-lock": workload("SELECT pg_try_advisory_lock($1)"),
    "workload-name": workload("SELECT id FROM nowhere"),
    "workload-refused": workload("SET client_encoding = 'LATIN1'"),
    "workload-rewritten": workload("SELECT id / 2 FROM public.towns"),
    "workload-unseen": Input({"stats.csv": "query,calls\nSELECT 1,100\nSELECT 2\n", "schema.sql": TABLE},
                             "pg2crdb lint schema.sql --workload stats.csv --no-config"),
}
