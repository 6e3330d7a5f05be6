# SPDX-License-Identifier: GPL-2.0-or-later
"""A run from a snapshot counts what a run from a fresh boot counts."""
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import lab

RESULTS = {}


def result(how):
    """The headline's document: cold (boots, saves, restores), warm (restores), fresh (boots)."""
    if how not in RESULTS:
        done = lab.compare(HOME, *(["--fresh"] if how == "fresh" else [])).expect(1)
        RESULTS[how] = done.json()
    return RESULTS[how]


def from_snapshot():
    """Did the last experiment's runs find a snapshot?"""
    return [bool(n) for n, in HOME.rows("SELECT from_snapshot FROM run ORDER BY id DESC LIMIT 2")]


@tap.test
def a_cold_home_boots():
    assert result("cold")["seconds"]["boot"] > 0
    assert from_snapshot() == [False, False]
    assert len(list((HOME.path / "snapshots").glob("*/state"))) == 2


@tap.test
def a_warm_home_restores_and_counts_the_same():
    assert result("warm")["seconds"]["boot"] == 0
    assert from_snapshot() == [True, True]
    lab.expect_same(result("cold"), result("warm"))


@tap.test
def fresh_boots_count_the_same_without_a_snapshot():
    shutil.rmtree(HOME.path / "snapshots")
    result("fresh")
    assert from_snapshot() == [False, False]
    assert not list(HOME.path.glob("snapshots/*/state")), "--fresh saved a machine"
    lab.expect_same(result("cold"), result("fresh"))


with lab.Home(own=True, small=True) as HOME:
    tap.main()
