"""Random histories of a schema, as migration folders and hand-written scripts have them.

generate(seed) gives 5 to 60 statements over a few schemas with few names, so that names meet: what is dropped comes back
as something else, equal names stand in two schemas, and the search_path changes what a name means. The generator keeps
only a rough idea of what exists; what PostgreSQL refuses is taken out of the script by whoever runs it.
"""

import random

from history_objects import Objects
from history_rows import Rows
from history_tables import Tables
from history_words import SCHEMAS, Statement, Words

# How the tools mark the way up and the way down.
_MARKS = (("-- +goose Up", "-- +goose Down"), ("-- migrate:up", "-- migrate:down"), ("-- +migrate Up", "-- +migrate Down"))


def generate(seed):
    """The statements of the history with this number, in order."""
    return _Generator(seed).run()


class _Generator(Tables, Objects, Rows, Words):
    def __init__(self, seed):
        chance = random.Random(seed)
        super().__init__(chance, odd=chance.randrange(6) == 0)
        self.marks = chance.choice(_MARKS) if chance.randrange(6) == 0 else None

    def run(self):
        choose = self.random
        wanted = choose.choice((5, 8, 12, 20, 30, 45, 60))
        if self.marks:
            self.out.append(Statement(self.marks[0] + "\n", run=False))
        for schema in choose.sample(SCHEMAS[1:], choose.choice((1, 2, 2))):
            self.schemas.append(schema)
            self.say(f"CREATE SCHEMA {choose.choice(('', '', 'IF NOT EXISTS '))}{schema}")
        names, weights = zip(*_STEPS)
        self.create_table()
        while len(self.out) < wanted:
            getattr(self, choose.choices(names, weights)[0])()
        return self.out


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
    ("rename_schema", 1), ("sequence_of_key", 2), ("create_table_as", 1), ("create_table_like", 1), ("create_partitioned", 1),
    ("change_partition", 3), ("constraint_of_index", 1), ("column_function", 3), ("atomic_function", 1), ("create_procedure", 1),
    ("call_procedure", 2), ("switch_trigger", 1), ("create_domain", 2), ("change_domain", 3), ("serial_sequence", 2),
    ("transaction", 4), ("block", 1), ("down", 3), ("role", 2),
)
