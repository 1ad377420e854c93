"""The source script in PostgreSQL, its translation in the stand-in: the two catalogs and all rows must be equal.

    differential_test.py --histories 500 --seed 1      random histories; without a number those of each change
    differential_test.py --files a.sql b.sql           scripts
    differential_test.py --dumps                       everything.sql, by each pg_dump and under each of its options
    differential_test.py --in-order --histories 100    with `compile --in-order`: statement by statement
    differential_test.py --corpus                      what lies in ../shared/corpus and ../shared/cases

Prints how many came to what, and each failure with the script made as small as it gets. The exit status is 1 where
something failed, 77 where there is no PostgreSQL.
"""

import argparse
import collections
import concurrent.futures
import multiprocessing
import multiprocessing.util
import os
import pathlib
import sys
import tempfile
import time

import world  # first: it finds the modules of the stand-in
import dumps
import histories
from known_histories import KNOWN, KNOWN_FILES, KNOWN_IN_ORDER, OF_EACH_CHANGE, OF_EACH_CHANGE_IN_ORDER
from shrink import shrink

SHARED = pathlib.Path(os.environ.get("PG2CRDB_SHARED", world.SOURCE_DIR / "../shared"))
# So many scripts are tried before it is printed what they came to.
_SLICE = 1000
_worker = None


def _start(source_programs, in_order):
    """Begins a worker process: it has servers of its own, which end with it."""
    global _worker
    _worker = world.World(source_programs, in_order)
    _worker.__enter__()
    multiprocessing.util.Finalize(None, _worker.__exit__, args=(None, None, None), exitpriority=10)


def _history(seed):
    result, taken = _worker.try_history(histories.generate(seed))
    return [(f"history {seed}", result, len(taken))]


def _shrunk(seed, sign):
    """A history again, now as small as it gets: (Result, script)."""
    result, taken = _worker.try_history(histories.generate(seed))
    if sign in result.signs:
        taken, result = shrink(_worker, taken, result, sign)
    return result, "".join(statement.text() for statement in taken)


def _file(path):
    return [(path, _worker.try_file(pathlib.Path(path)), 0)]


def _dumps(alike):
    """Dumps that make the same; what they come to is found out anew only where compile makes something else of one."""
    results = _worker.try_alike([dump.path for dump in alike], dumps.EVERYTHING if alike[0].clean else None)
    return [(dump.name, result, 0) for dump, result in zip(alike, results)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--histories", type=int, nargs="?", const=-1, default=0, metavar="N",
                        help="so many; without a number those that are tried of each change (known_histories.py)")
    parser.add_argument("--seed", type=int, default=1, help="of the first history; the next has the next number")
    parser.add_argument("--files", nargs="*", default=[])
    parser.add_argument("--corpus", action="store_true")
    parser.add_argument("--dumps", action="store_true")
    parser.add_argument("--in-order", action="store_true", help="compile statement by statement, as for migrations")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--show", type=int, default=3, metavar="N", help="so many failures of each kind are shown")
    arguments = parser.parse_args()
    try:
        world.postgres_bin()
    except world.PostgresServerError as problem:
        print(f"skipped: {problem}", file=sys.stderr)
        return 77
    files = list(arguments.files)
    if absent := [path for path in files if not pathlib.Path(path).is_file()]:
        parser.error(f"no such file: {', '.join(absent)}")
    if arguments.corpus:
        for folder in ("corpus", "cases"):
            if (SHARED / folder).is_dir():
                files += sorted(map(str, (SHARED / folder).rglob("*.sql")))
            else:
                print(f"skipped: {SHARED / folder} is not here")
    seeds = range(arguments.seed, arguments.seed + arguments.histories)
    if arguments.histories == -1:
        seeds = OF_EACH_CHANGE_IN_ORDER if arguments.in_order else OF_EACH_CHANGE
    work = [(_history, seed) for seed in seeds] + [(_file, path) for path in files]
    failed = _try(work, arguments) if work else False
    if arguments.dumps:
        failed |= _try_dumps(arguments)
    return 1 if failed else 0


