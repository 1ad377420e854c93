"""What CockroachDB refuses although PostgreSQL takes it, as a table.

Each row is a regular expression over Statement.normal, the SQLSTATE and the beginning of
the message a real node gave, and its evidence: a transcript of the observed node (06_ddl,
07_tables, ...), `forms` (list of forms tried on the same node), `parser` (its parser's
verdict on pg_dump's forms) or `types` (list of type spellings tried).

The group `near` is the token the message points at; when it is empty the statement's end
is meant (EOF).  `type`, `name` and other groups may be used in the message.
"""

import functools
import re
from dataclasses import dataclass, field

from statements import Statement

# Longer statements are data; searching all of their text would only cost time.
_SEARCHED = 50_000

_NOT_IMPLEMENTED = "You have attempted to use a feature that is not yet implemented."


@dataclass(frozen=True)
class Refusal:
    pattern: re.Pattern
    sqlstate: str
    message: str
    evidence: str
    issue: str = ""
    fields: dict = field(default_factory=dict)
    # The release that takes it, where one does that is newer than the node.
    taken_by: str = ""


def said(pattern, sqlstate, message, evidence, issue="", taken_by="", **fields):
    """A refusal with its own words."""
    return Refusal(re.compile(pattern), sqlstate, message, evidence, issue, fields, taken_by)


def syntax(pattern, evidence, more="", taken_by=""):
    return Refusal(re.compile(pattern), "42601", 'at or near "{near}": syntax error' + more, evidence, taken_by=taken_by)


def unimplemented(pattern, evidence, issue="", sqlstate="0A000"):
    return said(pattern, sqlstate, 'at or near "{near}": syntax error: unimplemented: this syntax',
                evidence, issue)


# A qualified name, and the places of a statement where a type is written.
_NAME = r"(?:only )?(?:if (?:not )?exists )?(?:only )?\S+(?: \. \S+)*"
_NOT_COLUMN = (r"(?!(?:not|and|or|select|distinct|all|case|when|then|else|default|references|"
               r"constraint|check|unique|primary|foreign|index|inverted|exclude|like|in|as|on) )")
_CREATE_TABLE = r"^create (?:(?:unlogged|temp|temporary|local|global) )*table (?:if not exists )?"
_TYPE_PLACE = (r"(?:" + _CREATE_TABLE + r".*?[(,] " + _NOT_COLUMN + r"\S+"
               r"|^alter table .*? add (?:column )?(?:if not exists )?(?!constraint )\S+"
               r"|^alter table .*? alter (?:column )?\S+ (?:set data )?type"
               r"|^create type .*? as .*?[(,] \S+"
               r"|^create (?:or replace )?(?:function|procedure) .*? returns(?: setof)?"
               r"|::) (?:pg_catalog \. )?")
_AFTER_TYPE = r"\b ?(?P<near>\S*)"


def typed(names):
    """Pattern for one of the types `names` (alternatives) where a type is expected."""
    return _TYPE_PLACE + r"(?P<type>" + names + r")" + _AFTER_TYPE


_FUNCTION = r"^create (?:or replace )?(?:function|procedure) .*?"

