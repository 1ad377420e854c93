"""What SQL statements make, drop, read and write, read off their words: a reader of its own, that shares nothing with
the compiler. It knows the forms that pg2crdb emits, not all of SQL.

An object is (space, schema, name): relations, types, routines, schemas and roles have a space each. Names without a
schema stand in `public`.
"""

import dataclasses
import re

__all__ = ["Effects", "Reader", "statements", "tokens"]

_TOKEN = re.compile(
    r"""(?P<space>\s+|--[^\n]*)
      | (?P<escaped>[eE]'(?:[^'\\]|\\.|'')*')
      | (?P<string>(?:[bBxXnN])?'(?:[^']|'')*')
      | (?P<body>\$(?P<tag>[A-Za-z_\x80-\U0010ffff][\w\x80-\U0010ffff]*|)\$.*?\$(?P=tag)\$)
      | (?P<quoted>"(?:[^"]|"")*")
      | (?P<word>[A-Za-z_\x80-\U0010ffff][\w$\x80-\U0010ffff]*)
      | (?P<number>\.?\d[\w.]*)
      | (?P<sign>::|:=|[-+*/<>=~!@\#%^&|`?]+|.)""",
    re.VERBOSE | re.DOTALL,
)


@dataclasses.dataclass(frozen=True)
class Token:
    kind: str  # word (in lower case), quoted, string, body, number, sign
    text: str  # without quotes
    begin: int
    end: int

    @property
    def is_name(self):
        return self.kind in ("word", "quoted")


def tokens(sql):
    """The tokens of a text, without space and comments."""
    result, at = [], 0
    while at < len(sql):
        if sql.startswith("/*", at):
            at = _end_of_comment(sql, at)
            continue
        match = _TOKEN.match(sql, at)
        at, kind, text = match.end(), match.lastgroup, match.group()
        if kind == "tag":
            kind = "body"
        if kind == "space":
            continue
        if kind == "sign" and "/*" in text and not text.startswith("/*"):
            text = text[: text.index("/*")]
            at = match.start() + len(text)
        if kind == "sign" and "--" in text and not text.startswith("--"):
            text = text[: text.index("--")]
            at = match.start() + len(text)
        if kind == "word":
            text = text.lower()
        elif kind == "quoted":
            text = text[1:-1].replace('""', '"')
        elif kind == "body":
            tag = text[: text.index("$", 1) + 1]
            text = text[len(tag) : -len(tag)]
        elif kind == "string":
            text = text[text.index("'") + 1 : -1].replace("''", "'")
        elif kind == "escaped":
            kind, text = "string", re.sub(r"\\(.)", r"\1", text[2:-1].replace("''", "'"), flags=re.DOTALL)
        result.append(Token(kind, text, match.start(), at))
    return result


def _end_of_comment(sql, at):
    depth = 0
    for mark in re.compile(r"/\*|\*/").finditer(sql, at):
        depth += 1 if mark.group() == "/*" else -1
        if depth == 0:
            return mark.end()
    return len(sql)


def statements(sql):
    """Cuts a text of SQL alone (no psql lines, no rows) into statements: lists of tokens, without the semicolon."""
    result, current = [], []
    for token in tokens(sql):
        if token.kind == "sign" and token.text == ";":
            if current:
                result.append(current)
            current = []
        else:
            current.append(token)
    if current:
        result.append(current)
    return result


@dataclasses.dataclass
class Effects:
    creates: list = dataclasses.field(default_factory=list)  # objects
    drops: list = dataclasses.field(default_factory=list)  # objects
    reads: list = dataclasses.field(default_factory=list)  # objects that have to be there
    writes: list = dataclasses.field(default_factory=list)  # slots: (object, what of it); two writers conflict


_RELATION_KINDS = ("table", "view", "sequence", "index")
# Behind these a FROM begins no list of relations.
_FROM_CALLS = {"extract", "substring", "trim", "overlay", "position"}
_END_OF_FROM = {"where", "group", "order", "having", "limit", "offset", "union", "intersect", "except", "window", "returning",
                "set", "for", "on", "using", "fetch", "with", "select", "loop", "then", "into", "when", "do", "values", "default"}
