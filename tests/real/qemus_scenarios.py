# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU 7.2, 10.0 and 11.1 count the same in seven scenarios: what is exact to the digit, what is
near-exact to a thousandth, or to its own spread if that is larger (mempolicy/migrate-pages in 6.17:
0.8 %); call trees, estimated cycles, fresh boots, sleeping guests and two CPUs agree too. Some
minutes for each; boot/counts/qemus.py has the short form."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import tap
from boot import lab, other_qemu
from boot.qemu_agreement import NEWER, Agreement

SCENARIOS = ("mprotect/shared-dirty-toggle", "userfaultfd/wp-toggle", "mincore/present-pte-scan",
             "memory/anon-fault", "memory/fork-cow", "mremap/move", "mempolicy/migrate-pages")
RESULTS = {}


def result(major, scenario):
    """A comparison with a QEMU of this major version, measured once."""
    if (major, scenario) not in RESULTS:
        done = lab.compare(HOME, "-s", scenario, deadline=600, timeout=3600,
                           env=other_qemu.environment(major))
        # 125: a verdict that such a spread does not allow, with the counts nonetheless.
        assert done.code in (0, 1, 125) and done.out, f"exit {done.code}: {done.err}"
        RESULTS[major, scenario] = done.json()
    return RESULTS[major, scenario]


def close(a, b, what, spread):
    """Equal to a thousandth, to a hundredth of an instruction (or of a call), or to @spread, the share
    by which two measurements of one run differ."""
    assert abs(a - b) <= max(0.01, max(0.001, spread) * abs(a)), \
        f"{what}: {a} with 7.2, {b}; spread {100 * spread:.2f} %"


def spread_of(documents, side):
    """The larger share, of all metrics that both have."""
    return max(m[f"spread_{side}"] / m[side] for d in documents for m in d["metrics"] if m[side])


def counts_agree(major, scenario):
    a, b = result(7, scenario), result(major, scenario)
    assert b["qemu"].startswith(f"{major}."), b["qemu"]
    assert a["mode"] == b["mode"] and a["state"] == b["state"]
    if a["mode"] == "exact":
        assert a["verdict"] == b["verdict"]
        assert a["metrics"] == b["metrics"]
        assert a["attribution"]["functions"] == b["attribution"]["functions"]
    assert [m["name"] for m in a["metrics"]] == [m["name"] for m in b["metrics"]]
    for side in ("old", "new"):
        spread = spread_of((a, b), side)
        for x, y in zip(a["metrics"], b["metrics"]):
            close(x[side], y[side], f"{x['name']} {side}", spread)
        # Where runs of one QEMU differ by more, so do the calls of what varies, and by any share.
        if spread > 0.001:
            continue
        calls = [{f["name"]: f[f"calls_{side}"] for f in d["attribution"]["functions"]}
                 for d in (a, b)]
        for name in {*calls[0], *calls[1]}:
            close(calls[0].get(name, 0), calls[1].get(name, 0), f"calls of {name} {side}", spread)


for version in NEWER:
    for one in SCENARIOS:
        tap.add(f"QEMU {version}: {one}",
                lambda version=version, one=one: counts_agree(version, one))


with lab.Home() as HOME:
    OF = Agreement(HOME)
    for check in (OF.it_compares_and_names_itself, OF.counts_are_those_of_7_2,
                  OF.a_fault_counts_the_same, OF.fresh_boots_count_the_same,
                  OF.trees_are_those_of_7_2, OF.cycles_are_those_of_7_2,
                  OF.two_cpus_count_the_same):
        OF.add(check, *NEWER)
    OF.add(OF.halted_time_is_no_difference_to_the_clock, 7, *NEWER)
    tap.main()
