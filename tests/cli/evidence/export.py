# SPDX-License-Identifier: GPL-2.0-or-later
"""export: what other systems read says what slowpath says; read by their own readers where they are
here."""
import contextlib
import csv
import io
import json
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as tree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import json_schema
import tap
from cli import madeup, madeup_studies, madeup_survey
from cli.made import Made

SCHEMAS = pathlib.Path(__file__).resolve().parents[1] / "schemas"
# Debian's own, in which python3-* packages lie.
PYTHON = "/usr/bin/python3"
HOSTILE = madeup_survey.HOSTILE + " # SKIP \\ \t"


def other_state(db):
    """Kernels that did not do the same work."""
    ident = madeup.compare(db)
    db.execute("UPDATE page_state SET value = value + 1 WHERE moment = 'before' AND run IN "
               "(SELECT id FROM run WHERE side = 'new')")
    return ident


def survey(db):
    """As it is kept: a row of every scenario, beside the runs."""
    document = madeup_survey.usual()
    ident = madeup.compare(db)
    specs = [k["spec"] for k in document["kernels"]]
    db.execute("DELETE FROM result")
    db.execute("UPDATE experiment SET command = ?", (json.dumps(
        {"command": "survey", "baseline": specs[0], "kernels": specs,
         "scenarios": [r["scenario"] for r in document["scenarios"]]}),))
    db.execute("DELETE FROM run WHERE side = 'new'")
    (one, ), = db.execute("SELECT id FROM run").fetchall()
    names = [c[1] for c in db.execute("PRAGMA table_info(run)") if c[1] != "id"]
    for row in document["scenarios"]:
        db.execute("INSERT INTO result VALUES (?, ?, 'regression', ?)",
                   (ident, row["scenario"], json.dumps(row)))
        for at, spec in enumerate(specs):
            own = {"side": spec, "kernel_spec": spec, "block": at + 1, "status": "failed",
                   "image_sha256": f"{at:064}", "scenario": row["scenario"],
                   "kernel_release": spec.split(":")[1]}
            columns = ", ".join(f"'{own[n]}'" if n in own else n for n in names)
            db.execute(f"INSERT INTO run ({', '.join(names)}) SELECT {columns} FROM run WHERE "
                       "id = ?", (one,))
    db.execute("DELETE FROM run WHERE id = ?", (one,))
    for table in ("phase", "slot", "slot_cost", "function_count", "page_state", "reading"):
        db.execute(f"DELETE FROM {table}")
    return ident


def undecided(db):
    """A survey in which some neighbours cannot be told apart."""
    ident = survey(db)
    for scenario, text in db.execute("SELECT scenario, document FROM result").fetchall():
        db.execute("UPDATE result SET document = ? WHERE scenario = ?",
                   (json.dumps({**json.loads(text), "undecided": 1}), scenario))
    return ident


def turning(db):
    """A series in which a commit brings an earlier kernel back."""
    ident = survey(db)
    db.execute("UPDATE experiment SET command = json_set(command, '$.command', 'series', "
               "'$.turns_back', json('true'))")
    return ident


def failed(db):
    """No run of NEW is good."""
    ident = madeup.compare(db)
    fail_new(db)
    return ident


def failed_formally(db):
    ident = madeup.exact(db)
    fail_new(db)
    return ident


def fail_new(db):
    (runs, ) = [[r for r, in db.execute("SELECT id FROM run WHERE side = 'new'")]]
    db.execute("UPDATE run SET status = 'failed', failure_reason = 'it panicked' WHERE side = "
               "'new'")
    for table in ("phase", "slot", "slot_cost", "function_count", "page_state", "reading"):
        db.executemany(f"DELETE FROM {table} WHERE run = ?", [(r, ) for r in runs])


def by_cmdline(db):
    """One kernel by two command lines."""
    ident = madeup.compare(db)
    for column in ("kernel_spec", "image_sha256", "vmlinux_sha256", "kernel_release"):
        db.execute(f"UPDATE run SET {column} = (SELECT {column} FROM run WHERE side = 'old')")
    db.execute("UPDATE run SET guest_cmdline = 'mitigations=off' WHERE side = 'new'")
    return ident


def hostile(db):
    ident = madeup.compare(db)
    db.execute("UPDATE run SET kernel_spec = kernel_spec || ?, kernel_release = kernel_release || ?,"
               " compiler = ?", (HOSTILE, HOSTILE, HOSTILE))
    return ident


