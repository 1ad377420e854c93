#!/usr/bin/env python3
"""Each row of target/capabilities.def that has a release is asked for: by a pass, a rule, the grammar or the runtime."""

import pathlib
import re
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ("bind", "driver", "emit", "grammar", "order", "parser", "passes", "rewrite", "routines", "runtime")


def rows():
    text = (SOURCE / "target" / "capabilities.def").read_text()
    return re.findall(r"^CAPABILITY\((\w+), (\w+)", text, re.MULTILINE)


def sources():
    for folder in FOLDERS:
        for path in (SOURCE / folder).rglob("*"):
            if path.suffix in (".cpp", ".h", ".def", ".g4", ".rule"):
                yield path.read_text()


class CapabilitiesTest(unittest.TestCase):
    def test_each_row_is_used(self):
        words = set(re.findall(r"[\w-]+", "\n".join(sources())))
        known = rows()
        self.assertGreater(len(known), 100)
        unused = [name for name, since in known if since != "never" and name not in words and name.replace("_", "-") not in words]
        self.assertEqual(unused, [])


if __name__ == "__main__":
    unittest.main()
