#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How long one looks at nothing, as one JSON object: progress.py BUILDDIR HOME OLD NEW [TREE].

Commands are run under a pseudo-terminal, and what comes there is timed: the first byte after the
start, and the longest gap between two. OLD and NEW are kernels, which are fetched first and not timed;
of TREE, a kernel's git tree, HEAD is built anew in a home of its own.
"""
import fcntl
import json
import os
import pathlib
import pty
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import time

FIRST_S, GAP_S = 0.3, 1.0  # what is aimed at


def watch(argv):
    """When bytes came on the terminal, in seconds since the start; the last is the end."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    start, times = time.monotonic(), []
    with subprocess.Popen([str(a) for a in argv], stdin=subprocess.DEVNULL, stdout=theirs,
                          stderr=theirs, env={**os.environ, "TERM": "xterm"}) as process:
        os.close(theirs)
        while True:
            try:
                if not os.read(ours, 65536):
                    break
            except OSError:  # the other end has gone
                break
            times.append(time.monotonic() - start)
        status = process.wait()
    os.close(ours)
    if status not in (0, 1):
        sys.exit(f"{argv[1]} ended with {status}")
    return times + [time.monotonic() - start]


def figures(argv):
    times = watch(argv)
    gaps = [b - a for a, b in zip(times, times[1:])]
    return {"first_s": round(times[0], 3), "longest_gap_s": round(max(gaps), 3),
            "total_s": round(times[-1], 1), "draws": len(times) - 1}


def main():
    build, home, old, new = sys.argv[1:5]
    program = pathlib.Path(build).resolve() / "cmd/slowpath"
    for spec in (old, new):
        subprocess.run([program, "kernel", "add", spec, "--home", home], check=True,
                       stdout=subprocess.DEVNULL)
    for name in ("snapshots", "symbols"):
        shutil.rmtree(pathlib.Path(home) / name, ignore_errors=True)
    common = ["--home", home]
    found = {
        "compare_cold": figures([program, "compare", old, new, *common]),
        "compare_warm": figures([program, "compare", old, new, *common]),
        "compare_glob": figures([program, "compare", old, new, "-s", "mprotect/s*", *common]),
        "attribute": figures([program, "attribute", old, new, *common]),
        "narrow": figures([program, "narrow", old, new, *common]),
    }
    if len(sys.argv) > 5:
        with tempfile.TemporaryDirectory() as own:
            found["kernel_add_git"] = figures([program, "kernel", "add",
                                               f"git:{sys.argv[5]}@HEAD", "--home", own])
    json.dump({"schema": "slowpath/bench-progress/1", "cores": os.cpu_count(),
               "load": os.getloadavg()[0], "target": {"first_s": FIRST_S, "gap_s": GAP_S},
               "commands": found}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
