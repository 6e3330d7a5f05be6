# SPDX-License-Identifier: GPL-2.0-or-later
"""list, show, merge and remove: what the database holds, and two databases made one."""
import json
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from cli import madeup, madeup_studies

slowpath = madeup.slowpath


def document(home, *args, code=0):
    done = slowpath(home, *args, "--json")
    assert done.returncode == code, done
    return json.loads(done.stdout)


def dump(home, table):
    with madeup.open_db(home) as db:
        return db.execute(f"SELECT * FROM {table}").fetchall()


@tap.test
def list_is_oldest_first_with_verdicts():
    with tempfile.TemporaryDirectory() as home:
        assert document(home, "list") == {"schema": "slowpath/list/1", "experiments": []}
        with madeup.open_db(home) as db:
            madeup.exact(db, "20260513-100000-aaaaaa")
            madeup.timed(db, "20260514-100000-bbbbbb")
            db.execute("UPDATE experiment SET started = '2026-01-01T00:00:00Z', name = 'first' "
                       "WHERE id LIKE '20260514%'")
            madeup.add_experiment(db, "20260515-100000-cccccc", finished=False)
            db.execute("INSERT INTO result VALUES ('20260514-100000-bbbbbb', 's', 'equivalent', "
                       "'{}')")
            db.execute("INSERT INTO result VALUES ('20260514-100000-bbbbbb', 't', 'trivial', "
                       "'{}')")
        found = document(home, "list")["experiments"]
        assert [set(x) for x in found] == 3 * [{"id", "short_id", "name", "mode", "started",
                                                "finished", "verdict", "results"}]
        assert [(x["id"][:8], x["name"], x["mode"], x["verdict"]) for x in found] == [
            ("20260514", "first", "timed", "trivial"),
            ("20260513", "formal", "exact", "regression"),
            ("20260515", "formal", "exact", None)], found
        assert found[2]["finished"] is None and found[1]["finished"].startswith("2026-05-13T11")
        text = slowpath(home, "list").stdout.splitlines()
        # A row for every result, under its experiment's id, and what it is of below it.
        assert len(text) == 9 and text[0].split() == ["id", "verdict", "ratio", "measured",
                                                      "scenario"], text
        assert "equivalent" in text[1] and "trivial" in text[3], text
        assert text[1].split()[0] == text[3].split()[0] == found[0]["short_id"] == "bbbbbb"
        assert text[5].split() == ["aaaaaa", "regression", "1.3308", "exact", madeup.SCENARIO]
        assert text[6] == ("    6.16.12-made -> 6.17.13-made; 2026-05-13 10:00 UTC, run formal")
        assert text[8].endswith("run formal, unfinished"), text
        assert max(map(len, text)) <= 80, text


DOCUMENT = {"mode": "near-exact", "cpus": 4, "metrics": [{"old": 100, "new": 222.5}],
            "attribution": {"functions": []}}


@tap.test
def list_and_show_tell_exact_from_near_exact():
    with tempfile.TemporaryDirectory() as home:
        with madeup.open_db(home) as db:
            ident = madeup.compare(db)
            db.execute("INSERT INTO result VALUES (?, ?, 'regression', ?)",
                       (ident, madeup.SCENARIO, json.dumps(DOCUMENT)))
            madeup.exact(db, "20260513-100000-aaaaaa", blocks=2)
            db.execute("UPDATE slot SET task = task + 2000 WHERE phase = 0 AND segment = 0 AND run "
                       "IN (SELECT id FROM run WHERE experiment LIKE '%aaaaaa' AND block = 1)")
            db.execute("UPDATE function_count SET insns = insns + 2000 WHERE phase = 0 AND "
                       "segment = 0 AND name = 'change_protection' AND run "
                       "IN (SELECT id FROM run WHERE experiment LIKE '%aaaaaa' AND block = 1)")
        lines = slowpath(home, "list").stdout.splitlines()
        assert lines[3] == "cccccc  regression  2.2250  near-exact  " \
                           "mprotect/shared-dirty-toggle, 4 CPUs", lines
        assert " near-exact " in lines[1], lines
        found = document(home, "list")["experiments"]
        assert [x["mode"] for x in found] == ["exact", "exact"]  # what was asked for
        assert [x["results"][0]["mode"] for x in found] == ["near-exact", "near-exact"]
        assert found[1]["results"][0]["ratio"] == 2.225, found
        for x in found:
            shown = slowpath(home, "show", x["id"]).stdout
            assert "\nmode         near-exact\n" in shown, shown
            assert document(home, "show", x["id"])["claims"] == x["results"]


