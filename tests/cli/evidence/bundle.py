# SPDX-License-Identifier: GPL-2.0-or-later
"""bundle and verify: what leaves the machine, and whether it can be trusted without its sender."""
import csv
import getpass
import hashlib
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from cli import bundles, madeup
from cli.made import Made as Home

slowpath = madeup.slowpath


def Made(make=madeup.exact, bundle=True, **more):
    """A home with one experiment, and its bundle."""
    made = Home(make, **more)
    if bundle:
        done = slowpath(made.home, "bundle", made.id, "-o", made.dir)
        assert done.returncode == 0, done
    return made


def verify(folder):
    """Exit status and findings."""
    return bundles.verify(folder)[:2]


good, files, seal = bundles.good, bundles.files, bundles.seal
replace, same = bundles.replace, bundles.same


@tap.test
def everything_is_there_and_agrees():
    with Made() as m:
        good(m.dir)
        names = {str(p.relative_to(m.dir)) for p in files(m.dir)}
        assert {"README.md", "experiment.json", "profile.yaml", "order.json", "kernels.json",
                "rows.csv", "judgement.json", "summary.csv", "summary-mean-cv.csv",
                "scenarios/mprotect.yaml", "raw/runs.csv", "raw/slots.csv", "raw/phases.csv",
                "reproducer/mprotect-shared-dirty-toggle.c",
                "raw/state.csv", "raw/functions-1.csv", "raw/functions-2.csv",
                "raw/console-1.txt", "raw/environment-1.txt", "results/01.json",
                "plots/01-ratio.svg", "plots/01-values.svg", "plots/01-functions.svg",
                "manifest.json"} <= names, names
        listed = {f["path"] for f in json.loads((m.dir / "manifest.json").read_text())["files"]}
        assert listed == names - {"manifest.json"}
        compiled = subprocess.run(
            ["cc", "-O2", "-pthread", "-o", m.dir.parent / "reproducer",
             m.dir / "reproducer/mprotect-shared-dirty-toggle.c"], capture_output=True)
        assert compiled.returncode == 0, compiled
        # Six runs of two kernels share two tables of functions.
        assert "raw/functions-3.csv" not in names
        result = json.loads((m.dir / "results/01.json").read_text())
        assert result["verdict"] == "regression" and result["mode"] == "exact"
        assert result["metrics"][0]["old"] == 266 and result["metrics"][0]["new"] == 354
        assert result["attribution"]["functions"][0] == {
            "name": "prot_commit_flush_ptes", "old": 0, "new": 328, "delta": 328, "calls_old": 0,
            "calls_new": 2 / madeup.PAGES, "negative": False}, result["attribution"]["functions"][0]
        readme = (m.dir / "README.md").read_text()
        for words in ("executes 1.3308 times as many instructions", "Not claimed", "prot\\_commit",
                      "266.000", "354.000", "lab-a", "slowpath verify", "State audit"):
            assert words in readme, (words, readme)


def fifteen_digits(text):
    """A number as the commands print it."""
    return float(f"{float(text):.15g}")


@tap.test
def rows_are_those_that_judge_exports():
    with Made() as m:
        done = slowpath(m.home, "judge", m.id, "--csv")
        assert (m.dir / "rows.csv").read_text() == done.stdout
        judged = json.loads(slowpath(m.home, "judge", m.id, "--json").stdout)
        bundled = json.loads((m.dir / "judgement.json").read_text(), parse_float=fifteen_digits)
        assert bundled == judged


@tap.test
def the_same_bytes_twice():
    for make in (madeup.exact, madeup.timed, madeup.compare):
        with Made(make) as m:
            other = m.dir.parent / "again"
            assert slowpath(m.home, "bundle", m.id, "-o", other).returncode == 0
            bundles.same(m.dir, other)
            good(m.dir)


@tap.test
def a_folder_that_exists_is_refused():
    with Made() as m:
        before = {p: p.read_bytes() for p in files(m.dir)}
        for target in (m.dir, m.dir / "README.md"):
            done = slowpath(m.home, "bundle", m.id, "-o", target)
            assert done.returncode == 128 and "exists" in done.stderr, done
        assert before == {p: p.read_bytes() for p in files(m.dir)}
        (m.dir.parent / "link").symlink_to("nowhere")
        assert slowpath(m.home, "bundle", m.id, "-o", m.dir.parent / "link").returncode == 128
        assert slowpath(m.home, "bundle", "nope", "-o", m.dir.parent / "x").returncode == 128
        assert slowpath(m.home, "bundle", m.id).returncode == 129
        assert not [p for p in m.dir.parent.iterdir() if p.name.startswith(".slowpath")]


