# SPDX-License-Identifier: GPL-2.0-or-later
"""survey --from: pages, CSV and JSON of a document, whatever stands in it."""
import csv
import html
import html.parser
import json
import pathlib
import re
import shlex
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import json_schema
import tap
from cli import browser, madeup_survey
from cli.madeup import slowpath

LARGE = (100, 60)  # scenarios, kernels


def make(folder, document, name="pages"):
    (folder / "in.json").write_text(json.dumps(document))
    done = slowpath(folder / "home", "survey", "--from", folder / "in.json", "-o", folder / name)
    assert done.returncode == 0, done
    return folder / name


def files(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def large():
    rows, kernels = LARGE
    return madeup_survey.document(
        {f"file{i}/scenario-{i}": [100 + i * (k > i % kernels) for k in range(kernels)]
         for i in range(rows)}, kernels)


class Links(html.parser.HTMLParser):
    """What a page leads to, and whether anything in it was taken for a script."""
    def __init__(self, text):
        super().__init__()
        self.links, self.scripts = [], 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.links += [v for n, v in attrs if n in ("href", "src") and not v.startswith("data:")]
        self.scripts += tag == "script"


def with_folder(function):
    def wrapped():
        with tempfile.TemporaryDirectory() as folder:
            function(pathlib.Path(folder))
    wrapped.__name__ = function.__name__
    return tap.test(wrapped)


@with_folder
def the_site_has_a_page_a_scenario_and_the_document_itself(folder):
    document = madeup_survey.usual()
    json_schema.check(document, "survey-1")
    made = files(make(folder, document))
    assert set(made) == {"index.html", "scenario/mincore.scan.html",
                         "scenario/mprotect.toggle.html", "survey.csv", "survey.json"}, set(made)
    assert json.loads(made["survey.json"]) == document
    index = made["index.html"].decode()
    assert "2 steps in 1 of 2 scenarios: 1 up, 1 down" in index
    page = made["scenario/mincore.scan.html"].decode()
    for words in ("do_it", "CONFIG_MEMCG_V1: not set", "thp_enabled: madvise", "atomics",
                  "slowpath compare debian:6.2.0+deb13-cloud-amd64 debian:6.3.0"):
        assert words in page, words
    for name in Links(index).links:
        assert name in made, name
    assert Links(page).links == ["../index.html"]


@with_folder
def the_same_document_gives_the_same_bytes(folder):
    document = madeup_survey.usual()
    one, two = make(folder, document, "one"), make(folder, document, "two")
    assert files(one) == files(two)
    make(folder, document, "one")
    assert files(one) == files(two)
    # Of one that had other scenarios, nothing is left.
    make(folder, madeup_survey.document({"other/one": (1, 1, 1, 1)}), "three")
    assert files(make(folder, document, "three")) == files(two)


@with_folder
def csv_has_a_line_a_cell(folder):
    made = make(folder, madeup_survey.usual())
    rows = list(csv.DictReader((made / "survey.csv").open(newline="")))
    assert len(rows) == 8 and {r["status"] for r in rows} == {"ok", "failed"}, rows
    step = rows[2]
    assert (step["scenario"], step["value"], step["ratio_first"], step["ratio_before"],
            step["step"]) == ("mincore/scan", "12", "1.2", "1.2", "up"), step
    failed = rows[6]
    assert failed["value"] == "" and failed["reason"] == "it panicked", failed


@with_folder
def what_began_at_nothing_has_no_ratio(folder):
    made = make(folder, madeup_survey.document({"a/b": (0, 0, 12, 12)}))
    page, index = ((made / n).read_text() for n in ("scenario/a.b.html", "index.html"))
    assert "&#8594; 12.000</b>: " in page and "nan" not in page, page
    cells = re.findall(r'<td class="n([^"]*)"([^>]*) data-c="[^"]*">([^<\n]*)', index)
    assert cells == [("", " data-v=1.0000", "1.000"),
                     ("", " data-v=1.0000 data-b=1.000", "1.000"), ("", "", "-"),
                     ("", " data-b=1.000", "-")], cells
    assert "data-v=-Infinity>-" in index and "nan" not in index, index


@with_folder
def how_to_repeat_has_what_was_asked_for(folder):
    words = ["--cmdline", "a=1 b='2'", "--mem", "768M"]
    document = {**madeup_survey.usual(), "options": words}
    json_schema.check(document, "survey-1")
    # A name that a shell would take for something else.
    document["kernels"][0]["spec"] = document["baseline"] = spec = "/src/it's; rm/vmlinux"
    for r in document["scenarios"]:
        r["series"][0]["kernel"] = spec
    made = make(folder, document)
    page = html.unescape((made / "scenario/mincore.scan.html").read_text())
    typed = [shlex.split(c) for c in re.findall("<pre>(slowpath [^\n]*)</pre>", page)]
    specs = [k["spec"] for k in document["kernels"]]
    assert typed == [
        ["slowpath", "compare", *specs[at - 1:at + 1], "-s", "mincore/scan", "--old-cmdline",
         words[1], "--new-cmdline", *words[1:]] for at in (2, 3)] + [
             ["slowpath", "survey", *specs, "-s", "mincore/scan", *words]], typed
    index = html.unescape((made / "index.html").read_text())
    assert "; with --cmdline 'a=1 b=" in index, index


@with_folder
def counts_that_are_no_instructions_are_not_called_so(folder):
    document = madeup_survey.usual()
    of = lambda name: (make(folder, document, name) / "index.html").read_text()
    assert "Executed instructions per page" in of("one")
    document["scenarios"][1]["unit"] = "calls"
    text = of("two")
    assert "Counts, in the unit of each row" in text and "xecuted instructions" not in text, text
    told = slowpath(folder / "home", "survey", "--from", folder / "in.json", "-o", folder / "two")
    assert "calls per page" in told.stdout and "insns per page" in told.stdout, told
    assert "executed instructions" not in told.stdout, told


@with_folder
def names_are_never_markup(folder):
    bad = madeup_survey.HOSTILE
    document = madeup_survey.document({f"a/{bad}": (1, 2, 3, 4), "a/b.c": (1, 1, 1, 1),
                                       "a.b/c": (1, 1, 1, 1), "../../x": (1, None, 1, 1)})
    for k in document["kernels"]:
        k.update({n: f"{bad}{k[n]}" for n in ("title", "version", "compiler", "release")})
    for r in document["scenarios"]:
        r.update(help=bad, reason=bad)
        for s in r["steps"]:
            s["reason"] = s["functions"][0]["name"] = bad
            s["audit"][0]["old"] = s["events"][0]["name"] = bad
        for c in r["series"]:
            if "failed" in c:
                c["failed"] = bad
    document.update(qemu=bad, slowpath=bad, id=bad, left_out=[{"kernel": bad, "reason": bad}])
    made = make(folder, document)
    pages = [p for p in files(folder) if p.endswith(".html")]
    assert len(pages) == 5 and all(p.startswith("pages/") for p in pages), pages
    for name in pages:
        text = (folder / name).read_text()
        assert "alert(1)" in text and "<script>alert" not in text, name
        assert Links(text).scripts == 1, name
    index = Links((made / "index.html").read_text())
    assert len(set(index.links)) == 4 and all((made / x).is_file() for x in index.links), index.links


@with_folder
def a_folder_of_something_else_is_left_alone(folder):
    (folder / "mine").mkdir()
    (folder / "mine/letter").write_text("dear")
    (folder / "in.json").write_text(json.dumps(madeup_survey.usual()))
    done = slowpath(folder / "home", "survey", "--from", folder / "in.json", "-o", folder / "mine")
    assert done.returncode == 128 and "is there and no survey's" in done.stderr, done
    assert files(folder / "mine") == {"letter": b"dear"}
    # Nor is it a survey's by a survey.json that somebody keeps.
    (folder / "mine/survey.json").write_text("{}")
    done = slowpath(folder / "home", "survey", "--from", folder / "in.json", "-o", folder / "mine")
    assert done.returncode == 128 and "is there and no survey's" in done.stderr, done
    assert set(files(folder / "mine")) == {"letter", "survey.json"}


@with_folder
def what_is_no_survey_is_refused_with_the_place(folder):
    def refused(change, *words):
        document = madeup_survey.usual()
        change(document)
        (folder / "in.json").write_text(json.dumps(document))
        done = slowpath(folder / "home", "survey", "--from", folder / "in.json", "-o",
                        folder / "out")
        assert done.returncode == 128, done
        assert all(w in done.stderr for w in words), (words, done.stderr)
        assert not (folder / "out").exists()

    row = lambda d: d["scenarios"][1]
    refused(lambda d: d.update(schema="slowpath/compare/1"), "slowpath/survey/1")
    refused(lambda d: d.update(kernels=[]), "kernels")
    refused(lambda d: d["kernels"].append(d["kernels"][0]), "kernels[4]", "twice")
    refused(lambda d: d["kernels"][1].pop("title"), "kernels[1]")
    refused(lambda d: row(d)["series"].pop(), "scenarios[1]", "series")
    refused(lambda d: row(d)["series"][1].update(value="1"), "scenarios[1]", "series[1]")
    refused(lambda d: row(d).update(scenario="a/" + "b" * 56), "scenarios[1]", "57 bytes")
    refused(lambda d: row(d).update(cpus=0), "scenarios[1]", "cpus")
    refused(lambda d: d.update(options=[1]), "options")
    refused(lambda d: row(d)["series"].reverse(), "scenarios[1]", "series[0]")
    refused(lambda d: row(d).update(scenario="mincore/scan"), "mincore/scan", "twice")
    refused(lambda d: d["scenarios"][0]["steps"][0].update(first_bad="x"), "scenarios[0]", "step")
    refused(lambda d: d["scenarios"][0]["steps"][0].update(
        first_bad=d["kernels"][0]["spec"]), "scenarios[0]", "order")
    (folder / "in.json").write_text("{")
    done = slowpath(folder / "home", "survey", "--from", folder / "in.json", "-o", folder / "out")
    assert done.returncode == 128 and "in.json:1:" in done.stderr, done


@with_folder
def shards_become_one_survey(folder):
    whole = madeup_survey.usual()
    parts = [{**whole, "id": f"of-{i}", "scenarios": [r]} for i, r in enumerate(whole["scenarios"])]

    def unite(*documents):
        words = []
        for i, document in enumerate(documents):
            (folder / f"{i}.json").write_text(json.dumps(document))
            words += ["--from", folder / f"{i}.json"]
        return slowpath(folder / "home", "survey", *words, "-o", folder / "one", "--json")

    done = unite(*parts)
    assert done.returncode == 0, done
    assert json.loads(done.stdout) == {**whole, "id": "of-0", "shards": 2}
    json_schema.check(json.loads(done.stdout), "survey-1")
    assert "experiment of-0 and 1 other shard." in (folder / "one/index.html").read_text()
    for change, words in (({"qemu": "8.0"}, "its qemu differs"),
                          ({"kernels": whole["kernels"][:3]}, "its kernels differs"),
                          ({"scenarios": parts[0]["scenarios"]}, "is there twice"),
                          ({"options": ["--cmdline", "mitigations=off"]}, "its options differs"),
                          ({"scenarios": 1}, "1.json")):
        done = unite(parts[0], {**parts[1], **change})
        assert done.returncode == 128 and words in done.stderr, (change, done)


@with_folder
def a_large_survey_is_a_small_page(folder):
    rows, kernels = LARGE
    index = make(folder, large()) / "index.html"
    text = index.read_text()
    assert len(text) < 2_000_000, len(text)
    assert len(re.findall(r"<td class=\"n[^>]*data-c=", text)) == rows * kernels


@with_folder
def verdicts_are_seen_and_cells_can_be_switched(folder):
    browser.find()
    usual, big = make(folder, madeup_survey.usual(), "usual"), make(folder, large(), "large")
    with browser.Browser() as b:
        for page in (usual / "index.html", usual / "scenario/mincore.scan.html",
                     big / "index.html"):
            for width in (1280, 800, 390):
                b.open(page, width)
                seen = b.look()
                browser.assert_whole(seen, f"{page} at {width}")
                assert seen["verdicts"][0]["inside"] and seen["verdicts"][0]["top"] < 600, seen
        b.open(usual / "index.html")
        shown = """(() => {const s = document.querySelector('#shown'); s.value = '%s';
            s.dispatchEvent(new Event('change'));
            return [...document.querySelectorAll('#heat tbody tr:first-child td.n')].map(
                c => c.firstChild.data);})()"""
        assert b.run(shown % "v") == ["1.000", "1.000", "1.200", "0.900"]
        assert b.run(shown % "b") == ["-", "1.000", "1.200", "0.750"]
        assert b.run(shown % "c") == ["10.000", "10.000", "12.000", "9.000"]


tap.main()
