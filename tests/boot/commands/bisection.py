# SPDX-License-Identifier: GPL-2.0-or-later
"""'slowpath bisect', and compare under 'git bisect run', over trees whose commits are two stock
kernels instead of builds: which commit is named, what is built for it, and what a kill leaves."""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import first_screen
import tap
from boot import commits, lab

def strip(document):
    """What two bisections of the same must agree in."""
    return {k: v for k, v in document.items() if k not in ("id", "seconds", "built")}


@tap.test
def the_culprit_is_named_and_proven():
    tree, ids = commits.long_tree(WORLD)
    tree.write("tag", "changed!")
    before = tree.state()
    document = WORLD.bisect(tree, "HEAD~12", "HEAD")
    assert tree.state() == before, "the user's tree was touched"
    assert document["schema"] == "slowpath/bisect/1" and document["status"] == "proven", document
    culprit, = document["culprits"]
    assert (culprit["commit"], culprit["subject"]) == (ids[9], "commit 9"), culprit
    assert culprit["ratio"] > 1.5 and abs(culprit["won_back"] - 1) < 1e-9, culprit
    assert culprit["reason"].endswith("its revert wins back 100 % of the change"), culprit
    assert culprit["fixes"] == f'Fixes: {ids[9][:12]} ("commit 9")', culprit
    assert culprit["parent"] == ids[8] and culprit["suspects"] == 1 and not culprit["merge"]
    assert document["skipped"] == 1 and document["unchanged"] == 1, document
    # 0, 12, 7, 9; the sixth fails, the eighth is the seventh.
    assert document["tested"] == 4 and document["commits"] == 12, document
    skipped = [s for s in document["series"] if s["skipped"]]
    assert [s["commit"] for s in skipped] == [ids[6]] and "broken" in skipped[0]["skipped"]
    RESULTS["long"] = tree, ids, document
    kept, = WORLD.home.rows("SELECT verdict FROM result WHERE experiment = "
                            f"'{document['id']}'")
    assert kept == ("regression",), kept


@tap.test
def it_goes_on_after_any_kill():
    tree, ids, document = RESULTS["long"]
    shutil.rmtree(WORLD.home.path / "build")
    shutil.rmtree(WORLD.home.path / "bisect")
    for entry in json.loads(lab.run(WORLD.home, "kernel", "list", "--json").out)["kernels"]:
        if entry["spec"].startswith("git:"):
            shutil.rmtree(entry["dir"], ignore_errors=True)
    words = ["--tree", tree.path, "--good", ids[12] + "~12", "--bad", ids[12]]
    running = WORLD.start(*words)
    name, kills, refused = None, 0, False
    while True:
        seen = 0

        def lines():
            found = list((WORLD.home.path / "bisect").glob("*.jsonl"))
            return len(found[0].read_bytes().splitlines()) if found else 0
        seen = lines()
        # Until it has learned something new, or a little later.
        while running.process.poll() is None and lines() == seen:
            time.sleep(0.02)
        if running.process.poll() is not None:
            break
        time.sleep(0.3 * (kills % 3))
        running.process.send_signal((signal.SIGKILL, signal.SIGINT)[kills % 2])
        running.end(timeout=60)
        kills += 1
        name = next((WORLD.home.path / "bisect").glob("*.jsonl")).stem
        assert kills < 30, "it does not get on"
        refused = refused or with_another_guest(name)
        running = WORLD.start("--resume", name)
    running.end().expect(1)
    assert kills >= 3 and refused, kills
    again = running.json()
    assert not lab.differences(strip(document), strip(again)), \
        lab.differences(strip(document), strip(again))
    # Once more: all of it is there.
    start = time.monotonic()
    done = lab.run(WORLD.home, "bisect", "--resume", name, "--json", env=WORLD.env()).expect(1)
    assert "building" not in done.err and time.monotonic() - start < 5, done.err
    assert strip(done.json()) == strip(again)
    first_screen.booted("bisect", lab.run(WORLD.home, "bisect", "--resume", name,
                                          env=WORLD.env()).expect(1).out)