@tap.test
def nothing_names_the_machine():
    host, user = platform.node(), getpass.getuser()
    env = f"cmdline=made\nnote=on {host} by {user} in {madeup.FOLDER}/x\n"
    spec = f"{madeup.FOLDER}/linux/vmlinux"

    def make(db):
        ident = madeup.exact(db, specs={"old": madeup.SPECS["old"], "new": spec})
        run = madeup.add_run(db, ident, 5, 0, "new", status="failed", env=env, spec=spec,
                             reason=f"cannot open {madeup.FOLDER}/secret project/vmlinux",
                             console=f"Linux version 6.1 ({user}@{host}) file:{madeup.FOLDER}/k\n")
        db.execute("UPDATE run SET affinity = ? WHERE id = ?", (f'"{madeup.FOLDER}/a"', run))
        db.commit()
        return ident

    with Made(make) as m:
        good(m.dir)
        text = "\n".join(p.read_text() for p in files(m.dir))
        assert "someone" not in text and madeup.FOLDER not in text
        assert not re.search(r"/(home|root|tmp)/", text)
        anybodys = {"root", "debian", "localhost", "vm", "user", "runner", "build", "test"}
        for name in {host, user} - anybodys:
            assert not re.search(rf"\b{re.escape(name)}\b", text), name
        # What is left still agrees with itself: the profile is the file that its hash is of.
        command = json.loads((m.dir / "experiment.json").read_text())["command"]
        profile = (m.dir / "profile.yaml").read_bytes()
        assert hashlib.sha256(profile).hexdigest() == command["profile_sha256"]
        assert command["profile_redacted"] is True and b".../vmlinux" in profile
        kept = m.dir.parent / "kept"
        assert slowpath(m.home, "bundle", m.id, "-o", kept, "--keep-host").returncode == 0
        good(kept)
        assert madeup.FOLDER in (kept / "raw/runs.csv").read_text()


@tap.test
def unfinished_failed_and_unclean_are_marked():
    def make(db):
        ident = madeup.exact(db, finished=False)
        madeup.add_run(db, ident, 3, 0, "new", status="failed", reason="panic <b>|x|</b>",
                       console="Oops\n")
        db.execute("UPDATE experiment SET purpose = 'attribution'")
        db.commit()
        return ident

    with Made(make) as m:
        good(m.dir)
        readme = (m.dir / "README.md").read_text()
        for word in ("UNFINISHED", "FAILED RUNS: 1 of 7", "PURPOSE attribution"):
            assert word in readme, word
        with open(m.dir / "rows.csv", encoding="utf-8", newline="") as f:
            failed = [r for r in csv.DictReader(f) if r["status"] == "failed"]
        assert len(failed) == 4 and failed[0]["failure_reason"] == "panic <b>|x|</b>"
        assert "Oops" in (m.dir / "raw/console-2.txt").read_text()

    def nothing(db):
        madeup.add_experiment(db, "x")
        db.commit()
        return "x"

    with Made(nothing, bundle=False) as m:
        done = slowpath(m.home, "bundle", "x", "-o", m.dir)
        assert done.returncode == 128 and "no runs" in done.stderr and not m.dir.exists()


@tap.test
def names_may_hold_anything():
    name = "x\n# forged\n<script>alert(1)</script> ../../etc | \"q\" ](evil) \u202e"

    def make(db):
        ident = madeup.exact(db, name=name, label="l\n<b>&")
        for table, columns in (("run", ("compiler", "kernel_version")),):
            for column in columns:
                db.execute(f"UPDATE {table} SET {column} = ?", (name,))
        db.execute("UPDATE run SET kernel_release = ? WHERE side = 'new'", (name,))
        db.commit()
        return ident

    with Made(make) as m:
        good(m.dir)
        readme = (m.dir / "README.md").read_text()
        assert "<script" not in readme and "\n# forged" not in readme
        assert not re.search(r"(?<!\\)\]\(evil", readme)
        assert "\u202e" not in readme
        for path in m.dir.glob("plots/*.svg"):
            assert "<script" not in path.read_text()
        assert all(m.dir in p.resolve().parents for p in files(m.dir))
        text = slowpath(m.home, "list").stdout
        # Nothing that a name holds begins a line, or is more than printable text.
        assert not any(line.lstrip().startswith("# forged") for line in text.splitlines()), text
        assert "\u202e" not in text and text.replace("\n", "").isprintable(), text


