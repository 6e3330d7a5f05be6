# SPDX-License-Identifier: GPL-2.0-or-later
"""--with: experiments that explain another, in its bundle, its pages and its mail."""
import json
import pathlib
import re
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from cli import browser, bundles, madeup, madeup_studies
from cli.made import Made

PARTS = (madeup_studies.attribute, madeup_studies.probe, madeup_studies.cover,
         madeup_studies.narrow, madeup_studies.bisect, madeup_studies.fixed)
NAMES = [f"with/{i}-{make.__name__}" for i, make in enumerate(PARTS, 1)]


def home(main=madeup.exact, parts=PARTS, more=None):
    """A home with an experiment and others; .parts: their ids, .given: the words that attach them."""
    ids = []

    def make(db):
        ids.extend(part(db) for part in parts)
        ident = main(db)
        if more:
            more(db)
            db.commit()
        return ident

    made = Made(make)
    made.parts = ids
    made.given = [word for part in ids for word in ("--with", part)]
    return made


def bundle(made, *words):
    return madeup.slowpath(made.home, "bundle", made.id, "-o", made.dir, *(words or made.given))


@tap.test
def attached_ones_are_whole_and_verified():
    with home() as m:
        assert bundle(m).returncode == 0
        bundles.good(m.dir)
        assert sorted(str(p.relative_to(m.dir)) for p in m.dir.glob("with/*")) == NAMES
        for name in NAMES:
            assert (m.dir / name / "raw/runs.csv").exists() and (m.dir / name / "README.md").exists()
            # What the main one has is not there twice.
            assert not list((m.dir / name).glob("kernels/*"))
            assert not (m.dir / name / "reproducer").exists()
        readme = (m.dir / "README.md").read_text()
        for picture in re.findall(r"!\[[^]]*\]\(([^)]*)\)", readme):
            assert (m.dir / picture).is_file(), picture
        for word in ("with/1-attribute/plots/flame.svg", "with/2-probe/plots/batches.svg",
                     "with/4-narrow/plots/series.svg", "2.500 in the mean", "Coverage",
                     "Held by their hashes alone"):
            assert word in readme, word
        status, _, hash_only = bundles.verify(m.dir)
        assert status == 0 and any(h.startswith("with/2-probe/raw/result.json") for h in hash_only)
        again = m.dir.parent / "again"
        assert madeup.slowpath(m.home, "bundle", m.id, "-o", again, *m.given).returncode == 0
        bundles.same(m.dir, again)


