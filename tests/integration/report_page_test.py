#!/usr/bin/env python3
"""The HTML report: what is in the page, that nothing in it is markup or loaded from elsewhere, and what it does in a browser."""

import base64
import hashlib
import html.parser
import json
import pathlib
import re
import unittest

import _hostile
from _axe import serious_faults
from _browser import CHROMIUM, Browser
from _command_line import CommandLine
from _json_schema import Schema

SOURCE = pathlib.Path(__file__).resolve().parents[2]

DUMP = """CREATE TABLE public.towns (
    id integer NOT NULL,
    name character varying(40),
    price money
);
CREATE TABLE public.streets (
    id bigint NOT NULL,
    town integer NOT NULL
);
ALTER TABLE ONLY public.towns ADD CONSTRAINT towns_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.streets ADD CONSTRAINT streets_town_fkey FOREIGN KEY (town) REFERENCES public.towns(id);
CREATE FUNCTION public.doubled(a integer) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('delete from public.towns where id = %s', a);
  RETURN a * 2;
END
$$;
COMMENT ON EXTENSION plpgsql IS 'PL/pgSQL';
"""

def many_tables(count):
    """As pg_dump writes them: eleven statements a table."""
    parts = ["CREATE EXTENSION IF NOT EXISTS hstore WITH SCHEMA public;\n"]
    for i in range(count):
        table = f"public.table_{i:04d}"
        columns = "".join(f"    attribute_{j} {kind},\n" for j, kind in enumerate((
            "character varying(255) NOT NULL", "integer DEFAULT 0 NOT NULL", "timestamp without time zone", "text", "numeric(12,2)",
            "boolean DEFAULT false", "jsonb DEFAULT '{}'::jsonb NOT NULL", "double precision")))
        parts.append(f"""CREATE TABLE {table} (
    id integer NOT NULL,
{columns}    parent_id integer
);
ALTER TABLE {table} OWNER TO app;
CREATE SEQUENCE {table}_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE {table}_id_seq OWNER TO app;
ALTER SEQUENCE {table}_id_seq OWNED BY {table}.id;
ALTER TABLE ONLY {table} ALTER COLUMN id SET DEFAULT nextval('{table}_id_seq'::regclass);
COMMENT ON TABLE {table} IS 'The table number {i}';
ALTER TABLE ONLY {table}
    ADD CONSTRAINT table_{i:04d}_pkey PRIMARY KEY (id);
CREATE INDEX index_{i:04d}_a ON {table} USING btree (attribute_0);
CREATE INDEX index_{i:04d}_b ON {table} USING btree (parent_id, attribute_2);
""")
    for i in range(1, count):
        parts.append(f"ALTER TABLE ONLY public.table_{i:04d}\n    ADD CONSTRAINT key_{i:04d} FOREIGN KEY (parent_id) REFERENCES public.table_{i // 3:04d}(id);\n")
    return "".join(parts)


NAME = '</script><img src=x onerror="document.title=1">-->\u2028<b>&amp;'
HOSTILE = f"""CREATE TABLE public."{NAME.replace('"', '""')}" (id bigint PRIMARY KEY, a money);
COMMENT ON TABLE public."{NAME.replace('"', '""')}" IS '<!-- <script>document.title=2</script> ]]> \u2028';
CREATE FUNCTION public."<svg onload=alert(1)>"(a integer) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('</pre></script><script>document.title=3</script>%s', a);
  RETURN a;
END
$$;
"""


