"""S3-compatible servers of others: versitygw, which is strict, and s3s-fs, which is lax."""

import pathlib
import re
import subprocess
import tempfile
import time
import urllib.error

import object_storage
from postgres_server import free_port


class Program:
    """One that runs, with what is asked of ObjectStorage. `program`: the path of either."""

    key_id, secret, region, bucket, token = "AKIDEXAMPLE", "wJalr/XUtnFEMI+K7MDENG=key", "us-east-1", "imports", ""

    def __init__(self, program):
        self.program = program

    def start(self):
        self.folder = tempfile.TemporaryDirectory(prefix="pg2crdb-s3-")
        self.data = pathlib.Path(self.folder.name) / "data"
        aside = pathlib.Path(self.folder.name) / "aside"
        self.data.mkdir()
        aside.mkdir()
        port = free_port()
        self.endpoint = f"http://127.0.0.1:{port}"
        if "versitygw" in pathlib.Path(self.program).name:
            words = ["--quiet", "--port", f"127.0.0.1:{port}", "--access", self.key_id, "--secret", self.secret, "posix",
                     "--sidecar", aside, self.data]
        else:
            words = ["--host", "127.0.0.1", "--port", str(port), "--access-key", self.key_id, "--secret-key", self.secret, self.data]
        self.process = subprocess.Popen([self.program, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while True:
            try:
                object_storage.request("PUT", self.endpoint, f"/{self.bucket}", self.key_id, self.secret, self.region).close()
                return self
            except urllib.error.HTTPError as error:
                raise RuntimeError(error.read()) from error
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()

    def url(self, prefix="", **changed):
        return object_storage.url(self, prefix, **changed)

    def left(self):
        """Objects, parts and notes of uploads, as files; not the server's locks, notes of objects that were, and parts
        that did not come whole."""
        return sorted(str(path.relative_to(self.data)) for path in self.data.rglob("*")
                      if path.is_file() and ".vgwlocks" not in path.parts and
                      not re.match(r"\.bucket-.*\.object-.*\.json$|\.tmp\..*\.part$", path.name))