REFUSALS = (
    # ---- COPY (05_copy)
    unimplemented(r"^copy .*? from stdin .*?header (?P<near>match)\b", "05_copy"),
    unimplemented(r"^copy .*? from stdin .*?force_(?:null|not_null|quote) (?P<near>\S*)",
                  "05_copy", "41608"),
    unimplemented(r"^copy .*? from stdin .*?freeze ?(?P<near>\S*)", "05_copy", "41608"),
    unimplemented(r"^copy .*? from (?P<near>'\?'|program)", "05_copy"),
    said(r"^copy .*? to (?:'\?'|program)", "0A000", "unimplemented: COPY TO a file", "forms"),
    said(r"^copy (?!.*csv).*? from stdin .*?escape", "0A000",
         "ESCAPE can only be specified for CSV", "05_copy"),
    said(r"^copy (?!.*csv).*? from stdin .*?quote", "0A000",
         "QUOTE can only be specified for CSV", "forms"),
    unimplemented(r"^copy .*? from stdin .*?(?P<near>where) ", "forms", "54580"),
    unimplemented(r"^copy .*? from stdin .*?(?P<near>oids|on_error|reject_limit|log_verbosity)\b",
                  "forms", "41608"),

    # ---- IMPORT, LOCK and other commands CockroachDB lacks
    syntax(r"^import (?P<near>pgdump|table|mysqldump|mysqloutfile)\b", "03_import"),
    syntax(r"^(?P<near>lock|vacuum|cluster|checkpoint|load|notify|listen|unlisten)\b",
           "10_extra"),
    syntax(r"^alter (?P<near>system|event|trigger|extension|aggregate|operator|collation|"
           r"statistics|publication|subscription|server|foreign|domain|rule|large|language|text|"
           r"conversion|tablespace|routine)\b", "10_extra (ALTER SYSTEM)"),
    unimplemented(r"^reindex \w+ (?P<near>\S+)", "10_extra", sqlstate="42601"),
    syntax(r"^(?P<near>security) label", "parser"),

    # ---- extensions (06_ddl, 10_extra)
    unimplemented(r"^create extension .*? (?P<near>schema|version|cascade)\b", "06_ddl", "74777"),
    said(r'^create extension (?:if not exists )?"?(?P<name>citext)"?$', "0A000",
         'unimplemented: extension "{name}" is not yet supported', "10_extra", "41276"),
    said(r'^create extension (?:if not exists )?"?(?P<name>btree_gin|btree_gist)"?$', "0A000",
         'unimplemented: extension "{name}" is not yet supported', "10_extra", "51992"),
    said(r'^create extension (?:if not exists )?"?(?P<name>hstore|ltree|intarray|tablefunc|'
         r'unaccent|cube|earthdistance|dblink|file_fdw|postgres_fdw|pg_stat_statements|isn|lo|'
         r'dict_int|dict_xsyn|adminpack|amcheck|bloom|xml2|intagg|sslinfo|pgrowlocks|pg_prewarm|'
         r'pg_buffercache|pgstattuple|pageinspect|pg_freespacemap|pg_visibility|seg|timescaledb|'
         r'postgis_topology|postgis_tiger_geocoder|address_standardizer|plpython3u|plv8|moddatetime)"?$',
         "0A000",
         'unimplemented: extension "{name}" is not yet supported', "06_ddl, 10_extra", "54516"),
    said(r'^create extension (?:if not exists )?(?!"?(?:pgcrypto|uuid-ossp|postgis|pg_trgm|vector|'
         r'fuzzystrmatch)"?$)(?P<name>\S+)$',
         "42P02", "unknown extension: {name}", "06_ddl (nosuch), 10_extra (plpgsql)"),
    unimplemented(r"^drop extension \S+ ?(?:cascade|restrict)?(?P<near>)$", "06_ddl", "74777"),

    # ---- COMMENT (06_ddl)
    unimplemented(r"^comment on extension (?P<near>\S+)", "06_ddl", "74777"),
    unimplemented(r"^comment on (?:function|procedure|routine) (?P<near>\S+)", "06_ddl", "17511"),
    syntax(r"^comment on (?P<near>sequence|view|trigger|materialized|policy|role|aggregate|cast|"
           r"collation|conversion|domain|event|foreign|large|operator|procedural|language|"
           r"publication|rule|server|statistics|subscription|tablespace|text|transform|access)\b",
           "06_ddl, forms"),

    # ---- object kinds CockroachDB lacks (06_ddl)
    unimplemented(r"^create domain .*? (?P<near>as)\b", "06_ddl", "27796"),
    unimplemented(r"^create (?:or replace )?rule (?P<near>\S+)", "06_ddl"),
    unimplemented(r"^create (?:or replace )?aggregate (?P<near>\S+)", "06_ddl", "74775"),
    unimplemented(r"^create operator (?P<near>\S+)", "06_ddl", "65017"),
    unimplemented(r"^create cast (?P<near>\()", "06_ddl"),
    syntax(r"^create (?P<near>collation|event|procedural|tablespace|conversion|transform|group)\b",
           "06_ddl, parser"),
    unimplemented(r"^create text (?P<near>search)\b", "06_ddl", "7821"),
    unimplemented(r"^create (?:publication|subscription|server) (?P<near>\S+)", "06_ddl, parser"),
    unimplemented(r"^create foreign table (?:if not exists )?(?P<near>\S+)", "06_ddl"),
    unimplemented(r"^create foreign data (?P<near>wrapper)\b", "parser"),
    unimplemented(r"^create access method (?P<near>\S+)", "06_ddl"),
    unimplemented(r"^create (?:or replace )?(?:trusted )?language \S+ ?(?P<near>\S*)", "06_ddl",
                  "17511"),
    syntax(r"^create statistics \S+ (?P<near>\.)", "06_ddl"),
    syntax(r"^create statistics (?:if not exists )?\S+ (?P<near>\()", "06_ddl"),
    unimplemented(r"^create type .*? as range (?P<near>\()", "06_ddl", "27791"),
    unimplemented(r"^create type \S+(?: \. \S+)? ?(?P<near>)$", "06_ddl", "27793"),
    unimplemented(r"^create type \S+(?: \. \S+)? \( (?P<near>\S+)", "06_ddl", "27793"),
    syntax(r"^create type .*? as \( (?:.*?, )?\S+ (?:pg_catalog \. )?\w+ (?P<near>\[)", "forms",
           taken_by="26.2"),
    said(r"^create schema (?P<name>public)\b", "42P06", 'schema "{name}" already exists', "06_ddl"),

    # ---- sequences, identity (06_ddl, 07_tables)
    said(r"^(?:create|alter) sequence (?:(?!no cycle).)*? (?<!no )cycle\b", "0A000",
         "unimplemented: CYCLE option is not supported", "06_ddl", "20961"),
    syntax(r"^create (?P<near>unlogged) sequence", "forms"),
    unimplemented(r"^alter table .*? add generated .*? as identity \( .*?(?P<near>sequence) name",
                  "07_tables"),
    syntax(_CREATE_TABLE + r".*? as identity \( (?:[^)]*? )?(?P<near>sequence) name", "forms"),
    said(r"generated (?:always|by default) as identity \( [^)]*?(?<!no )cycle", "0A000",
         "unimplemented: CYCLE option is not supported", "forms", "20961"),
    said(_CREATE_TABLE + r".*?[(,] \S+ (?:text|varchar|character varying|uuid|numeric) "
         r"generated (?:always|by default) as identity ?(?P<near>\S*)", "22023",
         'at or near "{near}": syntax error: identity column type must be an INT', "07_tables"),
    syntax(r"^insert into .{0,4000}? (?P<near>overriding) (?:system|user) value", "07_tables"),

    # ---- what is dropped (forms; its drop_schema.go)
    said(r'^drop schema (?:if exists )?(?:\S+ , )*"?public"?(?: |$)', "3F000", 'cannot drop schema "public"', "source"),
    said(r"^drop type .* cascade$", "0A000", "unimplemented: DROP TYPE CASCADE is not yet supported", "forms", "51480"),

    # ---- ALTER TABLE (06_ddl, 07_tables)
    said(r"^alter table .*? (?:alter (?:column )?\S+ (?:set data )?type .* , (?:alter|add|drop|rename|validate) "
         r"|, alter (?:column )?\S+ (?:set data )?type )", "0A000",
         "unimplemented: ALTER COLUMN TYPE cannot be used in combination with other ALTER TABLE commands", "docs", "49351"),
    syntax(r"^alter table " + _NAME + r" (?P<near>cluster|replica|inherit|attach|detach|no(?= inherit)|of)\b",
           "06_ddl, 07_tables"),
    # Docs of 26.2, and its grammar.
    syntax(r"^alter table " + _NAME + r" (?:enable|disable) (?P<near>trigger)\b", "06_ddl", taken_by="26.2"),
    syntax(r"^alter table " + _NAME + r" (?:enable|disable) (?P<near>rule)\b", "06_ddl"),
    syntax(r"^alter table " + _NAME + r" (?:enable|disable) (?:always|replica) (?P<near>trigger|rule)\b", "06_ddl"),
    syntax(r"^alter (?:table|materialized view) " + _NAME + r" alter (?:column )?\S+ set "
           r"(?P<near>statistics|storage|compression)\b", "06_ddl"),
    syntax(r"^alter table " + _NAME + r" set (?P<near>without|tablespace|logged|unlogged|access)\b",
           "06_ddl"),
    syntax(r"^alter (?:table|materialized view|index) " + _NAME + r" set (?P<near>tablespace)\b",
           "forms"),
    syntax(r"^alter index " + _NAME + r" (?P<near>attach|set|alter|depends|reset)\b", "07_tables"),
    syntax(r"^alter table .*? (?:primary key|unique) (?P<near>using) index", "07_tables"),
    said(r"^alter table .*? add constraint \S+ unique \( .*\) not valid$", "0A000",
         "unimplemented: UNIQUE constraints cannot be marked NOT VALID", "forms"),
    said(r"^alter table .*? drop constraint (?!if exists )\S+_key\b(?! cascade)", "0A000",
         "unimplemented: cannot drop UNIQUE constraint using ALTER TABLE DROP CONSTRAINT, "
         "use DROP INDEX CASCADE instead", "forms", "42840", taken_by="26.2"),

    # ---- constraints (02_fk_create, 07_tables)
    unimplemented(r"exclude using (?P<near>\S+)", "07_tables", "46657"),
    syntax(r"(?:unique|\)) (?P<near>nulls) (?:not )?distinct", "06_ddl, 07_tables"),
    syntax(r"^create table .*? primary key (?P<near>deferrable)\b", "07_tables"),
    syntax(r"^alter table .*? primary key \( [^)]*\) (?P<near>deferrable)\b", "07_tables"),
    syntax(r"^create table .*? references \S+(?: \. \S+)?(?: \( [^)]*\))?"
           r"(?: (?!deferrable)[a-z]+)*? (?P<near>deferrable)\b", "07_tables"),
    syntax(r" not (?P<near>deferrable)\b", "02_fk_create"),
    unimplemented(r"^alter table .*? initially (?P<near>deferred|immediate)\b", "02_fk_create",
                  "31632"),
    unimplemented(r"^alter table .*? deferrable ?(?P<near>)$", "07_tables", "31632"),
    syntax(r"^create table .*? (?P<near>deferrable|initially)\b", "07_tables"),
    unimplemented(r" match (?P<near>partial)\b", "02_fk_create", "20305"),
    syntax(r" on (?:delete|update) set (?:null|default) (?P<near>\()", "02_fk_create"),
    unimplemented(r"^set constraints (?P<near>\S+)", "07_tables"),
    syntax(r"^(?:create|alter) table .*? check \(.*?\) (?P<near>no) inherit", "07_tables"),
    said(r"^(?:create|alter) table .*? check \( (?:\( )*(?:exists|select|not exists|in) ?\( select\b",
         "42601", "variable sub-expressions are not allowed in CHECK", "07_tables"),
    syntax(r"^create table .*? primary key \( [^)]*\) (?P<near>include)\b", "forms"),

    # ---- CREATE TABLE (07_tables)
    syntax(_CREATE_TABLE + r".*?[(,] family (?!\()\S+ (?P<near>(?!\()\S+)", "parser, forms"),
    unimplemented(_CREATE_TABLE + r".*\) inherits (?P<near>\()", "07_tables", "22456"),
    syntax(_CREATE_TABLE + r".*\) partition by (?:range|list) \( [^()]*\) ?(?P<near>)$",
           "07_tables"),
    syntax(_CREATE_TABLE + r".*\) partition by (?:range|list) \( .*\) ?(?P<near>)$(?<!\) \))",
           "07_tables"),
    syntax(_CREATE_TABLE + r".*\) partition by (?P<near>hash)\b", "07_tables"),
    syntax(_CREATE_TABLE + r"\S+(?: \. \S+)* (?P<near>partition|of)\b", "07_tables"),
    syntax(_CREATE_TABLE + r".*\) with \( .*?\b(?:toast) (?P<near>\.)", "07_tables"),
    said(_CREATE_TABLE + r".*\) with \( (?:.*?, )?(?P<name>toast_tuple_target|parallel_workers|"
         r"user_catalog_table|vacuum_\w+|log_autovacuum_min_duration|autosummarize)\b", "0A000",
         'unimplemented: storage parameter "{name}"', "forms", "43299"),
    syntax(r"^create (?:unlogged )?(?:table|(?:unique )?index|materialized view) .*? "
           r"(?P<near>tablespace)\b", "07_tables"),
    syntax(_CREATE_TABLE + r".*?[(,] \S+ .*? (?P<near>compression|storage) "
           r"(?:lz4|pglz|default|plain|external|extended|main)\b", "07_tables, parser"),
    syntax(r"^(?:create|alter) table .*? collate pg_catalog (?P<near>\.)", "07_tables",
           ': invalid locale pg_catalog: language: subtag "pg" is well-formed but unknown'),
    syntax(r'^(?:create|alter) table .*? collate "(?:C|POSIX)" ?(?P<near>\S*)', "07_tables",
           ": invalid locale C: language: tag is not well-formed"),
    syntax(r'^(?:create|alter) table .*? collate "\w+\.\w+" ?(?P<near>\S*)', "forms",
           ": invalid locale: language: tag is not well-formed"),
    said(_CREATE_TABLE + r"(?P<table>\S+)(?: \. \S+)? \( (?:.*?, )?"
         r"(?P<name>crdb_internal_\w+|tableoid) \w", "42701",
         'relation "{table}": column name "{name}" conflicts with a system column name',
         "10_extra"),
    said(r"^create table .*?(?P<name>now) \( \) \) stored", "0A000",
         "now(): context-dependent operators are not allowed in STORED COMPUTED COLUMN",
         "07_tables"),

    # ---- types (07_tables, 08_types, types)
    said(_TYPE_PLACE + r"(?P<type>jsonb?) \[", "0A000",
         "unimplemented: arrays of JSON unsupported as column type", "08_types", "23468"),
    unimplemented(_TYPE_PLACE + r"[^,]*?\[ (?:\d+ )?\] \[ (?:\d+ )?(?P<near>\])", "08_types",
                  "32552"),
    unimplemented(typed("money"), "08_types", "41578"),
    unimplemented(typed("xml"), "08_types", "43355"),
    unimplemented(typed("cidr"), "08_types", "18846"),
    unimplemented(typed("macaddr8?"), "08_types", "45813"),
    unimplemented(typed("point|line|lseg|box|path|polygon|circle"), "07_tables, 08_types", "21286"),
    unimplemented(typed("txid_snapshot"), "08_types"),
    said(typed("jsonpath"), "0A000", "unimplemented: jsonpath unsupported as column type",
         "08_types", "144910"),
    said(_CREATE_TABLE + r".*?[(,] \S+ (?:oidvector|int2vector)\b", "0A000",
         "VECTOR column types are unsupported", "08_types"),
    said(_CREATE_TABLE + r".*?[(,] \S+ (?P<type>unknown|void|trigger|anyelement)\b", "42P16",
         "value type {type} cannot be used for table columns", "08_types"),
    said(_CREATE_TABLE + r".*?[(,] \S+ record\b", "42P16",
         "cannot use anonymous record type as table column", "08_types"),
    said(r"to_tsvector \( '\?' :: (?:pg_catalog \. )?(?P<type>regconfig)", "42704",
         'to_tsvector(): type "{type}" does not exist', "07_tables"),
    said(typed("int4range|int8range|numrange|tsrange|tstzrange|daterange|int4multirange|"
               "int8multirange|nummultirange|tsmultirange|tstzmultirange|datemultirange|xid8?|cid|"
               "tid|regoper|regoperator|regconfig|regdictionary|regcollation|pg_snapshot|aclitem|"
               "pg_node_tree|gtsvector|lquery|ltxtquery|cstring|internal|hstore|cube|isbn|ean13"),
         "42704", 'type "{type}" does not exist', "08_types, types"),
    syntax(_TYPE_PLACE + r"bpchar (?P<near>\()", "08_types"),
    syntax(_TYPE_PLACE + r"halfvec (?P<near>\()", "08_types"),
    syntax(r"^(?:create|alter) table .*? public \. (?:geometry|geography|vector|halfvec) "
           r"(?P<near>\()", "08_types"),
    syntax(_TYPE_PLACE + r"(?:numeric|decimal) \( \d+ , (?P<near>-)", "08_types"),
    syntax(r"^(?:create|alter) table .*? pg_catalog \. \S+ (?P<near>\()", "forms"),

    # ---- indexes (07_tables)
    syntax(r"^create (?:unique )?index .*? on (?P<near>only)\b", "07_tables"),
    unimplemented(r"^create (?:unique )?index .*? using (?P<near>brin|spgist)\b", "07_tables"),
    unimplemented(r"^create (?:unique )?index [^(]*? using (?P<near>hash) \(", "07_tables"),
    syntax(r"^create (?:unique )?index .*? using (?P<near>ivfflat)\b", "forms"),
    syntax(r"^create (?:unique )?index [^(]*\( (?:[^(),]*?, )*\S+ (?P<near>collate)\b",
           "07_tables"),
    syntax(r"^create (?:unique )?index .*? \S+ \S+ (?P<near>\.) (?:\w+_ops)\b", "07_tables"),
    said(r"^create (?:unique )?index .*? jsonb_path_ops\b", "0A000",
         'unimplemented: operator class "jsonb_path_ops" is not supported', "07_tables", "81115"),
    said(r"^create (?:unique )?index .*? (?P<name>gin__int_ops|gist_geometry_ops_2d|gist_inet_ops|"
         r"gin_hstore_ops)\b", "42704", 'operator class "{name}" does not exist', "forms"),
    said(r"^create (?:unique )?index (?!.*using (?:gin|gist|hnsw|cspann|inverted)).*?"
         r"\b\w+_(?:pattern_)?ops\b", "42804",
         "operator classes are only allowed for the last column of an inverted or vector index",
         "07_tables"),
    unimplemented(r"^create (?:unique )?index .*? (?<!desc )nulls (?P<near>last)\b", "07_tables",
                  "6224"),
    unimplemented(r"^create (?:unique )?index .*? desc nulls (?P<near>first)\b", "forms", "6224"),
    said(r"^create (?:unique )?index .*? with \( .*?\bfastupdate\b", "0A000",
         'unimplemented: storage parameter "fastupdate"', "forms", "43299"),
    said(r"^create (?:unique )?index .*? with \( (?:.*?, )?(?P<name>deduplicate_items|buffering|"
         r"pages_per_range)\b", "22023", 'invalid storage parameter "{name}"', "forms"),
    said(r"^create (?:unique )?index .*? where .*?\bnow \( \)", "0A000",
         "now(): context-dependent operators are not allowed in INDEX PREDICATE", "forms"),

    # ---- functions (06_ddl)
    unimplemented(_FUNCTION + r" (?P<near>parallel) (?:safe|unsafe|restricted)\b", "06_ddl"),
    unimplemented(_FUNCTION + r" cost (?P<near>\S+)", "06_ddl"),
    unimplemented(_FUNCTION + r" rows (?P<near>\d+)", "forms"),
    unimplemented(_FUNCTION + r"(?:\$\?\$|\w) (?P<near>window)\b", "forms"),
    unimplemented(r"^create (?:or replace )?(?:function|procedure) \S+(?: \. \S+)? \( .*?"
                  r"(?P<near>variadic)\b", "06_ddl", "88947"),
    said(_FUNCTION + r" begin atomic\b", "0A000",
         "unimplemented: CREATE FUNCTION...sql_body unimplemented", "06_ddl"),
    said(r"^create (?:or replace )?(?:function|procedure) [^$]*? return (?!null on)", "0A000",
         "unimplemented: CREATE FUNCTION...sql_body unimplemented", "forms"),
    unimplemented(_FUNCTION + r"(?<=[a-z]) (?P<near>set) \S+ (?:to|=|from)", "06_ddl"),
    unimplemented(_FUNCTION + r" (?P<near>transform|support)\b", "forms"),
    said(_FUNCTION + r" language '?c'?\b", "0A000", "unimplemented: C is not yet supported",
         "06_ddl", "102201"),
    said(_FUNCTION + r" language (?P<name>plpython3?u|plperlu?|pltclu?|plv8|internal)\b", "42704",
         'language "{name}" does not exist', "forms"),

    # ---- triggers (06_ddl)
    unimplemented(r"^create constraint trigger (?P<near>\S+)", "06_ddl", "28296"),
    said(r"^create (?:or replace )?trigger .*? update of ", "0A000",
         "unimplemented: column lists are not yet supported for triggers", "06_ddl", "135656"),
    said(r"^create (?:or replace )?trigger (?!.*instead of)(?:.*for (?:each )?statement|"
         r"(?!.*for (?:each )?(?:row|statement)))", "0A000",
         "unimplemented: statement-level triggers are not yet supported", "06_ddl", "126362"),
    said(r"^create or replace trigger", "0A000", "unimplemented: cannot replace triggers", "forms"),
    said(r"^create trigger .*? instead of .*? on (?:\S+ \. )?(?P<name>\S+)", "42809",
         '"{name}" is a table', "06_ddl", D="Tables cannot have INSTEAD OF triggers."),
    said(r"^create trigger .*? when \(.*?\b(?P<name>old|new) \. ", "42P01",
         "no data source matches prefix: {name} in this context", "06_ddl"),

    # ---- views (06_ddl)
    unimplemented(r"^create (?:or replace )?(?P<near>recursive) view", "06_ddl"),
    said(r"^create (?:or replace )?view .*? with \( security_invoker", "0A000",
         "unimplemented: security_invoker views", "forms", taken_by="26.2"),
    syntax(r"^create (?:or replace )?view [^(]*(?:\( [^)]*\) )?with \( (?!security_invoker\b)(?P<near>\S+)",
           "06_ddl"),
    syntax(r"^create (?:or replace )?view .*? (?P<near>with) (?:cascaded |local )?check option",
           "06_ddl"),
    syntax(r"^create materialized view [^(]*? (?P<near>with) \(", "forms"),

    # ---- privileges and roles (06_ddl, forms)
    syntax(r"^(?:grant|revoke) (?:grant option for )?(?:\w+(?: , | ))*?(?:select|insert|update|"
           r"references|all(?: privileges)?) (?P<near>\()", "06_ddl"),
    syntax(r"^(?:grant|revoke) (?:grant option for )?(?:\w+ , )*?(?P<near>references|truncate|"
           r"maintain|temporary|temp)\b", "forms"),
    syntax(r"^(?:grant|revoke) .*? on (?P<near>language|foreign|large|parameter|tablespace|domain)"
           r"\b", "forms"),
    syntax(r"^(?:grant|revoke) .*? (?P<near>granted) by", "forms"),
    syntax(r"^(?:grant|revoke) .*? (?:to|from) (?P<near>group) ", "forms"),
    syntax(r"^revoke .*? from .*? (?P<near>cascade)$", "forms"),
    syntax(r"^(?:create|alter) (?:role|user) (?:if (?:not )?exists )?(?!if )\S+ .*?\b(?P<near>superuser|nosuperuser|inherit|noinherit|"
           r"connection|admin|sysid|in)\b", "forms"),
    said(r"^alter .*? owner to (?P<name>pg_\w+)$", "42704", 'role/user "{name}" does not exist',
         "forms"),
    said(r"^(?:grant|revoke) .*? (?:to|from) (?P<name>pg_(?!catalog)\w+)", "42704",
         'role/user "{name}" does not exist', "forms"),

    # ---- SET (01_header)
    unimplemented(r"^set session authorization (?P<near>\S+)", "01_header", "40283"),

    # ---- functions and system columns that are not there (10_extra, forms)
    said(r"\b(?P<name>(?:pg_catalog \. )?(?:lo_\w+|hashtext|pg_relation_size|to_date|to_number|"
         r"regexp_match|regexp_matches|string_to_table|make_interval|justify_days|justify_hours|"
         r"justify_interval|date_bin|uuid_generate_v7|uuidv7)) \(", "42883",
         "unknown function: {name}()", "10_extra, forms"),
    said(r"^select (?P<name>xmin|xmax|ctid|cmin|cmax) from ", "42703",
         'column "{name}" does not exist', "10_extra"),
    said(r"\bgroup by (?:grouping sets|rollup|cube) \(", "0A000",
         "unimplemented: grouping sets", "forms", "46280"),
)

