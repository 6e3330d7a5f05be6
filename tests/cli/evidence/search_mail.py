# SPDX-License-Identifier: GPL-2.0-or-later
"""Mails and pages of fixed, bisect and narrow: what they searched for, and no pair by the way."""
import email
import email.policy
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from cli import madeup, madeup_studies
from cli.made import Made

MESSAGE_ID = "20260513100000.1-a@example.org"
ANSWER = ("--reply-to", MESSAGE_ID)
CANDIDATE = (*ANSWER, "--follow-up", "candidate")
COMMIT = madeup_studies.COMMITS["culprit"]


def report(made, *args, form="mail"):
    return madeup.slowpath(made.home, "report", made.id, "--format", form, *args)


def mail(made, *args):
    """Subject and body, whose blanks are all alike; the body has no line that is too long."""
    done = report(made, *args)
    assert done.returncode == 0, done
    parsed = email.message_from_string(done.stdout, policy=email.policy.default)
    body = (parsed.get_body() if parsed.is_multipart() else parsed).get_content()
    long = [line for line in body.splitlines() if len(line) > 72 and "Fixes: " not in line]
    assert not long, long
    return parsed["Subject"], " ".join(body.split())


def refused(made, *args, says):
    done = report(made, *args)
    assert done.returncode == 128 and not done.stdout and says in done.stderr, (says, done)


def has(text, *words, no=()):
    for word in words:
        assert word in text, (word, text)
    for word in no:
        assert word not in text, (word, text)


def readme(made):
    done = report(made, "-o", made.dir, form="md")
    assert done.returncode == 0, done
    return (made.dir / "README.md").read_text()


def page(made):
    done = report(made, form="html")
    assert done.returncode == 0, done
    return done.stdout


def gap(new="new", candidate="old", change=0):
    """A made gap in which sides execute what one of the two kernels does."""
    def make(db):
        ident = madeup_studies.fixed(db)
        for side, kernel in (("new", new), ("candidate", candidate)):
            (run,) = db.execute("SELECT id FROM run WHERE side = ?", (side,)).fetchone()
            for table in ("phase", "slot", "function_count", "page_state"):
                db.execute(f"DELETE FROM {table} WHERE run = ?", (run,))
            if side == "candidate" and change:
                costs = madeup.COSTS[kernel]
                madeup.COSTS["changed"] = {**costs, "[user]": (0, 0, 4 + change)}
                kernel = "changed"
            madeup.add_counts(db, run, kernel)
            db.execute("UPDATE run SET kernel_release = '7.3.4-made', kernel_spec = 'debian:7.3.4', "
                       "vmlinux_sha256 = ? WHERE side = 'candidate'", (madeup.digest("7.3.4"),))
        db.commit()
        return ident
    return make


@tap.test
def a_gap_has_three_columns():
    with Made(gap()) as m:
        subject, body = mail(m, *CANDIDATE)
        assert subject == ("Re: [REGRESSION] mm/mprotect: shared-dirty-toggle 1.33x "
                           "instructions/page, 6.16.12 -> 6.17.13"), subject
        has(body, "this is what a candidate does.",
            "The candidate, 7.3.4-made, closes the difference between OLD, 6.16.12-made, and NEW, "
            "6.17.13-made, in mprotect/shared-dirty-toggle: OLD 266.000, NEW 354.000, candidate "
            "266.000 executed instructions per page, which is 100.0 % of the difference closed",
            "OLD NEW candidate closed iteration 266.000 354.000 266.000 100.0 %",
            "prot_commit_flush_ptes 0.000 328.000 0.000 100.0 %",
            "candidate 7.3.4-made, gcc-14", "measured as a whole kernel",
            no=("executes 1.3308 times", "NEW is with it", "OLD without", "a regression."))
        subject, body = mail(m)
        assert subject.startswith("[REGRESSION] mm/mprotect: "), subject
        has(body, "6.17.13-made executes 1.3308 times as many instructions per page as "
            "6.16.12-made", "The candidate, 7.3.4-made, closes the difference")
        mail(m, "--title", "mm/mprotect: 33 % more instructions; 7.3.4 closes 100 % of the gap")
        refused(m, "--title", "mm/mprotect: 100 % more instructions", says="33.08 % more")
        refused(m, *ANSWER, "--follow-up", "range", says="nothing of where it began")
        has(readme(m), "**closed**", "The candidate, 7.3.4-made, closes the difference",
            "| NEW against OLD | 6.16.12-made | 6.17.13-made |",
            "| the candidate against OLD | 6.16.12-made | 7.3.4-made |",
            no=("**regression**", "**equivalent**"))
        has(page(m), '<p class="verdict equivalent">closed</p>', ">the candidate against OLD</a>",
            no=('<p class="verdict regression">',))


@tap.test
def what_a_candidate_does_is_not_made_better():
    with Made(gap(candidate="new")) as m:
        _, body = mail(m, *CANDIDATE)
        has(body, "does not close the difference", "which is 0.0 % of the difference closed")
    with Made(gap(change=44)) as m:
        _, body = mail(m, *CANDIDATE)
        has(body, "closes a part of the difference", "which is 50.0 % of the difference closed")
    with Made(gap(candidate="new", change=44)) as m:
        subject, body = mail(m, *CANDIDATE)
        assert "1.33x" in subject, subject  # of NEW, and not of the candidate, which is worse
        has(body, "does not close the difference", "which is -50.0 % of the difference closed")
    with Made(gap(new="old")) as m:
        refused(m, *CANDIDATE, says="'no gap' is what the experiment says")
        refused(m, says="the verdict is equivalent")
        has(readme(m), "The candidate, 7.3.4-made: no gap", no=("closes",))

    def other_state(db):
        ident = gap()(db)
        db.execute("UPDATE page_state SET value = 9 WHERE name = 'pmd_mapped_pages' AND "
                   "moment = 'before' AND run = (SELECT id FROM run WHERE side = 'candidate')")
        db.commit()
        return ident

    with Made(other_state) as m:
        refused(m, *CANDIDATE, says="did not do the same work")
    for make in (madeup.exact, madeup.compare, madeup_studies.narrow, madeup_studies.bisect):
        with Made(make) as m:
            refused(m, *CANDIDATE, "--subject", "x", says="slowpath fixed")


