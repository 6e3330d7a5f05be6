# SPDX-License-Identifier: GPL-2.0-or-later
"""Batches: one page at a time where folios are small, more where they are large."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import tap
from boot import lab

SMALL, LARGE = "mprotect/shared-dirty-toggle", "mprotect/large-folio-toggle"


def probe(kernel, scenario, *args, code=0):
    """slowpath probe of one of the home's kernels."""
    return lab.run(HOME, "probe", HOME.specs[kernel], "-s", scenario, "--json", *args).expect(code)


@tap.test
def small_folios_are_changed_one_by_one():
    document = probe(1, SMALL).json()
    assert document["source"] == "kprobe" and document["function"] == "prot_commit_flush_ptes"
    assert document["argument"] == 6
    # Two segments of N iterations go over every page once.
    pages = 2 * document["iterations"] * document["pages"]
    assert document["calls"] == document["total"] == pages, document
    assert document["classes"] == {"1": pages, "2-15": 0, "16-63": 0, "64-511": 0, "512+": 0}
    assert document["places"][0]["result"] == "probed"
    assert document["places"][1]["result"] == "not tried"
    assert document["performance_clean"] is False


@tap.test
def large_folios_are_changed_whole():
    document = probe(1, LARGE).json()
    pages = 2 * document["iterations"] * document["pages"]
    assert document["total"] == pages and document["mean"] == 16 == document["min"], document
    assert document["classes"]["1"] == 0 and document["classes"]["16-63"] == pages / 16


@tap.test
def it_repeats():
    first, again = probe(1, SMALL).json(), probe(1, SMALL, "--fresh").json()
    found = lab.differences(lab.counts(first), lab.counts(again))
    assert not found, found


@tap.test
def a_kernel_without_the_place_is_said_to_be_one():
    done = probe(0, SMALL, code=125)
    assert "none of the places" in done.err and done.out == "", done.err


@tap.test
def a_scenario_that_names_no_place_is_refused():
    assert "names no place" in probe(1, "memory/anon-fault", code=128).err


@tap.test
def a_probed_run_is_not_judged():
    name = probe(1, SMALL).json()["id"]
    lab.run(HOME, "judge", name).expect(128, "not judged")
    assert HOME.rows("SELECT count(*) FROM run WHERE status = 'ok' AND experiment = "
                     f"'{name}'") == [(1,)]


with lab.Home() as HOME:
    tap.main()