# What a PL/pgSQL body may not hold (forms, section 9; TG_ARGV as the node said it for a
# dump): tried on the body without its strings and comments.  No message means a syntax error; a
# release behind it is the one that takes it.
_SYNTAX = None
BODY_REFUSALS = tuple((re.compile(pattern, re.I), *rest) for pattern, *rest in (
    (r"\b(?P<near>perform)\b", "0A000", _SYNTAX),
    (r"(?:^|[;\s])(?P<near>execute)\b", "0A000", _SYNTAX),
    (r"\b(?P<near>foreach)\b", "0A000", _SYNTAX),
    (r"\bfor\s+\w+\s+in\s+(?P<near>select|execute)\b", "0A000", _SYNTAX),
    (r"\bget\s+(?:stacked\s+|current\s+)?(?P<near>diagnostics)\b", "0A000", _SYNTAX),
    (r"(?:^|[;\s])(?P<near>assert)\b", "0A000", _SYNTAX),
    (r"\b\w+\s+(?P<near>record)\s*;", "0A000", _SYNTAX),
    (r"(?P<near>%)\s*(?:type|rowtype)\b", "42601", _SYNTAX),
    (r"\b(?:new|old)\.(?P<near>\w+)\s+(?:is|<>|=\s*old)\b", "42P01",
     "no data source matches prefix: new in this context"),
    (r"\btg_argv\b", "0A000",
     "unimplemented: referencing the TG_ARGV trigger function parameter is not yet supported", "26.2"),
))

