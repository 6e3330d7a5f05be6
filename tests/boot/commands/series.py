# SPDX-License-Identifier: GPL-2.0-or-later
"""'slowpath series' over a tree whose commits are two stock kernels instead of builds."""
import json
import pathlib
import shutil
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import json_schema
import first_screen
import tap
from boot import commits, lab

RESULTS = {}


def series(*words, code=1, **more):
    return lab.run(WORLD.home, "series", *words, env=WORLD.env(), timeout=900, **more).expect(code)


def made():
    """(tree, ids): a base; what builds nothing; what does not build; slow; fast again, but by
    another name; and the very base."""
    if "tree" not in RESULTS:
        tree = WORLD.tree()
        ids = [tree.git("rev-parse", "HEAD")]
        for files in ({"comment": "nothing of this is built"},
                      {"build_sh": "echo 'mm/x.c:1:1: error: broken' >&2; exit 1\n"},
                      {"build_sh": "true\n", "mm__level": f"{WORLD.new}\n", "tag": "tag-0001"},
                      {"mm__level": f"{WORLD.old}\n", "tag": "tag-0002"},
                      {"tag": "tag-0000"}):
            ids.append(tree.commit(f"commit {len(ids)}", **files))
        RESULTS["tree"] = tree, ids
    return RESULTS["tree"]


def whole():
    if "whole" not in RESULTS:
        tree, ids = made()
        state = tree.state()
        RESULTS["whole"] = series(f"{ids[0]}..HEAD", "--tree", tree.path, "--json").json()
        assert tree.state() == state, "the user's tree was touched"
    return RESULTS["whole"]


@tap.test
def each_commit_has_what_it_costs():
    document, (_, ids) = whole(), made()
    json_schema.check(document, "series-1")
    assert document["verdict"] == "regression" and document["base"] == ids[0], document
    listed = document["commits"]
    assert [c["commit"] for c in listed] == ids and listed[3]["subject"] == "commit 3", listed
    assert [c["status"] for c in listed] == ["measured", "same", "failed", "measured", "measured",
                                             "same"], listed
    assert listed[1]["same_as"] == listed[5]["same_as"] == ids[0], listed
    assert "broken" in listed[2]["reason"], listed[2]
    cells = document["scenarios"][0]["cells"]
    assert [c["verdict"] for c in cells] == [None, "equivalent", None, "regression", "improvement",
                                             "equivalent"], cells
    # The one that does not build is part of the next.
    assert cells[3]["since"] == ids[1] and cells[3]["ratio"] > 1.5, cells[3]
    assert "prot_commit_flush_ptes" in {f["name"] for f in cells[3]["functions"]}, cells[3]
    assert cells[4]["value"] == cells[5]["value"] == cells[0]["value"], cells
    assert cells[3]["delta"] == -cells[4]["delta"], cells
    assert document["scenarios"][0]["total"]["delta"] == 0, document["scenarios"][0]["total"]


@tap.test
def equal_kernels_are_measured_once():
    runs = WORLD.home.rows(f"SELECT side FROM run WHERE experiment = '{whole()['id']}' AND NOT "
                           "trial")
    ids = made()[1]
    assert sorted(s[0].split("@")[1][:40] for s in runs) == sorted((ids[0], ids[3], ids[4])), runs


@tap.test
def it_is_told_and_given_to_others():
    tree, ids = made()
    identity = whole()["id"]
    text = series("--resume", identity).out
    first_screen.booted("series", text)
    assert text.startswith("A COMMIT COSTS MORE: 5 commits"), text
    for words in (f"{ids[3][:12]}  commit 3", "with the 1 commit before it", "does not build",
                  "regression; most by", "the tip against the base"):
        assert words in text, (words, text)
    checks = series("--resume", identity, "--b4").json()
    assert [c["status"] for c in checks] == ["pass", "warn", "fail", "pass", "pass"], checks
    # b4 keeps one of each tool.
    assert [c["tool"] for c in checks] == [f"slowpath {i}/5" for i in range(1, 6)], checks
    assert all(set(c) == {"tool", "status", "summary", "url", "details"} for c in checks), checks
    assert "(regression)" in checks[2]["summary"] and ids[3][:12] in checks[2]["details"], checks
    told = lab.run(WORLD.home, "export", identity, "--format", "ktap").expect(0).out
    # The last commit is the base once more: the row of kernels alone tells of none.
    assert told.count("\nnot ok ") == 0 and told.count("\nok ") == 3, told
    assert told.count(" # SKIP a commit brings back an earlier kernel") == 2, told


