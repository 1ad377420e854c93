"""CockroachDB's SHOW statements as queries which PostgreSQL can run.

show_query() gives SQL text, so the answer travels the ordinary way in the simple and the
extended protocol, and `[SHOW ...]` inside a query is the same text as a subquery.
"""

import re
from pathlib import Path

from statements import quote_ident, quote_literal

VERSION_SETTING = "1000025.4-upgrading-to-1000026.1-step-004"
CLUSTER_SETTINGS = {
    "version": VERSION_SETTING,
    "cluster.organization": "",
    "enterprise.license": "",
    "bulkio.import.row_count_validation.unsafe.mode": "off",
    "sql.defaults.serial_normalization": "rowid",
    "kv.rangefeed.enabled": "f",
}

# Name and value of every session variable in a fresh CockroachDB session.
SESSION_VARIABLES = dict(
    line.split("\t") for line in
    Path(__file__).with_name("session_variables.tsv").read_text().splitlines())

JOB_COLUMNS = ("job_id", "job_type", "description", "statement", "user_name", "status",
               "running_status", "created", "started", "finished", "modified",
               "fraction_completed", "error", "coordinator_id", "trace_id", "execution_errors")

_INDEXES = """SELECT c.relname::text AS table_name, x.relname::text AS index_name,
 NOT i.indisunique AS non_unique, k::int8 AS seq_in_index,
 pg_get_indexdef(i.indexrelid, k, true) AS column_name,
 pg_get_indexdef(i.indexrelid, k, true) AS definition,
 CASE WHEN k > i.indnkeyatts THEN 'N/A' WHEN i.indoption[k - 1] & 1 = 1 THEN 'DESC'
      ELSE 'ASC' END AS direction,
 k > i.indnkeyatts AS storing, false AS implicit, true AS visible, 1.0::float8 AS visibility
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid,
 LATERAL generate_series(1, i.indnatts::int4) k
WHERE i.indrelid = {table}::regclass ORDER BY 2, 4"""

_COLUMNS = """SELECT a.attname::text AS column_name,
 crdb_internal.type_name(a.atttypid, a.atttypmod) AS data_type, NOT a.attnotnull AS is_nullable,
 CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END AS column_default,
 CASE WHEN a.attgenerated = '' THEN '' ELSE pg_get_expr(d.adbin, d.adrelid) END
   AS generation_expression,
 ARRAY(SELECT x.relname::text FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
        WHERE i.indrelid = a.attrelid AND a.attnum = ANY (i.indkey)) AS indices,
 false AS is_hidden
FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = {table}::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"""

_HIDDEN_SCHEMAS = "('pg_catalog', 'information_schema', 'crdb_internal', 'pg_toast')"

# Normal form of the statement to its query; {table} is the named relation as a literal.
_QUERIES = (
    (r"^show constraints? from ", "SELECT * FROM crdb_internal.constraints_of({table}::regclass)"),
    (r"^show (?:indexes|indices|index|keys) from ", _INDEXES),
    (r"^show columns from ", _COLUMNS),
    (r"^show create (?:table |view |sequence )?", "SELECT {name} AS table_name, "
     "crdb_internal.create_table({table}::regclass) AS create_statement"),
    (r"^show triggers from ", "SELECT tgname::text AS trigger_name, tgenabled <> 'D' AS enabled "
     "FROM pg_trigger WHERE tgrelid = {table}::regclass AND NOT tgisinternal ORDER BY 1"),
    (r"^show tables", "SELECT n.nspname::text AS schema_name, c.relname::text AS table_name, "
     "CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' WHEN 'S' THEN 'sequence' "
     "ELSE 'materialized view' END AS type, pg_get_userbyid(c.relowner)::text AS owner, "
     "greatest(c.reltuples, 0)::int8 AS estimated_row_count, NULL::text AS locality "
     "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN "
     f"('r', 'v', 'm', 'S') AND n.nspname NOT IN {_HIDDEN_SCHEMAS} ORDER BY 1, 2"),
    (r"^show databases", "SELECT datname::text AS database_name, "
     "pg_get_userbyid(datdba)::text AS owner, NULL::text AS primary_region, "
     "NULL::text AS secondary_region, '{}'::text[] AS regions, NULL::text AS survival_goal "
     "FROM pg_database WHERE NOT datistemplate UNION ALL "
     "SELECT 'system', 'node', NULL, NULL, '{}', NULL ORDER BY 1"),
    (r"^show schemas", "SELECT nspname::text AS schema_name, pg_get_userbyid(nspowner)::text "
     "AS owner FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_t%' ORDER BY 1"),
    (r"^show (?:users|roles)", "SELECT rolname::text AS username, "
     "CASE WHEN rolcanlogin THEN '{}' ELSE '{NOLOGIN}' END::text[] AS options, '{}'::text[] "
     "AS member_of FROM pg_roles WHERE rolname NOT LIKE 'pg\\_%' ORDER BY 1"),
    (r"^show sessions$", "SELECT pid::text AS session_id, usename::text AS user_name, "
     "application_name::text AS application_name FROM pg_stat_activity "
     "WHERE backend_type = 'client backend' ORDER BY 1"),
    (r"^show sequences", "SELECT sequence_schema::text, sequence_name::text "
     "FROM information_schema.sequences WHERE sequence_schema <> 'pg_catalog' ORDER BY 1, 2"),
)