_NO_ALIAS = _END_OF_FROM | {"join", "left", "right", "inner", "outer", "full", "cross", "natural", "lateral", "as"}


class Reader:
    """Reads effects. `schemas` are the names that stand for a schema where a dot follows."""

    def __init__(self, schemas, relations=(), types=()):
        self.schemas = set(schemas) | {"public"}
        self.relations = set(relations)  # unqualified names are looked for in bodies only where they are one of these
        self.types = set(types)  # (schema, name) of types that a script makes

    def effects(self, statement):
        effects = Effects()
        words = [token.text if token.kind == "word" else None for token in statement]
        method = getattr(self, "_" + "_".join(self._command(words)), None)
        if method:
            method(statement, words, effects)
        made = {object_[:3] for object_ in effects.creates}
        effects.reads = [object_ for object_ in dict.fromkeys(effects.reads) if object_[:3] not in made]
        return effects

    @staticmethod
    def _command(words):
        first = words[0]
        if first not in ("create", "alter", "drop", "comment"):
            return (first or "",)
        if first == "comment":
            return ("comment",)
        skipped = {"or", "replace", "unique", "temporary", "temp", "unlogged", "global", "local", "materialized", "inverted", "vector"}
        for word in words[1:]:
            if word not in skipped:
                return first, word or ""
        return (first,)

    # Names.

    def _name(self, tokens_, at):
        """A name of one or more parts at a place: ((schema, name), place behind)."""
        parts = [tokens_[at].text]
        at += 1
        while at + 1 < len(tokens_) and tokens_[at].text == "." and tokens_[at].kind == "sign" and tokens_[at + 1].is_name:
            parts.append(tokens_[at + 1].text)
            at += 2
        return (parts[-2] if len(parts) > 1 else "public", parts[-1]), at

    @staticmethod
    def _behind(words, *sequence):
        """The place behind the first of the word sequences; None."""
        for at in range(len(words) - len(sequence) + 1):
            if tuple(words[at : at + len(sequence)]) == sequence:
                return at + len(sequence)
        return None

    def _subject(self, statement, words, at):
        """The name behind a command, IF [NOT] EXISTS and ONLY."""
        while words[at] in ("if", "not", "exists", "only", "concurrently"):
            at += 1
        return self._name(statement, at)

    def _schema_of(self, name, effects):
        if name[0] in self.schemas and name[0] != "public":
            effects.reads.append(("schema", "", name[0]))

    # Expressions, queries, bodies.

    def _look(self, tokens_, effects, in_body=False):
        """All names in expressions, types and queries that say of themselves what they are."""
        words = [token.text if token.kind == "word" else None for token in tokens_]
        local = {tokens_[at].text for at in range(len(tokens_) - 1) if tokens_[at].is_name and words[at + 1] == "as"
                 and at + 2 < len(tokens_) and (tokens_[at + 2].text == "(" or words[at + 2] in ("not", "materialized"))}
        # Common table expressions with a list of columns: name (a, b) AS (
        local |= {tokens_[at].text for at in range(len(tokens_) - 1) if tokens_[at].is_name and tokens_[at + 1].text == "("
                  and words[_close(tokens_, at + 1) + 1 : _close(tokens_, at + 1) + 2] == ["as"]}
        aliases = self._aliases(tokens_, words)
        at = 0
        while at < len(tokens_):
            token = tokens_[at]
            starts = token.is_name and (at == 0 or tokens_[at - 1].text != "." or tokens_[at - 1].kind != "sign")
            if starts and token.text in self.schemas and at + 2 < len(tokens_) and tokens_[at + 1].text == "." and tokens_[at + 2].is_name:
                name = (token.text, tokens_[at + 2].text)
                behind = at + 3
                called = behind < len(tokens_) and tokens_[behind].text == "("
                kind = self._kind_of_qualified(tokens_, words, at, name, called)
                column = token.text in aliases and (at == 0 or words[at - 1] not in ("from", "join", "update", "into", "only"))
                if kind and not column:
                    effects.reads.append((kind, *name))
                at = behind
                continue
            if starts and token.kind == "word" and token.text in ("from", "join"):
                if not self._is_from_of_call(tokens_, words, at):
                    self._from(tokens_, words, at + 1, effects, local, in_body)
            if token.kind == "string" and self._is_regclass(tokens_, words, at):
                effects.reads.append(("relation", *self._text_name(token.text)))
            at += 1

    @staticmethod
    def _aliases(tokens_, words):
        """What rows may be called in a query: the last names of FROM and JOIN, and what follows them."""
        result = set()
        for at, word in enumerate(words):
            if word not in ("from", "join"):
                continue
            behind = at + 1
            while behind + 2 < len(tokens_) and tokens_[behind + 1].text == ".":
                behind += 2
            result.add(tokens_[behind].text if behind < len(tokens_) else "")
            if words[behind + 1 : behind + 2] == ["as"]:
                behind += 1
            if behind + 1 < len(tokens_) and tokens_[behind + 1].is_name:
                result.add(tokens_[behind + 1].text)
        return result

    def _kind_of_qualified(self, tokens_, words, at, name, called):
        before = words[at - 1] if at else None
        if before in ("into", "constraint", "operator", "collate", "as"):
            return "relation" if before == "into" else None
        if (at and tokens_[at - 1].text == "::") or name in self.types:
            return "type"
        if called and before not in ("references", "on", "into", "update", "table"):
            return "routine"
        return "relation"

    def _is_from_of_call(self, tokens_, words, at):
        if at and words[at - 1] == "distinct":
            return True
        depth = 0
        for back in range(at - 1, -1, -1):
            text = tokens_[back].text if tokens_[back].kind == "sign" else None
            if text == ")":
                depth += 1
            elif text == "(":
                if depth == 0:
                    return back > 0 and words[back - 1] in _FROM_CALLS
                depth -= 1
            elif depth == 0 and words[back] == "select":
                return False
        return False

    def _from(self, tokens_, words, at, effects, local, in_body):
        """The relations of a FROM list, by name; nested ones are met on their own."""
        while at < len(tokens_):
            while at < len(tokens_) and (words[at] in ("only", "lateral") or tokens_[at].text == "("):
                at += 1
            if at >= len(tokens_) or not tokens_[at].is_name or words[at] in ("select", "values", "with", "rows"):
                return
            name, behind = self._name(tokens_, at)
            called = behind < len(tokens_) and tokens_[behind].text == "("
            unqualified = behind == at + 1
            known = name in self.relations if in_body else not name[1].startswith("pg_")
            if unqualified and not called and name[1] not in local and known:
                effects.reads.append(("relation", *name))
            if called:
                return
            at = behind
            if at < len(tokens_) and words[at] == "as":
                at += 1
            if at < len(tokens_) and tokens_[at].is_name and words[at] not in _NO_ALIAS:
                at += 1
            if at >= len(tokens_) or tokens_[at].text != ",":
                return
            at += 1

    @staticmethod
    def _is_regclass(tokens_, words, at):
        if words[at + 1 : at + 2] == [None] and tokens_[at + 1].text == "::" and at + 2 < len(tokens_) and words[at + 2] == "regclass":
            return True
        return at > 1 and tokens_[at - 1].text == "(" and words[at - 2] in ("nextval", "setval", "currval")

    def _text_name(self, text):
        inner = tokens(text)
        return self._name(inner, 0)[0] if inner and inner[0].is_name else ("public", text)

    # Commands.

    def _create_schema(self, statement, words, effects):
        at = self._behind(words, "schema")
        while words[at] in ("if", "not", "exists"):
            at += 1
        effects.creates.append(("schema", "", statement[at].text))
        owner = self._behind(words, "authorization")
        if owner:
            effects.reads.append(("role", "", statement[owner].text))

    def _create_role(self, statement, words, effects):
        name = next(token for token, word in zip(statement[2:], words[2:]) if word not in ("if", "not", "exists"))
        effects.creates.append(("role", "", name.text))

    def _create_table(self, statement, words, effects):
        name, at = self._subject(statement, words, self._behind(words, "table"))
        effects.creates.append(("relation", *name))
        self._schema_of(name, effects)
        rest = statement[at:]
        self._look(rest, effects)
        inner = [token.text if token.kind == "word" else None for token in rest]
        for place, word in enumerate(inner):
            if word == "references" and place + 1 < len(rest):
                effects.reads.append(("relation", *self._name(rest, place + 1)[0]))
        for column, type_, identity in _columns(rest):
            if identity or type_.text in ("serial", "bigserial", "smallserial", "serial8", "serial4", "serial2"):
                effects.creates.append(("relation", name[0], f"{name[1]}_{column}_seq"))
            if type_.is_name and ("public", type_.text) in self.types and type_.kind != "string":
                effects.reads.append(("type", "public", type_.text))

    def _create_view(self, statement, words, effects):
        replaces = "replace" in words[:4]
        name, at = self._subject(statement, words, self._behind(words, "view"))
        effects.creates.append(("relation", *name))
        if replaces:
            effects.writes.append((("relation", *name), "definition"))
        self._schema_of(name, effects)
        self._look(statement[at:], effects)

    def _create_sequence(self, statement, words, effects):
        name, at = self._subject(statement, words, self._behind(words, "sequence"))
        effects.creates.append(("relation", *name))
        self._schema_of(name, effects)
        self._owned_by(statement, words, effects)

    def _owned_by(self, statement, words, effects):
        at = self._behind(words, "owned", "by")
        if at and words[at] != "none":
            parts = [token.text for token in statement[at:] if token.is_name]
            effects.reads.append(("relation", parts[-3] if len(parts) > 2 else "public", parts[-2]))

    def _create_type(self, statement, words, effects):
        name, at = self._subject(statement, words, 2)
        effects.creates.append(("type", *name))
        self._schema_of(name, effects)
        self._look(statement[at:], effects)

    def _create_index(self, statement, words, effects):
        on = self._behind(words, "on")
        table, at = self._subject(statement, words, on)
        effects.reads.append(("relation", *table))
        before = on - 2
        if words[before] not in ("index", "exists", "concurrently"):
            effects.creates.append(("index", table, statement[before].text))
        self._look(statement[at:], effects)

    def _create_function(self, statement, words, effects):
        name, at = self._subject(statement, words, self._behind(words, "function") or self._behind(words, "procedure"))
        end = _close(statement, at)
        effects.creates.append(("routine", name[0], name[1], _signature(statement[at + 1 : end])))
        if "replace" in words[:3]:
            effects.writes.append((effects.creates[-1], "definition"))
        self._schema_of(name, effects)
        self._look([token for token in statement[at:] if token.kind != "body"], effects)
        for token in statement[at:]:
            if token.kind == "body":
                self._look(tokens(token.text), effects, in_body=True)

    _create_procedure = _create_function

    def _create_trigger(self, statement, words, effects):
        at = next(place + 1 for place, word in enumerate(words)
                  if word == "on" and statement[place + 1].is_name)
        table, _ = self._name(statement, at)
        effects.reads.append(("relation", *table))
        effects.creates.append(("trigger", table, statement[self._behind(words, "trigger")].text))
        called = self._behind(words, "execute", "function") or self._behind(words, "execute", "procedure")
        effects.reads.append(("routine", *self._name(statement, called)[0]))

    def _create_policy(self, statement, words, effects):
        at = self._behind(words, "on")
        table, behind = self._name(statement, at)
        effects.reads.append(("relation", *table))
        effects.creates.append(("policy", table, statement[at - 2].text))
        self._look(statement[behind:], effects)

    def _alter_table(self, statement, words, effects):
        table, at = self._subject(statement, words, 2)
        object_ = ("relation", *table)
        if words[2] != "if":
            effects.reads.append(object_)
        self._look(statement[at:], effects)
        for place, word in enumerate(words):
            if word == "references":
                effects.reads.append(("relation", *self._name(statement, place + 1)[0]))
        for command in _commands(statement[at:]):
            said = [token.text if token.kind == "word" else None for token in command]
            if said[:2] in (["add", "constraint"], ["validate", "constraint"], ["drop", "constraint"]):
                skip = 4 if said[2:4] == ["if", "exists"] else 2
                effects.writes.append((object_, "constraint " + command[skip].text))
                if said[0] == "add":
                    effects.creates.append(("constraint", table, command[2].text))
                elif said[0] == "validate":
                    effects.reads.append(("constraint", table, command[2].text))
            elif said[:2] == ["rename", "to"]:
                effects.drops.append(object_)
                effects.creates.append(("relation", table[0], command[2].text))
            elif said[0] == "alter":
                column = command[2 if said[1] == "column" else 1].text
                effects.writes.append((object_, "column " + column))
            elif said[:2] == ["owner", "to"]:
                effects.writes.append((object_, "owner"))
                effects.reads.append(("role", "", command[2].text))
            elif said[0] in ("add", "drop", "rename", "set"):
                effects.writes.append((object_, "definition"))
            elif said[0] in ("enable", "disable", "force", "no"):
                effects.writes.append((object_, "security"))

    def _alter_sequence(self, statement, words, effects):
        name, _ = self._subject(statement, words, 2)
        effects.reads.append(("relation", *name))
        if "rename" in words:
            effects.drops.append(("relation", *name))
            effects.creates.append(("relation", name[0], statement[-1].text))
            return
        if "owner" in words:
            effects.writes.append((("relation", *name), "owner"))
            effects.reads.append(("role", "", statement[-1].text))
        else:
            self._owned_by(statement, words, effects)

    def _alter_view(self, statement, words, effects):
        name, _ = self._subject(statement, words, self._behind(words, "view"))
        effects.reads.append(("relation", *name))
        if "owner" in words:
            effects.writes.append((("relation", *name), "owner"))
            effects.reads.append(("role", "", statement[-1].text))

    def _alter_type(self, statement, words, effects):
        name, _ = self._subject(statement, words, 2)
        effects.reads.append(("type", *name))
        effects.writes.append((("type", *name), "owner" if "owner" in words else "definition"))
        if "owner" in words:
            effects.reads.append(("role", "", statement[-1].text))

    def _alter_function(self, statement, words, effects):
        name, at = self._subject(statement, words, 2)
        effects.reads.append(("routine", *name))
        effects.writes.append((("routine", *name, _signature(statement[at + 1 : _close(statement, at)])), "owner"))
        if "owner" in words:
            effects.reads.append(("role", "", statement[-1].text))

    _alter_procedure = _alter_function

    def _alter_schema(self, statement, words, effects):
        effects.reads.append(("schema", "", statement[2].text))
        if "owner" in words:
            effects.reads.append(("role", "", statement[-1].text))

    def _comment(self, statement, words, effects):
        end = next(place for place in range(len(words) - 1, -1, -1) if words[place] == "is")
        kind, on = words[2], self._behind(words, "on")
        if kind in ("table", "view", "sequence"):
            object_ = ("relation", *self._name(statement, 3)[0])
        elif kind == "column":
            parts = [token.text for token in statement[3:end] if token.is_name]
            object_ = ("relation", parts[-3] if len(parts) > 2 else "public", parts[-2])
        elif kind == "constraint":
            at = self._behind(words[on:], "on") + on
            table = self._name(statement, at)[0]
            effects.reads.append(("relation", *table))
            object_ = ("constraint", table, statement[3].text)
        elif kind in ("schema", "type"):
            object_ = ("schema", "", statement[3].text) if kind == "schema" else ("type", *self._name(statement, 3)[0])
        elif kind == "index":
            parts = [token.text for token in statement[3:end] if token.is_name]
            object_ = ("index-name", parts[0] if len(parts) > 1 else "public", parts[-1])
        else:
            return
        effects.reads.append(object_)
        effects.writes.append((object_, "comment " + " ".join(token.text for token in statement[2:end])))

    def _grant(self, statement, words, effects):
        to = self._behind(words, "to") or self._behind(words, "from")
        on = self._behind(words[:to], "on")
        for token, word in zip(statement[to:], words[to:]):
            if token.is_name and word not in ("public", "with", "grant", "option", "group", "current_user", "session_user", "cascade", "admin"):
                effects.reads.append(("role", "", token.text))
            if word == "with":
                break
        if not on or words[on] == "all" or "default" in words[:on]:
            return
        kinds = {"schema": "schema", "type": "type", "function": "routine", "procedure": "routine", "database": None}
        kind = kinds.get(words[on], "relation")
        if kind is None:
            return
        at = on + 1 if words[on] in (*kinds, *_RELATION_KINDS) else on
        while at < to - 1:
            name, behind = self._name(statement, at)
            object_ = ("schema", "", name[1]) if kind == "schema" else (kind, *name)
            effects.reads.append(object_)
            if behind < to and statement[behind].text == "(":
                end = _close(statement, behind)
                object_ = (*object_, _signature(statement[behind + 1 : end]))
                behind = end + 1
            effects.writes.append((object_, "privileges"))
            at = behind + 1

    _revoke = _grant

    def _select(self, statement, words, effects):
        if len(words) > 1 and words[1] == "setval" or "setval" in words[:4]:
            text = next(token.text for token in statement if token.kind == "string")
            object_ = ("relation", *self._text_name(text))
            effects.reads.append(object_)
            effects.writes.append((object_, "value"))

    def _drop_table(self, statement, words, effects):
        self._dropped("relation", statement, words, effects)

    _drop_view = _drop_sequence = _drop_table

    def _drop_type(self, statement, words, effects):
        self._dropped("type", statement, words, effects)

    def _dropped(self, kind, statement, words, effects):
        at = self._behind(words, {"type": "type"}.get(kind, words[1] if words[1] != "materialized" else words[2]))
        while words[at] in ("if", "exists"):
            at += 1
        while at < len(statement) and statement[at].is_name:
            name, at = self._name(statement, at)
            effects.drops.append((kind, *name))
            if at >= len(statement) or statement[at].text != ",":
                break
            at += 1


