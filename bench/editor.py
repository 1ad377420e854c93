"""What an editor waits for: `pg2crdb lsp` with a large script open."""

import json
import subprocess
import time
from pathlib import Path


class Editor:
    def __init__(self, program, folder):
        self.process = subprocess.Popen([program, "lsp", "--no-config"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder)

    def send(self, method, number=None, **params):
        message = {"jsonrpc": "2.0", "method": method, "params": params} | ({} if number is None else {"id": number})
        content = json.dumps(message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(content), content))
        self.process.stdin.flush()

    def take(self):
        """The next message, undecoded, and when its last byte was there."""
        length = 0
        while line := self.process.stdout.readline().strip():
            name, value = line.split(b":", 1)
            if name.lower() == b"content-length":
                length = int(value)
        content = self.process.stdout.read(length)
        return content, time.perf_counter()

    def published(self, version):
        """When the next diagnostics of this version were there; others before it are passed over."""
        wanted = b'"version":%d,' % version
        while True:
            content, at = self.take()
            if b"publishDiagnostics" in content[:100] and wanted in content[:1000]:
                return at

    def open(self, path):
        self.uri = path.as_uri()
        self.send("initialize", 1, capabilities={})
        self.send("initialized")
        self.send("textDocument/didOpen", textDocument={"uri": self.uri, "languageId": "sql", "version": 0, "text": path.read_text()})
        self.published(0)

    def edit(self, version, line, text):
        """Puts `text` at a line's beginning; when that was sent."""
        place = {"line": line, "character": 0}
        before = time.perf_counter()
        self.send("textDocument/didChange", textDocument={"uri": self.uri, "version": version},
                  contentChanges=[{"range": {"start": place, "end": place}, "text": text}])
        return before

    def processor_seconds(self):
        """Of all threads so far; 0 where the system does not say."""
        tasks = Path(f"/proc/{self.process.pid}/task")
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.glob("*")) / 1e9 if tasks.exists() else 0

    def close(self):
        self.send("shutdown", 2)
        self.send("exit")
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def measure(program, path, edits):
    """Of edits that add columns to tables all over the file, by name and as lists: seconds until an edit is answered, until all of
    the file is behind it, until an edit is answered that comes while the file is compiled; and how many seconds of the
    processor the answers took."""
    lines = path.read_text().splitlines()
    columns = [number for number, line in enumerate(lines) if line.startswith("    name text")]
    editor = Editor(program, path.parent)
    editor.open(path)
    version = 0
    times = {"answer": [], "answer_processor": [], "whole": [], "interrupting": [], "interrupting_processor": []}

    def answered(name, line):
        nonlocal version
        version += 1
        spent = editor.processor_seconds()
        sent = editor.edit(version, line, f"    added{version} bigint,\n")
        times[name].append(editor.published(version) - sent)
        times[name + "_processor"].append(editor.processor_seconds() - spent)
        return sent

    for number in reversed(range(edits)):  # from the end, so that what is before keeps its lines
        line = columns[len(columns) * number // edits]
        sent = answered("answer", line)
        times["whole"].append(editor.published(version) - sent)
        version += 1
        editor.edit(version, line, f"    added{version} bigint,\n")
        editor.published(version)  # all of it is compiled now
        time.sleep((times["whole"][-1] - times["answer"][-1]) * (number + 0.5) / edits)
        answered("interrupting", line)
        editor.published(version)
    editor.close()
    return times
