# SPDX-License-Identifier: GPL-2.0-or-later
"""The main job on two stock kernels: what compare says, in which form, in both directions."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import first_screen
import tap
from boot import lab

SCENARIO = ("-s", "mprotect/shared-dirty-toggle")
MEMBERS = {
    "": {"schema", "id", "mode", "scenario", "verdict", "reason", "old", "new", "cpus", "pages",
         "iterations", "metrics", "attribution", "state", "audit", "seconds"},
    "old": {"spec", "release", "version", "compiler", "config_sha256", "image_sha256"},
    "new": {"spec", "release", "version", "compiler", "config_sha256", "image_sha256"},
    "metrics": {"name", "unit", "old", "new", "delta", "ratio", "spread_old", "spread_new"},
    "attribution": {"unit", "metric", "functions", "unattributed", "unattributed_old",
                    "unattributed_new"},
    "attribution.functions": {"name", "old", "new", "delta", "calls_old", "calls_new"},
    "events": {"name", "old", "new", "delta"},
    "string_work": {"without_functions", "by_steps", "outside_old", "outside_new", "shift"},
    "state": {"same", "checks"},
    "state.checks": {"name", "expected", "old", "new", "result"},
    "audit": {"name", "old", "new", "same"},
    "seconds": {"total", "boot", "measure"},
}
RESULTS = {}


def result(old, new):
    """Exit status and document of a comparison, measured once; sides are "old" and "new"."""
    if (old, new) not in RESULTS:
        specs = dict(zip(("old", "new"), HOME.specs))
        done = lab.compare(HOME, *SCENARIO, old=specs[old], new=specs[new])
        assert done.code in (0, 1), f"exit {done.code}: {done.err}"
        RESULTS[old, new] = done.code, done.json()
    return RESULTS[old, new]


def close(a, b, scale):
    """Equal but for rounding."""
    return abs(a - b) <= 1e-6 * max(1.0, abs(scale))


def objects(document, path):
    """The objects below a dotted path; lists are walked."""
    found = [document]
    for name in filter(None, path.split(".")):
        found = [x[name] for x in found]
        found = [y for x in found for y in (x if isinstance(x, list) else [x])]
    return found


@tap.test
def what_else_was_executed_stands_beside():
    _, document = result("old", "new")
    events = {x["name"]: x for x in document["events"]}
    assert set(events) == {"atomics", "tlb_flushes", "ipis", "interrupts", "faults", "switches",
                           "lock_calls", "string_bytes"}
    # One CPU, and pages that were there: no IPI, no fault; the page tables' lock, once in 512 pages.
    for name in ("ipis", "faults", "switches"):
        assert events[name]["old"] == events[name]["new"] == 0, events[name]
    assert 0.001 < events["lock_calls"]["old"] < 0.1, events["lock_calls"]
    strings, metric = document["string_work"], document["metrics"][0]
    assert close(strings["without_functions"]["old"],
                 metric["old"] - strings["functions_old"], metric["old"])
    assert close(strings["by_steps"]["new"], metric["new"] + strings["bytes_new"] / 32,
                 metric["new"])
    assert strings["shift"] is None


@tap.test
def the_contracts_members_are_there():
    _, document = result("old", "new")
    for path, names in MEMBERS.items():
        found = objects(document, path)
        assert found, f"'{path}' is empty"
        for item in found:
            assert names <= set(item), f"'{path}' lacks {names - set(item)}"
    assert document["schema"] == "slowpath/compare/1"
    assert document["scenario"] == SCENARIO[1]
    assert document["pages"] == 64 * 256 and document["cpus"] == 1
    assert document["iterations"] >= 1
    assert {m["unit"] for m in document["metrics"]} == {"insns"}


@tap.test
def kernels_are_named():
    _, document = result("old", "new")
    assert document["old"]["release"].startswith("6.16.12"), document["old"]
    assert document["new"]["release"].startswith("6.17.13"), document["new"]
    for side in ("old", "new"):
        assert document[side]["spec"].startswith("debian:6.1"), document[side]
        for hashed in ("config_sha256", "image_sha256"):
            assert len(bytes.fromhex(document[side][hashed])) == 32


@tap.test
def it_is_a_regression_and_exits_1():
    code, document = result("old", "new")
    assert (code, document["verdict"], document["mode"]) == (1, "regression", "exact")
    first = document["metrics"][0]
    assert first["name"] == "iteration_insns_per_page"
    assert first["ratio"] > 1.5, first
    for m in document["metrics"]:
        assert m["spread_old"] == m["spread_new"] == 0, m
        assert close(m["delta"], m["new"] - m["old"], m["new"]), m
        assert close(m["ratio"], m["new"] / m["old"], m["ratio"]), m


@tap.test
def an_iteration_is_the_sum_of_its_segments():
    _, document = result("old", "new")
    names = [m["name"] for m in document["metrics"]]
    assert names == [f"{s}_insns_per_page" for s in ("iteration", "protect", "restore", "touch")]
    for side in ("old", "new"):
        first, *segments = (m[side] for m in document["metrics"])
        assert close(first, sum(segments), first), side


@tap.test
def functions_add_up_to_the_metric():
    _, document = result("old", "new")
    a, first = document["attribution"], document["metrics"][0]
    assert a["metric"] == first["name"] and a["unit"] == "insns_per_page"
    assert close(sum(f["delta"] for f in a["functions"]) + a["unattributed"], first["delta"],
                 first["delta"])
    for side in ("old", "new"):
        rest = a[f"unattributed_{side}"]
        assert close(sum(f[side] for f in a["functions"]) + rest, first[side], first[side]), side
        assert abs(rest) <= 0.001 * first[side], f"{side}: {rest} of {first[side]} unattributed"
    for f in a["functions"]:
        assert close(f["delta"], f["new"] - f["old"], f["new"]), f
    sizes = [abs(f["delta"]) for f in a["functions"]]
    assert sizes == sorted(sizes, reverse=True), "not ordered by |delta|"
    names = [f["name"] for f in a["functions"]]
    assert len(names) == len(set(names)), "a function stands there twice"


@tap.test
def known_functions_are_named():
    _, document = result("old", "new")
    functions = {f["name"]: f for f in document["attribution"]["functions"]}
    for side in ("old", "new"):
        below = sum(f[side] for n, f in functions.items() if "prot" in n or "pte" in n)
        assert below > 0.5 * document["metrics"][0][side], f"{side}: {below}"
    assert functions["do_mprotect_pkey"]["calls_old"] * document["pages"] == 2
    assert functions["do_mprotect_pkey"]["calls_new"] * document["pages"] == 2
    # Four instructions a page: the loop of the touch segment.
    assert 3.9 < functions["[user]"]["old"] == functions["[user]"]["new"] < 4.5


@tap.test
def what_was_counted_is_what_the_clock_saw():
    _, document = result("old", "new")
    assert document["clock"] == {"difference_old": 0, "difference_new": 0}


@tap.test
def both_did_the_same_work():
    _, document = result("old", "new")
    assert document["state"]["same"] is True
    checks = {c["name"]: c for c in document["state"]["checks"]}
    assert {c["result"] for c in checks.values()} == {"pass"}, checks
    assert checks["present pages"]["old"] == checks["dirty pages"]["new"] == document["pages"]


@tap.test
def the_other_direction_is_an_improvement():
    _, forth = result("old", "new")
    code, back = result("new", "old")
    assert (code, back["verdict"]) == (0, "improvement")
    for a, b in zip(forth["metrics"], back["metrics"]):
        assert (a["old"], a["new"], a["delta"]) == (b["new"], b["old"], -b["delta"]), (a, b)
    deltas = {f["name"]: f["delta"] for f in forth["attribution"]["functions"]}
    assert deltas == {f["name"]: -f["delta"] for f in back["attribution"]["functions"]}


def the_same_twice(side):
    """A kernel against itself."""
    code, document = result(side, side)
    assert (code, document["verdict"], document["mode"]) == (0, "equivalent", "exact")
    assert all(m["delta"] == 0 and m["ratio"] == 1 for m in document["metrics"])
    assert all(f["delta"] == 0 for f in document["attribution"]["functions"])
    assert all(a["same"] for a in document["audit"]), document["audit"]


tap.add("the older kernel twice is equivalent", lambda: the_same_twice("old"))
tap.add("the newer kernel twice is equivalent", lambda: the_same_twice("new"))


@tap.test
def the_database_holds_the_same_document():
    _, document = result("old", "new")
    (stored, finished), = HOME.rows(
        "SELECT document, finished FROM result JOIN experiment ON experiment.id = experiment "
        f"WHERE experiment = '{document['id']}'")
    # What is printed is rounded to 15 digits.
    kept = json.loads(stored, parse_float=lambda text: float(f"{float(text):.15g}"))
    assert not lab.differences(kept, document) and finished
    runs = HOME.rows(f"SELECT side, status FROM run WHERE experiment = '{document['id']}'")
    assert sorted(runs) == [("new", "ok"), ("old", "ok")], runs


@tap.test
def text_says_the_same():
    _, document = result("old", "new")
    done = lab.run(HOME, "compare", *HOME.specs, *SCENARIO).expect(1)
    first_screen.booted("compare", done.out)
    first = document["metrics"][0]
    top = document["attribution"]["functions"][0]["name"]
    for word in ("REGRESSION", SCENARIO[1], "exact", "executed instructions", top,
                 f"{first['ratio']:.4f}", f"{first['old']:.3f}", f"{first['new']:.3f}"):
        assert word in done.out, f"no {word!r} in\n{done.out}"


@tap.test
def code_that_is_not_what_was_counted_is_not_looked_at():
    """The snapshot is sound, and the vmlinux beside it has changed: counts stand, names stay."""
    _, sound = result("old", "new")
    shown = lab.run(HOME, "kernel", "show", HOME.specs[1], "--json").json()
    vmlinux = HOME.path / "kernels" / shown["id"] / "vmlinux"
    data = bytearray(vmlinux.read_bytes())
    data[len(data) // 2] ^= 1
    vmlinux.unlink()  # which other homes may share
    vmlinux.write_bytes(data)
    done = lab.compare(HOME, *SCENARIO).expect(1, "are not looked for", "is damaged")
    document = done.json()
    assert document["metrics"] == sound["metrics"], document["metrics"]
    assert not any(f["renamed_from"] for f in document["attribution"]["functions"]
                   if "renamed_from" in f)
    assert not [g for g in document["groups"] if g["file"]], document["groups"]


with lab.Home() as HOME:
    tap.main()