def _close(statement, at):
    """The place of the bracket that closes the one at a place."""
    depth = 0
    for place in range(at, len(statement)):
        if statement[place].kind == "sign":
            depth += {"(": 1, ")": -1}.get(statement[place].text, 0)
            if depth == 0 and place > at:
                return place
            if depth == 0:
                return place
    return len(statement)


def _split(tokens_):
    """The parts between commas outside brackets."""
    parts, depth = [[]], 0
    for token in tokens_:
        if token.kind == "sign":
            depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token.text, 0)
        if depth == 0 and token.kind == "sign" and token.text == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return [part for part in parts if part]


_commands = _split


def _columns(rest):
    """Name and first token of the type of each column of a CREATE TABLE, and whether it is an identity; constraints are
    left out."""
    if not rest or rest[0].text != "(":
        return
    for part in _split(rest[1 : _close(rest, 0)]):
        taken = part[0].kind == "word" and part[0].text in ("constraint", "primary", "unique", "check", "foreign", "index", "family", "like", "inverted")
        if not taken and len(part) > 1:
            yield part[0].text, part[1], any(token.kind == "word" and token.text == "identity" for token in part)


def _signature(tokens_):
    """The types of arguments as words, roughly: what follows the names, without defaults."""
    types = []
    for part in _split(tokens_):
        said = []
        for token in part:
            if token.kind == "word" and token.text == "default" or token.text in ("=", ":="):
                break
            said.append(token.text)
        if said and said[0] == "out":
            continue
        if said and said[0] in ("in", "inout", "variadic"):
            said = said[1:]
        types.append("".join(said[1:] if len(said) > 1 and said[1] not in (".", "(", "[", "precision", "varying") else said))
    return ",".join(types)
