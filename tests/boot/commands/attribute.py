# SPDX-License-Identifier: GPL-2.0-or-later
"""Cost vectors: they agree with plain counts to the digit, add up, repeat, and are never judged."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import lab

OF_FUNCTIONS = ("insns", "loads", "stores", "atomics", "branches", "calls", "tlb_flushes",
                "rep_iterations")
RESULTS = {}


def attribute(*args):
    """The document for the two kernels, measured once for each set of arguments."""
    if args not in RESULTS:
        RESULTS[args] = lab.run(HOME, "attribute", *HOME.specs, "--json", "--deadline", 60,
                                *args).expect(0).json()
    return RESULTS[args]


def row(rows, name):
    """The row of a name."""
    return next(r for r in rows if r["name"] == name)


@tap.test
def instructions_are_those_of_the_plain_count():
    document, plain = attribute(), lab.compare(HOME).expect(1).json()
    for metric in plain["metrics"]:
        segment = row(document["segments"], metric["name"].removesuffix("_insns_per_page"))
        for side in ("old", "new"):
            assert segment[side]["insns"] == metric[side], (segment["name"], side)
    found = {f["name"]: f for f in document["functions"]}
    for f in plain["attribution"]["functions"]:
        for side in ("old", "new"):
            assert found[f["name"]][side]["insns"] == f[side], f["name"]
            assert found[f["name"]]["calls_" + side] == f["calls_" + side], f["name"]


@tap.test
def it_repeats_to_the_digit():
    first = attribute()
    # Stock kernels have no debug information: asked for lines, it says so, and counts the same.
    again = lab.run(HOME, "attribute", *HOME.specs, "--lines", "--json").expect(0).json()
    missing = again.pop("lines")["missing"]
    assert all("no debug information" in missing[side] for side in ("old", "new")), missing
    found = lab.differences(lab.counts(first), lab.counts(again))
    assert not found, "\n".join(found[:20])


@tap.test
def functions_and_the_rest_add_up_to_the_segments():
    document = attribute()
    assert document["classes"][:8] == list(OF_FUNCTIONS)
    for side in ("old", "new"):
        total = document["segments"][0][side]
        for name in OF_FUNCTIONS:
            rest = document["unattributed"][side][name]
            whole = sum(f[side][name] for f in document["functions"]) + rest
            assert abs(whole - total[name]) <= 1e-9 * max(1, total[name]), (side, name)
            assert abs(rest) <= 0.001 * total[name], (side, name, rest)
            parts = sum(s[side][name] for s in document["segments"][1:])
            assert abs(parts - total[name]) <= 1e-9 * max(1, total[name]), (side, name)


@tap.test
def the_regression_is_calls_for_every_page():
    document = attribute()
    iteration = document["segments"][0]
    assert iteration["delta"]["calls"] > 1 and iteration["delta"]["stores"] > 10
    commit = row(document["functions"], "prot_commit_flush_ptes")
    assert commit["calls_old"] == 0 and abs(commit["calls_new"] - 2) < 0.01
    # Each page's entry is exchanged once on its way to read-only and once back, on both kernels.
    for side in ("old", "new"):
        assert 1.9 < iteration[side]["atomics"] < 2.1, iteration[side]


@tap.test
def faults_are_those_that_the_task_took():
    document = attribute("-s", "memory/anon-fault")
    assert document["purpose"] == "attribution" and document["performance_clean"] is False
    outcome = row(document["state"]["outcomes"], "faults per iteration")
    for side in ("old", "new"):
        taken = document["segments"][0][side]["faults"] * document["pages"]
        assert abs(taken - outcome[side]) < 0.01 * outcome[side] + 1, (side, taken, outcome)
        assert document["segments"][0][side]["rep_iterations"] > 500


# Per iteration: the mean of the slopes of all pairs of phases: 1 less 0, 3 less 2, 6 less 5.
SLOPE = "sum(CASE WHEN phase IN (1, 3, 6) THEN {c} ELSE -{c} END) / 3.0 / " \
        "(SELECT iterations FROM phase WHERE phase.run = run.id AND phase = 0)"


@tap.test
def the_database_has_what_the_document_was_made_of():
    document = attribute()
    for side in ("old", "new"):
        of = f"experiment = '{document['id']}' AND side = '{side}' AND phase != 4"
        for c in document["classes"][1:]:
            found, = HOME.rows(f"SELECT {SLOPE.format(c=c)} FROM slot_cost JOIN run ON run.id = run "
                               f"WHERE {of}")
            total = document["segments"][0][side][c] * document["pages"]
            assert abs(found[0] - total) < 1e-6 * max(1, total), (side, c, found, total)
        for c in OF_FUNCTIONS[1:]:
            rows = dict(HOME.rows(f"SELECT name, {SLOPE.format(c=c)} FROM function_cost "
                                  f"JOIN run ON run.id = run WHERE {of} GROUP BY name"))
            for f in document["functions"]:
                total = f[side][c] * document["pages"]
                assert abs(rows.get(f["name"], 0) - total) < 1e-6 * max(1, total), (f["name"], c)


@tap.test
def such_a_run_is_not_judged():
    name = attribute()["id"]
    lab.run(HOME, "judge", name).expect(128, "attribution", "not judged")
    lab.run(HOME, "judge", name, "--csv").expect(128, "attribution")
    purposes = HOME.rows(f"SELECT purpose FROM experiment WHERE id = '{name}'")
    assert purposes == [("attribution",)], purposes


with lab.Home(small=True) as HOME:
    tap.main()