# What makes an experiment: the status of every result.
KINDS = ((madeup.exact, ["FAIL"]), (madeup.compare, ["FAIL"]), (other_state, ["MISS"]),
         (madeup_studies.narrow, ["FAIL"]), (madeup_studies.bisect, None),
         (madeup_studies.fixed, None),
         (survey, ["DONE", "PASS", "FAIL", "PASS", "DONE", "PASS", "ERROR", "PASS"]),
         (undecided, ["DONE", "DONE", "FAIL", "PASS", "DONE", "DONE", "ERROR", "DONE"]),
         (turning, ["DONE"] * 6 + ["ERROR", "DONE"]), (failed, ["ERROR"]),
         (failed_formally, ["ERROR"]), (by_cmdline, ["FAIL"]))
UNTOLD = ("it cannot be told",
          "a commit brings back an earlier kernel: the series tells what each costs")


def export(made, name, *args):
    done = madeup.slowpath(made.home, "export", made.id, "--format", name, *args)
    assert done.returncode == 0, done
    return done.stdout


def rows_of(made):
    return list(csv.DictReader(io.StringIO(export(made, "csv"))))


def each_kind(function):
    def wrapped():
        for make, statuses in (*KINDS, (hostile, ["FAIL"])):
            with Made(make) as made:
                rows = rows_of(made)
                assert statuses in (None, [r["status"] for r in rows]), (make.__name__, rows)
                function(made, rows)
    wrapped.__name__ = function.__name__
    return tap.test(wrapped)


@tap.test
def csv_says_what_judge_says():
    for make in (madeup.exact, madeup.compare, failed_formally):
        with Made(make) as made:
            judged = json.loads(madeup.slowpath(made.home, "judge", made.id, "--json").stdout)
            told = [{**r, **{n: float(r[n]) if r[n] else None for n in ("value", "old", "ratio")}}
                    for r in rows_of(made)]
            want = [r for r in judged["rows"] if r["primary"]]
            assert len(told) == len(want) > 0, (told, judged)
            for t, w in zip(told, want):
                assert (t["scenario"], t["side"], t["metric"], t["verdict"], t["reason"]) == (
                    w["scenario"], w["kernel"], w["metric"], w["verdict"], w["reason"]), (t, w)
                for own, name in (("old", "old"), ("value", "new"), ("ratio", "ratio")):
                    assert t[own] == w[name] or abs(t[own] / w[name] - 1) < 1e-9, (t, w)


@each_kind
def every_row_has_what_it_says(made, rows):
    assert rows and all(r["status"] in ("FAIL", "ERROR", "MISS", "PASS", "DONE") for r in rows)
    for r in rows:
        assert r["verdict"] or r["status"] in ("DONE", "ERROR"), r
        if r["ratio"]:
            assert abs(float(r["value"]) / float(r["old"]) / float(r["ratio"]) - 1) < 1e-8, r


@each_kind
def kcidb_is_what_its_documentation_says(made, rows):
    document = json.loads(export(made, "kcidb", "--origin", "my_lab"))
    json_schema.check(document, "kcidb-5.3", SCHEMAS)
    tests = document["tests"]
    assert [t["status"] for t in tests] == [r["status"] for r in rows]
    for t, r in zip(tests, rows):
        assert ("number" in t) == (r["status"] != "MISS" and bool(r["value"])), (t, r)
        if "number" in t:
            assert abs(t["number"]["value"] / float(r["value"]) - 1) < 1e-9, (t, r)
            assert t["number"]["unit"] == f"{r['unit']}/{r['item']}", t
        assert t["path"].startswith("slowpath.") and t["path"].count(".") == 2, t
    # What an object refers to is there, and no id twice.
    ids = {k: [o["id"] for o in document[k]] for k in ("checkouts", "builds", "tests")}
    assert all(len(v) == len(set(v)) and all(i.startswith("my_lab:") for i in v)
               for v in ids.values()), ids
    assert {b["checkout_id"] for b in document["builds"]} == set(ids["checkouts"])
    assert {t["build_id"] for t in tests} <= set(ids["builds"])


@tap.test
def a_side_that_failed_is_an_error_without_a_number():
    for make in (failed, failed_formally):
        with Made(make) as made:
            (row, ), document = rows_of(made), json.loads(export(made, "kcidb"))
        assert row["side"] == "new" and not row["value"] and not row["ratio"] and row["reason"], row
        assert [b["misc"]["side"] for b in document["builds"]] == ["old", "new"], document
        (test, ) = document["tests"]
        assert test["build_id"] == document["builds"][1]["id"] and "number" not in test, test