# client_encoding and the like: which values a "compatibility only" variable takes (01_header).
FIXED_SETTINGS = {
    "standard_conforming_strings": {"on", "true", "1"},
    "xmloption": {"content"},
    "default_tablespace": {""},
    "default_with_oids": {"off", "false", "0"},
}
_ENCODINGS = {"utf8", "utf-8", "unicode", "default"}


def refusal_of(statement, release):
    """The ErrorResponse fields with which CockroachDB would refuse `statement`, or None."""
    if statement.normal.startswith("set "):
        found = _setting_refusal(statement)
        if found:
            return found
    searched = statement.normal[:_SEARCHED]
    if not statement.tokens or statement.tokens[0].kind != "word":
        return None
    for row, tried in _rows_for(statement.tokens[0].low, release):
        match = tried(searched)
        if match:
            return _fields(row, match, statement)
    return _body_refusal(statement, release)


@functools.cache
def _rows_for(word, release):
    """The rows that a statement with this first word may meet, each with how its pattern is tried."""
    found = []
    for row in REFUSALS:
        first = re.match(r"\^(\w+) ", row.pattern.pattern)
        if not (row.taken_by and row.taken_by <= release) and (first is None or first[1] == word):
            # A pattern that begins with ^ need not be tried at every position.
            found.append((row, row.pattern.match if row.pattern.pattern[0] == "^" else row.pattern.search))
    return found


