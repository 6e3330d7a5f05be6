# SPDX-License-Identifier: GPL-2.0-or-later
"""'slowpath decompose' over a tree whose kernels are two stock ones: NEW becomes the fast one again
only with two changes together, and pays for it with large folios."""
import csv
import io
import pathlib
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import first_screen
import json_schema
import tap
from boot import commits, lab

TOGGLE, LARGE = "mprotect/shared-dirty-toggle", "mprotect/large-folio-toggle"
RESULTS = {}


def decompose(*words, code=1, texts=(), **more):
    return lab.run(WORLD.home, "decompose", *words, env=WORLD.env(), timeout=900,
                   **more).expect(code, *texts)


def made():
    """(tree, {name: commit, or file of a patch}): OLD is fast, NEW is slow; the first two candidates
    mend it together; the third tags the kernel; the fourth goes on top of the third alone; the
    fifth does not build."""
    if "made" in RESULTS:
        return RESULTS["made"]
    tree = WORLD.tree()
    build = (f"if test -e one && test -e two; then echo {WORLD.old}; else echo {WORLD.new}; fi "
             "> mm/level\n"
             "if test -e broken; then echo 'mm/x.c:1:1: error: broken' >&2; exit 1; fi\n")
    at = {"old": tree.git("rev-parse", "HEAD")}
    at["new"] = tree.commit("slow", build_sh=build)
    for name, files in (("one", {"one": "1\n"}), ("two", {"two": "2\n"}),
                        ("tag", {"tag": "tag-0003\n"}), ("comment", {"comment": "x\n"}),
                        ("broken", {"broken": "1\n"})):
        tree.git("checkout", "-q", at["new"])
        at[name] = tree.commit(f"candidate {name}", **files)
    tree.git("checkout", "-q", at["tag"])
    at["on-tag"] = tree.commit("on top", tag="tag-0004\n")
    patch = tree.git("format-patch", "-1", "--stdout", at["two"]) + "\n"
    at["file"] = WORLD.folder / "two.patch"
    at["file"].write_text(patch, encoding="utf-8")
    tree.git("checkout", "-q", at["new"])
    RESULTS["made"] = tree, at
    return RESULTS["made"]


def words(*candidates, old="old", new="new"):
    tree, at = made()
    out = ["--tree", tree.path, "--old", at[old], "--new", at[new]]
    for name in candidates:
        out += ["--probe", at.get(name, name)]
    return out


def whole():
    if "whole" not in RESULTS:
        tree, _ = made()
        # git sets the time of an object that it would have written had it not been there.
        state = lambda: {n: (t * ("/objects/" not in n), b) for n, (t, b) in tree.state().items()}
        before = state()
        RESULTS["whole"] = decompose(*words("one", "file"), "--sibling", LARGE, "--json").json()
        assert state() == before, "the user's tree was touched"
    return RESULTS["whole"]


def of(document, scenario):
    return next(s for s in document["scenarios"] if s["scenario"] == scenario)


def part(scenario, kind, candidate=None):
    found, = [p for p in scenario["parts"] if (p["part"], p["candidate"]) == (kind, candidate)]
    return found


@tap.test
def parts_add_up_to_the_gap_and_interaction_is_one():
    document, (_, at) = whole(), made()
    json_schema.check(document, "decompose-1")
    first, second = document["candidates"]
    assert (first["kind"], first["commit"], first["subject"]) == ("commit", at["one"],
                                                                  "candidate one"), first
    assert (second["kind"], second["commit"]) == ("patch", None), second
    assert "candidate two" in second["subject"], second
    scenario = of(document, TOGGLE)
    gap = scenario["gap"]
    assert gap["verdict"] == "regression" and gap["new"]["exact"], gap
    assert "prot_commit_flush_ptes" in {f["name"] for f in gap["functions"]}, gap
    # Neither does anything by itself, and both do it all.
    assert part(scenario, "candidate", 0)["delta"] == part(scenario, "candidate", 1)["delta"] == 0
    assert part(scenario, "interaction")["delta"] == gap["delta"] > 100, scenario["parts"]
    assert part(scenario, "interaction")["share"] == 1 and part(scenario, "left")["delta"] == 0
    # Whoever comes second gets it.
    assert (scenario["orders"], scenario["orders_all"]) == (2, 2), scenario
    for i in (0, 1):
        one = part(scenario, "candidate", i)
        assert (one["low"], one["high"], one["mean"]) == (0, gap["delta"], gap["delta"] / 2), one
    total = sum(p["delta"] for p in scenario["parts"])
    assert abs(total - gap["delta"]) * 16384 < 0.5, (total, gap["delta"])


@tap.test
def what_mends_one_shape_and_worsens_another_is_a_regression():
    document = whole()
    assert document["verdict"] == "regression", document["verdict"]
    both = of(document, TOGGLE)["sets"][2]
    assert both["candidates"] == [0, 1] and both["verdict"] == "improvement", both
    large = of(document, LARGE)
    assert not large["chosen"] and large["parts"] == [] and large["gap"]["verdict"] == "improvement"
    assert [s["verdict"] for s in large["sets"]] == ["equivalent", "equivalent", "regression"], large
    assert large["sets"][2]["ratio"] > 1.3, large["sets"]
    text = decompose("--resume", document["id"]).out
    first_screen.booted("decompose", text)
    for words in ("A CANDIDATE MAKES SOMETHING WORSE: 1 gap, 1 sibling",
                  '1: ' + made()[1]["one"][:12], "interaction", "left, with all", "over 2 orders",
                  "regression; most by "):
        assert words in text, (words, text)


