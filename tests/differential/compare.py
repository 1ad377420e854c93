"""Where two catalogs differ, and which of it a finding has said.

What pg2crdb rewrites faithfully, without a word or with no more than an info, is made equal in _faithful(), the one
place for that. Everything else that differs has to be excused by a finding, of a rule that is about this aspect (_RULES)
and that names the object, or by a statement that is left for a person.
"""

import fnmatch
import re
from dataclasses import dataclass

from statements import Statement

from statement_names import changed_by, last_name, words_of

# What a finding of each rule may excuse. An aspect is `kind.property`, or `kind.missing` and `kind.extra` for a whole
# object (missing from the target, only there); `*` stands for any.
_RULES = {
    # Types: the column's type, and with it how its default, its values and what is built on it are written.
    "type-mapped": ("column.type", "column.default", "column.collation", "table.rows", "view.rows", "function.*", "type.*"),
    "hstore-as-jsonb": ("column.type", "column.default", "table.rows", "view.rows", "function.*", "type.*"),
    "integer-as-int8": ("column.type", "column.default", "sequence.type", "sequence.greatest", "view.*", "function.*"),
    "vendor-identity": ("sequence.next value",),
    "row-equality": ("*.query", "function.*"),
    "literal-of-moment": ("column.default", "constraint.definition", "index.definition", "*.query"),
    "citext-as-text": ("column.type", "column.default", "column.collation", "table.rows", "view.rows", "function.*", "type.*"),
    "type-as-text": ("column.type", "column.default", "column.collation", "table.rows", "view.rows", "function.*", "type.*"),
    "json-array": ("column.type", "column.missing", "table.rows"),
    "json-normalised": ("table.rows", "view.rows", "materialized view.rows"),
    "nested-array": ("column.type",),
    "numeric-scale": ("column.type", "table.rows"),
    "unknown-type": ("column.*", "table.rows"),
    "composite-attribute": ("type.*",),
    # A domain goes; its CHECKs and NOT NULL stand at each column.
    "domain-expanded": ("type.missing", "column.type", "column.not null", "column.default", "column.collation", "constraint.extra",
                        "function.missing", "function.extra", "function.arguments", "function.result", "*.query", "*.definition"),
    "domain-check-lost": ("type.missing", "column.type"),
    "domain-overload": ("function.missing",),
    # Keys and sequences.
    "sequence-primary-key-replaced": ("column.default", "column.type", "column.identity", "sequence.missing", "table.rows"),
    "sequence-cycle": ("sequence.cycle",),
    "identity-sequence-name": ("sequence.missing", "sequence.extra"),
    "identity-always": ("column.identity",),
    # Partitions are merged into their root, with what hangs on them.
    "partition-merged": ("table.missing", "constraint.missing", "index.missing", "trigger.missing", "policy.missing"),
    "partitioned-table": ("table.kind", "table.partition key"),
    "partition-lifted": ("constraint.extra", "constraint.missing", "index.extra", "index.missing", "trigger.extra", "column.not null"),
    "partition-index": ("index.missing",),
    "partition-constraint": ("constraint.missing", "trigger.missing", "policy.missing", "partition rule.missing"),
    "partition-foreign-key": ("constraint.definition",),
    "table-inheritance": ("table.parents", "table.rows", "view.rows"),
    # Constraints.
    "deferrable-foreign-key": ("constraint.definition",),
    "deferrable-constraint": ("constraint.definition",),
    "foreign-key-not-valid": ("constraint.validated",),
    "check-reads-rows": ("constraint.validated",),
    "rows-break-check": ("constraint.validated",),
    "exclude-constraint": ("constraint.missing",),
    "nulls-not-distinct": ("constraint.definition", "constraint.missing"),
    "check-no-inherit": ("constraint.definition",),
    "constraint-using-index": ("constraint.missing", "index.extra", "column.not null"),
    "key-clause": ("constraint.definition",),
    "missing-function": ("column.default", "constraint.missing", "column.generated", "column.not null"),
    "refused-function": ("column.default", "constraint.missing", "column.generated", "column.not null"),
    "object-not-translated": ("column.default", "constraint.missing", "column.generated"),
    "expression-refused": ("column.default", "constraint.missing", "column.generated", "column.not null"),
    "missing-operator": ("column.default", "constraint.missing", "column.generated", "column.not null"),
    # Indexes.
    "index-clause": ("index.definition",),
    "index-method": ("index.definition",),
    "index-dropped": ("index.missing",),
    "index-collation": ("index.definition",),
    "operator-class": ("index.definition",),
    "index-nulls-order": ("index.definition",),
    "index-nulls-not-distinct": ("index.definition", "index.missing"),
    # Expressions that are written differently.
    "integer-division": ("*.query", "*.definition", "column.default", "function.body", "view column.type"),
    "float-decimal": ("*.query", "view column.type", "*.definition", "column.default", "function.body"),
    "money-arithmetic": ("*.query", "view column.type", "*.definition", "column.default", "table.rows", "view.rows"),
    "nulls-order": ("function.body",),
    "function-renamed": ("*.query", "*.definition", "column.default", "function.body"),
    "text-search-configuration": ("*.query", "*.definition", "column.default", "function.body"),
    "expression-collation-dropped": ("*.query", "*.definition", "column.default", "function.body"),
    "expression-collation-changed": ("*.query", "*.definition", "column.default", "function.body"),
    "collation-dropped": ("column.collation",),
    "collation-changed": ("column.collation",),
    # Views.
    "enum-cast-in-view": ("view.query", "materialized view.query", "function.body"),
    "view-option": ("view.query",),
    "view-column-default": ("column.default",),
    "materialized-view-data": ("materialized view.rows",),
    # What a history cannot follow.
    "rows-of-trigger": ("table.rows", "view.rows", "materialized view.rows"),
    "rows-retyped": ("column.type", "table.rows", "view.rows", "materialized view.rows"),
    "rename-unfollowed": ("type.labels", "table.rows", "column.missing", "column.extra", "view.*"),
    "materialized-view-older": ("materialized view.rows",),
    "like-option-lost": ("column.identity", "*.comment", "sequence.missing"),
    "like-unfollowed": ("table.missing", "column.*", "constraint.*", "index.*"),
    "owned-by-role": ("*.owner", "*.grants", "*.extra"),
    "domain-altered": ("column.default", "column.not null", "constraint.missing", "constraint.extra", "type.missing", "table.rows",
                       "view.rows", "materialized view.rows"),
    "rows-of-partition": ("table.rows", "view.rows", "materialized view.rows"),
    "rows-of-settings": ("table.rows", "view.rows", "materialized view.rows"),
    "literal-of-settings": ("column.default", "*.definition", "*.query", "function.arguments", "policy.using", "policy.check"),
    "null-equals": ("*.query", "*.definition", "column.default", "column.generated", "function.body"),
    "table-as-older": ("table.rows", "table.missing", "view.rows", "column.type"),
    "rows-from-dropped": ("table.rows", "view.rows", "materialized view.rows"),
    "name-of-caller": ("function.call",),
    "routine-ran": ("table.rows", "view.rows", "materialized view.rows", "function.missing"),
    "detached-changed": ("column.*", "constraint.*", "index.*", "table.rows"),
    "block-changes": ("table.rows", "view.rows", "table.missing", "type.missing"),
    "rows-of-two-defaults": ("table.rows", "view.rows", "materialized view.rows", "sequence.next value"),
    "rows-before-parents": ("table.rows", "view.rows"),
    "rows-of-conflict": ("table.rows", "view.rows", "materialized view.rows"),
    "rows-of-default": ("table.rows", "view.rows", "materialized view.rows", "sequence.next value"),
    "rows-nested-array": ("table.rows", "view.rows", "materialized view.rows"),
    "rows-out-of-range": ("table.rows", "view.rows", "materialized view.rows"),
    "rows-of-view": ("table.rows", "view.rows", "materialized view.rows"),
    "drop-still-used": ("*.extra",),
    "changed-in-use": ("*.missing", "*.extra", "column.*", "*.query", "*.definition", "function.body"),
    "rows-of-two-checks": ("table.rows", "view.rows", "materialized view.rows"),
    "sequence-gap": ("table.rows", "view.rows", "materialized view.rows", "sequence.next value"),
    # Functions and triggers.
    "function-clause": ("function.settings",),
    "function-setting": ("function.settings",),
    "function-empty-path": ("function.settings",),
    "function-body-call": ("function.body",),
    "function-body-rewritten": ("function.body",),
    "function-sql-body": ("function.body",),
    "function-stable": ("function.volatility", "function.leakproof"),
    "function-volatile": ("function.volatility", "function.leakproof"),
    "trigger-row": ("function.body",),
    "trigger-function-written": ("function.extra", "trigger.definition"),
    "trigger-function-text-search": ("function.extra", "trigger.definition"),
    "trigger-whole-row": ("function.body",),
    "trigger-function-tables": ("function.extra", "trigger.definition"),
    "trigger-arguments": ("function.body", "function.extra", "trigger.definition"),
    "trigger-columns": ("trigger.definition", "trigger.extra"),
    "trigger-constraint": ("trigger.definition",),
    "trigger-condition": ("trigger.definition",),
    # Privileges.
    "owner-needs-create": ("schema.grants",),
    "privilege-refused": ("*.grants",),
    "column-privilege": ("column.grants", "table.grants", "view.grants"),
    "grant-on-refused": ("*.grants",),
    "revoke-keeps": ("*.grants",),
    "predefined-role": ("*.grants", "*.owner", "policy.roles", "default privileges.*"),
    "role-renamed": ("*.grants", "*.owner", "policy.roles", "default privileges.*"),
    "public-schema-stays": ("schema.owner", "schema.grants", "schema.comment"),
    "comment-refused": ("*.comment",),
    "policy-subquery-unwrapped": ("policy.using", "policy.check"),
    "row-level-security": ("table.row security", "policy.missing"),
    "policy-missing": ("policy.missing",),
    "statement-dropped": ("trigger.enabled",),
}

