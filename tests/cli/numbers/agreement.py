# SPDX-License-Identifier: GPL-2.0-or-later
"""The same runs say the same, whoever is asked: judge, bundle, verify, the export, narrow, report.

Each class of counts is put into the database once as an experiment of 'compare', once as one of
'run' and once as one of 'narrow'; what every command says of it has to be equal in value, spread,
exactness, verdict and words."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from cli import bundles, madeup, madeup_studies
from cli.made import Made
from cli.planted import (ITEMS, add_counts_of, clock, clock_hides, much, nothing, of_compare, of_run,
                         swapped, taken_back, total)

slowpath = madeup.slowpath


# Name: what is planted in NEW, CPUs, then the words of the mode, of the verdict and of the reason.
CLASSES = {
    "exact": (nothing, 1, "exact", "regression", None),
    "total": (total, 1, "near-exact", "regression", "in 1 function, most in change_protection"),
    "swapped": (swapped, 1, "near-exact", "regression", "in 2 functions"),
    "clock": (clock, 1, "near-exact", "regression", "by 12 instructions"),
    "two CPUs": (nothing, 2, "near-exact", "regression", "it ran on 2 CPUs"),
    "part": (much, 1, "near-exact", "regression", "in 1 function"),
    "taken back": (taken_back, 1, "near-exact", "inconclusive", "in 1 function"),
    "clock hides": (clock_hides, 1, "near-exact", "inconclusive", "by 6553600 instructions"),
}


def of_narrow(db, plant, cpus, ident="20260513-100000-d00001"):
    specs = [madeup.SPECS["old"], madeup.SPECS["new"]]
    madeup_studies.experiment(db, ident, "narrow", kernels=specs, threshold=0.01, all=False,
                              baseline=specs[0], from_range=[False] * 2, cpus=cpus)
    add_counts_of(db, ident, plant, cpus, 1, sides=specs)
    madeup_studies.result(db, ident, "regression", {"schema": "slowpath/narrow/1", "skipped": []})
    return ident


def first_metric(document):
    """What a document of compare says of its first metric, as judge says it."""
    m = document["metrics"][0]
    return {"old": m["old"], "new": m["new"], "spread_old": m["spread_old"],
            "spread_new": m["spread_new"], "exact": document["mode"] == "exact",
            "mode": document["mode"], "why_not": document["why_not"],
            "verdict": document["verdict"], "reason": document["reason"],
            "part": document["part"], "old_reading": m["old_reading"], "new_reading": m["new_reading"]}


def judged(home, *what):
    """What judge says of the primary row, and the exit status."""
    done = slowpath(home, "judge", *what, "--json")
    rows = [r for r in json.loads(done.stdout)["rows"] if r["primary"]]
    assert len(rows) == 1, rows
    return {k: rows[0][k] for k in ("old", "new", "spread_old", "spread_new", "exact", "mode",
                                    "why_not", "verdict", "reason", "part", "old_reading",
                                    "new_reading")}, done.returncode


def bundled(m):
    """The bundle's documents, after it was verified: results/01.json, and its README."""
    done = slowpath(m.home, "bundle", m.id, "-o", m.dir)
    assert done.returncode == 0, done
    bundles.good(m.dir)
    return (json.loads((m.dir / "results/01.json").read_text()),
            (m.dir / "README.md").read_text())


def exported(m):
    """What judge says of its own export."""
    rows = m.dir.parent / "rows.csv"
    rows.write_text(slowpath(m.home, "judge", m.id, "--csv").stdout)
    return judged(m.home, rows, "--baseline", "old")


def kept(m):
    """Another home with the experiment and, as after a real run, with what its runs come to."""
    home = m.dir.parent / "kept"
    assert slowpath(home, "merge", pathlib.Path(m.home, "slowpath.db")).returncode == 0
    return home


def same(a, b, what):
    """Equal but for how a number was written."""
    assert a.keys() == b.keys(), what
    for key in a:
        if isinstance(a[key], float):
            assert abs(a[key] - b[key]) <= 1e-12 * abs(a[key]), (what, key, a[key], b[key])
        elif isinstance(a[key], dict):
            same(a[key], b[key], f"{what}: {key}")
        else:
            assert a[key] == b[key], (what, key, a[key], b[key])


