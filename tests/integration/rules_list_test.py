"""docs/rules.md, which findings link to, lists what `pg2crdb rules list` does. PG2CRDB_UPDATE=1 writes it."""

import json
import os
import unittest

from _command_line import SOURCE, CommandLine
from _rule_examples import examples

HEAD = """# Rules

What `pg2crdb` may report, by its rule. `pg2crdb rules explain RULE` shows one with how it is written, the `pass.md` of the pass that
reports it says more. This list is written by a test, and its examples are cases that another one compiles: the finding is the case's,
of the whole file that is named.

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


def page(rules):
    text = HEAD
    shown = examples()
    for rule in sorted(rules, key=lambda rule: rule["id"]):
        text += f"### {rule['id']}\n\n{rule['severity']}, {rule['category']} (reported by {rule['reported_by']}): {rule['summary']}.\n"
        text += f"{rule['advice']}\n\n" if rule["advice"] else "\n"
        if rule["id"] in shown:
            text += example(*shown[rule["id"]])
    return text


def example(statement, message, case, options):
    link = f"[{case.stem.replace('_', ' ')}](../{case})" + (f", with {options}" if options else "")
    return f"```sql\n{statement}\n```\n\n> {message}\n\n{link}\n\n"


class RulesList(CommandLine):
    def test_docs_rules_md_is_the_list(self):
        path = SOURCE / "docs/rules.md"
        expected = page(json.loads(self.run_tool("rules", "list", "--format", "json").out))
        if os.environ.get("PG2CRDB_UPDATE"):
            path.write_text(expected)
        self.assertEqual(path.read_text(), expected)

    def test_what_a_pass_reports_has_an_example(self):
        rules = json.loads(self.run_tool("rules", "list", "--format", "json").out)
        shown = examples()
        self.assertEqual(set(shown) - {rule["id"] for rule in rules}, set(), "no rules")
        of_passes = {rule["id"] for rule in rules if (SOURCE / "passes" / rule["reported_by"].replace("-", "_")).is_dir()}
        self.assertEqual(of_passes - set(shown), set())


if __name__ == "__main__":
    unittest.main()
