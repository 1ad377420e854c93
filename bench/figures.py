"""Measures the performance figures and prints them as one JSON object; scripts/bench builds first, then runs this.

Each figure is a ratio of two things measured in this run, one after the other, and has "value", "limit" and "met"; one
that is not met says in "reason" which part costs most. What is measured:
  a  one core: a compile of all DDL of the corpus, against libpg_query's raw parse of the same text; the whole process over
     it as one file, without and with the self-check, the report and the load plan; and the compile with 200 user rules
     against the one without
  b  the speed and peak memory of the compile of a dump that is mostly COPY data; what asking its rows costs, against `wc -l`
  c  the load of rows through the runtime, against `psql COPY TO | psql COPY FROM`: wall and processor time, peak memory;
     how fast a core turns COPY's text into the CSV that is sent
  d  the verification of those rows, against two COPY TO streams at the same time: the same
  e  the check of the output of a 2.5 MB schema with CockroachDB's grammar, in seconds and as a share of its compile
  f  the lint of a migration of 50 lines (bench/migration.sql), start to end, in milliseconds and against `pg2crdb version`;
     where `squawk` is on PATH, its lint of the corpus' files in one call against ours
  g  large scripts (bench/large_script.py): 40,000 tables with all that hangs on them, in seconds and peak memory and
     against a raw parse of it; time per object of 100 to 100,000 objects; a table that grows by thousands of columns; views
     that read lists of thousands of values
  h  an edit in a file of 60,000 lines that an editor has open (bench/editor.py): until it is answered, in milliseconds and
     against a lint of the file; until all of the file is behind the answer
  i  the pages of a schema of 2,000 tables in a headless Chromium (bench/page.py): seconds until the HTML report is open, its
     size, and milliseconds of each kind of action in the console; skipped, and said so, where no Chromium is on PATH
  j  the verification by hashes of the databases (--push-down) of rows that are equal and of rows of which ten are not: the
     share of the data that travels, wall time against a verification that reads all rows
  k  one, two and four workers (bench/scale.py) that share a load, on one machine, against `load`
  l  the upload of a gigabyte in parts to a versitygw against that of awscli, and a load with IMPORT INTO from there against
     one from the built-in server; skipped, and said so, where versitygw or aws is not on PATH
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path

import dump_file
import editor
import large_script
import page
import scale
import user_rules
from measuring import GIGABYTE, MEGABYTE, SOURCE, PostgresServer, Run, figure, say, shell

def measure_compile(options):
    corpus = Path(os.environ.get("PG2CRDB_CORPUS", SOURCE.parent / "shared/corpus"))
    files = sorted(corpus.rglob("*.sql")) if corpus.is_dir() else []
    if not files:
        return {"skipped": "no corpus: set PG2CRDB_CORPUS to a folder of dumps"}
    say(f"a: compile of {len(files)} files' DDL on one core")
    with tempfile.TemporaryDirectory(prefix="pg2crdb-bench-") as folder:
        rules = Path(folder) / "house.rule"
        user_rules.write(rules)
        text = Path(folder) / "corpus.sql"
        done = subprocess.run([options.build / "bench_compile", "--rounds", "5" if options.quick else "15", "--rules", rules,
                               "--ddl", text, *files], check=True, stdout=subprocess.PIPE)
        whole = measure_whole(options, text, Path(folder))
    details = json.loads(done.stdout)
    ddl = details["ddl"]
    parts = {part: ddl[f"{part}_seconds"] / ddl["raw_parse_seconds"] for part in ("read_and_parse", "passes", "emit")}
    reason = "in raw parses: " + ", ".join(f"{part} {share:.2f}" for part, share in parts.items())
    return {"ratio": figure("compile of the corpus' DDL / libpg_query's raw parse of it", ddl["ratio"], 3.0, "times", reason),
            "rules": figure(f"what {details['rules']['rules']} user rules add to that compile", details["rules"]["cost"], 0.1,
                            "of it", f"reading them takes {details['rules']['reading_seconds']:.3f} s of "
                            f"{details['rules']['with_seconds']:.3f} s"),
            "whole": whole, "details": details}


def measure_whole(options, text, folder):
    """The whole process over one file, processor seconds of all its threads, against a raw parse of the file."""
    compile_it = [options.build / "pg2crdb", "compile", text, "--no-config", "--quiet"]
    raws, plain, full = [], [], []
    for _ in range(3 if options.quick else 7):
        raws.append(raw_parse(options, text)[0])
        plain.append(Run([*compile_it, "--no-self-check", "-o", folder / "out.sql"], statuses=(0, 1)))
        full.append(Run([*compile_it, "--out-dir", folder / "out"], statuses=(0, 1)))
    raw = min(raws)
    memory = max(run.peak_memory for run in plain) / MEGABYTE
    reason = "see details of the compile"
    return {"plain": figure("whole process, corpus' DDL as one file, --no-self-check / raw parse",
                            min(run.cpu_seconds for run in plain) / raw, 3.0, "times", reason),
            "full": figure("the same with self-check, report and load plan / raw parse",
                           min(run.cpu_seconds for run in full) / raw, 4.5, "times", reason),
            "wall": figure("the same, wall / raw parse on one core", min(run.seconds for run in full) / raw, 2.0, "times",
                           reason),
            "details": {"raw_parse_seconds": raw, "peak_memory_mb": round(memory, 1)}}


def raw_parse(options, text):
    """Seconds and peak memory of a raw parse of a file."""
    run = Run([options.build / "bench_compile", "--raw", text])
    return float(run.log), run.peak_memory


def measure_large(options):
    say("g: large scripts")
    with tempfile.TemporaryDirectory(prefix="pg2crdb-bench-", dir=options.folder) as folder:
        text = Path(folder) / "large.sql"

        plain = ["--no-self-check", "-o", Path(folder) / "out.sql"]
        full = ["--out-dir", Path(folder) / "out"]

        def compiled(statements, output=plain):
            with text.open("w") as out:
                out.writelines(statements)
            return min((Run([options.build / "pg2crdb", "compile", text, "--no-config", "--quiet", *output],
                            statuses=(0, 1)) for _ in range(3)),
                       key=lambda run: run.cpu_seconds)

        count = 4_000 if options.quick else 40_000
        tenth = compiled(large_script.tables(count // 10), full)
        whole = compiled(large_script.tables(count), full)
        tables = compiled(large_script.tables(count))
        raw_seconds, raw_memory = raw_parse(options, text)
        sizes = (100, 1_000, 10_000) if options.quick else (100, 1_000, 10_000, 100_000)
        mixed = {size: compiled(large_script.mixed(size)) for size in sizes}
        start = compiled([]).cpu_seconds
        each = {size: (run.cpu_seconds - start) / size * 1e6 for size, run in mixed.items()}
        grown = {size: compiled(large_script.columns(size)) for size in (1_000, 2_000, 4_000)}
        listed = {size: compiled(large_script.lists(size)) for size in (1_000, 10_000, 20_000)}
    return {"seconds": figure(f"compile of {count:,} tables / a raw parse of it", tables.cpu_seconds / raw_seconds, 4.0, "times",
                              "see a"),
            "memory": figure(f"peak memory of that / a raw parse's", tables.peak_memory / raw_memory, 2.0, "times", "see a"),
            "full": figure("the same with self-check, report and load plan / a raw parse", whole.cpu_seconds / raw_seconds, 6.0,
                           "times", "see a"),
            "full_flat": figure("time per table of that / of a tenth of the tables",
                                whole.cpu_seconds / 10 / tenth.cpu_seconds, 1.2, "times", "a part grows faster than the script"),
            "flat": figure("time per object, the largest script / one of 1,000 objects", each[sizes[-1]] / each[1_000], 1.2,
                           "times", "a part grows faster than the script"),
            "details": {"tables_seconds": round(tables.cpu_seconds, 2),
                        "tables_peak_memory_mb": round(tables.peak_memory / MEGABYTE, 1),
                        "full_seconds": round(whole.cpu_seconds, 2),
                        "full_peak_memory_mb": round(whole.peak_memory / MEGABYTE, 1),
                        "raw_parse_seconds": raw_seconds, "raw_parse_peak_memory_mb": round(raw_memory / MEGABYTE, 1),
                        "microseconds_per_object": {size: round(value, 1) for size, value in each.items()},
                        "peak_memory_mb": {size: round(run.peak_memory / MEGABYTE, 1) for size, run in mixed.items()},
                        "seconds_of_columns_added_one_by_one": {size: round(run.cpu_seconds, 3)
                                                                for size, run in grown.items()},
                        "seconds_of_lists": {size: round(run.cpu_seconds, 3) for size, run in listed.items()}}}


def measure_self_check(options):
    corpus = Path(os.environ.get("PG2CRDB_CORPUS", SOURCE.parent / "shared/corpus"))
    # Schemas first: rows as INSERTs are no output.
    files = sorted(corpus.rglob("*.sql"), key=lambda path: (path.name not in ("structure.sql", "schema.sql"), path))
    if not files:
        return {"skipped": "no corpus: set PG2CRDB_CORPUS to a folder of dumps"}
    say("e: check of a schema's output")
    done = subprocess.run([options.build / "bench_self_check", *files], check=True, stdout=subprocess.PIPE)
    details = json.loads(done.stdout)
    check, compiled = details["check_seconds"], details["compile_seconds"]
    reason = (f"the scanner alone takes {details['scan_seconds']:.2f} s, the grammar and one statement "
              f"{details['one_statement_seconds']:.2f} s")
    return {"seconds": figure("check of the output of a 2.5 MB schema", check, 1.0, "s", reason),
            "share": figure("its share of the whole compile", check / (check + compiled), 0.2, "", reason), "details": details}


def measure_squawk(options):
    """Empty where there is no squawk or no corpus. It gives up behind a syntax error, and files with many rows take it
    minutes: they are left out."""
    corpus = Path(os.environ.get("PG2CRDB_CORPUS", SOURCE.parent / "shared/corpus"))
    files = sorted(path for path in corpus.rglob("*.sql") if path.stat().st_size <= 300_000)
    squawk = shutil.which("squawk")
    if squawk is None or not files:
        return {}
    say("f: lint of the corpus, ours and squawk's")
    ours, theirs = [], []
    for _ in range(1 if options.quick else 3):
        ours.append(Run([options.build / "pg2crdb", "lint", "--no-config", "--quiet", *files], statuses=(0, 1)))
        theirs.append(Run([squawk, *files], statuses=(0, 1)))
    mine, other = min(run.seconds for run in ours), min(run.seconds for run in theirs)
    return {"squawk": figure(f"squawk's lint of {len(files)} files of the corpus / ours, wall", other / mine, 5.0, "times",
                             f"ours takes {mine:.2f} s, squawk {other:.2f} s", at_least=True)}


def measure_start(options):
    say("f: lint of a migration of 50 lines")
    rounds = 10 if options.quick else 40
    program = options.build / "pg2crdb"
    lints, starts = [], []
    for _ in range(rounds):
        lints.append(Run([program, "lint", SOURCE / "bench/migration.sql", "--no-config"], statuses=(0, 1)))
        starts.append(Run([program, "version"]))
    lint, start = min(run.seconds for run in lints), min(run.seconds for run in starts)
    reason = f"the start of the program alone takes {start * 1000:.1f} ms"
    return {"milliseconds": figure("lint of a migration of 50 lines", lint * 1000, 5.0, "ms", reason),
            "ratio": figure("that / `pg2crdb version`", lint / start, 2.0, "times", reason),
            **measure_squawk(options),
            "details": {"lint_cpu_ms": round(min(run.cpu_seconds for run in lints) * 1000, 2),
                        "version_cpu_ms": round(min(run.cpu_seconds for run in starts) * 1000, 2)}}


def measure_editor(options):
    say("h: edits in a file of 60,000 lines")
    with tempfile.TemporaryDirectory(prefix="pg2crdb-bench-", dir=options.folder) as folder:
        path = Path(folder) / "schema.sql"
        path.write_text("".join(large_script.tables(2400)))
        lint = min(Run([options.build / "pg2crdb", "lint", path, "--in-order", "--no-config"], statuses=(0, 1)).seconds
                   for _ in range(3))
        times = editor.measure(options.build / "pg2crdb", path, 5 if options.quick else 15)
    slowest = max(times["answer"] + times["interrupting"])
    reason = f"a lint of the file takes {lint:.2f} s"
    return {"milliseconds": figure("slowest answer to an edit in 60,000 lines", slowest * 1000, 50, "ms", reason),
            "ratio": figure("the same / a lint of the file", slowest / lint, 0.2, "times", reason),
            "whole": figure("all of the file behind an edit / a lint of it", max(times["whole"]) / lint, 1.5, "times", reason),
            "details": {"lint_seconds": round(lint, 3)} | {
                name + "_ms": [round(one * 1000, 1) for one in values] for name, values in times.items()}}


def measure_page(options):
    if page.CHROMIUM is None:
        say("i: skipped: no chromium on PATH, no page is opened")
        return {"skipped": "no chromium on PATH: install it, and run `scripts/bench --only i`"}
    tables = 200 if options.quick else 2000
    say(f"i: the report and the console of {tables:,} tables")
    with tempfile.TemporaryDirectory(prefix="pg2crdb-bench-", dir=options.folder) as folder:
        found = page.measure(options.build / "pg2crdb", Path(folder), tables, 3 if options.quick else 5)
    opening = statistics.median(found["report_seconds"])
    reason = "the cores are not free, or the page does too much before it is shown"
    actions = {name: figure(f"console, {name}", statistics.median(times), 200, "ms",
                            f"all is compiled anew in {found['compile_ms']} ms") for name, times in found["actions"].items()}
    return {"report": figure(f"HTML report of {tables:,} tables opens", opening, 1.0, "s", reason),
            "size": figure("its file", found["report_bytes"] / MEGABYTE, 15, "MB", "it has too much in it"),
            "console": figure("the console of them opens", statistics.median(found["console_seconds"]), 1.0, "s", reason),
            "actions": actions,
            "details": {"statements": found["statements"], "compile_ms": found["compile_ms"],
                        "report_seconds": [round(one, 3) for one in found["report_seconds"]],
                        "console_seconds": [round(one, 3) for one in found["console_seconds"]],
                        "actions_ms": {name: [round(one, 1) for one in times] for name, times in found["actions"].items()}}}


def measure_dump(options):
    folder = tempfile.mkdtemp(prefix="pg2crdb-bench-", dir=options.folder)
    try:
        free = shutil.disk_usage(folder).free
        size = options.dump_size or (GIGABYTE // 2 if options.quick else
                                     10 * GIGABYTE if free >= 25 * GIGABYTE else 2 * GIGABYTE)
        path = Path(folder) / "large.sql"
        say(f"b: writing a dump of {size / GIGABYTE:g} GB")
        size = dump_file.write_dump(path, size)
        say("b: compiling it")
        reads, runs = [], []
        for _ in range(3):
            reads.append(shell(f"cat '{path}'").seconds)
            runs.append(Run([options.build / "pg2crdb", "compile", path, "--out-dir", Path(folder) / "out", "--no-config"],
                            statuses=(0, 1)))
        scan = measure_scan(options, path, size)
        best = min(runs, key=lambda run: run.seconds)
        speed = size / best.seconds / GIGABYTE
        memory = max(run.peak_memory for run in runs) / MEGABYTE
        read_speed = size / min(reads) / GIGABYTE
        reason = (f"`cat` reads it at {read_speed:.2f} GB/s; the compile used {best.cpu_seconds:.1f} s of processor time "
                  f"in {best.seconds:.1f} s")
        return {"speed": figure("compile of a dump of mostly COPY data", speed, 1.8, "GB/s", reason, at_least=True),
                "memory": figure("its peak memory", memory, 64, "MB", "grows with the input"),
                "scan": scan,
                "details": {"bytes": size, "free_bytes_before": free, "seconds": [round(run.seconds, 2) for run in runs],
                            "cpu_seconds": [round(run.cpu_seconds, 2) for run in runs],
                            "cat_seconds": [round(seconds, 2) for seconds in reads]}}
    finally:
        shutil.rmtree(folder)


def measure_scan(options, path, size):
    """What it costs to ask all rows for one of nine columns, against counting their lines."""
    lint = [options.build / "pg2crdb", "lint", path, "--no-config"]
    lines, asked, unasked = [], [], []
    for _ in range(3):
        lines.append(Run(["wc", "-l", path]).cpu_seconds)
        asked.append(Run([*lint, "--scan-data"], statuses=(0, 1)))
        unasked.append(Run([*lint, "--no-scan-data"], statuses=(0, 1)))
    cost = min(run.cpu_seconds for run in asked) - min(run.cpu_seconds for run in unasked)
    memory = max(run.peak_memory for run in asked) / MEGABYTE
    reason = f"rows cost {cost:.2f} s of a core"
    return {"speed": figure("rows asked for one of nine columns, a core", size / cost / GIGABYTE, 0.5, "GB/s", reason,
                            at_least=True),
            "ratio": figure("the same / `wc -l` of the dump, processor time", cost / min(lines), 12, "times", reason),
            "memory": figure("peak memory", memory, 128, "MB", "grows with the input")}


class Databases:
    """One PostgreSQL server with the rows in `source`, and `target`, which has the empty table."""

    def __init__(self, server, rows, folder, build):
        self.server, self.build, self.folder = server, build, Path(folder)
        self.rows = rows
        self.source, self.target = server.url("source"), server.url("target")
        for name in ("source", "target"):
            server.create_database(name)
            self.psql(self.server.url(name), dump_file.TABLE.format(name="visits") + dump_file.KEY.format(name="visits"))
        say(f"c, d: making {rows:,} rows")
        self.psql(self.source, dump_file.ROWS.format(name="visits", rows=rows))
        self.psql(self.source, "VACUUM ANALYZE public.visits")
        self.dump = self.folder / "visits.sql"
        Run(["pg_dump", "-d", self.source, "-f", self.dump])
        Run([build / "pg2crdb", "compile", self.dump, "--out-dir", self.folder / "compiled", "--no-config"], statuses=(0, 1))

    def psql(self, url, sql):
        Run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql])

    def copy_to(self, url):
        return f"psql -X -q -d '{url}' -c 'COPY public.visits TO STDOUT'"

    def pipe(self):
        self.empty()
        return shell(f"{self.copy_to(self.source)} | psql -X -q -v ON_ERROR_STOP=1 -d '{self.target}' "
                     "-c 'COPY public.visits FROM STDIN'")

    def empty(self):
        self.psql(self.target, "TRUNCATE public.visits")
        self.psql(self.target, "CHECKPOINT")

    def load(self, number, *words):
        self.empty()
        return Run([self.build / "pg2crdb", "load", self.folder / "compiled", "--target", self.target, "--state-dir",
                    self.folder / f"state-{number}", "--yes", "--progress", "none", *words])

    def verify(self, *words):
        return Run([self.build / "pg2crdb", "verify", self.folder / "compiled", "--source", self.source, "--target",
                    self.target, "--progress", "none", *words])

    def two_streams(self):
        """Both COPY TO at the same time."""
        return shell(f"{self.copy_to(self.source)} & other=$!; {self.copy_to(self.target)} && wait $other")


def spent(run):
    return f"it used {run.cpu_seconds:.1f} s of processor time in {run.seconds:.1f} s, on {os.cpu_count()} cores"


def measure_load(databases, rounds):
    say("c: loading")
    pipes, live, dumped = [], [], []
    for number in range(rounds):
        pipes.append(databases.pipe())
        dumped.append(databases.load(f"dump-{number}"))
        live.append(databases.load(f"live-{number}", "--source", databases.source))
    pipe, pipe_cpu = min(run.seconds for run in pipes), min(run.cpu_seconds for run in pipes)
    result = {}
    for name, what, runs in (("from_source", "a live PostgreSQL", live), ("from_dump", "a dump file", dumped)):
        best = min(runs, key=lambda run: run.seconds)
        memory = max(run.peak_memory for run in runs) / MEGABYTE
        result[name] = figure(f"load from {what} / `psql COPY TO | psql COPY FROM`", best.seconds / pipe, 0.75, "times",
                              spent(best))
        result[name + "_cpu"] = figure(f"the same from {what}, processor time of the clients",
                                       min(run.cpu_seconds for run in runs) / pipe_cpu, 0.6, "times", spent(best))
        result[name + "_memory"] = figure(f"peak memory of the load from {what}", memory, 64, "MB", spent(best))
    result["details"] = {"rows": databases.rows, "dump_bytes": databases.dump.stat().st_size,
                         "copy_pipe_seconds": [round(run.seconds, 2) for run in pipes],
                         "copy_pipe_cpu_seconds": [round(run.cpu_seconds, 2) for run in pipes],
                         "from_source_seconds": [round(run.seconds, 2) for run in live],
                         "from_source_cpu_seconds": [round(run.cpu_seconds, 2) for run in live],
                         "from_dump_seconds": [round(run.seconds, 2) for run in dumped],
                         "from_dump_cpu_seconds": [round(run.cpu_seconds, 2) for run in dumped]}
    return result


def measure_transcoding(options):
    say("c: transcoding")
    speed = json.loads(Run([options.build / "bench_transcode", "20"]).log)
    return {rows: figure(f"COPY text to CSV, {rows} rows, a core", speed[rows], limit, "GB/s", "the bytes are looked at more than once",
                         at_least=True)
            for rows, limit in (("plain", 2), ("trap", 1))}


def measure_verify(databases, rounds, loaded):
    say("d: verifying")
    if not loaded:
        databases.pipe()
    streams, runs = [], []
    for _ in range(rounds):
        streams.append(databases.two_streams())
        runs.append(databases.verify())
    best = min(runs, key=lambda run: run.seconds)
    together, together_cpu = min(run.seconds for run in streams), min(run.cpu_seconds for run in streams)
    cpu, memory = min(run.cpu_seconds for run in runs), max(run.peak_memory for run in runs) / MEGABYTE
    summary = [line for line in best.log.splitlines() if "finished row verification" in line]
    return {"together": figure("verify / two COPY TO streams at the same time", best.seconds / together, 1.1, "times",
                               spent(best)),
            "cpu": figure("the same, processor time of the clients", cpu / together_cpu, 1.6, "times", spent(best)),
            "memory": figure("peak memory of verify", memory, 32, "MB", spent(best)),
            "details": {"rows": databases.rows, "verified": summary, "verify_seconds": [round(run.seconds, 2) for run in runs],
                        "verify_cpu_seconds": [round(run.cpu_seconds, 2) for run in runs],
                        "streams_together_seconds": [round(run.seconds, 2) for run in streams],
                        "streams_together_cpu_seconds": [round(run.cpu_seconds, 2) for run in streams]}}


def all_figures(node):
    """Every entry with a "met" below `node`."""
    if isinstance(node, dict):
        if "met" in node:
            yield node
        else:
            for child in node.values():
                yield from all_figures(child)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="a,b,c,d,e,f,g,h,i,j,k,l", help="the figures to measure (default: %(default)s)")
    parser.add_argument("--quick", action="store_true", help="small inputs and few rounds: shows that it works")
    parser.add_argument("--dump-size", type=int, help="bytes of the dump of figure b (default: 10 GB, 2 GB on a full disk)")
    parser.add_argument("--rows", type=int, help="rows of figures c, d, j and k (default: 5,000,000)")
    parser.add_argument("--folder", help="where large files are made (default: the system's folder for temporary files)")
    parser.add_argument("--build", type=Path, default=SOURCE / "build/release", help="the folder of the programs")
    options = parser.parse_args()
    options.build = options.build.resolve()
    only = set(options.only.split(","))
    if not only <= set("abcdefghijkl"):
        parser.error("--only takes letters of a to l")

    result = {"machine": {"cores": os.cpu_count(), "load_average_before": os.getloadavg()}, "quick": options.quick}
    if "a" in only:
        result["a"] = measure_compile(options)
    if "b" in only:
        result["b"] = measure_dump(options)
    if only & {"c", "d"}:
        rows = options.rows or (200_000 if options.quick else 5_000_000)
        rounds = 2 if options.quick else 3
        with tempfile.TemporaryDirectory(prefix="pg2crdb-bench-", dir=options.folder) as folder, PostgresServer() as server:
            databases = Databases(server, rows, folder, options.build)
            if "c" in only:
                result["c"] = measure_load(databases, rounds) | {"transcoding": measure_transcoding(options)}
            if "d" in only:
                result["d"] = measure_verify(databases, rounds, loaded="c" in only)
    if "e" in only:
        result["e"] = measure_self_check(options)
    if "f" in only:
        result["f"] = measure_start(options)
    if "g" in only:
        result["g"] = measure_large(options)
    if "h" in only:
        result["h"] = measure_editor(options)
    if "i" in only:
        result["i"] = measure_page(options)
    if "j" in only:
        result["j"] = scale.measure_push_down(options)
    if "k" in only:
        result["k"] = scale.measure_workers(options)
    if "l" in only:
        result["l"] = scale.measure_storage(options)
    result["machine"]["load_average_after"] = os.getloadavg()
    figures = list(all_figures(result))
    result["all_met"] = all(entry["met"] for entry in figures)
    for entry in figures:
        say(f"{'met   ' if entry['met'] else 'MISSED'} {entry['figure']}: {entry['value']} {entry['unit']} "
            f"(limit {entry['limit']})")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
