"""docs/rules.md, which findings link to, lists what `pg2crdb rules list` does. PG2CRDB_UPDATE=1 writes it."""

import json
import os
import re
import shlex
import unittest

from _command_line import SOURCE, CommandLine
from _rule_examples import examples
from _rule_inputs import INPUTS, WITHOUT_INPUT

HEAD = """# Rules

What `pg2crdb` may report, by its rule. `pg2crdb rules explain RULE` shows one with how it is written, the `pass.md` of the pass that
reports it says more. This list is written by a test, which runs the examples too; those that name a file are a case that another one
compiles, and the finding is the case's, of the whole file.

A finding that was looked at is acknowledged, so that it does not count for the exit status any more: in `pg2crdb.toml`,

```toml
[[decision]]
rule = "function-body"
object = "public.rewards_report"   # without it: every object
action = "acknowledge"
reason = "written by hand in routines.sql"
until = 2027-06-30                 # may be left out
```

or in a comment above the statement, of one rule or of several (`a, b`):

```sql
-- pg2crdb: ignore function-body reason="written by hand in routines.sql"
```

`--select`, `--ignore` and `--severity` choose for one run.

"""


def page(rules, found):
    text = HEAD
    shown = examples()
    for rule in sorted(rules, key=lambda rule: rule["id"]):
        text += f"### {rule['id']}\n\n{rule['severity']}, {rule['category']} (reported by {rule['reported_by']}): {rule['summary']}.\n"
        text += f"{rule['advice']}\n\n" if rule["advice"] else "\n"
        if rule["id"] in shown:
            text += example(*shown[rule["id"]])
        elif rule["id"] in INPUTS:
            text += files(INPUTS[rule["id"]], found[rule["id"]])
    return text


def block(name, text):
    text = text.decode("latin-1") if isinstance(text, bytes) else text
    language = name.rpartition(".")[2]
    return f"```{language}\n{text.rstrip()}\n```\n\n"


def files(given, message):
    """Of an Input; one file needs no name."""
    text = ""
    for name, content in given.files.items():
        text += (f"{name}:\n\n" if len(given.files) > 1 else "") + block(name, content)
    return text + f"> {message}\n\n`{given.command}`\n\n"


def example(statement, message, case, options):
    link = f"[{case.stem.replace('_', ' ')}](../{case})" + (f", with {options}" if options else "")
    return f"```sql\n{statement}\n```\n\n> {message}\n\n{link}\n\n"


class RulesList(CommandLine):
    def rules(self):
        return json.loads(self.run_tool("rules", "list", "--format", "json").out)

    def found(self, rule, given):
        """What is said of the input by the rule: the first finding's severity and message."""
        for name, content in given.files.items():
            self.write(name, content)
        run = self.run_tool(*shlex.split(given.command)[1:], "--format", "jsonl")
        self.assertIn(run.returncode, (0, 1), run.err)
        findings = [json.loads(line) for line in run.out.splitlines()]
        mine = [one for one in findings if one["rule"] == rule]
        self.assertTrue(mine, f"{rule} is not among {[one['rule'] for one in findings]}")
        for name in given.files:
            (self.folder / name).unlink()
        return f"{mine[0]['severity']}: {mine[0]['message']}"

    def test_docs_rules_md_is_the_list(self):
        path = SOURCE / "docs/rules.md"
        expected = page(self.rules(), {rule: self.found(rule, given) for rule, given in INPUTS.items()})
        if os.environ.get("PG2CRDB_UPDATE"):
            path.write_text(expected)
        self.assertEqual(path.read_text(), expected)

    def test_each_rule_has_an_example(self):
        known = {rule["id"] for rule in self.rules()}
        shown = set(examples())
        self.assertEqual((shown | set(INPUTS) | set(WITHOUT_INPUT)) - known, set(), "no rules")
        self.assertEqual(known - shown - set(INPUTS), set(WITHOUT_INPUT))

    def test_what_findings_link_to_is_there(self):
        anchors = re.findall(r"^### (.*)$", (SOURCE / "docs/rules.md").read_text(), re.MULTILINE)
        self.assertEqual(len(anchors), len(set(anchors)))
        self.assertEqual(set(anchors), {rule["id"] for rule in self.rules()})
        self.write("input.sql", "CREATE TABLE public.towns (id bigserial PRIMARY KEY);\n")
        for form in ("sarif", "html", "markdown", "json"):
            out = self.run_tool("lint", "input.sql", "--no-config", "--format", form).out
            links = re.findall(r"docs/rules\.md#([a-z0-9-]+)", out)
            self.assertEqual(set(links) - set(anchors), set(), form)

    def test_explain_shows_the_example(self):
        """That of the page that the program was built with."""
        text = (SOURCE / "docs/rules.md").read_text()
        for section in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
            rule = section.split("\n", 1)[0]
            explained = self.run_tool("rules", "explain", rule).out
            for line in re.findall(r"^> (.*)$", section, re.MULTILINE):
                self.assertIn(f"\n{line}\n", explained, rule)
            for written in re.findall(r"^```\w*\n(.*?)^```$", section, re.MULTILINE | re.DOTALL):
                shown = "".join(f"    {line}\n" if line else "\n" for line in written.splitlines())
                self.assertIn(shown, explained, rule)


if __name__ == "__main__":
    unittest.main()
