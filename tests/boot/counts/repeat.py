# SPDX-License-Identifier: GPL-2.0-or-later
"""Equal inputs give equal counts, to the last instruction, however busy the host is."""
import contextlib
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import lab

REPEATS = 2
FIRST = {}


@contextlib.contextmanager
def busy_host():
    """Keeps every CPU busy with something else meanwhile."""
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"])
             for _ in os.sched_getaffinity(0)]
    try:
        yield
        assert all(loop.poll() is None for loop in loops), "a busy loop ended by itself"
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def repeat(home, **more):
    """Compares several times and holds each result against the first."""
    ids = set()
    for _ in range(REPEATS):
        document = lab.compare(home, **more).expect(1).json()
        lab.expect_same(FIRST.setdefault("document", document), document)
        assert document["clock"] == {"difference_old": 0, "difference_new": 0}
        ids.add(document["id"])
    assert len(ids) == REPEATS, f"ids repeat: {ids}"


@tap.test
def repeats_are_equal_on_an_idle_host():
    repeat(HOME)


@tap.test
def repeats_are_equal_on_a_busy_host():
    with busy_host():
        repeat(HOME)


@tap.test
def repeats_are_equal_in_a_restless_qemu():
    log = HOME.path / "restless.log"
    repeat(HOME, env={"SLOWPATH_QEMU": pathlib.Path(__file__).with_name("restless_qemu.py"),
                      "RESTLESS_LOG": log})
    answers = [int(line) for line in log.read_text().split()]
    # Two QEMUs a comparison, and two more that boot.
    assert len(answers) >= 2 * REPEATS and min(answers) > 100, answers


with lab.Home(own=True, small=True) as HOME:
    tap.main()