def check(name):
    plant, cpus, mode, verdict, why = CLASSES[name]
    status = {"regression": 1, "inconclusive": 125}[verdict]
    part = "exact" if name == "part" else None
    said_of_it = f"| {mode} | {verdict}{', exact part' if part else ''} |"
    with Made(lambda db: of_compare(db, plant, cpus)) as m:
        document, readme = bundled(m)
        compared = first_metric(document)
        assert (compared["mode"], compared["verdict"]) == (mode, verdict), compared
        assert compared["part"] == part, compared
        assert why is None and compared["why_not"] is None or why in compared["why_not"], compared
        same(compared, judged(m.home, m.id)[0], "judge of compare")
        assert judged(m.home, m.id)[1] == status
        assert said_of_it in readme, readme
    with Made(lambda db: of_run(db, plant, cpus)) as m:
        said, code = judged(m.home, m.id)
        same(compared, said, "judge of run")
        assert code == status, code
        same(compared, exported(m)[0], "judge of run's export")
        same(compared, judged(kept(m), m.id)[0], "judge by what was kept")
        document, readme = bundled(m)
        same(compared, first_metric(document), "bundle of run")
        assert said_of_it in readme, readme
        plain = readme.replace("\\_", "_")
        assert why is None or "near-exact (" in plain and why in plain, readme
        assert ("(exact" in readme) == (mode == "exact"), readme
    with Made(lambda db: of_narrow(db, plant, cpus)) as m:
        assert slowpath(m.home, "bundle", m.id, "-o", m.dir).returncode == 0
        bundles.good(m.dir)
        study = json.loads((m.dir / "results/study.json").read_text())
        assert study["mode"] == mode, study["mode"]
        for side, entry in zip(("old", "new"), study["series"]):
            same(compared[f"{side}_reading"], entry["reading"], f"narrow: {side}")
        # A step is what differs; what cannot be told is none.
        assert len(study["steps"]) == (verdict == "regression"), study["steps"]
        for step in study["steps"]:
            assert (step["verdict"], step["reason"]) == (verdict, compared["reason"]), step


for NAME in CLASSES:
    def _check(name=NAME):
        check(name)
    _check.__name__ = f"all_say_the_same_of_{NAME.replace(' ', '_').replace('-', '_')}"
    tap.test(_check)


@tap.test
def blocks_that_differ_are_not_exact():
    """Each block is exact by itself; only the experiment of several can see that they differ."""
    def more(insns, beyond):
        for phase in (1, 3):
            insns[phase, 0, "change_protection"] += ITEMS

    def other_function(insns, beyond):
        for phase in (1, 3):
            insns[phase, 0, "change_protection"] -= ITEMS
            insns[phase, 0, "do_mprotect_pkey"] += ITEMS

    for later, why, spread in ((more, "its blocks differ", 1.0),
                               (other_function, "functions differ between its blocks", 0.0)):
        with Made(lambda db: of_run(db, nothing, 1, blocks=3, later=later)) as m:
            said, code = judged(m.home, m.id)
            assert code == 1 and said["mode"] == "near-exact" and why in said["why_not"], said
            assert abs(said["spread_new"] - spread) < 1e-9, said
            same(said, exported(m)[0], "export")
            readme = bundled(m)[1]
            assert "| near-exact | regression |" in readme and "(exact" not in readme, readme


@tap.test
def a_file_that_does_not_say_how_far_runs_are_off_is_not_exact():
    for blocks, verdict in ((1, "inconclusive"), (3, "regression")):
        with Made(lambda db: of_run(db, nothing, 1, blocks=blocks)) as m:
            rows = m.dir.parent / "rows.csv"
            lines = slowpath(m.home, "judge", m.id, "--csv").stdout.splitlines()
            rows.write_text("".join(",".join(line.split(",")[:14]) + "\n" for line in lines))
            said, _ = judged(m.home, rows, "--baseline", "old")
            assert (said["mode"], said["verdict"]) == ("near-exact", verdict), said


@tap.test
def a_slope_below_zero_is_read_again():
    """What a phase's edge leaves in a segment; the export is ours, so judge takes it back."""
    def edge(insns, beyond):
        for phase in (1, 3):
            insns[phase, 2, "[user]"] = insns[0, 2, "[user]"] - ITEMS

    with Made(lambda db: of_run(db, edge, 1)) as m:
        assert ",-" in slowpath(m.home, "judge", m.id, "--csv").stdout
        same(judged(m.home, m.id)[0], exported(m)[0], "export")


@tap.test
def what_was_kept_is_believed_only_if_it_follows():
    with Made(lambda db: of_run(db, swapped, 1)) as m:
        home = kept(m)
        said = judged(home, m.id)[0]
        assert "in 2 functions" in said["why_not"], said
        with madeup.open_db(home) as db:
            db.execute("UPDATE reading SET exact = 1, why_not = NULL, value = value + 1")
        said = judged(home, m.id)[0]
        assert said["mode"] == "near-exact" and "does not follow" in said["why_not"], said
        assert said["old"] == 266.0, said


@tap.test
def perturbed_runs_are_no_blocks():
    """What --confirm measures beside the pair that is judged does not move the pair."""
    def confirmed(db):
        ident = of_compare(db, nothing, 1)
        add_counts_of_perturbed(db, ident)
        return ident

    with Made(lambda db: of_compare(db, nothing, 1)) as m:
        alone = judged(m.home, m.id)
    with Made(confirmed) as m:
        same(alone[0], judged(m.home, m.id)[0], "confirm")


def add_counts_of_perturbed(db, ident):
    def other(insns, beyond):
        insns[1, 0, "change_protection"] += 7 * ITEMS

    for position, kernel in enumerate(("old", "new")):
        run = madeup.add_run(db, ident, 1, position, kernel)
        madeup.add_counts(db, run, kernel, plant=other)
        db.execute("UPDATE run SET perturbation = ? WHERE id = ?",
                   (json.dumps({"seed": 1, "extra_memory_mib": 0, "initrd_pad_bytes": 0,
                                "map_offset": 0}), run))
    db.commit()


if __name__ == "__main__":
    tap.main()
