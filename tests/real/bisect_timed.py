# SPDX-License-Identifier: GPL-2.0-or-later
"""A bisection by times, over commits that are two stock kernels: calibration, search, a kill and
proof. Some hundred boots: some 40 minutes where no kernel comes up on KVM."""
import json
import pathlib
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import tap
from boot import commits, lab


def journal(home):
    """The journal's entries by their keys; of the one search that there is."""
    path, = (home.path / "bisect").glob("*.jsonl")
    entries = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return path.stem, {e["key"]: e for e in entries}


def runs(home):
    """How many runs the journal has."""
    if not list((home.path / "bisect").glob("*.jsonl")):
        return 0
    return sum(key.startswith("run:") for key in journal(home)[1])


@tap.test
def the_culprit_is_named_by_times_across_a_kill():
    tree, ids = commits.long_tree(WORLD)
    running = WORLD.start("--tree", tree.path, "--good", "HEAD~12", "--bad", "HEAD", "--mode",
                          "timed")
    while running.process.poll() is None and runs(WORLD.home) < 20:
        time.sleep(0.2)
    running.process.send_signal(signal.SIGKILL)
    running.end(timeout=60)
    name, before = journal(WORLD.home)
    done = lab.run(WORLD.home, "bisect", "--resume", name, "--json", env=WORLD.env(),
                   timeout=3600).expect(1)
    document = done.json()
    culprit, = document["culprits"]
    assert (culprit["commit"], culprit["subject"]) == (ids[9], "commit 9"), culprit
    assert culprit["ratio"] > 1.2 and culprit["low"] > 1 and culprit["blocks"] >= 10, culprit
    assert culprit["probability"] > 0.98 and culprit["suspects"] == 1, culprit
    assert document["mode"] in ("timed", "emulated") and document["metric"].endswith("_per_page")
    # What is mended by the revert is not said of an emulator's times.
    if document["mode"] == "emulated":
        assert document["status"] == "likely" and "emulated" in culprit["reason"], document
        assert culprit["won_back"] is None, culprit
    else:
        assert document["status"] == "proven" and culprit["won_back"] > 0.5, document
    assert document["calibration"]["runs"] == 60 and document["runs"] >= 60, document
    assert document["calibration"]["bad"] > 1.2 * document["calibration"]["good"], document
    series = {ids_of(ids, s["commit"]): s for s in document["series"]}
    assert len(series) == len(document["series"]), document["series"]
    assert series[0]["runs"] >= 30 and series[12]["runs"] >= 30, series
    assert 6 not in series or "broken" in series[6]["skipped"], series
    after = journal(WORLD.home)[1]
    assert all(after[key] == entry for key, entry in before.items()), "a run was made again"
    text = lab.run(WORLD.home, "bisect", "--resume", name, env=WORLD.env()).expect(1).out
    assert ("Emulated: " in text) == (document["mode"] == "emulated"), text
    assert "calibration: 60 runs" in text and culprit["fixes"] in text, text
    # All of it follows from the rows of the database once more.
    bundle = WORLD.folder / "bundle"
    lab.run(WORLD.home, "bundle", name, "-o", bundle).expect(0)
    lab.run(WORLD.home, "verify", bundle).expect(0)
    print("# " + json.dumps({k: document[k] for k in ("runs", "calibration", "seconds")}))


def ids_of(ids, commit):
    """The number of a commit; 0: the one before them all."""
    return next((n for n, id in ids.items() if id == commit), 0)


@tap.test
def ends_that_load_the_same_are_not_run():
    tree = WORLD.tree()
    tree.commit("comment", comment="1")
    tree.commit("another", comment="2")
    document = WORLD.bisect(tree, "HEAD~2", "HEAD", "--mode", "timed", code=0)
    assert document["status"] == "no difference" and document["runs"] == 0, document
    assert document["reason"] == "the ends load the same" and document["built"] <= 2, document


with commits.World() as WORLD:
    tap.main()
