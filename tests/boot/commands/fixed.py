# SPDX-License-Identifier: GPL-2.0-or-later
"""Does a candidate close a gap: one that is OLD, one that is NEW, a later release; bad input."""
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import first_screen
import tap
from boot import lab, tiny_kernel


def fixed(candidate, *args, old=None, new=None, **more):
    return lab.run(HOME, "fixed", "--old", old or OLD, "--new", new or NEW, "--candidate",
                   candidate, *args, **more)


@tap.test
def old_again_closes_all_of_it():
    document = fixed(OLD, "--json").expect(0).json()
    assert document["schema"] == "slowpath/fixed/1" and document["mode"] == "exact"
    assert (document["status"], document["verdict"]) == ("closed", "equivalent"), document
    assert document["gap_verdict"] == "regression"
    for m in document["metrics"]:
        assert m["candidate"] == m["old"], m
        assert m["closed"] in (100, None if m["old"] == m["new"] else 100), m
        assert m["closed_low"] == m["closed"] == m["closed_high"], m
    assert document["metrics"][0]["closed"] == 100
    assert all(f["candidate"] == f["old"] for f in document["functions"])
    assert all(a["same"] for a in document["audit"]), document["audit"]
    runs = HOME.rows(f"SELECT position, side, status FROM run WHERE experiment = "
                     f"'{document['id']}' ORDER BY position")
    assert runs == [(0, "old", "ok"), (1, "new", "ok"), (2, "candidate", "ok")], runs


@tap.test
def new_again_closes_nothing():
    done, document = lab.told(HOME, "fixed", "--old", OLD, "--new", NEW, "--candidate", NEW)
    assert (document["status"], document["verdict"]) == ("not closed", "regression")
    assert document["metrics"][0]["closed"] == 0
    assert {f["closed"] for f in document["functions"]} == {0, None}
    first_screen.booted("fixed", done.out)
    text = " ".join(done.out.split())
    for word in ("NOT CLOSED", "closes 0.0 % of the gap", "still a regression", "CANDIDATE"):
        assert word in text, f"no {word!r} in\n{text}"


@tap.test
def a_later_release_is_measured_by_the_same_gap():
    document = fixed(LATER, "--json").expect(1).json()
    first = document["metrics"][0]
    share = (first["new"] - first["candidate"]) / (first["new"] - first["old"])
    assert abs(first["closed"] / 100 - share) < 1e-9 and first["closed"] < 5, first
    assert document["status"] == "not closed"
    total = sum(f["new"] - f["candidate"] for f in document["functions"])
    assert abs(total - (first["new"] - first["candidate"])) < 0.01 * first["new"]
    assert any(not a["same"] for a in document["audit"])


@tap.test
def without_a_gap_there_is_nothing_to_say():
    document = fixed(OLD, "--json", old=NEW, new=OLD).expect(125).json()
    assert document["status"] == "no gap" and document["gap_verdict"] == "improvement"
    assert fixed(NEW, old=NEW, new=NEW).expect(125).out.startswith("NO GAP")


@tap.test
def a_candidate_that_does_not_boot_is_125():
    broken = tiny_kernel.write(HOME.path, "reset")
    fixed(broken, "--deadline", "30").expect(125, "the candidate: 6.99.0-tiny", "ended")
    assert [r[:2] for r in HOME.last_runs()] == [("old", "ok"), ("new", "ok"),
                                                 ("candidate", "failed")]


@tap.test
def emulated_timing_does_not_judge_a_fix():
    done = fixed(OLD, "--mode", "timed")
    if done.code in (0, 1) and os.access("/dev/kvm", os.R_OK | os.W_OK):
        raise tap.Skip("KVM works here")
    done.expect(125, "emulated timing does not judge a fix")
    assert not done.out


@tap.test
def bad_input():
    before = HOME.rows("SELECT count(*) FROM experiment")
    lab.run(HOME, "fixed", "--old", OLD, "--new", NEW).expect(129, "--candidate")
    fixed(OLD, "extra").expect(129, "extra")
    fixed(OLD, "--mode", "fast").expect(129, "exact or timed")
    fixed(OLD, "--blocks", "3").expect(129, "8 to 40")
    fixed("no-such-kernel").expect(128, "no-such-kernel")
    fixed(OLD, "-s", "*/*").expect(128, "one is expected")
    assert HOME.rows("SELECT count(*) FROM experiment") == before


with lab.Home(lab.OLD, lab.NEW, "debian:7.1.13", small=True) as HOME:
    OLD, NEW, LATER = HOME.specs
    tap.main()
