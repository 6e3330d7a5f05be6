# SPDX-License-Identifier: GPL-2.0-or-later
"""The database's file: of an earlier schema, in use by others, left by the dead, or not writable."""
import contextlib
import csv
import ctypes
import fcntl
import io
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from cli import madeup

slowpath = madeup.slowpath
EARLIER = tap.SOURCE / "tests/cli/schema-6"
STORED = ("20260513-100000-aaaaaa", "20260513-100000-bbbbbb")
# What the contract has of a raw row; more may come behind it.
COLUMNS = ("experiment,block,position,kernel,release,scenario,cpus,metric,unit,value,status,run_id,"
           "failure_reason").split(",")


def files(home):
    return sorted(p.name for p in pathlib.Path(home).iterdir())


def query(path, text, *values):
    with contextlib.closing(sqlite3.connect(path)) as db:
        return db.execute(text, values).fetchall()


def make_earlier(home):
    with contextlib.closing(sqlite3.connect(f"{home}/slowpath.db")) as db:
        db.executescript((EARLIER / "slowpath.sql").read_text(encoding="utf-8"))


def rows_of(text):
    return [[row[c] for c in COLUMNS] for row in csv.DictReader(io.StringIO(text))]


def expect_values(home, **more):
    """Raw rows are what the slowpath of schema 6 made of them."""
    for ident in STORED:
        done = slowpath(home, "judge", ident, "--csv", **more)
        assert done.returncode == 0, done
        expected = rows_of((EARLIER / f"{ident}.csv").read_text(encoding="utf-8"))
        found = rows_of(done.stdout)
        assert found == expected and len(found) > 15, (found, expected)


