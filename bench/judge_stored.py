#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Judging 1,008 stored runs, with this build and another: judge_stored.py BUILDDIR [OTHER] [REPEATS].

One JSON object. OTHER is the build folder of an earlier slowpath, and has a database of its own as
that schema has it, if it is 6. The two take turns, so that what else the machine does meets both;
seconds are the processor's (user and system). The runs are made up, with as many functions as a
real kernel has: rows of functions are by far the most of a database.
"""
import contextlib
import json
import pathlib
import sqlite3
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests"))
import judge

ARGUMENTS = sys.argv[1:]
del sys.argv[2:]  # the tests' modules want the build folder alone
from cli import madeup  # noqa: E402

RUNS, TARGET = 1008, 0.5
# Kinds of experiment: functions beside those of the scenario.
KINDS = {"few_functions": 0, "many_functions": 120}


def earlier(home, other):
    """The database without what schema 7 brought."""
    with contextlib.closing(sqlite3.connect(f"{home}/slowpath.db")) as db:
        db.executescript("ALTER TABLE phase DROP COLUMN halted; DROP TABLE reading; "
                         "ALTER TABLE run DROP COLUMN kernel_subject; "
                         f"PRAGMA user_version = 6; VACUUM INTO '{other}/slowpath.db'")


def compare(builds, kind, repeats, folder):
    for kernel in ("old", "new"):
        for i in range(KINDS[kind]):
            madeup.COSTS[kernel][f"function_{i:03}"] = (0, 0, 1)
    homes = [f"{folder}/{kind}-{i}" for i in range(2)]
    with contextlib.closing(madeup.open_db(homes[0])) as db:
        ident = madeup.exact(db, blocks=RUNS // 2)
    pathlib.Path(homes[1]).mkdir()
    with contextlib.closing(sqlite3.connect(f"{homes[0]}/slowpath.db")) as db:
        db.execute(f"VACUUM INTO '{folder}/{kind}.db'")
    earlier(homes[0], homes[1])
    # As a run leaves it: whoever merges concludes what every run comes to.
    pathlib.Path(homes[0], "slowpath.db").unlink()
    subprocess.run([pathlib.Path(builds[0]).resolve() / "cmd/slowpath", "merge",
                    f"{folder}/{kind}.db", "--home", homes[0]], check=True,
                   stdout=subprocess.DEVNULL)
    found = [[], []]
    for _ in range(repeats):
        for i, build in enumerate(builds):
            found[i].append(judge.judge(build, ident, "--home", homes[i]))
    cpu = [statistics.median(s for s, _ in f) if f else None for f in found]
    result = {"runs": RUNS, "cpu_s": cpu[0], "peak_mib": max(m for _, m in found[0])}
    if cpu[1]:
        result |= {"other_cpu_s": cpu[1], "ratio": statistics.median(
            a / b for (a, _), (b, _) in zip(*found))}
    return result


def main():
    builds = ARGUMENTS[:2]
    repeats = int(ARGUMENTS[2]) if len(ARGUMENTS) > 2 else 9
    with tempfile.TemporaryDirectory() as folder:
        results = {kind: compare(builds, kind, repeats, folder) for kind in KINDS}
    json.dump({"schema": "slowpath/bench-judge-stored/1", "results": results,
               "target_ratio": TARGET}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