@tap.test
def a_bisection_names_its_commit():
    with Made(madeup_studies.bisect) as m:
        done = report(m, "--regzbot")
        subject, body = mail(m, "--regzbot", "--reported-by", "Jo <jo@example.org>")
        assert subject == ("[REGRESSION] mm/mprotect: shared-dirty-toggle 1.33x instructions/page, "
                           "since cccccccccccc"), subject
        assert f"\n\n#regzbot introduced: {COMMIT}\n" in done.stdout and not done.stderr, done
        has(body, 'A bisection has led to cccccccccccc ("mm: <b>faster</b>")',
            "wins back 100.0 % of that",
            "cccccccccccc executes 1.3308 times as many instructions per page as "
            "dddddddddddd in",
            "the commit against its parent, dddddddddddd: parent 266.000 commit 354.000 ratio "
            "1.3308 regression",
            "the revert: the bad end bbbbbbbbbbbb with the commit, and without: with 354.000 "
            "without 266.000 100.0 % of its change won back",
            "What else differs between parent and commit",
            'please add: Fixes: cccccccccccc ("mm: <b>faster</b>") Reported-by: Jo',
            no=("OLD", "NEW", "stable series", "To narrow it down", "improvement"))
        subject, body = mail(m, *ANSWER, "--follow-up", "range", "--subject", "Re: [REGRESSION] x")
        assert subject == "Re: [REGRESSION] x", subject
        has(body, "this narrows down where it began: cccccccccccc.")
        refused(m, *ANSWER, "--follow-up", "range", says="--subject")
        refused(m, "--introduced", "0123456789ab", says="the bisection has proven cccccccccccc")
        refused(m, "--introduced", "v6.16..v6.17", says="was not measured")
        mail(m, "--introduced", COMMIT[:12])
        has(readme(m), "**proven**", "Fixes: cccccccccccc", "ratio 1.3308; with it reverted, the "
            "bad end wins back 100.0 % of that",
            "| cccccccccccc against its parent | dddddddddddd |",
            "| the bad end with cccccccccccc reverted, against itself |",
            no=("**regression**", "**improvement**"))
        has(page(m), '<p class="verdict regression">proven</p>', no=('class="verdict improvement"',))


@tap.test
def a_commit_that_is_not_proven_is_not_accused():
    with Made(madeup_studies.bisect_timed) as m:
        subject, body = mail(m)
        assert subject.startswith("[SUSPECTED REGRESSION] ") and subject.endswith(
            ", likely since cccccccccccc"), subject
        has(body, "what is likely cccccccccccc", "it is not proven: its revert conflicts.",
            "this is suspect and not yet a regression", no=("Fixes:",))
        done = report(m, "--regzbot")
        assert "#regzbot" not in done.stdout and "suspect" in done.stderr, done
        has(readme(m), "**likely**", "suspect, slower", no=("Fixes:",))

    def nothing(db):
        ident = madeup_studies.bisect(db)
        db.execute("UPDATE result SET document = json_set(document, '$.culprits', json('[]'), "
                   "'$.status', 'not confirmed')")
        db.commit()
        return ident

    with Made(nothing) as m:
        refused(m, says="the bisection has named no commit")
        has(readme(m), "**not confirmed**")


@tap.test
def a_series_has_every_kernel_and_its_steps():
    with Made(madeup_studies.narrow) as m:
        subject, body = mail(m)
        assert subject.endswith(", 6.16.12 -> 6.17.13"), subject
        has(body, "the largest step up in a series of which 3 kernels were measured",
            "6.16.12-made 266.000 6.17.13-made 354.000 6.17.13-made 354.000",
            "6.16.12-made to 6.17.13-made: before 266.000 after 354.000 ratio 1.3308 regression",
            "1 could not be measured and 0 were not needed",
            "by function, of the largest step up: before after delta",
            "Environment - 6.16.12-made, gcc-14", no=("OLD", "NEW"))
        refused(m, *ANSWER, "--reason", "x", says="--subject")
        has(readme(m), "| before | after | old | new |", "**regression**",
            "| step 1 of 1 | 6.16.12-made | 6.17.13-made |", no=("last good", "first bad"))
    with Made(madeup_studies.narrow_timed) as m:
        refused(m, says="the series has no step")


@tap.test
def what_did_not_end_is_no_mail():
    def interrupted(make):
        def made(db):
            ident = make(db)
            db.execute("UPDATE experiment SET finished = NULL")
            db.execute("DELETE FROM result")
            db.commit()
            return ident
        return made

    for make in (madeup_studies.bisect, madeup_studies.narrow, madeup_studies.fixed,
                 madeup.exact, madeup.compare):
        with Made(interrupted(make)) as m:
            done = report(m)
            assert done.returncode == 128 and not done.stdout, done
            has(readme(m), "UNFINISHED")
            assert "UNFINISHED" in page(m)


tap.main()