def _try(work, arguments, source_programs=None):
    """Does the work, prints what it came to; True when something failed."""
    started = time.monotonic()
    with concurrent.futures.ProcessPoolExecutor(arguments.jobs, multiprocessing.get_context("fork"), _start, (source_programs, arguments.in_order)) as pool:
        results, shown = [], collections.Counter()
        for first in range(0, len(work), _SLICE):
            found = [entry for entries in pool.map(_run, work[first:first + _SLICE]) for entry in entries]
            results += found
            _show([entry for entry in found if _known(entry[0], arguments) is None], pool, arguments.show, shown)
    counts = collections.Counter(result.outcome for _, result, _ in results)
    alike = len(results) - len({id(result) for _, result, _ in results})
    print(f"\n{len(results)} scripts{f', {alike} of them with the output of another,' if alike else ''} in {time.monotonic() - started:.0f} s: "
          + ", ".join(f"{count} {outcome}" for outcome, count in counts.most_common())
          + f"; {sum(result.excused for _, result, _ in results)} differences that a finding says", flush=True)
    known = {name: reason for name, _, _ in results if (reason := _known(name, arguments))}
    for name, result, _ in results:
        if name in known:
            print(f"known: {name}: {result.outcome}: {known[name]}" if result.failed else
                  f"mended: {name} is equal: take it out of known_histories.py")
    return any(result.failed != (name in known) for name, result, _ in results)


def _known(name, arguments):
    """Why this history or file is known to fail; None for all others."""
    kind, _, seed = name.partition(" ")
    known = KNOWN_IN_ORDER if arguments.in_order else KNOWN
    if kind == "history" and seed.isdigit():
        return known.get(int(seed))
    return next((reason for end, reason in KNOWN_FILES.items() if name.endswith(end)), None)


def _try_dumps(arguments):
    with tempfile.TemporaryDirectory(prefix="pg2crdb-dumps-") as folder:
        # The servers run as another user.
        os.chmod(folder, 0o755)
        programs = dumps.programs(folder)
        failed = False
        for version in ("15", "18"):
            if version in programs:
                print(f"\na PostgreSQL {version}, dumped by {', '.join(name for name in programs if name >= version)}", flush=True)
                with world.World(programs[version]) as made_in:
                    made_in.make_database(dumps.DATABASE, dumps.EVERYTHING)
                    made = dumps.make(made_in.source, {name: place for name, place in programs.items() if name >= version}, folder)
                failed |= _try([(_dumps, group) for group in dumps.alike(made)], arguments, programs[version])
        return failed


def _run(entry):
    function, argument = entry
    return function(argument)


def _show(results, pool, most, shown):
    """Prints why files were not run, and the smallest failures of each kind, histories shrunk.

    `shown` counts how many of each kind were shown; of each there are `most`.
    """
    kinds = collections.defaultdict(list)
    for name, result, size in results:
        if result.outcome == "not runnable":
            print(f"not runnable: {name}: {result.details[0]}")
        for sign in result.signs if result.failed else ():
            kinds[sign].append((size, name, result))
    wanted = [(sign, entry) for sign, entries in kinds.items()
              for entry in sorted(entries, key=lambda entry: entry[:2])[:most - shown[sign]]]
    shown.update(sign for sign, _ in wanted)
    smaller = {(sign, entry[1]): pool.submit(_shrunk, int(entry[1].split()[1]), sign) for sign, entry in wanted
               if entry[1].startswith("history ")}
    for sign, entries in sorted(kinds.items(), key=lambda item: -len(item[1])):
        print(f"\n#### {len(entries)} times: {sign}")
        print("  " + " ".join(name for _, name, _ in entries[:30]))
        for _, (_, name, result) in (pair for pair in wanted if pair[0] == sign):
            script = None
            if (sign, name) in smaller:
                result, script = smaller[sign, name].result()
            print(f"\n==== {name}: {result.outcome} (exit status of compile: {result.status})")
            if script:
                print(script)
            for line in result.details[:12]:
                print("  -", line.replace("\n", "\n    "))
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
