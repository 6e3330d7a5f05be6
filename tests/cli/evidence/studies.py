# SPDX-License-Identifier: GPL-2.0-or-later
"""Bundles of commands that explain or search: what is in them, and that a forgery is found."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from cli import bundles, madeup, madeup_studies
from cli.made import Made


def kept(m):
    return json.loads((m.dir / "raw/result.json").read_text())


def study(m):
    return json.loads((m.dir / "results/study.json").read_text())


def with_bundle(make):
    made = Made(make)
    done = madeup.slowpath(made.home, "bundle", made.id, "-o", made.dir)
    assert done.returncode == 0, (make, done)
    return made


@tap.test
def all_kinds_are_bundled_and_agree():
    for make in madeup_studies.ALL:
        with with_bundle(make) as m:
            bundles.good(m.dir)
            again = m.dir.parent / "again"
            assert madeup.slowpath(m.home, "bundle", m.id, "-o", again).returncode == 0
            bundles.same(m.dir, again)
            text = "".join(p.read_text() for p in bundles.files(m.dir))
            assert madeup.FOLDER not in text and "<b>" not in (m.dir / "README.md").read_text()
            assert madeup.slowpath(m.home, "list").returncode == 0
            for form in ("html", "md"):
                done = madeup.slowpath(m.home, "report", m.id, "--format", form, "-o",
                                       m.dir.parent / form)
                assert done.returncode == 0, (make, done)


@tap.test
def a_series_is_searched_again():
    with with_bundle(madeup_studies.narrow) as m:
        document = study(m)
        assert [s["value"] for s in document["series"]] == [266, 354, 354]
        (step,) = document["steps"]
        assert step["ratio"] == 354 / 266 and step["verdict"] == "regression"
        assert document["skipped"] == kept(m)["skipped"] and len(kept(m)) == 1
        readme = (m.dir / "README.md").read_text()
        assert "plots/series.svg" in readme and "no suite has it" in str(document)
        assert "slowpath narrow 'debian:6.15'" in readme
        status, _, hash_only = bundles.verify(m.dir)
        assert status == 0 and "could not be fetched" in hash_only[-1], hash_only
    with with_bundle(madeup_studies.narrow_timed) as m:
        document = study(m)
        assert document["verdict"] == "inconclusive" and document["mode"] == "timed"
        assert [s["runs"] for s in document["series"]] == [30, 30], document["series"]


@tap.test
def a_gap_is_measured_again():
    with with_bundle(madeup_studies.fixed) as m:
        document = study(m)
        assert document["status"] == "closed" and document["metrics"][0]["closed"] == 100
        assert not (m.dir / "raw/result.json").exists()
        assert len(list(m.dir.glob("results/0*.json"))) == 2


@tap.test
def mechanism_carries_no_verdict():
    with with_bundle(madeup_studies.attribute) as m:
        readme = (m.dir / "README.md").read_text()
        assert "No verdict" in readme and "plots/flame.svg" in readme and "loads" in readme
        assert "as written" in readme and "which lines" in readme, readme
        assert json.loads((m.dir / "results/01.json").read_text())["verdict"] == "inconclusive"
        done = madeup.slowpath(m.home, "report", m.id, "--format", "mail")
        assert done.returncode == 128 and "probes were on" in done.stderr
        assert "--with" in done.stderr
    with with_bundle(madeup_studies.probe) as m:
        assert "2.500 in the mean" in (m.dir / "README.md").read_text()
        assert (m.dir / "rows.csv").read_text().count("\n") == 1


@tap.test
def a_foreign_program_is_named_by_its_hash():
    with with_bundle(madeup_studies.program) as m:
        readme = (m.dir / "README.md").read_text()
        assert "hello -n 3" in readme and madeup.digest("a static binary") in readme
        metrics = json.loads((m.dir / "results/01.json").read_text())["metrics"]
        assert metrics[0]["ratio"] == 1.2 and metrics[-1]["name"] == "pages", metrics
        done = madeup.slowpath(m.home, "report", m.id, "--format", "mail")
        assert done.returncode == 128 and "foreign program" in done.stderr, done

    def secret(db):
        return madeup_studies.program(db, words=("hello", f"{madeup.FOLDER}/secret/file"))

    with with_bundle(secret) as m:
        bundles.good(m.dir)
        assert madeup.FOLDER not in (m.dir / "raw/programs.csv").read_text()


FORGERIES = (
    ("narrow", "results/study.json", '"ratio": 1.33', '"ratio": 1.43'),
    ("narrow", "raw/slots.csv", ",protect,", ",protest,"),
    ("narrow", "experiment.json", '"threshold": 0.01', '"threshold": 0.5'),
    ("narrow", "experiment.json", '"debian:7.0"', '"debian:7.9"'),
    ("narrow", "plots/series.svg", "354.000", "355.000"),
    ("narrow_timed", "results/study.json", '"runs": 30', '"runs": 31'),
    ("fixed", "results/study.json", '"closed": 100', '"closed": 101'),
    ("attribute", "raw/result.json", '"new": 328', '"new": 329'),
    ("attribute", "raw/result.json", '"insns": 354', '"insns": 353'),
    ("attribute", "plots/flame.svg", "328.000", "329.000"),
    ("attribute", "raw/result.json", '"line_new": 9,\n      "old": {\n       "insns": 0,',
     '"line_new": 9,\n      "old": {\n       "insns": 1,'),
    ("cover", "raw/result.json", '"covered_any": 1', '"covered_any": 2'),
    ("cover", "raw/result.json", '"runs": 0', '"runs": 2'),
    ("probe", "raw/result.json", '"1": 30', '"1": 31'),
    ("probe", "raw/result.json", '"mean": 2.5', '"mean": 1.5'),
    ("bisect", "raw/result.json", '"won_back": 1.0', '"won_back": 0.9'),
    ("bisect", "raw/result.json", '"status": "proven",\n   "reason"',
     '"status": "likely",\n   "reason"'),
    ("bisect", "raw/result.json", '"value": 266', '"value": 267'),
    ("bisect_timed", "raw/result.json", '"status": "likely",\n   "reason"',
     '"status": "proven",\n   "reason"'),
    ("bisect_timed", "raw/result.json", '"value": 73.', '"value": 74.'),
    ("program", "raw/programs.csv", "hello", "hallo"),
    ("program", "raw/printed.csv", "pages,12", "pages,13"),
)


@tap.test
def a_forgery_is_found_although_the_manifest_fits():
    for kind, name, old, new in FORGERIES:
        with with_bundle(getattr(madeup_studies, kind)) as m:
            bundles.replace(m.dir, name, old, new)
            bundles.seal(m.dir)
            status, findings, _ = bundles.verify(m.dir)
            assert status == 1 and findings, (kind, name, old, new)


@tap.test
def what_contradicts_its_rows_is_not_bundled():
    def wrong(db):
        ident = madeup_studies.cover(db)
        db.execute("UPDATE result SET document = replace(document, '\"runs\": 2', '\"runs\": 3')")
        db.commit()
        return ident

    with Made(wrong) as m:
        done = madeup.slowpath(m.home, "bundle", m.id, "-o", m.dir)
        assert done.returncode == 128 and "follows from the rows" in done.stderr, done
        assert not m.dir.exists()

    def unknown(db):
        ident = madeup_studies.cover(db)
        db.execute("UPDATE experiment SET command = replace(command, '\"cover\"', '\"conjure\"')")
        db.commit()
        return ident

    with Made(unknown) as m:
        done = madeup.slowpath(m.home, "bundle", m.id, "-o", m.dir)
        assert done.returncode == 128 and "conjure" in done.stderr, done

    def unended(db):
        ident = madeup_studies.attribute(db)
        db.execute("DELETE FROM result")
        db.execute("UPDATE experiment SET finished = NULL")
        db.commit()
        return ident

    with with_bundle(unended) as m:
        bundles.good(m.dir)
        assert "UNFINISHED" in (m.dir / "README.md").read_text()


@tap.test
def a_changed_byte_anywhere_is_found():
    for make in madeup_studies.ALL:
        with with_bundle(make) as m:
            bundles.flip(m.dir, 30)


tap.main()
