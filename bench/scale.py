"""The figures of the runtime at scale: hashes instead of rows, several workers, import files in object storage."""

import contextlib
import json
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

from measuring import MEGABYTE, PostgresServer, Run, figure, say

from cockroach_standin import CockroachStandin
from object_storage_program import Program

# Of types that both databases write alike: nothing but hashes has to travel.
TABLE = """CREATE TABLE public.visits (id bigint PRIMARY KEY, town integer NOT NULL, name text NOT NULL, amount numeric(12,2), open boolean NOT NULL,
    seen timestamp with time zone NOT NULL, token uuid NOT NULL);
"""
ROWS = """INSERT INTO public.visits
SELECT i, i % 36684, CASE i % 10 WHEN 0 THEN 'L''Haÿ-les-Roses ' ELSE 'Town ' END || substr(md5(i::text), 1, 4 + i % 24),
       CASE WHEN i % 7 <> 0 THEN (i % 10000019) / 100.0 END, i % 3 = 0,
       timestamptz '2001-02-03 04:05:06+00' + i * interval '61.000001 seconds', md5((i * 7)::text)::uuid
FROM generate_series(1, {rows}) AS i;
"""


def psql(url, *statements):
    return Run(["psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-d", url, *(word for sql in statements for word in ("-c", sql))])


def database_of_rows(server, rows):
    server.create_database("source")
    say(f"making {rows:,} rows")
    psql(server.url("source"), TABLE, ROWS.format(rows=rows), "VACUUM ANALYZE public.visits", "CHECKPOINT")
    return server.url("source")


def measure_push_down(options):
    rows = options.rows or (200_000 if options.quick else 5_000_000)
    rounds = 2 if options.quick else 3
    with tempfile.TemporaryDirectory(prefix="pg2crdb-bench-", dir=options.folder) as folder, PostgresServer() as server:
        source = database_of_rows(server, rows)
        say("j: verifying by hashes")
        psql(server.url("postgres"), "CREATE DATABASE target TEMPLATE source")
        target = server.url("target")
        compiled = Path(folder) / "compiled"
        Run([options.build / "pg2crdb", "compile", source, "--out-dir", compiled, "--no-config"], statuses=(0, 1))

        def verify(*words, statuses=(0,)):
            return Run([options.build / "pg2crdb", "verify", compiled, "--source", source, "--target", target, "--progress", "none",
                        "--state-dir", Path(folder) / "state", "--log-format", "json", *words], statuses=statuses)

        def travelled(run):
            lines = (json.loads(line) for line in run.log.splitlines() if line.startswith("{"))
            return sum(line["hash_bytes"] + line["row_bytes"] for line in lines if line.get("type") == "push-down")

        streams, pushes = [], []
        for _ in range(rounds):
            streams.append(verify())
            pushes.append(verify("--push-down"))
        sizes = psql(source, "SELECT sum(octet_length(concat_ws(E'\\t', id, town, name, coalesce(amount::text, '\\N'), open, seen, token)) + 1) "
                     "FROM public.visits")
        data = 2 * int(sizes.log)
        psql(target, f"UPDATE public.visits SET name = name || '.' WHERE id % {rows // 10} = 7")
        differing = verify("--push-down", statuses=(4,))
    found = re.search(r'"num_mismatch":(\d+)', differing.log)
    if found is None or found[1] != "10":
        sys.exit(f"bench: ten rows differ, verify found: {differing.log[-2000:]}")
    pushed, streamed = min(run.seconds for run in pushes), min(run.seconds for run in streams)
    reason = f"{os.cpu_count()} cores have both databases: each reads its rows, and hashing them costs more than sending them"
    return {"equal": figure("bytes that travel of equal rows / those of both sides", travelled(pushes[0]) / data, 0.001, "", "ranges are small"),
            "ten": figure("the same where ten rows differ", travelled(differing) / data, 0.01, "", "ranges are large"),
            "wall": figure("verify --push-down / verify, wall", pushed / streamed, 0.8, "times", reason),
            "details": {"rows": rows, "bytes": data, "equal_bytes": travelled(pushes[0]), "ten_bytes": travelled(differing),
                        "push_down_seconds": [round(run.seconds, 2) for run in pushes],
                        "verify_seconds": [round(run.seconds, 2) for run in streams],
                        "push_down_cpu_seconds": round(min(run.cpu_seconds for run in pushes), 2),
                        "verify_cpu_seconds": round(min(run.cpu_seconds for run in streams), 2)}}


