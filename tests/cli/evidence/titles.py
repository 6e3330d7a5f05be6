# SPDX-License-Identifier: GPL-2.0-or-later
"""Builds of one release are told apart by commit and subject wherever kernels are named."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from cli import madeup, madeup_studies
from cli.made import Made
from cli.madeup import slowpath

FOLDER = f"{madeup.FOLDER}/src/linux"
OLD, NEW, FIX = (c * 40 for c in "abc")
SUBJECTS = {OLD: "mm/mprotect: as it was", NEW: "mm/mprotect: count <pages>",
            FIX: "mm/mprotect: count less\x1b[31m"}
RELEASE = "6.12.117"


def title(commit, subject=True):
    text = SUBJECTS[commit].replace("\x1b", "?")
    return f'{commit[:12]} ("{text}")' if subject else commit[:12]


def of_git(make, sides, subject=True):
    """Experiments by @make, whose @sides are builds of commits of one release."""
    def made(db):
        ident = make(db)
        for side, commit in sides.items():
            db.execute("UPDATE run SET kernel_spec = ?, kernel_subject = ?, kernel_release = ? "
                       "WHERE side = ?", (f"git:{FOLDER}@{commit}",
                                          SUBJECTS[commit] if subject else None, RELEASE, side))
        db.commit()
        return ident
    return made


def pages(m):
    """What is said of an experiment, by form."""
    folder = m.dir.parent / f"md-{m.id}"
    asked = {"html": ("report", m.id, "--format", "html"), "show": ("show", m.id)}
    if not folder.exists():
        asked["md"] = ("report", m.id, "--format", "md", "-o", folder)
    texts = {}
    for form, words in asked.items():
        done = slowpath(m.home, *words)
        assert done.returncode == 0, (form, done)
        texts[form] = done.stdout
    return {**texts, "md": (folder / "README.md").read_text(encoding="utf-8")}


def as_written(form, text):
    """As the form escapes it."""
    if form == "html":
        for raw, escaped in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
            text = text.replace(raw, escaped)
    if form == "md":
        text = text.replace("<", "&lt;").replace(">", "&gt;").replace("[", "\\[")
    return text


def all_named(m, commits, subject=True):
    for form, text in pages(m).items():
        for commit in commits:
            assert as_written(form, title(commit, subject)) in text, (form, commit, text[:3000])
        assert "\x1b" not in text


@tap.test
def a_comparison_names_its_commits():
    with Made(of_git(madeup.compare, {"old": OLD, "new": NEW})) as m:
        all_named(m, (OLD, NEW))
        claim = f"{title(NEW)} executes 1.3308 times as many instructions per page as {title(OLD)}"
        assert as_written("md", claim) in pages(m)["md"], pages(m)["md"][:2000]
        assert f"{RELEASE} executes" not in pages(m)["md"]


@tap.test
def a_mail_names_its_commits():
    with Made(of_git(madeup.compare, {"old": OLD, "new": NEW})) as m:
        done = slowpath(m.home, "report", m.id, "--format", "mail")
        text = " ".join(done.stdout.split())
        assert done.returncode == 0, done
        assert f"{OLD[:12]} -> {NEW[:12]}" in text, text[:1500]
        assert title(NEW) in text and title(OLD) in text, text[:1500]
        assert f"{RELEASE} -> {RELEASE}" not in text


@tap.test
def a_profile_and_a_bundle_name_their_commits():
    with Made(of_git(madeup.exact, {"old": OLD, "new": NEW})) as m:
        all_named(m, (OLD, NEW))
        assert slowpath(m.home, "bundle", m.id, "-o", m.dir).returncode == 0
        kernels = json.loads((m.dir / "kernels.json").read_text())
        assert {k: v["title"] for k, v in kernels.items()} == {"old": title(OLD),
                                                               "new": title(NEW)}
        result = json.loads(next((m.dir / "results").glob("*.json")).read_text())
        new = result["new"]
        assert (new["commit"], new["subject"], new["title"], new["reverted"]) == \
            (NEW, SUBJECTS[NEW], title(NEW), None)
        done = slowpath(m.home, "verify", m.dir)
        assert done.returncode == 0, done


@tap.test
def a_candidate_and_a_series_name_their_commits():
    with Made(of_git(madeup_studies.fixed, {"old": OLD, "new": NEW, "candidate": FIX})) as m:
        all_named(m, (OLD, NEW, FIX))
    sides = {"debian:6.15": OLD, "debian:6.17.13": NEW, "debian:7.0": FIX}
    with Made(of_git(madeup_studies.narrow, sides)) as m:
        text = pages(m)
        for form in ("md", "html"):
            assert as_written(form, f"{title(OLD)} to {title(NEW)}: ") in text[form], text[form]
        # In a picture a name loses its middle, nothing by the edge, and is whole in a title.
        whole, head, tail = (as_written("html", part) for part in
                             (title(NEW), title(NEW)[:12], title(NEW)[-12:]))
        assert f"<title>{whole}</title>{head}\u2026{tail}</text>" in text["html"], text["html"]


@tap.test
def without_a_subject_the_commit_is_named():
    with Made(of_git(madeup.compare, {"old": OLD, "new": NEW}, subject=False)) as m:
        all_named(m, (OLD, NEW), subject=False)


@tap.test
def files_of_one_release_are_told_apart():
    def make(db):
        ident = madeup.compare(db)
        db.execute("UPDATE run SET kernel_spec = '/boot/' || side, kernel_release = ?", (RELEASE,))
        db.commit()
        return ident

    with Made(make) as m:
        for form, text in pages(m).items():
            for kernel in ("old", "new"):
                name = f"{RELEASE} (vmlinux {madeup.digest(kernel)[:12]})"
                assert name in text, (form, kernel)


def three_drawn(db):
    """Three kernels, of which the last was drawn to be the first to run."""
    specs = {"old": "debian:6.15.11", "second": "debian:6.16.12", "third": "debian:6.17.13"}
    ident = "20260513-100000-eeeeee"
    madeup.add_experiment(db, ident, blocks=3, specs=specs)
    for block in range(3):
        for position, side in enumerate(("third", "old", "second")):
            madeup_studies.counted(db, ident, block, position, side,
                                   "old" if side == "old" else "new", specs[side])
    db.commit()
    return ident


def in_order(text, *words):
    at = [text.index(w) for w in words]
    assert at == sorted(at), (words, at, text)


@tap.test
def kernels_stand_in_the_profiles_order():
    with Made(three_drawn) as m:
        judged = slowpath(m.home, "judge", m.id)
        assert judged.returncode == 1, judged
        in_order(judged.stdout, "\n  old ", "\n  second ", "\n  third ")
        rows = json.loads(slowpath(m.home, "judge", m.id, "--json").stdout)["rows"]
        assert [r["kernel"] for r in rows[:2]] == ["second", "third"], rows[:2]
        text = pages(m)
        in_order(text["show"], "\nkernel       old: ", "\nkernel       second: ",
                 "\nkernel       third: ")
        in_order(text["md"].split("## Environment")[1], "\n| old |", "\n| second |", "\n| third |")
        in_order(text["html"].split(">Environment<")[1], "<tr><td>old<", "<tr><td>second<",
                 "<tr><td>third<")
        shown = json.loads(slowpath(m.home, "show", m.id, "--json").stdout)["kernels"]
        assert [k["name"] for k in shown] == ["old", "second", "third"], shown


tap.main()
