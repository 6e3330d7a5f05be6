# SPDX-License-Identifier: GPL-2.0-or-later
"""survey on stock kernels: the same numbers as compare's; it grows, and goes on where it was."""
import contextlib
import pathlib
import signal
import sqlite3
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import json_schema
import tap
from boot import lab, tiny_kernel

TOGGLE, SCAN = "mprotect/shared-dirty-toggle", "mincore/present-pte-scan"
THIRD = "debian:7.1.13"
RESULTS = {}


def survey(*args, **more):
    return lab.run(HOME, "survey", *args, **more)


def grown():
    """Two kernels and a scenario, then a third kernel of another version and one more scenario."""
    if "grown" not in RESULTS:
        old, new, third = HOME.specs
        first = RESULTS["first"] = survey(old, third, "-s", TOGGLE, "--json").expect(0).json()
        RESULTS["runs"] = HOME.rows("SELECT id FROM run WHERE experiment = "
                                    f"'{first['id']}'")
        RESULTS["grown"] = survey("--into", first["id"], new, "-s", SCAN, "-o",
                                  HOME.path / "site", "--json").expect(0).json()
    return RESULTS["grown"]


def row(document, scenario):
    return next(r for r in document["scenarios"] if r["scenario"] == scenario)


def what_was_counted(document):
    """All but its id, and functions' order where changes are equal."""
    return {k: v for k, v in document.items() if k != "id"}


@tap.test
def a_survey_grows_by_kernels_and_scenarios():
    document = grown()
    json_schema.check(document, "survey-1")
    # The library's order, and that of versions, whatever was asked for first.
    assert [r["scenario"] for r in document["scenarios"]] == [SCAN, TOGGLE]
    assert [k["spec"] for k in document["kernels"]] == HOME.specs
    assert [c["kernel"] for c in row(document, TOGGLE)["series"]] == HOME.specs
    assert all(c["exact"] for r in document["scenarios"] for c in r["series"])
    kept = HOME.rows(f"SELECT id FROM run WHERE experiment = '{document['id']}' ORDER BY id")
    assert kept[:len(RESULTS["runs"])] == RESULTS["runs"], (kept, RESULTS["runs"])
    made = HOME.rows("SELECT scenario, side, count(*) FROM run WHERE NOT trial AND experiment = "
                     f"'{document['id']}' GROUP BY scenario, side")
    assert len(made) == 6 and all(n == 1 for *_, n in made), made
    before, now = (row(d, TOGGLE)["series"] for d in (RESULTS["first"], document))
    assert (before[0], before[1]) == (now[0], now[2])


@tap.test
def it_says_what_compare_says():
    compared = lab.compare(HOME, "-s", TOGGLE).json()
    step, = [s for s in row(grown(), TOGGLE)["steps"] if s["first_bad"] == HOME.specs[1]]
    first = compared["metrics"][0]
    assert (step["old"], step["new"], step["verdict"]) == (first["old"], first["new"],
                                                           compared["verdict"])
    told = {f["name"]: f["delta"] for f in compared["attribution"]["functions"] if f["delta"]}
    assert {f["name"]: f["delta"] for f in step["functions"]} == told
    told = {e["name"]: e["new"] for e in compared["events"]}
    assert row(grown(), TOGGLE)["series"][1]["events"] == told
    changes = grown()["kernels"][1]["changes"]
    assert not changes["compiler"] and len(changes["config"]) == step["config_differences"] > 0