@tap.test
def what_decides_is_listed_and_a_part_is_no_whole():
    """The ratio of what the verdict is about; and of an exact part, that it is one."""
    chosen = dict(DOCUMENT, cpus=1, decides="kernel_insns_per_call", part="exact", metrics=[
        {"name": "iteration_insns_per_call", "old": 100, "new": 100},
        {"name": "kernel_insns_per_call", "old": 50, "new": 75}])
    with tempfile.TemporaryDirectory() as home:
        with madeup.open_db(home) as db:
            ident = madeup.compare(db)
            db.execute("INSERT INTO result VALUES (?, ?, 'regression', ?)",
                       (ident, madeup.SCENARIO, json.dumps(chosen)))
        (found,) = document(home, "list")["experiments"]
        assert (found["results"][0]["ratio"], found["results"][0]["part"]) == (1.5, "exact"), found
        assert "regression, exact part  1.5000  near-exact" in slowpath(home, "list").stdout
        assert "regression, exact part  1.5000  near-exact" in slowpath(home, "show", ident).stdout


@tap.test
def a_gap_is_listed_with_what_its_verdict_is_of():
    """The candidate against OLD: "equivalent" never stands beside the ratio of NEW."""
    gap = {"mode": "exact", "cpus": 1,
           "metrics": [{"old": 266, "new": 354, "candidate": 266, "closed": 100.0}]}
    with tempfile.TemporaryDirectory() as home:
        with madeup.open_db(home) as db:
            ident = madeup_studies.fixed(db)
            db.execute("UPDATE result SET document = ?", (json.dumps(gap),))
            old, new, candidate = (title for (title,) in db.execute(
                "SELECT kernel_release FROM run ORDER BY position"))
        one, = document(home, "list")["experiments"][0]["results"]
        assert (one["verdict"], one["ratio"], one["old"], one["new"]) == \
            ("equivalent", 1, old, candidate), one
        assert one["note"] == f"closes 100.0 % of the gap to {new}", one
        assert one in document(home, "show", ident)["claims"]


@tap.test
def several_kernels_by_one_name_are_no_table():
    with tempfile.TemporaryDirectory() as home:
        with madeup.open_db(home) as db:
            ident = madeup_studies.bisect(db)
        done = slowpath(home, "judge", ident)
        assert done.returncode == 128 and not done.stdout, done
        assert "several kernels by the name '" in done.stderr, done
        assert f"'slowpath report {ident}'" in done.stderr, done


@tap.test
def a_damaged_document_harms_no_list():
    with tempfile.TemporaryDirectory() as home:
        with madeup.open_db(home) as db:
            for n, text in enumerate(("{", "", "null", "3", "[1, {}]", '{"metrics": 3}',
                                      '{"metrics": [{"old": "x"}], "culprits": [{"commit": "c"}], '
                                      '"steps": {}, "good": {"commit": "\\u001b[2J"}}')):
                ident = madeup.compare(db, f"20260513-100000-{n:06}")
                db.execute("INSERT INTO result VALUES (?, 's\x1b', 'regression', ?)", (ident, text))
        done = slowpath(home, "list")
        assert done.returncode == 0 and len(done.stdout.splitlines()) == 15, done
        assert "\x1b" not in done.stdout
        assert len(document(home, "list")["experiments"]) == 7
        for n in range(7):
            assert slowpath(home, "show", f"20260513-100000-{n:06}").returncode == 0


@tap.test
def remove_takes_what_is_named_and_nothing_else():
    with tempfile.TemporaryDirectory() as home:
        with madeup.open_db(home) as db:
            for name in ("20260513-100000-aaaaaa", "20260513-100000-aabbbb",
                         "20260514-100000-bbbbbb", "20260515-100000-cccccc"):
                madeup.exact(db, name)
        journal = pathlib.Path(home) / "bisect/20260514-100000-bbbbbb.jsonl"
        journal.parent.mkdir()
        journal.touch()
        left = lambda: [x["id"] for x in document(home, "list")["experiments"]]
        runs = len(dump(home, "run"))
        for words, told in ((("20260513-100000-aa",), "is ambiguous"),
                            (("20260515", "nope"), "there is no experiment 'nope'"),
                            (("20260515", "2026"), "is ambiguous")):
            done = slowpath(home, "remove", *words)
            assert done.returncode == 128 and told in done.stderr and not done.stdout, done
        assert len(left()) == 4 and len(dump(home, "run")) == runs
        assert slowpath(home, "remove").returncode == 129
        assert slowpath(home, "remove", "").returncode == 129
        done = slowpath(home, "remove", "20260514", "20260514-100000-bbbbbb")
        assert done.stdout == "removed 20260514-100000-bbbbbb\n", done
        assert not journal.exists()
        assert document(home, "remove", "20260513-100000-aaa", "20260515") == {
            "schema": "slowpath/remove/1",
            "removed": ["20260513-100000-aaaaaa", "20260515-100000-cccccc"]}
        assert left() == ["20260513-100000-aabbbb"]
        assert len(dump(home, "run")) == runs // 4


