"""Steps of random histories: rows, transactions, and whose things are."""

from history_words import INTEGERS, ROLES, Statement, quote_literal

# What is tried within a transaction or a block: little of it is refused, since one refusal takes the whole.
_IN_A_BLOCK = ("insert", "insert", "insert", "create_table", "add_column", "create_index", "comment", "create_view", "drop_view",
               "drop_table", "rename_column", "rename_table", "alter_default", "truncate", "create_sequence", "change_rows",
               "create_enum", "add_constraint", "privilege", "drop_column")


class Rows:
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

    def role(self):
        """Roles that come and go, with what they own and may do."""
        role, table = self.one(self.roles), self.table()
        form = self.random.randrange(7)
        if not role or form == 0:
            role = self.random.choice(("guest", "clerk", "batch"))
            self.say(f"CREATE ROLE {role}{self.random.choice(('', ' NOLOGIN', ' LOGIN'))}")
            self.roles.append(role)
        elif form == 1 and table:
            self.say(f"ALTER TABLE {self.called(table)} OWNER TO {role}")
        elif form in (2, 3) and table:
            self.say(f"GRANT SELECT ON {self.called(table)} TO {role}")
        elif form == 4:
            self.say(self.random.choice((f"GRANT {role} TO reader", f"REVOKE {role} FROM reader", f"GRANT reader TO {role}")))
        elif form == 5:
            new = f"{role}_new"
            self.say(f"ALTER ROLE {role} RENAME TO {new}")
            self.roles[self.roles.index(role)] = new
        else:
            if self.random.random() < 0.7:
                self.say(f"REASSIGN OWNED BY {role} TO app")
                self.say(f"DROP OWNED BY {role}")
            self.say(f"DROP ROLE {self.exists()}{role}")
            self.roles.remove(role)

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
            rows.append("(" + ", ".join("NULL" if value is None else value if table.columns[column] in INTEGERS and value.isdigit()
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

    def serial_sequence(self):
        """What finds a column's sequence by the column."""
        table = self.table()
        if table:
            sequence = f"pg_get_serial_sequence('{self.called(table)}', 'id')"
            value = self.random.choice(("40", "60, false", f"(SELECT max(id) FROM {self.called(table)})",
                                        f"coalesce((SELECT max(id) + 1 FROM {self.called(table)}), 1), false"))
            self.say(f"SELECT {self.random.choice(('', 'pg_catalog.'))}setval({sequence}, {value})")

    def undone(self):
        table = self.table()
        if table:
            self.say(f"BEGIN;\n{self.insert_text(table, 1)};\n{self.random.choice(('ROLLBACK', 'ROLLBACK', 'COMMIT'))}")

    def transaction(self):
        """Statements between BEGIN and its end; what is rolled back is not there afterwards."""
        choose, parts = self.random, [self.random.choice(("BEGIN", "BEGIN", "START TRANSACTION", "BEGIN WORK"))]

        def run(kept):
            before = self.state()
            parts.extend(self.captured(_IN_A_BLOCK, 2))
            if not kept:
                # Numbers that a sequence gave are not taken back; the rough idea of them may be.
                self.go_back(before)

        form = choose.randrange(6)
        if form < 2:
            run(kept=form == 0)
            parts.append(choose.choice(("COMMIT", "END")) if form == 0 else choose.choice(("ROLLBACK", "ABORT")))
        elif form == 2:
            run(kept=False)
            parts.append("ROLLBACK AND CHAIN")
            run(kept=True)
            parts.append("COMMIT")
        elif form == 3:
            run(kept=True)
            parts.append("COMMIT AND CHAIN")
            run(kept=False)
            parts.append("ROLLBACK")
        else:
            run(kept=True)
            parts.append("SAVEPOINT here")
            run(kept=form == 4)
            parts.append("RELEASE SAVEPOINT here" if form == 4 else "ROLLBACK TO SAVEPOINT here")
            run(kept=True)
            parts.append("COMMIT")
        self.say(";\n".join(parts))

    def block(self):
        """A DO block with plain SQL, or with a condition."""
        parts = self.captured(_IN_A_BLOCK, 2)
        if parts and not any("$$" in part for part in parts):
            text = "; ".join(parts) + ";"
            if self.chance(3):
                text = f"IF {self.random.choice(('true', 'NOT true', 'EXISTS (SELECT 1)'))} THEN {text} END IF;"
            self.say(f"DO $$BEGIN {text} END$$")

    def down(self):
        """In a migration with marks, what takes it back: the tool does not run it."""
        if self.marks:
            before = self.state()
            parts = self.captured(("drop_table", "drop_column", "insert", "rename_column", "drop_view", "drop_function", "truncate"), 3)
            self.go_back(before)
            up, down = self.marks
            self.out.append(Statement(f"{down}\n{''.join(part + ';' + chr(10) for part in parts)}{up}\n", run=False))

    def truncate(self):
        table = self.table()
        if table:
            more = f", {self.called(self.table())}" if self.chance(4) else ""
            self.say(f"TRUNCATE {self.random.choice(('', 'TABLE ', 'ONLY '))}{self.called(table)}{more}{self.random.choice(('', ' RESTART IDENTITY', ' CASCADE'))}")

    def change_rows(self):
        table = self.table()
        if table:
            self.say(self.random.choice((f"DELETE FROM {self.called(table)} WHERE id > 2", f"UPDATE {self.called(table)} SET id = id + 50")))
