# SPDX-License-Identifier: GPL-2.0-or-later
"""Estimated cycles: bands that hold what they are of, refusals with their reasons, nothing decided."""
import functools
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import json_schema
import tap
from boot import lab

TOGGLE = "mprotect/shared-dirty-toggle"


@functools.cache
def of_both():
    """The document of both kernels, measured once."""
    return cycles((0, 1), "-s", TOGGLE, "--json").json()


def cycles(kernels, *args, code=0):
    return lab.run(HOME, "cycles", *(HOME.specs[k] for k in kernels), *args).expect(code)


def segments(document):
    return {s["name"]: s for s in document["segments"]}


def check_band(band):
    assert 0 < band["low"] <= band["published"] <= band["high"], band


@tap.test
def a_band_for_each_segment():
    document = of_both()
    json_schema.check(document, "cycles-1")
    found = segments(document)
    for name in ("protect", "restore"):
        s = found[name]
        assert s["estimated"], s
        for band in s["cycles"].values():
            check_band(band)
        # More calls, tests and spills around as many atomics: they hide behind them, in part.
        assert 1 < s["cycles"]["ratio"]["low"] <= s["cycles"]["ratio"]["high"] < s["insns"]["ratio"]
    assert not found["touch"]["estimated"] and "user code" in found["touch"]["why_not"]
    assert document["iteration"] is None
    assert {r["kind"] for r in document["readings"]} == {"estimated"}
    assert not any("value" in r for r in document["readings"])
    for side in "old", "new":
        whole = sum(found[n]["cycles"][side]["published"] for n in ("protect", "restore"))
        parts = sum(f[f"cycles_{side}"] for f in document["functions"])
        assert abs(whole - parts) < 0.01 * whole, (whole, parts)


@tap.test
def its_instructions_are_those_that_compare_counts():
    """Whatever interrupts the traced iteration is left out, and nothing but that."""
    metrics = {m["name"]: m for m in lab.compare(HOME, "-s", TOGGLE).expect(1).json()["metrics"]}
    found = segments(of_both())
    for name in ("protect", "restore"):
        for side in ("old", "new"):
            counted = metrics[f"{name}_insns_per_page"][side]
            traced = found[name]["insns"][side]
            assert abs(traced / counted - 1) < 0.01, (name, side, traced, counted)


@tap.test
def the_same_again_and_nothing_between_equals():
    first = cycles((1, 1), "-s", TOGGLE, "--json").json()
    ratio = segments(first)["protect"]["cycles"]["ratio"]
    assert max(ratio.values()) < 1.02 and min(ratio.values()) > 0.98, ratio
    second = cycles((1, 1), "-s", TOGGLE, "--json").json()
    assert first["segments"] == second["segments"] and first["functions"] == second["functions"]


@tap.test
def another_processor():
    text = cycles((0, 1), "-s", TOGGLE, "--model", "zen3", "--functions").out
    assert "AMD Zen 3 (zen3)" in text and "no time was measured" in text, text
    assert "change_pte_range" in text and "where the cycles are" in text, text


@tap.test
def what_is_refused():
    for words, reason in ((("-s", "mprotect/single-protect"), "paths of single calls"),
                          (("-s", "memory/cow-fault"), "page faults an item")):
        done = cycles((0, 1), *words, code=125)
        assert "not estimated" in done.out and reason in done.out, done.out
    done = cycles((0, 1), "-s", TOGGLE, "--cpus", 2, code=125)
    assert "for one CPU, not 2" in done.err, done.err
    assert not HOME.rows("SELECT id FROM experiment WHERE id NOT IN (SELECT experiment FROM run)")
    done = cycles((0, 1), "--model", "no-such", code=128)
    assert "golden-cove, zen3" in done.err, done.err


with lab.Home(small=True) as HOME:
    tap.main()