def show_query(statement, jobs, variable_value):
    """The query for a SHOW statement, None when PostgreSQL's own SHOW will do.

    jobs: list of dicts (see jobs_query); variable_value(name): value of a variable that only
    CockroachDB has.  Raises KeyError(name) for a variable which CockroachDB does not know.
    """
    normal = statement.normal
    for pattern, query in _QUERIES:
        match = re.match(pattern, normal)
        if match:
            return _fill(statement, match.end(), query)
    if normal.startswith("show cluster setting "):
        name = re.sub(r"\s", "", statement.text.strip()[len("show cluster setting "):])
        value = CLUSTER_SETTINGS.get(name, "")
        return f"SELECT {quote_literal(value)}::text AS {quote_ident(name)}"
    if re.match(r"^show jobs?\b", normal):
        wanted = re.search(r"^show jobs? (?:when complete )?(\d+)", normal)
        return jobs_query(jobs, wanted and int(wanted[1]))
    match = re.match(r"^show (?:session )?(\w+|time zone|transaction isolation level)$", normal)
    if not match:
        return None
    name = {"time zone": "timezone", "transaction isolation level": "transaction_isolation",
            "all": "all"}.get(match[1], match[1])
    if name == "all":
        return None
    if name not in SESSION_VARIABLES:
        raise KeyError(name)
    value = variable_value(name)
    return value and f"SELECT {value} AS {quote_ident(name)}"


def _fill(statement, offset, query):
    if "{table}" not in query:
        return query
    first = statement.token_at(offset)
    parts, _ = statement.name_at(statement.tokens.index(first) if first else 0)
    shown = statement.text[first.start:].strip() if first else ""
    name = ".".join(quote_ident(part) for part in parts[-2:])
    return query.replace("{table}", quote_literal(name)).replace("{name}", quote_literal(shown))


def jobs_query(jobs, only=None):
    """A query giving the jobs (dicts with some of JOB_COLUMNS), newest first; of all, descriptions are cut."""
    rows = []
    for job in reversed(jobs):
        if only is None or job["job_id"] == only:
            described = job["description"]
            if only is None and len(described) > 70:  # transcripts/03_import.txt
                job = {**job, "description": described[:59] + " \u2026 " + described[-7:]}
            values = (job.get(column) for column in JOB_COLUMNS)
            rows.append("(" + ", ".join("NULL" if value is None else quote_literal(str(value))
                                        for value in values) + ")")
    source = ("(VALUES " + ", ".join(rows) + ")" if rows else
              "(SELECT " + ", ".join(["NULL"] * len(JOB_COLUMNS)) + " WHERE false)")
    casts = {"job_id": "int8", "created": "timestamptz", "started": "timestamptz",
             "finished": "timestamptz", "modified": "timestamptz",
             "fraction_completed": "float4", "coordinator_id": "int8", "trace_id": "int8"}
    columns = ", ".join(f"{name}::{casts.get(name, 'text')} AS {name}" for name in JOB_COLUMNS)
    return f"SELECT {columns} FROM {source} AS job({', '.join(JOB_COLUMNS)})"
