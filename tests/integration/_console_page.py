"""The console's page in a browser, for the tests that click in it."""

import base64
import os
import pathlib
import time
import unittest

from _browser import CHROMIUM, Browser
from _command_line import CommandLine
from _console import Console

PICTURES = os.environ.get("PG2CRDB_PICTURES")  # a folder for pictures of the screens
SCREENS = ("summary", "statements", "decisions", "migrate")


@unittest.skipUnless(CHROMIUM, "no chromium on PATH: the page is not opened")
class ConsolePage(CommandLine):
    @classmethod
    def setUpClass(cls):
        cls.browser = cls.enterClassContext(Browser())

    def opened(self, dump, *words):
        (self.folder / "dump.sql").write_text(dump)
        self.console = Console(self.folder, "dump.sql", *words)
        self.addCleanup(self.console.__exit__)
        browser = self.browser
        browser.show(1280, 900)
        browser.open_url("about:blank")
        browser.requests, browser.complaints = [], []
        browser.open_url(self.console.url)
        self.settled()
        return browser

    def until(self, expression, seconds=60):
        """Waits for the page to get there."""
        end = time.monotonic() + seconds
        while not self.browser.run(f"Boolean({expression})"):
            self.assertLess(time.monotonic(), end, expression)
            time.sleep(0.05)

    def settled(self):
        self.console.state()
        self.until("document.getElementById('status')?.textContent.startsWith('Compiled')"
                   " && document.querySelector('#statements .count').textContent !== ''")

    def go(self, screen):
        self.browser.run(f"document.querySelector('nav a[href=\"#{screen}\"]').click()")
        self.until(f"!document.getElementById('{screen}').hidden")

    def click(self, key):
        self.until(f"{self.key(key)} !== undefined")
        self.browser.run(f"{self.key(key)}.click()")

    def key(self, key):
        return f"[...document.querySelectorAll('[data-key]')].find((one) => one.dataset.key === {key!r})"

    def confirm(self, reason="looked at"):
        """In the open form."""
        self.until("document.querySelector('dialog[open] .preview p')")
        if reason is not None:
            self.browser.run("(() => { const one = [...document.querySelectorAll('dialog input[type=text]')].at(-1); one.value = "
                             f"{reason!r}; one.dispatchEvent(new Event('input', {{bubbles: true}})); }})()")
        self.browser.run("document.querySelector('dialog button.primary').click()")
        self.until("!document.querySelector('dialog')")
        self.settled()

    def picture(self, name):
        if PICTURES:
            data = self.browser.call("Page.captureScreenshot", format="png", captureBeyondViewport=False)["data"]
            (pathlib.Path(PICTURES) / f"{name}.png").write_bytes(base64.b64decode(data))

    def config(self):
        return (self.folder / "pg2crdb.toml").read_text()

    def assert_quiet(self):
        self.assertEqual(self.browser.complaints, [])
        self.assertEqual([one for one in self.browser.requests if not one.startswith((self.console.origin + "/", "about:", "data:"))], [])
