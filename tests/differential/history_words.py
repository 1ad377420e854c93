"""What random histories are made of: names, values, and how a person writes them."""

import copy
import re

SCHEMAS = ("public", "shop", "app")
TABLES = ("items", "orders", "users", "log")
VIEWS = ("active", "totals", "items", "recent")
COLUMNS = ("a", "b", "c", "name", "state", "amount", "note")
FUNCTIONS = ("f", "score", "label", "items")
SEQUENCES = ("numbers", "tickets", "items_id_seq")
ENUMS = ("mood", "state")
DOMAINS = ("digits", "word")
PROCEDURES = ("fill", "prune")
TRIGGER_FUNCTIONS = ("touch", "stamp")
ROLES = ("app", "reader", "writer")
TYPES = ("integer", "bigint", "smallint", "text", "varchar(20)", "numeric(10,2)", "boolean", "date", "timestamp", "uuid", "jsonb",
         "text[]", "char(3)", "double precision", "timestamptz")
INTEGERS = ("integer", "bigint", "smallint")
TEXTS = ("text", "varchar(20)")


# How a history writes some names whose words are no plain ones.
_ODD = {"log": "or.der", "users": "user", "note": "No Te", "amount": "a.mount", "score": "Score", "tickets": "tick.ets",
        "recent": 're""cent', "mood": "Mo.od", "shop": "sh.op", "digits": "Digits", "touch": "to uch"}
_ODD_WORD = re.compile(r"(?<![\w'])(" + "|".join(_ODD) + r")(_\w+)?\b")


class Statement:
    """One statement: `sql` without its semicolon, and `rows` in COPY's text format where it is a COPY.

    Where it is not `run`, it is text that a migration tool does not run, as it stands in the file.
    """

    def __init__(self, sql, rows=None, run=True):
        self.sql, self.rows, self.run = sql, rows, run

    def text(self):
        """As a dump has it."""
        if not self.run:
            return self.sql
        return self.sql + ";\n" + ("" if self.rows is None else self.rows + "\\.\n")


class Table:
    def __init__(self, schema, name):
        self.schema, self.name = schema, name
        self.columns = {}
        self.defaulted = set()
        self.constraints, self.indexes, self.triggers, self.policies = [], [], [], []
        self.next_id = 1


def quote_literal(text):
    return "'" + text.replace("'", "''") + "'"


class Words:
    """What is there, roughly, and words for it. `random` is the source of chance."""

    def __init__(self, chance, odd):
        self.random, self.odd = chance, odd
        self.path = ["public"]
        self.schemas = ["public"]
        self.tables, self.partitions, self.views, self.sequences, self.enums = [], [], [], [], []
        self.domains, self.functions, self.trigger_functions, self.procedures, self.roles = [], [], [], [], []
        self.out = []

    def say(self, sql, rows=None):
        if self.odd:
            sql = _ODD_WORD.sub(lambda found: f'"{_ODD[found[1]]}{found[2] or ""}"', sql)
        self.out.append(Statement(sql, rows))

    def captured(self, steps, most):
        """The texts of what up to `most` of the steps say, instead of saying it."""
        out, self.out = self.out, []
        for _ in range(self.random.randrange(1, most + 1)):
            getattr(self, self.random.choice(steps))()
        said, self.out = self.out, out
        return [statement.sql for statement in said if statement.rows is None]

    def state(self):
        """What is there, to go back to."""
        return copy.deepcopy({name: value for name, value in vars(self).items() if name not in ("random", "out")})

    def go_back(self, state):
        vars(self).update(state)

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
        return self.written(thing.schema, thing.name) if isinstance(thing, Table) else self.written(thing[0], thing[1])

    def exists(self):
        return "IF EXISTS " if self.chance(4) else ""

    def behaviour(self):
        return self.random.choice(("", "", " CASCADE", " RESTRICT"))

    def type(self):
        if self.enums and self.chance(6):
            return self.called(self.one(self.enums))
        if self.domains and self.chance(6):
            return self.called(self.one(self.domains))
        return self.random.choice(TYPES)

    def value(self, kind):
        choose = self.random
        if self.chance(8):
            return None
        if kind in INTEGERS:
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
        if kind in TEXTS:
            return choose.choice(("x", "it's", "two words", "", "null", "a;b", "é"))
        if "digits" in kind:
            return str(choose.randrange(1, 100))
        return choose.choice(("low", "high", "mid", "low", "high", "mid", "lowest", "extra"))

    def literal(self, kind):
        value = self.value(kind)
        return "NULL" if value is None else value if kind in INTEGERS else quote_literal(value)

    def constant(self, kind):
        """A value for a default, never NULL."""
        value = None
        while value is None:
            value = self.value(kind)
        return value if kind in INTEGERS else quote_literal(value)

    def default(self, kind):
        if kind in INTEGERS and self.sequences and self.chance(3):
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
        if kind in INTEGERS or kind.startswith("numeric"):
            takers = [entry for entry in self.functions if entry[3] == "integer"]
            if takers and kind == "integer" and self.chance(3):
                return f"{self.called(self.one(takers))}({column}) IS NOT NULL"
            return f"{column} {self.random.choice(('>= 0', '> -1', '<> 55', 'BETWEEN 0 AND 5000'))}"
        if kind in TEXTS:
            return f"{column} {self.random.choice((chr(60) + chr(62) + ' ' + quote_literal('z'), 'IS NOT NULL'))}"
        return f"{column} IS {self.random.choice(('', 'NOT '))}NULL"
