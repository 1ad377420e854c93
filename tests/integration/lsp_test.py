"""The language server, by the protocol: what an editor sends and what it gets. With pygls' client, too, where that is installed."""

import asyncio
import bisect
import json
import pathlib
import random
import re
import subprocess
import unittest

from _command_line import BINARY, SOURCE, CommandLine

try:
    from lsprotocol import types
    from pygls.lsp.client import BaseLanguageClient
except ImportError:
    BaseLanguageClient = None

MIGRATION = """CREATE TABLE public.town (id bigint PRIMARY KEY, name text);
SELECT 'ä😀' AS mark, a.id / 2 FROM public.town a;
CREATE TABLE public.note (id bigint PRIMARY KEY, at tsrange);
"""


class Editor:
    """A client that knows framing and ids, and no more."""

    def __init__(self, *words, folder):
        self.process = subprocess.Popen([BINARY, "lsp", *map(str, words)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, cwd=folder)
        self.number = 0
        self.waiting = []

    def send(self, message):
        content = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(content), content))
        self.process.stdin.flush()

    def notify(self, method, **params):
        self.send({"method": method, "params": params})

    def next(self):
        length = None
        while (line := self.process.stdout.readline().strip()):
            name, value = line.split(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return json.loads(self.process.stdout.read(length))

    def request(self, method, **params):
        self.number += 1
        self.send({"id": self.number, "method": method, "params": params})
        while (message := self.next()).get("id") != self.number:
            self.waiting.append(message)
        return message

    def ask(self, method, **params):
        return self.request(method, **params)["result"]

    def published(self, uri):
        while True:
            message = self.waiting.pop(0) if self.waiting else self.next()
            if message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == uri:
                return message["params"]

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            stream.close()

    def end(self):
        self.ask("shutdown")
        self.notify("exit")
        status = self.process.wait(timeout=60)
        return status, self.process.stderr.read().decode()


def text_of(text, range_):
    """What a range of UTF-16 units covers."""
    lines = text.split("\n")

    def byte(position):
        line = lines[position["line"]].encode("utf-16-le")
        before = "\n".join(lines[:position["line"]] + [""])
        return len((before + line[:2 * position["character"]].decode("utf-16-le")).encode())

    return text.encode()[byte(range_["start"]):byte(range_["end"])].decode()


def applied(text, edits):
    for edit in sorted(edits, key=lambda one: (one["range"]["start"]["line"], one["range"]["start"]["character"]), reverse=True):
        lines = re.split(r"(?<=\n)|(?<=\r)(?!\n)", text)

        def place(position):
            return sum(len(line) for line in lines[:position["line"]]) + len(
                lines[position["line"]].encode("utf-16-le")[:2 * position["character"]].decode("utf-16-le"))

        text = text[:place(edit["range"]["start"])] + edit["newText"] + text[place(edit["range"]["end"]):]
    return text


class WithEditor(CommandLine):
    def editor(self, *words):
        editor = Editor(*words, folder=self.folder)
        self.addCleanup(editor.stop)
        self.capabilities = editor.ask("initialize", processId=None, rootUri=None, capabilities={})["capabilities"]
        editor.notify("initialized")
        return editor

    def opened(self, editor, name, text, version=1):
        uri = (self.folder / name).as_uri()
        editor.notify("textDocument/didOpen", textDocument={"uri": uri, "languageId": "sql", "version": version, "text": text})
        return uri, editor.published(uri)

    def actions(self, editor, uri, range_, **context):
        return editor.ask("textDocument/codeAction", textDocument={"uri": uri}, range=range_,
                          context={"diagnostics": [], **context})


class LanguageServer(WithEditor):
    def test_what_it_can_do(self):
        editor = self.editor()
        self.assertEqual(self.capabilities["textDocumentSync"]["change"], 2)
        self.assertEqual(self.capabilities["positionEncoding"], "utf-16")
        self.assertEqual(editor.end(), (0, ""))

    def test_findings_are_lints_at_the_places_of_utf_16(self):
        path = self.write("a.sql", MIGRATION)
        expected = [json.loads(line) for line in self.run_tool("lint", path, "--in-order", "--format", "jsonl").out.splitlines()]
        editor = self.editor()
        uri, published = self.opened(editor, "a.sql", MIGRATION)
        self.assertEqual(published["version"], 1)
        self.assertTrue(expected)
        self.assertEqual([one["code"] for one in published["diagnostics"]], [one["rule"] for one in expected])
        for one, its in zip(published["diagnostics"], expected):
            written = MIGRATION.encode()[its["span"]["start"]["byte"]:its["span"]["end"]["byte"]].decode()
            self.assertEqual(text_of(MIGRATION, one["range"]), written)
            self.assertIn(its["message"], one["message"])
        self.assertEqual(editor.end(), (0, ""))

    def test_edits_are_followed_in_utf_16(self):
        editor = self.editor()
        text = "-- 😀😀 x\r\nCREATE TABLE public.a (id bigint PRIMARY KEY);\n"
        uri, published = self.opened(editor, "b.sql", text)
        before = published["diagnostics"]
        # The surrogate pairs and the line end of Windows count as they do in the editor.
        editor.notify("textDocument/didChange", textDocument={"uri": uri, "version": 2}, contentChanges=[
            {"range": {"start": {"line": 0, "character": 5}, "end": {"line": 0, "character": 9}}, "text": ";😀"},
            {"range": {"start": {"line": 1, "character": 22}, "end": {"line": 1, "character": 22}}, "text": ",,"}])
        after = editor.published(uri)
        self.assertEqual(after["version"], 2)
        self.assertIn("unparsed-statement", [one["code"] for one in after["diagnostics"]])
        wrong = next(one for one in after["diagnostics"] if one["code"] == "unparsed-statement")
        self.assertEqual(wrong["range"]["start"]["line"], 1)
        editor.notify("textDocument/didChange", textDocument={"uri": uri, "version": 3}, contentChanges=[{"text": text}])
        self.assertEqual(editor.published(uri)["diagnostics"], before)
        editor.notify("textDocument/didClose", textDocument={"uri": uri})
        self.assertEqual(editor.published(uri)["diagnostics"], [])
        editor.end()

    def test_a_fix_is_the_one_of_lint_fix(self):
        text = "CREATE TABLE public.m (id bigint PRIMARY KEY, price money);\nCREATE TABLE public.n (id bigint PRIMARY KEY) WITH (fillfactor=70);\n"
        path = self.write("c.sql", text)
        editor = self.editor()
        uri, _ = self.opened(editor, "c.sql", text)
        actions = self.actions(editor, uri, {"start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 9}})
        fixes = [one for one in actions if one["title"].startswith("Write it")]
        self.assertEqual(len(fixes), 2, actions)
        fixed = applied(text, [edit for one in fixes for edit in one["edit"]["changes"][uri]])
        self.run_tool("lint", path, "--fix", "--unsafe-fixes")
        self.assertEqual(fixed, path.read_text())
        self.assertTrue(any(one.get("diagnostics") for one in fixes))
        # One of them does something else, so that there is no action for all.
        self.assertFalse([one for one in actions if one["kind"].startswith("source")])
        only = self.actions(editor, uri, {"start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 9}}, only=["refactor"])
        self.assertEqual(only, [])
        editor.end()

    def test_all_is_fixed_where_it_means_the_same(self):
        text = "CREATE TABLE public.c (id bigint PRIMARY KEY, n integer);\n"
        path = self.write("d.sql", text)
        editor = self.editor()
        uri, _ = self.opened(editor, "d.sql", text)
        actions = self.actions(editor, uri, {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}, only=["source.fixAll"])
        self.assertEqual([one["kind"] for one in actions], ["source.fixAll.pg2crdb"])
        self.run_tool("lint", path, "--fix")
        self.assertEqual(applied(text, actions[0]["edit"]["changes"][uri]), path.read_text())
        editor.end()

    def test_a_finding_is_acknowledged_with_a_comment(self):
        text = "SELECT 1;\n  CREATE TABLE public.n (id bigint PRIMARY KEY) WITH (fillfactor=70);\n"
        editor = self.editor()
        uri, published = self.opened(editor, "e.sql", text)
        finding = published["diagnostics"][0]
        actions = [one for one in self.actions(editor, uri, finding["range"]) if one["title"].startswith("Acknowledge")]
        changed = applied(text, actions[0]["edit"]["changes"][uri])
        self.assertIn(f'\n  -- pg2crdb: ignore {finding["code"]} reason="say why"\n  CREATE TABLE', changed)
        editor.notify("textDocument/didChange", textDocument={"uri": uri, "version": 2}, contentChanges=[{"text": changed}])
        self.assertNotIn(finding["code"], [one["code"] for one in editor.published(uri)["diagnostics"]])
        editor.end()

    def test_a_comment_acknowledges_its_own_statement_alone(self):
        view = "CREATE TABLE public.{} (id bigint PRIMARY KEY) WITH (fillfactor=70);"
        for number, text in enumerate((view.format("n") + " " + view.format("m") + "\n", "/* c */ " + view.format("n") + "\n",
                                       "SELECT 1;\r" + view.format("n") + "\r", view.format("n") + "\r\n" + view.format("m") + "\r\n")):
            with self.subTest(text):
                editor = self.editor()
                uri, published = self.opened(editor, f"own{number}.sql", text)
                before = published["diagnostics"]
                action = next(one for one in self.actions(editor, uri, before[-1]["range"]) if one["title"].startswith("Acknowledge"))
                changed = applied(text, action["edit"]["changes"][uri])
                if "\r\n" in text:
                    self.assertNotIn("\n", changed.replace("\r\n", ""))
                editor.notify("textDocument/didChange", textDocument={"uri": uri, "version": 2}, contentChanges=[{"text": changed}])
                after = editor.published(uri)["diagnostics"]
                self.assertEqual([one["message"] for one in after], [one["message"] for one in before[:-1]], changed)
                editor.end()

    def test_half_of_a_surrogate_pair_is_no_reason_to_see_nothing(self):
        editor = self.editor()
        _, published = self.opened(editor, "half.sql", "SELECT 'a\\ud83d', '\ud83d';\nCREATE TABLE public.n (id bigint PRIMARY KEY) WITH (fillfactor=70);\n")
        self.assertEqual([one["range"]["start"]["line"] for one in published["diagnostics"]], [1])
        editor.end()

    def test_hover_shows_what_is_emitted(self):
        editor = self.editor()
        uri, _ = self.opened(editor, "f.sql", MIGRATION)
        hover = editor.ask("textDocument/hover", textDocument={"uri": uri}, position={"line": 1, "character": 9})
        self.assertIn("//", hover["contents"]["value"])
        self.assertEqual(text_of(MIGRATION, hover["range"]), MIGRATION.split("\n")[1])
        editor.end()

    def test_files_of_a_folder_see_each_other(self):
        self.write("db/1.sql", "CREATE TABLE public.a (id bigint PRIMARY KEY);\n")
        self.write("db/2.sql", "ALTER TABLE public.a ADD COLUMN b bigint;\n")
        editor = self.editor("db")
        uri, published = self.opened(editor, "db/2.sql", "ALTER TABLE public.a ADD COLUMN b bigint;\n")
        self.assertEqual(published["diagnostics"], [])
        # What another document has, saved or not, counts.
        first, _ = self.opened(editor, "db/1.sql", "CREATE TABLE public.other (id bigint PRIMARY KEY);\n")
        self.assertIn("object-elsewhere", [one["code"] for one in editor.published(uri)["diagnostics"]])
        editor.end()

    def test_what_cannot_be_read_is_said_and_ends_nothing(self):
        self.write("pg2crdb.toml", "crdb = 5\n")
        editor = self.editor()
        uri, published = self.opened(editor, "g.sql", "SELECT 1;\n")
        self.assertIn("`crdb` has to be a string", published["diagnostics"][0]["message"])
        self.write("pg2crdb.toml", "")
        editor.notify("workspace/didChangeWatchedFiles", changes=[])
        self.assertEqual(editor.published(uri)["diagnostics"], [])
        editor.end()

    def test_requests_that_are_none(self):
        editor = Editor(folder=self.folder)
        self.addCleanup(editor.stop)
        self.assertEqual(editor.request("textDocument/hover")["error"]["code"], -32002)
        editor.process.stdin.write(b"Content-Length: 3\r\n\r\n{x}")
        editor.process.stdin.flush()
        self.assertEqual(editor.next()["error"]["code"], -32700)
        editor.ask("initialize", capabilities={})
        self.assertEqual(editor.request("textDocument/rename")["error"]["code"], -32601)
        self.assertIsNone(editor.ask("textDocument/hover", textDocument={"uri": "file:///nowhere.sql"}, position={"line": 0, "character": 0}))
        self.assertEqual(editor.ask("textDocument/codeAction", textDocument={"uri": "untitled:1"}), [])
        editor.send({"id": "a", "method": "shutdown"})
        self.assertEqual(editor.next()["id"], "a")
        self.assertEqual(editor.request("textDocument/hover")["error"]["code"], -32600)
        editor.notify("exit")
        self.assertEqual(editor.process.wait(timeout=60), 0)

    def test_an_editor_that_goes_away_is_no_end_of_its_own(self):
        run = self.run_tool("lsp", stdin=b"")
        self.assertEqual((run.returncode, run.out), (1, ""))
        run = self.run_tool("lsp", stdin=b"Content-Length: x\r\n\r\n")
        self.assertEqual(run.returncode, 2)
        self.assertIn("Content-Length", run.err)


class LongDocuments(WithEditor):
    """What is edited in a long script is answered at once, all of it behind that."""

    def setUp(self):
        super().setUp()
        tables = "".join(f"CREATE TABLE public.t{i} (\n    id bigint NOT NULL,\n    name text,\n    n integer\n);\n"
                         f"ALTER TABLE ONLY public.t{i}\n    ADD CONSTRAINT t{i}_pkey PRIMARY KEY (id);\n"
                         f"CREATE VIEW public.v{i} AS SELECT t{i}.n / 2 AS half FROM public.t{i};\n" for i in range(500))
        self.text = "SET search_path = public;\n" + tables
        self.assertGreater(len(self.text), 65536)

    def found(self, text):
        """What a lint of the text says, as an editor is told it."""
        self.write("linted/long.sql", text)
        out = self.run_tool("lint", self.folder / "linted/long.sql", "--in-order", "--format", "jsonl").out
        lines = text.encode().splitlines(keepends=True)
        before = [0]
        for line in lines:
            before.append(before[-1] + len(line))

        def place(byte):
            line = bisect.bisect_right(before, byte) - 1
            return {"line": line, "character": byte - before[line]}

        return sorted((one["span"]["start"]["byte"], one["rule"], one["message"], json.dumps(place(one["span"]["start"]["byte"])),
                       json.dumps(place(one["span"]["end"]["byte"]))) for one in map(json.loads, out.splitlines()))

    def told(self, text, published):
        starts = [0]
        for line in text.splitlines(keepends=True):
            starts.append(starts[-1] + len(line))
        return sorted((starts[one["range"]["start"]["line"]] + one["range"]["start"]["character"], one["code"],
                       re.split("\n(?:note|help): ", one["message"])[0], json.dumps(one["range"]["start"]), json.dumps(one["range"]["end"]))
                      for one in published["diagnostics"])

    def edit(self, editor, uri, version, text, begin, end, new):
        def place(at):
            return {"line": text.count("\n", 0, at), "character": at - (text.rfind("\n", 0, at) + 1)}

        editor.notify("textDocument/didChange", textDocument={"uri": uri, "version": version},
                      contentChanges=[{"range": {"start": place(begin), "end": place(end)}, "text": new}])
        return text[:begin] + new + text[end:]

    def test_an_edit_is_answered_at_once_and_all_of_it_behind(self):
        editor = self.editor()
        text = self.text
        uri, published = self.opened(editor, "long.sql", text)
        self.assertEqual(self.told(text, published), self.found(text))
        at = text.index("    n integer", text.index("public.t250 "))
        for version, new in enumerate(("    at tsrange,\n", "    wrong ,,\n", "    price money,\n"), 2):
            changed = self.edit(editor, uri, version, text, at, at, new)
            first, last = editor.published(uri), editor.published(uri)
            self.assertEqual((first["version"], last["version"]), (version, version))
            self.assertEqual(self.told(changed, last), self.found(changed))
            # Nothing but what other statements make of the edited one is missing from the first.
            about = [one for one in self.told(changed, last) if at - 60 <= one[0] <= at + len(new)]
            self.assertTrue(about, new)
            self.assertLessEqual(set(about), set(self.told(changed, first)))
            elsewhere = [one for one in self.told(changed, first) if one[0] < at - 200 or one[0] > at + 400]
            self.assertGreater(len(elsewhere), 400)
            self.edit(editor, uri, version + 100, changed, at, at + len(new), "")
            editor.published(uri)
            self.assertEqual(editor.published(uri)["diagnostics"], published["diagnostics"])

    def test_what_is_said_last_is_what_lint_says(self):
        editor = self.editor()
        text = self.text
        uri, _ = self.opened(editor, "long.sql", text)
        draw = random.Random(20261130)
        pieces = (";", "'", "--", "/*", "*/", "\n", " tsrange", "id", "DROP TABLE public.t7;\n", "-- pg2crdb: ignore integer-division reason=\"r\"\n",
                  "CREATE TABLE public.new (id serial PRIMARY KEY, at tstzrange);\n", "BEGIN;\n", "SET search_path = app;\n", "public.", "$$")
        for version in range(2, 26):
            begin = draw.randrange(len(text))
            end = min(len(text), begin + draw.choice((0, 0, 1, 3, 40, 400)))
            if draw.random() < 0.5:  # at a line's beginning
                begin = end = text.rfind("\n", 0, begin) + 1
            text = self.edit(editor, uri, version, text, begin, end, draw.choice(pieces) if draw.random() < 0.8 else "")
            if draw.random() < 0.3:
                continue  # typed on, while what was before is being compiled
            self.ask_all(editor, uri)
            last = [one["params"] for one in editor.waiting if one.get("method") == "textDocument/publishDiagnostics"][-1]
            editor.waiting.clear()
            self.assertEqual(last["version"], version)
            self.assertEqual(self.told(text, last), self.found(text), text[max(0, begin - 200):begin + 200])

    def ask_all(self, editor, uri):
        """A question that is answered when all of the document is compiled."""
        editor.ask("textDocument/hover", textDocument={"uri": uri}, position={"line": 0, "character": 0})


@unittest.skipIf(BaseLanguageClient is None, "pygls is not installed")
class WithPygls(CommandLine):
    def test_a_session(self):
        asyncio.run(asyncio.wait_for(self.session(), 60))

    async def session(self):
        client = BaseLanguageClient("test", "1")
        published = asyncio.Queue()

        @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def take(params):
            published.put_nowait(params)

        await client.start_io(BINARY, "lsp")
        result = await client.initialize_async(types.InitializeParams(capabilities=types.ClientCapabilities()))
        self.assertEqual(result.capabilities.position_encoding, "utf-16")
        client.initialized(types.InitializedParams())
        uri = (self.folder / "a.sql").as_uri()
        client.text_document_did_open(types.DidOpenTextDocumentParams(
            types.TextDocumentItem(uri=uri, language_id="sql", version=1, text=MIGRATION)))
        first = await published.get()
        self.assertTrue(first.diagnostics)
        where = types.Position(line=1, character=4)
        hover = await client.text_document_hover_async(types.HoverParams(types.TextDocumentIdentifier(uri), where))
        self.assertIn("//", hover.contents.value)
        actions = await client.text_document_code_action_async(types.CodeActionParams(
            types.TextDocumentIdentifier(uri), types.Range(where, where), types.CodeActionContext(diagnostics=first.diagnostics)))
        self.assertTrue(actions)
        client.text_document_did_change(types.DidChangeTextDocumentParams(
            types.VersionedTextDocumentIdentifier(version=2, uri=uri),
            [types.TextDocumentContentChangeEvent_Type1(types.Range(types.Position(0, 0), types.Position(3, 0)), "")]))
        self.assertEqual((await published.get()).version, 2)
        await client.shutdown_async(None)
        client.exit(None)
        await client.stop()


if __name__ == "__main__":
    unittest.main()
