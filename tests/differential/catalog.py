"""A PostgreSQL database's catalog as plain data, so that two databases can be compared.

read_catalog() gives {path: {property: value}}. A path is a tuple of a kind and names, ("table", "shop", "orders") or
("column", "shop", "orders", "id"); the first names are those of what it hangs on. Values are texts, numbers and lists.
Names come qualified, since they are read with an empty search_path.

What is not read: storage (tablespaces, fill factors, compression, statistics targets, access methods), extensions and
what belongs to them, roles, event triggers, publications, operators, casts and text search objects.
"""

import re

import wire

from calls import read_calls

# A query's columns: kind, the names of the path as an array, then properties. A property that is named with a ? is left
# out where it is NULL.
_SCHEMAS = "('pg_catalog', 'information_schema', 'crdb_internal')"
_HERE = f"n.nspname NOT IN {_SCHEMAS} AND n.nspname !~ '^pg_(toast|temp)'"


def _outside(catalog, column):
    """A condition: the row of `catalog` with the oid `column` does not belong to an extension."""
    return (f"NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '{catalog}'::regclass AND e.objid = {column} "
            "AND e.deptype = 'e')")


def _grants(column, kind, owner):
    """Who may do what, as sorted texts `grantee:PRIVILEGE`, with a * where it may be granted on."""
    return (f"ARRAY(SELECT coalesce(nullif(g.grantee::regrole::text, '-'), 'PUBLIC') || ':' || g.privilege_type || "
            f"CASE WHEN g.is_grantable THEN '*' ELSE '' END FROM aclexplode(coalesce({column}, acldefault('{kind}', {owner}))) g "
            f"WHERE g.grantee <> {owner} ORDER BY 1)::text")


def _comment(catalog, column, part="0"):
    return (f"(SELECT description FROM pg_description d WHERE d.classoid = '{catalog}'::regclass AND d.objoid = {column} "
            f"AND d.objsubid = {part})")