# Findings of all rows of a table that may name a column, of another table.
_OF_ALL_COLUMNS = {"table-as-older"}

# Findings of a role, which stands among the values.
_OF_ROLE = {"role-renamed"}

# Findings that name the table alone, though it is about columns of it.
_OF_TABLE = {("constraint-using-index", "column.not null"), ("column-privilege", "column.grants"), ("integer-division", "column.default"),
             ("literal-of-settings", "column.default"), ("literal-of-settings", "constraint.definition")} | {
    ("detached-changed", f"{kind}.{aspect}") for kind in ("column", "constraint", "index")
    for aspect in ("missing", "extra", "type", "default", "not null", "position", "definition")}

# Findings that say that a statement may fail on the target, and why it is right to leave it in.
_MAY_FAIL = {
    "foreign-key-not-valid": "rows may break it, as in the source",
    "check-reads-rows": "rows may break it, as in the source",
    "rows-break-check": "rows break it, as in the source",
    "object-elsewhere": "what it names may stand on the target",
}

# Findings that say of rows that they do not fit what stands at the end.
_LOSES_ROWS = {"rows-of-two-defaults", "rows-of-two-checks", "rows-retyped", "sequence-gap", "domain-altered", "rows-of-conflict",
               "rows-nested-array", "rows-out-of-range", "rows-of-default"}