@tap.test
def two_command_lines_are_two_builds():
    with Made(by_cmdline) as made:
        old, new = json.loads(export(made, "kcidb"))["builds"]
        text = export(made, "openmetrics")
    assert old["id"] != new["id"] and old["misc"]["spec"] == new["misc"]["spec"], (old, new)
    assert new["misc"]["cmdline"] == "mitigations=off" != old["misc"]["cmdline"], (old, new)
    assert 'slowpath_cost{' in text and ',side="new",' in text, text


@tap.test
def ids_stay_when_a_survey_grows():
    """A row more, before all others."""
    with Made(survey) as made:
        before = json.loads(export(made, "kcidb"))
        with contextlib.closing(sqlite3.connect(made.home / "slowpath.db")) as db:
            (text, ), = db.execute("SELECT document FROM result WHERE scenario = 'mincore/scan'")
            columns = [c[1] for c in db.execute("PRAGMA table_info(run)") if c[1] != "id"]
            taken = ", ".join("'a/first'" if c == "scenario" else c for c in columns)
            db.execute(f"INSERT INTO run ({', '.join(columns)}) SELECT {taken} FROM run WHERE "
                       "scenario = 'mincore/scan'")
            others = db.execute("SELECT * FROM result").fetchall()
            db.execute("DELETE FROM result")
            db.execute("INSERT INTO result VALUES (?, 'a/first', 'regression', ?)",
                       (made.id, json.dumps({**json.loads(text), "scenario": "a/first"})))
            db.executemany("INSERT INTO result VALUES (?, ?, ?, ?)", others)
            db.commit()
        after = json.loads(export(made, "kcidb"))
    assert len(after["tests"]) == len(before["tests"]) + 4, after["tests"]
    for kind in ("checkouts", "builds", "tests"):
        now = {o["id"]: o for o in after[kind]}
        assert all(now.get(o["id"]) == o for o in before[kind]), kind


@tap.test
def kernels_of_one_name_are_refused_without_their_paths():
    def local(db):
        ident = survey(db)
        specs = json.loads(db.execute("SELECT command FROM experiment").fetchone()[0])["kernels"]
        for scenario, text in db.execute("SELECT scenario, document FROM result").fetchall():
            for i, spec in enumerate(specs[:2]):
                text = text.replace(f'"{spec}"', f'"/srv/{"ab"[i]}/build/vmlinux"')
            db.execute("UPDATE result SET document = ? WHERE scenario = ?", (text, scenario))
        for i, spec in enumerate(specs[:2]):
            db.execute("UPDATE run SET side = ?, kernel_spec = ? WHERE side = ?",
                       (f"/srv/{'ab'[i]}/build/vmlinux", f"/srv/{'ab'[i]}/build/vmlinux", spec))
        return ident

    with Made(local) as made:
        done = madeup.slowpath(made.home, "export", made.id, "--format", "csv")
        assert done.returncode == 128 and not done.stdout, done
        assert "two kernels are '.../vmlinux' without their paths: --keep-host" in done.stderr, done
        kept = list(csv.DictReader(io.StringIO(export(made, "csv", "--keep-host"))))
    assert [r["status"] for r in kept] == dict(
        (m.__name__, s) for m, s in KINDS)["survey"], kept


@each_kind
def ktap_is_read_by_prove(made, rows):
    text = export(made, "ktap")
    assert text.startswith(f"KTAP version 1\n1..{len(rows)}\n"), text
    lines = [l for l in text.splitlines() if l.startswith(("ok ", "not ok "))]
    assert [l.split()[0] == "ok" for l in lines] == [r["status"] not in ("FAIL", "ERROR")
                                                    for r in rows], text
    assert [l.endswith("# SKIP the kernels did not do the same work") for l in lines] == [
        r["status"] == "MISS" for r in rows], text
    assert [l.split(" # SKIP ")[1] if l.endswith(UNTOLD) else None for l in lines] == [
        r["reason"] if r["reason"] in UNTOLD else None for r in rows], text
    prove = shutil.which("prove")
    if not prove:
        raise tap.Skip("there is no prove here")
    with tempfile.NamedTemporaryFile("w", suffix=".tap") as file:
        file.write(text)
        file.flush()
        done = subprocess.run([prove, "--exec", "cat", file.name], capture_output=True, text=True,
                              timeout=60)
    bad = [str(i + 1) for i, r in enumerate(rows) if r["status"] in ("FAIL", "ERROR")]
    assert done.returncode == bool(bad) and f"Tests={len(rows)}," in done.stdout, done
    assert not bad or "Failed tests" in done.stdout or f"Failed test:  {bad[0]}" in done.stdout, done
    assert "Parse errors" not in done.stdout, done


def count(rows, status):
    """What is told of nothing is skipped, as what is no same work."""
    return sum((("MISS" if r["reason"] in UNTOLD else r["status"]) == status) for r in rows)


