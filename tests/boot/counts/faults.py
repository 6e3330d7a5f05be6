# SPDX-License-Identifier: GPL-2.0-or-later
"""Page faults and REP: an instruction that faults is executed again, a block that is left midway is
not executed to its end, and a REP string instruction is one instruction. The clock of -icount,
which counts by itself, must agree with what the plugin counted in spite of it all."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import lab

RESULTS = {}


def result(side):
    """anon-fault on one kernel, against itself: two runs."""
    if side not in RESULTS:
        spec = HOME.specs[side]
        RESULTS[side] = lab.compare(HOME, "-s", "memory/anon-fault", old=spec, new=spec).expect(0)
    return RESULTS[side].json()


def check_faults(side):
    """Every page of every iteration faulted once."""
    document = result(side)
    (faults,) = [o for o in document["state"]["outcomes"] if o["name"] == "faults per iteration"]
    assert faults["old"] == faults["new"] == document["pages"], faults


def check_clock(side):
    """The plugin and the clock agree to the instruction; both runs agree."""
    document = result(side)
    assert document["clock"] == {"difference_old": 0, "difference_new": 0}, document["clock"]
    assert (document["verdict"], lab.metric(document)["delta"]) == ("equivalent", 0)


def check_retries(side):
    """One instruction a page is executed twice: the write that faults."""
    for o in [lab.outside(result(side), "retries")]:
        assert 1 <= o["old"] < 1.01 and o["delta"] == 0, o


def check_rep(side):
    """clear_page() is a REP: its iterations would be most of what a fault costs."""
    document = result(side)
    rep = lab.outside(document, "REP")
    assert rep["old"] > 400 and rep["delta"] == 0, rep
    functions = {f["name"]: f for f in document["attribution"]["functions"]}
    clear = next(f for name, f in functions.items() if name.startswith("clear_page"))
    assert clear["old"] < 20, f"iterations of REP are in the metric: {clear}"
    assert 0.99 <= clear["calls_old"] < 1.01, clear
    total = sum(f["old"] for f in functions.values()) + document["attribution"]["unattributed_old"]
    assert abs(total - lab.metric(document)["old"]) < 1e-6 * total


def check_user(side):
    """The user's loop takes four instructions a page, retried or not; the calls some per segment."""
    (user,) = [f for f in result(side)["attribution"]["functions"] if f["name"] == "[user]"]
    around = 120 / result(side)["pages"]
    assert 4 <= user["old"] < 4 + around, user


for i, which in enumerate(("older", "newer")):
    for check in (check_faults, check_clock, check_retries, check_rep, check_user):
        tap.add(f"{which} kernel: {check.__doc__.splitlines()[0]}", lambda c=check, s=i: c(s))


@tap.test
def kernels_differ_in_what_a_fault_costs_and_the_clock_still_agrees():
    document = lab.compare(HOME, "-s", "memory/anon-fault").json()
    assert document["clock"] == {"difference_old": 0, "difference_new": 0}
    for side, index in (("old", 0), ("new", 1)):
        assert lab.metric(document)[side] == lab.metric(result(index))["old"], side


with lab.Home(small=True) as HOME:
    tap.main()
