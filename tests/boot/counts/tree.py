# SPDX-License-Identifier: GPL-2.0-or-later
"""Call trees add up to the plain counts, faults and interrupts included, and repeat."""
import functools
import pathlib
import sys
import xml.etree.ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import lab

TOGGLE, FAULT = "mprotect/shared-dirty-toggle", "memory/anon-fault"


@functools.cache
def tree(scenario, folder):
    """The document, and {path: value} of both sides."""
    path = HOME.path / folder
    document = lab.run(HOME, "attribute", *HOME.specs, "-s", scenario, "--json", "--tree",
                       path).expect(0).json()
    sides = {}
    for side in ("old", "new"):
        lines = (path / f"{side}.folded").read_text(encoding="utf-8").splitlines()
        sides[side] = {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in lines}
        assert len(sides[side]) == len(lines), "a path stands there twice"
    return document, sides


def adds_up(scenario, folder):
    """The tree's total is the metric; unattributed code and interrupts do not disturb it."""
    document, sides = tree(scenario, folder)
    for side in ("old", "new"):
        total = document["segments"][0][side]["insns"]
        assert abs(document["tree"][side] - total) <= 0.001 * total, (side, document["tree"])
        assert abs(sum(sides[side].values()) - total) <= 0.001 * total, side
    return document, sides


@tap.test
def a_toggle_adds_up_and_every_function_is_where_it_was_called():
    document, sides = adds_up(TOGGLE, "toggle")
    for side in ("old", "new"):
        assert abs(document["tree"][side] - document["segments"][0][side]["insns"]) < 1e-9
        for function in document["functions"]:
            own = sum(v for path, v in sides[side].items()
                      if path.split(";")[-1] == function["name"])
            # Code that no path enters at a function's start counts for its caller.
            assert abs(own - function[side]["insns"]) < 0.1, (side, function["name"], own)
    commit = [p for p in sides["new"] if p.endswith(";prot_commit_flush_ptes")]
    assert len(commit) == 1 and ";change_protection;change_pte_range;" in commit[0], commit


@tap.test
def the_database_has_the_tree():
    """Its counts add up to those of the same run's slots, phase by phase."""
    rows = HOME.rows("SELECT count(*), sum(abs(task - unattributed - followed)) FROM slot JOIN "
                     "(SELECT run AS r, phase AS p, segment AS s, sum(insns) AS followed FROM "
                     "tree_count GROUP BY run, phase, segment) ON r = run AND p = phase AND "
                     "s = segment WHERE phase != 4")
    assert rows == [(2 * 6 * 3, 0)], rows
    roots = HOME.rows("SELECT DISTINCT name, node FROM tree_node WHERE parent IS NULL")
    assert roots == [("[user]", 0)], roots
    paths = HOME.rows("SELECT count(*) FROM tree_node AS leaf JOIN tree_node AS above ON "
                      "above.run = leaf.run AND above.node = leaf.parent WHERE "
                      "leaf.name = 'prot_commit_flush_ptes' AND above.name = 'change_pte_range'")
    assert paths == [(1,)], paths


@tap.test
def faults_add_up():
    _, sides = adds_up(FAULT, "fault")
    for side in ("old", "new"):
        assert any(";asm_exc_page_fault;" in p and p.endswith("handle_mm_fault")
                   for p in sides[side]), sides[side]
        assert max(p.count(";asm_exc_page_fault") for p in sides[side]) <= 2


@tap.test
def it_repeats_to_the_digit():
    (first, a), (second, b) = tree(TOGGLE, "toggle"), tree(TOGGLE, "second")
    assert a == b and first["tree"] == second["tree"]
    text = (HOME.path / "toggle/flame.svg").read_bytes()
    assert text == (HOME.path / "second/flame.svg").read_bytes()
    titles = [t.text for t in xml.etree.ElementTree.fromstring(text).iter() if
              t.tag.endswith("title")]
    assert any(t.startswith("prot_commit_flush_ptes: 0.000 to ") for t in titles), titles


@tap.test
def several_cpus_are_refused():
    done = lab.run(HOME, "attribute", *HOME.specs, "--cpus", 2, "--tree", HOME.path / "x")
    assert done.code == 128 and "one CPU" in done.err, done.err


with lab.Home(small=True) as HOME:
    tap.main()