def measure_workers(options):
    rows = options.rows or (200_000 if options.quick else 5_000_000)
    rounds = 2 if options.quick else 3
    with tempfile.TemporaryDirectory(prefix="pg2crdb-bench-", dir=options.folder) as folder, PostgresServer() as server:
        source = database_of_rows(server, rows)
        say("k: loading by workers")
        dump, compiled = Path(folder) / "visits.sql", Path(folder) / "compiled"
        Run(["pg_dump", "-d", source, "-f", dump])
        Run([options.build / "pg2crdb", "compile", dump, "--out-dir", compiled, "--no-config"], statuses=(0, 1))
        server.create_database("target")
        target = server.url("target")
        psql(target, TABLE)

        def empty():
            psql(target, "TRUNCATE public.visits", "DROP SCHEMA IF EXISTS pg2crdb CASCADE", "CHECKPOINT")

        def load(number):
            empty()
            return [Run([options.build / "pg2crdb", "load", compiled, "--target", target, "--jobs", "1", "--yes", "--progress", "none",
                         "--state-dir", Path(folder) / f"state-{number}"])]

        def share(workers):
            empty()
            words = [options.build / "pg2crdb", "worker", compiled, "--target", target, "--jobs", "1"]
            runs = [Run(words, waits=False) for _ in range(workers)]
            for run in runs:
                run.finish()
            return runs

        times = {"load": [], 1: [], 2: [], 4: []}
        for number in range(rounds):
            times["load"].append(load(number))
            for workers in (1, 2, 4):
                times[workers].append(share(workers))
                there = psql(target, "SELECT count(*) || ' ' || count(DISTINCT id) FROM public.visits").log.strip()
                if there != f"{rows} {rows}":
                    sys.exit(f"bench: {workers} workers brought {there} of {rows} rows")
    wall = {name: min(max(run.seconds for run in runs) for runs in of) for name, of in times.items()}
    cpu = {name: min(sum(run.cpu_seconds for run in runs) for runs in of) for name, of in times.items()}
    limit = f"{os.cpu_count()} cores have the server, too"
    return {"leases": figure("one worker / load, one job each, wall", wall[1] / wall["load"], 1.03, "times", limit),
            "leases_cpu": figure("the same, processor time of the clients", cpu[1] / cpu["load"], 1.03, "times", "notes of chunks and leases"),
            "two": figure("one worker / two", wall[1] / wall[2], 1.6, "times", limit, at_least=True),
            "details": {"rows": rows, "wall_seconds": {str(name): round(value, 2) for name, value in wall.items()},
                        "client_cpu_seconds": {str(name): round(value, 2) for name, value in cpu.items()}}}


def measure_storage(options):
    server, aws = shutil.which("versitygw"), shutil.which("aws")
    if server is None or aws is None:
        say("l: skipped: versitygw or aws is not on PATH, nothing is uploaded")
        return {"skipped": "versitygw or aws is not on PATH"}
    megabytes = 64 if options.quick else 1024
    rounds = 2 if options.quick else 3
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pg2crdb-bench-", dir=options.folder)))
        storage = Program(server).start()
        stack.callback(storage.stop)
        say(f"l: uploading {megabytes} MB")
        keys = {"AWS_ACCESS_KEY_ID": storage.key_id, "AWS_SECRET_ACCESS_KEY": storage.secret, "AWS_REGION": storage.region,
                "AWS_DEFAULT_REGION": storage.region}
        text = folder / "rows.csv"
        line = "12,9e3779b1,a sentence that is neither short nor long,7.25\n"
        with text.open("w") as out:  # a program's peak memory begins at that of who starts it
            out.writelines(line * (MEGABYTE // len(line)) for _ in range(megabytes))
        ours, theirs = [], []
        for _ in range(rounds):
            run = Run([options.build / "bench_upload", megabytes, storage.url()])
            ours.append((json.loads(run.log.splitlines()[-1])["seconds"], run))
            theirs.append(Run([aws, "--endpoint-url", storage.endpoint, "s3", "cp", "--quiet", text, f"s3://{storage.bucket}/theirs.csv"],
                              environment=keys))
        result = {"details": {"megabytes": megabytes, "ours_seconds": [round(seconds, 2) for seconds, _ in ours],
                              "awscli_seconds": [round(run.seconds, 2) for run in theirs],
                              "ours_cpu_seconds": [round(run.cpu_seconds, 2) for _, run in ours],
                              "awscli_cpu_seconds": [round(run.cpu_seconds, 2) for run in theirs]}}
        text.unlink()
        mine, other = min(seconds for seconds, _ in ours), min(run.seconds for run in theirs)
        result["upload"] = figure("speed of the upload / of awscli's", other / mine, 0.8, "times",
                                  f"ours took {mine:.2f} s, awscli {other:.2f} s", at_least=True)
        result["memory"] = figure("peak memory of the upload", max(run.peak_memory for _, run in ours) / MEGABYTE, 64, "MB",
                                  "a part for each core, and what libcurl holds")
        return result | measure_import(options, storage, folder, stack)


def measure_import(options, storage, folder, stack):
    """A load with IMPORT INTO by the tests' stand-in, which reads both in the same way: what it costs beside, is ours."""
    rows = min(options.rows or 200_000, 200_000)
    source = database_of_rows(stack.enter_context(PostgresServer()), rows)
    node = CockroachStandin().start()
    stack.callback(node.stop)
    say("l: IMPORT INTO")
    dump, compiled = folder / "visits.sql", folder / "compiled"
    Run(["pg_dump", "-d", source, "-f", dump])
    Run([options.build / "pg2crdb", "compile", dump, "--out-dir", compiled, "--no-config"], statuses=(0, 1))
    times = {"s3": [], "built-in": []}
    for number in range(3):
        for name, words in (("s3", ["--host-files", storage.url()]), ("built-in", [])):
            target = node.create_database(f"bench_{number}_{len(words)}")
            Run([options.build / "pg2crdb", "apply", compiled, "--target", target, "--phase", "roles", "--phase", "pre-data", "--yes",
                 "--state-dir", folder / f"apply-{number}-{name}"])
            times[name].append(Run([options.build / "pg2crdb", "load", compiled, "--target", target, "--method", "import-into", "--yes",
                                    "--progress", "none", "--state-dir", folder / f"load-{number}-{name}", *words]).seconds)
    s3, built_in = min(times["s3"]), min(times["built-in"])
    return {"import": figure("load with IMPORT INTO from S3 / from the built-in server", s3 / built_in, 1.1, "times",
                             f"{s3:.2f} s and {built_in:.2f} s, most of it the stand-in's import"),
            "import_details": {"rows": rows} | {f"{name}_seconds": [round(one, 2) for one in of] for name, of in times.items()}}
