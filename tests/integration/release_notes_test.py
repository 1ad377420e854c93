#!/usr/bin/env python3
"""Each row of the gathered release notes that was wrong or missing once is cited where it is believed, or decided on in docs/release-notes.md."""

import pathlib
import re
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
NOTES = SOURCE.parent / "shared" / "reference" / "crdb-releases.md"
FOLDERS = ("bind", "driver", "emit", "grammar", "parser", "passes", "routines", "runtime", "scan", "target")
OPEN = re.compile(r"wrong|missing|half|risk|doubtful|unsaid")


def rows():
    """Number and text of each row with a number; those of section 19, which nobody had looked at, are all open."""
    section, found = None, {}
    for line in NOTES.read_text().splitlines():
        if match := re.match(r"## (\d+)\.", line):
            section = match[1]
        elif (match := re.match(r"\| (\d+)\.(\d+) \| (.*) \|$", line)) and match[1] == section:
            found[f"{match[1]}.{match[2]}"] = match[3]
    return found


def open_rows():
    return [number for number, text in rows().items() if number.startswith("19.") or OPEN.search(text.rsplit(" | ", 1)[-1])]


def cited():
    numbers = set()
    for folder in FOLDERS:
        for path in (SOURCE / folder).rglob("*"):
            if path.suffix not in (".cpp", ".h", ".def", ".rule", ".md"):
                continue
            for match in re.finditer(r"[Rr]eleases?(?: facts)? ((?:\d+\.\d+(?:, | and )?)+)", path.read_text()):
                numbers.update(re.findall(r"\d+\.\d+", match[1]))
    return numbers


def decided():
    page = (SOURCE / "docs" / "release-notes.md").read_text()
    return {number: text for number, text in re.findall(r"^\| (\d+\.\d+) \| [^|]+ \| ([^|]+) \|$", page, re.MULTILINE)}


class ReleaseNotesTest(unittest.TestCase):
    def setUp(self):
        if not NOTES.exists():
            self.skipTest(f"{NOTES} is not there")

    def test_each_row_is_cited_or_decided(self):
        self.assertGreater(len(rows()), 150)
        rest = open_rows()
        self.assertGreater(len(rest), 70)
        told = cited() | decided().keys()
        self.assertEqual([number for number in rest if number not in told], [])

    def test_what_is_decided_is_a_row(self):
        known = rows()
        self.assertEqual([number for number in decided() if number not in known], [])
        self.assertEqual([number for number, text in decided().items() if not text.strip()], [])


if __name__ == "__main__":
    unittest.main()
