# SPDX-License-Identifier: GPL-2.0-or-later
"""compare, run, judge, narrow and report say the same of the same kernels and scenario: measured anew
by each, since counts repeat. One scenario of each class: exact, near-exact, several CPUs, calls."""
import json
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import lab

PROFILE = """\
name: agreement
label: test
kernels:
  - {{name: old, spec: "{0}"}}
  - {{name: new, spec: "{1}"}}
baseline: old
scenarios:
  - {{name: {2}}}
cpus: [{3}]
repetitions: 1
"""
VALUES = ("old", "new", "spread_old", "spread_new")
WORDS = ("verdict", "mode", "why_not")


def of_compare(document):
    m = document["metrics"][0]
    # What compare sees of the runs beside counts stands behind a semicolon.
    return {**{k: m[k] for k in VALUES}, **{k: document[k] for k in WORDS},
            "reason": document["reason"].split("; page faults")[0]}


def of_judge(document):
    row = next(r for r in document["rows"] if r["primary"])
    return {k: row[k] for k in (*VALUES, *WORDS, "reason")}


def near(a, b, what):
    """Equal, but for the last digit of a number."""
    for key in a:
        if isinstance(a[key], float):
            assert abs(a[key] - b[key]) <= 1e-12 * abs(a[key]), (what, key, a, b)
        else:
            assert a[key] == b[key], (what, key, a, b)


def agree(scenario, cpus=1):
    done = lab.compare(HOME, "-s", scenario, "--cpus", cpus, deadline=400, timeout=500)
    compared = done.json()
    told, status = of_compare(compared), done.code
    judged = lab.run(HOME, "judge", compared["id"], "--json").expect(status).json()
    near(told, of_judge(judged), "judge")
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as f:
        f.write(PROFILE.format(*HOME.specs, scenario, cpus))
        f.flush()
        ran = lab.run(HOME, "run", f.name, "--json").expect(status).json()
    if told["mode"] == "exact":
        near(told, of_judge(ran["judge"]), "run")
    else:
        # Blocks rest for other times: the counts need not be those of compare, the word has to be.
        assert of_judge(ran["judge"])["mode"] == "near-exact", ran["judge"]
    with tempfile.TemporaryDirectory() as folder:
        lab.run(HOME, "report", compared["id"], "--format", "md", "-o", f"{folder}/md").expect(0)
        text = pathlib.Path(folder, "md/README.md").read_text(encoding="utf-8")
    assert f"| {told['mode']} | {told['verdict']} |" in text, text
    assert told["reason"].split(";")[0] in text, text
    return compared, told


@tap.test
def of_what_is_exact():
    _, told = agree("mprotect/shared-dirty-toggle")
    assert told["mode"] == "exact" and told["why_not"] is None, told
    narrowed = lab.run(HOME, "narrow", *HOME.specs, "--json").expect(1).json()
    assert narrowed["mode"] == "exact", narrowed["mode"]
    for side, entry in zip(("old", "new"), narrowed["series"]):
        assert entry["reading"]["value"] == told[side] and entry["reading"]["exact"], entry
    assert narrowed["steps"][0]["reason"] == told["reason"], narrowed["steps"]


@tap.test
def of_what_is_near_exact():
    _, told = agree("memory/anon-fault")
    assert told["mode"] == "near-exact" and told["why_not"], told


@tap.test
def of_several_cpus():
    _, told = agree("mprotect/shared-dirty-toggle", cpus=2)
    assert told["mode"] == "near-exact" and "2 CPUs" in told["why_not"], told


@tap.test
def of_calls():
    compared, told = agree("mprotect/single-protect")
    assert compared["metrics"][0]["name"].endswith("_per_call"), compared["metrics"][0]
    assert told["mode"] in ("exact", "near-exact"), told


with lab.Home(small=True) as HOME:
    if __name__ == "__main__":
        tap.main()
