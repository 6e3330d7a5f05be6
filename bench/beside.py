#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""This build beside another of slowpath, in turn, as one JSON object: beside.py BUILDDIR OTHER [HOME [REPEATS]].

OTHER is the build folder of another commit, as of a worktree of it. HOME has the kernels, which both
find there; each build has a home of its own besides, which is removed. Told are how long the second
program takes on two kernels that a first one was compared on, and what processor time scenarios take,
by the processes that a compare starts and itself; the ratios are this build's over the other's.
"""
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

PAIR = ("debian:6.12.107", "debian:7.3.4")
SCENARIOS = ("mprotect/shared-dirty-toggle", "memory/anon-fault", "mmap/split-merge", "mremap/move",
             "madvise/free", "mseal/sealed-range")
PROGRAM = """#include <sys/mman.h>
int main(void)
{
	for (int i = 0; i < %d; i++) {
		char *at = mmap(0, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		at[0] = at[4096] = 1;
		munmap(at, 65536);
	}
	return 0;
}
"""


class Build:
    def __init__(self, folder, home, kernels):
        self.program = pathlib.Path(folder).resolve() / "cmd/slowpath"
        self.home = home
        for name in ("kernels", "apt"):
            if (kernels / name).exists():
                (home / name).symlink_to(kernels / name)

    def compare(self, *what):
        """(seconds, seconds of processor time, what came out)"""
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        done = subprocess.run([self.program, "compare", *PAIR, "--json", "--home", self.home, *what],
                              stdout=subprocess.PIPE, check=False)
        seconds, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
        try:
            document = json.loads(done.stdout)
        except ValueError:
            sys.exit(f"{self.program}: compare ended with {done.returncode} and told nothing")
        return (seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
                document["verdict"])


def static_program(folder, name, turns):
    source = folder / f"{name}.c"
    source.write_text(PROGRAM % turns, encoding="ascii")
    subprocess.run(["gcc", "-O2", "-static", "-o", folder / name, source], check=True)
    return folder / name


def beside(here, there, repeats, *what):
    rows = {"this": [], "other": []}
    turns = [("other", there), ("this", here)]
    for _ in range(repeats):
        for who, build in turns:
            rows[who].append(build.compare(*what))
        turns.reverse()
    # A build that gives up is soon ready: which verdicts came out stands beside.
    out = {who: {"s": statistics.median(r[0] for r in found),
                 "cpu_s": statistics.median(r[1] for r in found),
                 "verdicts": sorted({r[2] for r in found})}
           for who, found in rows.items()}
    out["ratio"] = {key: out["this"][key] / out["other"][key] for key in ("s", "cpu_s")}
    return out


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    kernels = pathlib.Path(sys.argv[3] if len(sys.argv) > 3
                           else os.path.expanduser("~/.cache/slowpath-check")).resolve()
    repeats = int(sys.argv[4]) if len(sys.argv) > 4 else 3
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        builds = []
        for who, build in (("this", sys.argv[1]), ("other", sys.argv[2])):
            (folder / who).mkdir()
            builds.append(Build(build, folder / who, kernels))
        first, second = (static_program(folder, n, turns) for n, turns in (("first", 1),
                                                                          ("second", 20)))
        for build in builds:
            build.compare("--", str(first))
        out = {"schema": "slowpath/beside/1", "cores": os.cpu_count(), "repeats": repeats,
               "second_program": {**beside(*builds, repeats, "--", str(second)), "target": 0.25}}
        for build in builds:  # snapshots
            build.compare("-s", SCENARIOS[0])
        scenarios = {s: beside(*builds, repeats, "-s", s) for s in SCENARIOS}
        whole = {who: sum(s[who]["cpu_s"] for s in scenarios.values()) for who in ("this", "other")}
        out["scenarios"] = {**scenarios, "cpu_ratio": whole["this"] / whole["other"], "target": 1.6}
    json.dump(out, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
