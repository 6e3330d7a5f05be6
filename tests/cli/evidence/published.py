# SPDX-License-Identifier: GPL-2.0-or-later
"""The surveys that are in the repository: pages come of them, and README says what they say."""
import gzip
import json
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "tools"))
import json_schema
import survey_table
import tap
from cli.madeup import slowpath

FOLDER = tap.SOURCE / "survey"
DATA = sorted(FOLDER.glob("*.json.gz"))


@tap.test
def there_is_one():
    assert DATA and all(p.stat().st_size < 2_000_000 for p in DATA), DATA


@tap.test
def pages_are_made_of_each():
    for path in DATA:
        document = survey_table.read(path)
        json_schema.check(document, "survey-1")
        with tempfile.TemporaryDirectory() as folder:
            plain = pathlib.Path(folder) / "survey.json"
            plain.write_bytes(gzip.decompress(path.read_bytes()))
            site = pathlib.Path(folder) / "pages"
            done = slowpath(folder, "survey", "--from", plain, "-o", site)
            assert done.returncode == 0, done
            assert json.loads((site / "survey.json").read_text()) == document
            pages = list((site / "scenario").iterdir())
            assert len(pages) == len(document["scenarios"]), pages
            index = (site / "index.html").read_text()
            cells = sum("value" in c for r in document["scenarios"] for c in r["series"])
            assert index.count(" data-c=") == cells
            assert done.stdout.count("not measured:") == \
                len(document["scenarios"]) * len(document["kernels"]) - cells


@tap.test
def it_is_of_one_library_and_names_no_machine():
    names = {s["name"] for s in json.loads(slowpath("/nonexistent", "scenario", "list",
                                                    "--json").stdout)["scenarios"]}
    for path in DATA:
        document = survey_table.read(path)
        assert {r["scenario"] for r in document["scenarios"]} <= names
        assert all(k["spec"].startswith("debian:") for k in document["kernels"])


@tap.test
def every_step_adds_up():
    for path in DATA:
        for row in survey_table.read(path)["scenarios"]:
            values = {c["kernel"]: c.get("value") for c in row["series"]}
            for step in row["steps"]:
                assert (step["old"], step["new"]) == (values[step["last_good"]],
                                                      values[step["first_bad"]]), (row, step)
                total = sum(f["delta"] for f in step["functions"]) + step["unattributed"]
                assert abs(total - step["delta"]) < 1e-6 * abs(step["new"]) + 1e-9, (
                    row["scenario"], step["first_bad"], total, step["delta"])


@tap.test
def the_words_are_made_of_the_data():
    told = (FOLDER / "README.md").read_text(encoding="utf-8")
    made = told.split(survey_table.BEGIN)[1].split(survey_table.END)[0].strip()
    assert made == survey_table.text(survey_table.read(FOLDER / "x86-64.json.gz")).strip()


tap.main()
