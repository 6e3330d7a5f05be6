# SPDX-License-Identifier: GPL-2.0-or-later
"""report --format html: what a reader sees first, and that nothing of it is lost in any window."""
import html
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from cli import browser, madeup, madeup_studies
from cli.made import Made

WIDTHS = (1280, 800, 390)
SCENARIO = madeup.SCENARIO
LONG = "mm/mprotect: " + "a subject that is longer than any label " * 4
URL = "https://example.org/linux/v6.17"


def report(made, *args):
    done = madeup.slowpath(made.home, "report", made.id, "--format", "html", *args)
    assert done.returncode == 0, done
    return done.stdout


def timed(db):
    return madeup.timed(db, accelerator="kvm")


def commits(db):
    """Two commits of one tree, with subjects as long as they come."""
    ident = madeup.compare(db)
    tree = f"git:{madeup.FOLDER}/linux"
    db.execute("UPDATE run SET kernel_release = '6.12.117', kernel_subject = ?, kernel_spec = CASE "
               "side WHEN 'old' THEN ? ELSE ? END",
               (LONG, f"{tree}@{'1' * 40}", f"{tree}@{'2' * 40}"))
    return ident


def long_series(db):
    """Releases that no label has room for, of a scenario whose step goes down."""
    ident = madeup_studies.narrow(db)
    db.execute("UPDATE run SET kernel_release = kernel_release || '-' || ?",
               ("a-flavour-that-has-a-name-of-its-own-" * 3,))
    return ident


def down(db):
    """A series that gets better."""
    ident = madeup_studies.narrow(db)
    for table in ("phase", "slot", "function_count", "page_state"):
        db.execute(f"DELETE FROM {table}")
    for run, side in db.execute("SELECT id, side FROM run").fetchall():
        madeup.add_counts(db, run, "new" if "6.15" in side else "old")
    db.commit()
    return ident


def several(db):
    """Two scenarios, of which one is the same on both sides."""
    ident = madeup.compare(db)
    other = "mprotect/anon-toggle"
    for position, side in enumerate(("old", "new")):
        run = madeup.add_run(db, ident, 1, position, side)
        madeup.add_counts(db, run, "old")
        db.execute("UPDATE run SET scenario = ?, scenario_sha256 = ? WHERE id = ?",
                   (other, madeup.digest(f"{other}\n{madeup.scenario_file()}"), run))
    db.commit()
    return ident


KINDS = {
    "exact": (madeup.exact, f"{SCENARIO}: 6.16.12 -> 6.17.13, 1.33x"),
    "timed": (timed, f"{SCENARIO}: 6.16.12 -> 6.17.13, 1.30x"),
    "compare": (madeup.compare, f"{SCENARIO}: 6.16.12 -> 6.17.13, 1.33x"),
    "commits": (commits, f"{SCENARIO}: 111111111111 -> 222222222222, 1.33x"),
    "narrow": (madeup_studies.narrow,
               f"{SCENARIO}: 6.16.12 to 6.17.13, 1 step, 1.33x at 6.17.13"),
    "down": (down, f"{SCENARIO}: 6.16.12 to 6.17.13, 1 step, 0.75x at 6.17.13"),
    "long series": (long_series, None),
    "narrow, timed": (madeup_studies.narrow_timed, f"{SCENARIO}: 6.17.13 to 6.17.13, no step"),
    "fixed": (madeup_studies.fixed, None),
    "attribute": (madeup_studies.attribute, f"{SCENARIO}: 6.16.12 -> 6.17.13, 1.33x (attribute)"),
    "cover": (madeup_studies.cover, f"{SCENARIO}: 6.17.13, cover"),
    "probe": (madeup_studies.probe, f"{SCENARIO}: 6.17.13, probe"),
    "bisect": (madeup_studies.bisect, f"{SCENARIO}: 1.33x since cccccccccccc, proven"),
    "bisect, timed": (madeup_studies.bisect_timed,
                      f"{SCENARIO}: 1.50x since cccccccccccc, likely"),
    "program": (madeup_studies.program, "program/hello: 6.16.12 -> 6.17.13, 1.20x"),
    "several": (several, "2 scenarios: 6.16.12 -> 6.17.13, 1.00x to 1.33x"),
}


def text_of(page):
    """What is read, without what is drawn."""
    return html.unescape(re.sub(r"<[^>]*>", "", re.sub(
        r"<(svg|style|script)\b.*?</\1>", "", page, flags=re.S)))


@tap.test
def titles_say_what_came_of_it():
    for name, (make, title) in KINDS.items():
        with Made(make) as m:
            page = report(m)
            seen = [html.unescape(t) for t in re.search(
                r"<title>(.*?)</title>.*<h1>(.*?)</h1>", page, re.S).groups()]
            assert seen[0] == seen[1] and title in (None, seen[0]), (name, seen)
            assert SCENARIO in seen[0] or name in ("program", "several"), (name, seen)


