# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU 7.2, 10.0 and 11.1, of three Debian releases: other plugin APIs, the same counts.

real/qemus_scenarios.py has more of them.
"""
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import tap
from boot import lab, other_qemu

HEADLINE, FAULT = "mprotect/shared-dirty-toggle", "memory/anon-fault"
NEWER = (10, 11)
RESULTS = {}


def result(major, scenario=HEADLINE, *words):
    """A comparison with a QEMU of this major version, measured once."""
    key = major, scenario, words
    if key not in RESULTS:
        done = lab.compare(HOME, "-s", scenario, *words, deadline=300,
                           env=other_qemu.environment(major))
        assert done.code in (0, 1), f"exit {done.code}: {done.err}"
        RESULTS[key] = done.json()
        assert RESULTS[key]["qemu"].startswith(f"{major}."), RESULTS[key]["qemu"]
    return RESULTS[key]


def it_compares_and_names_itself(major):
    document = result(major)
    assert document["verdict"] == "regression" and document["mode"] == "exact"
    assert document["clock"] == {"difference_old": 0, "difference_new": 0}
    apis = HOME.rows("SELECT DISTINCT plugin_api FROM run WHERE experiment = "
                     f"'{document['id']}'")
    assert apis == [(other_qemu.PLUGIN_API[major],)], apis


def counts_are_those_of_7_2(major):
    a, b = result(7), result(major)
    assert a["metrics"] == b["metrics"]
    assert a["attribution"]["functions"] == b["attribution"]["functions"]
    assert a["verdict"] == b["verdict"] and a["state"] == b["state"]


def a_fault_counts_the_same(major):
    """Near-exact: the metric to its spread, and iterations of REP strings beside it."""
    a, b = (result(m, FAULT) for m in (7, major))
    for side in ("old", "new"):
        seven, other = lab.metric(a)[side], lab.metric(b)[side]
        assert abs(seven - other) < 0.01, f"{side}: {seven} with 7.2, {other} with {major}"
        seven, other = lab.outside(a, "REP")[side], lab.outside(b, "REP")[side]
        assert 400 < other < seven + 5 and seven < other + 5, f"{side}: {seven}, {other}"
    # A block that -icount's budget cuts short at the very write that faults hides the retry.
    assert all(abs(difference) <= 2 for difference in b["clock"].values()), b["clock"]


def fresh_boots_count_the_same(major):
    fresh = lab.compare(HOME, "-s", HEADLINE, "--fresh", deadline=300,
                        env=other_qemu.environment(major)).json()
    lab.expect_same(result(major), fresh)


def a_tree_adds_up(major):
    """What it has of each path is what the run without a tree has of its functions."""
    folder = HOME.path / f"tree{major}"
    document = lab.run(HOME, "attribute", *HOME.specs, "-s", HEADLINE, "--json", "--tree", folder,
                       env=other_qemu.environment(major)).expect(0).json()
    for side in ("old", "new"):
        assert document["tree"][side] == document["segments"][0][side]["insns"], side
        assert document["tree"][side] == lab.metric(result(7))[side], side
    return [(folder / f"{side}.folded").read_text(encoding="utf-8") for side in ("old", "new")]


def trees_are_those_of_7_2(major):
    assert a_tree_adds_up(7) == a_tree_adds_up(major)


for version in NEWER:
    for check in (it_compares_and_names_itself, counts_are_those_of_7_2, a_fault_counts_the_same,
                  fresh_boots_count_the_same, trees_are_those_of_7_2):
        tap.add(f"QEMU {version}: {check.__name__.replace('_', ' ')}",
                lambda check=check, version=version: check(version))


@tap.test
def halted_time_is_no_difference_to_the_clock():
    """A second's sleep in the window is a thousand million ticks that nothing executed."""
    busybox = shutil.which("busybox")
    if not busybox:
        raise tap.Skip("no busybox")
    for major in (7, *NEWER):
        done = lab.run(HOME, "compare", HOME.specs[0], HOME.specs[0], "--json", "--", busybox,
                       "sleep", 1, env=other_qemu.environment(major))
        clock = done.json()["clock"]
        assert all(abs(difference) <= 4 for difference in clock.values()), (major, clock)


@tap.test
def a_plugin_for_another_api_is_not_used():
    parts = HOME.path / "parts"
    parts.mkdir()
    shutil.copy(lab.BUILD / "guest/slowpath-guest", parts)
    shutil.copy(lab.BUILD / "plugin/slowpath-plugin-v1.so", parts)
    done = lab.compare(HOME, env={**other_qemu.environment(11), "SLOWPATH_LIBDIR": parts})
    done.expect(128, "slowpath-plugin-v7.so is missing: no plugin for this QEMU's plugin API")


with lab.Home() as HOME:
    tap.main()
