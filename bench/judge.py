#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Speed and memory of judging a file, as one JSON object: judge.py BUILDDIR [ROWS...].

By default a million rows in cells of two kernels and 40 blocks; "judge.py BUILDDIR 1000000 10000000"
shows how it grows. Seconds are the processor's (user and system), so that other work on the machine
does not count; they belong to one machine all the same.
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


def write_rows(f, count):
    """Cells one behind another, each with its blocks in the order in which they would be run."""
    rng = random.Random(count)
    f.write("experiment,block,position,kernel,release,scenario,cpus,metric,unit,value,status,"
            "run_id,failure_reason,mode\n")
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


def judge(program, path, *args):
    """(exit status, processor seconds, peak MiB) of one judge."""
    with subprocess.Popen([program, "judge", path, *args], stdout=subprocess.DEVNULL) as p:
        _, status, usage = os.wait4(p.pid, 0)
        p.returncode = os.waitstatus_to_exitcode(status)
    return p.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve() / "cmd/slowpath")
    results = []
    for count in [int(a) for a in sys.argv[2:]] or [1000000]:
        with tempfile.NamedTemporaryFile("w", suffix=".csv", encoding="ascii") as f:
            write_rows(f, count)
            f.flush()
            for output in ([], ["--json"], ["--summary-csv"]):
                runs = [judge(program, f.name, *output) for _ in range(3)]
                if any(r[0] not in (0, 1, 125) for r in runs):
                    sys.exit(f"judge {output} ended with {runs[0][0]}")
                results.append({
                    "rows": count, "output": output[0] if output else "text",
                    "cpu_s": min(r[1] for r in runs), "peak_mib": max(r[2] for r in runs),
                    "us_per_row": min(r[1] for r in runs) / count * 1e6,
                })
    json.dump({
        "schema": "slowpath/bench-judge/1", "results": results,
        "target": {"rows": 1000000, "s": 2, "peak_mib": 256},
    }, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
