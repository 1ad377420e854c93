"""Random histories of a schema, as migration folders and hand-written scripts have them.

generate(seed) gives 5 to 60 statements over a few schemas with few names, so that names meet: what is dropped comes back
as something else, equal names stand in two schemas, and the search_path changes what a name means. The generator keeps
only a rough idea of what exists; what PostgreSQL refuses is taken out of the script by whoever runs it.
"""

import random

SCHEMAS = ("public", "shop", "app")
TABLES = ("items", "orders", "users", "log")
VIEWS = ("active", "totals", "items", "recent")
COLUMNS = ("a", "b", "c", "name", "state", "amount", "note")
FUNCTIONS = ("f", "score", "label", "items")
SEQUENCES = ("numbers", "tickets", "items_id_seq")
ENUMS = ("mood", "state")
TRIGGER_FUNCTIONS = ("touch", "stamp")
ROLES = ("app", "reader", "writer")
TYPES = ("integer", "bigint", "smallint", "text", "varchar(20)", "numeric(10,2)", "boolean", "date", "timestamp", "uuid", "jsonb",
         "text[]", "char(3)", "double precision", "timestamptz")
_INTEGERS = ("integer", "bigint", "smallint")
_TEXTS = ("text", "varchar(20)")


class Statement:
    """One statement: `sql` without its semicolon, and `rows` in COPY's text format where it is a COPY."""

    def __init__(self, sql, rows=None):
        self.sql, self.rows = sql, rows

    def text(self):
        """As a dump has it."""
        return self.sql + ";\n" + ("" if self.rows is None else self.rows + "\\.\n")


class _Table:
    def __init__(self, schema, name):
        self.schema, self.name = schema, name
        self.columns = {}
        self.defaulted = set()
        self.constraints, self.indexes, self.triggers, self.policies = [], [], [], []
        self.next_id = 1


def quote_literal(text):
    return "'" + text.replace("'", "''") + "'"


def generate(seed):
    """The statements of the history with this number, in order."""
    return _Generator(seed).run()


