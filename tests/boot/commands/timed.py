# SPDX-License-Identifier: GPL-2.0-or-later
"""Timed experiments: emulated end to end, KVM's arguments and failures with a stand-in, the clock
gate, pinning, and what the machine cannot hold. KVM itself is not run here."""
import contextlib
import csv
import io
import json
import os
import pathlib
import shutil
import signal
import socket
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import lab

QEMU = shutil.which("qemu-system-x86_64")
# The rest after boot is for figures that somebody believes; here it is shortened.
PROFILE = """\
name: timed
label: test
mode: {mode}
kernels:
  - {{name: old, spec: "{old}", cmdline: SLOWPATH_REST_MS={rest}}}
  - {{name: new, spec: "{new}", cmdline: SLOWPATH_REST_MS={rest}}}
baseline: old
scenarios:
  - {{name: mprotect/shared-dirty-toggle, set: {{size: {size}}}}}
repetitions: {blocks}
seed: 7
{more}"""


@contextlib.contextmanager
def profile(size="4M", blocks=2, mode="timed", more="", rest=100):
    """A profile's path."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml", dir=HOME.path) as f:
        f.write(PROFILE.format(mode=mode, old=HOME.specs[0], new=HOME.specs[1], size=size,
                               blocks=blocks, more=more, rest=rest))
        f.flush()
        yield f.name


def run(path, *args, **more):
    return lab.run(HOME, "run", path, *args, **more)


def rows(experiment):
    done = lab.run(HOME, "judge", experiment, "--csv").expect(0)
    return list(csv.DictReader(io.StringIO(done.out)))


def stand_in(name, when_kvm):
    """A QEMU that is the real one, but does something else when it is told to use KVM."""
    path = HOME.path / name
    path.write_text(f"""#!/bin/bash
case " $* " in *" -accel kvm "*) {when_kvm};; esac
exec {QEMU} "$@"
""", encoding="ascii")
    path.chmod(0o755)
    return {"SLOWPATH_QEMU": path}


# The arguments after it has replaced what only KVM has.
AS_TCG = """args=(); for a in "$@"; do case "$a" in
kvm) a=tcg;; host) a=qemu64,+popcnt,+smep,+smap,+fsgsbase,+rdrand;; esac; args+=("$a"); done
exec %s "${args[@]}" """ % QEMU


@tap.test
def emulated_from_end_to_end():
    with profile(more='cpuset: "0"\n') as path:
        done = run(path, "--json", env=stand_in("no-kvm", "echo no KVM here >&2; exit 1"))
    done.expect(125, "KVM is not used", "no KVM here", "timing is emulated")
    document = done.json()
    found = rows(document["id"])
    assert len(found) == 2 * 2 * 4, len(found)
    assert {(r["unit"], r["status"]) for r in found} == {("ns", "ok")}, found
    assert all(float(r["value"]) > 0 for r in found)
    assert {r["mode"] for r in found} == {"emulated"}, found[0]
    primary = next(r for r in document["judge"]["rows"] if r["metric"] == "iteration_ns_per_page")
    assert (primary["verdict"], primary["mode"]) == ("inconclusive", "emulated"), primary
    assert primary["ratio"] > 1.2, primary
    for accelerator, affinity, environment in HOME.rows(
            "SELECT accelerator, affinity, environment FROM run"):
        assert accelerator == "tcg"
        assert [v["cpus"] for v in json.loads(affinity)] == [[0]], affinity
        assert "clocksource=tsc" in environment, environment
    clocks = HOME.rows("SELECT step_ns, rounds, total_ns, min_time_ns FROM timing")
    assert len(clocks) == 4 and all(0 < step < 100000 for step, *_ in clocks), clocks
    assert all(total >= least or rounds == 1000 for _, rounds, total, least in clocks), clocks
    ((environment, effect),) = HOME.rows("SELECT environment, effect FROM experiment")
    assert json.loads(environment)["host"]["cpu"]["model"] and \
        f'"{socket.gethostname()}"' not in environment
    assert json.loads(effect)["effective"] == "balanced", effect
    text = lab.run(HOME, "judge", document["id"]).expect(125)
    assert "emulated" in text.out, text.out


@tap.test
def spans_that_the_clock_cannot_tell():
    with profile(size="16K", blocks=1) as path:
        done = run(path, "--json", env=stand_in("no-kvm", "exit 1"))
    document = done.expect(125).json()
    found = rows(document["id"])
    assert "budget" in [w["kind"] for w in document["judge"]["warnings"]], document["judge"]
    short = [r for r in found if r["metric"] == "touch_ns_per_page"]
    assert {r["status"] for r in short} == {"failed"} and not short[0]["value"], short
    assert "under 1000 steps of the guest's clock" in short[0]["failure_reason"], short


@tap.test
def kvm_by_a_stand_in():
    with profile(blocks=1) as path:
        done = run(path, "--json", env=stand_in("kvm", AS_TCG))
    document = done.expect(125).json()
    assert "emulated" not in done.err, done.err
    assert {r["mode"] for r in rows(document["id"])} == {"timed"}
    for accelerator, argv in HOME.rows(
            f"SELECT accelerator, qemu_argv FROM run WHERE experiment = '{document['id']}'"):
        words = json.loads(argv)
        assert accelerator == "kvm"
        assert words[words.index("-accel") + 1] == "kvm" and words[words.index("-cpu") + 1] == "host"
        assert "-icount" not in words and "-plugin" not in words and "-incoming" not in words


@tap.test
def kvm_that_opens_and_runs_nothing():
    began = time.monotonic()
    with profile(blocks=1) as path:
        done = run(path, "--json", env=stand_in("hangs", "exec sleep 1000"))
    done.expect(125, "KVM is not used", "timing is emulated")
    assert time.monotonic() - began < 60
    assert {r["mode"] for r in rows(done.json()["id"])} == {"emulated"}


@tap.test
def a_qemu_that_dies_in_one_run():
    """It is kept with its reason, and the others are made."""
    count = HOME.path / "count"
    count.write_text("")
    die = f"""exit 1;; esac