_QUERIES = (
    ("schema", ("owner", "grants", "comment"), f"""
     SELECT n.nspname, n.nspowner::regrole, {_grants('n.nspacl', 'n', 'n.nspowner')}, {_comment('pg_namespace', 'n.oid')}
     FROM pg_namespace n WHERE {_HERE} AND {_outside('pg_namespace', 'n.oid')}"""),
    ("relation", ("kind", "owner", "grants", "comment", "query", "row security", "parents", "partition key"), f"""
     SELECT n.nspname, c.relname, c.relkind, c.relowner::regrole,
            CASE c.relkind WHEN 'S' THEN {_grants('c.relacl', 's', 'c.relowner')}
                           ELSE {_grants('c.relacl', 'r', 'c.relowner')} END,
            {_comment('pg_class', 'c.oid')},
            CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END,
            CASE WHEN c.relrowsecurity THEN 'on' ELSE '' END || CASE WHEN c.relforcerowsecurity THEN ' forced' ELSE '' END,
            (SELECT string_agg(i.inhparent::regclass::text, ', ' ORDER BY inhseqno) FROM pg_inherits i WHERE i.inhrelid = c.oid),
            CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE {_HERE} AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND {_outside('pg_class', 'c.oid')}"""),
    ("column", ("position", "type", "not null", "default", "generated", "identity", "collation", "grants", "comment"), f"""
     SELECT n.nspname, c.relname, a.attname, row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum),
            format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid),
            a.attgenerated, a.attidentity,
            CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text END,
            ARRAY(SELECT coalesce(nullif(g.grantee::regrole::text, '-'), 'PUBLIC') || ':' || g.privilege_type
                  FROM aclexplode(a.attacl) g ORDER BY 1)::text,
            {_comment('pg_class', 'c.oid', 'a.attnum')}
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
     WHERE {_HERE} AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
       AND {_outside('pg_class', 'c.oid')}"""),
    # An identity's sequence has the column's type, and a copied one bigint, which pg_dump does not say: its limits count.
    ("sequence", ("type", "start", "increment", "least", "greatest", "cache", "cycle", "owned by", "identity"), f"""
     SELECT n.nspname, c.relname,
            CASE WHEN NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'i')
                 THEN format_type(s.seqtypid, NULL) END, s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache,
            s.seqcycle, (SELECT d.refobjid::regclass || '.' || quote_ident(a.attname) FROM pg_depend d JOIN pg_attribute a
                         ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
                         WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i')
                           AND d.refclassid = 'pg_class'::regclass),
            EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'i')
     FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE {_HERE} AND {_outside('pg_class', 'c.oid')}"""),
    ("constraint", ("kind", "definition", "validated", "comment"), f"""
     SELECT n.nspname, c.relname, o.conname, o.contype, pg_get_constraintdef(o.oid), o.convalidated,
            {_comment('pg_constraint', 'o.oid')}
     FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE {_HERE} AND o.contype IN ('c', 'f', 'p', 'u', 'x') AND o.conparentid = 0 AND {_outside('pg_class', 'c.oid')}"""),
    ("index", ("definition", "valid", "comment"), f"""
     SELECT n.nspname, c.relname, x.relname, pg_get_indexdef(i.indexrelid), i.indisvalid, {_comment('pg_class', 'x.oid')}
     FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid
     JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE {_HERE} AND NOT x.relispartition AND {_outside('pg_class', 'c.oid')}
       AND NOT EXISTS (SELECT FROM pg_constraint o WHERE o.conindid = x.oid AND o.contype IN ('p', 'u', 'x'))"""),
    # What a partition has of its own: unique columns, NOT NULL. Not where the whole has it, or what all of them have.
    ("partition rule", ("whole",), f"""
     SELECT n.nspname, p.relname, own.rule, c.oid::regclass
     FROM pg_class c CROSS JOIN LATERAL pg_partition_tree(c.oid) t JOIN pg_class p ON p.oid = t.relid
     JOIN pg_namespace n ON n.oid = p.relnamespace CROSS JOIN LATERAL (
       SELECT 'unique ' || substring(pg_get_indexdef(i.indexrelid) FROM '\\(.*')
       FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
       WHERE i.indrelid = p.oid AND i.indisunique AND NOT x.relispartition AND NOT EXISTS (
         SELECT FROM pg_index w WHERE w.indrelid = c.oid AND w.indisunique
           AND substring(pg_get_indexdef(w.indexrelid) FROM '\\(.*') = substring(pg_get_indexdef(i.indexrelid) FROM '\\(.*'))
       UNION
       SELECT 'not null ' || a.attname FROM pg_attribute a JOIN pg_attribute w ON w.attname = a.attname
       WHERE a.attrelid = p.oid AND w.attrelid = c.oid AND a.attnum > 0 AND a.attnotnull AND NOT w.attnotnull AND EXISTS (
         SELECT FROM pg_partition_tree(c.oid) l JOIN pg_attribute o ON o.attrelid = l.relid
         WHERE l.isleaf AND o.attname = a.attname AND NOT o.attnotnull)) own (rule)
     WHERE {_HERE} AND c.relkind = 'p' AND NOT c.relispartition AND t.level > 0"""),
    ("type", ("kind", "labels", "attributes", "base", "rules", "owner", "grants", "comment"), f"""
     SELECT n.nspname, t.typname, t.typtype,
            (SELECT string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid),
            (SELECT string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum)
             FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped),
            CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END,
            (SELECT string_agg(pg_get_constraintdef(o.oid), ', ' ORDER BY o.conname) FROM pg_constraint o
             WHERE o.contypid = t.oid),
            t.typowner::regrole, {_grants('t.typacl', 'T', 't.typowner')}, {_comment('pg_type', 't.oid')}
     FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
     WHERE {_HERE} AND t.typtype IN ('e', 'c', 'd', 'r') AND (t.typrelid = 0 OR c.relkind = 'c')
       AND {_outside('pg_type', 't.oid')}"""),
    ("function", ("kind", "arguments", "result", "language", "body", "volatility", "strict", "security", "settings", "owner",
                  "grants", "comment"), f"""
     SELECT n.nspname, p.proname || '(' || oidvectortypes(p.proargtypes) || ')', p.prokind,
            pg_get_function_arguments(p.oid), pg_get_function_result(p.oid), l.lanname,
            CASE WHEN p.prosqlbody IS NULL THEN p.prosrc ELSE pg_get_function_sqlbody(p.oid) END,
            p.provolatile, p.proisstrict, p.prosecdef, p.proconfig::text, p.proowner::regrole,
            {_grants('p.proacl', 'f', 'p.proowner')}, {_comment('pg_proc', 'p.oid')}
     FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
     WHERE {_HERE} AND {_outside('pg_proc', 'p.oid')}"""),
    # CockroachDB has no sessions of replicas: where one differs from the others only there, it is the same.
    ("trigger", ("definition", "enabled", "comment"), f"""
     SELECT n.nspname, c.relname, t.tgname, pg_get_triggerdef(t.oid), translate(t.tgenabled::text, 'RA', 'DO'),
            {_comment('pg_trigger', 't.oid')}
     FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE {_HERE} AND NOT t.tgisinternal AND t.tgparentid = 0 AND {_outside('pg_class', 'c.oid')}"""),
    ("policy", ("command", "permissive", "roles", "using", "check", "comment"), f"""
     SELECT n.nspname, c.relname, p.polname, p.polcmd, p.polpermissive,
            ARRAY(SELECT CASE r WHEN 0 THEN 'public' ELSE r::regrole::text END FROM unnest(p.polroles) r ORDER BY 1)::text,
            pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid), {_comment('pg_policy', 'p.oid')}
     FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_HERE}"""),
    ("rule", ("definition",), f"""
     SELECT n.nspname, c.relname, r.rulename, pg_get_ruledef(r.oid)
     FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE {_HERE} AND r.rulename <> '_RETURN' AND {_outside('pg_class', 'c.oid')}"""),
    ("default privileges", ("grants",), """
     SELECT d.defaclrole::regrole, coalesce(n.nspname, ''), d.defaclobjtype,
            ARRAY(SELECT coalesce(nullif(g.grantee::regrole::text, '-'), 'PUBLIC') || ':' || g.privilege_type
                  FROM aclexplode(d.defaclacl) g WHERE g.grantee <> d.defaclrole ORDER BY 1)::text
     FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace"""),
)

