# SPDX-License-Identifier: GPL-2.0-or-later
"""Lines that CPUs share: who touches them, of one kernel and of two, and what is refused."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import first_screen
import json_schema
import tap
from boot import lab

FAULTS = "memory/fault-threads"


def contention(*args, code=0):
    return lab.run(HOME, "contention", *args).expect(code)


def check_part(part, sides):
    for side in sides:
        p = part[side]
        assert p["lines"]["mean"] > 0 and p["touches"]["mean"] > p["lines"]["mean"], p
        assert abs(sum(p["lines_in"].values()) - p["lines"]["mean"]) < 1e-6, p


@tap.test
def faults_of_one_address_space_share_its_counters():
    """Each thread has pages of its own: what is left to share is the address space and the zone."""
    document = contention(*HOME.specs[:2], "-s", FAULTS, "--iterations", 4, "--json").json()
    json_schema.check(document, "contention-1")
    sides = ("old", "new")
    assert document["cpus"] == 2 and [s["name"] for s in document["segments"]] == ["fault"]
    check_part(document["iteration"], sides)
    check_part(document["segments"][0], sides)
    for side in sides:
        touched = sum(f[side]["mean"] for f in document["functions"] if not f["waits"])
        assert abs(touched - document["iteration"][side]["touches"]["mean"]) < 1e-6, touched
        assert all(f[side]["stores"] <= f[side]["mean"] for f in document["functions"])
        # The parts that two threads fault in have the same VMA, whose lock each takes by a count.
        names = {f["name"] for f in document["functions"] if f[side]["mean"] > 0.1}
        assert any("lru" in n for n in names), names


@tap.test
def one_kernel_as_text():
    text = contention(HOME.specs[1], "-s", FAULTS, "--iterations", 1, "--top", 3).out
    assert text.startswith(f"CONTENTION  {FAULTS}  ") and "2 CPUs; lines of" in text, text
    assert "fault: shared lines" in text and "fault: touches of them" in text, text
    assert "more functions" in text, text
    first_screen.booted("contention", text)


@tap.test
def what_is_refused():
    done = contention(HOME.specs[0], "-s", "memory/anon-fault", code=125)
    assert "does everything on one CPU" in done.err and "threads: cpus" in done.err, done.err
    done = contention(HOME.specs[0], "-s", FAULTS, "--cpus", 1, code=129)
    assert "--cpus: 2 to" in done.err, done.err
    done = contention(HOME.specs[0], "--cpus", 2, "--", "/bin/true", code=125)
    assert "not of programs" in done.err, done.err


with lab.Home(small=True) as HOME:
    tap.main()
