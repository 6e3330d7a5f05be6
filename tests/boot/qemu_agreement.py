# SPDX-License-Identifier: GPL-2.0-or-later
"""What has to be the same whichever QEMU counts: the checks that boot/counts/qemus.py makes of a few, and
real/qemus_scenarios.py of all."""
import shutil

import tap
from boot import lab, other_qemu

HEADLINE, FAULT = "mprotect/shared-dirty-toggle", "memory/anon-fault"
NEWER = (10, 11)


class Agreement:
    """Of the machine's own QEMU with one of another major version, in one home."""

    def __init__(self, home):
        self.home, self.results = home, {}

    def add(self, check, *majors):
        """Adds a test for each version."""
        for major in majors:
            tap.add(f"QEMU {major}: {check.__name__.replace('_', ' ')}", lambda m=major: check(m))

    def result(self, major, scenario=HEADLINE, *words):
        """A comparison with a QEMU of this major version, measured once."""
        key = major, scenario, words
        if key not in self.results:
            done = lab.compare(self.home, "-s", scenario, *words, deadline=300,
                               env=other_qemu.environment(major))
            assert done.code in (0, 1), f"exit {done.code}: {done.err}"
            self.results[key] = done.json()
            assert self.results[key]["qemu"].startswith(f"{major}."), self.results[key]["qemu"]
        return self.results[key]

    def it_compares_and_names_itself(self, major):
        document = self.result(major)
        assert document["verdict"] == "regression" and document["mode"] == "exact"
        assert document["clock"] == {"difference_old": 0, "difference_new": 0}
        apis = self.home.rows("SELECT DISTINCT plugin_api FROM run WHERE experiment = "
                              f"'{document['id']}'")
        assert apis == [(other_qemu.PLUGIN_API[major],)], apis

    def counts_are_those_of_7_2(self, major):
        a, b = self.result(7), self.result(major)
        assert a["metrics"] == b["metrics"]
        assert a["attribution"]["functions"] == b["attribution"]["functions"]
        assert a["verdict"] == b["verdict"] and a["state"] == b["state"]

    def a_fault_counts_the_same(self, major):
        """Near-exact: the metric to its spread, and iterations of REP strings beside it."""
        a, b = (self.result(m, FAULT) for m in (7, major))
        for side in ("old", "new"):
            seven, other = lab.metric(a)[side], lab.metric(b)[side]
            assert abs(seven - other) < 0.01, f"{side}: {seven} with 7.2, {other} with {major}"
            seven, other = lab.outside(a, "REP")[side], lab.outside(b, "REP")[side]
            assert 400 < other < seven + 5 and seven < other + 5, f"{side}: {seven}, {other}"
        # A block that -icount's budget cuts short at the very write that faults hides the retry.
        assert all(abs(difference) <= 2 for difference in b["clock"].values()), b["clock"]

    def fresh_boots_count_the_same(self, major):
        fresh = lab.compare(self.home, "-s", HEADLINE, "--fresh", deadline=300,
                            env=other_qemu.environment(major)).json()
        lab.expect_same(self.result(major), fresh)

    def _tree(self, major):
        """What it has of each path adds up to what the run without a tree has."""
        folder = self.home.path / f"tree{major}"
        if not folder.exists():
            document = lab.run(self.home, "attribute", *self.home.specs, "-s", HEADLINE, "--json",
                               "--tree", folder,
                               env=other_qemu.environment(major)).expect(0).json()
            for side in ("old", "new"):
                assert document["tree"][side] == document["segments"][0][side]["insns"], side
                assert document["tree"][side] == lab.metric(self.result(7))[side], side
        return [(folder / f"{side}.folded").read_text(encoding="utf-8")
                for side in ("old", "new")]

    def trees_are_those_of_7_2(self, major):
        assert self._tree(7) == self._tree(major)

    def cycles_are_those_of_7_2(self, major):
        """Instructions to the digit. A timer that ends elsewhere can move a cycle's part."""
        a, b = (lab.run(self.home, "cycles", *self.home.specs, "-s", HEADLINE, "--json",
                        env=other_qemu.environment(m)).expect(0).json() for m in (7, major))
        assert b["qemu"].startswith(f"{major}."), b["qemu"]
        for seven, other in zip(a["segments"], b["segments"], strict=True):
            assert seven["name"] == other["name"] and seven["estimated"] == other["estimated"]
            assert seven["insns"] == other["insns"]
            for side in ("old", "new") if seven["estimated"] else ():
                for end, cycles in seven["cycles"][side].items():
                    assert abs(other["cycles"][side][end] - cycles) < 0.01 * cycles, (side, end)

    def halted_time_is_no_difference_to_the_clock(self, major):
        """A second's sleep in the window is a thousand million ticks that nothing executed."""
        busybox = shutil.which("busybox")
        if not busybox:
            raise tap.Skip("no busybox")
        done = lab.run(self.home, "compare", self.home.specs[0], self.home.specs[0], "--json", "--",
                       busybox, "sleep", 1, env=other_qemu.environment(major))
        clock = done.json()["clock"]
        assert all(abs(difference) <= 4 for difference in clock.values()), clock

    def two_cpus_count_the_same(self, major):
        """Near-exact, so to its spread; the clock agrees, and both CPUs were there."""
        a, b = (self.result(m, HEADLINE, "--cpus", 2) for m in (7, major))
        for side in ("old", "new"):
            seven, other = lab.metric(a)[side], lab.metric(b)[side]
            assert abs(seven - other) < 0.01 * seven, f"{side}: {seven} with 7.2, {other}"
        assert all(abs(d) <= 2 for d in b["clock"].values()), b["clock"]
        online, = (c for c in b["state"]["checks"] if c["name"] == "online CPUs")
        assert (online["old"], online["new"], online["result"]) == (2, 2, "pass")
