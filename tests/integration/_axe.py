"""axe-core, which looks at a page as those who do not see it meet it. npm has it; where it cannot be had, that is said."""

import hashlib
import io
import os
import pathlib
import shutil
import subprocess
import tarfile
import tempfile
import unittest

PACKAGE = "axe-core@4.10.3"
SHA256 = "0f2b4d7dcdf7d1219df8d1959ad68e565f51d14c3f0d88bb71cd59abeb956292"
_script = []

RUN = """axe.run(document, {resultTypes: ['violations']}).then(({violations}) => violations
    .filter((one) => one.impact === 'serious' || one.impact === 'critical')
    .map((one) => `${one.id}: ${one.help}: ${one.nodes.map((node) => node.target.join(' ')).slice(0, 3).join(', ')}`))"""


def _archive():
    folder = os.environ.get("PG2CRDB_BUILD_DIR")
    kept = pathlib.Path(folder) / f"{PACKAGE}.tgz" if folder else None
    if kept and kept.exists():
        return kept.read_bytes()
    if not shutil.which("npm"):
        return b""
    with tempfile.TemporaryDirectory() as packed:
        try:
            subprocess.run(["npm", "pack", PACKAGE, "--pack-destination", packed], capture_output=True, timeout=120, check=True)
        except (subprocess.SubprocessError, OSError):
            return b""
        found = next(pathlib.Path(packed).glob("*.tgz")).read_bytes()
    if kept:
        kept.write_bytes(found)
    return found


def axe():
    """Its script, of the one version that is known; skips the test where there is none."""
    if not _script:
        archive = _archive()
        if archive and hashlib.sha256(archive).hexdigest() != SHA256:
            raise AssertionError(f"{PACKAGE} is not the one that is known")
        _script.append(tarfile.open(fileobj=io.BytesIO(archive)).extractfile("package/axe.min.js").read().decode() if archive else "")
    if not _script[0]:
        raise unittest.SkipTest(f"npm does not give {PACKAGE}: the page is not looked at by it")
    return _script[0]


def serious_faults(browser):
    """Of the page as it is now."""
    if not browser.run("typeof axe === 'object'"):
        browser.run(axe() + "; true")
    return browser.run(RUN)
