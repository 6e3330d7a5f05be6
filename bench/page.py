#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Size of pages and when something is first seen of them, as one JSON object: page.py BUILDDIR HOME ID...

HOME has the experiments; each ID is one page, "ID+ID" one with others attached. The time is that of
the first contentful paint in headless Chromium, from the file, after the navigation began.
"""
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parent.parent / "tests"
REPEATS = 5


def main(build, home, *idents):
    sys.argv[1:] = [build]
    sys.path.insert(0, str(TESTS))
    from cli import browser

    out = {}
    with tempfile.TemporaryDirectory() as folder, browser.Browser() as b:
        for n, ident in enumerate(idents):
            path = pathlib.Path(folder, f"{n}.html")
            first, *more = ident.split("+")
            given = [word for one in more for word in ("--with", one)]
            subprocess.run([pathlib.Path(build, "cmd/slowpath"), "report", first, "--format", "html",
                            "-o", path, "--home", home, *given], check=True)
            times = []
            for _ in range(REPEATS):
                b.open(path)
                times.append(b.first_paint_ms())
            out[ident] = {"kb": path.stat().st_size / 1000,
                          "first_paint_ms": {"median": statistics.median(times),
                                             "max": max(times)}}
    print(json.dumps(out, indent=2))


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