def _fields(row, match, statement):
    groups = {name: (value or "").strip('"').replace(" ", "")
              for name, value in match.groupdict().items()}
    fields = {"C": row.sqlstate}
    if "near" in groups:
        token = statement.token_at(match.start("near")) if match["near"] else None
        groups["near"] = token.shown if token else "EOF"
        fields["D"] = source_with_caret(statement.text, token.start if token
                                        else len(statement.text))
    fields["M"] = row.message.format(**groups)
    if row.sqlstate == "0A000":
        fields["H"] = _NOT_IMPLEMENTED
        if row.issue:
            fields["H"] += f"\nSee: https://go.crdb.dev/issue-v/{row.issue}/dev"
    fields.update(row.fields)
    return fields


def source_with_caret(text, position):
    """CockroachDB's DETAIL of a syntax error."""
    line_start = text.rfind("\n", 0, position) + 1
    line_end = text.find("\n", position)
    line_end = len(text) if line_end < 0 else line_end
    return f"source SQL:\n{text[:line_end]}\n{' ' * (position - line_start)}^"


def _body_refusal(statement, release):
    match = re.match(r"^create (?:or replace )?(?:function|procedure) .*?language '?plpgsql\b",
                     statement.normal)
    body = next((token.text for token in statement.tokens if token.kind == "dollar"), None)
    if not match or body is None:
        return None
    bare = re.sub(r"--[^\n]*|'[^']*'", " ", body)
    for pattern, state, text, *taken_by in BODY_REFUSALS:
        if taken_by and taken_by[0] <= release:
            continue
        found = pattern.search(bare)
        if found:
            if text is _SYNTAX:
                text = f'at or near "{found["near"].lower()}": syntax error'
                if state == "0A000":
                    text += ": unimplemented: this syntax"
            return {"C": state, "M": text, **({"H": _NOT_IMPLEMENTED} if state == "0A000" else {})}
    return None


