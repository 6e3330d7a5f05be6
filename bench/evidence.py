#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Speed and memory of bundle and verify for 1,000 runs, as one JSON object: evidence.py BUILDDIR.

The experiments are made up: one exact, whose runs all count the same; one exact, whose runs all
count differently; one timed, of 500 rounds a run.
"""
import json
import pathlib
import statistics
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests"))
import bench
from cli import madeup

BLOCKS, REPEATS = 500, 3


def near_exact(db):
    """Every run counts a little more than the one before."""
    ident = "20260513-100000-dddddd"
    madeup.add_experiment(db, ident, blocks=BLOCKS)
    for block in range(BLOCKS):
        for position, kernel in enumerate(("old", "new")):
            run = madeup.add_run(db, ident, block, position, kernel,
                                 console=f"booting, block {block}\n")
            madeup.add_counts(db, run, kernel, extra=block)
    db.commit()
    return ident


def many_functions(kernel, count=120):
    """As many rows as a real kernel has."""
    for i in range(count):
        madeup.COSTS[kernel][f"function_{i:03}"] = (0, 0, 1)


def measure(argv):
    status, seconds, peak, _ = bench.watch(list(map(str, argv)))
    if status:
        sys.exit(f"{argv} ended with {status}")
    return seconds, peak


def main():
    for kernel in ("old", "new"):
        many_functions(kernel)
    makers = {"exact": lambda db: madeup.exact(db, blocks=BLOCKS), "near_exact": near_exact,
              "timed": lambda db: madeup.timed(db, blocks=BLOCKS, rounds=500)}
    result = {"schema": "slowpath/bench-evidence/1", "runs": 2 * BLOCKS,
              "target_s": 2, "target_mib": 256}
    for name, make in makers.items():
        with tempfile.TemporaryDirectory() as folder:
            home = f"{folder}/home"
            with madeup.open_db(home) as db:
                ident = make(db)
            found = {"bundle": [], "verify": []}
            for i in range(REPEATS):
                out = f"{folder}/{i}"
                found["bundle"].append(measure([madeup.BINARY, "bundle", ident, "-o", out,
                                                "--home", home]))
                found["verify"].append(measure([madeup.BINARY, "verify", out]))
            result[name] = {
                command: {"median_s": statistics.median(s for s, _ in times),
                          "max_s": max(s for s, _ in times), "max_mib": max(m for _, m in times)}
                for command, times in found.items()}
            result[name]["bytes"] = sum(p.stat().st_size for p in pathlib.Path(out).rglob("*")
                                        if p.is_file())
    json.dump(result, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
