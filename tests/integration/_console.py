"""`pg2crdb console` at work, and what a page of it would send."""

import http.client
import json
import os
import subprocess
import time
import urllib.parse

from _command_line import BINARY


class Console:
    """`with Console(folder, "dump.sql", ...) as console: console.state()`."""

    def __init__(self, folder, *words):
        self.process = subprocess.Popen([BINARY, "console", *map(str, words)], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        stdin=subprocess.DEVNULL, text=True, env={**os.environ})
        self.url = self.process.stdout.readline().strip()
        if not self.url:
            raise RuntimeError(self.process.communicate()[1])
        parts = urllib.parse.urlsplit(self.url)
        self.host, self.port, self.token = parts.netloc, parts.port, parts.fragment
        self.origin = f"http://{self.host}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.out, self.err = self.process.communicate(timeout=60)

    def send(self, method, path, body=None, headers=None, host=None):
        """The status, the headers and the text of the answer; `headers` as they are given, and no others but Host."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", self.host if host is None else host)
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        if data is not None:
            connection.putheader("Content-Length", str(len(data)))
        connection.endheaders(data)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, dict(answer.getheaders()), text

    def headers(self, posts=False, **more):
        own = {"X-Pg2crdb-Token": self.token}
        if posts:
            own |= {"Origin": self.origin, "Content-Type": "application/json"}
        return own | more

    def get(self, path, **parameters):
        query = urllib.parse.urlencode(parameters)
        status, _, text = self.send("GET", path + (f"?{query}" if query else ""), headers=self.headers())
        return status, json.loads(text)

    def post(self, path, **body):
        status, _, text = self.send("POST", path, body, self.headers(posts=True))
        return status, json.loads(text)

    def state(self):
        """Once all is compiled."""
        seen = ""
        while True:
            status, state = self.get("/api/state", **({"seen": seen} if seen else {}))
            assert status == 200, state
            if not state["compiling"]:
                return state
            seen = state["seen"]

    def statements(self, **choice):
        return self.get("/api/statements", **choice)[1]["statements"]

    def decide(self, **body):
        status, answer = self.post("/api/decide", **{"reason": "because"} | body)
        assert status == 200, answer
        self.state()
        return answer

    def run(self, step):
        """A step to its end."""
        status, answer = self.post("/api/run", step=step)
        assert status == 200, answer
        while True:
            run = self.get("/api/run")[1]
            if not run["running"]:
                return run
            time.sleep(0.05)