def dump(path, tables=None):
    """Every row of every table, or of those named, with the columns' names."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        names = tables or [n for n, in db.execute("SELECT name FROM sqlite_master "
                                                  "WHERE type = 'table'")]
        return {n: [dict(zip([c[0] for c in q.description], row)) for q in
                    [db.execute(f"SELECT * FROM {n}")] for row in q] for n in names}


def structure(path):
    with contextlib.closing(sqlite3.connect(path)) as db:
        return {name: db.execute(f"PRAGMA table_info({name})").fetchall() + db.execute(
            f"PRAGMA foreign_key_list({name})").fetchall() for name, in db.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()}


def short(ident):
    """As the list has it: the end of an id, where no other has that."""
    return ident.rsplit("-", 1)[1]


@tap.test
def an_earlier_schema_is_migrated_and_kept():
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as fresh:
        make_earlier(home)
        before = dump(f"{home}/slowpath.db")
        assert len(before) == 16 and all(before.values()), {k: len(v) for k, v in before.items()}
        done = slowpath(home, "list")
        copy = f"{home}/slowpath.db.schema-6"
        assert done.returncode == 0 and copy in done.stderr, done
        assert all(short(i) in done.stdout for i in STORED), done
        expect_values(home)
        assert not slowpath(home, "list").stderr
        assert files(home) == ["slowpath.db", "slowpath.db.schema-6"]
        assert query(copy, "PRAGMA user_version") == [(6,)]
        assert dump(copy) == before
        after = dump(f"{home}/slowpath.db")
        readings = after.pop("reading")
        made = sum(len(rows_of((EARLIER / f"{i}.csv").read_text(encoding="utf-8")))
                   for i in STORED)
        assert 30 < len(readings) <= made, (len(readings), made)
        for reading in readings:
            assert reading["kind"] in ("counted", "timed") and reading["value"] > 0, reading
            assert bool(reading["exact"]) == (reading["why_not"] is None), reading
        assert {bool(r["exact"]) for r in readings} == {True, False}
        assert {p.pop("halted") for p in after["phase"]} == {0}
        assert {r.pop("kernel_subject") for r in after["run"]} == {None}
        assert {r.pop("scenario_metric") for r in after["run"]} == {None}
        assert {r.pop("notes") for r in after["run"]} == {None}
        assert {r.pop("arch") for r in after["run"]} == {"amd64"}
        assert after.pop("task_count") == []
        for program in after["program"]:
            assert [program.pop(c) for c in ("notes", "steady", "unsteady", "region")] == [
                "", "", "*", 0], program
        assert after.pop("code_fact") == []
        assert {(r.pop("trial"), r.pop("extra_rest_ns")) for r in after["run"]} == {(0, None)}
        for name in ("switches", "ipis", "lock_calls", "string_bytes", "string_insns"):
            assert all(row.pop(name) is None for row in after["slot_cost"]), name
        assert {p.pop("setup") for p in after["program"]} == {""}
        assert after == before
        # And it is what a new one would be.
        slowpath(fresh, "list")
        assert structure(f"{home}/slowpath.db") == structure(f"{fresh}/slowpath.db")
        assert query(f"{home}/slowpath.db", "PRAGMA user_version") == query(
            f"{fresh}/slowpath.db", "PRAGMA user_version") == [(8,)]


@tap.test
def a_copy_is_never_overwritten():
    with tempfile.TemporaryDirectory() as home:
        make_earlier(home)
        kept = pathlib.Path(home, "slowpath.db.schema-6")
        kept.write_text("somebody's", encoding="utf-8")
        done = slowpath(home, "list")
        assert done.returncode == 0 and f"{kept}.2" in done.stderr, done
        assert kept.read_text(encoding="utf-8") == "somebody's"
        assert query(f"{kept}.2", "PRAGMA user_version") == [(6,)]


@tap.test
def several_migrate_at_once():
    for _ in range(3):
        with tempfile.TemporaryDirectory() as home:
            make_earlier(home)
            argv = [madeup.BINARY, "list", "--json", "--home", home]
            running = [subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True) for _ in range(6)]
            ended = [(p, *p.communicate(timeout=120)) for p in running]
            assert all(p.returncode == 0 for p, _, _ in ended), ended
            assert len({out for _, out, _ in ended}) == 1, ended
            assert sum("schema-6" in err for _, _, err in ended) == 1, ended
            assert files(home) == ["slowpath.db", "slowpath.db.schema-6"], files(home)
            expect_values(home)


@tap.test
def a_kill_in_the_middle_loses_nothing():
    """Whichever of the calls that write to the disk it comes at."""
    killed = 0
    for call, at in (("pwrite64", (1, 2, 20, 27, 29, 31)), ("fsync", (1, 2)), ("rename", (1,)),
                     ("fdatasync", (1, 2, 3)), ("unlink", (1, 2, 3)), ("ftruncate", (1,))):
        for when in at:
            with tempfile.TemporaryDirectory() as home:
                make_earlier(home)
                before = dump(f"{home}/slowpath.db")
                killed += killed_by_strace(home, f"inject={call}:signal=KILL:when={when}")
                done = slowpath(home, "list")
                assert done.returncode == 0, (call, when, done)
                expect_values(home)
                copy = f"{home}/slowpath.db.schema-6"
                assert dump(copy) == before, (call, when)
                assert files(home) == ["slowpath.db", "slowpath.db.schema-6"], (call, files(home))
    assert killed > 8, killed


def killed_by_strace(home, inject):
    try:
        done = subprocess.run(["strace", "-f", "-o", "/dev/null", "-e", inject, madeup.BINARY,
                               "list", "--home", home], capture_output=True, timeout=120)
    except FileNotFoundError as e:
        raise tap.Skip("there is no strace") from e
    return done.returncode == -signal.SIGKILL


@contextlib.contextmanager
def small_disk(kib):
    with tempfile.TemporaryDirectory() as folder:
        mount = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", folder],
                               capture_output=True, text=True, check=False)
        if mount.returncode:
            raise tap.Skip(f"no mount: {mount.stderr.strip()}")
        try:
            yield folder
        finally:
            subprocess.run(["umount", folder], check=True)


@tap.test
def a_full_disk_leaves_the_earlier_database():
    with small_disk(1024) as home:
        make_earlier(home)
        before = pathlib.Path(home, "slowpath.db").read_bytes()
        room = 1024 - len(before) // 1024
        # No room for the copy; then for the copy, but not for what is written after it.
        for left in (8, 40, len(before) // 1024 + 6):
            filler = pathlib.Path(home, "filler")
            filler.write_bytes(bytes(1024 * (room - left)))
            done = slowpath(home, "list")
            assert done.returncode == 128 and "the disk is full" in done.stderr, (left, done)
            assert f"{home}/slowpath.db has schema 6" in done.stderr and "as it was" in done.stderr
            assert pathlib.Path(home, "slowpath.db").read_bytes() == before
            assert set(files(home)) <= {"filler", "slowpath.db", "slowpath.db.schema-6"}
            filler.unlink()
        done = slowpath(home, "list")
        assert done.returncode == 0, done
        expect_values(home)


@tap.test
def a_full_disk_is_said_to_be_full():
    with small_disk(1024) as home, tempfile.TemporaryDirectory() as there:
        with madeup.open_db(there) as db:
            madeup.exact(db, blocks=200)
        assert slowpath(home, "list").returncode == 0
        done = slowpath(home, "merge", f"{there}/slowpath.db")
        assert done.returncode == 128 and "the disk is full" in done.stderr, done
        # Not even the log's first page: SQLite cannot open what it cannot make.
        room = os.statvfs(home).f_bavail * os.statvfs(home).f_bsize
        pathlib.Path(home, "filler").write_bytes(bytes(room))
        done = slowpath(home, "merge", f"{there}/slowpath.db")
        assert done.returncode == 128 and "the disk is full" in done.stderr, done
        assert "not writable" not in done.stderr, done


@tap.test
def a_slowpath_that_is_at_it_is_waited_for():
    with tempfile.TemporaryDirectory() as home:
        make_earlier(home)
        before = pathlib.Path(home, "slowpath.db").read_bytes()
        with open(f"{home}/slowpath.claims", "w+b") as claims:
            fcntl.lockf(claims, fcntl.LOCK_EX, 1, 3)
            done = slowpath(home, "list")
            assert done.returncode == 128 and "another slowpath is at an experiment" in done.stderr
            assert pathlib.Path(home, "slowpath.db").read_bytes() == before
        assert slowpath(home, "list").returncode == 0


@tap.test
def a_newer_schema_is_refused():
    with tempfile.TemporaryDirectory() as home:
        assert slowpath(home, "list").returncode == 0
        with contextlib.closing(sqlite3.connect(f"{home}/slowpath.db")) as db:
            db.execute("PRAGMA user_version = 9")
        before = pathlib.Path(home, "slowpath.db").read_bytes()
        done = slowpath(home, "list")
        assert done.returncode == 128 and not done.stdout, done
        for word in ("schema 9", "knows 8", "newer slowpath", "--home DIR", f"{home}/slowpath.db"):
            assert word in done.stderr, (word, done)
        assert pathlib.Path(home, "slowpath.db").read_bytes() == before


HOLDER = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA cache_size = 1")
for statement in sys.argv[2:]:
    db.execute(statement)
print("held", flush=True)
sys.stdin.read()
"""


