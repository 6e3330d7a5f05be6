# SPDX-License-Identifier: GPL-2.0-or-later
"""Rows that cannot have been measured: no command concludes anything from them, and each names the
run, its phase and its segment."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from cli import madeup
from cli.made import Made

slowpath = madeup.slowpath
TOP = 1 << 56

# What is done to the database, and what is said of it.
COUNTED = (
    ("UPDATE slot SET task = task + 64000 WHERE run = 3 AND phase = 1 AND segment = 0",
     "run 3, phase 1, segment 'protect': the functions do not add up"),
    ("UPDATE slot SET unattributed = 1 WHERE run = 2 AND phase = 0 AND segment = 2",
     "run 2, phase 0, segment 'touch': the functions do not add up"),
    ("UPDATE function_count SET insns = insns + 1 WHERE run = 1 AND phase = 3 AND segment = 1 AND "
     "name = 'change_protection'", "run 1, phase 3, segment 'restore': the functions do not add up"),
    ("DELETE FROM function_count WHERE run = 4 AND phase = 2 AND segment = 2",
     "run 4, phase 2, segment 'touch': the functions do not add up"),
    ("DELETE FROM slot WHERE run = 4 AND phase = 2 AND segment = 2",
     "run 4, phase 2, segment 'touch': the functions do not add up"),
    ("INSERT INTO function_count VALUES (1, 4, 0, 'stray', 5, 1)",
     "run 1, the empty window: the functions do not add up"),
    ("INSERT INTO function_count VALUES (1, 0, 7, 'stray', 5, 1)",
     "run 1, phase 0, segment 7, which it has not: the functions do not add up"),
    # Both sides of the sum are wrong in the same way: no run is so long.
    *((f"UPDATE slot SET {column} = {TOP + 1} WHERE run = 1 AND phase = 1 AND segment = 0",
       f"run 1, slot: {column} is too large a number")
      for column in ("task", "interrupts", "other_tasks", "rep_iterations", "fault_retries")),
    (f"UPDATE slot SET task = {TOP}, interrupts = 1 WHERE run = 1 AND phase = 1 AND segment = 0",
     "run 1, phase 1, segment 'protect': the functions do not add up"),
    ("UPDATE slot SET interrupts = -1 WHERE run = 1 AND phase = 1 AND segment = 0",
     "run 1, slot: interrupts is a negative number"),
    (f"UPDATE slot SET interrupts = {TOP}, other_tasks = 1 WHERE run = 1 AND phase = 1 AND "
     "segment = 0", "run 1, phase 1, segment 'protect': its counts are impossible"),
    ("UPDATE slot SET unattributed = task + 1 WHERE run = 1 AND phase = 1 AND segment = 0",
     "run 1, phase 1, segment 'protect': the functions do not add up"),
    (f"UPDATE function_count SET insns = {(1 << 63) - 1} WHERE run = 2 AND phase = 1 AND "
     "segment = 0", "run 2, "),
    (f"UPDATE phase SET clock_ticks = {TOP + 1} WHERE run = 5 AND phase = 2",
     "run 5, phase: clock_ticks is too large a number"),
    (f"UPDATE phase SET clock_ticks = {TOP // 2} WHERE run = 5 AND phase = 4",
     "run 5, phase 0: its clock is impossible"),
    ("UPDATE phase SET minor_faults = -1 WHERE run = 5 AND phase = 2",
     "run 5, phase: minor_faults is a negative number"),
    ("UPDATE run SET cpus = 65536 WHERE id = 2", "run 2: a number of its description"),
    ("UPDATE run SET items = -1 WHERE id = 2", "run 2: a number of its description"),
    ("UPDATE run SET status = 'fine' WHERE id = 2", "run 2: a status is ok or failed"),
    ("UPDATE run SET arch = 'sparc64' WHERE id = 3",
     "run 3: the architecture 'sparc64' is none of amd64, arm64"),
    ("UPDATE run SET arch = 'arm64' WHERE side = 'old'",
     "is of a kernel for arm64, and run 1 of one for amd64: they do not compare"),
    ("UPDATE run SET compiler = CAST(x'ff' AS TEXT) WHERE id = 2",
     "run 2: its compiler is not UTF-8"),
    ("UPDATE experiment SET name = CAST(x'76ff' AS TEXT)", "its name 'v\\xff' is not UTF-8"),
)
TIMED = (
    (f"UPDATE timing SET step_ns = {TOP + 1} WHERE run = 3",
     "run 3, timing: step_ns is too large a number"),
    ("UPDATE timing SET total_ns = -1 WHERE run = 3",
     "run 3, timing: total_ns is a negative number"),
    (f"UPDATE span SET spans_ns = '[1,2,3,4,{TOP + 1}]' WHERE run = 3 AND segment = 1",
     "run 3: its times are impossible"),
    ("DELETE FROM timing WHERE run = 3", "run 3, a span is not one number a round"),
)


def damaged(make, statement):
    def made(db):
        ident = make(db)
        assert db.execute(statement).rowcount > 0, statement
        db.commit()
        return ident
    return Made(made)


def refused(m, said, *args):
    done = slowpath(m.home, *args)
    assert done.returncode == 128, (args, done)
    assert said in done.stderr and m.id in done.stderr, (args, said, done.stderr)
    assert not done.stdout, done


def every_command(make, damages):
    for statement, said in damages:
        with damaged(make, statement) as m:
            refused(m, said, "judge", m.id)
            refused(m, said, "judge", m.id, "--csv")
            refused(m, said, "show", m.id)
            refused(m, said, "report", m.id, "--format", "html")
            refused(m, said, "bundle", m.id, "-o", m.dir)
            assert not m.dir.exists()


@tap.test
def counts_that_cannot_be():
    every_command(madeup.exact, COUNTED)


@tap.test
def times_that_cannot_be():
    every_command(madeup.timed, TIMED)


@tap.test
def calls_that_cannot_be():
    for statement in (f"UPDATE function_count SET calls = {TOP + 1} WHERE run = 1 AND phase = 0",
                      "UPDATE function_count SET calls = -1 WHERE run = 1 AND phase = 0"):
        with damaged(madeup.exact, statement) as m:
            refused(m, "run 1, function_count: calls is ", "judge", m.id)
            refused(m, "run 1, function_count: calls is ", "bundle", m.id, "-o", m.dir)


@tap.test
def an_undamaged_one_is_taken():
    for make, status in ((madeup.exact, 1), (madeup.timed, 1), (madeup.compare, 1)):
        with Made(make) as m:
            done = slowpath(m.home, "judge", m.id)
            assert done.returncode == status, done
            assert slowpath(m.home, "show", m.id).returncode == 0


@tap.test
def a_damaged_one_keeps_no_other_from_the_list():
    def make(db):
        madeup.exact(db, "20260513-100000-bad000", finished=False)
        db.execute("UPDATE slot SET task = task + 1 WHERE run = 1 AND phase = 0")
        return madeup.exact(db, finished=False)

    with Made(make) as m:
        done = slowpath(m.home, "list", "--json")
        assert done.returncode == 0, done
        verdicts = {x["id"]: x["verdict"] for x in json.loads(done.stdout)["experiments"]}
        assert verdicts == {"20260513-100000-bad000": None, m.id: "regression"}, verdicts
        assert "run 1, phase 0, segment 'protect'" in done.stderr, done
        assert len(slowpath(m.home, "list").stdout.splitlines()) == 5


tap.main()