def with_another_guest(name):
    """What another slowpath measured is not mixed with what this one would; False: nothing is there."""
    with contextlib.closing(sqlite3.connect(WORLD.home.path / "slowpath.db")) as db:
        # Trials only tell how many iterations are enough.
        runs = db.execute("SELECT id, guest_sha256 FROM run WHERE experiment = ? AND NOT trial",
                          (name, )).fetchall()
        if not runs:
            return False
        db.execute("UPDATE run SET guest_sha256 = ? WHERE experiment = ?", ("0" * 64, name))
        db.commit()
        # What a kill left is swept by who measures.
        lab.run(WORLD.home, "bisect", "--resume", name, env=WORLD.env(), tidy=False).expect(
            128, name, "slowpath's guest has changed since", "slowpath show")
        db.executemany("UPDATE run SET guest_sha256 = ? WHERE id = ?",
                       [(sha, run) for run, sha in runs])
        db.commit()
    return True


@tap.test
def half_a_line_of_the_journal_is_dropped():
    _, _, document = RESULTS["long"]
    journal = next((WORLD.home.path / "bisect").glob("*.jsonl"))
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:-1]) + lines[-1][:20])
    done = lab.run(WORLD.home, "bisect", "--resume", journal.stem, "--json",
                   env=WORLD.env()).expect(1)
    assert strip(done.json()) == strip(document)
    with open(journal, "ab") as f:
        f.write(b"{\n")
    lab.run(WORLD.home, "bisect", "--resume", journal.stem, env=WORLD.env()).expect(128, "damaged")


@tap.test
def no_difference_is_seen_before_anything_between_is_built():
    tree = WORLD.tree()
    for n in range(3, 8):
        tree.commit(f"commit {n}", tag=commits.tag(n))
    document = WORLD.bisect(tree, "HEAD~5", "HEAD", code=0)
    assert document["status"] == "no difference" and not document["culprits"], document
    # An end whose files were built before, for another tree, is not built again.
    assert document["tested"] == len(document["series"]) == 2, document
    assert document["built"] <= 2, document
    text = lab.run(WORLD.home, "bisect", "--tree", tree.path, "--good", "HEAD~5", "--bad", "HEAD",
                   env=WORLD.env()).expect(0).out
    assert "NO DIFFERENCE" in text, text


@tap.test
def ends_that_cannot_be_are_128_before_any_build():
    tree, ids, _ = RESULTS["long"]
    tree.git("checkout", "-q", "-f", "--orphan", "other")
    tree.git("commit", "-q", "-m", "unrelated")
    tree.git("checkout", "-q", "-b", "side", ids[3])
    tree.commit("aside", tag="aside000")
    tree.git("checkout", "-q", "master")
    shutil.rmtree(WORLD.home.path / "build", ignore_errors=True)
    for good, bad, text in ((ids[12], ids[1], "swapped"), (ids[2], "other", "unrelated"),
                            ("side", ids[12], f"part at {ids[3][:12]}"), (ids[3], ids[3], "same"),
                            ("nothing", ids[3], "no commit 'nothing'")):
        WORLD.bisect(tree, good, bad, code=128, texts=[text])
    WORLD.bisect(tree, ids[1], ids[5], "--", "nowhere", code=128, texts=["nowhere"])
    assert not (WORLD.home.path / "build").exists(), "something was built"
    for words in (["--good", "x"], ["--resume", "x", "--good", "y"], ["--good", "x", "--bad", "y",
                                                                     "z"]):
        lab.run(WORLD.home, "bisect", *words).expect(129)
    lab.run(WORLD.home, "bisect", "--resume", "20200101-000000-000000").expect(128)


@tap.test
def a_bad_end_that_is_faster_is_swapped():
    tree = WORLD.tree()
    tree.commit("slow", mm__level=f"{WORLD.new}\n", tag=commits.tag(1))
    tree.commit("fast again", mm__level=f"{WORLD.old}\n")
    WORLD.bisect(tree, "HEAD~1", "HEAD", code=128, texts=["swapped", "faster"])


@tap.test
def an_end_that_does_not_build_is_125():
    tree = WORLD.tree()
    tree.commit("broken", build_sh="echo 'error: no'; exit 1\n")
    WORLD.bisect(tree, "HEAD~1", "HEAD", code=125, texts=["bad", "cannot be measured", "error: no"])


