#!/usr/bin/env python3
"""What a build with -DPG2CRDB_FETCH=ON downloads: the right bytes are unpacked, from whichever address has them or from where
somebody has put them; other bytes never are; and without the option nothing is downloaded."""

import hashlib
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

CMAKE = os.environ["PG2CRDB_CMAKE"]
SCRIPT = Path(os.environ["PG2CRDB_SOURCE_DIR"]) / "cmake/fetch.cmake"


def archive_with(folder, text):
    """A pool of sources with one archive in it, and the archive's SHA-256."""
    (folder / "all/thing-1.0/src").mkdir(parents=True)
    (folder / "all/thing-1.0/src/thing.h").write_text(text)
    (folder / "all/thing-1.0/thing.txt").write_text(text)
    archive = folder / "t/thing.tar.gz"
    archive.parent.mkdir()
    with tarfile.open(archive, "w:gz") as file:
        file.add(folder / "all/thing-1.0", "thing-1.0")
    return archive, hashlib.sha256(archive.read_bytes()).hexdigest()


def fetch(build, pools, sum_, patterns="", option="ON"):
    """The files that were unpacked in a folder of a build, and what CMake said; None for the files where it failed."""
    asked = build.parent / "asked.cmake"
    asked.write_text(f"""cmake_minimum_required(VERSION 3.25)
set(PROJECT_BINARY_DIR {build})
set(PG2CRDB_FETCH {option})
include({SCRIPT})
set(pg2crdb_pools {" ".join(f"file://{pool}" for pool in pools)})
set(pg2crdb_source_thing {sum_} t/thing.tar.gz)
pg2crdb_fetch(thing {patterns})
file(GLOB_RECURSE files RELATIVE ${{thing_SOURCE_DIR}} ${{thing_SOURCE_DIR}}/*)
message("files: ${{files}}")
""")
    done = subprocess.run([CMAKE, "-P", asked], capture_output=True, text=True)
    if done.returncode:
        return None, " ".join(done.stderr.split())
    return done.stderr.split("files: ")[1].strip().split(";"), done.stdout


def main():
    with tempfile.TemporaryDirectory() as root:
        root = Path(root)
        right, wrong, empty = root / "right", root / "wrong", root / "empty"
        archive, sum_ = archive_with(right, "right\n")
        archive_with(wrong, "wrong\n")
        all_files = ["src/thing.h", "thing.txt"]

        # The first address lacks it, the second has something else.
        files, said = fetch(root / "a", [empty, wrong, right], sum_)
        assert files == all_files, (files, said)
        assert (root / "a/fetched/thing/sources/thing-1.0/thing.txt").read_text() == "right\n"
        assert said.count("downloading") == 3, said

        # Once is enough, also for other parts of it, which are then all that is there.
        files, said = fetch(root / "a", [empty], sum_, "*/src/*")
        assert files == ["src/thing.h"] and "downloading" not in said, (files, said)

        # Bytes that are not the right ones are not kept.
        files, said = fetch(root / "b", [wrong], sum_)
        assert files is None and f"SHA-256 {sum_}" in said and "t/thing.tar.gz" in said, said
        assert not (root / "b/fetched/thing").exists() and not (root / "b/fetched/thing.tar.gz").exists()
        # Nor where they have been put by hand; the right ones are taken from there.
        by_hand = root / "b/fetched/thing.tar.gz"
        by_hand.write_bytes((wrong / "t/thing.tar.gz").read_bytes())
        assert fetch(root / "b", [empty], sum_)[0] is None
        by_hand.write_bytes(archive.read_bytes())
        files, said = fetch(root / "b", [empty], sum_)
        assert files == all_files and "downloading" not in said, (files, said)

        # Another version takes the place of what was unpacked.
        newer, newer_sum = archive_with(root / "newer", "newer\n")
        files, said = fetch(root / "a", [newer.parent.parent], newer_sum)
        assert files == all_files, (files, said)
        assert (root / "a/fetched/thing/sources/thing-1.0/thing.txt").read_text() == "newer\n"

        files, said = fetch(root / "c", [right], sum_, option="OFF")
        assert files is None and "thing is not installed" in said and not (root / "c").exists(), said
    return 0


if __name__ == "__main__":
    sys.exit(main())
