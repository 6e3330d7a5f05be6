# SPDX-License-Identifier: GPL-2.0-or-later
"""merge of an experiment that goes on elsewhere, and of files that are none of ours."""
import contextlib
import json
import pathlib
import shutil
import sqlite3
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from cli import madeup

slowpath = madeup.slowpath
IDENT = "20260513-100000-aaaaaa"
BLOCKS = 3


@contextlib.contextmanager
def homes(count):
    with tempfile.TemporaryDirectory() as folder:
        yield [f"{folder}/{i}" for i in range(count)]


def make(home, blocks, finished=False, change=""):
    """The experiment after so many of its blocks."""
    with contextlib.closing(madeup.open_db(home)) as db:
        madeup.add_experiment(db, IDENT, blocks=BLOCKS, finished=finished)
        for block in range(blocks):
            for position, kernel in enumerate(("old", "new")):
                madeup.add_counts(db, madeup.add_run(db, IDENT, block, position, kernel), kernel)
        if finished:
            db.execute("INSERT INTO result VALUES (?, 's', 'equivalent', '{}')", (IDENT,))
        db.executescript(change)
        db.commit()


def merge(home, other, code=0):
    done = slowpath(home, "merge", f"{other}/slowpath.db", "--json")
    assert done.returncode == code, done
    document = json.loads(done.stdout)
    told = {k: v for k, v in document.items() if isinstance(v, list) and v}
    assert list(told.values()) == [[IDENT]], document
    return list(told)[0]


def content(home):
    """Every row of every table; runs by their place, not by their number. Readings are concluded
    anew by who merges, and not in what make() made."""
    with contextlib.closing(sqlite3.connect(f"{home}/slowpath.db")) as db:
        places = {n: f"run {b}/{p}" for n, b, p in db.execute("SELECT id, block, position "
                                                              "FROM run")}
        tables = [n for n, in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
                  if n != "reading"]
        found = {}
        for name in tables:
            rows = db.execute(f"SELECT * FROM {name}")
            at = [c[0] for c in rows.description].index
            key = at("id") if name == "run" else at("run") if any(
                c[0] == "run" for c in rows.description) else None
            found[name] = sorted(repr([places[v] if i == key else v for i, v in enumerate(row)])
                                 for row in rows)
        return found


@tap.test
def an_unfinished_experiment_grows():
    with homes(4) as (here, early, late, whole):
        with contextlib.closing(madeup.open_db(here)) as db:
            madeup.compare(db)  # so that runs have other numbers
        make(early, 1)
        make(late, 2)
        make(whole, BLOCKS, finished=True)
        others = content(here)
        assert merge(here, early) == "added"
        assert merge(here, early) == "same"
        assert merge(here, late) == "grown"
        assert merge(here, early) == "same"  # it is older
        assert merge(here, whole) == "grown"
        for other in (early, late, whole):
            assert merge(here, other) == "same"
        expected = content(whole)
        found = content(here)
        assert {k: [r for r in v if r not in others[k]] for k, v in found.items()} == {
            k: [r for r in v if r not in others[k]] for k, v in expected.items()}
        assert len(found["run"]) == len(expected["run"]) + 2
        assert slowpath(here, "judge", IDENT, "--csv").stdout == slowpath(
            whole, "judge", IDENT, "--csv").stdout
        listed = json.loads(slowpath(here, "list", "--json").stdout)["experiments"]
        assert [x["finished"] is None for x in listed if x["id"] == IDENT] == [False]
        # The end is no run: it comes alone too.
        shutil.rmtree(late)
        make(late, BLOCKS)
        assert merge(late, whole) == "grown" and merge(late, whole) == "same"
        assert content(late) == expected


@tap.test
def what_a_stranger_concluded_is_made_again():
    with homes(2) as (here, there):
        make(there, 2, change="INSERT INTO reading SELECT id, 'iteration_insns_per_page', 'insns', "
             "'page', 'counted', 1, 0, 0, '0', 1, NULL FROM run")
        assert merge(here, there) == "added"
        with contextlib.closing(sqlite3.connect(f"{here}/slowpath.db")) as db:
            found = db.execute("SELECT side, quantity, value, exact FROM reading JOIN run ON "
                               "run.id = run ORDER BY run.id, quantity").fetchall()
    assert found[0] == ("old", "iteration_insns_per_page", 266.0, 1), found
    assert len(found) == 4 * 4, found