def merged(tree, slow_in):
    """A branch of two commits, merged after one of its own; who is slow is told: {name: id}."""
    ids = {}
    tree.git("checkout", "-q", "-b", "topic")
    ids["first"] = tree.commit("first of the branch", tag=commits.tag(1))
    level = {"mm__level": f"{WORLD.new}\n"} if slow_in == "branch" else {}
    ids["second"] = tree.commit("second of the branch", **level)
    ids["third"] = tree.commit("third of the branch", extra="3")
    tree.git("checkout", "-q", "master")
    ids["main"] = tree.commit("on the main line", other="1")
    tree.git("merge", "-q", "--no-commit", "topic")
    if slow_in == "merge":
        tree.write("mm/level", f"{WORLD.new}\n")
    ids["merge"] = tree.commit("Merge branch 'topic'")
    tree.commit("after", late="1")
    return ids


@tap.test
def what_came_by_a_merge_is_found_in_its_branch():
    tree = WORLD.tree()
    ids = merged(tree, "branch")
    document = WORLD.bisect(tree, "HEAD~3", "HEAD")
    culprit, = document["culprits"]
    assert culprit["commit"] == ids["second"] and culprit["merged_by"] == ids["merge"], culprit
    assert document["status"] == "proven" and not culprit["merge"], culprit


@tap.test
def a_merge_that_is_the_culprit_is_said_to_be_one():
    tree = WORLD.tree()
    ids = merged(tree, "merge")
    document = WORLD.bisect(tree, "HEAD~3", "HEAD")
    culprit, = document["culprits"]
    assert culprit["commit"] == ids["merge"] and culprit["merge"], culprit
    assert document["status"] == "proven", culprit


@tap.test
def a_revert_that_conflicts_is_said_and_the_culprit_is_likely():
    tree = WORLD.tree()
    slow = tree.commit("slow", mm__level=f"{WORLD.new}\n", tag=commits.tag(9))
    tree.commit("the same lines", mm__level=f"{WORLD.new}\n# and more\n", tag=commits.tag(12))
    document = WORLD.bisect(tree, "HEAD~2", "HEAD")
    culprit, = document["culprits"]
    assert culprit["commit"] == slow and document["status"] == "likely", document
    assert "conflicts" in culprit["reason"] and culprit["won_back"] is None, culprit


@tap.test
def skipped_neighbours_are_suspects_too():
    tree = WORLD.tree()
    broken = "echo 'error: no'; exit 1\n"
    tree.commit("fast too", tag=commits.tag(1))
    tree.commit("broken, perhaps slow", build_sh=broken, mm__level=f"{WORLD.new}\n")
    mended = tree.commit("mended", build_sh="true\n", tag=commits.tag(12))
    document = WORLD.bisect(tree, "HEAD~3", "HEAD")
    culprit, = document["culprits"]
    assert culprit["commit"] == mended and culprit["suspects"] == 2, culprit
    assert document["status"] == "likely" and "2 commits" in culprit["reason"], culprit


@tap.test
def paths_limit_what_is_looked_at():
    tree = WORLD.tree()
    for n in range(5, 0, -1):
        tree.commit(f"elsewhere {n}", tag=commits.tag(n))
    slow = tree.commit("in mm", mm__level=f"{WORLD.new}\n")
    for n in range(10, 13):
        tree.commit(f"elsewhere {n}", tag=commits.tag(n))
    document = WORLD.bisect(tree, "HEAD~9", "HEAD", "--", "mm/")
    culprit, = document["culprits"]
    assert culprit["commit"] == slow and document["status"] == "proven", document
    assert document["commits"] == 2 and len(document["series"]) <= 3, document["series"]


@tap.test
def compare_is_a_predicate_for_git_bisect_run():
    tree, ids, _ = RESULTS["long"]
    tree.git("checkout", "-q", "-f", "master")
    tree.git("bisect", "start", ids[12], ids[1] + "~1")
    env = lab.environment("predicate", WORLD.home.path, WORLD.env())
    done = subprocess.run(["git", "bisect", "run", lab.SLOWPATH, "compare", f"git:.@{ids[1]}~1",
                           "git:.@HEAD"], cwd=tree.path, env=env, capture_output=True, text=True,
                          timeout=300)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert f"{ids[9]} is the first bad commit" in done.stdout, done.stdout[-2000:]
    assert "skip" in tree.git("bisect", "log"), "the one that does not build was not skipped"
    tree.git("bisect", "reset")


# Trees have the same tags again, and so the same images: what one has booted the others restore. Both
# kernels are there with tag 1; OLD with 0, 7 and 12; NEW with 9 and 12.
RESULTS = {}
with commits.World() as WORLD:
    tap.main()