@tap.test
def a_changed_byte_anywhere_is_found():
    for make in (madeup.exact, madeup.timed):
        with Made(make) as m:
            bundles.flip(m.dir, 60)
            # Every byte of the manifest that is not a digit of a hash matters, too.
            path = m.dir / "manifest.json"
            before = path.read_text()
            for old, new in ((" \"", "  \""), ("\n", "\n\n"), ("\"bytes\"", "\"b\\u0079tes\"")):
                path.write_text(before.replace(old, new, 1))
                status, findings = verify(m.dir)
                assert status == 1 and findings, (old, new)
            path.write_text(before)
            good(m.dir)


@tap.test
def a_forged_conclusion_is_found_although_the_manifest_fits():
    for name, old, new in (
            ("results/01.json", '"new": 354.0', '"new": 355.0'),
            ("results/01.json", '"verdict": "regression"', '"verdict": "improvement"'),
            ("judgement.json", '"verdict": "regression"', '"verdict": "equivalent"'),
            ("summary.csv", ",regression,", ",trivial,"),
            ("summary-mean-cv.csv", "regression", "neutral"),
            ("rows.csv", ",266,", ",265,"),
            ("README.md", "1.3308", "1.1308"),
            ("README.md", "State audit", "Stage audit"),
            ("plots/01-functions.svg", "+328.00", "+128.00"),
            ("profile.yaml", "seed: 1", "seed: 2"),
            ("order.json", "balanced", "random"),
            ("raw/slots.csv", ",protect,", ",protest,"),
            ("raw/functions-1.csv", "do_mprotect_pkey", "do_mprotect_pkez"),
            ("raw/runs.csv", ",ok,", ",failed,"),
            ("raw/state.csv", "present_pages,16384", "present_pages,16383"),
            ("raw/runs.csv", "1,0,0,0,new", "2,0,0,0,new"),
            ("experiment.json", "repetitions: 3", "repetitions: 4"),
            ("scenarios/mprotect.yaml", "64M", "32M")):
        with Made() as m:
            replace(m.dir, name, old, new)
            seal(m.dir)
            status, findings = verify(m.dir)
            assert status == 1 and findings, (name, old, new)


@tap.test
def what_stands_in_two_places_has_to_agree():
    """None of these is a number of the result; each alone would contradict another file."""
    other = madeup.digest("other")
    for name, old, new, said in (
            ("experiment.json", '"guest_sha256": "%s"' % madeup.digest("guest"),
             '"guest_sha256": "%s"' % other, "its guest is"),
            ("experiment.json", '"plugin_sha256": "%s"' % madeup.digest("plugin"),
             '"plugin_sha256": "%s"' % other, "its plugin is"),
            ("experiment.json", '"vmlinux_sha256": "%s"' % madeup.digest("old"),
             '"vmlinux_sha256": "%s"' % other, "its vmlinux is"),
            ("experiment.json", '"spec": "debian:6.16.12', '"spec": "debian:6.16.13',
             "its kernel is"),
            ("experiment.json", '"qemu": "7.2.0"', '"qemu": "7.2.1"', "its QEMU is"),
            ("raw/runs.csv", madeup.digest("plugin"), other, "its plugin is"),
            ("raw/state.csv", "1,expected,present_pages,16384", "1,expected,present_pages,16385",
             "was expected otherwise"),
            ("raw/state.csv", "4,expected,dirty_pages,16384", "4,expected,dirty_pages,",
             "was expected otherwise"),
            ("raw/phases.csv", "5,1,4,12,", "5,1,4,13,", "iterations or windows"),
            # Counted less what the clock showed is stated, and 0 of what is exact.
            ("raw/phases.csv", "6,3,4,12,", "6,3,4,12,9", "raw"),
            ("raw/slots.csv", "6,3,0,protect", "6,3,0,protect", "")):
        with Made() as m:
            replace(m.dir, name, old, new)
            seal(m.dir)
            status, findings = verify(m.dir)
            told = " ".join(f"{f['file']}: {f['what']}" for f in findings)
            assert status == (1 if said else 0), (name, old, new, told)
            assert said in told or "clock.csv" in told, (said, told)
    with Made() as m:
        rows = list(csv.DictReader((m.dir / "clock.csv").read_text().splitlines()))
        assert len(rows) == 6 * 4 and {r["difference"] for r in rows} == {"0"}, rows
    with Made(madeup.timed) as m:
        assert not (m.dir / "clock.csv").exists()