@tap.test
def all_else_is_a_conflict():
    other_run = "UPDATE run SET console = 'another' WHERE block = 0 AND position = 0"
    told = "UPDATE experiment SET name = 'another'"
    file = "UPDATE experiment_file SET text = 'another'"
    later = "UPDATE experiment SET finished = '2026-05-14T00:00:00.000000Z'"
    for ours, theirs in (((1,), (2, False, other_run)), ((2, False, other_run), (1,)),
                         ((1,), (2, False, told)), ((1,), (2, False, file)),
                         ((2,), (1, True)), ((1, True), (2,)), ((1, True), (2, True)),
                         ((2, True), (2, True, later))):
        with homes(2) as (here, there):
            make(here, *ours)
            make(there, *theirs)
            before = content(here)
            assert merge(here, there, code=1) == "conflicts", (ours, theirs)
            assert content(here) == before, (ours, theirs)


@tap.test
def what_is_finished_is_not_changed_by_what_is_older():
    with homes(2) as (here, there):
        make(here, BLOCKS, finished=True)
        make(there, 1)
        before = content(here)
        assert merge(here, there) == "same"
        assert content(here) == before


@tap.test
def an_earlier_schema_is_merged():
    with homes(3) as (here, there, migrated):
        for home in (there, migrated):
            pathlib.Path(home).mkdir()
            with contextlib.closing(sqlite3.connect(f"{home}/slowpath.db")) as db:
                db.executescript((tap.SOURCE / "tests/cli/schema-6/slowpath.sql").read_text(
                    encoding="utf-8"))
        before = pathlib.Path(there, "slowpath.db").read_bytes()
        done = slowpath(here, "merge", f"{there}/slowpath.db")
        assert done.returncode == 0 and done.stdout.startswith("2 added"), done
        assert pathlib.Path(there, "slowpath.db").read_bytes() == before
        assert [p.name for p in pathlib.Path(there).iterdir()] == ["slowpath.db"]
        assert slowpath(migrated, "list").returncode == 0
        assert content(here) == content(migrated)


@tap.test
def a_log_beside_the_file_is_merged_too():
    with homes(2) as (here, there):
        make(there, 1)
        with contextlib.closing(sqlite3.connect(f"{there}/slowpath.db")) as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("UPDATE experiment SET name = 'from the log'")
            db.commit()
            assert pathlib.Path(there, "slowpath.db-wal").stat().st_size
            assert merge(here, there) == "added"
        assert "from the log" in slowpath(here, "list").stdout


@tap.test
def errors_name_the_file_and_leave_ours_alone():
    def statement(text):
        def change(path):
            with contextlib.closing(sqlite3.connect(path)) as db:
                db.executescript(text)
        return change

    def cut(path):
        path.write_bytes(path.read_bytes()[:9000])

    with homes(2) as (here, there):
        make(here, 1)
        before = content(here)
        for change, words in (
                (lambda p: p.write_text("root:x:0:0\n" * 100, encoding="utf-8"),
                 "file is not a database"),
                (lambda p: p.write_bytes(b""), "not a database of slowpath's (schema 0"),
                (lambda p: (p.unlink(), p.mkdir()), "unable to open"),
                (pathlib.Path.unlink, "no such database"),
                (cut, ""),
                (statement("PRAGMA user_version = 9"), "schema 9, this slowpath knows 8"),
                (statement("PRAGMA user_version = 5"), "schema 5"),
                (statement("ALTER TABLE phase ADD COLUMN more"), "'more' of table phase"),
                (statement("ALTER TABLE phase DROP COLUMN windows"), "'windows' of table phase"),
                (statement("ALTER TABLE phase DROP COLUMN halted"), "'halted' of table phase"),
                (statement("DROP TABLE reading"), "'reading'"),
                (statement("ALTER TABLE run RENAME TO runs; CREATE VIEW run AS SELECT * FROM "
                           "runs"), "'run'")):
            shutil.rmtree(there, ignore_errors=True)
            make(there, 2)
            path = pathlib.Path(there, "slowpath.db")
            change(path)
            done = slowpath(here, "merge", path)
            assert done.returncode == 128 and not done.stdout, (words, done)
            assert f"merge {path}: " in done.stderr and words in done.stderr, (words, done)
            assert f"{here}/" not in done.stderr and "move the file" not in done.stderr, done
            assert content(here) == before, words


tap.main()
