# SPDX-License-Identifier: GPL-2.0-or-later
"""The library on an old and a new kernel: a scenario is measured in the state that it expects,
does what it says, and reaches the functions that it names. For ./check the first scenario of each file, on a sixteenth of
its memory; './check whole' has all of them, as they are."""
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import lab

# The oldest and the newest series that the library is for.
KERNELS = "debian:6.12", "debian:7.3"
# User code of one iteration beside a touch or less a page: calls, a loop around each.
CALLS_INSNS = 1000

# What came after the older of them, and the function by which that is known.
NEWER = {"madvise/guard-pages": "guard_install_pte_entry", "zswap/store-load": "zswap_store"}

# A program is run to its end in it: its user code is no loop around a call.
PROGRAMS = "exec/static-binary",
# What is known of these is looked at below.
KNOWN = "memory/anon-fault", "mprotect/shared-dirty-toggle", *NEWER

WHOLE = os.environ.get("SLOWPATH_TEST_LIBRARY") == "all"
RESULTS = {}
LIBRARY = {s["name"]: s for s in json.loads(subprocess.run(
    [lab.SLOWPATH, "scenario", "list", "--json"], capture_output=True, text=True,
    check=True).stdout)["scenarios"]}


def chosen():
    """The first of every file and what is known."""
    if WHOLE:
        return list(LIBRARY)
    first = {}
    for name in LIBRARY:
        first.setdefault(name.split("/")[0], name)
    return [n for n in LIBRARY if n in KNOWN or n in first.values()]


CHOSEN = chosen()


@tap.test
def all_of_it_in_one_go():
    # No time to look for more iterations: what is looked at here does not depend on them.
    words = [w for n in CHOSEN for w in ("-s", n)]
    done = lab.compare(HOME, *words, "--budget", "1", timeout=7000, deadline=300)
    for result in done.json()["results"]:
        RESULTS[result["scenario"]] = result
    assert list(RESULTS) == CHOSEN, sorted({*RESULTS} ^ {*CHOSEN})
    lack = {n for n, r in RESULTS.items() if r.get("verdict") is None}
    assert lack == set(NEWER), {n: RESULTS[n] for n in lack ^ set(NEWER)}
    assert done.code == 1, "a regression is said even if another could not be measured"
    assert RESULTS["mprotect/shared-dirty-toggle"]["verdict"] == "regression", done.err


@tap.test
def what_the_old_kernel_lacks_is_a_need():
    for name, function in NEWER.items():
        told = json.dumps(RESULTS[name])
        assert f"{name} needs the function {function}, which this kernel lacks" in told, told
        assert f"function: {function}" in LIBRARY[name]["needs"], LIBRARY[name]


def check(name):
    """One scenario's result."""
    result = RESULTS[name]
    assert result["verdict"] not in (None, "different-state"), result
    assert {c["result"] for c in result["state"]["checks"]} == {"pass"}, result["state"]["checks"]
    wrong = [o for o in result["state"]["outcomes"]
             if o["expected"] is not None and o["result"] != "same"]
    assert not wrong, wrong
    # A scenario about a kernel thread reaches its functions there.
    functions = {f["name"]: f for f in result["attribution"]["functions"] +
                 [f for t in result["other_tasks"] for f in t["functions"]]}
    for source in LIBRARY[name]["source"]:
        for side in ("calls_old", "calls_new"):
            calls = sum(functions[f][side] or 0 for f in source.split("|") if f in functions)
            assert calls > 0, f"{source} is not reached: {side}"
    # Of one about a kernel thread, its task only waits.
    if name in PROGRAMS or str(result["decides"]).startswith("task:"):
        return
    user = functions["[user]"]
    limit = 5 + CALLS_INSNS / result["pages"] \
        if result["metrics"][0]["name"].endswith("_page") else CALLS_INSNS
    assert max(user["old"], user["new"]) < limit, user


for one in (n for n in CHOSEN if n not in NEWER):
    tap.add(one, lambda n=one: check(n))


@tap.test
def renamed_functions_are_one_row():
    """What these are is known; everything adds up all the same."""
    renamed = {f["renamed_from"]: f for f in RESULTS["memory/anon-fault"]["attribution"]["functions"]
               if "renamed_from" in f}
    for old, new in (("unmap_page_range", "__zap_vma_range"),
                     ("__alloc_pages_noprof", "__alloc_frozen_pages_noprof"),
                     ("__pte_offset_map_lock", "pte_offset_map_lock")):
        assert renamed[old]["name"] == new and 0.5 < renamed[old]["sure"] <= 1, renamed
    for name, result in RESULTS.items():
        if name in NEWER:
            continue
        functions = result["attribution"]["functions"]
        names = [f["name"] for f in functions] + [f["renamed_from"] for f in functions
                                                  if "renamed_from" in f]
        assert len(names) == len(set(names)), name
        change = result["metrics"][0]["delta"]
        parts = sum(f["delta"] for f in functions) + result["attribution"]["unattributed"]
        assert abs(parts - change) <= 1e-6 * abs(result["metrics"][0]["old"]), (name, parts)
        groups = sum(g["delta"] for g in result["groups"])
        assert abs(groups - change) <= 1e-6 * abs(result["metrics"][0]["old"]), (name, groups)
        assert result["releases_between"] == 10, result["releases_between"]
    files = {g["file"] for g in RESULTS["memory/anon-fault"]["groups"]}
    assert {"mm/memcontrol.c", "mm/page_alloc.c", "mm/memory.c"} < files, files


@tap.test
def the_headline_costs_no_more_than_its_touches():
    user = next(f for f in RESULTS["mprotect/shared-dirty-toggle"]["attribution"]["functions"]
                if f["name"] == "[user]")
    assert 4 <= user["old"] <= 5 and user["old"] == user["new"], user


for each in KERNELS:
    lab.need_modules(each)
with lab.Home(*KERNELS, small=not WHOLE) as HOME:
    tap.main()