@each_kind
def junit_counts_what_it_has(made, rows):
    suite, = tree.fromstring(export(made, "junit")).findall("testsuite")
    cases = suite.findall("testcase")
    tags = {"FAIL": "failure", "ERROR": "error", "MISS": "skipped"}
    for case, row in zip(cases, rows, strict=True):
        assert [c.tag for c in case if c.tag != "properties"] == (
            ["skipped"] if row["reason"] in UNTOLD else
            [tags[row["status"]]] if row["status"] in tags else []), (row, tree.tostring(case))
        told = {p.get("name"): p.get("value") for p in case.find("properties")}
        assert told.get("value", "") == row["value"] and told.get("ratio", "") == row["ratio"]
    for status, name in (("FAIL", "failures"), ("ERROR", "errors"), ("MISS", "skipped")):
        assert int(suite.get(name)) == count(rows, status), suite.attrib
    assert int(suite.get("tests")) == len(rows)


def read_by(module, program, text):
    """What a Python library of Debian's makes of it; skipped where it is not installed."""
    if not pathlib.Path(PYTHON).exists() or subprocess.run(
            [PYTHON, "-c", f"import {module}"], capture_output=True, timeout=60).returncode:
        raise tap.Skip(f"there is no {module} here")
    done = subprocess.run([PYTHON, "-c", program], input=text, capture_output=True, text=True,
                          timeout=60)
    assert done.returncode == 0, done
    return json.loads(done.stdout)


@each_kind
def junitparser_takes_it(made, rows):
    counts = read_by("junitparser", """
import json, sys, junitparser
x = junitparser.JUnitXml.fromstring(sys.stdin.read().encode())
print(json.dumps([[len(list(s)), s.failures, s.errors, s.skipped] for s in x]))
""", export(made, "junit"))
    assert counts == [[len(rows), *(count(rows, s) for s in ("FAIL", "ERROR", "MISS"))]], counts


@each_kind
def openmetrics_has_every_value_once(made, rows):
    text = export(made, "openmetrics")
    assert text.endswith("\n# EOF\n")
    samples = [l for l in text.splitlines() if not l.startswith("#")]
    assert len(samples) == len(set(samples)) == (
        sum(bool(r["value"]) for r in rows) + sum(bool(r["ratio"]) for r in rows) +
        sum(bool(r["verdict"]) for r in rows)), text
    assert [float(s.rsplit(" ", 1)[1]) for s in samples if s.startswith("slowpath_regression{")] == [
        r["status"] == "FAIL" for r in rows if r["verdict"]], text


@each_kind
def prometheus_takes_it(made, rows):
    found = read_by("prometheus_client.openmetrics.parser", """
import json, sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families as families
print(json.dumps({f.name: [[s.labels["kernel"], s.value] for s in f.samples]
                  for f in families(sys.stdin.read())}))
""", export(made, "openmetrics"))
    assert set(found) == {"slowpath_cost", "slowpath_ratio", "slowpath_regression"}, found
    told = [(r["kernel"], float(r["value"])) for r in rows if r["value"]]
    for (kernel, value), (name, cost) in zip(told, found["slowpath_cost"], strict=True):
        assert abs(value / cost - 1) < 1e-9, (value, cost)
        assert name == " ".join(kernel.split("\n")).replace("\t", " "), (name, kernel)


@tap.test
def paths_of_this_machine_stay_here():
    with Made(madeup_studies.bisect) as made:
        for name in ("kcidb", "ktap", "junit", "openmetrics", "csv"):
            assert madeup.FOLDER not in export(made, name), name


@tap.test
def bad_input_is_refused():
    with Made(madeup.exact) as made:
        run = lambda *args: madeup.slowpath(made.home, "export", *args)
        for args, code, words in (
                ((made.id, "--format", "xml"), 129, "'xml' is neither"),
                ((made.id,), 129, "--format are expected"),
                ((made.id, "--format", "csv", "--origin", "x"), 129, "--origin is for"),
                ((made.id, "--format", "kcidb", "--origin", "X y"), 129, "small letters"),
                ((made.id, "--format", "csv", "--json"), 129, "kcidb is JSON"),
                (("nope", "--format", "csv"), 128, "no experiment 'nope'"),
                ((made.id, "--format", "csv", "-o", "/nonexistent/x"), 128, "/nonexistent/x")):
            done = run(*args)
            assert done.returncode == code and words in done.stderr and not done.stdout, done
    with Made(madeup_studies.cover) as made:
        done = madeup.slowpath(made.home, "export", made.id, "--format", "csv")
        assert done.returncode == 128 and "nothing to export" in done.stderr, done


tap.main()
