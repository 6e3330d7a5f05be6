# SPDX-License-Identifier: GPL-2.0-or-later
"""'slowpath patrol' over a branch that moves: fast, slow, fast again by another name."""
import fcntl
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import first_screen
import json_schema
import tap
from boot import commits, lab

TOGGLE = "mprotect/shared-dirty-toggle"


def patrol(*words, code=0, texts=()):
    return lab.run(WORLD.home, "patrol", PROFILE, *words, env=WORLD.env(), timeout=900).expect(
        code, *texts)


def document(*words, code=0):
    out = patrol("--json", *words, code=code).json()
    json_schema.check(out, "patrol-1")
    return out


def state():
    """git sets the time of an object that it would have written had it not been there."""
    return {n: (t * ("/objects/" not in n), b) for n, (t, b) in TREE.state().items()}


@tap.test
def one_head_is_no_survey_yet():
    out = document()
    assert out["new"] == out["failed"] == [] and out["surveys"] == {}, out
    # Nothing was measured: there is no database yet, or no run in it.
    assert not (WORLD.home.path / "slowpath.db").exists() or \
        not WORLD.home.rows("SELECT count(*) FROM run")[0][0]


@tap.test
def a_new_step_is_bisected_and_has_a_mail_once():
    TREE.commit("nothing", comment="x\n")
    slow = TREE.commit("mm: be slow", mm__level=f"{WORLD.new}\n", tag="tag-0001")
    before = state()
    out = document(code=1)
    now = state()
    assert now == before, [n for n in {*now, *before} if now.get(n) != before.get(n)]
    step, = out["new"]
    assert (step["scenario"], step["verdict"], step["found"]) == (TOGGLE, "regression", "proven"), step
    assert step["first_bad"].endswith(slow) and step["ratio"] > 1.5, step
    mail = pathlib.Path(step["mail"]).read_text(encoding="utf-8")
    assert mail.startswith("Subject: [REGRESSION]") and slow[:12] in mail, mail
    # Each step once.
    runs = WORLD.home.rows("SELECT count(*) FROM run")
    again = document()
    assert again["new"] == [] and again["known"] == 1, again
    assert again["surveys"] == out["surveys"]
    assert WORLD.home.rows("SELECT count(*) FROM run") == runs


@tap.test
def what_does_not_build_is_left_out_and_not_built_again():
    TREE.commit("broken", build_sh="echo 'mm/x.c:1:1: error: broken' >&2; exit 1\n")
    done = patrol()
    assert "left out git:" in done.err
    first_screen.booted("patrol", done.out)
    assert "left out git:" not in patrol().err


@tap.test
def the_survey_grows_by_what_is_new_alone():
    before = WORLD.home.rows("SELECT count(*) FROM run WHERE NOT trial")[0][0]
    TREE.commit("mm: be fast again", build_sh="true\n", mm__level=f"{WORLD.old}\n", tag="tag-0002")
    out = document(code=1)
    step, = out["new"]
    assert step["verdict"] == "improvement" and out["known"] == 1, out
    survey, = out["surveys"].values()
    made = WORLD.home.rows(f"SELECT count(*) FROM run WHERE NOT trial AND experiment = '{survey}'")
    assert made[0][0] == 3, (made, before)
    assert document()["known"] == 2


@tap.test
def steps_before_since_are_left_alone():
    patrolled = WORLD.home.path / "patrol"
    kept = (patrolled / "p.json").read_text(encoding="utf-8")
    forgotten = {**json.loads(kept), "steps": []}
    (patrolled / "p.json").write_text(json.dumps(forgotten), encoding="utf-8")
    out = document("--since", "99.1")
    assert out["new"] == [] and out["before"] == 2 and out["known"] == 0, out
    (patrolled / "p.json").write_text(kept, encoding="utf-8")


@tap.test
def two_at_once_are_refused_and_a_source_that_fails_stops_no_other():
    lock = WORLD.home.path / "patrol" / "p.lock"
    with lock.open("a", encoding="ascii") as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        patrol(code=128, texts=("another patrol 'p' is under way",))
    text = PROFILE.read_text(encoding="utf-8")
    PROFILE.write_text(text.replace("sources:", "sources:\n  - {name: gone, tree: /nonexistent, "
                                    "refs: [refs/heads/x]}"), encoding="utf-8")
    out = document(code=128)
    failed, = out["failed"]
    assert failed["source"] == "gone" and "/nonexistent" in failed["reason"], out
    assert out["known"] == 2, out


with commits.World() as WORLD:
    TREE = WORLD.tree()
    PROFILE = WORLD.folder / "p.yaml"
    PROFILE.write_text(f"name: p\nsources:\n  - {{name: tree, tree: {TREE.path}, "
                       f"refs: [refs/heads/master]}}\nscenarios: [{TOGGLE}]\n"
                       f"mails: {WORLD.folder}/mails\n", encoding="utf-8")
    tap.main()
