#!/usr/bin/env python3
"""The console's page in a browser: each screen, keyboard alone, hostile names, widths and colours, and that nothing leaves this machine."""

import threading
import time
import tomllib
import unittest

import _hostile
import _target
from _axe import serious_faults
from _browser import CHROMIUM
from _console_page import SCREENS, ConsolePage
from console_test import DUMP, NAME

RAILS = _target.CORPUS / "danbooru__danbooru/structure.sql"

# What stands in more than one line, of buttons that name no object, and of the options in commands.
BROKEN_WORDS = r"""(() => {
  const words = [];
  for (const area of document.querySelectorAll('button:not(.link), .command code')) {
    if (!area.checkVisibility()) continue;
    const walker = document.createTreeWalker(area, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      for (const match of walker.currentNode.data.matchAll(area.matches('button') ? /.+/g : /--[a-z-]+/g)) {
        const range = document.createRange();
        range.setStart(walker.currentNode, match.index);
        range.setEnd(walker.currentNode, match.index + match[0].length);
        if (new Set([...range.getClientRects()].map((one) => Math.round(one.top))).size > 1) words.push(match[0]);
      }
    }
  }
  return words;
})()"""


class PageTest(ConsolePage):
    def test_a_rule_is_acknowledged_and_undone(self):
        browser = self.opened(DUMP)
        self.assertNotIn(self.console.token, browser.run("location.href"))
        self.assertEqual(browser.run("document.querySelector('#summary .headline').textContent"), f"Not ready: {self.console.state()['errors']} required fixes are left")
        headings = browser.run("[...document.querySelectorAll('#summary h3, #summary caption')].map((one) => one.textContent)")
        self.assertEqual(sorted(set(headings)), sorted(headings))
        browser.run(f"{self.key('acknowledge function-language')}.click()")
        self.confirm()
        self.assertIn('rule = "function-language"', self.config())
        self.assertEqual(browser.run(f"{self.key('acknowledge function-language')} === undefined"), True)
        browser.run("document.getElementById('undo').click()")
        self.until(f"{self.key('acknowledge function-language')} !== undefined")
        self.assertFalse((self.folder / "pg2crdb.toml").exists())
        self.assert_quiet()

    def test_what_only_waits_for_others_is_counted_apart(self):
        browser = self.opened(DUMP)
        errors = self.console.state()["errors"]
        self.console.decide(action="delete", statement=self.console.statements(text="nosuchtype")[0]["id"])
        self.settled()
        self.assertEqual(self.console.statements(rule="object-not-translated")[0]["object"], "public.dear")
        said = f"Not ready: {errors - 1} required fixes are left, and 1 consequence"
        self.until(f"document.querySelector('#summary .headline').textContent === {said!r}")

    def test_an_error_that_is_acknowledged_is_said_to_stay_wrong(self):
        browser = self.opened(DUMP)
        for rule, said in (("function-body", "1 statement stays held back"), ("unknown-type", "1 statement goes out as shown")):
            browser.run(f"{self.key(f'acknowledge {rule}')}.click()")
            self.until("document.querySelector('dialog[open] .preview p')")
            self.assertTrue(browser.run("document.querySelector('dialog .failed').textContent").startswith(said), rule)
            self.assertNotIn("all right", browser.run("document.querySelector('dialog').textContent"))
            browser.run("document.querySelector('dialog').close()")
        browser.run(f"{self.key('acknowledge type-mapped')}.click()")
        self.until("document.querySelector('dialog[open] .preview p')")
        self.assertIn("all right", browser.run("document.querySelector('dialog').textContent"))
        self.assertIsNone(browser.run("document.querySelector('dialog .failed')"))
        self.assert_quiet()

    def test_a_statement_is_edited_and_shows_both_texts(self):
        browser = self.opened(DUMP)
        self.go("statements")
        browser.run("(() => { const one = document.querySelector('#statements input[type=search]'); one.value = 'nosuchtype'; "
                    "one.dispatchEvent(new Event('input', {bubbles: true})); })()")
        self.until("document.querySelectorAll('#statements .statement').length === 1")
        browser.run("document.querySelector('#statements summary[data-key]').click()")
        self.until("[...document.querySelectorAll('#statements button')].some((one) => one.textContent === 'Edit')")
        browser.run("[...document.querySelectorAll('#statements button')].find((one) => one.textContent === 'Edit').click()")
        self.assertIn("nosuchtype", browser.run("document.querySelector('dialog textarea').value"))
        browser.run("document.querySelector('dialog textarea').value = 'CREATE TABLE public.odd (id bigint NOT NULL, what text)'")
        self.confirm()
        self.assertIn('action = "replace"', self.config())
        self.assertEqual(self.console.statements(decided="1")[0]["object"], "public.odd")
        self.assert_quiet()

    def test_a_statement_is_added(self):
        browser = self.opened("CREATE TABLE public.t (id int8 PRIMARY KEY, kind kind);\n")
        self.assertTrue(self.console.state()["failed"])
        self.go("statements")
        self.click("add")
        browser.run("(() => { document.querySelector('dialog textarea').value = \"CREATE TYPE public.kind AS ENUM ('a')\"; "
                    "document.querySelector('dialog select').value = 'first'; })()")
        self.confirm()
        self.assertFalse(self.console.state()["failed"], self.console.state())
        self.assertIn('position = "first"', self.config())
        self.assert_quiet()

    def test_a_statement_is_added_above_and_below_one(self):
        browser = self.opened("\nCREATE TABLE public.t (id int8 PRIMARY KEY, kind public.kind);\n")
        self.go("statements")
        number = self.console.statements(text="kind")[0]["id"]
        browser.run("document.querySelector('#statements summary[data-key]').click()")
        self.click(f"add above {number}")
        self.assertIn("CREATE TABLE public.t", browser.run("document.querySelector('dialog figure').textContent"))
        self.assertIsNone(browser.run("document.querySelector('dialog select')"))
        browser.run("document.querySelector('dialog textarea').value = \"CREATE TYPE public.kind AS ENUM ('a')\"")
        self.confirm()
        self.assertFalse(self.console.state()["failed"], self.console.state())
        self.assertEqual(tomllib.loads(self.config())["decision"][0]["position"], "above")
        self.assertEqual([(one["kind"], one.get("added", False)) for one in self.console.statements()], [("CREATE TYPE AS ENUM", True), ("CREATE TABLE", False)])
        self.console.decide(action="add", statement=1, position="below", sql="CREATE INDEX ON public.t (kind)")
        self.assertEqual([one["kind"] for one in self.console.statements()], ["CREATE TYPE AS ENUM", "CREATE TABLE", "CREATE INDEX"])
        self.go("decisions")
        self.until("document.querySelectorAll('#decisions .statement').length === 2")
        self.assertIn("CREATE TYPE public.kind", browser.run("document.querySelector('#decisions .statement').textContent"))
        self.assert_quiet()

    def test_what_is_held_back_is_not_said_to_go_out(self):
        browser = self.opened("CREATE OPERATOR public.<<< (FUNCTION = public.f, LEFTARG = text, RIGHTARG = text);\n")
        self.go("statements")
        browser.run("document.querySelector('#statements summary[data-key]').click()")
        self.until("document.querySelector('#statements figcaption')")
        self.assertEqual(browser.run("document.querySelector('#statements figcaption').textContent"), "Held back: a comment in the output")
        self.assertEqual(browser.run("document.querySelector('#statements summary .badge').textContent"), "needs a person")
        self.assert_quiet()

    def test_what_was_typed_stays_when_something_else_changes(self):
        browser = self.opened(DUMP, "--target", "postgresql://root@127.0.0.1:1/shop")
        self.go("migrate")
        browser.run(f"{self.key('database')}.focus()")
        browser.run("document.activeElement.select()")
        browser.type("other")
        self.console.decide(action="acknowledge", rule="function-language")
        self.settled()
        self.until("document.querySelector('#decisions .statement') !== null")
        self.assertEqual(browser.run(f"{self.key('database')}.value"), "other")
        browser.type("s")
        self.assertEqual(browser.run("document.activeElement.value"), "others")
        self.click("choose database")
        self.until("document.querySelector('#migrate .command code').textContent.includes('others')")
        self.assert_quiet()

    def test_a_choice_is_a_key_of_the_configuration(self):
        browser = self.opened("CREATE TABLE public.t (id serial PRIMARY KEY);\n")
        browser.run("document.querySelector('.choices').open = true")
        browser.run("document.querySelector('.choices select').value = 'unique-rowid'")
        self.click("choose sequences")
        self.until("document.querySelector('.choices summary').textContent.includes('sequences unique-rowid')")
        self.assertEqual(self.config(), 'sequences = "unique-rowid"\n')
        self.assertTrue(browser.run("document.querySelector('.choices').open"))
        browser.run("document.getElementById('undo').click()")
        self.until("document.querySelector('.choices summary').textContent.includes('sequences keep')")
        self.assertFalse((self.folder / "pg2crdb.toml").exists())
        self.assert_quiet()

    def test_what_goes_out_is_downloaded(self):
        browser = self.opened(DUMP)
        browser.call("Page.setDownloadBehavior", behavior="allow", downloadPath=str(self.folder / "got"))
        for name in ("schema.sql", "report.html"):
            self.click(f"download {name}")
            deadline = time.monotonic() + 30
            while not (self.folder / "got" / name).exists() and time.monotonic() < deadline:
                browser.run("true")
                time.sleep(0.05)
        self.assertEqual((self.folder / "got/schema.sql").read_text(), self.run_tool("compile", "dump.sql", "-q").out)
        self.run_tool("compile", "dump.sql", "--report", "html=report.html")
        self.assertEqual((self.folder / "got/report.html").read_text(), (self.folder / "report.html").read_text())
        self.assert_quiet()

    def test_find_and_replace_shows_what_changes_before_it_does(self):
        browser = self.opened(DUMP)
        self.go("statements")
        browser.run("document.querySelector('.replace').open = true")
        browser.run("(() => { const [find, by] = document.querySelectorAll('.replace input'); find.value = 'nosuchtype'; by.value = 'text'; })()")
        self.click("replace all")
        self.until("document.querySelectorAll('dialog del, dialog ins').length >= 2")
        self.assertIn("nosuchtype", browser.run("document.querySelector('dialog del').textContent"))
        self.assertFalse((self.folder / "pg2crdb.toml").exists())
        self.picture("find-and-replace")
        self.confirm()
        self.assertIn('find = "nosuchtype"', self.config())
        self.assert_quiet()

    def test_hits_are_replaced_one_by_one(self):
        browser = self.opened("CREATE TABLE public.a (id int8 PRIMARY KEY, b char(3), c char(4));\nCREATE TABLE public.d (id int8 PRIMARY KEY, e char(5));\n")
        self.go("statements")
        browser.run("document.querySelector('.replace').open = true")
        browser.run("(() => { const [find, by] = document.querySelectorAll('.replace input'); find.value = 'char[(]([0-9])[)]'; by.value = 'varchar(1\\\\1)'; })()")
        self.click("regular expression")
        self.assertTrue(browser.run("document.querySelector('.replace > .note').checkVisibility()"))
        self.click("find one by one")
        said = "document.querySelector('.hits p')?.textContent"
        hit = "[...document.querySelectorAll('.hits del, .hits ins')].map((one) => one.textContent).join(' ')"
        self.until(f"{said} === '1 of 3 hits in 2 statements: CREATE TABLE public.a'")
        self.assertEqual(browser.run(hit), "char(3) varchar(13)")
        self.assertEqual(browser.run("document.activeElement.dataset.key"), "replace this")
        self.click("next hit")
        self.until(f"{hit} === 'char(4) varchar(14)'")
        browser.run("document.querySelector('.hits input').value = 'longer'")
        self.picture("one-by-one")
        self.click("replace this")
        self.until(f"{said} === '2 of 2 hits in 2 statements: CREATE TABLE public.d'")
        self.assertEqual(tomllib.loads(self.config())["decision"], [{
            "action": "replace", "statement": "CREATE TABLE public.a (id int8 PRIMARY KEY, b char(3), c char(4))",
            "sql": "CREATE TABLE public.a (id int8 PRIMARY KEY, b char(3), c varchar(14))", "reason": "longer"}])
        self.click("previous hit")
        self.until(f"{hit} === 'char(3) varchar(13)'")
        self.click("replace this")
        self.until(f"{said} === '1 of 1 hit in 1 statement: CREATE TABLE public.d'")
        self.settled()
        out = self.run_tool("compile", "dump.sql").out
        self.assertIn("b VARCHAR(13)", out)
        self.assertIn("c VARCHAR(14)", out)
        self.assertIn("e CHAR(5)", out)
        browser.run("document.getElementById('undo').click()")
        self.until("document.getElementById('undo').textContent === 'Undo (1)'")
        browser.run("document.querySelector('.replace form').requestSubmit()")
        self.until(f"{hit} === 'char(3) varchar(13)'")
        # What it becomes is found again: on to the one behind it.
        self.click("regular expression")
        browser.run("(() => { const [find, by] = document.querySelectorAll('.replace input'); find.value = 'char('; by.value = 'varchar('; })()")
        self.click("find one by one")
        self.until(f"{said} === '1 of 3 hits in 2 statements: CREATE TABLE public.a'")
        self.click("replace this")
        self.until(f"{said} === '2 of 3 hits in 2 statements: CREATE TABLE public.a'")
        self.assert_quiet()

    def test_an_expression_that_is_none_is_said(self):
        browser = self.opened(DUMP)
        self.go("statements")
        browser.run("document.querySelector('.replace').open = true")
        browser.run("document.querySelector('.replace input').value = '('")
        self.click("regular expression")
        self.click("find one by one")
        self.until("document.getElementById('problem').textContent.startsWith('`find` is no regular expression')")
        browser.run("document.querySelector('.replace input').value = 'nowhere[0-9]'")
        self.click("find one by one")
        self.until("document.querySelector('.hits p')?.textContent === 'Nothing is found.'")

    def test_a_finding_leads_to_cockroachdbs_own_issue(self):
        browser = self.opened("CREATE TABLE public.t (id int8 PRIMARY KEY, price money);\n")
        self.go("statements")
        browser.run("document.querySelector('#statements summary[data-key]').click()")
        self.until("document.querySelector('#statements .finding a')")
        links = browser.run("[...document.querySelectorAll('#statements .finding a')].map((one) => [one.textContent, one.href, one.rel])")
        self.assertEqual(links, [["issue #41578", "https://github.com/cockroachdb/cockroach/issues/41578", "noopener noreferrer"]])
        self.assert_quiet()

    def test_more_tabs_than_threads_are_answered(self):
        browser = self.opened(DUMP)
        waiting = [threading.Thread(target=self.console.get, args=("/api/state",), kwargs={"seen": self.console.state()["seen"]}) for _ in range(24)]
        for one in waiting:
            one.start()
        browser.run(f"{self.key('acknowledge function-language')}.click()")
        self.confirm()
        for one in waiting:
            one.join()
        self.assertIn('rule = "function-language"', self.config())
        # A tab that nobody sees asks for nothing.
        self.assertTrue(browser.run("inSight() === undefined"))
        self.assertTrue(browser.run("(() => { Object.defineProperty(document, 'hidden', {value: true}); return inSight() instanceof Promise; })()"))

    def test_the_schema_is_made_in_a_new_database_with_its_owner(self):
        self.addCleanup(self.drop_new)
        self.drop_new()
        browser = self.opened("CREATE ROLE console_owner;\nCREATE TABLE public.t (id int8 PRIMARY KEY);\n", "--target", _target.target().url("console_new"))
        self.go("migrate")
        self.click("create database")
        browser.run(f"{self.key('owner')}.value = 'console_owner'")
        self.click("choose database")
        self.until("document.querySelector('#migrate [data-step=schema] code').textContent.includes('--create-database --owner console_owner')")
        self.assertNotIn("--create-database", browser.run("document.querySelector('#migrate [data-step=load] code').textContent"))
        for step in ("rehearse", "schema"):
            self.click(f"run {step} false")
            self.until(f"document.querySelector('#migrate [data-step={step}] #run h4')?.textContent === 'Done'")
        self.picture("new-database")
        with _target.target().connect("console_new") as client:
            self.assertEqual(client.rows("SELECT pg_catalog.pg_get_userbyid(datdba) FROM pg_catalog.pg_database WHERE datname = 'console_new'"), [["console_owner"]])
            self.assertEqual(client.rows("SELECT * FROM public.t"), [])
        self.assert_quiet()

    def drop_new(self):
        with _target.target().connect() as client:
            client.query("DROP DATABASE IF EXISTS console_new")
            client.query("DROP ROLE IF EXISTS console_owner")

    def look_for(self, text):
        self.go("statements")
        self.browser.run("document.querySelector('.replace').open = true")
        self.browser.run(f"document.querySelector('.replace input').value = {text!r}")
        self.click("find one by one")
        self.until("document.querySelector('.hits ins')")

    def tab_to(self, condition, most=80):
        for _ in range(most):
            self.browser.press("Tab")
            if self.browser.run(f"((one) => {condition})(document.activeElement)"):
                return
        self.fail(f"Tab does not lead to {condition}")

    def test_hits_by_keyboard_alone(self):
        browser = self.opened(DUMP)
        self.tab_to("one.hash === '#statements'")
        browser.press("Enter")
        self.until("document.activeElement.id === 'statements-title'")
        self.tab_to("one.parentElement.className === 'replace'")
        browser.press("Enter")
        browser.press("Tab")
        browser.type("nosuchtype")
        browser.press("Tab")
        browser.type("text")
        self.tab_to("one.dataset.key === 'find one by one'")
        browser.press("Enter")
        self.until("document.activeElement.dataset.key === 'replace this'")
        browser.press("Enter")  # the reason is missing
        self.until("document.activeElement.closest('.hits label') !== null")
        browser.type("looked at")
        self.tab_to("one.dataset.key === 'replace this'")
        browser.press("Enter")
        self.until("document.querySelector('.hits p').textContent === 'Nothing more is found.'")
        self.until("document.activeElement.closest('.hits') !== null")
        self.assertIn('reason = "looked at"', self.config())
        self.assert_quiet()

    def test_by_keyboard_alone(self):
        browser = self.opened(DUMP)
        self.tab_to("one.classList.contains('skip')", 3)
        self.tab_to("one.dataset.key === 'acknowledge function-language'")
        browser.press("Enter")
        self.until("document.querySelector('dialog[open]')")
        self.assertEqual(browser.run("document.querySelector('dialog').contains(document.activeElement)"), True)
        browser.press("Escape")
        self.until("!document.querySelector('dialog')")
        self.assertEqual(browser.run("document.activeElement.dataset.key"), "acknowledge function-language")
        browser.press("Enter")
        self.until("document.querySelector('dialog[open] .preview p')")
        browser.type("looked at")
        browser.press("Enter")
        self.until("!document.querySelector('dialog')")
        self.settled()
        self.assertIn('reason = "looked at"', self.config())
        self.assertNotEqual(browser.run("document.activeElement.tagName"), "BODY")
        self.assertIn("compiling", browser.run("document.getElementById('news').textContent"))
        browser.run("document.getElementById('undo').focus()")
        browser.press("Enter")
        self.until("document.getElementById('undo').disabled")
        self.assert_quiet()

    def test_the_page_says_what_it_is_to_those_who_do_not_see_it(self):
        browser = self.opened(DUMP)
        for screen in SCREENS:
            self.go(screen)
            nameless = browser.run("""[...document.querySelectorAll('button, input, select, textarea, a, summary, progress')]
                .filter((one) => one.checkVisibility() && (one.getAttribute('aria-label') ?? one.closest('label')?.textContent ?? one.textContent).trim() === '')
                .map((one) => one.outerHTML)""")
            self.assertEqual(nameless, [])
            self.assertEqual(browser.run("document.querySelectorAll('main > section:not([hidden]) h2').length"), 1)
            self.until(f"document.activeElement.id === '{screen}-title'")
        self.assertEqual(browser.run("document.querySelectorAll('[role=status], [role=alert]').length > 3"), True)
        doubled = browser.run("(() => { const ids = [...document.querySelectorAll('[id]')].map((one) => one.id); return ids.filter((id, i) => ids.indexOf(id) !== i); })()")
        self.assertEqual(doubled, [])

    def test_hostile_names_are_text(self):
        quoted = NAME.replace('"', '""')
        browser = self.opened(f'CREATE TABLE public."{quoted}" (id bigint PRIMARY KEY, a nosuch);\n'
                              f"COMMENT ON TABLE public.\"{quoted}\" IS '<script>document.title=2</script>';\n")
        for screen in ("summary", "statements"):
            self.go(screen)
        browser.run("document.querySelectorAll('#statements details').forEach((one) => { one.fill?.(); one.open = true; })")
        self.assertIn(NAME, browser.run("document.querySelector('#statements').textContent"))
        self.assertEqual(browser.run("[...document.querySelectorAll('#statements .body > .buttons button')].map((one) => one.innerText)"), ["Edit", "Add above", "Add below", "Delete", "Keep"])
        browser.run("[...document.querySelectorAll('#statements button')].find((one) => one.textContent === 'Edit').click()")
        self.confirm(NAME)
        self.go("decisions")
        self.assertIn(NAME, browser.run("document.querySelector('#decisions').textContent"))
        self.assertEqual(browser.run("document.querySelectorAll('main img, main b, main script, main [onload], main [onerror]').length"), 0)
        self.assertIn("pg2crdb console", browser.run("document.title"))
        self.assert_quiet()

    def test_names_of_many_kinds_are_text(self):
        browser = self.opened(_hostile.dump())
        self.go("statements")
        browser.run("[...document.querySelectorAll('#statements input[type=checkbox]')].filter((one) => one.checked).forEach((one) => one.click())")
        self.until(f"document.querySelectorAll('#statements .statement').length === {min(50, 4 * len(_hostile.NAMES))}")
        browser.run("document.querySelectorAll('#statements details').forEach((one) => { one.fill?.(); one.open = true; })")
        shown = browser.run("document.getElementById('statements').textContent")
        for name in _hostile.NAMES[:12]:
            self.assertIn(f'public."{name}"'.replace(name, name.replace('"', '""')), shown)
        for i in range(3):
            browser.run(f"[...document.querySelectorAll('#statements button')].filter((one) => one.textContent === 'Acknowledge')[{i}].click()")
            self.until("document.querySelector('dialog[open] .preview p')")
            browser.run("document.querySelector('dialog').close()")
        self.assertEqual(browser.run("document.querySelectorAll('main img, main script, main [onfocus], main [autofocus]').length"), 0)
        self.assertIn("pg2crdb console", browser.run("document.title"))
        self.assert_quiet()

    def test_the_page_reaches_nothing_but_the_console(self):
        browser = self.opened(DUMP)
        self.assertEqual(browser.run("fetch('http://127.0.0.1:9/').then(() => 'sent', () => 'refused')"), "refused")
        self.assertEqual(browser.run("fetch('https://example.org/').then(() => 'sent', () => 'refused')"), "refused")
        self.assertTrue(browser.complaints and all("Content Security Policy" in one for one in browser.complaints), browser.complaints)
        # Another page does not get at it, whatever it sends.
        self.write("other.html", "<!DOCTYPE html><title>other</title>")
        browser.complaints = []
        browser.open(self.folder / "other.html")
        sent = browser.run(f"fetch('{self.console.origin}/api/decide', {{method: 'POST', mode: 'no-cors', body: '{{}}'}}).then((one) => one.type, () => 'refused')")
        self.assertIn(sent, ("opaque", "refused"))
        self.assertFalse((self.folder / "pg2crdb.toml").exists())

    def test_axe_finds_nothing_serious(self):
        browser = self.opened(DUMP)
        self.console.decide(action="replace", find="nosuchtype", sql="text")
        self.settled()
        self.look_for("towns")
        for width, height in ((360, 740), (1280, 900)):
            for scheme in ("light", "dark"):
                browser.show(width, height, scheme)
                for screen in SCREENS:
                    self.go(screen)
                    browser.run("document.querySelectorAll('main details').forEach((one) => { one.fill?.(); one.open = true; })")
                    self.assertEqual(serious_faults(browser), [], (screen, width, scheme))
                self.go("summary")
                self.click("acknowledge function-body")
                self.until("document.querySelector('dialog[open] .preview p')")
                browser.run("document.querySelectorAll('dialog details').forEach((one) => { one.open = true; })")
                self.assertEqual(serious_faults(browser), [], ("form", width, scheme))
                browser.run("document.querySelector('dialog').close()")

    def test_a_phones_header_is_two_lines(self):
        browser = self.opened(DUMP)
        self.console.decide(action="replace", find="nosuchtype", sql="text")
        self.settled()
        for width in (360, 390):
            browser.show(width, 844)
            for screen in SCREENS:
                self.go(screen)
                for line in ("header nav a", ".bar-of-state button"):
                    tops = browser.run(f"[...document.querySelectorAll('{line}')].map((one) => Math.round(one.getBoundingClientRect().top))")
                    self.assertEqual(len(set(tops)), 1, (width, screen, line))

    def test_no_width_scrolls_sideways(self):
        browser = self.opened(DUMP)
        self.console.decide(action="replace", find="nosuchtype", sql="text")
        self.settled()
        self.look_for("towns")
        for width, height in ((360, 740), (768, 1000), (1280, 900)):
            for scheme in ("light", "dark"):
                browser.show(width, height, scheme)
                for screen in SCREENS:
                    self.go(screen)
                    browser.run("document.querySelectorAll('#statements .statement').forEach((one, i) => { if (i < 2) { one.fill(); one.open = true; } })")
                    self.assertLessEqual(browser.run("document.documentElement.scrollWidth"), width, screen)
                    self.assertEqual(browser.run("scrollY"), 0, screen)
                    browser.run("scrollTo({top: document.body.scrollHeight, behavior: 'instant'})")
                    hidden = browser.run("""[...document.querySelectorAll('nav a, #status, #undo')].filter((one) => {
                        const {top, bottom} = one.getBoundingClientRect();
                        return top < 0 || bottom > innerHeight;
                    }).length""")
                    self.assertEqual(hidden, 0, screen)
                    broken = browser.run(BROKEN_WORDS)
                    self.assertEqual(broken, [], screen)
                    browser.run("scrollTo({top: 0, behavior: 'instant'})")
                    self.picture(f"{screen}-{width}-{scheme}")
                self.go("summary")
                browser.run(f"{self.key('acknowledge function-language')}.click()")
                self.until("document.querySelector('dialog[open] .preview p')")
                self.assertLessEqual(browser.run("document.documentElement.scrollWidth"), width, "form")
                self.picture(f"form-{width}-{scheme}")
                browser.run("document.querySelector('dialog').close()")

    def test_the_steps_on_a_cluster(self):
        url = _target.target().create_database("console_page")
        browser = self.opened(DUMP, "--target", url)
        self.go("migrate")
        self.console.decide(action="delete", rule="function-language")
        self.console.decide(action="replace", find="nosuchtype", sql="text")
        for rule in [one["id"] for one in self.console.state()["rules"] if one["severity"] == "error" and one["open"]]:
            self.console.decide(action="acknowledge", rule=rule)
        self.settled()
        self.assertFalse(self.console.state()["failed"])
        first_step = "document.querySelector('#migrate h3').firstChild.textContent"
        self.assertEqual(browser.run(first_step), "Try the migration")
        self.assertEqual(browser.run(f"{self.key('database')}.value"), "console_page")
        for step in ("rehearse", "tables", "load"):
            browser.run(f"{self.key(f'run {step} false')}.click()")
            self.until(f"document.querySelector('#migrate [data-step={step}] #run h4')?.textContent === 'Done'")
        self.assertEqual(browser.run(first_step), "Retry Migration")
        self.picture("steps")
        with _target.target().connect("console_page") as client:
            self.assertEqual(len(client.rows("SELECT * FROM public.towns")), 2)
        self.assert_quiet()

    @unittest.skipUnless(RAILS.exists(), "no corpus beside the repository: its Rails schema is not worked down")
    def test_a_rails_schema_is_worked_down_in_few_clicks(self):
        browser = self.opened(RAILS.read_text())
        state = self.console.state()
        self.assertGreater(state["errors"] + state["warnings"] + state["infos"], 100)
        clicks = 0
        for _ in range(100):
            found = browser.run("""(() => {
              document.querySelector('#summary .infos').open = true;
              const button = [...document.querySelectorAll('#summary button[data-key^="acknowledge "]')][0];
              button?.click();
              return button !== undefined;
            })()""")
            if not found:
                break
            clicks += 1
            self.confirm()
            clicks += 1
        state = self.console.state()
        self.assertEqual((state["errors"], state["warnings"], state["infos"], state["failed"]), (0, 0, 0, False))
        self.assertLess(clicks, 40)
        self.assertEqual(self.run_tool("lint", "dump.sql", "-q").returncode, 0)
        self.assertIn("Ready to migrate", browser.run("document.querySelector('#summary .headline').textContent"))
        self.assert_quiet()


if __name__ == "__main__":
    if not CHROMIUM:
        print("no chromium on PATH: the console's page is not opened")
    _target.require()
    try:
        unittest.main()
    finally:
        _target.stop()