# SQLSTATEs of an object that is not there.
_NOT_THERE = {"42P01", "42883", "42704", "42703", "3F000"}

_MADE = re.compile(r"(?i)\b(?:table|view|function|procedure|type|sequence|index|trigger|policy)\s+(?:if\s+not\s+exists\s+)?([\w.\"$]+)")
# Names only: what a statement, a message or a qualified name mentions.
_PARTS = {"column", "constraint", "index", "trigger", "policy", "rule"}


@dataclass
class Difference:
    """One aspect of one object. `aspect` ends in missing or extra where the whole object is meant."""

    path: tuple
    aspect: str
    wanted: object = None
    got: object = None
    # Of rows: the column, and all columns of the table.
    column: str = ""
    columns: set = frozenset()

    @property
    def sign(self):
        """What is the same in a smaller script."""
        return self.aspect

    def __str__(self):
        name = f"{self.path[0]} {'.'.join(self.path[1:])}"
        if self.aspect.endswith((".missing", ".extra")):
            return f"{name}: {'is missing' if self.aspect.endswith('.missing') else 'is extra'}"
        aspect = self.aspect.split(".", 1)[1]
        return f"{name}: {aspect}\n    wanted {self.wanted!r}\n    got    {self.got!r}"


class Excuses:
    """The findings of a report, and the statements that it leaves for a person."""

    def __init__(self, report, source):
        self.source = source
        self.statements = report["statements"]
        self.renames = self._renames() + self._merged(report["findings"])
        self.quoted = {name.replace('""', '"').lower() for name in re.findall(r'"((?:[^"\n]|"")+)"', source.decode("utf-8", "replace"))}
        self.loses_rows = re.search(rb"(?i)\b(?:rollback|truncate|delete\s+from|drop\s+(?:table|schema|sequence|column)|default\s+values)\b", source) is not None
        # What stood between two blocks of rows and a person has to run: the rows behind may not fit without it.
        self.changes_rows = any(entry["fate"] == "needs_person" and entry["kind"] in ("UPDATE", "DELETE", "TRUNCATE")
                                for entry in report["statements"])
        self.findings = [(finding["rule"], self._with_old_names(words_of(finding["object"]) | self._named(finding["message"])
                                                                | self._odd_names(finding["object"] + finding["message"])))
                         for finding in report["findings"]]
        # What it changes, and all that it names.
        self.left = [self._left(self._text(entry)) for entry in self.statements if entry["fate"] == "needs_person"]
        self.errors = [finding["span"] for finding in report["findings"] if finding["severity"] == "error"]
        self.refused = set()
        self.no_rows = False

    def _text(self, entry):
        span = entry["span"]
        return self.source[span["start"]["byte"]:span["end"]["byte"]].decode("utf-8", "replace")

    def _left(self, text):
        return self._with_old_names(changed_by(text)), self._with_old_names(words_of(text))

    @staticmethod
    def _named(message):
        return set().union(*map(words_of, re.findall(r"`([^`]*)`", message)), set())

    def _odd_names(self, text):
        """Names of the source that have to be quoted and that a text has without quotes."""
        return {name for name in self.quoted if name in text.lower()}

    def _renames(self):
        """Later names by earlier ones: a finding may speak of the name that an object had."""
        found = []
        for entry in self.statements:
            text = self._text(entry)
            match = re.search(r"(?is)\brename\s+(?:(?:column|constraint|attribute|value)\s+)?(?:(\S+)\s+)?to\s+([^\s;]+)", text)
            if match:
                old = words_of(match[1]) if match[1] else last_name(text[:match.start()])
                found.append((old, words_of(match[2])))
        return found

    @staticmethod
    def _merged(findings):
        """The tables of which partitions are a part: what is said of one is about the other's rows."""
        pairs = [re.findall("`([^`]*)`", finding["message"]) for finding in findings if finding["rule"] == "partition-merged"]
        return [(last_name(pair[0]), words_of(pair[1])) for pair in pairs if len(pair) == 2]

    def _with_old_names(self, words):
        for old, new in self.renames:
            if words & old:
                words = words | new
        return words

    def domains_stand_for_columns(self, catalog):
        """What is said of a domain is said of the columns that have it, and the routines that take or give it."""
        for rule, words in self.findings:
            if rule.startswith("domain-"):
                named = frozenset(words)
                for path, properties in catalog.items():
                    if path[0] == "column" and named & words_of(properties["type"]):
                        words.update((path[2].lower(), path[3].lower()))
                    if path[0] == "function" and named & words_of(f"{path[2][path[2].index('('):]} {properties['result']}"):
                        words.add(path[2].split("(")[0].lower())

    def difference(self, difference):
        """True when a finding or a statement left for a person says it."""
        names = _needed(difference)
        for rule, words in self.findings:
            columns = {column.lower() for column in difference.columns}
            if difference.column and words & columns and difference.column.lower() not in words and rule not in _OF_ALL_COLUMNS:
                continue
            needed = {difference.path[2].lower()} if (rule, difference.aspect) in _OF_TABLE else names
            if rule in _OF_ROLE:
                needed = words & words_of(str(difference.got)) or names
            if needed <= words and any(fnmatch.fnmatchcase(difference.aspect, aspect) for aspect in _RULES.get(rule, ())):
                return True
        name = difference.path[1 if difference.path[0] == "schema" else 2].split("(")[0].lower()
        # The object, or what it hangs on; or a sequence of one of its columns, which has a name of its own. Where a column
        # stands hangs on the others of the table; what owns a sequence has the name that it gets.
        needed = {name} if difference.aspect == "column.position" else names
        owner = words_of(str(difference.wanted)) if difference.aspect == "sequence.owned by" else set()
        return any(name in changed and needed <= words or owner & changed or
                   difference.path[0] == "sequence" and any(name.startswith(other + "_") for other in changed)
                   for changed, words in self.left)

    def statement(self, file, position, text, fields):
        """True when the report says that the output's statement that ends at a byte of a file may be refused.

        That is, when an error was found in a statement of the source that it was made from. What then refers to an object of
        the refused statement, and is refused for that, follows from the same finding.
        """
        words = words_of(text)
        if any(rule in _MAY_FAIL and names and names <= words for rule, names in self.findings):
            return True
        made = _MADE.search(re.sub(r"(?m)^--.*$", "", text))
        if any(entry["output_span"] and _within(entry["output_span"], file, position)
               and any(_within(entry["span"], span["file"], span["start"]["byte"]) for span in self.errors)
               for entry in self.statements):
            made_words = words_of(made[1]) if made else words
            self.left.append((made_words, made_words))
            if made:
                self.refused |= words_of(made[1].split(".")[-1])
            return True
        if fields["C"] in _NOT_THERE and self.refused & words_of(fields["M"].replace('"', " ")):
            self.left.append((words, words))
            return True
        return False

    def load(self, said):
        """True when load stopped at a table whose statement was refused with an excuse; then no rows can be compared."""
        lost = any(rule in _LOSES_ROWS for rule, _ in self.findings)
        # A table that a person has to make first.
        absent = re.search(r"error: ([^\s:]+): 42P01", said if isinstance(said, str) else said.decode("utf-8", "replace"))
        held = absent is not None and any(absent[1].split(".")[-1].strip('"') in changed for changed, _ in self.left)
        self.no_rows = bool(self.refused & words_of(said)) or lost or held or self.changes_rows
        return self.no_rows