class Elements(html.parser.HTMLParser):
    """Each tag with its attributes, and the text of what holds a script, a style or data."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.tags, self.texts, self.inside = [], {}, None
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append((tag, attributes))
        self.inside = "data" if attributes.get("type") == "application/json" else tag

    def handle_endtag(self, tag):
        self.inside = None

    def handle_data(self, data):
        self.texts[self.inside] = self.texts.get(self.inside, "") + data


def report_in(page):
    return json.loads(Elements(page).texts["data"])


class ReportPage(CommandLine):
    def page(self, text, *words):
        self.write("dump.sql", text)
        run = self.run_tool("compile", "dump.sql", "--report", "html=report.html", "--report", "json=report.json", "-o", "out.sql", *words)
        self.assertIn(run.returncode, (0, 1), run.err)
        return (self.folder / "report.html").read_text()


class PageTest(ReportPage):
    def test_the_data_is_the_report_and_its_sql(self):
        in_page = report_in(self.page(DUMP))
        report = json.loads((self.folder / "report.json").read_text())
        schema = Schema(json.loads((SOURCE / "docs/report.schema.json").read_text()))
        self.assertEqual(schema.problems(in_page), [])
        self.assertEqual(schema.problems(report), [])
        for same in ("summary", "findings", "effort", "tables", "rules", "target"):
            self.assertEqual(in_page[same], report[same], same)
        by_kind = {one["kind"]: one for one in in_page["statements"]}
        self.assertTrue(all("source" in one for one in in_page["statements"]))
        self.assertNotIn("source", report["statements"][0])
        self.assertTrue(by_kind["CREATE FUNCTION"]["source"].startswith("CREATE FUNCTION public.doubled"))
        towns = in_page["statements"][0]
        self.assertIn("INT4", towns["output"])
        key = next(one for one in in_page["statements"] if one["fate"] == "merged")
        self.assertEqual(key["merged_into"], towns["id"])
        self.assertNotIn("output", by_kind["COMMENT ON EXTENSION"])
        self.assertEqual(in_page["tables"], [{"name": "public.towns", "statement": 0, "refers_to": []},
                                             {"name": "public.streets", "statement": 1, "refers_to": ["public.towns"]}])

    def test_effort_is_counted_by_the_table_that_it_gives(self):
        effort = report_in(self.page(DUMP))["effort"]
        self.assertEqual(effort["points"], sum(one["points"] for one in effort["objects"]))
        work = {one["id"]: one for one in effort["work"]}
        function = next(one for one in effort["objects"] if one["object"].startswith("public.doubled"))
        self.assertEqual(function["rules"][0]["work"], "code")
        self.assertEqual(function["points"], work["code"]["first"] + work["code"]["each"])
        self.assertEqual(effort["objects"], sorted(effort["objects"], key=lambda one: -one["points"]))

    def test_the_manual_has_the_same_table(self):
        rows = re.findall(r"^\| ([\w ]+) \| (\d+) \| (\d+) \|", (SOURCE / "docs/report.md").read_text(), re.MULTILINE)
        work = report_in(self.page(DUMP))["effort"]["work"]
        self.assertEqual([(what, int(first), int(each)) for what, first, each in rows],
                         [(one["what"], one["first"], one["each"]) for one in work])

    def test_what_is_acknowledged_asks_for_no_effort(self):
        self.write("pg2crdb.toml", '[[decision]]\nrule = "function-body"\naction = "acknowledge"\nreason = "by hand"\n')
        report = report_in(self.page(DUMP))
        self.assertFalse(any(one["object"].startswith("public.doubled") for one in report["effort"]["objects"]))
        function = next(one for one in report["statements"] if one["kind"] == "CREATE FUNCTION")
        self.assertIs(function["acknowledged"], True)
        self.assertEqual(report["summary"]["exit_status"], 0)

    def test_the_policy_permits_what_is_in_the_page_and_nothing_else(self):
        page = Elements(self.page(DUMP))
        policy = next(attributes["content"] for tag, attributes in page.tags if attributes.get("http-equiv") == "Content-Security-Policy")

        def hash_of(kind):
            return "'sha256-" + base64.b64encode(hashlib.sha256(page.texts[kind].encode()).digest()).decode() + "'"

        self.assertEqual(policy, f"default-src 'none'; script-src {hash_of('script')}; style-src {hash_of('style')}; "
                                 "base-uri 'none'; form-action 'none'")
        for tag, attributes in page.tags:
            self.assertNotIn(tag, ("link", "img", "iframe", "object", "embed", "base"))
            for name, value in attributes.items():
                self.assertNotIn(name, ("src", "style", "srcset", "action"))
                self.assertFalse(name.startswith("on"), name)
                self.assertTrue(name != "href" or value.startswith("#"), value)
        self.assertNotRegex(page.texts["style"], r"url\(|@import")
        self.assertNotRegex(page.texts["script"], r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|\bfetch\(|XMLHttpRequest|WebSocket|\bimport\b")

    def test_hostile_names_are_text(self):
        page = self.page(HOSTILE)
        self.assertEqual([tag for tag, _ in Elements(page).tags],
                         [tag for tag, _ in Elements(self.page(DUMP)).tags])
        self.assertNotIn("<img", page)
        self.assertNotIn("-->", re.sub(r"<script type=.*?</script>", "", page, flags=re.DOTALL))
        table = report_in(page)["statements"][0]
        self.assertIn(NAME, table["object"])

    def test_passwords_are_not_in_the_page(self):
        page = self.page("CREATE ROLE bob PASSWORD 's3cret';\nALTER ROLE bob PASSWORD 's3cret';\n")
        self.assertNotIn("s3cret", page)
        self.assertIn("PASSWORD '***'", page)

    def test_a_table_takes_few_kilobytes(self):
        """15 MB are what 2,000 tables may take."""
        self.assertLess(len(self.page(many_tables(200))), 1_500_000)

    def test_the_page_of_lint_and_of_a_folder(self):
        self.write("dump.sql", DUMP)
        page = self.run_tool("lint", "dump.sql", "--format", "html").out
        self.assertIn("source", report_in(page)["statements"][0])
        self.run_tool("compile", "dump.sql", "--out-dir", "compiled")
        self.assertEqual(report_in((self.folder / "compiled/report.html").read_text())["tables"], report_in(page)["tables"])


@unittest.skipUnless(CHROMIUM, "no chromium on PATH: the page is not opened")
class BrowserTest(ReportPage):
    @classmethod
    def setUpClass(cls):
        cls.browser = cls.enterClassContext(Browser())

    def opened(self, text):
        self.page(text)
        browser = self.browser
        browser.requests, browser.complaints = [], []
        browser.show(1280, 900)
        browser.open(self.folder / "report.html")
        return browser

    def assert_quiet(self, browser):
        self.assertEqual(browser.complaints, [])
        self.assertEqual(browser.requests, [(self.folder / "report.html").as_uri()])

    def count(self, browser, section):
        return browser.run(f"document.querySelector('#{section} .count').textContent")

    def test_verdict_first_and_every_section_with_its_heading(self):
        browser = self.opened(DUMP)
        self.assertRegex(browser.run("document.querySelector('main .headline').textContent"), r"^1 statement needs a person: \d+ errors?$")
        heads = browser.run("[...document.querySelectorAll('main > section')].map((one) => [one.id, one.querySelector('h2').textContent])")
        self.assertEqual([head[0] for head in heads[:5]], ["verdict", "effort", "findings", "statements", "tables"])
        links = browser.run("[...document.querySelectorAll('nav a')].map((one) => one.getAttribute('href'))")
        self.assertEqual(links, ["#" + head[0] for head in heads])
        self.assert_quiet(browser)

    def test_what_is_long_is_made_when_it_is_looked_at(self):
        browser = self.opened(many_tables(200))
        at_first = browser.run("document.querySelectorAll('main *').length")
        self.assertLess(at_first, 2000)
        browser.run("openAll()")
        self.assertGreater(browser.run("document.querySelectorAll('main *').length"), at_first * 2)
        self.assert_quiet(browser)

    def test_by_keyboard_the_navigation_can_be_skipped(self):
        browser = self.opened(DUMP)
        browser.press("Tab")
        self.assertEqual(browser.run("document.activeElement.textContent"), "Skip to the report")
        browser.press("Enter")
        self.assertEqual(browser.run("document.activeElement.id"), "main")
        browser.press("Tab")
        self.assertTrue(browser.run("document.activeElement.closest('#verdict') !== null"))
        self.assertNotEqual(browser.run("getComputedStyle(document.activeElement).outlineStyle"), "none")
        self.assert_quiet(browser)

    def test_filters_leave_the_focus_where_it_is(self):
        browser = self.opened(DUMP)
        all_found = len(json.loads((self.folder / "report.json").read_text())["findings"])
        self.assertTrue(self.count(browser, "findings").startswith(f"{all_found} of {all_found} "))
        browser.run("document.querySelector('#findings input[type=search]').focus()")
        browser.type("doubled")
        browser.run("new Promise((done) => setTimeout(done, 400))")
        self.assertEqual(browser.run("[document.activeElement.type, document.activeElement.value]"), ["search", "doubled"])
        found = browser.run("[...document.querySelectorAll('#findings .finding')].map((one) => one.dataset.rule)")
        self.assertIn("function-body", found)
        self.assertTrue(self.count(browser, "findings").startswith(f"{len(found)} of "))
        browser.press("Tab")
        self.assertEqual(browser.run("document.activeElement.type"), "checkbox")
        browser.press(" ")
        self.assertEqual(browser.run("[document.activeElement.type, document.activeElement.checked]"), ["checkbox", False])
        self.assertNotIn("function-body", browser.run("[...document.querySelectorAll('#findings .finding')].map((one) => one.dataset.rule)"))
        self.assert_quiet(browser)

    def test_source_and_result_side_by_side_with_the_change_marked(self):
        browser = self.opened(DUMP)
        browser.run("""(() => {
          const fate = document.querySelector('#statements select');
          fate.value = '';
          fate.dispatchEvent(new Event('input', {bubbles: true}));
        })()""")
        self.assertEqual(browser.run("document.querySelectorAll('#statements figure').length"), 0)
        browser.run("document.querySelector('#statements summary').focus()")
        browser.press("Enter")
        browser.run("new Promise((done) => setTimeout(done, 200))")
        self.assertIn("integer", browser.run("[...document.querySelectorAll('#statements del')].map((one) => one.textContent)"))
        self.assertIn("INT4", browser.run("[...document.querySelectorAll('#statements ins')].map((one) => one.textContent)"))
        self.assert_quiet(browser)

    def test_a_finding_leads_to_cockroachdbs_own_issue(self):
        browser = self.opened("CREATE TABLE public.t (id int8 PRIMARY KEY, price money, cidr xml);\n")
        browser.run("openAll()")
        links = browser.run("[...document.querySelectorAll('#findings .finding')].flatMap((one) => [...one.querySelectorAll('a')].map((link) => "
                            "[one.querySelector('p').textContent.includes('money'), link.textContent, link.href, link.rel]))")
        self.assertEqual(sorted(links), [[False, "issue #43355", "https://github.com/cockroachdb/cockroach/issues/43355", "noopener noreferrer"],
                                         [True, "issue #41578", "https://github.com/cockroachdb/cockroach/issues/41578", "noopener noreferrer"]])
        self.assert_quiet(browser)

    def test_what_is_held_back_is_not_said_to_go_out(self):
        browser = self.opened("CREATE OPERATOR public.<<< (FUNCTION = public.f, LEFTARG = text, RIGHTARG = text);\n")
        browser.run("openAll()")
        titles = browser.run("[...document.querySelectorAll('#statements figcaption')].map((one) => one.textContent)")
        self.assertEqual(titles, ["Held back: a comment in the output"])
        self.assert_quiet(browser)

    def test_the_unit_of_effort_is_the_readers(self):
        browser = self.opened(DUMP)
        before = browser.run("document.querySelector('#effort output').textContent")
        browser.run("document.getElementById('minutes').select(); document.getElementById('minutes').focus()")
        browser.type("60")
        self.assertNotEqual(browser.run("document.querySelector('#effort output').textContent"), before)
        self.assert_quiet(browser)

    def test_the_drawing_of_tables_comes_when_asked_for(self):
        browser = self.opened(DUMP)
        self.assertEqual(browser.run("document.querySelectorAll('#tables svg').length"), 0)
        browser.run("document.querySelector('#tables button').click()")
        self.assertEqual(browser.run("[document.querySelectorAll('#tables .node').length, document.querySelectorAll('#tables .arrow').length]"), [2, 1])
        self.assertIn("table below says the same", browser.run("document.querySelector('#tables svg').getAttribute('aria-label')"))
        self.assertEqual(browser.run("document.querySelectorAll('#tables tbody tr').length"), 2)
        self.assert_quiet(browser)

    def test_a_table_with_an_error_is_not_done(self):
        browser = self.opened("CREATE TABLE public.a (id bigint PRIMARY KEY, x nosuch);\nCREATE TABLE public.b (id bigint PRIMARY KEY);\n"
                              "ALTER TABLE public.b ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES public.a(id);\n")
        rows = browser.run("[...document.querySelectorAll('#tables tbody tr')].map((row) => [...row.children].slice(0, 2).map((cell) => cell.textContent))")
        self.assertEqual(rows, [["public.a", "needs a person"], ["public.b", "done"]])
        self.assertIn("1 goes out with errors", browser.run("document.querySelector('#verdict').textContent"))
        self.assertNotIn("Nothing", browser.run("document.querySelector('#verdict').textContent"))
        self.assert_quiet(browser)

    def test_hostile_names_are_text_when_all_is_open(self):
        browser = self.opened(HOSTILE)
        browser.run("document.querySelector('#statements select').value = ''")
        browser.run("document.querySelector('#statements form').dispatchEvent(new Event('input', {bubbles: true}))")
        browser.run("document.querySelector('#tables button')?.click(); openAll()")
        self.assertIn("pg2crdb", browser.run("document.title"))
        self.assertEqual(browser.run("document.querySelectorAll('main img, main b, main script, main [onload], main [onerror]').length"), 0)
        self.assertIn(NAME, browser.run("document.querySelector('main').textContent"))
        self.assert_quiet(browser)

    def test_names_of_many_kinds_are_text(self):
        browser = self.opened(_hostile.dump())
        browser.run("openAll()")
        browser.run("[...document.querySelectorAll('#tables button')].forEach((one) => one.click())")
        for section in ("effort", "statements", "tables"):
            shown = browser.run(f"document.getElementById('{section}').textContent")
            for name in _hostile.NAMES:
                self.assertTrue(name in shown or name.replace('"', '""') in shown, (section, name))
        self.assertEqual(browser.run("document.querySelectorAll('main img, main script, main [onfocus], main [autofocus]').length"), 0)
        self.assertEqual(browser.run("document.title"), "pg2crdb: dump.sql")
        self.assert_quiet(browser)

    def test_the_page_cannot_send_anything(self):
        browser = self.opened(DUMP)
        self.assertEqual(browser.run("fetch('http://127.0.0.1:9/').then(() => 'sent', () => 'refused')"), "refused")
        browser.run("""(() => {
          const script = document.createElement('script');
          script.textContent = 'document.title = "ran"';
          document.head.append(script);
        })()""")
        self.assertEqual(browser.run("document.title"), "pg2crdb: dump.sql")
        self.assertTrue(browser.complaints and all("Content Security Policy" in one for one in browser.complaints), browser.complaints)

    def test_on_paper_everything_is_open(self):
        browser = self.opened(DUMP)
        self.assertTrue(browser.print().startswith(b"%PDF"))
        self.assertEqual(browser.run("document.querySelectorAll('main details:not([open]):not(.again)').length"), 0)
        self.assertGreater(browser.run("document.querySelectorAll('#findings .finding').length"), 0)
        self.assert_quiet(browser)

    def test_axe_finds_nothing_serious(self):
        browser = self.opened(DUMP)
        browser.run("openAll()")
        browser.run("[...document.querySelectorAll('#tables button')].forEach((one) => one.click())")
        for width in (360, 1280):
            for scheme in ("light", "dark"):
                browser.show(width, 800, scheme)
                self.assertEqual(serious_faults(browser), [], (width, scheme))

    def test_no_width_scrolls_sideways(self):
        browser = self.opened(DUMP)
        for width in (320, 390, 1280):
            for scheme in ("light", "dark"):
                browser.show(width, 800, scheme)
                self.assertLessEqual(browser.run("document.documentElement.scrollWidth"), width)


if __name__ == "__main__":
    if not CHROMIUM:
        print("no chromium on PATH: the page is looked at, and not opened")
    unittest.main()
