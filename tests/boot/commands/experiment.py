# SPDX-License-Identifier: GPL-2.0-or-later
"""A formal experiment from its profile: every run kept, interrupted and gone on with, judged again
offline to the same tables."""
import contextlib
import csv
import io
import pathlib
import signal
import sqlite3
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import lab

RESULTS = {}
PROFILE = """\
name: small
label: test
kernels:
  - {{name: old, spec: "{0}"}}
  - {{name: new, spec: "{1}"{2}}}
baseline: old
scenarios:
  - {{name: mprotect/shared-dirty-toggle, set: {{size: 4M}}}}
repetitions: {3}
seed: 7
{4}"""


def profile(blocks=3, cmdline="", more=""):
    """A profile's file; the caller removes it."""
    extra = f', cmdline: "{cmdline}"' if cmdline else ""
    f = tempfile.NamedTemporaryFile("w", suffix=".yaml", dir=HOME.path)
    f.write(PROFILE.format(*HOME.specs, extra, blocks, more))
    f.flush()
    return f


def run(path, *args, **more):
    return lab.run(HOME, "run", path, "--json", *args, **more)


def rows(experiment):
    """The exported raw rows, less what differs between two experiments."""
    done = lab.run(HOME, "judge", experiment, "--csv").expect(0)
    found = list(csv.DictReader(io.StringIO(done.out)))
    return [{k: v for k, v in row.items() if k not in ("experiment", "run_id")} for row in found]


def order(found):
    return [(r["block"], r["position"], r["kernel"]) for r in found
            if r["metric"].startswith("iteration_")]


@tap.test
def verdict_and_raw_rows():
    with profile() as f:
        document = run(f.name).expect(1).json()
    primary = next(r for r in document["judge"]["rows"] if r["metric"].startswith("iteration_"))
    assert (primary["verdict"], primary["mode"]) == ("regression", "exact"), primary
    assert primary["ratio"] > 1.5 and primary["blocks"] == 3, primary
    found = rows(document["id"])
    assert len(found) == 3 * 2 * 4, len(found)
    assert {r["status"] for r in found} == {"ok"}
    positions = [(r["kernel"], r["position"]) for r in found if r["metric"].startswith("touch_")]
    counts = {p: positions.count(p) for p in positions}
    assert max(counts.values()) - min(counts.values()) <= 1, counts
    again = lab.run(HOME, "judge", document["id"], "--json")
    assert again.json() == document["judge"] and again.code == 1
    RESULTS["rows"] = found


@tap.test
def killed_at_any_moment_and_resumed_it_gives_the_same_rows():
    with profile() as f:
        whole = RESULTS["rows"]
        known = set(HOME.rows("SELECT id FROM experiment"))
        running = lab.Running(HOME, "run", f.name)
        end = time.monotonic() + 300
        begun = set()
        while not begun and time.monotonic() < end:
            time.sleep(0.1)
            begun = set(HOME.rows("SELECT DISTINCT experiment FROM run")) - known
        ((cut,),) = begun
        lab.run(HOME, "run", "--resume", cut, tidy=False).expect(128, "another slowpath is at")
        assert running.process.poll() is None, "too quick to be killed"
        running.process.send_signal(signal.SIGKILL)
        running.end()
    kept = HOME.rows(f"SELECT COUNT(*) FROM run WHERE experiment = '{cut}'")[0][0]
    assert 0 < kept < 6, kept
    assert HOME.rows(f"SELECT finished FROM experiment WHERE id = '{cut}'") == [(None,)]
    # The profile's file is gone: the database knows it.
    lab.run(HOME, "run", "--resume", cut).expect(1)
    assert rows(cut) == whole
    # Once more there is nothing to do but to judge.
    lab.run(HOME, "run", "--resume", cut).expect(1)
    assert rows(cut) == whole


@tap.test
def failed_runs_are_kept_with_their_reason():
    # The state that the guest is asked for cannot be had: every run of this side fails.
    with profile(blocks=2, cmdline="maxcpus=0 nr_cpus=1 lockdown=none rdinit=/nope",
                 more="retries: 1\n") as f:
        done = run(f.name)
    done.expect(125, "kernel 'new', boot smoke", "panic")


@tap.test
def work_that_is_not_the_scenarios_has_no_verdict():
    """Both sides alike, but neither in the state that the scenario is about."""
    text = PROFILE.format(*HOME.specs, ', cmdline: "transparent_hugepage=never"', 1, "").replace(
        f'"{HOME.specs[0]}"', f'"{HOME.specs[0]}", cmdline: "transparent_hugepage=never"').replace(
        "{name: mprotect/shared-dirty-toggle, set: {size: 4M}}",
        "{name: madvise/pageout-noswap-huge}")
    with tempfile.NamedTemporaryFile("w", suffix=".yaml", dir=HOME.path) as f:
        f.write(text)
        f.flush()
        document = run(f.name).expect(125).json()
    primary = next(r for r in document["judge"]["rows"] if r["metric"].startswith("iteration_"))
    assert primary["verdict"] == "different-state", primary
    assert "expected 4096" in primary["reason"], primary


@tap.test
def what_has_changed_is_not_gone_on_with():
    known = set(HOME.rows("SELECT experiment FROM run"))
    with profile(blocks=4) as f:
        running = lab.Running(HOME, "run", f.name)
        end = time.monotonic() + 300
        while not set(HOME.rows("SELECT experiment FROM run")) - known:
            assert running.process.poll() is None and time.monotonic() < end
            time.sleep(0.05)
        running.process.send_signal(signal.SIGKILL)
        running.end()
    ((cut,),) = set(HOME.rows("SELECT experiment FROM run")) - known
    with contextlib.closing(sqlite3.connect(HOME.path / "slowpath.db")) as database, database:
        database.execute("UPDATE run SET scenario_sha256 = 'another' WHERE experiment = ?", (cut,))
    lab.run(HOME, "run", "--resume", cut, tidy=False).expect(128, cut, "the scenario has changed")
    lab.run(HOME, "cache", "prune").expect(0)


@tap.test
def errors_name_the_place():
    with profile(cmdline="") as f:
        text = pathlib.Path(f.name).read_text(encoding="utf-8")
        bad = text.replace(HOME.specs[1], "debian:6.99")
        pathlib.Path(f.name).write_text(bad, encoding="utf-8")
        run(f.name).expect(128, f"{f.name}:5:")
    lab.run(HOME, "run", "--resume", "20260101-000000-000000").expect(128, "no experiment")
    lab.run(HOME, "judge", "20260101-000000-000000").expect(128, "no experiment")


with lab.Home() as HOME:
    tap.main()