def _within(span, file, position):
    return span["file"] == file and span["start"]["byte"] <= position < span["end"]["byte"]


def _needed(difference):
    """The names that a finding must mention to be about the object; of a view's column, the view."""
    path = difference.path
    whole = path[0] == "column" and not difference.aspect.startswith("view column")
    names = path[2:] if whole else path[1:2] if path[0] == "schema" else path[2:3]
    return {name.split("(")[0].lower() if path[0] == "function" else name.lower() for name in names}


def compare(wanted, got, excuses):
    """(differences without an excuse, how many have one) between the source's catalog and the target's."""
    _faithful(wanted, got)
    excuses.domains_stand_for_columns(wanted)
    found, excused, gone, changed_types = [], 0, set(), set()
    # What a person makes works there by whatever path it is given.
    spoken_of = set().union(*(changed for changed, _ in excuses.left))
    views = {path[1:] for path in wanted if path[0] in ("view", "materialized view")}
    # Tables' columns come before views', whose types follow from them.
    for path in sorted(wanted.keys() | got.keys(), key=lambda path: (len(path), path[1:3] in views, path)):
        # What hangs on an object that is on one side only is that one difference. So is a table's own sequence.
        if len(path) == 4 and path[0] in _PARTS and any(("*", *path[1:3]) == other for other in gone):
            continue
        if path not in got:
            difference = Difference(path, path[0] + ".missing")
        elif path not in wanted:
            difference = Difference(path, path[0] + ".extra")
        else:
            for difference in _properties(path, wanted[path], got[path], excuses, path[1:3] in views):
                types = (difference.wanted, difference.got) if difference.aspect.endswith("column.type") else None
                if excuses.difference(difference) or path[1:3] in views and types in changed_types:
                    excused += 1
                    spoken_of |= words_of(" ".join(path[2:]))
                    changed_types.add(types)
                else:
                    found.append(difference)
            continue
        if len(path) == 3:
            gone.add(("*", *path[1:]))
        if excuses.difference(difference):
            excused += 1
            spoken_of |= words_of(" ".join(path[2:]))
        else:
            found.append(difference)
    return found if excuses.no_rows else found + list(_acts(wanted, got, spoken_of)), excused