class _Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.path = ["public"]
        self.schemas = ["public"]
        self.tables, self.views, self.sequences, self.enums, self.functions, self.trigger_functions = ([] for _ in range(6))
        self.out = []

    def run(self):
        choose = self.random
        wanted = choose.choice((5, 8, 12, 20, 30, 45, 60))
        for schema in choose.sample(SCHEMAS[1:], choose.choice((1, 2, 2))):
            self.schemas.append(schema)
            self.say(f"CREATE SCHEMA {choose.choice(('', '', 'IF NOT EXISTS '))}{schema}")
        names, weights = zip(*_STEPS)
        self.create_table()
        while len(self.out) < wanted:
            getattr(self, choose.choices(names, weights)[0])()
        return self.out

    # ---- words

    def say(self, sql, rows=None):
        self.out.append(Statement(sql, rows))

    def chance(self, one_in):
        return self.random.randrange(one_in) == 0

    def one(self, things):
        return self.random.choice(things) if things else None

    def written(self, schema, name):
        """A name as a person writes it: without its schema, at times, where the search_path leads there."""
        visible = self.path and self.path[0] == schema
        return name if visible and self.random.random() < 0.7 else f"{schema}.{name}"

    def new_name(self, names):
        """(schema, name, written) for something that is created."""
        schema, name = self.one(self.schemas), self.one(names)
        return schema, name, self.written(schema, name)

    def table(self):
        return self.one(self.tables)

    def called(self, thing):
        return self.written(thing.schema, thing.name) if isinstance(thing, _Table) else self.written(thing[0], thing[1])

    def exists(self):
        return "IF EXISTS " if self.chance(4) else ""

    def behaviour(self):
        return self.random.choice(("", "", " CASCADE", " RESTRICT"))

    def type(self):
        if self.enums and self.chance(6):
            return self.called(self.one(self.enums))
        return self.random.choice(TYPES)

    def value(self, kind):
        choose = self.random
        if self.chance(8):
            return None
        if kind in _INTEGERS:
            return str(choose.randrange(1, 100))
        if kind == "boolean":
            return choose.choice(("true", "false"))
        if kind.startswith("numeric") or kind == "double precision":
            return f"{choose.randrange(1000)}.{choose.choice((5, 25))}"
        if kind == "date":
            return f"2024-01-{choose.randrange(10, 29)}"
        if kind in ("timestamp", "timestamptz"):
            return f"2024-02-{choose.randrange(10, 29)} 10:00:00" + ("+00" if kind == "timestamptz" else "")
        if kind == "uuid":
            return f"00000000-0000-4000-8000-{choose.randrange(10 ** 11):012}"
        if kind == "jsonb":
            return choose.choice(('{"k": 1}', "[1, 2]", '"x"', '{"k": {"l": null}}'))
        if kind == "text[]":
            return choose.choice(("{a,b}", "{}", '{"a b"}'))
        if kind == "char(3)":
            return choose.choice(("abc", "xyz"))
        if kind in _TEXTS:
            return choose.choice(("x", "it's", "two words", "", "null", "a;b", "é"))
        return choose.choice(("low", "high", "mid"))

    def literal(self, kind):
        value = self.value(kind)
        return "NULL" if value is None else value if kind in _INTEGERS else quote_literal(value)

    def constant(self, kind):
        """A value for a default, never NULL."""
        value = None
        while value is None:
            value = self.value(kind)
        return value if kind in _INTEGERS else quote_literal(value)

    def default(self, kind):
        if kind in _INTEGERS and self.sequences and self.chance(3):
            return f"nextval('{self.called(self.one(self.sequences))}')"
        callable_ = [entry for entry in self.functions if entry[2] == kind]
        if callable_ and self.chance(2):
            return self.called(self.one(callable_)) + "()"
        if kind == "timestamptz":
            return "now()"
        return self.constant(kind)

    def condition(self, table):
        """A condition on a table's columns, for CHECKs, predicates and policies."""
        column = self.one(list(table.columns))
        kind = table.columns[column]
        if kind in _INTEGERS or kind.startswith("numeric"):
            takers = [entry for entry in self.functions if entry[3] == "integer"]
            if takers and kind == "integer" and self.chance(3):
                return f"{self.called(self.one(takers))}({column}) IS NOT NULL"
            return f"{column} {self.random.choice(('>= 0', '> -1', '<> 55', 'BETWEEN 0 AND 5000'))}"
        if kind in _TEXTS:
            return f"{column} {self.random.choice((chr(60) + chr(62) + ' ' + quote_literal('z'), 'IS NOT NULL'))}"
        return f"{column} IS {self.random.choice(('', 'NOT '))}NULL"

    # ---- schemas and the search_path

    def search_path(self):
        path = self.random.sample(self.schemas, self.random.choice((1, min(2, len(self.schemas)))))
        text = ", ".join(path)
        self.path = path
        form = self.random.randrange(4)
        if form == 0:
            self.say(f"SELECT pg_catalog.set_config('search_path', '{text}', false)")
        elif form == 1 and self.chance(2):
            self.path = []
            self.say("SELECT pg_catalog.set_config('search_path', '', false)")
        else:
            self.say(f"SET search_path {self.random.choice(('TO', '='))} {text}")

    def create_schema(self):
        schema = self.one(SCHEMAS)
        if schema not in self.schemas:
            self.schemas.append(schema)
        self.say(f"CREATE SCHEMA IF NOT EXISTS {schema}")

    def drop_schema(self):
        schema = self.one(self.schemas[1:])
        if schema and self.chance(3):
            behaviour = self.behaviour()
            self.say(f"DROP SCHEMA {self.exists()}{schema}{behaviour}")
            if behaviour == " CASCADE":
                self.schemas.remove(schema)
                self.tables = [table for table in self.tables if table.schema != schema]
                for things in (self.views, self.sequences, self.enums, self.functions, self.trigger_functions):
                    things[:] = [thing for thing in things if thing[0] != schema]

    def rename_schema(self):
        old, new = self.one(self.schemas[1:]), self.one(SCHEMAS[1:])
        if old and new not in self.schemas:
            self.say(f"ALTER SCHEMA {old} RENAME TO {new}")
            self.schemas[self.schemas.index(old)] = new
            self.path = [new if schema == old else schema for schema in self.path]
            for table in self.tables:
                if table.schema == old:
                    table.schema = new
            for things in (self.views, self.sequences, self.enums, self.functions, self.trigger_functions):
                things[:] = [(new, *thing[1:]) if thing[0] == old else thing for thing in things]

    # ---- tables

    def create_table(self):
        schema, name, written = self.new_name(TABLES)
        table = _Table(schema, name)
        parts = []
        key = self.random.choice(("integer PRIMARY KEY", "bigint PRIMARY KEY", "serial PRIMARY KEY", "bigserial PRIMARY KEY",
                                  "integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
                                  "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "integer NOT NULL", "integer"))
        parts.append(f"id {key}")
        table.columns["id"] = "bigint" if key.startswith("big") else "integer"
        table.generated_id = "ALWAYS" in key
        if "PRIMARY" in key:
            table.constraints.append(f"{name}_pkey")
        if "serial" in key:
            self.sequences.append((schema, f"{name}_id_seq"))
        if "serial" in key or "IDENTITY" in key:
            table.defaulted.add("id")
        for column in self.random.sample(COLUMNS, self.random.randrange(1, 4)):
            kind = self.type()
            table.columns[column] = kind
            text = f"{column} {kind}"
            if self.chance(4):
                table.defaulted.add(column)
                text += f" DEFAULT {self.default(kind)}"
            if self.chance(5):
                text += " NOT NULL"
            if self.chance(7):
                text += " UNIQUE"
                table.constraints.append(f"{name}_{column}_key")
            if self.chance(6):
                other = self.table()
                if other and kind in _INTEGERS:
                    text += f" REFERENCES {self.called(other)}"
                    table.constraints.append(f"{name}_{column}_fkey")
            parts.append(text)
        if self.chance(3):
            named = self.chance(2)
            parts.append((f"CONSTRAINT {name}_ok " if named else "") + f"CHECK ({self.condition(table)})")
            table.constraints.append(f"{name}_ok")
        if self.chance(9):
            table.columns["twice"] = "computed"
            parts.append("twice integer GENERATED ALWAYS AS (id * 2) STORED")
        maybe = "IF NOT EXISTS " if self.chance(8) else ""
        if (schema, name) not in [(other.schema, other.name) for other in self.tables]:
            self.tables.append(table)
        self.say(f"CREATE TABLE {maybe}{written} ({', '.join(parts)})")

    def drop_table(self):
        table = self.table()
        if table:
            behaviour = self.behaviour()
            self.say(f"DROP TABLE {self.exists()}{self.called(table)}{behaviour}")
            self.tables.remove(table)

    def recreate_table(self):
        """DROP, then the same name again."""
        table = self.table()
        if table:
            self.say(f"DROP TABLE {self.exists()}{self.called(table)} CASCADE")
            self.tables.remove(table)
            again = _Table(table.schema, table.name)
            again.columns = {"id": "integer", self.one(COLUMNS): "text"}
            self.tables.append(again)
            self.say(f"CREATE TABLE {self.called(again)} (" + ", ".join(f"{name} {kind}" for name, kind in again.columns.items()) + ")")

    def rename_table(self):
        table, name = self.table(), self.one(TABLES + ("archive",))
        if table:
            self.say(f"ALTER TABLE {self.exists()}{self.called(table)} RENAME TO {name}")
            table.name = name

    def move_table(self):
        table, schema = self.table(), self.one(self.schemas)
        if table:
            self.say(f"ALTER TABLE {self.called(table)} SET SCHEMA {schema}")
            table.schema = schema

    def alter(self, table, action):
        self.say(f"ALTER TABLE {self.random.choice(('', '', '', 'ONLY ', 'IF EXISTS '))}{self.called(table)} {action}")

    def add_column(self):
        table, column, kind = self.table(), self.one(COLUMNS), self.type()
        if table:
            text = f"ADD {self.random.choice(('', 'COLUMN '))}{'IF NOT EXISTS ' if self.chance(6) else ''}{column} {kind}"
            if self.chance(2):
                text += f" DEFAULT {self.constant(kind)}" + (" NOT NULL" if self.chance(3) else "")
            if self.chance(8):
                text += f" CHECK ({column} IS NOT NULL OR id IS NOT NULL)"
            self.alter(table, text)
            table.columns.setdefault(column, kind)

    def drop_column(self):
        table = self.table()
        if table and len(table.columns) > 2:
            column = self.one(list(table.columns)[1:])
            self.alter(table, f"DROP COLUMN {self.exists()}{column}{self.behaviour()}")
            del table.columns[column]

    def rename_column(self):
        table, new = self.table(), self.one(COLUMNS + ("renamed",))
        if table:
            old = self.one(list(table.columns))
            self.alter(table, f"RENAME {self.random.choice(('', 'COLUMN '))}{old} TO {new}")
            if new not in table.columns:
                table.columns = {new if name == old else name: kind for name, kind in table.columns.items()}

    def alter_default(self):
        table = self.table()
        if table:
            column = self.one(list(table.columns))
            if self.chance(3):
                self.alter(table, f"ALTER COLUMN {column} DROP DEFAULT")
            else:
                self.alter(table, f"ALTER {self.random.choice(('', 'COLUMN '))}{column} SET DEFAULT {self.default(table.columns[column])}")

    def alter_not_null(self):
        table = self.table()
        if table:
            self.alter(table, f"ALTER COLUMN {self.one(list(table.columns))} {self.random.choice(('SET', 'SET', 'DROP'))} NOT NULL")

    def alter_type(self):
        table = self.table()
        if table:
            column = self.one(list(table.columns))
            wider = {"integer": "bigint", "smallint": "integer", "varchar(20)": "text", "numeric(10,2)": "numeric(12,2)",
                     "char(3)": "text", "date": "timestamp", "text": "varchar(40)", "bigint": "text"}.get(table.columns[column])
            if wider:
                using = f" USING {column}::{wider}" if self.chance(3) else ""
                self.alter(table, f"ALTER COLUMN {column} {self.random.choice(('', 'SET DATA '))}TYPE {wider}{using}")
                table.columns[column] = wider

    def identity(self):
        table = self.table()
        if table:
            self.alter(table, "ALTER COLUMN id " + self.random.choice((
                "ADD GENERATED ALWAYS AS IDENTITY", "ADD GENERATED BY DEFAULT AS IDENTITY (START WITH 100)", "DROP IDENTITY",
                "DROP IDENTITY IF EXISTS", "SET GENERATED ALWAYS", "SET GENERATED BY DEFAULT", "RESTART WITH 500")))

    def several_actions(self):
        table = self.table()
        if table:
            first, second = self.random.sample(COLUMNS, 2)
            self.alter(table, f"ADD COLUMN {first} integer, ADD COLUMN {second} text DEFAULT 'x', ALTER COLUMN {first} SET DEFAULT 7")
            table.columns.setdefault(first, "integer")
            table.columns.setdefault(second, "text")

    # ---- constraints and indexes

    def add_constraint(self):
        table = self.table()
        if not table:
            return
        column = self.one(list(table.columns))
        form = self.random.randrange(5)
        name = f"{table.name}_{self.random.choice(('one', 'two', 'three'))}"
        named = f"CONSTRAINT {name} " if self.random.random() < 0.7 else ""
        if form == 0:
            text, implied = f"CHECK ({self.condition(table)})", f"{table.name}_{column}_check"
        elif form == 1:
            text, implied = f"UNIQUE ({column})", f"{table.name}_{column}_key"
        elif form == 2:
            text, implied = "PRIMARY KEY (id)", f"{table.name}_pkey"
        else:
            other = self.table()
            action = self.random.choice(("", " ON DELETE CASCADE", " ON DELETE SET NULL", " NOT VALID"))
            text, implied = f"FOREIGN KEY ({column}) REFERENCES {self.called(other)} (id){action}", f"{table.name}_{column}_fkey"
        self.alter(table, f"ADD {named}{text}")
        table.constraints.append(name if named else implied)

    def drop_constraint(self):
        table = self.table()
        if table and table.constraints:
            name = self.one(table.constraints)
            self.alter(table, f"DROP CONSTRAINT {self.exists()}{name}{self.behaviour()}")
            table.constraints.remove(name)

    def rename_constraint(self):
        table = self.table()
        if table and table.constraints:
            name = self.one(table.constraints)
            new = f"{table.name}_other"
            self.alter(table, f"RENAME CONSTRAINT {name} TO {new}")
            table.constraints[table.constraints.index(name)] = new

    def validate_constraint(self):
        table = self.table()
        if table and table.constraints:
            self.alter(table, f"VALIDATE CONSTRAINT {self.one(table.constraints)}")

    def create_index(self):
        table = self.table()
        if not table:
            return
        column = self.one(list(table.columns))
        name = self.random.choice(("", f"{table.name}_{column}_idx", f"by_{column}"))
        keys = self.random.choice((column, f"{column}, id", f"{column} DESC", f"lower({column}::text)"))
        where = f" WHERE {self.condition(table)}" if self.chance(4) else ""
        maybe = "IF NOT EXISTS " if name and self.chance(6) else ""
        self.say(f"CREATE {'UNIQUE ' if self.chance(6) else ''}INDEX {maybe}{name}{' ' if name else ''}ON {self.called(table)} "
                 f"({keys}){where}")
        table.indexes.append((table.schema, name or f"{table.name}_{column}_idx"))

    def drop_index(self):
        table = self.table()
        if table and table.indexes:
            index = self.one(table.indexes)
            self.say(f"DROP INDEX {self.exists()}{self.called(index)}")
            table.indexes.remove(index)

    def rename_index(self):
        table = self.table()
        if table and table.indexes:
            index = self.one(table.indexes)
            new = f"{index[1]}_new"
            self.say(f"ALTER INDEX {self.exists()}{self.called(index)} RENAME TO {new}")
            table.indexes[table.indexes.index(index)] = (index[0], new)

    # ---- views

    def create_view(self):
        schema, name, written = self.new_name(VIEWS)
        table = self.table()
        if not table:
            return
        columns = ", ".join(self.random.sample(list(table.columns), min(2, len(table.columns))))
        source = self.called(table)
        if self.views and self.chance(3):
            columns, source = "*", self.called(self.one(self.views))
        takers = [entry for entry in self.functions if entry[3] == "integer"]
        query = self.random.choice((f"SELECT {columns} FROM {source}", f"SELECT {columns} FROM {source}",
                                    f"SELECT count(*) AS n FROM {source}",
                                    f"SELECT x.* FROM {source} x WHERE EXISTS (SELECT 1 FROM {self.called(self.table())} y)"))
        if takers and source == columns and self.chance(3):
            query = f"SELECT {self.called(self.one(takers))}(id) AS s FROM {self.called(table)}"
        form = self.random.choice(("VIEW", "VIEW", "OR REPLACE VIEW", "MATERIALIZED VIEW"))
        self.say(f"CREATE {form} {written} AS {query}")
        self.views.append((schema, name, form.startswith("MATERIALIZED")))

    def replace_view(self):
        view, table = self.one(self.views), self.table()
        if view and table:
            self.say(f"CREATE OR REPLACE VIEW {self.called(view)} AS SELECT {', '.join(list(table.columns)[:3])} FROM {self.called(table)}")

    def drop_view(self):
        view = self.one(self.views)
        if view:
            self.say(f"DROP {'MATERIALIZED ' if view[2] else ''}VIEW {self.exists()}{self.called(view)}{self.behaviour()}")
            self.views.remove(view)

    def rename_view(self):
        view = self.one(self.views)
        if view:
            kind = "MATERIALIZED VIEW" if view[2] else self.random.choice(("VIEW", "TABLE"))
            self.views.remove(view)
            if self.chance(2):
                schema = self.one(self.schemas)
                self.say(f"ALTER {kind} {self.called(view)} SET SCHEMA {schema}")
                self.views.append((schema, *view[1:]))
            else:
                name = self.one(VIEWS + ("renamed_view",))
                self.say(f"ALTER {kind} {self.called(view)} RENAME TO {name}")
                self.views.append((view[0], name, view[2]))

    # ---- functions, triggers, policies

    def create_function(self):
        schema, name, written = self.new_name(FUNCTIONS)
        kind = self.random.choice(("integer", "text", "integer", "bigint"))
        argument = self.random.choice(("", "", "integer", "text"))
        table = self.table()
        replace = self.random.choice(("", "OR REPLACE "))
        value = {"integer": str(self.random.randrange(9)), "bigint": str(self.random.randrange(9)), "text": "'t'"}[kind]
        if table and self.chance(3):
            value = f"SELECT count(*)::{kind} FROM {self.called(table)}"
        elif self.functions and self.chance(4):
            other = self.one(self.functions)
            value = f"SELECT {self.called(other)}({'1' if other[3] == 'integer' else repr('v') if other[3] else ''})::{kind}"
        else:
            value = f"SELECT {value}"
        volatility = self.random.choice(("", " STABLE", " IMMUTABLE"))
        if self.chance(4):
            body, language = f"BEGIN RETURN ({value}); END", "plpgsql"
        else:
            body, language = value, "sql"
        self.say(f"CREATE {replace}FUNCTION {written}({'x ' + argument if argument else ''}) RETURNS {kind} LANGUAGE {language}"
                 f"{volatility} AS $${body}$$")
        self.functions.append((schema, name, kind if not argument else "", argument))

    def drop_function(self):
        function = self.one(self.functions)
        if function:
            self.say(f"DROP FUNCTION {self.exists()}{self.called(function)}({function[3]}){self.behaviour()}")
            self.functions.remove(function)

    def rename_function(self):
        function = self.one(self.functions)
        if function:
            self.functions.remove(function)
            if self.chance(2):
                schema = self.one(self.schemas)
                self.say(f"ALTER FUNCTION {self.called(function)}({function[3]}) SET SCHEMA {schema}")
                self.functions.append((schema, *function[1:]))
            else:
                name = self.one(FUNCTIONS)
                self.say(f"ALTER FUNCTION {self.called(function)}({function[3]}) RENAME TO {name}")
                self.functions.append((function[0], name, *function[2:]))

    def create_trigger_function(self):
        schema, name, written = self.new_name(TRIGGER_FUNCTIONS)
        body = self.random.choice(("BEGIN RETURN NEW; END", "BEGIN IF (NEW).id > 5 THEN RETURN NEW; END IF; RETURN NEW; END"))
        self.say(f"CREATE OR REPLACE FUNCTION {written}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$")
        self.trigger_functions.append((schema, name))

    def create_trigger(self):
        table = self.table()
        if not self.trigger_functions:
            self.create_trigger_function()
        if table:
            name = self.random.choice(("on_write", "on_change"))
            self.say(f"CREATE TRIGGER {name} {self.random.choice(('BEFORE', 'AFTER'))} {self.random.choice(('INSERT', 'UPDATE', 'INSERT OR UPDATE'))}"
                     f" ON {self.called(table)} FOR EACH ROW EXECUTE {self.random.choice(('FUNCTION', 'PROCEDURE'))} "
                     f"{self.called(self.one(self.trigger_functions))}()")
            table.triggers.append(name)

    def drop_trigger(self):
        table = self.table()
        if table and table.triggers:
            name = self.one(table.triggers)
            self.say(f"DROP TRIGGER {self.exists()}{name} ON {self.called(table)}")
            table.triggers.remove(name)

    def policy(self):
        table = self.table()
        if table:
            form = self.random.randrange(4)
            if form == 0 or not table.policies:
                name = self.random.choice(("own", "all_rows"))
                self.say(f"CREATE POLICY {name} ON {self.called(table)} FOR {self.random.choice(('SELECT', 'ALL'))} TO "
                         f"{self.random.choice(('PUBLIC', 'reader', 'writer'))} USING ({self.condition(table)})")
                table.policies.append(name)
            elif form == 1:
                self.say(f"DROP POLICY {self.exists()}{self.one(table.policies)} ON {self.called(table)}")
            else:
                self.alter(table, self.random.choice(("ENABLE", "ENABLE", "DISABLE", "FORCE")) + " ROW LEVEL SECURITY")

    # ---- sequences and types

    def create_sequence(self):
        schema, name, written = self.new_name(SEQUENCES)
        table = self.table()
        more = self.random.choice(("", " START WITH 10", " INCREMENT BY 5", " AS integer", " MINVALUE 3 MAXVALUE 9999 START 7"))
        if table and self.chance(4):
            more += f" OWNED BY {self.called(table)}.id"
        self.say(f"CREATE SEQUENCE {'IF NOT EXISTS ' if self.chance(6) else ''}{written}{more}")
        self.sequences.append((schema, name))

    def change_sequence(self):
        sequence = self.one(self.sequences)
        if not sequence:
            return
        name = self.called(sequence)
        form = self.random.randrange(6)
        if form == 0:
            self.say(f"SELECT pg_catalog.setval('{name}', {self.random.randrange(10, 90)}, {self.random.choice(('true', 'false'))})")
        elif form == 1:
            self.say(f"ALTER SEQUENCE {name} {self.random.choice(('RESTART WITH 40', 'INCREMENT BY 3', 'OWNED BY NONE', 'MAXVALUE 5000'))}")
        elif form == 2:
            new = self.one(SEQUENCES)
            self.say(f"ALTER SEQUENCE {name} RENAME TO {new}")
            self.sequences[self.sequences.index(sequence)] = (sequence[0], new)
        elif form == 3:
            schema = self.one(self.schemas)
            self.say(f"ALTER SEQUENCE {name} SET SCHEMA {schema}")
            self.sequences[self.sequences.index(sequence)] = (schema, sequence[1])
        elif form == 4 and self.table():
            self.say(f"ALTER SEQUENCE {name} OWNED BY {self.called(self.table())}.id")
        else:
            self.say(f"DROP SEQUENCE {self.exists()}{name}{self.behaviour()}")
            self.sequences.remove(sequence)

    def create_enum(self):
        schema, name, written = self.new_name(ENUMS)
        self.say(f"CREATE TYPE {written} AS ENUM ('low', 'mid', 'high')")
        self.enums.append((schema, name))

    def change_enum(self):
        enum = self.one(self.enums)
        if not enum:
            return
        name = self.called(enum)
        form = self.random.randrange(6)
        if form == 0:
            self.say(f"ALTER TYPE {name} ADD VALUE {'IF NOT EXISTS ' if self.chance(2) else ''}'{self.random.choice(('extra', 'top'))}'"
                     + self.random.choice(("", " BEFORE 'mid'", " AFTER 'low'")))
        elif form == 1:
            self.say(f"ALTER TYPE {name} RENAME VALUE 'low' TO 'lowest'")
        elif form == 2:
            schema = self.one(self.schemas)
            self.say(f"ALTER TYPE {name} SET SCHEMA {schema}")
            self.enums[self.enums.index(enum)] = (schema, enum[1])
        elif form == 3:
            new = self.one(ENUMS)
            self.say(f"ALTER TYPE {name} RENAME TO {new}")
            self.enums[self.enums.index(enum)] = (enum[0], new)
        elif form == 4:
            self.say(f"DROP TYPE {self.exists()}{name}{self.behaviour()}")
            self.enums.remove(enum)

    # ---- owners, privileges, comments

    def privilege(self):
        table = self.table()
        if not table:
            return
        verb, preposition = self.random.choice((("GRANT", "TO"), ("GRANT", "TO"), ("REVOKE", "FROM")))
        what = self.random.choice(("SELECT", "INSERT, UPDATE", "ALL", "SELECT, DELETE"))
        on = self.random.choice((self.called(table), "TABLE " + self.called(table), f"ALL TABLES IN SCHEMA {table.schema}"))
        if self.views and self.chance(4):
            on = self.called(self.one(self.views))
        if self.chance(6):
            what, on = "USAGE", f"SCHEMA {self.one(self.schemas)}"
        self.say(f"{verb} {what} ON {on} {preposition} {self.random.choice((*ROLES, 'PUBLIC'))}")

    def owner(self):
        table = self.table()
        if table:
            self.say(f"ALTER TABLE {self.called(table)} OWNER TO {self.one(ROLES)}")

    def comment(self):
        table = self.table()
        if table:
            on = self.random.choice((f"TABLE {self.called(table)}", f"COLUMN {self.called(table)}.{self.one(list(table.columns))}",
                                     f"SCHEMA {self.one(self.schemas)}"))
            self.say(f"COMMENT ON {on} IS {self.random.choice((quote_literal('what it is'), quote_literal('said again'), 'NULL'))}")

    # ---- rows

    def columns_to_fill(self, table):
        return [column for column, kind in table.columns.items() if kind != "computed"
                and (column not in table.defaulted or self.chance(2)) and not (column == "id" and getattr(table, "generated_id", False))]

    def values(self, table, columns):
        values = []
        for column in columns:
            if column == "id":
                values.append(str(table.next_id))
                table.next_id += 1
            else:
                values.append(self.value(table.columns[column]))
        return values

    def insert_text(self, table, count):
        columns = self.columns_to_fill(table)
        if not columns:
            return f"INSERT INTO {self.called(table)} DEFAULT VALUES"
        rows = []
        for _ in range(count):
            values = self.values(table, columns)
            rows.append("(" + ", ".join("NULL" if value is None else value if table.columns[column] in _INTEGERS and value.isdigit()
                                        else quote_literal(value) for column, value in zip(columns, values)) + ")")
        listed = f" ({', '.join(columns)})" if columns != list(table.columns) or self.chance(2) else ""
        return f"INSERT INTO {self.called(table)}{listed} VALUES {', '.join(rows)}"

    def insert(self):
        table = self.table()
        if table:
            self.say(self.insert_text(table, self.random.randrange(1, 4)))

    def copy(self):
        table = self.table()
        if table:
            columns = self.columns_to_fill(table)
            if columns:
                lines = ["\t".join("\\N" if value is None else value for value in self.values(table, columns)) + "\n"
                         for _ in range(self.random.randrange(0, 5))]
                self.say(f"COPY {self.called(table)} ({', '.join(columns)}) FROM stdin", "".join(lines))

    def undone(self):
        table = self.table()
        if table:
            self.say(f"BEGIN;\n{self.insert_text(table, 1)};\n{self.random.choice(('ROLLBACK', 'ROLLBACK', 'COMMIT'))}")

    def truncate(self):
        table = self.table()
        if table:
            self.say(f"TRUNCATE {self.random.choice(('', 'TABLE '))}{self.called(table)}{self.random.choice(('', ' RESTART IDENTITY', ' CASCADE'))}")

    def change_rows(self):
        table = self.table()
        if table:
            self.say(self.random.choice((f"DELETE FROM {self.called(table)} WHERE id > 2", f"UPDATE {self.called(table)} SET id = id + 50")))


# How often each step is taken.
_STEPS = (
    ("create_table", 9), ("drop_table", 3), ("recreate_table", 2), ("rename_table", 2), ("move_table", 2),
    ("add_column", 5), ("drop_column", 3), ("rename_column", 3), ("alter_default", 3), ("alter_not_null", 2), ("alter_type", 2),
    ("identity", 1), ("several_actions", 1), ("add_constraint", 4), ("drop_constraint", 2), ("rename_constraint", 1),
    ("validate_constraint", 1), ("create_index", 4), ("drop_index", 2), ("rename_index", 1), ("create_view", 5), ("replace_view", 1),
    ("drop_view", 2), ("rename_view", 1), ("create_function", 5), ("drop_function", 2), ("rename_function", 1),
    ("create_trigger_function", 1), ("create_trigger", 2), ("drop_trigger", 1), ("policy", 1), ("create_sequence", 2),
    ("change_sequence", 2), ("create_enum", 2), ("change_enum", 2), ("privilege", 3), ("owner", 1), ("comment", 2), ("insert", 6),
    ("copy", 3), ("undone", 1), ("truncate", 1), ("change_rows", 1), ("search_path", 4), ("create_schema", 1), ("drop_schema", 1),
    ("rename_schema", 1),
)
