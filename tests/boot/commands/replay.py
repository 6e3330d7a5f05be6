# SPDX-License-Identifier: GPL-2.0-or-later
"""A kernel function's own code on this processor: captured, proven, and told as the schema says."""
import json
import pathlib
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import schema
import tap
from boot import lab

TOGGLE = "mprotect/shared-dirty-toggle"
CAPTURED = []  # of OLD and NEW, by the first test
HEADER = struct.Struct("<4I2Q25Q25Q3Q6I")


def replay(*args, code=0, old=0, new=1, **more):
    """slowpath replay of the home's kernels."""
    return lab.run(HOME, "replay", HOME.specs[old], HOME.specs[new], *args, **more).expect(code)


def capture(folder, *args):
    """Both captures of the headline, as (header, executed, accesses)."""
    document = replay("--capture-only", folder, "--json", *args).json()
    assert document["schema"] == "slowpath/capture/1" and document["function"] == "change_protection"
    return [read(folder / side / "call") for side in ("old", "new")]


def read(path):
    """The file as proto/capture.h has it."""
    data = path.read_bytes()
    h = HEADER.unpack_from(data)
    functions, executed, accesses = h[-4:-1]
    at = HEADER.size + 56 * functions
    places = [struct.unpack_from("<2QB", data, at + 32 * i) for i in range(executed)]
    at += 32 * executed
    words = [struct.unpack_from("<3Q", data, at + 24 * i) for i in range(accesses)]
    assert at + 24 * accesses == len(data)
    return {"flags": h[3], "function": h[4], "before": h[6:31], "after": h[31:56], "insns": h[57],
            "executed": places, "words": words}


@tap.test
def what_is_captured_adds_up():
    folder = HOME.path / "captured"
    CAPTURED.extend(capture(folder))
    for side, c in zip(("old", "new"), CAPTURED):
        assert c["flags"] == 0, c["flags"]
        # Nothing of it is a string instruction, so attempts are instructions.
        assert sum(times for _, times, _ in c["executed"]) == c["insns"], side
        assert c["before"][16] == c["function"] in {va for va, _, _ in c["executed"]}, side
        # The return pops its address, and keeps what a callee has to keep.
        assert c["after"][4] == c["before"][4] + 8, side
        assert [c["after"][i] for i in (3, 5, 12, 13, 14, 15)] == \
            [c["before"][i] for i in (3, 5, 12, 13, 14, 15)], side
        # Every page's PTE was loaded and stored at least once: 1024 words one behind another.
        stored = {va for va, _, stores in c["words"] if stores}
        assert max(run_length(stored)) >= 512, side
        for name in "ram-before", "ram-after":
            assert (folder / side / name).stat().st_size == 512 << 20
    lab.run(HOME, "replay", *HOME.specs, "--capture-only", folder).expect(128, "exists already")


def run_length(words):
    """How many words follow one another, from each that follows none."""
    for va in words:
        if va - 8 in words:
            continue
        n = 1
        while va + 8 * n in words:
            n += 1
        yield n


@tap.test
def it_repeats_in_the_emulator():
    assert capture(HOME.path / "again") == CAPTURED, "two captures of one machine differ"


@tap.test
def the_calls_are_those_of_the_count():
    """The function with all that it calls, as compare counts it per page; and times it, if it is asked to."""
    counted = lab.compare(HOME, "-s", TOGGLE, "--metric", "inclusive:change_protection", "--time").json()
    there = next(m for m in counted["metrics"] if "inclusive" in m["name"])
    for side, c in zip(("old", "new"), CAPTURED):
        # Of two segments; no window has more than some instructions of its own.
        assert abs(2 * c["insns"] / 1024 - there[side]) < there[side] / 100, (side, c["insns"], there)
    time = counted["time"]
    assert time["kind"] == "replayed", time
    if "why_not" in time:
        assert "restless" in time["why_not"], time
    else:
        assert 0 < time["low"] <= time["ratio"] <= time["high"] and time["segment"] == "protect", time


@tap.test
def times_are_told_as_the_schema_says():
    done = lab.run(HOME, "replay", *HOME.specs, "--json")
    if done.code == 125 and "restless" in done.err:
        raise tap.Skip(done.err.strip())
    document = json.loads(done.out)
    schema.check("replay-1", document)
    assert done.code == {"regression": 1, "suspect": 1, "unstable": 125, "inconclusive": 125}.get(
        document["verdict"], 0), document["verdict"]
    assert document["function"] == "change_protection" and document["segment"] == "protect"
    for side in "old", "new":
        proof = document["sides"][side]
        assert proof["steps_compared"] > 0 and proof["pages_compared"] == 512 << 8, proof
        assert proof["differing"] == len(proof["differences"]), proof
    kept = HOME.rows("SELECT side, quantity, unit, reading.item, value FROM reading JOIN run ON run.id = run "
                     f"WHERE experiment = '{document['id']}' AND kind = 'replayed'")
    assert len(kept) == 4, kept
    by_name = {m["name"]: m for m in document["metrics"]}
    insns = by_name["change_protection_executed_insns_per_page"]
    assert insns["kind"] == "counted" and insns["ratio"] > 2, insns
    for side, quantity, unit, item, value in kept:
        assert abs(by_name[quantity][side] - value) < 1e-6 * value and (unit, item) == ("ns", "page"), quantity


@tap.test
def what_cannot_be_captured_is_refused():
    replay("--function", "no_such_thing", code=125).expect(125, "this kernel has no function no_such_thing")
    replay("--function", "do_mlock", code=125).expect(125, "calls do_mlock")
    replay("--segment", "nowhere", code=128).expect(128, "has no segment 'nowhere'")
    replay("--cpus", "2", code=125).expect(125, "on one CPU, not on 2")
    replay("--mem", "1793M", code=125).expect(125, "1793 MiB is too large to be captured")


with lab.Home("debian:6.16.12", "debian:6.17.13", small=True) as HOME:
    tap.main()