_KINDS = {"r": "table", "p": "table", "v": "view", "m": "materialized view", "S": "sequence", "f": "foreign table"}

# Rows of tables up to this size are kept one by one, so that a difference can be shown; of larger ones only sums are.
_SHOWN_ROWS = 200


def read_catalog(client, paths=None):
    """The catalog that `client` (a wire.Client) is connected to, rows of tables and views included.

    Functions are called and triggers fired under each search_path of paths(catalog), where that is given (calls.py).

    Rows are `rows`: {column: sorted list of texts or a sum} and, under "", whole rows in the same way.
    """
    client.query("SET search_path = ''; SET datestyle = 'ISO, MDY'; SET timezone = 'UTC'; SET intervalstyle = 'postgres'; "
                 "SET extra_float_digits = 1; SET bytea_output = 'hex'; SET row_security = off; SET client_min_messages = error")
    found = {}
    for kind, properties, query in _QUERIES:
        for row in client.rows(query):
            names, values = row[:-len(properties)], row[-len(properties):]
            if kind == "relation":
                found[(_KINDS[values[0]], *names)] = dict(zip(properties, values))
            elif kind == "sequence":
                found["sequence", *names].update(zip(properties, values))
            else:
                found[(kind, *names)] = dict(zip(properties, values))
    _sequence_values(client, found)
    _rows(client, found)
    if paths:
        read_calls(client, found, paths(found))
    _without_extension_schemas(client, found)
    return found


