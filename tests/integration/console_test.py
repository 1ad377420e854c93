#!/usr/bin/env python3
"""The console by HTTP: who is answered, what decisions become of what is clicked, undo, and the steps on a target."""

import json
import os
import pathlib
import re
import shlex
import socket
import signal
import subprocess
import threading
import time
import tomllib
import unittest

import _target
from _command_line import BINARY, SOURCE, CommandLine
from _console import Console

DUMP = """SET client_encoding = 'UTF8';
CREATE TABLE public.towns (
    id integer NOT NULL,
    name character varying(40),
    price money
);
ALTER TABLE public.towns OWNER TO postgres;
CREATE TABLE public.odd (
    id bigint NOT NULL,
    what nosuchtype
);
CREATE FUNCTION public.native() RETURNS integer LANGUAGE c AS 'x', 'y';
CREATE FUNCTION public.doubled(a integer) RETURNS integer LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('delete from public.towns where id = %s', a);
  RETURN a * 2;
END
$$;
COPY public.towns (id, name, price) FROM stdin;
1\tParis\t$2.00
2\tLyon\t$3.00
\\.
ALTER TABLE ONLY public.towns ADD CONSTRAINT towns_pkey PRIMARY KEY (id);
CREATE VIEW public.dear AS SELECT id FROM public.odd;
"""

NAME = '</script><img src=x onerror="document.title=1">-->\u2028<b>&amp;'
CONFIG = '# ours, and it stays\r\ncrdb = "26.1"   # the cluster\'s\r\n\r\n[severity]\r\nsequence-cycle = "error"\r\n'


class ConsoleTest(CommandLine):
    def console(self, *words, dump=DUMP):
        path = self.write("dump.sql", dump)
        console = Console(self.folder, path.name, *words)
        self.addCleanup(console.__exit__)
        return console

    def config(self):
        return self.folder / "pg2crdb.toml"


