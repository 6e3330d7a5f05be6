# SPDX-License-Identifier: GPL-2.0-or-later
"""What an experiment can be called, wherever a command takes one."""
import json
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from cli import madeup, madeup_studies

slowpath = madeup.slowpath
FIRST, SECOND, THIRD = ("20260513-100000-60430d1a00000001", "20260513-100000-60430d1b00000002",
                        "20260512-090000-a17e000000000003")


def home_of(home):
    """Three experiments, begun in this order; the last has the oldest id."""
    with madeup.open_db(home) as db:
        for minute, ident in enumerate((FIRST, SECOND, THIRD)):
            madeup.exact(db, ident, blocks=1)
            db.execute("UPDATE experiment SET started = ? WHERE id = ?",
                       (f"2026-05-13T10:0{minute}:00.000000Z", ident))
    return home


def told(home, *args, code=0):
    done = slowpath(home, *args)
    assert done.returncode == code, (args, done)
    return done.stdout if code == 0 else done.stderr


@tap.test
def every_command_takes_beginnings_and_last():
    with tempfile.TemporaryDirectory() as home:
        home_of(home)
        for word, ident in (("last", THIRD), ("last~0", THIRD), ("last~1", SECOND),
                            ("last~2", FIRST), ("60430d1a", FIRST), ("20260512", THIRD),
                            (SECOND[:-1], SECOND), (SECOND, SECOND)):
            assert json.loads(told(home, "show", word, "--json"))["id"] == ident, word
            assert told(home, "judge", word, "--csv").splitlines()[1].startswith(ident + ","), word
        page = told(home, "report", FIRST, "--format", "html")
        assert told(home, "report", "60430d1a", "--format", "html") == page
        assert told(home, "report", "last~2", "--format", "html") == page
        with tempfile.TemporaryDirectory() as out:
            told(home, "bundle", "last~1", "-o", f"{out}/bundle")
            kept = json.loads((pathlib.Path(out) / "bundle/experiment.json").read_text())
            assert kept["id"] == SECOND, kept
        assert told(home, "remove", "last~2", "a17e") == f"removed {FIRST}\nremoved {THIRD}\n"
        assert json.loads(told(home, "show", "last", "--json"))["id"] == SECOND


@tap.test
def reports_take_them_with_others():
    with tempfile.TemporaryDirectory() as home:
        with madeup.open_db(home) as db:
            madeup.compare(db, "20260513-100000-60430d1a00000001")
            madeup_studies.attribute(db, "20260513-100001-60430d1b00000002")
        page = told(home, "report", FIRST, "--with", "20260513-100001-60430d1b00000002",
                    "--format", "html")
        assert told(home, "report", "60430d1a", "--with", "60430d1b", "--format", "html") == page


@tap.test
def what_means_several_is_refused_and_lists_them():
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as out:
        home_of(home)
        for command in (("show",), ("judge",), ("report", "--format", "html"), ("remove",),
                        ("report", "last", "--format", "html", "--with"),
                        ("run", "--resume"), ("narrow", "--resume"), ("bisect", "--resume"),
                        ("survey", "--resume"), ("series", "--resume"), ("decompose", "--resume"),
                        ("survey", "--into"),
                        ("bundle", "-o", f"{out}/b")):
            error = told(home, *command, "60430d1", code=128)
            assert f"'60430d1' is ambiguous: {FIRST}, {SECOND}" in error, (command, error)
            error = told(home, *command, "nope", code=128)
            assert "there is no experiment 'nope'" in error, (command, error)
            error = told(home, *command, "last~3", code=128)
            assert "'last~3': the database holds 3" in error, (command, error)
        assert len(json.loads(told(home, "list", "--json"))["experiments"]) == 3


@tap.test
def the_list_says_what_to_type():
    with tempfile.TemporaryDirectory() as home:
        home_of(home)
        listed = json.loads(told(home, "list", "--json"))["experiments"]
        assert [x["short_id"] for x in listed] == ["60430d1a", "60430d1b", "a17e0000"], listed
        text = told(home, "list")
        for x in listed:
            assert f"\n{x['short_id']}  " in text, text
            assert json.loads(told(home, "show", x["short_id"], "--json"))["id"] == x["id"]


@tap.test
def the_list_can_be_narrowed_down():
    with tempfile.TemporaryDirectory() as home:
        home_of(home)
        with madeup.open_db(home) as db:
            madeup_studies.cover(db, "20260514-100000-c0ffee0000000004")
            db.execute("UPDATE result SET scenario = 'mremap/move' WHERE experiment LIKE '%4'")
            db.execute("UPDATE run SET kernel_release = '7.3.4-made', kernel_spec = 'debian:7.3.4' "
                       "WHERE experiment LIKE '%4'")
        ids = lambda *args: [x["short_id"] for x in
                             json.loads(told(home, "list", "--json", *args))["experiments"]]
        everything = ids()
        assert len(everything) == 4 and set(ids("--limit", "2")) == set(everything[-2:])
        assert ids("--limit", "0") == everything
        assert ids("-n", "1") == everything[-1:]
        assert ids("--scenario", "mremap/*") == ["c0ffee00"] == ids("-s", "mremap/move")
        assert ids("--scenario", "move") == ["c0ffee00"] and not ids("--scenario", "move*")
        assert len(ids("--scenario", "mprotect/*")) == 3
        assert ids("--kernel", "7.3*") == ["c0ffee00"] == ids("-k", "debian:7.3.4")
        assert len(ids("--kernel", "6.16")) == 3 and not ids("--kernel", "6.16")[3:]
        assert ids("--kernel", "6.16", "--limit", "1") == ids("--kernel", "6.16")[-1:]
        text = told(home, "list", "-k", "7.3*")
        assert len(text.splitlines()) == 3 and "mremap/move" in text, text
        assert told(home, "list", "-k", "8.0") == ""
        assert slowpath(home, "list", "--limit", "x").returncode == 129


tap.main()
