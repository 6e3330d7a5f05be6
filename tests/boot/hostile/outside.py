# SPDX-License-Identifier: GPL-2.0-or-later
"""A stop from outside that reaches QEMU first, as a scheduler's or systemd's to a whole job does, or
QEMU alone, as the kernel's when memory runs out: nothing is kept of the run, 128, and what can be
gone on with gives what an undisturbed one gives."""
import contextlib
import os
import pathlib
import signal
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import commits, lab

RESULTS = {}
SCENARIO = "mprotect/shared-dirty-toggle"
PROFILE = """\
name: small
label: test
kernels:
  - {{name: old, spec: "{0}"}}
  - {{name: new, spec: "{1}"}}
baseline: old
scenarios: [{{name: mprotect/shared-dirty-toggle}}]
repetitions: 2
seed: 7
"""


def wait_for_qemus(running, wanted=1, seen=()):
    """So many QEMUs that are none of those seen."""
    end = time.monotonic() + 120
    while time.monotonic() < end and running.process.poll() is None:
        found = [pid for pid in lab.qemus(running.mark) if pid not in seen]
        if len(found) >= wanted:
            return found
        time.sleep(0.01)
    running.process.kill()
    raise AssertionError(f"no QEMU: {running.end().err}")


def wait_until_it_boots(pid):
    """A QEMU that has had so much CPU time is past its start, where signals find it unprepared."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        try:
            text = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
        except OSError:
            return
        if sum(map(int, text.rsplit(")", 1)[1].split()[11:13])) >= os.sysconf("SC_CLK_TCK") / 4:
            return
        time.sleep(0.01)


def stop(running, number=signal.SIGTERM, ours=True, wanted=1, seen=()):
    """Ends QEMU, and a moment later slowpath: the order in which a job's processes were seen to
    end."""
    found = wait_for_qemus(running, wanted, seen)
    for pid in found:
        wait_until_it_boots(pid)
    for pid in found:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
    if ours:
        time.sleep(0.02)
        running.process.send_signal(number)
    return running.end()


def experiments(home):
    if not (home.path / "slowpath.db").exists():
        return []
    return home.rows("SELECT id FROM experiment ORDER BY rowid")


def bad_runs(home):
    return home.rows("SELECT failure_reason FROM run WHERE status != 'ok'")


def expect_stopped(done, *texts):
    """Its own words, nothing on stdout, and nothing of the run in the database."""
    done.expect(128, *texts)
    assert "while" in done.err and ("stopped from outside" in done.err or
                                    "interrupted" in done.err), done.err
    assert not done.out, done.out
    assert not bad_runs(done.home), bad_runs(done.home)


def profile():
    f = tempfile.NamedTemporaryFile("w", suffix=".yaml", dir=HOME.path)
    f.write(PROFILE.format(*HOME.specs))
    f.flush()
    return f


def table(home, experiment):
    """The raw rows, less what differs between two experiments."""
    done = lab.run(home, "judge", experiment, "--csv").expect(0)
    head, *rows = [line.split(",") for line in done.out.splitlines()]
    drop = {head.index("experiment"), head.index("run_id")}
    return [[cell for i, cell in enumerate(row) if i not in drop] for row in [head, *rows]]


def resume_hint(done):
    return done.err.split("--resume ")[1].split("'")[0]


@tap.test
def compare_keeps_nothing():
    before = experiments(HOME)
    expect_stopped(stop(lab.Running(HOME, "compare", *HOME.specs, "--json"), wanted=2))
    assert experiments(HOME) == before, "an experiment without a run stays in the list"


@tap.test
def a_signal_that_only_qemu_gets_is_said():
    done = stop(lab.Running(HOME, "compare", *HOME.specs, "--json"), ours=False, wanted=2)
    expect_stopped(done, "stopped from outside while", "terminating on signal 15")


@tap.test
def a_qemu_that_the_kernel_kills_is_the_hosts():
    done = stop(lab.Running(HOME, "compare", *HOME.specs, "--json"), signal.SIGKILL, ours=False,
                wanted=2)
    expect_stopped(done, "killed by signal 9", "memory ran out")


@tap.test
def a_qemu_that_crashes_is_not():
    """It says that it is broken: that is kept, as a failed run."""
    done = stop(lab.Running(HOME, "compare", *HOME.specs, "--json"), signal.SIGSEGV, ours=False,
                wanted=2)
    done.expect(128, "QEMU ended while", "signal 11")
    assert bad_runs(HOME), "its failure is not kept"
    for (experiment,) in experiments(HOME):
        lab.run(HOME, "remove", experiment, "--json").expect(0)
    assert not experiments(HOME) and not bad_runs(HOME)


@tap.test
def an_undisturbed_experiment():
    with profile() as f:
        RESULTS["run"] = lab.run(HOME, "run", f.name, "--json").expect(1).json()["id"]


@tap.test
def run_is_gone_on_with():
    """Stopped in its first step, gone on with, stopped in a later one, gone on with to the end."""
    with profile() as f:
        running = lab.Running(HOME, "run", f.name)
        seen = wait_for_qemus(running)
        done = stop(running)
        expect_stopped(done, "'slowpath run --resume ")
        identity = resume_hint(done)
    running = lab.Running(HOME, "run", "--resume", identity)
    first = wait_for_qemus(running, seen=seen)
    done = stop(running, ours=False, seen=[*seen, *first])
    expect_stopped(done, f"'slowpath run --resume {identity}'")
    lab.run(HOME, "run", "--resume", identity, "--json").expect(1)
    assert table(HOME, identity) == table(HOME, RESULTS["run"])


@tap.test
def exit_zero_is_what_was_measured():
    lab.run(HOME, "judge", RESULTS["run"], "--exit-zero").expect(0)
    lab.run(HOME, "judge", RESULTS["run"]).expect(1)
    lab.run(HOME, "run", "--resume", RESULTS["run"], "--exit-zero").expect(0)
    lab.run(HOME, "compare", *HOME.specs, "--exit-zero").expect(0)
    lab.run(HOME, "compare", HOME.specs[0], HOME.specs[0], "-s", SCENARIO, "--exit-zero",
            "--new-cmdline", "rdinit=/nope").expect(125)
    lab.run(HOME, "remove", experiments(HOME)[-1][0]).expect(0)
    assert not bad_runs(HOME)
    lab.run(HOME, "compare", HOME.specs[0], "debian:0.1", "--exit-zero").expect(128)
    lab.run(HOME, "compare", HOME.specs[0], "--exit-zero").expect(129)


@tap.test
def narrow_is_gone_on_with():
    whole = lab.run(HOME, "narrow", *HOME.specs, "--json", "--exit-zero").expect(0).json()
    done = stop(lab.Running(HOME, "narrow", *HOME.specs), wanted=2)
    expect_stopped(done, "'slowpath narrow --resume ")
    again = lab.run(HOME, "narrow", "--resume", resume_hint(done), "--json").expect(1).json()
    lab.expect_same(whole, again)


@tap.test
def fixed_keeps_nothing():
    words = ["fixed", "--old", HOME.specs[0], "--new", HOME.specs[1], "--candidate", HOME.specs[0]]
    before = experiments(HOME)
    expect_stopped(stop(lab.Running(HOME, *words), wanted=2))
    assert experiments(HOME) == before
    lab.run(HOME, *words, "--exit-zero").expect(0)


def signal_all(running, number):
    for pid in lab.qemus(running.mark):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


@tap.test
def a_guest_on_a_slow_host_is_not_hung():
    """It boots for longer than the deadline, most of which it stands, and counts the same."""
    words = ["compare", *HOME.specs, "--fresh", "--json", "--deadline", 5]
    running = lab.Running(HOME, *words)
    wait_for_qemus(running, 2)
    slow_until = time.monotonic() + 12
    while time.monotonic() < slow_until:
        signal_all(running, signal.SIGSTOP)
        time.sleep(0.5)
        signal_all(running, signal.SIGCONT)
        time.sleep(0.1)
    slow = running.end(300).expect(1).json()
    lab.expect_same(slow, lab.compare(HOME).expect(1).json())


@tap.test
def a_qemu_that_stands_is_the_hosts():
    running = lab.Running(HOME, "compare", *HOME.specs, "--fresh", "--json", "--deadline", 3)
    for pid in wait_for_qemus(running, 2):
        wait_until_it_boots(pid)
    signal_all(running, signal.SIGSTOP)
    running.end().expect(128, "has not answered for 3 s", "--deadline")
    assert not running.out


def journal(home):
    """What the last bisection's journal says was skipped."""
    text = max(home.path.glob("bisect/*.jsonl"), key=os.path.getmtime).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if '"skipped"' in line or '"failed"' in line]


@tap.test
def bisect_skips_nothing_for_it():
    with commits.World() as world:
        tree = world.tree()
        good = tree.git("rev-parse", "HEAD")
        tree.commit("slow", mm__level=f"{world.new}\n")
        tree.commit("slow too", tag=commits.tag(2))
        words = ["--tree", tree.path, "--good", good, "--bad", "master", "-s", SCENARIO]
        done = stop(world.start(*words))
        expect_stopped(done, "'slowpath bisect --resume ")
        assert "2 commits after good, up to bad" in done.err, done.err
        identity = resume_hint(done)
        running = world.start("--resume", identity)
        first = wait_for_qemus(running)
        done = stop(running, signal.SIGKILL, ours=False, seen=first)
        expect_stopped(done, f"'slowpath bisect --resume {identity}'")
        assert not journal(world.home), journal(world.home)
        document = lab.run(world.home, "bisect", "--resume", identity, "--json", env=world.env(),
                           timeout=600).expect(1).json()
        assert document["status"] == "proven" and document["commits"] == 2, document
        assert document["culprits"][0]["subject"] == "slow" and not document["skipped"], document


with lab.Home(own=True) as HOME:
    tap.main()
