"""An option that a message advises is one of the command that prints it."""

import re
import unittest

from _command_line import SOURCE, CommandLine

FOLDERS = "support diag target ast plan rows parser grammar rewrite bind order routines passes emit runtime scan console driver".split()
COMPILING = ("compile", "lint", "apply", "load", "verify", "migrate")

# Which commands print what a file of these says. The longest beginning counts; a command's own file is not listed.
COMMANDS = {
    "": COMPILING,
    "driver/baseline": ("lint",),
    "console/": ("console",),
    "driver/certificate_file": ("verify",),
    "driver/chosen_tables": ("load", "verify", "migrate"),
    "driver/config": ("compile", "lint"),
    "driver/console": ("console",),
    "driver/decision_file": ("decide",),
    "driver/choices": ("compile", "lint"),
    "driver/execution": ("load", "verify"),
    "driver/fix": ("lint",),
    "driver/lsp": ("lsp",),
    "driver/options": ("compile", "load"),
    "driver/report": ("compile", "lint"),
    "driver/target_database": ("apply",),
    "driver/run_output": ("load", "verify", "worker", "migrate"),
    "driver/row_questions": ("compile", "lint", "migrate"),
    "driver/worker_command": ("worker",),
    "driver/workload": ("lint",),
    "passes/row_statements": ("compile", "lint"),
    "runtime/": ("load", "migrate"),
    "runtime/apply": ("apply", "migrate"),
    "runtime/certificate": ("verify",),
    "runtime/check_certificate": ("verify",),
    "runtime/check_target": ("apply", "load", "migrate"),
    "runtime/journal": ("apply", "load", "migrate"),
    "runtime/rehearse": ("apply",),
    "runtime/revalidate": ("revalidate", "migrate"),
    "runtime/sample": ("verify",),
    "runtime/empty_table": ("load", "worker", "migrate"),
    "runtime/leases": ("worker",),
    "runtime/load_status": ("status",),
    "runtime/part": ("worker",),
    "runtime/shared_moment": ("load", "worker"),
    "runtime/worker": ("worker",),
    "runtime/verify": ("verify", "migrate"),
    "runtime/compare": ("verify", "migrate"),
    "scan/": ("compile", "lint", "migrate"),
}
FOREIGN = ("pg_dump", "pg_restore", "iconv")
# What they hold are arguments of those, of git and of our own commands, and our own option without advice.
ARGUMENTS = ("driver/console_run.cpp", "support/archive.cpp", "driver/pg_dump.cpp", "driver/changed_lines.cpp")

LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
OPTION = re.compile(r"(?<![\w-])--([a-z][a-z-]*[a-z])")


def texts(source):
    """The string literals of a C++ source, those that follow each other as one, with the line of the first."""
    source = re.sub(r"(?m)//.*$", lambda found: " " * len(found[0]) if found[0].count('"') % 2 == 0 else found[0], source)
    text, line, end = "", 0, 0
    for found in LITERAL.finditer(source):
        if text and source[end:found.start()].strip():
            yield line, text
            text = ""
        if not text:
            line = source.count("\n", 0, found.start()) + 1
        text, end = text + found[1], found.end()
    if text:
        yield line, text


def advised(text):
    """The options that a message names, each with the program or command whose it is, where it says so."""
    for found in OPTION.finditer(text):
        before = text[:found.start()]
        named = re.search(r"pg2crdb (\w+)(?:(?!pg2crdb)[^`\n])*$", before) or re.search(r"`(\w+) [^`]*$", before)
        other = re.search(r"\b(pg_dump|pg_restore|iconv)\b[^`\n|]*$", before)
        yield found[1], other[1] if other else named[1] if named else None


def commands_of(path):
    if path.startswith("driver/") and path.endswith("_command.cpp"):
        return (path[len("driver/"):-len("_command.cpp")],)
    return COMMANDS[max((beginning for beginning in COMMANDS if path.startswith(beginning)), key=len)]


class Messages(CommandLine):
    maxDiff = None

    def options_of(self, command):
        return set(re.findall(r"--([a-z-]+)", self.run_tool("help", command).out)) | {"help", "version"}

    def test_advised_options_exist(self):
        commands = re.findall(r"(?m)^  ([a-z]+)  ", self.run_tool("help").out)
        self.assertIn("migrate", commands)
        options = {command: self.options_of(command) for command in commands}
        seen, wrong = 0, []
        for folder in FOLDERS:
            for path in sorted((SOURCE / folder).rglob("*")):
                name = path.relative_to(SOURCE).as_posix()
                if path.suffix not in (".cpp", ".h", ".def", ".rule") or name in ARGUMENTS:
                    continue
                for line, text in texts(path.read_text()):
                    for option, whose in advised(text):
                        seen += 1
                        if whose in FOREIGN:
                            continue
                        lacking = [command for command in ((whose,) if whose else commands_of(name))
                                   if option not in options.get(command, ())]
                        if lacking:
                            wrong.append(f"{name}:{line}: --{option} is no option of {', '.join(lacking)}")
        self.assertGreater(seen, 100)
        self.assertEqual("\n".join(wrong), "")


if __name__ == "__main__":
    unittest.main()
