#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Speed and memory of judging a file, as one JSON object: judge.py BUILDDIR [OTHER] [ROWS...].

By default a million rows in cells of two kernels and 40 blocks, and 10,000 and 20,000 kernels in one
cell of four blocks; "judge.py BUILDDIR 1000000 10000000" shows how rows grow. Seconds are the
processor's (user and system), so that other work on the machine does not count; they belong to one
machine all the same. With OTHER, the build folder of another commit, both take turns in this one
run, and their ratio is told.
"""
import json
import os
import pathlib
import random
import resource
import subprocess
import sys
import tempfile

BLOCKS, KERNELS, METRICS = 40, ("6.16.12", "6.17.13"), ("protect", "restore", "touch", "iteration")
CELL = BLOCKS * len(KERNELS) * len(METRICS)
HEADER = ("experiment,block,position,kernel,release,scenario,cpus,metric,unit,value,status,"
          "run_id,failure_reason,mode\n")
MANY_BLOCKS, REPEATS = 4, 5


def write_rows(f, count):
    """Cells one behind another, each with its blocks in the order in which they would be run."""
    rng = random.Random(count)
    f.write(HEADER)
    for cell in range(-(-count // CELL)):
        lines = []
        for block in range(BLOCKS):
            for position in range(len(KERNELS)):
                k = (block + position) % len(KERNELS)
                run = f"bench-{(cell * BLOCKS + block) * len(KERNELS) + position}"
                for m, metric in enumerate(METRICS):
                    value = (100 + 50 * m) * rng.lognormvariate(0.01 * k, 0.02)
                    lines.append(f"bench,{block},{position},{KERNELS[k]},{KERNELS[k]},s/{cell},1,"
                                 f"{metric}_ns_per_page,ns,{value:.17g},ok,{run},,timed\n")
        f.writelines(lines[:count - cell * CELL])


def write_kernels(f, count):
    """One cell of many kernels, each at another position in every block."""
    rng = random.Random(count)
    f.write(HEADER)
    for block in range(MANY_BLOCKS):
        for k in range(count):
            value = 100 * rng.lognormvariate(0, 0.02)
            f.write(f"bench,{block},{(k + block) % count},k{k},6.{k},s/x,1,iteration_ns_per_page,ns,"
                    f"{value:.17g},ok,bench-{block}-{k},,timed\n")


def judge(build, path, *args):
    """(processor seconds, peak MiB) of one judge."""
    program = str(pathlib.Path(build).resolve() / "cmd/slowpath")
    with subprocess.Popen([program, "judge", path, *args], stdout=subprocess.DEVNULL) as p:
        _, status, usage = os.wait4(p.pid, 0)
        p.returncode = os.waitstatus_to_exitcode(status)
    if p.returncode not in (0, 1, 125):
        sys.exit(f"judge {args} of {build} ended with {p.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def measure(builds, write, count):
    """Every output of one file, by each of the builds in turn."""
    with tempfile.NamedTemporaryFile("w", suffix=".csv", encoding="ascii") as f:
        write(f, count)
        f.flush()
        for output in ([], ["--json"], ["--summary-csv"]):
            runs = [[] for _ in builds]
            for _ in range(REPEATS):
                for found, build in zip(runs, builds):
                    found.append(judge(build, f.name, *output))
            seconds = [min(s for s, _ in found) for found in runs]
            result = {"output": output[0] if output else "text", "cpu_s": seconds[0],
                      "peak_mib": max(mib for _, mib in runs[0])}
            if len(builds) > 1:
                result.update(other_cpu_s=seconds[1], ratio=seconds[0] / seconds[1])
            yield result


def main():
    builds, counts = sys.argv[1:2], sys.argv[2:]
    if counts and not counts[0].isdigit():
        builds.append(counts.pop(0))
    results = []
    for count in map(int, counts or ["1000000"]):
        for result in measure(builds, write_rows, count):
            results.append({"rows": count, **result,
                            "us_per_row": result["cpu_s"] / count * 1e6})
    for count in [] if counts else [10000, 20000]:
        results += [{"kernels": count, **r} for r in measure(builds, write_kernels, count)]
    json.dump({
        "schema": "slowpath/bench-judge/1", "results": results,
        "target": {"rows": 1000000, "s": 2, "peak_mib": 256, "ratio": 1},
    }, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