@tap.test
def it_is_exported_against_what_each_was_held_against():
    told = lab.run(WORLD.home, "export", whole()["id"], "--format", "csv").expect(0).out
    rows = [dict(r) for r in csv.DictReader(io.StringIO(told))]
    found = {(r["scenario"], r["verdict"]) for r in rows if r["verdict"]}
    assert found == {(TOGGLE, "regression"), (LARGE, "improvement")}, rows
    new, = {r["kernel"] for r in rows if r["verdict"]}
    old, = {r["against"] for r in rows if r["verdict"]}
    assert made()[1]["new"] in new + rows[1]["side"] and old != new, rows


@tap.test
def kernels_that_load_the_same_are_measured_once():
    sides = WORLD.home.rows(f"SELECT scenario, side FROM run WHERE NOT trial AND experiment = "
                            f"'{whole()['id']}'")
    # One change alone builds NEW's kernel, and both OLD's.
    assert len(sides) == 4 and len(set(sides)) == 4, sides


@tap.test
def it_is_told_again_without_a_measurement():
    runs = WORLD.home.rows("SELECT count(*) FROM run")
    assert decompose("--resume", whole()["id"], "--json").json() == whole()
    assert WORLD.home.rows("SELECT count(*) FROM run") == runs


@tap.test
def what_needs_another_goes_on_top_of_it():
    document = decompose(*words("tag", "on-tag"), "--no-siblings", "--json", code=0).json()
    json_schema.check(document, "decompose-1")
    assert document["verdict"] == "equivalent", document
    alone = document["sets"][2]
    assert alone["kernel"] is None and "candidate 2" in alone["reason"], alone
    scenario, = document["scenarios"]
    assert part(scenario, "candidate", 1)["after"] == [0], scenario["parts"]
    assert (scenario["orders"], scenario["orders_all"]) == (1, 2), scenario
    assert part(scenario, "interaction")["delta"] == 0, scenario["parts"]
    assert part(scenario, "left")["share"] == 1, scenario["parts"]


@tap.test
def what_does_not_build_is_said_and_taken_out_it_does():
    document = decompose(*words("broken", "comment"), "--no-siblings", "--json", code=125).json()
    json_schema.check(document, "decompose-1")
    assert "broken" in document["sets"][1]["reason"], document["sets"]
    scenario, = document["scenarios"]
    assert part(scenario, "candidate", 0)["delta"] is None, scenario["parts"]
    assert part(scenario, "left")["delta"] is None, scenario["parts"]
    assert part(scenario, "candidate", 1)["delta"] == 0, scenario["parts"]
    tree, at = made()
    # What the commit "new" did is the whole gap: without it NEW is OLD.
    document = decompose(*words(f"revert:{at['new']}"), "--no-siblings", "--json", code=0).json()
    candidate, = document["candidates"]
    assert (candidate["kind"], candidate["commit"]) == ("revert", at["new"]), candidate
    scenario, = document["scenarios"]
    assert part(scenario, "candidate", 0)["share"] == 1, scenario["parts"]
    text = decompose("--resume", document["id"], code=0).out
    assert "100.0 %" in text and ', taken out ("slow")' in text, text


@tap.test
def one_that_was_interrupted_goes_on():
    known = set(WORLD.home.rows("SELECT experiment FROM run"))
    running = lab.Running(WORLD.home, "decompose", *words("one", "file"), "--sibling", LARGE,
                          env=WORLD.env())
    while running.process.poll() is None and \
            not set(WORLD.home.rows("SELECT experiment FROM run")) - known:
        time.sleep(0.02)
    running.process.send_signal(signal.SIGINT)
    running.end().expect(128, "'slowpath decompose --resume ")
    identity = running.err.split("--resume ")[1].split("'")[0]
    document = decompose("--resume", identity, "--json").json()
    assert {**document, "id": None} == {**whole(), "id": None}


@tap.test
def bad_input_is_refused():
    tree, at = made()
    empty, other = WORLD.folder / "empty.patch", WORLD.folder / "other.patch"
    empty.write_text("", encoding="utf-8")
    other.write_text("no patch at all\n", encoding="utf-8")
    decompose(*words("one"), "nosuch", code=129, texts=("'nosuch': kernels are given",))
    decompose("--tree", tree.path, "--old", at["old"], "--new", at["new"], code=129,
              texts=("at least one --probe",))
    decompose(*words("one", "two", "tag", "comment", "broken"), code=129, texts=("4 at most",))
    decompose(*words("one"), "--sibling", LARGE, "--no-siblings", code=129)
    decompose("--resume", "last", "--metric", "kernel", code=129)
    decompose(*words("nosuch"), code=128, texts=("--probe 'nosuch': it is no file, and no commit",))
    decompose(*words("one", "two", "one"), code=128, texts=("same change",))
    decompose(*words(str(empty)), code=128, texts=(str(empty), "is empty"))
    decompose(*words("one", new="old"), code=128, texts=("there is no gap",))
    decompose("--tree", "/nonexistent", *words("one")[2:], code=128, texts=("/nonexistent",))
    decompose(*words("one"), "--old", f"git:{tree.path}@nosuch", code=128, texts=("nosuch",))
    decompose(*words("one"), "--new", f"git:{tree.path}", code=128, texts=("a commit is needed",))
    # What does not apply is no error of the tool, but nothing is left to tell.
    done = decompose(*words(str(other)), "--no-siblings", "--json", code=125).json()
    assert "does not apply" in done["sets"][1]["reason"], done["sets"]


with commits.World() as WORLD:
    tap.main()
