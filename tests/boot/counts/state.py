# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernels that did not do the same work are not compared, and a verdict that perturbations do not
move is confirmed."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import lab

# Shared anonymous memory in huge pages; by default it is in small ones.
HUGE = "transparent_hugepage_shmem=always"


def checks(document):
    """The state checks by name."""
    return {c["name"]: c for c in document["state"]["checks"]}


def check_differs(side):
    """Huge pages on one side only, which is said."""
    done, document = lab.told(HOME, "compare", *HOME.specs, f"--{side}-cmdline", HUGE, code=125)
    text = done.out
    assert "DIFFERENT STATE" in text and "PMD-mapped pages" in text, text
    assert "same state: NO" in text and HUGE in text, text
    assert "REGRESSION" not in text and "EQUIVALENT" not in text, text
    assert (document["verdict"], document["state"]["same"]) == ("different-state", False)
    assert "PMD-mapped pages" in document["reason"], document["reason"]
    failed = [c for c in document["state"]["checks"] if c["result"] == "fail"]
    assert [c["name"] for c in failed] == ["PMD-mapped pages", "pages in 4K folios",
                                           "pages in 2M folios"], failed
    other = "new" if side == "old" else "old"
    assert (failed[0]["expected"], failed[0][side], failed[0][other]) == (0, document["pages"], 0)
    assert checks(document)["present pages"]["result"] == "pass"
    (cmdline,) = [a for a in document["audit"] if a["name"] == "cmdline"]
    assert HUGE in cmdline[side] and HUGE not in cmdline[other] and not cmdline["same"]


@tap.test
def new_in_huge_pages_is_another_state():
    check_differs("new")


@tap.test
def old_in_huge_pages_is_another_state():
    check_differs("old")


@tap.test
def both_in_huge_pages_is_not_what_the_scenario_expects():
    done = lab.compare(HOME, "--old-cmdline", HUGE, "--new-cmdline", HUGE).expect(125)
    huge = checks(done.json())["PMD-mapped pages"]
    assert (huge["old"], huge["new"], huge["result"]) == (1024, 1024, "fail"), huge


@tap.test
def a_command_line_that_changes_nothing_is_only_listed():
    plain = lab.compare(HOME).expect(1).json()
    document = lab.compare(HOME, "--new-cmdline", "slowpath.test=1").expect(1).json()
    assert document["state"]["same"] is True
    assert abs(lab.metric(document)["delta"] / lab.metric(plain)["delta"] - 1) < 0.01
    assert "cmdline" in [a["name"] for a in document["audit"] if not a["same"]]
    assert "cmdline" not in [a["name"] for a in plain["audit"] if not a["same"]]


@tap.test
def confirmed_by_eight_perturbations():
    document = lab.compare(HOME, "--confirm", timeout=900).expect(1).json()
    assert document["verdict"] == "regression" and "confirmed" in document["reason"]
    confirmation = document["confirmation"]
    assert confirmation["confirmed"] is True
    rows = confirmation["runs"]
    assert len({r["perturbation"] for r in rows}) == len(rows) == 8, rows
    delta = lab.metric(document)["delta"]
    assert all(abs(r["delta"] - delta) < 0.05 * delta for r in rows), rows
    # One pair of runs as such and eight perturbed ones, none from a snapshot.
    runs = HOME.rows("SELECT block, perturbation, from_snapshot FROM run WHERE experiment = "
                     f"'{document['id']}' ORDER BY id")
    assert len(runs) == 18 and len({p for _, p, _ in runs}) == 9, runs
    assert [block for block, _, _ in runs] == [i // 2 for i in range(18)], runs
    assert not any(restored for block, _, restored in runs if block)


with lab.Home(small=True) as HOME:
    tap.main()
