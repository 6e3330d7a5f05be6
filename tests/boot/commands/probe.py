# SPDX-License-Identifier: GPL-2.0-or-later
"""Batches: one page at a time where folios are small, more where they are large."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import lab

SMALL, LARGE = "mprotect/shared-dirty-toggle", "mprotect/large-folio-toggle"
# Two segments that go over every page. pte_val() is in several files, with one name; of
# can_vma_merge_left() there is a clone only, whose arguments moved.
UNPROBED = """\
{name}:
  help: what no kprobe can tell
  probe: {probe}
  item: page
  maps: {{area: {{kind: anon-shared, size: 1M}}}}
  prepare: [touch: {{map: area, access: write}}]
  segments:
    protect: [mprotect: {{map: area, to: r}}]
    restore: [mprotect: {{map: area, to: rw}}]
  expect: {{vmas: 1, present: all}}
"""


def probe(kernel, scenario, *args, code=0, **more):
    """slowpath probe of one of the home's kernels."""
    return lab.run(HOME, "probe", HOME.specs[kernel], "-s", scenario, *args,
                   **more).expect(code)


def unprobed(kernel, name, probes, *args):
    """The same of a scenario of our own."""
    folder = HOME.path / "data"
    (folder / "scenarios").mkdir(parents=True, exist_ok=True)
    (folder / "scenarios/t.yaml").write_text(UNPROBED.format(name=name, probe=probes),
                                             encoding="utf-8")
    return probe(kernel, f"t/{name}", *args, env={"SLOWPATH_DATADIR": folder})


@tap.test
def small_folios_are_changed_one_by_one():
    document = probe(1, SMALL, "--json").json()
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
    document = probe(1, LARGE, "--json").json()
    pages = 2 * document["iterations"] * document["pages"]
    assert document["total"] == pages and document["mean"] == 16 == document["min"], document
    assert document["classes"]["1"] == 0 and document["classes"]["16-63"] == pages / 16


@tap.test
def it_repeats():
    first, again = probe(1, SMALL, "--json").json(), probe(1, SMALL, "--json", "--fresh").json()
    found = lab.differences(lab.counts(first), lab.counts(again))
    assert not found, found


def expect_counted(document, function, calls, mean, places):
    """The mean comes from counts, and nothing is said that only a kprobe could know."""
    assert document["source"] == "counts" and document["function"] == function, document
    assert document["argument"] is document["total"] is document["classes"] is None, document
    assert abs(document["calls"] - calls) < 1e-9 and abs(document["mean"] - mean) < 1e-9, document
    assert [p["result"] for p in document["places"]] == places, document


@tap.test
def without_a_place_the_mean_is_from_counts_and_says_so():
    # Every call has one entry of the page table, and there are two an iteration.
    document = unprobed(1, "ambiguous", '["pte_val:1"]', "--json").json()
    pages = document["pages"]
    assert pages == 256, document
    expect_counted(document, "pte_val", 2 * pages, 1, ["ambiguous"])
    # Once a call of mprotect(), that is, for all pages.
    probes = '["no_such_function_as_this:1", "can_vma_merge_left:1"]'
    document = unprobed(0, "clone", probes, "--json").json()
    expect_counted(document, "can_vma_merge_left", 2, pages, ["absent", "clone"])
    lab.run(HOME, "judge", document["id"]).expect(128, "not judged")
    text = " ".join(unprobed(0, "clone", probes).out.split())
    assert "no place can be probed. From exact counts: can_vma_merge_left is called 2.0 times" \
        in text and "256.000 pages in the mean" in text, text


@tap.test
def a_kernel_without_the_place_is_said_to_be_one():
    done = probe(0, SMALL, code=125)
    assert "none of the places" in done.err and done.out == "", done.err


@tap.test
def a_scenario_that_names_no_place_is_refused():
    assert "names no place" in probe(1, "memory/anon-fault", code=128).err


@tap.test
def a_function_of_ones_own_is_probed():
    """In place of what the scenario names; without an argument, its calls are counted exactly."""
    name = "prot_commit_flush_ptes"
    document = probe(1, SMALL, "--function", f"{name}:6", "--json").json()
    pages = 2 * document["iterations"] * document["pages"]
    assert document["places"] == [{"function": name, "argument": 6, "result": "probed"}], document
    assert document["calls"] == document["total"] == pages, document
    document = probe(1, SMALL, "--function", "change_pte_range", "--json").json()
    # Once for every table of 512 pages, in each of two segments.
    expect_counted(document, "change_pte_range", 2 * document["pages"] / 512, 512, ["counted"])
    asked, = HOME.rows(f"SELECT command FROM experiment WHERE id = '{document['id']}'")
    assert '"function":"change_pte_range"' in asked[0].replace(": ", ":"), asked


@tap.test
def why_a_function_cannot_be_probed_is_said():
    before = HOME.rows("SELECT count(*) FROM experiment")
    err = probe(1, SMALL, "--function", "vm_normal_pge:2", code=125).err
    assert "inlined, or this kernel has none; did you mean 'vm_normal_page'?" in err, err
    assert HOME.rows("SELECT count(*) FROM experiment") == before
    assert "kfree is not called where" in probe(1, SMALL, "--function", "kfree", code=125).err
    text = probe(1, SMALL, "--function", "pte_val:1").out
    assert "pte_val, argument 1: ambiguous; several functions" in text, text


@tap.test
def a_probed_run_is_not_judged():
    name = probe(1, SMALL, "--json").json()["id"]
    lab.run(HOME, "judge", name).expect(128, "not judged")
    assert HOME.rows("SELECT count(*) FROM run WHERE status = 'ok' AND experiment = "
                     f"'{name}'") == [(1,)]


with lab.Home(small=True) as HOME:
    tap.main()
