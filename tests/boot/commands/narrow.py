# SPDX-License-Identifier: GPL-2.0-or-later
"""A series of stock kernels: the steps that are known, kernels that cannot be measured, bad input."""
import contextlib
import json
import pathlib
import signal
import sqlite3
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import first_screen
import tap
from boot import lab, tiny_kernel

RESULTS = {}


def narrow(*args, **more):
    return lab.run(HOME, "narrow", *args, **more)


def searched():
    """The search over all four, done once."""
    if "search" not in RESULTS:
        RESULTS["search"] = narrow(*HOME.specs, "--json").expect(1).json()
    return RESULTS["search"]


def steps(document):
    """(last good, first bad) of each step, by release."""
    number = {s["kernel"]: s["release"].split("+")[0] for s in document["series"]}
    return [(number[s["last_good"]], number[s["first_bad"]]) for s in document["steps"]]


@tap.test
def both_steps_are_found():
    document = searched()
    assert document["schema"] == "slowpath/narrow/1" and document["mode"] == "exact", document
    assert steps(document) == [("6.16.12", "6.17.13"), ("7.1.13", "7.3.4")], steps(document)
    big, small = document["steps"]
    assert big["verdict"] == small["verdict"] == document["verdict"] == "regression"
    assert 2.1 < big["ratio"] < 2.4 and 1.02 < small["ratio"] < 1.08, document["steps"]
    values = [s["value"] for s in document["series"]]
    assert [big["old"], big["new"]] == values[:2]
    assert all(s["spread"] == 0 for s in document["series"])
    names = {f["name"] for f in big["functions"] if abs(f["delta"]) > 10}
    assert "prot_commit_flush_ptes" in names, names


@tap.test
def every_step_has_what_else_differs():
    for step in searched()["steps"]:
        audit = {a["name"]: a for a in step["audit"]}
        assert audit["compiler"]["same"] and not audit["config"]["same"], audit
    # Debian has no config of 7.3 apart from its image.
    assert searched()["steps"][0]["config_differences"] > 0


@tap.test
def a_step_is_what_compare_says():
    compared = lab.compare(HOME).json()
    step = searched()["steps"][0]
    first = compared["metrics"][0]
    assert (step["old"], step["new"], step["delta"]) == (first["old"], first["new"],
                                                         first["delta"])
    assert step["metric"] == first["name"] and step["reason"] == compared["reason"]
    told = {f["name"]: f["delta"] for f in compared["attribution"]["functions"]}
    assert {f["name"]: f["delta"] for f in step["functions"]} == told


@tap.test
def all_gives_the_same_and_the_database_has_it():
    document = RESULTS["all"] = narrow(*HOME.specs, "--all", "--json").expect(1).json()
    assert len(document["series"]) == 4 and not document["untested"] and not document["skipped"]
    for a, b in zip(document["steps"], searched()["steps"]):
        assert not lab.differences(a, b), lab.differences(a, b)
    runs = HOME.rows(f"SELECT block, position, side, status FROM run WHERE NOT trial AND "
                     f"experiment = '{document['id']}' ORDER BY block, position")
    assert [r[:2] for r in runs] == [(0, 0), (0, 1), (1, 0), (1, 1)], runs
    assert {r[2] for r in runs} == {s["kernel"] for s in document["series"]}
    (kept, verdict, finished), = HOME.rows(
        "SELECT document, verdict, finished FROM result JOIN experiment ON experiment = id "
        f"WHERE id = '{document['id']}'")
    assert json.loads(kept)["steps"][0]["last_good"] == HOME.specs[0]
    assert verdict == "regression" and finished


@tap.test
def a_kernel_that_does_not_boot_is_skipped():
    broken = tiny_kernel.write(HOME.path, "reset")
    done, document = lab.told(HOME, "narrow", HOME.specs[0], broken, HOME.specs[1], "--deadline", 30)
    done.expect(1, f"skipped {broken}")
    assert steps(document) == [("6.16.12", "6.17.13")]
    assert [s["kernel"] for s in document["skipped"]] == [str(broken)], document["skipped"]
    assert "ended" in document["skipped"][0]["reason"], document["skipped"]
    text = done.out
    first_screen.booted("narrow", text)
    for word in ("REGRESSION", "between", "(skipped)", "before   6.16.12", "####"):
        assert word in text, f"no {word!r} in\n{text}"


@tap.test
def fewer_than_two_is_125():
    one, two = (tiny_kernel.write(HOME.path, what) for what in ("reset", "halt"))
    done = narrow(HOME.specs[0], one, "--json", "--deadline", "5").expect(125)
    assert done.json()["verdict"] == "inconclusive" and not done.json()["steps"]
    done = narrow(one, two, "--json", "--deadline", "5").expect(125)
    assert not done.json()["series"] and len(done.json()["skipped"]) == 2


