# SPDX-License-Identifier: GPL-2.0-or-later
"""--metric: what is no metric is refused with what there is, and what is one decides, of the same
runs by every command."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from cli import bundles, madeup
from cli.made import Made
from cli.planted import much, nothing, of_compare, of_run, taken_back

slowpath = madeup.slowpath
KERNELS = ("debian:6.16.12", "debian:6.17.13")


def refused(code, has, *args):
    with tempfile.TemporaryDirectory() as home:
        done = slowpath(home, *args)
        assert done.returncode == code and has in done.stderr, done
        assert not pathlib.Path(home, "kernels").exists() or not any(
            pathlib.Path(home, "kernels").iterdir()), "a kernel was fetched"


@tap.test
def malformed_words_are_refused_at_once():
    for word in ("func:x", "function:", "function:a b", "calls:", "a b", "", "x" * 200):
        for command in (("compare", *KERNELS), ("narrow", *KERNELS), ("judge", "x.csv"),
                        ("bisect", "--good", "a", "--bad", "b"),
                        ("fixed", "--old", "a", "--new", "b", "--candidate", "c")):
            refused(129, "--metric", *command, "--metric", word)


@tap.test
def what_a_scenario_has_not_is_refused_before_kernels_are_looked_at():
    for command in (("compare", *KERNELS), ("narrow", *KERNELS)):
        refused(128, "there are iteration, protect, restore, touch, kernel, user, function:NAME",
                *command, "--metric", "protct")
        refused(128, "did you mean 'protect'?", *command, "--metric", "protct")
    # One of several has it.
    refused(128, "mprotect/anon-split-restore: 'touch' is no metric here", "compare", *KERNELS,
            "-s", "mprotect/*", "--metric", "touch")


@tap.test
def calls_of_programs_are_not_followed():
    """What stands behind -- is the program's, so the home is told otherwise."""
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run([madeup.BINARY, "compare", *KERNELS, "--metric", "inclusive:do_mmap",
                               "--", tap.build_dir() / "guest/slowpath-guest"],
                              env={**os.environ, "SLOWPATH_HOME": home}, capture_output=True,
                              text=True, timeout=60)
        assert done.returncode == 128 and "calls are followed in one task only" in done.stderr, done


@tap.test
def a_profile_says_what_there_is():
    text = madeup.profile_text("formal", "lab-a", 1, "exact", madeup.SPECS)
    line = "primary: iteration" in text
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as f:
        text = text.replace("primary: iteration", "primary: protct") if line else text.replace(
            f"name: {madeup.SCENARIO}", f"name: {madeup.SCENARIO}, primary: protct")
        assert "protct" in text, text
        f.write(text)
        f.flush()
        refused(128, "'protct' is no metric here", "run", f.name, "--dry-run")


def judged(home, *what):
    done = slowpath(home, "judge", *what, "--json")
    assert done.returncode in (0, 1, 125), done
    rows = [r for r in json.loads(done.stdout)["rows"] if r["primary"]]
    assert len(rows) == 1, rows
    return rows[0], done.returncode


@tap.test
def a_stored_experiment_is_judged_by_another_metric():
    """OLD and NEW differ in change_protection, which is better by itself, and not in user code."""
    expected = {"iteration": (266.0, 354.0, 1), "protect": (131.0, 175.0, 1),
                "kernel": (262.0, 350.0, 1), "user": (4.0, 4.0, 0),
                "function:change_protection": (260.0, 20.0, 0),
                "function:do_mprotect_pkey": (2.0, 2.0, 0),
                "function:prot_commit_flush_ptes": (0.0, 328.0, 1)}
    with Made(lambda db: of_run(db, nothing, 1)) as m:
        for word, (old, new, code) in expected.items():
            row, status = judged(m.home, m.id, "--metric", word)
            assert (row["old"], row["new"], status) == (old, new, code), (word, row)
            assert row["metric"].startswith(f"{word}_insns_per_page") and row["exact"], row
            # And of its export, which says what decides.
            path = m.dir.parent / "rows.csv"
            path.write_text(slowpath(m.home, "judge", m.id, "--csv", "--metric", word).stdout)
            again, _ = judged(m.home, path, "--baseline", "old")
            assert (again["metric"], again["reason"]) == (row["metric"], row["reason"]), again
        done = slowpath(m.home, "judge", m.id, "--metric", "inclusive:do_mprotect_pkey")
        assert done.returncode == 128 and "no calls were followed" in done.stderr, done
        done = slowpath(m.home, "judge", m.id, "--metric", "function:nowhere", "--json")
        row = [r for r in json.loads(done.stdout)["rows"] if r["primary"]][0]
        assert done.returncode == 125 and "neither executes" in row["reason"], row
        path.write_text(slowpath(m.home, "judge", m.id, "--csv").stdout)
        done = slowpath(m.home, "judge", path, "--metric", "function:change_protection")
        assert done.returncode == 128 and "the rows have none of it" in done.stderr, done
        assert "iteration_insns_per_page, protect_insns_per_page" in done.stderr, done