@tap.test
def what_matters_stands_first():
    for name, (make, _) in KINDS.items():
        with Made(make) as m:
            page = report(m)
            parts = ["<h1>", 'class="verdict' if "class=\"verdict" in page else "class=verdict"]
            parts += ["id=result"] if "id=result" in page else []
            parts += ["id=s1>"] if "id=s1>" in page else []
            parts += [">Not claimed<", ">Environment<", "id=raw"]
            at = [page.index(p) for p in parts]
            assert at == sorted(at), (name, list(zip(parts, at)))
            for link in re.findall(r'href="#(\w+)"', page):
                assert f"id={link}>" in page, (name, link)
    with Made(several) as m:
        page = report(m)
        assert re.findall(r'href="#(\w+)"', page) == ["s1", "s2"]
        assert '<p class="verdict regression">1 regression, 1 equivalent</p>' in page
        assert page.count("<section ") == 2
        assert len(re.findall(r"slowpath compare [^\n]* -s &#39;|slowpath compare [^\n]* -s '",
                              page)) == 2, page


@tap.test
def a_row_says_its_verdict_in_a_word():
    with Made(madeup.exact) as m:
        row = re.search(r"<table id=result.*?<tbody>\n(.*?)\n", report(m), re.S).group(1)
        cells = [text_of(c) for c in row.split("<td")[1:]]
        flat = " ".join(cells)
        for word in (SCENARIO, "regression", "1.3308x", "266.000", "354.000", "3 blocks"):
            assert word in flat, (word, row)
        assert 'class="badge regression"' in row and "<svg class=bar" in row


@tap.test
def what_did_not_change_takes_no_row():
    for name, (make, _) in KINDS.items():
        with Made(make) as m:
            page = report(m)
            for table in re.findall(r"<table[^>]*>.*?</table>", page, re.S):
                for row in re.findall(r"<tr>.*?(?=<tr>|</tbody>|</table>|$)", table, re.S):
                    assert "+0.000" not in row, (name, row)
    with Made(madeup.compare) as m:
        page = report(m)
        assert ">do_mprotect_pkey" not in page and "others did not change" in page
        assert page.index("<details><summary>Functions") < page.index("<td>prot_commit_flush_ptes")


@tap.test
def a_step_down_accuses_nobody():
    with Made(down) as m:
        page = text_of(report(m)).lower()
        assert "before" in page and "after" in page and "improvement" in page
        for word in ("last good", "first bad", "good", "bad"):
            assert word not in page.split("environment")[0], word


@tap.test
def the_same_bytes_come_twice():
    for name, (make, _) in KINDS.items():
        with Made(make) as m:
            assert report(m) == report(m), name


@tap.test
def it_is_one_file():
    for name, (make, _) in KINDS.items():
        with Made(make) as m:
            page = report(m)
            assert page.count("<svg ") == page.count("</svg>"), name
            links = [u for u in re.findall(r'(?:src|href|action)="([^"]*)"', page) if u[0] != "#"]
            assert links == ["data:,"], (name, links)
            assert "url(" not in page and "@import" not in page and "default-src 'none'" in page
            assert page.count("<script") == 1 and madeup.FOLDER not in page


@tap.test
def links_need_an_address():
    with Made(madeup.compare) as m:
        page = report(m, "--source-url", URL, "--bundle-url", "https://example.org/b/")
        for link in (f'href="{URL}/mm/mprotect.c"', 'href="https://example.org/b/results/01.json"',
                     'href="https://example.org/b/manifest.json"',
                     'href="https://example.org/b/reproducer/mprotect-shared-dirty-toggle.c"'):
            assert link in page, link
        for bad in ("example.org/x", "javascript:alert(1)", "https://", "https://example.org/a b",
                    "https://example.org/'x", 'https://example.org/"x', "https://example.org/&x",
                    "https://example.org/" + "x" * 300):
            for option in ("--source-url", "--bundle-url"):
                done = madeup.slowpath(m.home, "report", m.id, "--format", "html", option, bad)
                assert done.returncode == 128 and not done.stdout and option in done.stderr, done
        done = madeup.slowpath(m.home, "report", m.id, "--format", "mail", "--source-url", URL)
        assert done.returncode == 129, done
    with Made(madeup_studies.attribute) as m:
        assert f'href="{URL}/mm/mprotect.c#L9"' in report(m, "--source-url", f"{URL}/")
    with Made(madeup_studies.cover) as m:
        assert f'href="{URL}/mm/mprotect.c#L10">change_protection</a>' in report(
            m, "--source-url", URL)

    def evil(db):
        ident = madeup_studies.attribute(db)
        db.execute("UPDATE result SET document = replace(document, 'mm/mprotect.c', "
                   "'../\" onclick=x')")
        db.commit()
        return ident

    with Made(evil) as m:
        page = report(m, "--source-url", URL)
        assert "onclick" not in page and "/../" not in page


