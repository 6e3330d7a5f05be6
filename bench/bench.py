#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Speed and memory of a compare, speed of a narrow, as one JSON object: bench.py BUILDDIR [HOME] [REPEATS].

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
# Twelve releases, as Debian names them in full: no list of packages is asked.
SERIES = ("6.12.117+deb13", "6.16.3+deb13", "6.16.12+deb13", "6.17.8+deb13", "6.17.13+deb13",
          "6.18.5+deb13", "6.18.15+deb13", "6.19.14+deb13", "7.0.13+deb13", "7.1.13+deb13",
          "7.2.12+deb13", "7.3.4+deb13")


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


def narrow(program, home, *more):
    """Seconds, kernels measured, steps found; cold."""
    forget(home)
    specs = [f"debian:{version}-cloud-amd64" for version in SERIES]
    status, seconds, _, out = watch([program, "narrow", *specs, "-s", SCENARIO, "--json",
                                     "--home", home, *more])
    if status != 1:
        sys.exit(f"narrow ended with {status}")
    document = json.loads(out)
    return {"s": seconds, "measured": len(document["series"]), "steps": len(document["steps"])}


def forget(home):
    """Everything that is not a kernel or a package list."""
    for name in ("snapshots", "symbols"):
        shutil.rmtree(pathlib.Path(home) / name, ignore_errors=True)


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    home = sys.argv[2] if len(sys.argv) > 2 else os.path.expanduser("~/.cache/slowpath-check")
    repeats = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    program = str(build / "cmd/slowpath")
    for spec in (*PAIR, *(f"debian:{version}-cloud-amd64" for version in SERIES)):
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
        "counting": {**json.loads(counting), "target": 1.15,
                     "target_tree": 5},
        "narrow": {"all": {**narrow(program, home, "--all"), "target": 60},
                   "search": {**narrow(program, home), "target": 30}},
        "peak_mib": {"max": max(peaks), "target": 64},
    }, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