@tap.test
def show_has_runs_reasons_and_the_consoles_end():
    with tempfile.TemporaryDirectory() as home:
        with madeup.open_db(home) as db:
            ident = madeup.exact(db)
            madeup.add_run(db, ident, 7, 0, "new", status="failed", reason="the guest\x1b[2J hung",
                           console="".join(f"line {i}\n" for i in range(100)))
        text = slowpath(home, "show", ident).stdout
        for word in (ident, "regression", "name: \"formal\"", "the guest?[2J hung", "line 99",
                     "lab-a", "gcc-14", "balanced"):
            assert word in text, (word, text)
        assert "line 80\n" not in text and "\x1b" not in text
        shown = document(home, "show", ident)
        assert shown["schema"] == "slowpath/show/1" and shown["verdict"] == "regression"
        assert [r["status"] for r in shown["runs"]] == 6 * ["ok"] + ["failed"]
        assert shown["runs"][6]["failure_reason"] == "the guest\x1b[2J hung"
        assert shown["command"]["experiment"]["repetitions"] == 3
        assert {k["name"] for k in shown["kernels"]} == {"old", "new"}
        assert slowpath(home, "show", "nope").returncode == 128
        assert slowpath(home, "show").returncode == 129


@tap.test
def what_was_otherwise_than_one_would_think_is_said():
    with tempfile.TemporaryDirectory() as home:
        with madeup.open_db(home) as db:
            ident = madeup.compare(db)
            db.execute("UPDATE run SET notes = 'snapshot damaged\x1b, and made anew' WHERE side "
                       "= 'new'")
        said = "snapshot damaged?, and made anew"
        assert f"run 2: {said}" in slowpath(home, "show", ident).stdout
        assert [r["notes"] for r in document(home, "show", ident)["runs"]] == [
            None, "snapshot damaged\x1b, and made anew"]
        slowpath(home, "report", ident, "--format", "md", "-o", f"{home}/md")
        (page,) = pathlib.Path(home, "md").glob("*.md")
        text = page.read_text(encoding="utf-8")
        assert f"NOTED of {madeup.SCENARIO} on new: {said}." in text, text


@tap.test
def show_names_other_tasks_of_each_run():
    with tempfile.TemporaryDirectory() as home:
        with madeup.open_db(home) as db:
            ident = madeup.exact(db, blocks=1)
            assert "other tasks" not in slowpath(home, "show", ident).stdout
            runs = [r for r, in db.execute("SELECT id FROM run ORDER BY id")]
            per_item = madeup.PAGES * madeup.ITERATIONS
            # ksmd: 5 a page in the first run, 7 in the second. What only spins is no task.
            for run, cost in zip(runs, (5, 7)):
                for phase in range(4):
                    n = per_item * (phase % 2 + 1)
                    db.execute("UPDATE slot SET other_tasks = ? WHERE run = ? AND phase = ? AND "
                               "segment = 0", ((cost + 3) * n, run, phase))
                    db.executemany("INSERT INTO task_count VALUES (?,?,?,?,0,?,?)", [
                        (run, "ksmd", "ksm_do_scan", phase, cost * n, n),
                        (run, "slowpath-spin", "[user]", phase, 3 * n, 0)])
        text = slowpath(home, "show", ident).stdout
        rows = [line.split() for line in text.splitlines() if line.startswith("ksmd")]
        assert rows == [["ksmd", "1", "new", madeup.SCENARIO, "5.000", "0.000", "page"],
                        ["ksmd", "2", "old", madeup.SCENARIO, "7.000", "0.000", "page"]], text
        assert "slowpath-spin" not in text
        shown = document(home, "show", ident)["runs"]
        assert [r["other_tasks"] for r in shown] == [
            [{"task": "ksmd", "value": cost, "spread": 0}] for cost in (5, 7)], shown
        assert {r["item"] for r in shown} == {"page"}