@tap.test
def missing_and_added_files_are_found():
    with Made() as m:
        for path in files(m.dir):
            if path.name == "manifest.json":
                continue
            data = path.read_bytes()
            path.unlink()
            status, findings = verify(m.dir)
            named = {f["file"] for f in findings}
            assert status == 1 and str(path.relative_to(m.dir)) in named, (path, findings)
            path.write_bytes(data)
        (m.dir / "raw/extra.csv").write_text("a\n")
        status, findings = verify(m.dir)
        assert status == 1 and findings[0]["file"] == "raw/extra.csv", findings
        (m.dir / "raw/extra.csv").unlink()
        (m.dir / "raw/more/still").mkdir(parents=True)
        status, findings = verify(m.dir)
        assert status == 1 and findings[0] == {"file": "raw/more/still",
                                               "what": "is an empty folder"}, findings


@tap.test
def hostile_folders_do_no_harm():
    with Made() as m:
        secret = m.dir.parent / "secret"
        secret.write_text("TOP SECRET")
        (m.dir / "raw/console-1.txt").unlink()
        (m.dir / "raw/console-1.txt").symlink_to(secret)
        (m.dir / "more").symlink_to(m.dir.parent)
        os.mkfifo(m.dir / "pipe")
        (m.dir / ".hidden").write_text("x")
        (m.dir / "a\nb").write_text("x")
        with open(m.dir / "huge.csv", "wb") as f:
            f.truncate(10 << 30)
        deep = m.dir.joinpath(*"abcdefgh")
        deep.mkdir(parents=True)
        status, findings = verify(m.dir)
        found = {}
        for f in findings:
            found.setdefault(f["file"], f["what"])
        assert status == 1, findings
        assert "symbolic link" in found["raw/console-1.txt"] and "TOP SECRET" not in str(findings)
        assert {"more", "pipe", ".hidden", "a\nb", "huge.csv"} <= set(found), found
        assert "\nb" not in slowpath(m.home, "verify", m.dir).stdout

    with Made() as m:
        manifest = json.loads((m.dir / "manifest.json").read_text())
        manifest["files"][0]["path"] = "../../etc/passwd"
        (m.dir / "manifest.json").write_text(json.dumps(manifest))
        status, findings = verify(m.dir)
        assert status == 1 and any(".." in f["file"] for f in findings)
        (m.dir / "manifest.json").write_text("[" * 100000)
        assert verify(m.dir)[0] == 1
        (m.dir / "manifest.json").unlink()
        status, said = verify(m.dir)
        assert status == 128 and "no manifest.json" in said
        for put, what in ((os.mkfifo, "is no regular file"),
                          (lambda p: p.symlink_to("README.md"), "is a symbolic link")):
            put(m.dir / "manifest.json")
            status, said = verify(m.dir)
            assert status == 128 and f"manifest.json {what}" in said, said
            (m.dir / "manifest.json").unlink()
        shutil.rmtree(m.dir)
        assert verify(m.dir)[0] == 128
        m.dir.write_text("a file")
        assert slowpath(m.home, "verify", m.dir).returncode == 128


@tap.test
def a_different_state_is_no_verdict_of_compare():
    def make(db):
        ident = madeup.compare(db)
        db.execute("UPDATE page_state SET value = 7 WHERE name = 'pmd_mapped_pages' AND run = 2 "
                   "AND moment != 'expected'")
        db.commit()
        return ident

    with Made(make) as m:
        good(m.dir)
        result = json.loads((m.dir / "results/01.json").read_text())
        assert result["verdict"] == "different-state" and result["state"]["same"] is False
        assert "DIFFERENT STATE" in (m.dir / "README.md").read_text()


@tap.test
def timed_evidence_is_labelled():
    with Made(madeup.timed, factor=1.3) as m:
        readme = (m.dir / "README.md").read_text()
        assert "suspect, slower" in readme and "timed under an emulator" in readme
        assert "no evidence about any hardware" in readme
        result = json.loads((m.dir / "results/01.json").read_text())
        assert result["verdict"] == "suspect" and "metrics" not in result
        assert result["judged"]["ratio"] > 1.29


tap.main()
