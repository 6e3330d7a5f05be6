# SPDX-License-Identifier: GPL-2.0-or-later
"""run --dry-run: what it prints is a profile and a plan; bad profiles are named by their place."""
import json
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap

BINARY = tap.build_dir() / "cmd/slowpath"
SCENARIO = "mprotect/shared-dirty-toggle"
PROFILE = f"""name: mprotect-formal
label: lab-a                 # names the host in evidence
mode: exact                  # exact | timed | native
kernels:
  - {{name: old, spec: "debian:6.16.12"}}
  - {{name: new, spec: "debian:6.17.13", cmdline: "transparent_hugepage=never"}}
baseline: old
scenarios:
  - {{name: {SCENARIO}, primary: iteration, set: {{size: 64M}}}}
cpus: [1, 2, 4]
memory: 512M
repetitions: 9               # or: looks: [10, 20, 40]
order: balanced              # balanced | random | round-robin
seed: 20260513
tolerance: 0.05
max_cv: 0.10
aa: false
retries: 0
cpuset: "0-1"
purpose: performance
"""
LEAST = f"""name: n
kernels: [{{name: a, spec: x}}, {{name: b, spec: y}}]
baseline: b
scenarios: [{{name: {SCENARIO}}}]
"""


def run(text, *args, home=None):
    """slowpath run on a profile of this text."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "p.yaml"
        path.write_text(text, encoding="utf-8")
        env = {"HOME": folder, "PATH": "/usr/bin:/bin"}
        options = ["--home", home] if home else []
        done = subprocess.run([BINARY, "run", "p.yaml", *args, *options], cwd=folder, env=env,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=60)
        # A plan makes nothing: no database, no folders.
        assert [p.name for p in pathlib.Path(folder).iterdir()] == ["p.yaml"], done
        return done


def plan(text, *args, **more):
    """The JSON document of a plan."""
    done = run(text, "--dry-run", "--json", *args, **more)
    assert done.returncode == 0 and not done.stderr, done
    return json.loads(done.stdout)


@tap.test
def every_default_is_filled_in():
    profile = plan(LEAST)["profile"]
    assert profile == {
        "name": "n", "label": "", "mode": "exact",
        "kernels": [{"name": "a", "spec": "x", "cmdline": ""},
                    {"name": "b", "spec": "y", "cmdline": ""}],
        "baseline": "b",
        "scenarios": [{"name": SCENARIO, "primary": "iteration", "set": {}}],
        "cpus": [1], "memory": "512M", "repetitions": 9, "order": "balanced", "seed": 1,
        "tolerance": 0.05, "max_cv": 0.10, "aa": False, "retries": 0, "cpuset": "",
        "cpu": "", "config": "", "compiler": "", "purpose": "performance"}, profile


@tap.test
def steps_are_blocks_of_all_kernels():
    document = plan(PROFILE)
    assert document["schema"] == "slowpath/plan/1"
    steps = document["steps"]
    assert len(steps) == document["boots"] == 54 and document["blocks"] == 9
    assert [s["cpus"] for s in steps] == [1] * 18 + [2] * 18 + [4] * 18
    assert [(s["block"], s["position"]) for s in steps[:18]] == [divmod(i, 2) for i in range(18)]
    for i in range(0, 54, 2):
        assert {steps[i]["kernel"], steps[i + 1]["kernel"]} == {"old", "new"}, i
    orders = {tuple(s["kernel"] for s in steps[i:i + 18]) for i in (0, 18, 36)}
    assert len(orders) == 3, "the order is to differ between CPU counts"
    order = document["order"]
    assert (order["requested"], order["effective"]) == ("balanced", "balanced")
    assert order["seed"] == 20260513 and len(order["groups"]) == 3
    for group, i in zip(order["groups"], (0, 18, 36)):
        for kernel, counts in group["counts"].items():
            assert counts == [sum(s["kernel"] == kernel and s["position"] == p
                                  for s in steps[i:i + 18]) for p in (0, 1)], group


@tap.test
def aa_runs_the_baseline_twice():
    document = plan(LEAST + "aa: true\nlooks: [10, 20, 40]\n")
    assert document["boots"] == 3 * 40 and document["profile"]["looks"] == [10, 20, 40]
    assert "repetitions" not in document["profile"]
    assert {s["kernel"] for s in document["steps"][:3]} == {"a", "b", "b#aa"}


@tap.test
def an_unbalanced_order_is_called_so():
    for seed in range(20):
        document = plan(LEAST + f"order: random\nrepetitions: 20\nseed: {seed}\n")
        counts = [c for g in document["order"]["groups"] for k in g["counts"].values() for c in k]
        expected = "balanced" if max(counts) - min(counts) <= 1 else "unbalanced"
        assert document["order"]["effective"] == expected, (seed, counts)
        if expected == "unbalanced":
            return
    raise AssertionError("twenty shuffles were all balanced")


@tap.test
def the_text_is_a_profile_of_the_same_experiment():
    for text in (PROFILE, LEAST, LEAST + 'label: "say \\"\\\\\\""\naa: true\nlooks: [3, 5]\n'):
        first = run(text, "--dry-run")
        assert first.returncode == 0 and not first.stderr, first
        again = run(first.stdout, "--dry-run")
        assert again.stdout == first.stdout, again
        one, other = plan(text), plan(first.stdout)
        assert one.pop("profile_sha256") != other.pop("profile_sha256")
        assert one == other
        # And so is the JSON: YAML has all of it.
        other = plan(json.dumps(one["profile"]))
        other.pop("profile_sha256")
        assert one == other


@tap.test
def the_text_has_one_line_a_block():
    out = run(PROFILE, "--dry-run").stdout
    blocks = re.findall(r"^#   block (\d+): (old new|new old)$", out, re.M)
    assert len(blocks) == 27 and [int(b) for b, _ in blocks] == 3 * list(range(9)), out
    kernels = [k for _, both in blocks for k in both.split()]
    assert kernels == [s["kernel"] for s in plan(PROFILE)["steps"]]
    assert out.startswith("# 54 boots, about 2 min.\n"), out
    assert f"# {SCENARIO}, 1 CPU: 2 s a boot (assumed" in out, out


@tap.test
def without_earlier_runs_the_estimate_is_assumed():
    document = plan(PROFILE)
    estimate = document["estimate"]
    assert document["estimate_seconds"] == 54 * 2 + 6 * 5
    assert (estimate["boot_seconds"], estimate["first_boots"]) == (5, 6)
    assert [r["earlier_runs"] for r in estimate["rates"]] == [0, 0, 0]


def insert(db, table, **values):
    """A row whose other columns are empty."""
    for _, name, kind, required, _, key in db.execute(f"PRAGMA table_info({table})"):
        if required and not key and name not in values:
            values[name] = "" if kind == "TEXT" else 0
    db.execute(f"INSERT INTO {table} ({', '.join(values)}) "
               f"VALUES ({', '.join('?' * len(values))})", tuple(values.values()))


def make_database(home, sha256):
    """Three good runs of 3, 4 and 5 s at 2 CPUs, and others that must not count."""
    db = sqlite3.connect(pathlib.Path(home) / "slowpath.db")
    db.executescript((tap.SOURCE / "store/schema.sql").read_text(encoding="utf-8"))
    insert(db, "experiment", id="x", mode="exact")
    insert(db, "experiment", id="t", mode="timed")
    for n, (experiment, status, cpus, sha, seconds) in enumerate((
            ("x", "ok", 2, sha256, 3), ("x", "ok", 2, sha256, 4), ("x", "ok", 2, sha256, 5),
            ("x", "failed", 2, sha256, 100), ("x", "ok", 1, "another", 100),
            ("t", "ok", 2, sha256, 100))):
        insert(db, "run", id=n, experiment=experiment, block=n, status=status, cpus=cpus,
               scenario=SCENARIO, scenario_sha256=sha, measure_seconds=seconds)
    db.commit()
    db.close()


@tap.test
def earlier_runs_are_what_the_estimate_rests_on():
    shown = subprocess.run([BINARY, "scenario", "show", SCENARIO, "--json"], capture_output=True,
                           check=True, timeout=60).stdout
    with tempfile.TemporaryDirectory() as home:
        make_database(home, json.loads(shown)["sha256"])
        document = plan(PROFILE, home=home)
        rates = [(r["cpus"], r["seconds"], r["earlier_runs"])
                 for r in document["estimate"]["rates"]]
        assert rates == [(1, 2, 0), (2, 4, 3), (4, 2, 0)], rates
        assert document["estimate_seconds"] == 18 * (2 + 4 + 2) + 30
        # Another size is another scenario.
        other = plan(PROFILE.replace("64M", "32M", 1), home=home)
        assert [r["earlier_runs"] for r in other["estimate"]["rates"]] == [0, 0, 0]
        out = run(PROFILE, "--dry-run", home=home).stdout
        assert "2 CPUs: 4 s a boot (mean of 3 earlier runs)" in out, out
        (pathlib.Path(home) / "slowpath.db").write_text("no database " * 100, encoding="utf-8")
        done = run(PROFILE, "--dry-run", home=home)
        assert done.returncode == 128 and "slowpath.db" in done.stderr and not done.stdout, done


@tap.test
def what_cannot_be_run_is_planned_with_a_note():
    line = "mode: native\n"
    done = run(LEAST + line, "--dry-run", "--json")
    document = json.loads(done.stdout)
    assert done.returncode == 0 and "not possible yet" in done.stderr, done
    assert document["estimate_seconds"] is None, document
    assert "for how long is not known" in run(LEAST + line, "--dry-run").stdout
    done = run(LEAST + line)
    assert done.returncode == 128 and "not possible yet" in done.stderr, done
    done = run(LEAST + "purpose: coverage\n", "--dry-run")
    assert done.returncode == 0 and "coverage is not possible yet" in done.stderr, done
    done = run(LEAST + "mode: timed\ncpus: [2]\ncpuset: '0'\n", "--dry-run")
    assert done.returncode == 0 and "2 vCPUs on 1 CPU" in done.stderr, done


@tap.test
def timed_steps_boot_each():
    done = run(LEAST + "mode: timed\n", "--dry-run", "--json")
    document = json.loads(done.stdout)
    assert done.returncode == 0 and not done.stderr, done
    rate = document["estimate"]["rates"][0]
    assert document["estimate_seconds"] > document["boots"] * rate["seconds"], document["estimate"]
    text = run(LEAST + "mode: timed\n", "--dry-run").stdout
    assert "smoke boot" in text and "snapshot" not in text, text


@tap.test
def bad_profiles_are_named_by_their_place():
    for text, where in (
            (LEAST + "reps: 9\n", "p.yaml:5:1: unknown key 'reps'"),
            (LEAST + "repetitions: 10000\n", "p.yaml:5:14: 10000 is outside 1 to 1000"),
            (LEAST + "cpus: &c [*c]\n", "p.yaml:5:7: "),
            (LEAST.replace("name: b", "name: a"), "p.yaml:2:31: there is a kernel 'a' already"),
            (LEAST.replace("baseline: b", "baseline: c"), "p.yaml:3:11: 'c': a or b"),
            (LEAST.replace("shared", "shard"), "p.yaml:4:20: there is no scenario"),
            ("name: [\n", "p.yaml:2:1: ")):
        for args in (("--dry-run",), ("--dry-run", "--json"), ()):
            done = run(text, *args)
            assert done.returncode == 128 and where in done.stderr and not done.stdout, done
            assert done.stderr.startswith("slowpath: ") and done.stderr.count("\n") == 1, done


@tap.test
def command_lines():
    for args in ((), ("a.yaml", "b.yaml"), ("a.yaml", "--dry")):
        done = subprocess.run([BINARY, "run", *args], capture_output=True, text=True, timeout=60)
        assert done.returncode == 129 and "usage: slowpath run" in done.stderr, done
    done = subprocess.run([BINARY, "run", "/nonexistent.yaml", "--dry-run"], capture_output=True,
                          text=True, timeout=60)
    assert done.returncode == 128 and "/nonexistent.yaml" in done.stderr, done
    assert run(LEAST, "-n").stdout == run(LEAST, "--dry-run").stdout


@tap.test
def the_page_tells_of_every_member_and_key():
    page = (tap.SOURCE / "man/slowpath-run.1").read_text(encoding="utf-8").replace("\\-", "-")
    told = set(re.findall(r"\w+", page))

    def names(document):
        for key, value in document.items():
            if key not in ("counts", "set"):
                yield key
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, dict) and key not in ("counts", "set"):
                    yield from names(one)

    missing = set(names(plan(PROFILE))) | set(names(plan(LEAST + "looks: [9]\n")))
    assert len(missing) > 30 and not missing - told, missing - told


tap.main()