def quoted(*names):
    """A qualified name as SQL."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def _sequence_values(client, found):
    """The value that nextval gives next: two sequences with the same one cannot be told apart."""
    sequences = [path for path in found if path[0] == "sequence"]
    if sequences:
        query = " UNION ALL ".join(f"SELECT {number}, last_value, is_called FROM {quoted(*path[1:])}"
                                   for number, path in enumerate(sequences))
        for number, value, called in client.rows(query):
            entry = found[sequences[int(number)]]
            entry["next value"] = str(int(value) + int(entry["increment"]) if called == "t" else int(value))


def _rows(client, found):
    of_server = _views_of_the_server(found)
    for path, properties in found.items():
        if path[0] not in ("table", "view", "materialized view") or path in of_server:
            continue
        columns = sorted((int(entry["position"]), column[3]) for column, entry in found.items()
                         if column[0] == "column" and column[1:3] == path[1:])
        names = [name for _, name in columns]
        # Children by inheritance are tables of their own; partitions are their root's rows.
        only = "ONLY " if path[0] == "table" and properties["kind"] == "r" else ""
        # A view's query may fail (a function that raises): that belongs to what is compared.
        try:
            properties["rows"] = _rows_of(client, only + quoted(*path[1:]), names)
        except wire.ServerError as problem:
            properties["rows"] = {"": [f"cannot be read: {problem.fields['C']}"]}


def _views_of_the_server(found):
    """Views over the server's own catalog, and over such views: their rows are nobody's data."""
    queries = {path: properties["query"] for path, properties in found.items() if path[0] in ("view", "materialized view")}
    pattern, result = r"\bpg_\w+|\binformation_schema\.", set()
    while True:
        more = {path for path, query in queries.items() if path not in result and re.search(pattern, query)}
        if not more:
            return result
        result |= more
        pattern = "|".join(r"\b" + re.escape(".".join(path[1:])) + r"\b" for path in more)


def _rows_of(client, relation, names):
    values = [quoted(name) + "::text" for name in names]
    rows = client.rows(f"SELECT {', '.join(values)} FROM {relation} LIMIT {_SHOWN_ROWS + 1}") if names else []
    if len(rows) <= _SHOWN_ROWS:
        # now() in a default is the time of the insert in the source and of the load in the target.
        today = re.compile(re.escape(client.scalar("SELECT current_date")) + r" \d\d:\d\d:\d\d(\.\d+)?(\+00)?")
        rows = [[value and today.sub("now", value) for value in row] for row in rows]
        found = {name: sorted(str(row[number]) for row in rows) for number, name in enumerate(names)}
        return found | {"": sorted(str(row) for row in rows)}
    sums = client.rows("SELECT " + ", ".join(f"count({value}) || ' values, sum ' || sum(hashtextextended({value}, 0)::numeric)"
                                             for value in values)
                       + f", count(*) || ' rows, sum ' || sum(hashtextextended(ROW({', '.join(values)})::text, 0)::numeric) "
                         f"FROM {relation}")[0]
    return dict(zip([*names, ""], sums))


def _without_extension_schemas(client, found):
    """CockroachDB has extensions' objects built in: `public.citext` is `citext` there, and means the same."""
    members = client.rows(
        "SELECT n.nspname, coalesce(t.typname, p.proname, o.opcname) FROM pg_depend d LEFT JOIN pg_type t ON d.classid = "
        "'pg_type'::regclass AND t.oid = d.objid LEFT JOIN pg_proc p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid "
        "LEFT JOIN pg_opclass o ON d.classid = 'pg_opclass'::regclass AND o.oid = d.objid JOIN pg_namespace n "
        "ON n.oid = coalesce(t.typnamespace, p.pronamespace, o.opcnamespace) WHERE d.deptype = 'e' AND n.nspname <> 'pg_catalog' "
        "AND n.nspname <> 'crdb_internal'")
    if not members:
        return
    by_schema = {}
    for schema, name in members:
        by_schema.setdefault(schema, set()).add(name)
    for schema, names in by_schema.items():
        pattern = re.compile(r"(?<![\w.\"])" + re.escape(schema) + r"\.(?=(?:"
                             + "|".join(sorted(map(re.escape, names), key=len, reverse=True)) + r")\b)")
        for properties in found.values():
            for name, value in properties.items():
                if isinstance(value, str) and schema in value:
                    properties[name] = pattern.sub("", value)
        for path in [path for path in found if any("(" in part for part in path)]:  # of routines, with their signatures
            found[tuple(pattern.sub("", part) for part in path)] = found.pop(path)
