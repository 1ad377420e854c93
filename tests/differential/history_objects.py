"""Steps of random histories: views, routines, triggers, policies, sequences and types."""

from history_words import DOMAINS, ENUMS, FUNCTIONS, INTEGERS, PROCEDURES, SEQUENCES, TRIGGER_FUNCTIONS, VIEWS, quote_literal


class Objects:
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

    def column_function(self):
        """A function whose body names columns."""
        table = self.table()
        if not table:
            return
        schema, name, written = self.new_name(FUNCTIONS)
        column, source = self.one(list(table.columns)), self.called(table)
        alias = self.random.choice(("", " t"))
        body, language = self.random.choice((
            (f"$$SELECT max({column}::text) FROM {source}$$", "sql"),
            (f"$$SELECT {'t.' if alias else ''}{column}::text FROM {source}{alias} ORDER BY id LIMIT 1$$", "sql"),
            (f"$$SELECT count({column})::text FROM {source} WHERE {column} IS NOT NULL$$", "sql"),
            (f"$$DECLARE v text; BEGIN SELECT {column}::text INTO v FROM {source} WHERE id = 1; RETURN v; END$$", "plpgsql"),
            (f"$$DECLARE v {source}.{column}%TYPE; BEGIN SELECT {column} INTO v FROM {source} LIMIT 1; RETURN v::text; END$$", "plpgsql"),
            (f"$$DECLARE r record; BEGIN FOR r IN SELECT id, {column} FROM {source} ORDER BY id LOOP RETURN r.{column}::text; END LOOP; "
             "RETURN 'none'; END$$", "plpgsql")))
        self.say(f"CREATE OR REPLACE FUNCTION {written}() RETURNS text LANGUAGE {language} STABLE AS {body}")
        self.functions.append((schema, name, "text", ""))

    def atomic_function(self):
        """A function whose body PostgreSQL has parsed: it follows what is renamed."""
        table = self.table()
        if table:
            schema, name, written = self.new_name(FUNCTIONS)
            column = self.one(list(table.columns))
            self.say(f"CREATE FUNCTION {written}() RETURNS text LANGUAGE sql STABLE " + self.random.choice((
                f"RETURN (SELECT max({column}::text) FROM {self.called(table)})",
                f"BEGIN ATOMIC SELECT count({column})::text FROM {self.called(table)}; END")))
            self.functions.append((schema, name, "text", ""))

    def create_procedure(self):
        table = self.table()
        if table:
            schema, name, written = self.new_name(PROCEDURES)
            body = self.random.choice((self.insert_text(table, 1), f"DELETE FROM {self.called(table)} WHERE id > 1"))
            language = self.random.choice(("sql", "plpgsql"))
            text = body if language == "sql" else f"BEGIN {body}; END"
            self.say(f"CREATE {self.random.choice(('', 'OR REPLACE '))}PROCEDURE {written}() LANGUAGE {language} AS $${text}$$")
            self.procedures.append((schema, name))

    def call_procedure(self):
        procedure = self.one(self.procedures)
        if not procedure:
            self.create_procedure()
        elif self.chance(4):
            self.say(f"DROP PROCEDURE {self.exists()}{self.called(procedure)}()")
            self.procedures.remove(procedure)
        else:
            self.say(f"CALL {self.called(procedure)}()")

    def create_trigger_function(self):
        schema, name, written = self.new_name(TRIGGER_FUNCTIONS)
        table = self.table()
        column = self.one(list(table.columns)) if table else "id"
        body = self.random.choice(("BEGIN RETURN NEW; END", "BEGIN IF (NEW).id > 5 THEN RETURN NEW; END IF; RETURN NEW; END",
                                   "BEGIN NEW.id := NEW.id + 1; RETURN NEW; END",
                                   f"BEGIN IF NEW.{column} IS NULL THEN NEW.id := 7; END IF; RETURN NEW; END"))
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

    def switch_trigger(self):
        table = self.table()
        if table and table.triggers:
            self.alter(table, f"{self.random.choice(('ENABLE', 'DISABLE', 'DISABLE'))} TRIGGER {self.random.choice((*table.triggers, 'ALL', 'USER'))}")

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
            elif form == 2:
                self.alter(table, self.random.choice(("ENABLE", "ENABLE", "DISABLE", "FORCE", "NO FORCE")) + " ROW LEVEL SECURITY")
            else:
                self.say(f"ALTER POLICY {self.one(table.policies)} ON {self.called(table)} " + self.random.choice((
                    "RENAME TO other", "TO writer, reader", f"USING ({self.condition(table)})")))

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
            old, new = self.random.choice((("low", "lowest"), ("low", "lowest"), ("mid", "low"), ("lowest", "low"), ("extra", "more")))
            self.say(f"ALTER TYPE {name} RENAME VALUE '{old}' TO '{new}'")
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

    def create_domain(self):
        schema, name, written = self.new_name(DOMAINS)
        base, check = ("integer", "VALUE > 0") if name == "digits" else ("text", "VALUE <> 'z'")
        more = self.random.choice(("", f" CHECK ({check})", f" CONSTRAINT fits CHECK ({check})", " NOT NULL",
                                   f" DEFAULT {'5' if base == 'integer' else quote_literal('d')}"))
        self.say(f"CREATE DOMAIN {written} AS {base}{more}")
        self.domains.append((schema, name))

    def change_domain(self):
        domain = self.one(self.domains)
        if not domain:
            self.create_domain()
            return
        name, of_numbers = self.called(domain), domain[1] == "digits"
        form = self.random.randrange(6)
        if form == 0:
            schema = self.one(self.schemas)
            self.say(f"ALTER DOMAIN {name} SET SCHEMA {schema}")
            self.domains[self.domains.index(domain)] = (schema, domain[1])
        elif form == 1:
            self.say(f"DROP DOMAIN {self.exists()}{name}{self.behaviour()}")
            self.domains.remove(domain)
        else:
            self.say(f"ALTER DOMAIN {name} " + self.random.choice((
                f"SET DEFAULT {'6' if of_numbers else quote_literal('e')}", "DROP DEFAULT", "SET NOT NULL", "DROP NOT NULL",
                f"ADD CONSTRAINT more CHECK ({'VALUE < 900' if of_numbers else 'length(VALUE) < 30'})", "DROP CONSTRAINT IF EXISTS more",
                "DROP CONSTRAINT fits", "RENAME CONSTRAINT fits TO more")))