@tap.test
def an_interrupted_series_goes_on():
    tree, ids = made()
    for entry in lab.run(WORLD.home, "kernel", "list", "--json").json()["kernels"]:
        if entry["spec"].startswith("git:"):
            shutil.rmtree(entry["dir"], ignore_errors=True)
    known = set(WORLD.home.rows("SELECT experiment FROM run"))
    running = lab.Running(WORLD.home, "series", f"{ids[0]}..{ids[5]}", "--tree", tree.path,
                          "--metric", "kernel", "--config", "minimal", env=WORLD.env())
    while running.process.poll() is None and \
            not set(WORLD.home.rows("SELECT experiment FROM run")) - known:
        time.sleep(0.02)
    running.process.send_signal(signal.SIGINT)
    running.end().expect(128, "'slowpath series --resume ")
    identity = running.err.split("--resume ")[1].split("'")[0]
    document = series("--resume", identity, "--json").json()
    assert document["id"] == identity
    # By the metric that was asked for at first, and of the same config.
    (asked, ), = WORLD.home.rows(f"SELECT command FROM experiment WHERE id = '{identity}'")
    assert json.loads(asked)["config"] == "minimal", asked
    row, = document["scenarios"]
    assert row["metric"] == "kernel_insns_per_page", row
    for name in ("verdict", "status", "since", "same_as"):
        of = lambda d: [c.get(name) for c in d["commits"] + d["scenarios"][0]["cells"]]
        assert of(document) == of(whole()), (name, document)


@tap.test
def what_costs_nothing_is_0_and_what_cannot_be_told_125():
    tree, ids = made()
    # One kernel stands for both: nothing is booted.
    before = WORLD.home.rows("SELECT count(*) FROM run")
    document = series(f"{ids[0]}..{ids[1]}", "--tree", tree.path, "--json", code=0).json()
    json_schema.check(document, "series-1")
    assert document["verdict"] == "equivalent" and document["id"] is None, document
    assert WORLD.home.rows("SELECT count(*) FROM run") == before
    document = series(f"{ids[1]}..{ids[2]}", "--tree", tree.path, "--json", code=125).json()
    assert document["verdict"] == "inconclusive", document
    done = lab.run(WORLD.home, "series", f"{ids[2]}..{ids[3]}", "--tree", tree.path,
                   env=WORLD.env()).expect(125, "broken")
    assert not done.out, done.out


@tap.test
def bad_ranges_are_refused():
    tree, ids = made()
    refuse = lambda code, words, *args: lab.run(
        WORLD.home, "series", *args, env=WORLD.env()).expect(code, words)
    refuse(129, "BASE..TIP", "--tree", tree.path)
    refuse(128, "is no range", "HEAD", "--tree", tree.path)
    refuse(128, "is no range", f"{ids[0]}...{ids[1]}", "--tree", tree.path)
    refuse(128, "nosuch", f"{ids[0]}..nosuch", "--tree", tree.path)
    refuse(128, "ancestor", f"{ids[1]}..{ids[0]}", "--tree", tree.path)
    refuse(128, "/nonexistent", "HEAD~1..HEAD", "--tree", "/nonexistent")
    refuse(129, "of a new series", "--resume", "last", "--config", "minimal")
    refuse(129, "of a new series", "--resume", "last", "--metric", "kernel")
    refuse(129, "two documents", "HEAD~1..HEAD", "--tree", tree.path, "--b4", "--json")


with commits.World() as WORLD:
    tap.main()