def _acts(wanted, got, spoken_of):
    """Differences of what functions give and triggers do; not where they read what differs by what a finding says.

    Where no search_path of the source's makes one work, there is nothing to compare.
    """
    named = {}
    for path, properties in wanted.items():
        if path[0] in ("function", "view", "materialized view", "trigger"):
            # A trigger goes with its table.
            name = path[2].split("(")[0].lower()
            named[name] = named.get(name, set()) | words_of(" ".join(str(properties.get(text)) for text in ("body", "query", "definition")))
    for path in sorted(wanted.keys() & got.keys()):
        for name in ("call", "written row"):
            results = wanted[path].get(name)
            if results and name in got[path] and not set(got[path][name]) & set(results) and not _reached(path[2].split("(")[0].lower(), named) & spoken_of:
                yield Difference(path, f"{path[0]}.{name}", results, got[path][name])


def _reached(name, named):
    """All names that bodies and queries name, from one on."""
    found, new = set(), {name}
    while new:
        found |= new
        new = set().union(*(named.get(word, ()) for word in new)) - found
    return found


def _properties(path, wanted, got, excuses, of_view):
    for name in wanted.keys() | got.keys():
        if name == "rows":
            if not excuses.no_rows and not str(wanted[name].get("")).startswith("['cannot be read: "):
                yield from _rows(path, wanted[name], got.get(name, {}))
        elif name == "next value" and (excuses.no_rows or excuses.loses_rows and
                                       _between(wanted["start"], got[name], wanted[name])):
            continue
        elif name in ("call", "written row"):
            continue
        elif wanted.get(name) != got.get(name):
            kind = "view column" if of_view and path[0] == "column" else path[0]
            yield Difference(path, f"{kind}.{name}", wanted.get(name), got.get(name))