@contextlib.contextmanager
def holder(home, *statements):
    """Another process that has executed the statements, and waits."""
    argv = [sys.executable, "-c", HOLDER, f"{home}/slowpath.db", *statements]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as p:
        try:
            assert p.stdout.readline() == "held\n"
            yield p
        finally:
            p.kill()


WRITING = ("BEGIN EXCLUSIVE", "UPDATE run SET console = console || 'x'")


@tap.test
def nobody_waits_to_read():
    with tempfile.TemporaryDirectory() as home:
        make_earlier(home)
        assert slowpath(home, "list").returncode == 0
        with holder(home, *WRITING):
            for args in (["list"], ["show", STORED[0]], ["judge", STORED[0], "--csv"]):
                done = slowpath(home, *args)
                assert done.returncode == 0 and short(STORED[0]) in done.stdout, done
            expect_values(home)
        # The one who held it was killed, and left its log.
        assert "slowpath.db-wal" in files(home)
        expect_values(home)
        assert files(home) == ["slowpath.db", "slowpath.db.schema-6"]
        assert query(f"{home}/slowpath.db", "SELECT max(console) FROM run")[0][0][-1] != "x"


@tap.test
def writers_wait_for_each_other():
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as there:
        make_earlier(there)
        assert slowpath(home, "list").returncode == 0
        with holder(home, "BEGIN IMMEDIATE") as p:
            with subprocess.Popen([madeup.BINARY, "merge", f"{there}/slowpath.db", "--home", home],
                                  stdout=subprocess.PIPE, text=True) as merge:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    merge.wait(timeout=1)
                assert merge.poll() is None, "it did not wait"
                p.stdin.close()
                assert "2 added" in merge.communicate(timeout=60)[0]