@tap.test
def events_stand_where_they_were_counted():
    with Made(madeup_studies.attribute) as m:
        with madeup.open_db(m.home) as db:
            db.execute("""UPDATE result SET document = replace(document, '"loads"', '"atomics"')""")
            db.commit()
        assert "<th>events" in report(m) and "atomics 66.500&nbsp;→&nbsp;88.500" in report(m)
    with Made(madeup.compare) as m:
        assert "<th>events" not in report(m)

    def counted(db):
        """As many lock calls as instructions, and nothing else."""
        ident = madeup.compare(db)
        db.execute("""INSERT INTO slot_cost SELECT slot.run, phase, segment, 0, 0, 0, 0, 0, 0, 0,
                      0, 0, 0, 0, task, 0, 0 FROM slot""")
        db.commit()
        return ident

    with Made(counted) as m:
        page = report(m)
        assert "<th>events" in page and "locks 266.000&nbsp;→&nbsp;354.000" in page, page


@tap.test
def nothing_is_lost_in_any_window():
    browser.find()
    with browser.Browser() as b:
        for name, (make, _) in KINDS.items():
            with Made(make) as m:
                path = m.dir.parent / "page.html"
                path.write_text(report(m), encoding="utf-8")
                for width in WIDTHS:
                    b.open(path, width)
                    browser.assert_whole(b.look(), f"{name}, {width}")


@tap.test
def long_names_lose_their_middle_and_keep_a_title():
    browser.find()
    with Made(long_series) as m:
        page = report(m)
        titles = re.findall(r"<text[^>]*><title>([^<]*)</title>([^<]*)</text>", page)
        assert titles and all("…" in cut and cut.split("…")[0] == whole[:len(cut.split("…")[0])]
                              and whole.endswith(cut.split("…")[1])
                              for whole, cut in titles), titles


@tap.test
def it_sorts_filters_and_zooms():
    browser.find()
    with browser.Browser() as b:
        with Made(several) as m:
            path = m.dir.parent / "page.html"
            path.write_text(report(m), encoding="utf-8")
            b.open(path)
            first = "document.querySelector('#result tbody tr a').textContent"
            click = "document.querySelectorAll('#result th button')[2].click()"
            b.run(click)
            assert b.run(first) == SCENARIO, b.run(first)
            b.run(click)
            assert b.run(first) == "mprotect/anon-toggle", b.run(first)
            shown = b.run("(() => {const f = document.querySelector('input.filter');"
                          "f.value = 'regression'; f.dispatchEvent(new Event('input'));"
                          "return document.querySelectorAll('#result tbody tr:not([hidden])')"
                          ".length})()")
            assert shown == 1 and not b.look()["said"], shown
        with Made(timed) as m:
            path = m.dir.parent / "page.html"
            path.write_text(report(m), encoding="utf-8")
            b.open(path)
            shown = b.run("(() => {const f = document.getElementById('search');"
                          "f.value = 'touch'; f.dispatchEvent(new Event('input'));"
                          "return document.querySelectorAll('#raw tbody tr:not([hidden])')"
                          ".length})()")
            assert shown == 20, shown
        with Made(madeup_studies.attribute) as m:
            path = m.dir.parent / "page.html"
            path.write_text(report(m), encoding="utf-8")
            b.open(path)
            frame = ("[...document.querySelectorAll('.flame g')].find(g => g.textContent."
                     "startsWith('prot_commit'))")
            width = f"{frame}.querySelector('rect').getBoundingClientRect().width"
            before = b.run(width)
            b.run(f"{frame}.dispatchEvent(new Event('click'))")
            assert b.run(width) > before * 1.01, (before, b.run(width))
            hits = b.run("(() => {const n = document.querySelector('.needle'); n.value = 'commit';"
                         "n.dispatchEvent(new Event('input'));"
                         "return document.querySelectorAll('.flame .hit').length})()")
            b.run("document.querySelector('.reset').click()")
            assert hits == 1 and abs(b.run(width) - before) < .01
            browser.assert_whole(b.look())


@tap.test
def it_is_read_without_scripts_in_the_dark_and_on_paper():
    browser.find()
    with browser.Browser() as b, Made(several) as m:
        path = m.dir.parent / "page.html"
        path.write_text(report(m), encoding="utf-8")
        colour = "getComputedStyle(document.body)"
        b.open(path)
        light = b.run(f"{colour}.color + {colour}.backgroundColor")
        b.open(path, dark=True)
        assert b.run(f"{colour}.color + {colour}.backgroundColor") != light
        browser.assert_whole(b.look())
        b.open(path, dark=True, media="print")
        assert b.run(f"{colour}.color + {colour}.backgroundColor") == light
        b.open(path, scripts=False)
        shown = b.run("[...document.querySelectorAll('.js')].filter(e => e.checkVisibility()).length")
        assert shown == 0, shown
        browser.assert_whole(b.look())


tap.main()
