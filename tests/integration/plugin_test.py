"""Passes in shared objects: the installed package, the example outside the tree, and what is refused."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

BUILD = os.environ.get("PG2CRDB_BUILD_DIR")
CMAKE = os.environ.get("PG2CRDB_CMAKE", "cmake")
COMPILER = os.environ.get("PG2CRDB_CXX", "c++")
SOURCE = pathlib.Path(os.environ.get("PG2CRDB_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
EXAMPLE = SOURCE / "examples/plugin"
FINDING = "dump.sql:10:11: info: column `public.subscribers.email` loses its limit of 255 [habitual-limit]"


def run(*words, **more):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=540, **more)
    if done.returncode != 0:
        raise AssertionError(f"{words}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def build(source, folder, prefix):
    words = [CMAKE, "-S", source, "-B", folder, f"-DCMAKE_PREFIX_PATH={prefix}", f"-DCMAKE_CXX_COMPILER={COMPILER}",
             "-DCMAKE_BUILD_TYPE=Debug"]
    if shutil.which("ninja"):
        words += ["-G", "Ninja"]
    if shutil.which("ccache"):
        words += ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"]
    run(*words)
    run(CMAKE, "--build", folder, "--parallel", "2")


class PluginTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.prefix = cls.folder / "prefix"
        run(CMAKE, "--install", BUILD, "--prefix", cls.prefix)
        cls.binary = cls.prefix / "bin/pg2crdb"
        # A copy: the example must not need anything of the tree around it.
        shutil.copytree(EXAMPLE, cls.folder / "example", ignore=shutil.ignore_patterns("build*"))
        build(cls.folder / "example", cls.folder / "build", cls.prefix)
        cls.plugin = cls.folder / "build/habitual_limits.so"
        build(SOURCE / "tests/integration/plugins", cls.folder / "refused", cls.prefix)

    def run_tool(self, *words, folder=None):
        done = subprocess.run([str(self.binary), *map(str, words)], capture_output=True, text=True, timeout=120,
                              cwd=folder or self.folder / "example")
        self.assertNotIn("internal error", done.stderr)
        self.assertNotIn("Sanitizer", done.stderr)
        self.assertGreaterEqual(done.returncode, 0, done.stderr)
        return done

    def assert_refused(self, plugin, *texts):
        for command in (["compile", "dump.sql"], ["lint", "dump.sql"], ["passes", "list"], ["rules", "list"]):
            done = self.run_tool(*command, "--plugin", plugin)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertEqual(done.stdout, "")
            self.assertTrue(done.stderr.startswith("pg2crdb: error: the plugin "), done.stderr)
            for text in texts:
                self.assertIn(text, done.stderr)

    def test_libraries_are_not_looked_for_in_the_current_directory(self):
        built = [pathlib.Path(BUILD) / name for name in ("pg2crdb", "pg2crdb-with-plugins", "libpg2crdb.so")]
        for file in built + [self.binary]:
            listed = run("readelf", "--dynamic", "--wide", file)
            paths = re.findall(r"R(?:UN)?PATH\).*\[(.*)\]", listed)
            self.assertEqual([path for path in paths if "" in path.split(":")], [], file)

    def test_the_installed_program_needs_nothing_of_the_build(self):
        listed = run("ldd", self.binary) if shutil.which("ldd") else ""
        self.assertNotIn(str(BUILD), listed)
        self.assertRegex(self.run_tool("version").stdout, r"^pg2crdb \d")
        headers = self.prefix / "include/pg2crdb"
        self.assertTrue((headers / "rewrite/plugin.h").is_file())
        self.assertTrue((headers / "target/capabilities.def").is_file())
        self.assertFalse([path for path in headers.rglob("*") if path.suffix not in (".h", ".def", "")])

    def test_the_example_gives_what_its_page_says(self):
        done = self.run_tool("compile", "dump.sql", "--plugin", self.plugin)
        self.assertEqual(done.returncode, 0, done.stderr)
        if os.environ.get("PG2CRDB_UPDATE"):
            (EXAMPLE / "expected.sql").write_text(done.stdout)
        self.assertEqual(done.stdout, (EXAMPLE / "expected.sql").read_text())
        self.assertIn(FINDING, done.stderr)
        self.assertIn(FINDING, (EXAMPLE / "README.md").read_text())

    def test_the_load_plan_knows_the_rows_type(self):
        self.run_tool("compile", "dump.sql", "--plugin", self.plugin, "--out-dir", self.folder / "out")
        plan = json.loads((self.folder / "out/load-plan.json").read_text())
        email = plan["tables"][0]["columns"][1]
        self.assertEqual((email["source_type"], email["target_type"]), ("character varying(255)", "TEXT"))
        report = json.loads((self.folder / "out/report.json").read_text())
        table = [s for s in report["statements"] if s["kind"] == "CREATE TABLE"][0]
        self.assertIn("habitual-limits", table["passes"])
        counts = report["summary"]["statements"]
        self.assertEqual(counts["read"], sum(count for name, count in counts.items() if name != "read"))

    def test_passes_list_shows_its_place(self):
        names = [line.split()[0] for line in self.run_tool("passes", "list", "--plugin", self.plugin).stdout.splitlines()]
        self.assertEqual(names.index("habitual-limits") + 1, names.index("map-types"))
        listed = json.loads(self.run_tool("passes", "list", "--format", "json", "--plugin", self.plugin).stdout)
        mine = [one for one in listed if one["name"] == "habitual-limits"][0]
        self.assertEqual((mine["fidelity"], mine["rules"]), ("changes-behaviour", ["habitual-limit"]))

    def test_its_rule_is_a_rule_like_others(self):
        listed = json.loads(self.run_tool("rules", "list", "--format", "json", "--plugin", self.plugin).stdout)
        mine = [rule for rule in listed if rule["id"] == "habitual-limit"][0]
        self.assertEqual(mine["reported_by"], "habitual-limits")
        self.assertIn("nobody chose", self.run_tool("rules", "explain", "habitual-limit", "--plugin", self.plugin).stdout)
        self.assertIn("no rule", self.run_tool("rules", "explain", "habitual-limit").stderr)
        lint = ["lint", "dump.sql", "--plugin", self.plugin]
        self.assertIn("habitual-limit", self.run_tool(*lint).stdout)
        self.assertNotIn("habitual-limit", self.run_tool(*lint, "--ignore", "habitual-limit").stdout)
        only = json.loads(self.run_tool(*lint, "--select", "habitual-limit", "--format", "json").stdout)["findings"]
        self.assertEqual({finding["rule"] for finding in only}, {"habitual-limit"})
        worse = self.run_tool(*lint, "--severity", "habitual-limit=error")
        self.assertEqual(worse.returncode, 1)
        self.assertIn("did you mean `habitual-limit`", self.run_tool(*lint, "--ignore", "habitual-limits").stderr)

    def test_its_pass_is_a_pass_like_others(self):
        words = ["compile", "dump.sql", "--plugin", self.plugin]
        self.assertIn("VARCHAR(255)", self.run_tool(*words, "--passes", "-habitual-limits").stdout)
        self.assertIn("-- after habitual-limits", self.run_tool(*words, "--print-after", "habitual-limits").stderr)
        self.assertEqual(self.run_tool(*words, "--plugin", self.plugin).returncode, 0)

    def test_the_configuration_names_plugins_and_decides_on_their_rules(self):
        project = self.folder / "project"
        (project / "db").mkdir(parents=True)
        shutil.copy(EXAMPLE / "dump.sql", project / "db/dump.sql")
        shutil.copy(self.plugin, project / "mine.so")
        (project / "pg2crdb.toml").write_text(
            'plugins = ["mine.so"]\n[severity]\nhabitual-limit = "error"\n[[decision]]\nrule = "habitual-limit"\n'
            'object = "public.subscribers.*"\naction = "acknowledge"\nreason = "agreed"\n')
        done = self.run_tool("lint", "project/db/dump.sql", folder=self.folder)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("is acknowledged (project/pg2crdb.toml): agreed", done.stdout)
        self.assertIn("habitual-limits", self.run_tool("passes", "list", folder=project).stdout)
        (project / "pg2crdb.toml").write_text(
            'plugins = ["mine.so"]\n[[decision]]\nrule = "habitual-limits"\naction = "acknowledge"\nreason = "r"\n')
        wrong = self.run_tool("lint", "project/db/dump.sql", folder=self.folder)
        self.assertEqual(wrong.returncode, 2)
        self.assertIn("project/pg2crdb.toml:2:1: there is no rule `habitual-limits`: did you mean `habitual-limit`?", wrong.stderr)

    def test_another_version_is_told_which(self):
        self.assert_refused(self.folder / "refused/other_version.so", "was built for pg2crdb 9.8.7, this is ",
                            "build it again with the headers of pg2crdb")
        self.assert_refused(self.folder / "refused/other_headers.so", "with other headers or another standard library",
                            "0123456789abcdef")

    def test_what_is_no_plugin_is_refused(self):
        text = self.folder / "text.so"
        text.write_text("-- no shared object\n" * 100)
        empty = self.folder / "empty.so"
        empty.write_bytes(b"")
        cut = self.folder / "cut.so"
        cut.write_bytes(self.plugin.read_bytes()[:5000])
        self.assert_refused(text, "is no shared object")
        self.assert_refused(empty, "is no shared object")
        self.assert_refused(self.binary.parent, "cannot be read")
        self.assert_refused(cut, "is cut off")
        self.assert_refused(self.folder / "missing.so", "cannot be read")
        self.assert_refused(self.folder / "refused/no_symbol.so", "has no symbol `pg2crdb_plugin`")

    def test_passes_that_do_not_fit_are_refused(self):
        self.assert_refused(self.folder / "refused/taken_pass.so", "a pass `map-types`, and there is one already")
        self.assert_refused(self.folder / "refused/taken_rule.so", "a rule `unparsed-statement`, and there is one already")
        self.assert_refused(self.folder / "refused/unknown_place.so",
                            "next to `map-typos`, which is no pass: did you mean `map-types`?")
        self.assert_refused(self.folder / "refused/no_function.so", "a pass without a name or a function")

    def test_a_pass_that_fails_costs_the_statements_that_it_fails_at(self):
        plugin = self.folder / "refused/failing_pass.so"
        dump = self.folder / "cursed.sql"
        names = ["first", "cursed_one", "middle", "cursed_two", "last"]
        dump.write_text("".join(f"CREATE TABLE public.{name} (id bigint PRIMARY KEY, gone text);\n" for name in names))
        done = self.run_tool("compile", dump, "--plugin", plugin, "--report", f"json={self.folder / 'cursed.json'}")
        self.assertEqual(done.returncode, 1, done.stderr)
        live = [line for line in done.stdout.splitlines() if line.startswith("CREATE TABLE")]
        self.assertEqual(live, [f"CREATE TABLE public.{name} (" for name in ("first", "middle", "last")])
        self.assertEqual(done.stdout.count("gone"), 2)  # of the comments: the first run's changes do not count
        self.assertIn("cursed.sql:2:1: error: the pass `failing` stops at this statement: no luck with cursed_one "
                      "[internal-error]", done.stderr)
        report = json.loads((self.folder / "cursed.json").read_text())
        self.assertEqual([one["fate"] for one in report["statements"]],
                         ["rewritten", "needs_person", "rewritten", "needs_person", "rewritten"])
        self.assertEqual([(one["rule"], one["severity"]) for one in report["findings"] if one["severity"] == "error"],
                         [("internal-error", "error")] * 2)
        lint = self.run_tool("lint", dump, "--plugin", plugin, "--format", "json")
        self.assertEqual((lint.returncode, json.loads(lint.stdout)["findings"]), (1, report["findings"]))


if __name__ == "__main__":
    if not BUILD:
        raise SystemExit("plugin_test: PG2CRDB_BUILD_DIR has to name the folder that pg2crdb was built in")
    unittest.main()