@tap.test
def no_difference_is_no_step():
    done = narrow(HOME.specs[1], HOME.specs[2], "--json").expect(0)
    assert done.json()["verdict"] == "equivalent" and not done.json()["steps"]
    assert narrow(HOME.specs[1], HOME.specs[2]).expect(0).out.startswith("NO STEP")
    done = narrow(HOME.specs[2], HOME.specs[3], "--threshold", "10", "--json").expect(0)
    assert not done.json()["steps"] and done.json()["rest"] > 10


@tap.test
def bad_input_is_refused_before_anything_boots():
    before = HOME.rows("SELECT count(*) FROM experiment")
    old, new = HOME.specs[:2]
    narrow(new, old).expect(128, "newer", "the oldest comes first")
    narrow(old, old).expect(128, "given twice")
    narrow(old, old.replace("-cloud-amd64", ""), new).expect(128, "one build")
    narrow(old).expect(128, "at least two")
    narrow(old, "no-such-kernel").expect(128, "no-such-kernel")
    narrow(old, new, "-s", "no/such").expect(128, "no/such")
    narrow(old, new, "-s", "*/*").expect(128, "one is expected")
    narrow("debian:7.3..6.12").expect(128, "newer")
    narrow().expect(129, "kernels are expected")
    narrow(old, new, "--mode", "native").expect(129, "exact or timed")
    narrow(old, new, "--mode", "timed", "--all").expect(129, "slowpath run")
    assert HOME.rows("SELECT count(*) FROM experiment") == before


def wait_for_runs(running, at_least, within=300):
    """Until the database holds so many runs of the last experiment."""
    end = time.monotonic() + within
    while time.monotonic() < end and running.process.poll() is None:
        runs = HOME.last_runs()
        if len(runs) >= at_least and all(status == "ok" for _, status, _ in runs):
            return
        time.sleep(0.1)
    running.process.kill()
    raise AssertionError(f"no {at_least} runs within {within} s: {HOME.last_runs()}")


@tap.test
def timed_ends_are_run_in_turn_and_kept_when_interrupted():
    experiments = HOME.rows("SELECT count(*) FROM experiment")[0][0]
    running = lab.Running(HOME, "narrow", *HOME.specs[:2], "--mode", "timed", "--cmdline",
                          "SLOWPATH_REST_MS=100")
    while running.process.poll() is None and \
            HOME.rows("SELECT count(*) FROM experiment")[0][0] == experiments:
        time.sleep(0.1)
    wait_for_runs(running, 3)
    running.process.send_signal(signal.SIGINT)
    running.end().expect(128, "'slowpath narrow --resume ")
    runs = HOME.last_runs()
    # In pairs, whose order turns: what drifts evenly is in both alike.
    assert [r[0] for r in runs[:3]] == [HOME.specs[0], HOME.specs[1], HOME.specs[1]], runs
    (mode, finished), = HOME.rows("SELECT mode, finished FROM experiment ORDER BY rowid DESC "
                                  "LIMIT 1")
    assert mode == "timed" and finished is None


@tap.test
def an_interrupted_search_goes_on():
    whole = RESULTS["all"]
    known = set(HOME.rows("SELECT experiment FROM run"))
    running = lab.Running(HOME, "narrow", *HOME.specs, "--all", "--fresh")
    # Its own first run: an earlier search is unfinished as well.
    while running.process.poll() is None and \
            not set(HOME.rows("SELECT experiment FROM run WHERE NOT trial")) - known:
        time.sleep(0.05)
    running.process.send_signal(signal.SIGINT)
    running.end().expect(128, "--resume ")
    identity = running.err.split("--resume ")[1].split("'")[0]
    kept = HOME.rows(f"SELECT id FROM run WHERE NOT trial AND experiment = '{identity}'")
    assert 1 <= len(kept) < 4, kept
    for column, what in (("guest_sha256", "slowpath's guest"), ("plugin_sha256", "slowpath's plugin"),
                         ("qemu_version", "QEMU")):
        with contextlib.closing(sqlite3.connect(HOME.path / "slowpath.db")) as db:
            (then, ), = db.execute(f"SELECT DISTINCT {column} FROM run WHERE experiment = ?",
                                   (identity, ))
            db.execute(f"UPDATE run SET {column} = ? WHERE experiment = ?",
                       ("0" * 64, identity))
            db.commit()
            narrow("--resume", identity).expect(128, identity, f"{what} has changed since")
            db.execute(f"UPDATE run SET {column} = ? WHERE experiment = ?", (then, identity))
            db.commit()
    document = narrow("--resume", identity, "--json").expect(1).json()
    assert document["id"] == identity
    for name in ("series", "steps", "verdict", "rest"):
        found = lab.differences(whole[name], document[name])
        assert not found, found
    runs = HOME.rows(f"SELECT id FROM run WHERE NOT trial AND experiment = '{identity}'")
    assert len(runs) == 4 and runs[:len(kept)] == kept, runs
    narrow("--resume", identity, HOME.specs[0]).expect(129, "stands alone")
    narrow("--resume", "20200101-000000-000000").expect(128, "no experiment")


with lab.Home(lab.OLD, lab.NEW, "debian:7.1.13", "debian:7.3.4", small=True) as HOME:
    tap.main()