class GateTest(ConsoleTest):
    def test_the_page_is_for_everybody_and_holds_nothing_of_the_dump(self):
        console = self.console()
        for path, kind in (("/", "text/html"), ("/console.js", "text/javascript"), ("/console.css", "text/css")):
            status, headers, text = console.send("GET", path)
            self.assertEqual(status, 200, path)
            self.assertTrue(headers["Content-Type"].startswith(kind))
            self.assertNotIn("towns", text)
            self.assertNotIn(console.token, text)
            policy = headers["Content-Security-Policy"]
            self.assertTrue(policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'"))
            self.assertIn("frame-ancestors 'none'", policy)
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
            self.assertEqual(headers["Referrer-Policy"], "no-referrer")
            self.assertNotIn("Access-Control-Allow-Origin", headers)
            self.assertNotRegex(text, r"""(src|href)=["'](https?:)?//""")
        script = console.send("GET", "/console.js")[2]
        self.assertNotRegex(script, r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|XMLHttpRequest|WebSocket|\bimport\b")

    def test_without_the_token_nothing_is_answered(self):
        console = self.console()
        for token in (None, "", "0" * 32, console.token[:-1], console.token + "0", console.token.upper() + " "):
            headers = {} if token is None else {"X-Pg2crdb-Token": token}
            status, _, text = console.send("GET", "/api/state", headers=headers)
            self.assertEqual(status, 401, token)
            self.assertNotIn("dump.sql", text)
            self.assertNotIn(console.token, text)
        status, _, _ = console.send("GET", f"/api/state?token={console.token}")
        self.assertEqual(status, 401)
        self.assertRegex(console.token, r"^[0-9a-f]{32}$")
        self.assertNotEqual(console.token, self.console().token)

    def test_another_host_and_another_page_are_refused(self):
        console = self.console()
        for host in (f"localhost:{console.port}", f"evil.example:{console.port}", "127.0.0.1", f"127.0.0.1:{console.port + 1}", ""):
            self.assertEqual(console.send("GET", "/", host=host)[0], 403, host)
            self.assertEqual(console.send("GET", "/api/state", headers=console.headers(), host=host)[0], 403, host)
        for headers in ({"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": f"https://{console.host}"},
                        {"Origin": f"http://localhost:{console.port}"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
            self.assertEqual(console.send("GET", "/api/state", headers=console.headers() | headers)[0], 403, headers)
            self.assertEqual(console.send("POST", "/api/undo", {}, console.headers(posts=True) | headers)[0], 403, headers)
        self.assertEqual(console.send("GET", "/api/state", headers=console.headers() | {"Sec-Fetch-Site": "same-origin"})[0], 200)

    def test_writes_come_from_the_own_page_alone(self):
        console = self.console()
        body = {"action": "acknowledge", "rule": "function-language", "reason": "r"}
        without_origin = console.headers(posts=True)
        del without_origin["Origin"]
        self.assertEqual(console.send("POST", "/api/decide", body, without_origin)[0], 403)
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
            self.assertEqual(console.send("POST", "/api/decide", body, console.headers(posts=True) | {"Content-Type": kind})[0] in (400, 415), True, kind)
        for method in ("PUT", "DELETE", "OPTIONS", "PATCH"):
            self.assertNotEqual(console.send(method, "/api/decide", headers=console.headers(posts=True))[0], 200, method)
        self.assertEqual(console.send("GET", "/api/decide", headers=console.headers())[0], 404)
        self.assertFalse(self.config().exists())
        for broken in (b"", b"[]", b"{", b'"x"', b'{"action": "acknowledge", "rule": "\\ud800"}'):
            self.assertEqual(console.send("POST", "/api/decide", broken, console.headers(posts=True))[0], 400, broken)
        for wrong in ({"action": "burn"}, {"rule": ""}, {"reason": ""}, {"action": "delete", "statement": 999999}):
            status, answer = console.post("/api/decide", **{**body, **wrong})
            self.assertIn(status, (400, 409), wrong)
            self.assertTrue(answer["error"])
        self.assertFalse(self.config().exists())

    def test_no_path_leads_to_a_file(self):
        console = self.console()
        self.write("secret.txt", "s3cret")
        for path in ("/secret.txt", "/../secret.txt", "/..%2fsecret.txt", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/console.js/../secret.txt",
                     "/api/../secret.txt", "/dump.sql", "/pg2crdb.toml", "/api/", "/api"):
            status, _, text = console.send("GET", path, headers=console.headers())
            self.assertEqual(status, 404, path)
            self.assertNotIn("s3cret", text)

    def test_a_port_that_is_named(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            self.write("dump.sql", DUMP)
            run = self.run_tool("console", "dump.sql", "--port", str(port))
            self.assertEqual(run.returncode, 5)
            self.assertIn(f"port {port} of 127.0.0.1 cannot be had", run.err)
        console = self.console("--port", str(port))
        self.assertEqual(console.port, port)
        # Nor by another console, which would be asked now and then.
        self.assertEqual(self.run_tool("console", "dump.sql", "--port", str(port)).returncode, 5)
        self.assert_usage_error(self.run_tool("console", "dump.sql", "--port", "65536"), "`--port` cannot be 65536")

    def test_it_listens_on_loopback_alone(self):
        console = self.console()
        sockets = set()
        for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]:
            words = line.split()
            address, port = words[1].split(":")
            if int(port, 16) == console.port and words[3] == "0A":
                sockets.add(address)
        self.assertEqual(sockets, {"0100007F"})


class DecisionTest(ConsoleTest):
    def test_a_decision_is_the_line_that_decide_writes(self):
        self.write("pg2crdb.toml", CONFIG)
        console = self.console()
        answer = console.decide(action="acknowledge", rule="function-language", object="public.native*", until="2999-12-31")
        clicked = self.config().read_bytes()
        self.assertTrue(clicked.startswith(CONFIG.encode()))
        console.post("/api/undo")
        self.assertEqual(self.config().read_bytes(), CONFIG.encode())
        words = answer["command"]
        self.assertTrue(words.startswith("pg2crdb decide dump.sql --action acknowledge "))
        run = self.run_tool("decide", "dump.sql", "--action", "acknowledge", "--rule", "function-language", "--object", "public.native*",
                            "--reason", "because", "--until", "2999-12-31")
        self.assertEqual(run.returncode, 0, run.err)
        self.assertEqual(self.config().read_bytes(), clicked)
        self.assertEqual(run.out, answer["toml"])

    def test_each_action_is_the_commands_own(self):
        console = self.console()
        native = next(one for one in console.statements(text="native"))
        for body in ({"action": "delete", "statement": native["id"]}, {"action": "delete", "rule": "function-language"},
                     {"action": "replace", "find": "nosuchtype", "sql": "text"}, {"action": "replace", "find": " NOT NULL", "sql": ""},
                     {"action": "replace", "statement": native["id"], "sql": "CREATE TABLE public.n (\n  a int DEFAULT length('it''s')\n)"},
                     {"action": "keep", "rule": "function-language", "object": "public.*"},
                     {"action": "add-user", "rule": "missing-role", "object": "postgres"},
                     {"action": "acknowledge", "rule": "function-body", "until": "2999-12-31", "reason": "it's `fine`, $HOME \"and\" so"}):
            answer = console.decide(**body)
            clicked = self.config().read_text()
            console.post("/api/undo")
            console.state()
            self.assertFalse(self.config().exists())
            run = self.run_tool(*shlex.split(answer["command"])[1:])
            self.assertEqual(run.returncode, 0, run.err)
            self.assertEqual(self.config().read_text(), clicked, body)
            self.config().unlink()
            console.post("/api/compile")
            console.state()

    def test_a_line_with_several_statements_names_none(self):
        dump = "CREATE TABLE public.a (id bigint); CREATE TABLE public.b (id bigint);\n"
        console = self.console(dump=dump)
        answer = console.decide(action="delete", statement=1)
        self.assertEqual(answer["command"], "")
        self.assertEqual([one["object"] for one in console.statements(fate="dropped")], ["public.b"])
        self.assert_usage_error(self.run_tool("decide", "dump.sql", "--action", "delete", "--line", "1", "--reason", "r"), "2 statements stand in line 1")

    def test_undo_goes_back_byte_for_byte_and_several_times(self):
        self.write("pg2crdb.toml", CONFIG)
        console = self.console()
        texts = [self.config().read_bytes()]
        for rule in ("function-language", "function-body", "type-unknown"):
            rules = {one["id"] for one in console.state()["rules"] if one["open"]}
            console.decide(action="acknowledge", rule=rule if rule in rules else sorted(rules)[0])
            texts.append(self.config().read_bytes())
        self.assertEqual(len(set(texts)), 4)
        self.assertEqual(texts[-1].count(b"\n"), texts[-1].count(b"\r\n"))
        for text in reversed(texts[:-1]):
            self.assertEqual(console.post("/api/undo")[0], 200)
            self.assertEqual(self.config().read_bytes(), text)
        status, answer = console.post("/api/undo")
        self.assertEqual((status, answer["error"]), (409, "nothing is left to be taken back"))

    def test_undo_cuts_out_what_it_added_where_somebody_else_wrote(self):
        console = self.console()
        console.decide(action="acknowledge", rule="function-language")
        self.config().write_text("# mine\n" + self.config().read_text() + "\n# and mine\n")
        self.assertEqual(console.post("/api/undo")[0], 200)
        self.assertEqual(self.config().read_text(), "# mine\n\n# and mine\n")
        console.decide(action="acknowledge", rule="function-language")
        self.config().write_text("# all new\n")
        self.assertEqual(console.post("/api/undo")[0], 409)
        self.assertEqual(self.config().read_text(), "# all new\n")

    def test_a_decision_is_taken_out_of_the_middle(self):
        self.write("pg2crdb.toml", '# first\n[[decision]]\nrule = "function-language"\naction = "acknowledge"\nreason = """\na\n[[decision]]\n"""\n\n'
                   '# second\n[[decision]]\nrule = "missing-role"   # why\naction = "acknowledge"\nreason = "b"\n\n[severity]\nsequence-cycle = "error"\n')
        before = self.config().read_bytes()
        console = self.console()
        self.assertEqual(len(console.state()["decisions"]), 2)
        self.assertEqual(console.post("/api/remove", decision=0)[0], 200)
        console.state()
        self.assertEqual(self.config().read_text(), '# first\n\n# second\n[[decision]]\nrule = "missing-role"   # why\naction = "acknowledge"\nreason = "b"\n\n'
                         '[severity]\nsequence-cycle = "error"\n')
        self.assertEqual(console.post("/api/remove", decision=0)[0], 200)
        console.state()
        self.assertEqual(self.config().read_text(), '# first\n\n# second\n\n[severity]\nsequence-cycle = "error"\n')
        console.post("/api/undo")
        console.post("/api/undo")
        self.assertEqual(self.config().read_bytes(), before)

    def test_the_file_begins_with_no_empty_line_where_the_first_decision_is_taken_out(self):
        console = self.console()
        console.decide(action="acknowledge", rule="function-language")
        console.decide(action="acknowledge", rule="function-body")
        both = self.config().read_text()
        self.assertEqual(console.post("/api/remove", decision=0)[0], 200)
        console.state()
        self.assertEqual(self.config().read_text(), both[both.index("[[decision]]", 1):])
        console.post("/api/undo")
        console.post("/api/undo")
        console.state()
        run = self.run_tool("decide", "dump.sql", "--action", "acknowledge", "--rule", "function-body", "--reason", "r")
        self.assertEqual(run.returncode, 0, run.err)
        self.assertEqual(console.post("/api/undo")[0], 200)
        self.assertEqual(self.config().read_text(), run.out)

    def test_a_choice_is_written_into_its_line(self):
        self.config().write_bytes(CONFIG.encode())
        console = self.console()
        values = {one["key"]: one["values"] for one in console.state()["choices"]}
        self.assertEqual(values["sequences"], ["keep", "unique-rowid", "uuid", "hash-sharded"])
        self.assertEqual(values["integers"], ["int4", "int8"])
        self.assertEqual(console.post("/api/choose", key="crdb", value="25.2")[0], 200)
        self.assertEqual(self.config().read_bytes(), CONFIG.replace('"26.1"', '"25.2"').encode())
        self.assertEqual({one["key"]: one["value"] for one in console.state()["choices"]}["crdb"], "25.2")
        self.assertEqual(console.post("/api/choose", key="sequences", value="uuid")[0], 200)
        self.assertEqual(self.config().read_bytes(), b'sequences = "uuid"\r\n\r\n' + CONFIG.replace('"26.1"', '"25.2"').encode())
        self.assertEqual(tomllib.loads(self.config().read_text())["sequences"], "uuid")
        self.assertEqual(console.state()["error"], "")
        for _ in range(2):
            self.assertEqual(console.post("/api/undo")[0], 200)
        self.assertEqual(self.config().read_bytes(), CONFIG.encode())
        for body in ({"key": "crdb", "value": "1.0"}, {"key": "fail_on", "value": "info"}, {"key": "sequences", "value": 'keep"\nx = "'}, {}):
            self.assertEqual(console.post("/api/choose", **body)[0], 400)
        self.assertEqual(self.config().read_bytes(), CONFIG.encode())

    def test_a_choice_that_the_command_line_made_stays(self):
        console = self.console("--sequences", "uuid")
        self.assertEqual({one["key"]: one["option"] for one in console.state()["choices"]}["sequences"], "--sequences")
        status, answer = console.post("/api/choose", key="sequences", value="keep")
        self.assertEqual(status, 409)
        self.assertIn("--sequences", answer["error"])
        self.assertFalse(self.config().exists())

    def test_a_key_with_more_in_its_line_is_not_touched(self):
        for line in ('sequences = """keep"""\n', '"sequences" = "keep"\n', 'sequences = "ke\\u0065p"\n'):
            self.config().write_text(line)
            console = self.console()
            status, answer = console.post("/api/choose", key="sequences", value="uuid")
            self.assertEqual((status, self.config().read_text()), (409, line), answer)

    def test_what_goes_out_is_what_compile_writes(self):
        console = self.console()
        self.assertEqual(console.send("GET", "/api/output", headers=console.headers())[2], self.run_tool("compile", "dump.sql", "-q").out)
        command = shlex.split(console.state()["compile"])
        self.assertEqual(self.run_tool(*command[1:]).returncode, 1)
        self.assertEqual(console.send("GET", "/api/report", headers=console.headers())[2], (self.folder / "report.html").read_text())
        for path in ("/api/output", "/api/report"):
            self.assertEqual(console.send("GET", path)[0], 401)
        console = self.console(dump="CREATE ROLE bob PASSWORD 's3cret';\n")
        status, _, text = console.send("GET", "/api/output", headers=console.headers())
        self.assertEqual(status, 409)
        self.assertNotIn("s3cret", text)
        self.assertNotIn("s3cret", console.send("GET", "/api/report", headers=console.headers())[2])

    def test_what_would_not_compile_is_not_written(self):
        console = self.console()
        native = console.statements(text="native")[0]
        for body, message in (({"statement": native["id"], "sql": "CREATE TABLE a (b int); CREATE TABLE c (d int)"}, "one statement: it is 2"),
                              ({"statement": native["id"], "sql": ""}, "one statement"),
                              ({"find": "no such text", "sql": "x"}, "no statement is there to replace"),
                              ({"find": "CREATE FUNCTION", "sql": "SELECT 1; CREATE FUNCTION"}, "one statement: it is 2")):
            status, answer = console.post("/api/decide", action="replace", reason="r", **body)
            self.assertEqual(status, 409, body)
            self.assertIn(message, answer["error"])
            self.assertFalse(self.config().exists())
        console.decide(action="acknowledge", rule="function-language")
        status, answer = console.post("/api/decide", action="acknowledge", rule="function-language", reason="because")
        self.assertEqual(status, 409)

    def test_a_preview_writes_nothing_and_says_all(self):
        console = self.console()
        status, seen = console.post("/api/decide", action="replace", find="integer", sql="bigint", reason="r", preview=True)
        self.assertEqual(status, 200)
        self.assertEqual(seen["statements"], 3)
        self.assertEqual([one["object"] for one in seen["first"]][0], "public.towns")
        self.assertIn("id bigint NOT NULL", seen["first"][0]["after"])
        self.assertIn("--find integer --sql bigint", seen["command"])
        self.assertEqual(tomllib.loads(seen["toml"])["decision"][0]["find"], "integer")
        self.assertFalse(self.config().exists())

    def test_what_was_edited_shows_the_dumps_text_too_and_can_be_edited_again(self):
        console = self.console()
        odd = console.statements(text="nosuchtype")[0]
        self.assertTrue(odd["findings"])
        console.decide(action="replace", statement=odd["id"], sql="CREATE TABLE public.odd (id bigint NOT NULL, what text)")
        odd = console.statements(decided="1")[0]
        self.assertEqual(odd["decisions"][0]["in_dump"], DUMP[DUMP.index("CREATE TABLE public.odd"):DUMP.index("CREATE FUNCTION")].strip())
        self.assertFalse([one for one in odd["findings"] if one["severity"] == "error"])
        console.decide(action="replace", statement=odd["id"], sql="CREATE TABLE public.odd (id bigint NOT NULL, what text, more text)")
        odd = console.statements(decided="1")[0]
        self.assertIn("more", odd["output"])
        self.assertEqual(len(odd["decisions"]), 2)
        self.assertIn("more STRING" if "STRING" in odd["output"] else "more", self.run_tool("compile", "dump.sql").out)

    def test_hostile_names_come_back_as_they_are(self):
        quoted = NAME.replace('"', '""')
        console = self.console(dump=f'CREATE TABLE public."{quoted}" (id bigint PRIMARY KEY, a nosuch);\n'
                                    f"COMMENT ON TABLE public.\"{quoted}\" IS '<!-- <script>document.title=2</script> ]]> \u2028';\n")
        table = console.statements()[0]
        self.assertIn(NAME, table["object"])
        finding = table["findings"][0]
        console.decide(action="acknowledge", rule=finding["rule"], object=re.sub(r"([*?\[\\])", r"[\1]", finding["object"]), reason=NAME)
        self.assertEqual(tomllib.loads(self.config().read_text())["decision"][0]["reason"], NAME)
        self.assertEqual(console.statements(open="1", rule=finding["rule"]), [])
        console.decide(action="delete", statement=table["id"], reason=NAME)
        self.assertEqual(console.statements(decided="1")[0]["fate"], "dropped")

    def test_passwords_are_neither_shown_nor_written(self):
        console = self.console("--target", "postgresql://root:t0psecret@127.0.0.1:1/x", "--crdb", "26.1",
                               dump="CREATE ROLE bob PASSWORD 's3cret';\nCREATE TABLE public.a (id bigint PRIMARY KEY);\n")
        for path in ("/api/state", "/api/statements", "/api/run"):
            text = json.dumps(console.get(path)[1])
            self.assertNotIn("s3cret", text)
            self.assertNotIn("t0psecret", text)
        role = console.statements()[0]
        self.assertTrue(role["masked"])
        status, answer = console.post("/api/decide", action="delete", statement=role["id"], reason="r")
        self.assertEqual(status, 400)
        self.assertIn("password", answer["error"])
        run = console.run("rehearse")
        self.assertEqual(run["status"], 5)
        self.assertNotIn("t0psecret", json.dumps(run))
        self.assertIn("postgresql://root@127.0.0.1:1/x", run["command"])

    def test_pages_of_the_list_are_all_of_it(self):
        console = self.console()
        _, answer = console.get("/api/statements")
        ids = []
        for offset in range(0, answer["total"], 2):
            ids += [one["id"] for one in console.get("/api/statements", offset=offset, limit=2)[1]["statements"]]
        self.assertEqual(ids, [one["id"] for one in answer["statements"]])
        self.assertEqual(len(set(ids)), answer["total"])
        self.assertEqual(console.get("/api/statements", limit=100000)[1]["total"], answer["total"])

    def test_findings_lead_to_cockroachdbs_own_issues(self):
        rules = set(re.findall(r"(?m)^### (\S+)", (SOURCE / "docs/rules.md").read_text()))
        evidence = dict(re.findall(r'CAPABILITY\((\w+),[^"]*"([^"]*)"', (SOURCE / "target/capabilities.def").read_text()))
        rows = re.findall(r'\{"([\w-]+)", "[^"]*", Capability::(\w+)\}', (SOURCE / "driver/finding_references.cpp").read_text())
        self.assertGreater(len(rows), 40)
        for rule, capability in rows:
            self.assertIn(rule, rules)
            self.assertRegex(evidence[capability], r"#\d+|release notes \d\d\.\d", capability)
        console = self.console(dump=(SOURCE / "corpus/everything/dump-18.sql").read_text())
        found = {}
        for offset in range(0, console.get("/api/statements")[1]["total"], 200):
            for statement in console.statements(offset=offset, limit=200):
                for finding in statement["findings"]:
                    if finding["references"]:
                        found.setdefault(finding["rule"], []).append((finding["message"], finding["references"]))
        self.assertLessEqual({"exclude-constraint", "function-feature", "sequence-cycle", "statement-dropped", "statement-unsupported", "table-inheritance",
                              "trigger-columns", "trigger-refused", "type-as-text", "type-mapped"}, set(found))
        for message, references in found["type-mapped"]:
            issue = next(number for word, number in (("is money", 41578), ("is cidr", 18846), ("is macaddr", 45813), ("is xml", 43355)) if word in message)
            self.assertEqual(references, [{"text": f"issue #{issue}", "url": f"https://github.com/cockroachdb/cockroach/issues/{issue}"}])
        # A name is not what it is about.
        console = self.console(dump='CREATE TABLE public."is money" (id int8 PRIMARY KEY, "is xml" macaddr);\n')
        references = [one["references"] for one in console.statements()[0]["findings"] if one["rule"] == "type-mapped"]
        self.assertEqual([[one["text"] for one in some] for some in references], [["issue #45813"]])

    def test_hits_are_named_one_by_one(self):
        console = self.console(dump="CREATE ROLE bob PASSWORD 'char(9)';\nCREATE TABLE public.a (id int8 PRIMARY KEY, b char(3), c char(4));\n"
                                    "CREATE TABLE public.d (id int8 PRIMARY KEY, e char(5));\n")
        status, answer = console.post("/api/hits", action="replace", find="char[(](.)[)]", regular_expression=True, sql="text /* \\1 */", reason="r")
        self.assertEqual((status, answer["total"], answer["statements"], answer["masked"]), (200, 3, 3, 1))
        self.assertNotIn("char(9)", json.dumps(answer))
        self.assertEqual([(one["object"], one["hit"], one["of"], one["found"], one["replacement"]) for one in answer["hits"]],
                         [("public.a", 0, 2, "char(3)", "text /* 3 */"), ("public.a", 1, 2, "char(4)", "text /* 4 */"), ("public.d", 0, 1, "char(5)", "text /* 5 */")])
        hit = answer["hits"][1]
        self.assertEqual(hit["lead"] + hit["found"] + hit["tail"], "CREATE TABLE public.a (id int8 PRIMARY KEY, b char(3), c char(4))")
        self.assertEqual(len(console.post("/api/hits", action="replace", find="char", sql="x", reason="r", **{"from": 2})[1]["hits"]), 1)
        # Behind one another, without waiting for the compile: each is about what the one before it made.
        for _ in range(2):
            status, answer = console.post("/api/decide", action="replace", find="char[(](.)[)]", regular_expression=True, sql="varchar", statement=hit["statement"], hit=0, reason="r")
            self.assertEqual(status, 200, answer)
        self.assertIn("decide dump.sql --action replace --line 2", answer["command"])
        console.state()
        self.assertEqual(console.statements(text="public.a")[0]["source"], "CREATE TABLE public.a (id int8 PRIMARY KEY, b varchar, c varchar)")
        self.assertNotIn("unused-decision", self.run_tool("lint", "dump.sql").out)
        for body, said in (({"find": ""}, "what is looked for is missing"), ({"find": "[", "regular_expression": True}, "no regular expression")):
            status, answer = console.post("/api/hits", action="replace", sql="x", reason="r", object="*", **body)
            self.assertEqual(status, 400)
            self.assertIn(said, answer["error"])
        status, answer = console.post("/api/decide", action="replace", find="char(5)", sql="x", statement=hit["statement"], hit=0, reason="r")
        self.assertEqual((status, answer["error"]), (400, "the statement reads differently by now"))

    def test_those_who_wait_leave_room_for_others(self):
        console = self.console()
        seen = console.state()["seen"]
        begin = time.monotonic()
        answers = []
        waiting = [threading.Thread(target=lambda: answers.append(console.get("/api/state", seen=seen)[1]["seen"])) for _ in range(30)]
        for one in waiting:
            one.start()
        while len(answers) < 27:  # all but three come back without news
            self.assertLess(time.monotonic() - begin, 15)
            time.sleep(0.02)
        self.assertEqual(set(answers), {seen})
        console.post("/api/compile")
        for one in waiting:
            one.join()
        self.assertEqual(len(answers), 30)
        self.assertGreater(max(answers), seen)

    def test_what_does_not_compile_any_more_is_said_and_what_was_there_stays(self):
        console = self.console()
        before = console.state()
        self.config().write_text("crdb = \n")
        console.post("/api/compile")
        state = console.state()
        self.assertIn("pg2crdb.toml:1", state["error"])
        self.assertEqual(state["rules"], before["rules"])
        self.config().unlink()
        console.post("/api/compile")
        self.assertEqual(console.state()["error"], "")


class StepsTest(ConsoleTest):
    """The frenchtowns walk: from errors to none, on a cluster, in the console and by the commands that it shows."""

    WALK = """CREATE TABLE public.regions (id integer NOT NULL, code character varying(4) NOT NULL, name text NOT NULL, area nosuchtype);
ALTER TABLE public.regions OWNER TO postgres;
CREATE TABLE public.towns (id integer NOT NULL, code character varying(10) NOT NULL, name text NOT NULL, region integer NOT NULL);
ALTER TABLE public.towns OWNER TO postgres;
CREATE FUNCTION public.native() RETURNS integer LANGUAGE c AS 'x', 'y';
CREATE VIEW public.names AS SELECT towns.name FROM public.towns;
COPY public.towns (id, code, name, region) FROM stdin;
1\t75056\tParis\t11
\\.
ALTER TABLE ONLY public.regions ADD CONSTRAINT regions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.towns ADD CONSTRAINT towns_pkey PRIMARY KEY (id);
"""

    def test_target_that_is_no_address(self):
        (self.folder / "dump.sql").write_text(self.WALK)
        self.assert_usage_error(self.run_tool("console", "dump.sql", "--target", "nonsense"), "`--target` is no connection string")

    def test_from_errors_to_none_and_onto_the_cluster(self):
        url = _target.target().create_database("console_walk")
        console = self.console("--target", url, dump=self.WALK)
        self.assertTrue(console.state()["failed"])
        self.assertEqual(console.run("rehearse")["status"], 1)
        console.decide(action="add-user", rule="missing-role")
        console.decide(action="delete", statement=console.statements(text="native")[0]["id"])
        console.decide(action="replace", find="nosuchtype", sql="text", object="public.regions")
        state = console.state()
        self.assertFalse(state["failed"], state)
        # What was clicked is what the commands read.
        rehearsed = self.run_tool("apply", "dump.sql", "--rehearse", "--format", "json", "--target", url)
        self.assertEqual(rehearsed.returncode, 0, rehearsed.err)
        run = console.run("rehearse")
        self.assertEqual((run["status"], json.loads(run["printed"])), (0, json.loads(rehearsed.out)))
        self.assertIn("CREATE USER IF NOT EXISTS postgres", self.run_tool("compile", "dump.sql").out)
        for step in ("tables", "load", "post-data", "revalidate", "verify"):
            run = console.run(step)
            self.assertEqual(run["status"], 0, run)
        with _target.target().connect("console_walk") as client:
            self.assertEqual(client.rows("SELECT name FROM public.names"), [["Paris"]])

    def test_a_rehearsal_leaves_nothing_and_tells_cause_from_consequence(self):
        url = _target.target().create_database("console_rehearsal")
        plan = self.folder / "load-plan.json"
        self.write("dump.sql", "CREATE TABLE public.a (id bigint PRIMARY KEY);\nCREATE TABLE public.b (id bigint PRIMARY KEY);\n"
                   "CREATE VIEW public.v AS SELECT id FROM public.a;\nCREATE VIEW public.w AS SELECT id FROM public.v;\nALTER TABLE public.b OWNER TO somebody_new;\n")
        self.assertEqual(self.run_tool("compile", "dump.sql", "--out-dir", "out").returncode, 0)
        made = json.loads((self.folder / "out/load-plan.json").read_text())
        for statement in made["statements"]:
            if statement["object"] == "public.a":
                statement["sql"] = "CREATE TABLE public.a (id no_such_type PRIMARY KEY)"
        plan.write_text(json.dumps(made))

        def catalog():
            with _target.target().connect("console_rehearsal") as client:
                return (client.rows("SELECT datname FROM pg_catalog.pg_database ORDER BY 1"), client.rows("SELECT rolname FROM pg_catalog.pg_roles ORDER BY 1"),
                        client.rows("SELECT relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = relnamespace WHERE nspname = 'public'"))

        before = catalog()
        run = self.run_tool("apply", "--plan", plan, "--rehearse", "--format", "json", "--target", url)
        self.assertEqual(run.returncode, 1, run.err)
        errors = json.loads(run.out)["errors"]
        self.assertEqual([(one["object"], one["line"], one.get("because")) for one in errors],
                         [("public.a", 1, None), ("public.v", 3, 0), ("public.w", 4, 0)])
        self.assertEqual(catalog(), before)
        text = self.run_tool("apply", "--plan", plan, "--rehearse", "--target", url)
        self.assertIn("dump.sql:3: error: CREATE VIEW public.v", text.out)
        self.assertIn("  note: a consequence of dump.sql:1", text.out)
        self.assertIn("1 refused for themselves, 2 as a consequence", text.err)


class LeftRehearsalTest(ConsoleTest):
    """Rehearsals that are killed leave a database, which the next one finds."""

    def setUp(self):
        super().setUp()
        self.url = _target.target().create_database(f"left_{os.getpid()}_{self._testMethodName[5:20]}")
        self.role = f"left_role_{os.getpid()}"
        self.write("dump.sql", f"CREATE ROLE {self.role};\nCREATE TABLE public.a (id bigint PRIMARY KEY);\n")
        self.assertEqual(self.run_tool("compile", "dump.sql", "--out-dir", "out").returncode, 0)
        plan = json.loads((self.folder / "out/load-plan.json").read_text())
        for statement in plan["statements"]:
            if statement["object"] == "public.a":
                statement["sql"] = "SELECT pg_catalog.pg_sleep(4)"
        self.write("slow.json", json.dumps(plan))
        self.addCleanup(self.query, f"DROP ROLE IF EXISTS {self.role}")

    def query(self, sql):
        with _target.target().connect() as client:
            return client.rows(sql)

    def databases(self):
        return {name for name, in self.query("SELECT datname FROM pg_catalog.pg_database WHERE datname LIKE 'pg2crdb_rehearsal_%'")}

    def rehearsal(self):
        """One at work, and its database."""
        before = self.databases()
        child = subprocess.Popen([BINARY, "apply", "--plan", "slow.json", "--rehearse", "--target", self.url], cwd=self.folder,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(child.communicate)
        end = time.monotonic() + 60
        while not self.databases() - before or not self.query(f"SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = '{self.role}'"):
            self.assertLess(time.monotonic(), end)
            self.assertIsNone(child.poll())
            time.sleep(0.05)
        name, = self.databases() - before
        return child, name

    def test_what_was_killed_is_dropped_and_nothing_else(self):
        others = {"pg2crdb_rehearsal_notes", "pg2crdb_rehearsal_0123456789abcdeg", "pg2crdb_rehearsal_0123456789abcdef"}
        somebody = f"somebody_{os.getpid()}"
        self.query(f"CREATE ROLE {somebody}")
        for name in sorted(others):
            self.query(f"CREATE DATABASE {name}")
        self.query(f"ALTER DATABASE pg2crdb_rehearsal_0123456789abcdef OWNER TO {somebody}")
        try:
            child, name = self.rehearsal()
            child.kill()
            child.wait()
            end = time.monotonic() + 60
            said = ""
            while name in self.databases():  # as long as the server works on what was sent before
                self.assertLess(time.monotonic(), end)
                run = self.run_tool("apply", "dump.sql", "--rehearse", "--target", self.url)
                self.assertEqual(run.returncode, 0, run.err)
                said += run.err
            self.assertIn(f"dropped {name}, which a rehearsal left that was killed; it made these roles, which may be needed by now: {self.role}", said)
            self.assertEqual(self.query(f"SELECT rolname FROM pg_catalog.pg_roles WHERE rolname = '{self.role}'"), [[self.role]])
            self.assertEqual(self.databases(), others)
        finally:
            for name in sorted(others):
                self.query(f"DROP DATABASE {name}")
            self.query(f"DROP ROLE {somebody}")

    def test_roles_of_one_that_was_killed_are_not_lost_with_the_next(self):
        child, name = self.rehearsal()
        child.kill()
        child.wait()
        self.until_ended(name)
        # The next one drops its database, and is stopped before it is done: killed, too, or by Ctrl-C.
        for stop, said in ((signal.SIGKILL, ""), (signal.SIGINT, f"it made these roles, which may be needed by now: {self.role}")):
            child, name = self.rehearsal()
            end = time.monotonic() + 60
            while self.databases() != {name}:
                self.assertLess(time.monotonic(), end)
                time.sleep(0.02)
            child.send_signal(stop)
            _, err = child.communicate()
            self.assertIn(said, err)
            self.until_ended(name)
        self.assertEqual(self.databases(), set())

    def until_ended(self, name):
        """What a killed session began goes on in the server for a while."""
        end = time.monotonic() + 60
        while self.query(f"SELECT 1 FROM pg_catalog.pg_stat_activity WHERE datname = '{name}' OR application_name = '{name}'"):
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)

    def test_one_that_is_at_work_is_left_alone(self):
        child, name = self.rehearsal()
        run = self.run_tool("apply", "dump.sql", "--rehearse", "--target", self.url)
        self.assertEqual(run.returncode, 0, run.err)
        self.assertNotIn("dropped", run.err)
        self.assertIn(name, self.databases())
        out, err = child.communicate()
        self.assertEqual(child.returncode, 0, out + err)
        self.assertEqual(self.databases(), set())


if __name__ == "__main__":
    _target.require()
    try:
        unittest.main()
    finally:
        _target.stop()
