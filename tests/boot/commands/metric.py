# SPDX-License-Identifier: GPL-2.0-or-later
"""What is chosen to decide: a function, a call tree, the kernel, measured anew each time, and what of a
change is exact although the rest varies."""
import functools
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import lab

TOGGLE, FAULT = "mprotect/shared-dirty-toggle", "memory/anon-fault"


@functools.cache
def compared(metric, scenario=TOGGLE):
    words = ["--metric", metric] if metric else []
    done = lab.compare(HOME, "-s", scenario, *words)
    return done.json(), done.code


def deciding(document):
    return next(m for m in document["metrics"] if m["name"] == document["decides"])


def same_counts(a, b):
    """The iteration, its segments and every function."""
    for one in a["metrics"]:
        if one["name"] != a["decides"]:
            assert one in b["metrics"], one
    assert a["attribution"] == b["attribution"]


@tap.test
def a_function_decides_alone():
    plain, _ = compared(None)
    assert plain["decides"] == "iteration_insns_per_page" and plain["part"] is None, plain
    top = plain["attribution"]["functions"][0]
    document, code = compared(f"function:{top['name']}")
    same_counts(plain, document)
    m = deciding(document)
    assert m["name"] == f"function:{top['name']}_insns_per_page", m
    assert (m["old"], m["new"]) == (top["old"], top["new"]), (m, top)
    assert document["mode"] == "exact" and f"in {top['name']}" in document["reason"], document
    # And judge says the same of it, and of its export.
    judged = lab.run(HOME, "judge", document["id"], "--json").expect(code).json()
    row = next(r for r in judged["rows"] if r["primary"])
    assert (row["verdict"], row["reason"].split(";")[0]) == (
        document["verdict"], document["reason"].split(";")[0]), row
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as f:
        f.write(lab.run(HOME, "judge", document["id"], "--csv").expect(0).out)
        f.flush()
        again = lab.run(HOME, "judge", f.name, "--baseline", "old", "--json").expect(code).json()
    assert next(r for r in again["rows"] if r["primary"])["reason"] == row["reason"]


@tap.test
def following_calls_changes_no_count():
    plain, _ = compared(None)
    functions = {f["name"]: f for f in plain["attribution"]["functions"]}
    document, code = compared("inclusive:change_protection")
    same_counts(plain, document)
    m = deciding(document)
    assert document["mode"] == "exact", document["why_not"]
    for side in ("old", "new"):
        own, whole = functions["change_protection"][side], plain["metrics"][0][side]
        assert own < m[side] < whole, (side, own, m[side], whole)
    judged = lab.run(HOME, "judge", document["id"], "--json").expect(code).json()
    row = next(r for r in judged["rows"] if r["primary"])
    assert (row["old"], row["new"]) == (m["old"], m["new"]), row


@tap.test
def parts_add_up():
    """Faults get pages from lists that are refilled now and then."""
    document, _ = compared(None, FAULT)
    assert document["mode"] == "near-exact", document["mode"]
    exact, rest = document["exact_part"], document["varying_part"]
    assert exact["functions"] > 10 and rest["functions"] > 0 and rest["spread"] > 0, (exact, rest)
    assert abs(exact["delta"] + rest["delta"] - document["metrics"][0]["delta"]) < 1e-9
    assert rest["most"] in {f["name"] for f in document["attribution"]["functions"]}, rest
    kernel, _ = compared("kernel", FAULT)
    user = {f["name"]: f for f in document["attribution"]["functions"]}["[user]"]
    assert abs(deciding(kernel)["old"] + user["old"] - document["metrics"][0]["old"]) < 1e-9


@tap.test
def a_function_that_no_kernel_has_is_refused_before_they_boot():
    compared(None)
    before = HOME.rows("SELECT count(*) FROM run")
    done = lab.run(HOME, "compare", *HOME.specs, "--metric", "function:change_protectoin")
    assert "did you mean 'change_protection'" in done.expect(128).err, done.err
    done = lab.run(HOME, "narrow", *HOME.specs, "--metric", "kernell").expect(128)
    assert "did you mean 'kernel'" in done.err, done.err
    assert HOME.rows("SELECT count(*) FROM run") == before
    # One that they have and do not execute here.
    done = lab.run(HOME, "compare", *HOME.specs, "--metric", "function:do_mremap").expect(128)
    assert "neither kernel" in done.err or "none of the kernels" in done.err, done.err


@tap.test
def a_series_is_searched_by_it():
    plain, _ = compared(None)
    top = plain["attribution"]["functions"][0]
    done = lab.run(HOME, "narrow", *HOME.specs, "--metric", f"function:{top['name']}", "--json")
    document = done.json()
    assert [s["value"] for s in document["series"]] == [top["old"], top["new"]], document
    assert len(document["steps"]) == 1 and document["steps"][0]["metric"].startswith(
        f"function:{top['name']}"), document["steps"]


with lab.Home(small=True) as HOME:
    if __name__ == "__main__":
        tap.main()