@tap.test
def a_forged_part_is_found():
    for name, old, new in (
            ("with/1-attribute/plots/flame.svg", "328.000", "329.000"),
            ("with/1-attribute/raw/slots.csv", ",protect,", ",protest,"),
            ("with/2-probe/raw/result.json", '"1": 30', '"1": 31'),
            ("with/2-probe/raw/runs.csv", madeup.digest("new"), "0" * 64),
            ("with/4-narrow/results/study.json", '"ratio": 1.33', '"ratio": 1.43'),
            ("with/4-narrow/README.md", "354.000", "355.000"),
            ("README.md", "2.500 in the mean", "3.500 in the mean")):
        with home() as m:
            assert bundle(m).returncode == 0
            bundles.replace(m.dir, name, old, new)
            bundles.seal(m.dir)
            assert bundles.verify(m.dir)[0] == 1, (name, old, new)
    for gone in (NAMES[0], NAMES[-1]):
        with home() as m:
            assert bundle(m).returncode == 0
            shutil.rmtree(m.dir / gone)
            manifest = json.loads((m.dir / "manifest.json").read_text())
            manifest["files"] = [f for f in manifest["files"] if not f["path"].startswith(gone)]
            (m.dir / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
            assert bundles.verify(m.dir)[0] == 1, gone
    with home(parts=PARTS[:2]) as m:
        assert bundle(m).returncode == 0
        copy = m.dir / "with/3-attribute"
        shutil.copytree(m.dir / NAMES[0], copy)
        manifest = json.loads((m.dir / "manifest.json").read_text())
        manifest["files"] += [{"path": str(p.relative_to(m.dir))} for p in bundles.files(copy)]
        manifest["files"].sort(key=lambda f: f["path"])
        (m.dir / "manifest.json").write_text(json.dumps(manifest))
        bundles.seal(m.dir)
        status, findings, _ = bundles.verify(m.dir)
        assert status == 1 and any("twice" in f["what"] for f in findings), findings


@tap.test
def a_changed_byte_anywhere_is_found():
    with home() as m:
        assert bundle(m).returncode == 0
        bundles.flip(m.dir, 200)


@tap.test
def what_does_not_belong_is_refused():
    def other_kernel(db):
        db.execute("UPDATE run SET vmlinux_sha256 = ? WHERE experiment = ?",
                   (madeup.digest("other"), madeup_studies.probe.__defaults__[0]))

    def other_cpus(db):
        ident = madeup_studies.probe.__defaults__[0]
        db.execute("UPDATE run SET cpus = 2 WHERE experiment = ?", (ident,))
        db.execute("UPDATE page_state SET value = 2 WHERE moment = 'expected' AND name = "
                   "'online_cpus' AND run IN (SELECT id FROM run WHERE experiment = ?)", (ident,))

    for more, says in ((other_kernel, "other kernels"), (other_cpus, "number of CPUs")):
        with home(parts=[madeup_studies.probe], more=more) as m:
            done = bundle(m)
            assert done.returncode == 128 and says in done.stderr and not m.dir.exists(), done
    with home(parts=[madeup_studies.probe, madeup.compare]) as m:
        probe, compare = m.parts
        for words, says in ((("--with", probe, "--with", probe), "twice"),
                            (("--with", compare), "explains nothing"),
                            (("--with", "nope"), "no experiment"),
                            (("--with", probe) * 9, "8 at most")):
            done = bundle(m, *words)
            assert done.returncode == 128 and says in done.stderr and not m.dir.exists(), done
        done = madeup.slowpath(m.home, "bundle", probe, "-o", m.dir, "--with", m.id)
        assert done.returncode == 128, done


def mail(m, *words):
    done = madeup.slowpath(m.home, "report", m.id, "--format", "mail", *words)
    assert done.returncode == 0, done
    return done.stdout


@tap.test
def the_mail_tells_the_mechanism():
    with home(parts=[madeup_studies.attribute, madeup_studies.probe]) as m:
        text = mail(m, *m.given)
        body = text[text.index("\n\n"):text.index("Content-Type: text/x-csrc")]
        assert all(len(line) <= 72 for line in body.splitlines()), body
        flat = " ".join(text.split())
        for words in ("loads 66.500 and 88.500", "called 40 times, argument 6: 2.500 in the mean",
                      "To narrow it down", "slowpath narrow git:LINUX@v6.16 git:LINUX@v6.17",
                      "no range between them was measured"):
            assert words in flat, (words, text)
        assert "#regzbot introduced" not in text


@tap.test
def a_range_comes_from_a_measured_search_only():
    def mainline(db):
        db.execute("UPDATE run SET kernel_release = '6.16.0-made' WHERE experiment = ? AND "
                   "kernel_release LIKE '6.16.12%'", (madeup_studies.narrow.__defaults__[0],))
        db.execute("UPDATE run SET kernel_release = '6.17.0-made' WHERE experiment = ? AND "
                   "kernel_release LIKE '6.17.13%'", (madeup_studies.narrow.__defaults__[0],))

    with home(parts=[madeup_studies.narrow]) as m:
        assert "#regzbot" not in mail(m, *m.given, "--regzbot")
    with home(parts=[madeup_studies.narrow], more=mainline) as m:
        assert "\n\n#regzbot introduced: v6.16..v6.17\n" in mail(m, *m.given, "--regzbot")
        assert "#regzbot" not in mail(m, *m.given) + mail(m, "--regzbot")
        assert "To narrow it down" not in mail(m, *m.given)
        assert "#regzbot introduced: v6.16..v6.17" in mail(m, *m.given, "--regzbot",
                                                           "--introduced", "v6.16..v6.17")
        done = madeup.slowpath(m.home, "report", m.id, "--format", "mail", *m.given,
                               "--introduced", "v6.15..v6.17")
        assert done.returncode == 128 and "was not measured" in done.stderr, done
    with home(parts=[madeup_studies.bisect]) as m:
        assert f"#regzbot introduced: {madeup_studies.COMMITS['culprit']}" in mail(
            m, *m.given, "--regzbot")
        assert '\n  Fixes: cccccccccccc ("mm: <b>faster</b>")\n' in mail(m, *m.given)
        assert "Fixes:" not in mail(m)
        done = madeup.slowpath(m.home, "report", m.id, "--format", "mail", *m.given,
                               "--introduced", "0123456789ab")
        assert done.returncode == 128 and "the bisection has proven" in done.stderr, done

    def tags(db):
        db.execute("UPDATE run SET kernel_release = CASE side WHEN 'old' THEN '6.16.0-made' ELSE "
                   "'6.17.0-made' END WHERE experiment = ?", (madeup.exact.__defaults__[0],))

    # A commit says more than the range that it lies in.
    with home(parts=[madeup_studies.bisect], more=tags) as m:
        assert "#regzbot introduced: v6.16..v6.17" in mail(m, "--regzbot")
        assert f"introduced: {madeup_studies.COMMITS['culprit']}" in mail(m, *m.given, "--regzbot")


@tap.test
def pages_have_the_pictures():
    with home() as m:
        done = madeup.slowpath(m.home, "report", m.id, "--format", "md", "-o", m.dir, *m.given)
        assert done.returncode == 0, done
        pictures = re.findall(r"!\[[^]]*\]\(([^)]*)\)", (m.dir / "README.md").read_text())
        assert len(pictures) == 6 and all((m.dir / p).is_file() for p in pictures), pictures
        page = m.dir.parent / "page.html"
        done = madeup.slowpath(m.home, "report", m.id, "--format", "html", "-o", page, *m.given)
        assert done.returncode == 0, done
        text = page.read_text()
        assert text.count("<svg xmlns") == 6 and "url(" not in text and "<b>faster" not in text


@tap.test
def pictures_are_drawn_in_a_browser():
    browser.find()
    with home() as m, browser.Browser() as b:
        page = m.dir.parent / "page.html"
        done = madeup.slowpath(m.home, "report", m.id, "--format", "html", "-o", page, *m.given)
        assert done.returncode == 0, done
        for width in (1280, 390):
            b.open(page, width)
            seen = b.look()
            assert seen["drawn"] == 6, seen
            browser.assert_whole(seen, width)


tap.main()