@tap.test
def merge_takes_what_is_not_there_once():
    with tempfile.TemporaryDirectory() as here, tempfile.TemporaryDirectory() as there:
        with madeup.open_db(here) as db:
            madeup.exact(db, "20260513-100000-aaaaaa")
        with madeup.open_db(there) as db:
            madeup.timed(db, "20260514-100000-bbbbbb", blocks=2)
            madeup.exact(db, "20260515-100000-cccccc", blocks=1)
        other = f"{there}/slowpath.db"
        rows = slowpath(there, "judge", "20260515-100000-cccccc", "--csv").stdout
        assert document(here, "merge", other) == {
            "schema": "slowpath/merge/1", "added": ["20260514-100000-bbbbbb",
                                                    "20260515-100000-cccccc"],
            "grown": [], "same": [], "conflicts": []}
        assert len(document(here, "list")["experiments"]) == 3
        # What is concluded does not know that the runs have other numbers now.
        assert slowpath(here, "judge", "20260515-100000-cccccc", "--csv").stdout == rows
        counts = {t: len(dump(here, t)) for t in ("run", "phase", "slot", "function_count", "span",
                                                  "timing", "page_state", "experiment_file")}
        again = document(here, "merge", other)
        assert len(again["same"]) == 2 and not again["added"], again
        assert counts == {t: len(dump(here, t)) for t in counts}
        assert counts["run"] == 6 + 4 + 2 and counts["span"] == 12, counts


@tap.test
def merge_takes_all_that_hangs_on_a_run():
    with tempfile.TemporaryDirectory() as here, tempfile.TemporaryDirectory() as there:
        with madeup.open_db(here) as db:
            madeup.exact(db, "20260513-100000-aaaaaa")
        with madeup.open_db(there) as db:
            madeup.exact(db, "20260515-100000-cccccc", blocks=1)
            db.execute("UPDATE run SET kernel_subject = 'mm: ' || side")
            tables = [name for name, in db.execute("SELECT name FROM sqlite_master "
                                                   "WHERE type = 'table'").fetchall()]
            columns = {t: [c[1] for c in db.execute(f"PRAGMA table_info({t})")] for t in tables}
            # Readings are concluded anew by who merges (merge.py).
            of_runs = [t for t in tables if "run" in columns[t] and t != "reading"]
            # One row more in each: the column's number is its value.
            run, = db.execute("SELECT max(id) FROM run").fetchone()
            for table in of_runs:
                row = [run if c == "run" else 1000 + i for i, c in enumerate(columns[table])]
                db.execute(f"INSERT INTO {table} VALUES ({','.join('?' * len(row))})", row)
        assert {"slot_cost", "function_cost", "tree_node", "tree_count"} < set(of_runs), of_runs
        before = {t: dump(here, t) for t in of_runs}
        runs = len(dump(here, "run"))
        document(here, "merge", f"{there}/slowpath.db")
        assert [r[1:] for r in dump(here, "run")[runs:]] == [r[1:] for r in dump(there, "run")]
        for table in of_runs:
            at = columns[table].index("run")
            added = sorted(map(str, [r for r in dump(here, table) if r not in before[table]]))
            expected = [(*r[:at], r[at] + 6, *r[at + 1:]) for r in dump(there, table)]
            assert added == sorted(map(str, expected)), table


@tap.test
def merge_says_conflicts_and_changes_nothing_there():
    with tempfile.TemporaryDirectory() as here, tempfile.TemporaryDirectory() as there:
        for home, blocks in ((here, 3), (there, 2)):
            with madeup.open_db(home) as db:
                madeup.exact(db, blocks=blocks)
        before = dump(here, "run")
        done = slowpath(here, "merge", f"{there}/slowpath.db")
        assert done.returncode == 1 and "is another here" in done.stderr, done
        assert dump(here, "run") == before
        assert slowpath(here, "merge", f"{there}/nope.db").returncode == 128
        assert not pathlib.Path(there, "nope.db").exists()
        pathlib.Path(there, "text.db").write_text("not a database\n" * 100, encoding="utf-8")
        done = slowpath(here, "merge", f"{there}/text.db")
        assert done.returncode == 128 and "not a database" in done.stderr, done


tap.main()
