# SPDX-License-Identifier: GPL-2.0-or-later
"""slowpath is stopped at any moment, by Ctrl-C, by a kill, or loses its QEMU: no QEMU stays, nothing
half-written stays, and the next run counts what it always counted."""
import contextlib
import fcntl
import os
import pathlib
import shutil
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import lab

RESULTS = {}


def start():
    """A comparison in the background."""
    return lab.Running(HOME, "compare", *HOME.specs, "--json", "--deadline", 60)


def cold():
    """A home that knows kernels only."""
    for name in ("snapshots", "symbols", "run"):
        shutil.rmtree(HOME.path / name, ignore_errors=True)


def expect_good():
    """The next run succeeds, tidies up, and counts what was counted before."""
    document = lab.compare(HOME).expect(1).json()
    lab.expect_same(RESULTS.setdefault("first", document), document)


def expect_tidy():
    """Nothing of the run is left."""
    assert not HOME.remnants(), HOME.remnants()


def interrupt(number, seconds):
    """A signal so many seconds after the start."""
    cold()
    running = start()
    time.sleep(seconds)
    if running.process.poll() is not None:
        running.end()
        raise tap.Skip(f"this machine is done within {seconds} s")
    running.process.send_signal(number)
    sent = time.monotonic()
    running.end().expect(128, "interrupted while")
    assert time.monotonic() - sent < 3, "it took its time to stop"
    assert not running.out, running.out
    expect_tidy()
    assert not HOME.rows("SELECT id FROM run WHERE status = 'failed'"), "something of it was kept"
    assert HOME.rows("SELECT count(*) FROM experiment WHERE id NOT IN (SELECT experiment FROM run)"
                     ) == [(0,)], "an experiment without runs stays in the list"


@tap.test
def a_first_result_to_hold_the_others_against():
    expect_good()


for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    for after in ((0.3, 1, 2) if signum == signal.SIGINT else (0.7,)):
        tap.add(f"{signum.name} after {after} s", lambda n=signum, s=after: interrupt(n, s))
tap.add("interrupted runs leave a home that works", expect_good)


def kill(seconds):
    """SIGKILL so many seconds after the start, without a chance to tidy up."""
    cold()
    running = start()
    time.sleep(seconds)
    running.process.kill()
    running.end()
    if running.code != -signal.SIGKILL:
        raise tap.Skip(f"this machine is done within {seconds} s")


def kill_and_go_on(seconds):
    """The next run removes what is left, and counts the same."""
    kill(seconds)
    expect_good()
    unfinished = HOME.rows("SELECT count(*) FROM experiment WHERE finished IS NULL")
    assert unfinished[0][0] > 0, "the killed experiment is not in the database"


for after in (0.9, 2.2):
    tap.add(f"SIGKILL after {after} s", lambda s=after: kill_and_go_on(s))


def kill_qemu(which):
    """One QEMU dies by a signal in the middle of its boot."""
    cold()
    running = start()
    for _ in range(200):
        time.sleep(0.02)
        found = lab.qemus(running.mark)
        if len(found) == 2:
            break
    assert len(found) == 2, f"no two QEMUs: {lab.marked(running.mark)}"
    time.sleep(0.3)
    os.kill(found[which], signal.SIGKILL)
    running.end().expect(128, "stopped from outside while", "QEMU was killed by signal 9",
                         "memory ran out")
    expect_tidy()
    runs = HOME.last_runs()
    assert [status for _, status, _ in runs] == ["ok"], runs


tap.add("the one QEMU is killed", lambda: kill_qemu(0))
tap.add("the other QEMU is killed", lambda: kill_qemu(1))


@tap.test
def two_at_once_on_a_cold_home():
    cold()
    both = [start(), start()]
    for running in both:
        running.end().expect(1)
        lab.expect_same(RESULTS["first"], running.json())
    expect_tidy()
    # Whoever came second waited for the first one's snapshots.
    assert len(list(HOME.path.glob("snapshots/*/state"))) == 2


@contextlib.contextmanager
def held_snapshots():
    """Holds the locks of both snapshots, as another slowpath does that makes them."""
    with contextlib.ExitStack() as stack:
        for path in list(HOME.path.glob("snapshots/*.lock")):
            file = stack.enter_context(open(path, "w", encoding="ascii"))
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


@tap.test
def ctrl_c_while_another_makes_the_snapshots():
    expect_good()
    for state in HOME.path.glob("snapshots/*/state"):
        shutil.rmtree(state.parent)
    with held_snapshots():
        running = start()
        time.sleep(1)
        assert not lab.qemus(running.mark), "it did not wait"
        running.process.send_signal(signal.SIGINT)
        running.end(5).expect(128, "interrupted while waiting for a snapshot")
    expect_tidy()


@tap.test
def another_that_makes_snapshots_for_ever_is_not_waited_for():
    with held_snapshots():
        done = lab.compare(HOME, deadline=1)
    done.expect(128, "another slowpath has held", "--deadline waits longer")
    expect_good()


with lab.Home(own=True, small=True) as HOME:
    tap.main()
