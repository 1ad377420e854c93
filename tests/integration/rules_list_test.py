"""docs/rules.md, which findings link to, lists what `pg2crdb rules list` does. PG2CRDB_UPDATE=1 writes it."""

import json
import os
import unittest

from _command_line import SOURCE, CommandLine

HEAD = """# Rules

What `pg2crdb` may report, by its rule. `pg2crdb rules explain RULE` shows one. How a finding is acknowledged or given another severity:
[README](../README.md). This list is written by a test.

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
