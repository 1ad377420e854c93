"""The Debian package of the build, unpacked, and its wheel, installed: the program in them runs, and says the same as the one that was built; its manual
page and what shells complete name each option that the help names. Shells that are not there are not asked, and that is said."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

BINARY = os.environ["PG2CRDB_BINARY"]
SOURCE = Path(os.environ["PG2CRDB_SOURCE_DIR"])
BUILD = Path(os.environ["PG2CRDB_BUILD_DIR"])
CPACK = Path(os.environ["PG2CRDB_CMAKE"]).with_name("cpack")


def run(words, statuses=(0,), **more):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, **more)
    assert done.returncode in statuses, f"{words}: exit status {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def commands():
    listed = re.search(r"Commands:\n(.*?)\n\n", run([BINARY, "help"]), re.DOTALL)[1]
    return [line.split()[0] for line in listed.splitlines()]


def help_of(command):
    """Options with their values, empty ones of switches."""
    found = re.findall(r"^(?:  -\w, |      )--([\w-]+)(?: (\S+))?$|^(?:  -\w, |      )--([\w-]+)(?: (\S+))?  ",
                       run([BINARY, "help", command]), re.MULTILINE)
    return {name or other: value or more for name, value, other, more in found}


def completed(script, *words):
    """What bash offers for the last of the words."""
    quoted = " ".join(f"'{word}'" for word in words)
    asked = f'source "{script}"; COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; _pg2crdb; printf "%s\\n" "${{COMPREPLY[@]}}"'
    return set(run(["bash", "--norc", "-c", asked]).split())


def check_bash(script):
    names = commands()
    assert completed(script, "pg2crdb", "") == set(names), completed(script, "pg2crdb", "")
    assert completed(script, "pg2crdb", "help", "") == set(names)
    looked_at = 0
    for command in names:
        if command == "help":
            continue
        options = help_of(command)
        assert "help" in options, f"the help of {command} was not read"
        assert completed(script, "pg2crdb", command, "--") == {f"--{name}" for name in options}, command
        for name, value in options.items():
            if "|" in value and value == value.lower():
                assert completed(script, "pg2crdb", command, f"--{name}", "") == set(value.split("|")), f"{command} --{name}"
                assert completed(script, "pg2crdb", command, f"--{name}", "=", "") == set(value.split("|")), f"{command} --{name}="
                looked_at += 1
    assert looked_at > 10, f"{looked_at} options with choices: the help was not read"
    assert completed(script, "pg2crdb", "generate", "comp") == {"complete-bash", "complete-zsh", "complete-fish"}
    assert completed(script, "pg2crdb", "lint", "--select", "sequence-pri") == {"sequence-primary-key", "sequence-primary-key-replaced"}
    assert completed(script, "pg2crdb", "lint", "--crdb", "=", "25.2") == {"25.2"}
    assert completed(script, "pg2crdb", "rules", "") == {"list", "explain", "test", "new"}


def check_others(root):
    zsh = root / "usr/share/zsh/vendor-completions/_pg2crdb"
    fish = root / "usr/share/fish/vendor_completions.d/pg2crdb.fish"
    for command in commands():
        for name in help_of(command) if command != "help" else ():
            assert re.search(rf"'\*--{name}[=\[]", zsh.read_text()), f"zsh does not know --{name}"
            assert f"from {command}' -l {name} " in fish.read_text(), f"fish does not know {command} --{name}"
    for shell, path in (("zsh", zsh), ("fish", fish)):
        if shutil.which(shell):
            run([shell, "-n", path])
        else:
            print(f"{shell} is not here: its file was only looked into")


def check_manual(page):
    text = page.read_text()
    for command in commands():
        if command == "help":
            continue
        part = re.search(rf"^\.SS pg2crdb {command}$(.*?)(?=^\.S[SH] )", text, re.MULTILINE | re.DOTALL)[1]
        for name in help_of(command):
            assert "\\fB\\-\\-" + name.replace("-", "\\-") + "\\fR" in part, f"the manual does not have {command} --{name}"
    statuses = re.findall(r"\b(\d) ", re.search(r"Exit status:(.*)", run([BINARY, "help"]), re.DOTALL)[1])
    assert len(statuses) > 5 and re.findall(r"^\.TP\n(\d)$", text, re.MULTILINE) == statuses, statuses
    if not shutil.which("groff"):
        return print("groff is not here: the manual was only looked into")
    shown = subprocess.run(["groff", "-man", "-Tutf8", "-ww", page], capture_output=True, text=True)
    assert shown.returncode == 0 and not shown.stderr, shown.stderr


def check_wheel(folder):
    """In an environment of its own, without any package index."""
    if importlib.util.find_spec("ensurepip") is None:
        return print("Python's venv is not here: the wheel was not looked at")
    wheel = run([SOURCE / "scripts/wheel", BUILD, folder / "wheels"]).strip()
    run([sys.executable, "-m", "venv", folder / "venv"])
    run([folder / "venv/bin/pip", "install", "--no-index", "--quiet", wheel])
    installed = folder / "venv/bin/pg2crdb"
    assert run([installed, "version"], cwd=folder) == run([BINARY, "version"], cwd=folder)
    assert (folder / "venv/share/doc/pg2crdb/rules.md").is_file()
    return None


def main():
    with tempfile.TemporaryDirectory(prefix="pg2crdb-package-") as folder:
        folder = Path(folder)
        run([CPACK, "-G", "DEB", "-B", folder / "made"], cwd=BUILD)
        [package] = (folder / "made").glob("*.deb")
        fields = run(["dpkg-deb", "-f", package, "Package", "Depends", "Recommends"])
        assert "Package: pg2crdb\n" in fields and "libc6" in fields and "libpq5" in fields, fields
        root = folder / "root"
        run(["dpkg-deb", "-x", package, root])
        installed = root / "usr/bin/pg2crdb"
        # A folder that is nobody's: what it needs it finds beside itself.
        dump = SOURCE / "bench/migration.sql"
        words = ["compile", dump, "--no-config", "--sequences", "uuid"]
        assert run([installed, *words], (0, 1), cwd=folder) == run([BINARY, *words], (0, 1), cwd=folder)
        for name in ("copyright", "NOTICE", "CHANGELOG.md", "rules.md"):
            assert (root / "usr/share/doc/pg2crdb" / name).is_file(), f"{name} is not in the package"
        check_bash(root / "usr/share/bash-completion/completions/pg2crdb")
        check_others(root)
        check_manual(root / "usr/share/man/man1/pg2crdb.1")
        check_wheel(folder)


if __name__ == "__main__":
    if not (shutil.which("dpkg-deb") and shutil.which("dpkg-shlibdeps") and CPACK.exists()):
        print("no dpkg or no cpack here: skipped")
        sys.exit(77)
    main()
