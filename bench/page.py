"""What somebody waits for in the pages: the HTML report and the console of a schema of many tables, in a headless Chromium."""

import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests/integration"))

import _browser  # noqa: E402
import _console  # noqa: E402
from _browser import CHROMIUM  # noqa: E402
from report_page_test import many_tables  # noqa: E402

# Seconds from the navigation on until the verdict stands there, and its place in the page is known.
OPENED = """(async () => {
  for (;;) {
    if (document.querySelector(WHERE)?.getBoundingClientRect().height > 0) return performance.now() / 1000;
    await new Promise((done) => setTimeout(done, 5));
  }
})()"""

# Milliseconds of something that the page does, until what comes of it is drawn.
TIMED = """(async () => {
  const begin = performance.now();
  ACTION;
  document.body.getBoundingClientRect();
  return performance.now() - begin;
})()"""


def opened(browser, url, where):
    browser.open_url("about:blank")
    browser.open_url(url)
    return browser.run(OPENED.replace("WHERE", repr(where)))


class Console:
    """Actions as the page's own script sends them, each until its answer is there; every one is of another object."""

    def __init__(self, browser, console, times):
        self.browser, self.console, self.times = browser, console, times

    def act(self, name, action):
        self.times.setdefault(name, []).append(self.browser.run(TIMED.replace("ACTION", action)))
        self.console.state()  # what it made necessary is compiled: the next one is timed alone

    def decide(self, name, **body):
        parameters = ", ".join(f"{key}: {value!r}" for key, value in body.items())
        self.act("preview: " + name, f"await tell('/api/decide', {{{parameters}, reason: 'looked at', preview: true}})")
        self.act(name, f"await tell('/api/decide', {{{parameters}, reason: 'looked at'}})")


def measure(program, folder, tables, rounds):
    """Seconds to open the report, its bytes, and milliseconds of each kind of action in the console."""
    os.environ["PG2CRDB_BINARY"] = _console.BINARY = str(program)
    (folder / "schema.sql").write_text(many_tables(tables))
    subprocess.run([program, "compile", "schema.sql", "--no-config", "--quiet", "-o", "out.sql", "--report", "html=report.html"],
                   cwd=folder, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    report = folder / "report.html"
    times = {}
    with _browser.Browser() as browser:
        report_seconds = [opened(browser, report.as_uri(), "main .headline") for _ in range(rounds)]
        with _console.Console(folder, "schema.sql") as console:
            statements = console.state()["statements"]["read"]
            console_seconds = []
            for _ in range(rounds):
                console_seconds.append(opened(browser, console.url, "#summary .headline"))
            page = Console(browser, console, times)
            browser.run("document.querySelector('nav a[href=\"#statements\"]').click()")
            for number in range(rounds):
                one = f"{number * 7:04d}"
                page.act("search", f"Object.assign(chosen, {{text: 'index_{one}', open: false}}); await loadStatements()")
                statement = console.statements(text=f"INDEX index_{one}_a")[0]["id"]
                page.decide("delete", action="delete", statement=statement)
                page.decide("acknowledge by rule", action="acknowledge", rule="sequence-primary-key", object=f"public.table_*{number}")
                page.decide("find and replace", action="replace", find="double precision", sql="real", object=f"public.table_{one}")
                page.act("find one by one", "await tell('/api/hits', {action: 'replace', find: '(numeric)[(]12,2[)]', "
                         "regular_expression: true, sql: '\\\\1', reason: 'looked at'})")
            compiles = console.state()["compile_ms"]
            for _ in range(rounds):
                page.act("undo", "await tell('/api/undo')")
    return {"report_seconds": report_seconds, "report_bytes": report.stat().st_size, "console_seconds": console_seconds,
            "statements": statements, "compile_ms": compiles, "actions": times}