@tap.test
def the_pages_are_made_again_without_a_measurement():
    site, again = HOME.path / "site", HOME.path / "again"
    identity = grown()["id"]
    runs = HOME.rows("SELECT count(*) FROM run")
    finished = HOME.rows(f"SELECT finished FROM experiment WHERE id = '{identity}'")
    survey("--resume", identity, "-o", again).expect(0)
    assert HOME.rows("SELECT count(*) FROM run") == runs
    assert HOME.rows(f"SELECT finished FROM experiment WHERE id = '{identity}'") == finished
    files = lambda folder: {p.name: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert len(files(site)) == 5 and files(site) == files(again)


@tap.test
def an_interrupted_survey_goes_on():
    known = set(HOME.rows("SELECT experiment FROM run"))
    running = lab.Running(HOME, "survey", *HOME.specs, "-s", TOGGLE, "-s", SCAN)
    while running.process.poll() is None and \
            not set(HOME.rows("SELECT experiment FROM run")) - known:
        time.sleep(0.02)
    running.process.send_signal(signal.SIGINT)
    running.end().expect(128, "'slowpath survey --resume ")
    identity = running.err.split("--resume ")[1].split("'")[0]
    kept = HOME.rows(f"SELECT id FROM run WHERE experiment = '{identity}'")
    assert 1 <= len(kept) < 6, kept
    with contextlib.closing(sqlite3.connect(HOME.path / "slowpath.db")) as db:
        db.execute("UPDATE run SET qemu_version = 'other' WHERE experiment = ?", (identity,))
        db.commit()
        survey("--resume", identity).expect(128, identity, "QEMU has changed since")
        # A scenario of which there is nothing yet has to go with the others too.
        survey("--into", identity, "-s", "mincore/thp-scan").expect(128, "QEMU has changed since")
        db.execute("UPDATE run SET qemu_version = ? WHERE experiment = ?",
                   (grown()["qemu"], identity))
        db.commit()
    document = survey("--resume", identity, "--json").expect(0).json()
    assert document["id"] == identity
    found = lab.differences(what_was_counted(grown()), what_was_counted(document))
    assert not found, found[:5]
    runs = HOME.rows(f"SELECT id FROM run WHERE experiment = '{identity}' ORDER BY id")
    assert runs[:len(kept)] == kept, runs


@tap.test
def what_has_ended_is_told_but_does_not_grow_with_another_guest():
    identity = grown()["id"]
    with contextlib.closing(sqlite3.connect(HOME.path / "slowpath.db")) as db:
        (was, ), = db.execute("SELECT DISTINCT guest_sha256 FROM run WHERE experiment = ?",
                              (identity,))
        db.execute("UPDATE run SET guest_sha256 = ? WHERE experiment = ?", ("0" * 64, identity))
        db.commit()
        survey("--resume", identity).expect(0)
        survey("--into", identity, "-s", "mincore/thp-scan").expect(
            128, "slowpath's guest has changed since")
        db.execute("UPDATE run SET guest_sha256 = ? WHERE experiment = ?", (was, identity))
        db.commit()
    assert survey("--resume", identity, "--json").expect(0).json() == grown()


@tap.test
def what_has_ended_does_not_grow_by_a_scenario_that_changed():
    identity = grown()["id"]
    with contextlib.closing(sqlite3.connect(HOME.path / "slowpath.db")) as db:
        (was, ), = db.execute("SELECT DISTINCT scenario_sha256 FROM run WHERE experiment = ? AND "
                              "scenario = ?", (identity, SCAN))
        change = lambda to: (db.execute("UPDATE run SET scenario_sha256 = ? WHERE experiment = ? "
                                        "AND scenario = ?", (to, identity, SCAN)), db.commit())
        change("0" * 64)
        broken = tiny_kernel.write(HOME.path, "halt")
        survey("--into", identity, broken).expect(
            128, f"'{identity}' cannot grow: the scenario {SCAN} has changed since")
        change(was)
    # As it was.
    assert survey("--resume", identity, "--json").expect(0).json() == grown()


@tap.test
def a_kernel_that_does_not_boot_is_a_cell_with_the_reason():
    broken = tiny_kernel.write(HOME.path, "reset")
    document = survey(HOME.specs[0], HOME.specs[1], broken, "-s", TOGGLE, "--json", "--deadline",
                      "30", "--threshold", "2%", "--mem", "768M").expect(
                          0, f"skipped {broken}").json()
    json_schema.check(document, "survey-1")
    assert grown()["options"] == [], grown()["options"]
    assert document["options"] == ["--threshold", "2%", "--mem", "768M"], document["options"]
    assert survey("--resume", document["id"], "--json").expect(0).json() == document
    last = row(document, TOGGLE)["series"][2]
    assert last["kernel"] == str(broken) and "ended" in last["failed"], last
    assert len(row(document, TOGGLE)["steps"]) == 1


@tap.test
def bad_input_is_refused_before_anything_boots():
    before = HOME.rows("SELECT count(*) FROM experiment")
    old, new = HOME.specs[:2]
    survey(old).expect(128, "at least two kernels")
    survey(old, old).expect(128, "at least two kernels, and this one has 1")
    survey(old, new, "-s", "no/such").expect(128, "no/such")
    survey(old, "no-such-kernel").expect(128, "no-such-kernel")
    survey().expect(129, "kernels are expected")
    survey("--resume", "last", new).expect(129, "--into ID adds")
    survey("--into", "last", new, "--metric", "kernel").expect(129, "of a new survey")
    survey("--from", "x.json").expect(129, "-o DIR says where")
    (HOME.path / "full").mkdir()
    (HOME.path / "full/letter").write_text("dear")
    survey(old, new, "-o", HOME.path / "full").expect(128, "no survey's")
    assert HOME.rows("SELECT count(*) FROM experiment") == before


with lab.Home(lab.OLD, lab.NEW, THIRD, small=True) as HOME:
    tap.main()
