"""docs/rules.md, which findings link to, lists what `pg2crdb rules list` does. PG2CRDB_UPDATE=1 writes it."""

import json
import os
import unittest

from _command_line import SOURCE, CommandLine

HEAD = """# Rules

What `pg2crdb` may report, by its rule. `pg2crdb rules explain RULE` shows one with how it is written, the `pass.md` of the pass that
reports it says more. This list is written by a test.

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
    for rule in sorted(rules, key=lambda rule: rule["id"]):
        text += f"### {rule['id']}\n\n{rule['severity']}, {rule['category']} (reported by {rule['reported_by']}): {rule['summary']}.\n"
        text += f"{rule['advice']}\n\n" if rule["advice"] else "\n"
    return text


class RulesList(CommandLine):
    def test_docs_rules_md_is_the_list(self):
        path = SOURCE / "docs/rules.md"
        expected = page(json.loads(self.run_tool("rules", "list", "--format", "json").out))
        if os.environ.get("PG2CRDB_UPDATE"):
            path.write_text(expected)
        self.assertEqual(path.read_text(), expected)


if __name__ == "__main__":
    unittest.main()