@tap.test
def who_closes_last_leaves_one_file():
    with tempfile.TemporaryDirectory() as home:
        make_earlier(home)
        slowpath(home, "list")
        argv = [madeup.BINARY, "list", "--home", home]
        for _ in range(5):
            running = [subprocess.Popen(argv, stdout=subprocess.DEVNULL) for _ in range(12)]
            assert [p.wait(timeout=120) for p in running] == 12 * [0]
            assert files(home) == ["slowpath.db", "slowpath.db.schema-6"], files(home)


def honour_modes():
    """Root may write anywhere; a child of it that has lost these two rights may not."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
            libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP


@contextlib.contextmanager
def read_only(home):
    def set_modes(of_files, of_folder):
        for name in files(home):
            os.chmod(f"{home}/{name}", of_files)
        os.chmod(home, of_folder)

    set_modes(0o444, 0o555)
    try:
        yield
    finally:
        set_modes(0o644, 0o755)


def leave_log(home, shm):
    """A committed change in a log whose writer was killed."""
    statements = ("PRAGMA wal_autocheckpoint = 0", "UPDATE experiment SET name = 'from the log'")
    with holder(home, *statements) as p:
        p.send_signal(signal.SIGKILL)
    assert pathlib.Path(home, "slowpath.db-wal").stat().st_size > 0
    if not shm:
        pathlib.Path(home, "slowpath.db-shm").unlink()


def read_a_home_that_is_read_only(home, name):
    before = {n: pathlib.Path(home, n).read_bytes() for n in files(home)}
    with read_only(home):
        done = slowpath(home, "list", preexec_fn=honour_modes)
        assert done.returncode == 0 and name in done.stdout and not done.stderr, done
        assert slowpath(home, "show", STORED[1], preexec_fn=honour_modes).returncode == 0
        expect_values(home, preexec_fn=honour_modes)
        done = slowpath(home, "merge", f"{home}/other.db", preexec_fn=honour_modes)
        assert done.returncode == 128 and "--home DIR" in done.stderr, done
    after = {n: pathlib.Path(home, n).read_bytes() for n in files(home)}
    assert after.keys() == before.keys(), files(home)
    assert {n for n in after if after[n] != before[n]} <= {"slowpath.db-shm"}


@contextlib.contextmanager
def migrated_home():
    with tempfile.TemporaryDirectory() as home:
        make_earlier(home)
        assert slowpath(home, "list").returncode == 0
        pathlib.Path(home, "slowpath.db.schema-6").unlink()
        with madeup.open_db(pathlib.Path(home, "o")) as db:
            madeup.compare(db)
        pathlib.Path(home, "o/slowpath.db").rename(f"{home}/other.db")
        pathlib.Path(home, "o").rmdir()
        yield home


@tap.test
def a_read_only_home_is_read():
    with migrated_home() as home:
        read_a_home_that_is_read_only(home, "formal")


@tap.test
def a_read_only_home_is_read_with_the_log_of_the_dead():
    for shm in (True, False):
        with migrated_home() as home:
            leave_log(home, shm)
            read_a_home_that_is_read_only(home, "from the log")


@tap.test
def a_read_only_home_is_read_while_another_writes():
    with migrated_home() as home:
        with holder(home, *WRITING):
            read_a_home_that_is_read_only(home, "formal")


@tap.test
def a_read_only_file_is_read_and_leaves_nothing():
    with migrated_home() as home:
        os.chmod(f"{home}/slowpath.db", 0o444)
        before = files(home)
        expect_values(home, preexec_fn=honour_modes)
        assert files(home) == before


@tap.test
def a_read_only_home_of_an_earlier_schema_is_said():
    with tempfile.TemporaryDirectory() as home:
        make_earlier(home)
        with read_only(home):
            done = slowpath(home, "list", preexec_fn=honour_modes)
        assert done.returncode == 128 and f"{home}/slowpath.db" in done.stderr, done
        assert "cannot be written" in done.stderr and "--home DIR" in done.stderr, done
        assert files(home) == ["slowpath.db"]


def blocks_of(text):
    return {row["block"] for row in csv.DictReader(io.StringIO(text))}


@tap.test
def a_trial_is_kept_and_judged_by_nobody():
    """What only told how many iterations are enough is in no row, no record and no bundle."""
    with tempfile.TemporaryDirectory() as home:
        with madeup.open_db(pathlib.Path(home)) as db:
            ident = madeup.exact(db)
        assert blocks_of(slowpath(home, "judge", ident, "--csv").stdout) == {"0", "1", "2"}
        with contextlib.closing(sqlite3.connect(f"{home}/slowpath.db")) as db, db:
            db.execute("UPDATE run SET trial = 1 WHERE block = 1")
        assert blocks_of(slowpath(home, "judge", ident, "--csv").stdout) == {"0", "2"}
        done = slowpath(home, "bundle", ident, "-o", f"{home}/b")
        assert done.returncode == 0, done
        runs = pathlib.Path(home, "b/raw/runs.csv").read_text(encoding="utf-8")
        assert blocks_of(runs) == {"0", "2"}, runs
        assert slowpath(home, "verify", f"{home}/b").returncode == 0


@tap.test
def a_damaged_value_is_named():
    of_run = "WHERE run = (SELECT min(id) + 1 FROM run)"
    for statement, words in (
            (f"UPDATE phase SET windows = 'many' {of_run}", "run 2, phase: windows is a text"),
            (f"UPDATE slot SET task = -1 {of_run}", "run 2, slot: task is a negative number"),
            (f"UPDATE slot SET task = 1 << 60 {of_run}", "run 2, slot: task is too large a number"),
            (f"UPDATE slot SET segment = 8 {of_run} AND phase = 1 AND segment = 0",
             "run 2, a slot"),
            (f"UPDATE page_state SET value = x'00' {of_run}", "run 2, page_state: value is a blob"),
            ("UPDATE run SET cpus = 1.5", "run 1, run: cpus is a fraction"),
            # What the verdict stands on, and what is to be one with it.
            (f"UPDATE slot SET task = task + 64000 {of_run} AND phase IN (1, 3)",
             "run 2, phase 1, segment 'protect': the functions do not add up"),
            (f"UPDATE function_count SET insns = insns + 1 {of_run} AND phase = 1 AND segment = 0 "
             "AND name = 'change_protection'",
             "run 2, phase 1, segment 'protect': the functions do not add up"),
            (f"DELETE FROM function_count {of_run} AND phase = 3",
             "run 2, phase 3, segment 'protect': the functions")):
        with tempfile.TemporaryDirectory() as home:
            make_earlier(home)
            slowpath(home, "list")
            with contextlib.closing(sqlite3.connect(f"{home}/slowpath.db")) as db:
                db.execute(f"{statement}")
                db.execute("UPDATE experiment SET finished = NULL")
                db.commit()
            for command in ("judge", "show"):
                done = slowpath(home, command, STORED[0])
                assert done.returncode == 128 and not done.stdout, (statement, done)
                assert f"'{STORED[0]}' in the database is damaged: {words}" in done.stderr, done
            done = slowpath(home, "list")
            assert done.returncode == 0, done
            assert all(short(i) in done.stdout for i in STORED), done


@tap.test
def what_cannot_be_opened_is_said_once():
    with tempfile.TemporaryDirectory() as home:
        pathlib.Path(home, "slowpath.db").mkdir()
        done = slowpath(home, "list")
        assert done.returncode == 128, done
        assert f"database {home}/slowpath.db: opening: unable to open" in done.stderr, done
        assert "database :" not in done.stderr, done


tap.main()