case " $* " in *" -kernel "*) echo >> {count};; esac
case $(wc -l < {count}) in 4) {QEMU} "$@" & sleep 2; kill -ABRT $!; echo out of luck >&2; wait; exit 3"""
    # Long enough to be alive when it is killed, however fast the machine is.
    with profile(blocks=2, rest=3000) as path:
        done = run(path, "--json", env=stand_in("dies", die))
    document = done.expect(125).json()
    found = lab.run(HOME, "judge", document["id"], "--csv").out
    states = HOME.rows("SELECT status, failure_reason, console FROM run WHERE experiment = "
                       f"'{document['id']}' ORDER BY id")
    assert [s for s, *_ in states].count("ok") == 3 and len(states) == 4, states
    reason = next(r for s, r, _ in states if s == "failed")
    assert "QEMU ended" in reason, reason
    assert reason.split(":")[-1].strip()[:10] in found


@tap.test
def killed_and_gone_on_with():
    env = stand_in("no-kvm", "exit 1")
    with profile(blocks=2) as path:
        known = set(HOME.rows("SELECT id FROM experiment"))
        running = lab.Running(HOME, "run", path, env=env)
        end = time.monotonic() + 300
        while len(set(HOME.rows("SELECT id FROM experiment")) - known) < 1 or \
                len(HOME.last_runs()) < 1:
            assert time.monotonic() < end and running.process.poll() is None
            time.sleep(0.1)
        running.process.send_signal(signal.SIGKILL)
        running.end()
    ((cut,),) = set(HOME.rows("SELECT id FROM experiment")) - known
    lab.run(HOME, "run", "--resume", cut, env=env).expect(125)
    found = rows(cut)
    places = [(r["block"], r["position"], r["metric"]) for r in found]
    assert len(found) == 2 * 2 * 4 and len(set(places)) == len(places), places
    assert {r["mode"] for r in found} == {"emulated"}


@tap.test
def more_than_the_machine_has():
    cpus = os.cpu_count()
    before = HOME.rows("SELECT count(*) FROM experiment")
    for more, text in ((f"cpus: [{cpus + 1}]\n", f"{cpus + 1} vCPUs"),
                       ('cpuset: "0"\ncpus: [2]\n', "2 vCPUs"),
                       (f'cpuset: "{cpus + 40}"\n', str(cpus + 40))):
        with profile(more=more) as path:
            run(path).expect(128, path, text)
    with profile(mode="exact", more=f'cpuset: "{cpus + 40}"\n') as path:
        run(path).expect(128, path, str(cpus + 40))
    assert HOME.rows("SELECT count(*) FROM experiment") == before


with lab.Home() as HOME:
    tap.main()