def _setting_refusal(statement):
    match = re.match(r"^set (?:session |local )?(?P<name>\w+) (?:=|to) (?P<value>.*)$",
                     statement.normal)
    if not match:
        return None
    name = match["name"]
    value = statement.tokens[-1].shown.lower()
    if name == "client_encoding" and value not in _ENCODINGS:
        shown = value.replace("_", "")
        return {"C": "0A000", "M": f'unimplemented: unimplemented client encoding: "{shown}"',
                "H": _NOT_IMPLEMENTED + "\nSee: https://go.crdb.dev/issue-v/35882/dev"}
    if name == "session_replication_role":
        return {"C": "0A000", "M": "unimplemented: the configuration setting "
                                   '"session_replication_role" is not supported',
                "H": _NOT_IMPLEMENTED}
    allowed = FIXED_SETTINGS.get(name)
    if allowed is not None and value not in allowed:
        return {"C": "22023", "M": f'invalid value for parameter "{name}": "{value}"',
                "D": "this parameter is currently recognized only for compatibility and has no "
                     "effect in CockroachDB."}
    if name == "datestyle" and re.search(r"sql|german|postgres", value):
        return {"C": "0A000", "M": f'unimplemented: only ISO style is supported: "{value}"',
                "H": _NOT_IMPLEMENTED}
    return None