def _between(start, value, end):
    return min(int(start), int(end)) <= int(value) <= max(int(start), int(end))


def _rows(path, wanted, got):
    """A difference for each column whose values differ; else one where the same values stand in other rows."""
    shared = [name for name in wanted if name and name in got]
    differing = [name for name in shared if wanted[name] != got[name]]
    # Where one side cannot be read, it has no columns.
    if not differing and (wanted.keys() == got.keys() or len(wanted) == 1 or len(got) == 1) and wanted[""] != got.get(""):
        differing = [""]
    for name in differing:
        yield Difference(path, path[0] + ".rows", {name: wanted[name]}, {name: got.get(name)}, name, set(shared))


# ---- rewrites that keep the meaning

def _faithful(wanted, got):
    """Makes equal, on both sides, what means the same.

    - json is kept as jsonb (the stand-in's json is jsonb, as CockroachDB's).
    - NOT VALID stands in `validated`; a foreign key is validated after the load, also where the source's was not.
    - A materialized view WITH NO DATA has no rows that could be compared; on the target it is filled.
    - Bodies are compared as words: blanks, comments and qualification may change, `(NEW).c` is `NEW.c`.
    - A table that is partitioned in the source is an ordinary one, and its partitions are its rows. Its indexes are ON ONLY it.
    - Storage parameters of an index are not compared, as those of tables are not.
    - A parameter without a name, which a body reads as $1, is called parameter1.
    - A unique index is a UNIQUE constraint in CockroachDB: ADD CONSTRAINT ... USING INDEX renames it.
    - Where a script makes rows and drops them again, a sequence may stand where those rows' values did not move it.
    """
    for catalog in (wanted, got):
        for path, properties in catalog.items():
            for name, value in properties.items():
                if isinstance(value, str):
                    properties[name] = _plain(path[0], name, value)
    for path in [path for path in wanted if path[0] == "constraint" and path not in got]:
        index = ("index", *path[1:])
        columns = got.get(index, {}).get("definition", "").partition(" USING btree ")[2]
        if index not in wanted and wanted[path]["definition"] == f"UNIQUE {columns}":
            got[path] = wanted[path] | {"comment": got.pop(index)["comment"]}


def _plain(kind, name, value):
    if kind == "function" and name == "body":
        return body_words(value)
    if name == "definition":
        value = re.sub(r" NOT VALID$", "", value)
        if kind == "index":
            value = re.sub(r" WITH \([^()]*\)(?=$| WHERE )", "", value.replace(" ON ONLY ", " ON ", 1))
    if name in ("type", "result", "arguments", "attributes", "query", "definition", "default"):
        value = re.sub(r"\bjson\b", "jsonb", value)
    if name == "arguments":
        value = re.sub(r"\bparameter\d+ ", "", value)
    return value


def body_words(text):
    """A body as its words, without qualification, with one word for integers and without orders of NULLs that are PostgreSQL's own."""
    words = re.sub(r"(?<!\S)(integer|int)(?!\S)", "int4", Statement(text).normal)
    words = re.sub(r"(?<!\S)desc nulls first(?!\S)", "desc", words)
    words = re.sub(r"(?<!desc) nulls last(?!\S)", "", words)
    words = re.sub(r"\( (new|old) \) \.", r"\1 .", words)
    words = re.sub(r'(?<!\S)(?!new |old )(?:"(?:[^"]|"")+"|\w+) \. ', "", words)
    return words.rstrip("; ")