def of_metric(word, plant):
    """An experiment of compare that was asked to decide by it."""
    def make(db):
        ident = of_compare(db, plant, 1)
        db.execute("UPDATE experiment SET command = json_set(command, '$.metric', ?)", (word,))
        db.commit()
        return ident
    return make


def followed(db):
    """The same, with calls that were followed: do_mprotect_pkey calls change_protection, and user
    code all else."""
    ident = of_metric("inclusive:do_mprotect_pkey", nothing)(db)
    for run, in db.execute("SELECT id FROM run WHERE experiment = ?", (ident,)).fetchall():
        names = [n for n, in db.execute(
            "SELECT DISTINCT name FROM function_count WHERE run = ? ORDER BY name != '[user]', "
            "name != 'do_mprotect_pkey', name", (run,))]
        if names[0] != "[user]":
            names.insert(0, "[user]")
        pkey = names.index("do_mprotect_pkey")
        for node, name in enumerate(names):
            parent = pkey if name == "change_protection" else 0
            db.execute("INSERT INTO tree_node VALUES (?, ?, ?, ?)",
                       (run, node, parent if node else None, name))
            db.execute("INSERT INTO tree_count SELECT run, ?, phase, segment, insns, calls FROM "
                       "function_count WHERE run = ? AND name = ?", (node, run, name))
    db.commit()
    return ident


@tap.test
def calls_that_were_followed_are_in_the_bundle():
    with Made(followed) as m:
        row, code = judged(m.home, m.id)
        assert slowpath(m.home, "bundle", m.id, "-o", m.dir).returncode == 0
        bundles.good(m.dir)
        document = json.loads((m.dir / "results/01.json").read_text())
        assert document["decides"] == "inclusive:do_mprotect_pkey_insns_per_page", document
        assert document["reason"] == row["reason"] and document["mode"] == "exact", document
        # A count that went from a callee to user code is another metric, or no tree at all.
        path = m.dir / "raw/trees.csv"
        sound = path.read_text()
        lines = sound.splitlines()
        at = next(i for i, line in enumerate(lines) if ",change_protection," in line)
        head, calls = lines[at].rsplit(",", 1)
        head, insns = head.rsplit(",", 1)
        for forged in (f"{head},{int(insns) + 64},{calls}", lines[at].replace(",change", ",chance"),
                       lines[at] + "\n" + lines[at]):
            path.write_text("\n".join(lines[:at] + [forged] + lines[at + 1:]) + "\n")
            bundles.seal(m.dir)
            done = slowpath(m.home, "verify", m.dir)
            assert done.returncode in (1, 128), (forged, done)


@tap.test
def the_bundle_decides_by_what_was_asked_for():
    with Made(of_metric("function:do_mprotect_pkey", much)) as m:
        assert slowpath(m.home, "bundle", m.id, "-o", m.dir).returncode == 0
        bundles.good(m.dir)
        document = json.loads((m.dir / "results/01.json").read_text())
        assert document["decides"] == "function:do_mprotect_pkey_insns_per_page", document
        assert (document["verdict"], document["mode"]) == ("equivalent", "exact"), document
        assert document["exact_part"] is None, document
        assert judged(m.home, m.id)[0]["reason"] == document["reason"]
        mail = slowpath(m.home, "report", m.id, "--format", "mail")
        assert mail.returncode == 128 and "its verdict is about function:" in mail.stderr, mail
    with Made(of_metric("inclusive:do_mprotect_pkey", much)) as m:
        done = slowpath(m.home, "bundle", m.id, "-o", m.dir)
        assert done.returncode == 128 and "no calls were followed" in done.stderr, done


@tap.test
def parts_are_told():
    with Made(lambda db: of_compare(db, much, 1)) as m:
        assert slowpath(m.home, "bundle", m.id, "-o", m.dir).returncode == 0
        document = json.loads((m.dir / "results/01.json").read_text())
        assert document["part"] == "exact" and document["exact_part"] == {
            "delta": 328.0, "functions": 3}, document
        rest = document["varying_part"]
        assert (rest["delta"], rest["functions"], rest["most"]) == (
            -210.0, 1, "change_protection"), rest
        mail = slowpath(m.home, "report", m.id, "--format", "mail")
        assert mail.returncode == 128 and "of the part that is exact" in mail.stderr, mail
        text = slowpath(m.home, "judge", m.id).stdout
        assert "regression, exact part" in text and "nothing is said of the whole" in " ".join(
            text.split()), text
    with Made(lambda db: of_compare(db, taken_back, 1)) as m:
        assert slowpath(m.home, "bundle", m.id, "-o", m.dir).returncode == 0
        document = json.loads((m.dir / "results/01.json").read_text())
        assert document["part"] is None and document["verdict"] == "inconclusive", document
        assert document["exact_part"]["delta"] == 240.0, document


if __name__ == "__main__":
    tap.main()
