#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Speed and memory of a compare, as one JSON object: bench.py BUILDDIR [HOME] [REPEATS].

The kernels are fetched first and that is not timed. Absolute times belong to one machine; the
ratios are between things measured in turn in this one run.
"""
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

PAIR = ("debian:6.16.12", "debian:6.17.13")
SCENARIO = "mprotect/shared-dirty-toggle"


def watch(argv):
    """Runs to the end: (exit status, seconds, peak resident MiB of the process alone, stdout)."""
    start, peak = time.monotonic(), 0
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as p:
        while p.poll() is None:
            try:
                with open(f"/proc/{p.pid}/status", encoding="ascii") as f:
                    peak = max([peak] + [int(l.split()[1]) for l in f if l.startswith("VmHWM")])
            except (OSError, ValueError):
                pass
            time.sleep(0.005)
        out = p.stdout.read()
    return p.returncode, time.monotonic() - start, peak / 1024, out


def compare(program, home, *more):
    status, seconds, peak, out = watch([program, "compare", *PAIR, "-s", SCENARIO, "--json",
                                        "--home", home, *more])
    if status not in (0, 1):
        sys.exit(f"compare ended with {status}")
    return seconds, peak, json.loads(out)


def forget(home):
    """Everything that is not a kernel or a package list."""
    for name in ("snapshots", "symbols"):
        shutil.rmtree(pathlib.Path(home) / name, ignore_errors=True)


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    home = sys.argv[2] if len(sys.argv) > 2 else os.path.expanduser("~/.cache/slowpath-check")
    repeats = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    program = str(build / "cmd/slowpath")
    for spec in PAIR:
        subprocess.run([program, "kernel", "add", spec, "--home", home], check=True,
                       stdout=subprocess.DEVNULL)
    subprocess.run(["ninja", "-C", build, "bench/counting_cost"], check=True,
                   stdout=subprocess.DEVNULL)
    cold, warm, peaks = [], [], []
    for _ in range(repeats):
        forget(home)
        seconds, peak, _ = compare(program, home)
        cold.append(seconds)
        peaks.append(peak)
        seconds, peak, document = compare(program, home)
        warm.append(seconds)
        peaks.append(peak)
    counting = subprocess.run([build / "bench/counting_cost", build, home, PAIR[1], SCENARIO,
                               str(max(3, repeats))], check=True, stdout=subprocess.PIPE).stdout
    json.dump({
        "schema": "slowpath/bench/1",
        "cores": os.cpu_count(), "repeats": repeats, "qemu": document["qemu"],
        "cold_s": {"median": statistics.median(cold), "max": max(cold), "target": 12},
        "warm_s": {"median": statistics.median(warm), "max": max(warm), "target": 4},
        "warm_to_cold": statistics.median(warm) / statistics.median(cold),
        "counting": {**json.loads(counting), "target": 1.15},
        "peak_mib": {"max": max(peaks), "target": 64},
    }, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
