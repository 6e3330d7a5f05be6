# SPDX-License-Identifier: GPL-2.0-or-later
"""report: the mail that makes no claim the data does not, and pages that stand alone."""
import email
import email.policy
import html
import json
import pathlib
import re
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from cli import madeup, madeup_studies
from cli.made import Made

MESSAGE_ID = "20260513100000.1-a@example.org"


def report(made, *args, form="mail"):
    return madeup.slowpath(made.home, "report", made.id, "--format", form, *args)


def mail(made, *args):
    """The mail, parsed, and its text."""
    done = report(made, *args)
    assert done.returncode == 0, done
    parsed = email.message_from_string(done.stdout, policy=email.policy.default)
    body = parsed.get_body() if parsed.is_multipart() else parsed
    return parsed, body.get_content()


def refused(made, *args, says):
    done = report(made, *args)
    assert done.returncode == 128 and not done.stdout and says in done.stderr, (says, done)


def mainline(db, **more):
    """Two mainline releases: a range between them can be claimed."""
    ident = madeup.exact(db, **more)
    db.execute("UPDATE run SET kernel_release = '6.16-made' WHERE side = 'old'")
    db.execute("UPDATE run SET kernel_release = '6.17.0-made' WHERE side = 'new'")
    db.commit()
    return ident


def numbers(text):
    """Every number that stands by itself."""
    return re.findall(r"(?<![\w.])[+-]?\d+(?:\.\d+)?(?![\w.]*\w)", text)


@tap.test
def the_mail_is_plain_and_needs_no_edit():
    with Made(madeup.exact) as m:
        parsed, body = mail(m)
        assert parsed["Subject"] == ("[REGRESSION] mm/mprotect: shared-dirty-toggle 1.33x "
                                     "instructions/page, 6.16.12 -> 6.17.13"), parsed["Subject"]
        assert "regressions@lists.linux.dev" in parsed["To"]
        assert all(len(line) <= 72 for line in body.splitlines()), body
        flat = " ".join(body.split())
        for words in ("executes 1.3308 times as many instructions per page", "lab-a",
                      "mprotect(area, 64 MiB, PROT_READ); restore mprotect(area, 64 MiB, "
                      "PROT_READ | PROT_WRITE);", "OLD 266.000 NEW 354.000 ratio 1.3308",
                      "prot_commit_flush_ptes 0.000 328.000 +328.000",
                      "exact, on 1 CPU, from 3 boots of each kernel, order balanced",
                      "Not claimed", "were not measured in this experiment", "gcc-14",
                      "7 of 7 checks", "Nothing of compiler",
                      "Distribution kernels carry patches and a configuration of their own",
                      "slowpath compare git:LINUX@v6.16 git:LINUX@v6.17 \\ -s mprotect/"):
            assert words in flat, (words, body)
        for words in ("bundle", "touch area", "#regzbot", "without a label", "If you fix this"):
            assert words not in body, (words, body)
        (attached,) = parsed.iter_attachments()
        assert attached.get_filename() == "mprotect-shared-dirty-toggle.c"
        assert "int main(" in attached.get_content()
        assert madeup.FOLDER not in report(m).stdout


@tap.test
def every_number_of_the_mail_is_in_the_data():
    with Made(madeup.exact) as m:
        bundle = m.dir.parent / "numbers"
        assert madeup.slowpath(m.home, "bundle", m.id, "-o", bundle).returncode == 0
        result = json.loads((bundle / "results/01.json").read_text())
        first = result["metrics"][0]
        known = {first["old"], first["new"], first["delta"], first["ratio"],
                 result["judged"]["blocks"], result["cpus"], result["pages"]}
        for f in result["attribution"]["functions"]:
            known |= {f["old"], f["new"], f["delta"]}
        for check in result["state"]["checks"]:
            known |= {check["old"], check["new"]}
        with madeup.open_db(m.home) as db:
            known |= {row[0] for row in db.execute("SELECT memory_mib FROM run")}
            names = {name for row in db.execute("SELECT kernel_release, compiler, qemu_version, "
                                                "substr(vmlinux_sha256, 1, 16) FROM run")
                     for name in row} | {m.id, "Made Up 3000", "slowpath 0.1.0", "SHA-256"}
        checks = len(result["state"]["checks"])
        known |= {checks, 4, 1}  # 4 KiB pages; "above 1 is more"
        known |= {0, -1}  # of the statements
        known.add(result["pages"] * 4096 >> 20)  # MiB
        _, body = mail(m)
        text = " ".join(body[:body.index("\nMainline\n")].split())
        for name in names:
            assert name in text, name
            text = text.replace(name, "")
        found = numbers(text)
        assert len(found) > 20, found
        for number in found:
            decimals = len(number.partition(".")[2])
            assert any(abs(float(number) - value) <= 0.5000001 * 10 ** -decimals
                       for value in known), f"{number} in\n{body}"


@tap.test
def the_bots_lines_are_paragraphs_of_their_own():
    with Made(mainline) as m:
        _, body = mail(m)
        assert "#regzbot" not in body
        _, body = mail(m, "--regzbot")
        paragraphs = body.strip().split("\n\n")
        assert paragraphs[-2] == "#regzbot introduced: v6.16..v6.17", body
        assert paragraphs[-1] == ("#regzbot title: mm/mprotect: shared-dirty-toggle 1.33x "
                                  "instructions/page"), body
        _, body = mail(m, "--regzbot", "--introduced", "cac1db8c3aad")
        assert "#regzbot introduced: cac1db8c3aad" in body.split("\n\n")
        refused(m, "--introduced", "v6.15..v6.17", says="was not measured")
        refused(m, "--introduced", "v6.16..v6.17\n#regzbot fix: x", says="refused")
        refused(m, "--introduced", "cac1db8\n", says="neither")
    with Made(madeup.exact) as m:
        # A title alone would not be heeded.
        done = report(m, "--regzbot")
        assert "#regzbot" not in done.stdout and "no #regzbot line" in done.stderr, done
        assert "different stable series" in " ".join(done.stdout.split())
        refused(m, "--introduced", "v6.16.12..v6.17.13", says="across stable series")
        refused(m, "--introduced", "v6.16..v6.17", says="was not measured")


@tap.test
def what_the_data_does_not_say_is_refused():
    with Made(madeup.exact) as m:
        refused(m, "--title", "mm/mprotect: 2.74x slower", says="time")
        refused(m, "--title", "mm/mprotect: 2.74x instructions", says="says '2.74x'")
        refused(m, "--title", "mm/rmap: 1.33x instructions", says="does not fit the body")
        refused(m, "--title", "mm/mprotect: x\nBcc: evil@example.org", says="one line")
        for false in ("238 % more", "328 % more", "1 % more", "6.17 % more", "tripled",
                      "33 % fewer", "1.33x more"):
            refused(m, "--title", f"mm/mprotect: {false} instructions", says=f"says '{false[:2]}")
        parsed, _ = mail(m, "--title", "mm/mprotect: 33 % more instructions in 6.17")
        assert parsed["Subject"] == "[REGRESSION] mm/mprotect: 33 % more instructions in 6.17"
    with Made(madeup.timed, accelerator="tcg") as m:
        refused(m, says="under an emulator")
    with Made(lambda db: madeup.exact(db, finished=False)) as m:
        refused(m, says="unfinished")

    def state(db):
        ident = madeup.exact(db)
        db.execute("UPDATE page_state SET value = 1 WHERE name = 'pmd_mapped_pages' AND run = 1 "
                   "AND moment != 'expected'")
        db.commit()
        return ident

    with Made(state) as m:
        refused(m, says="did not do the same work")

    def same(db):
        ident = madeup.exact(db)
        for run in range(1, 7):
            for table in ("phase", "slot", "function_count", "page_state"):
                db.execute(f"DELETE FROM {table} WHERE run = {run}")
            madeup.add_counts(db, run, "old")
        db.commit()
        return ident

    with Made(same) as m:
        refused(m, says="equivalent")
        refused(m, "--reply-to", MESSAGE_ID, "--follow-up", "withdrawal", "--reason", "no",
                says="nothing that could be withdrawn")

    def unclean(db):
        ident = madeup.exact(db)
        db.execute("UPDATE experiment SET purpose = 'coverage'")
        db.commit()
        return ident

    with Made(unclean) as m:
        refused(m, says="probes were on")


@tap.test
def suspect_says_so():
    with Made(madeup.timed, accelerator="kvm") as m:
        parsed, body = mail(m)
        assert parsed["Subject"].startswith("[SUSPECTED REGRESSION] mm/mprotect: ")
        assert "this is suspect and not yet a regression" in " ".join(body.split())
        assert "1.30x time/page" in parsed["Subject"] and "interval" in body
        done = report(m, "--regzbot")
        assert "#regzbot" not in done.stdout and "suspect" in done.stderr
        refused(m, "--title", "mm/mprotect: a regression", says="the verdict does not")


@tap.test
def follow_ups_stay_in_their_thread():
    with Made(mainline) as m:
        first, _ = mail(m)
        answer = f"Re: {first['Subject']}"
        parsed, body = mail(m, "--reply-to", MESSAGE_ID, "--reason", "the ratio was 1.33.",
                            "--regzbot")
        assert parsed["In-Reply-To"] == parsed["References"] == f"<{MESSAGE_ID}>"
        assert parsed["Subject"] == answer and "this corrects" in body
        assert "#regzbot title: mm/mprotect" in body and "introduced" not in body
        parsed, body = mail(m, "--reply-to", MESSAGE_ID, "--follow-up", "range", "--regzbot",
                            "--introduced", "cac1db8c3aad", "--subject", "[REGRESSION] mine")
        assert parsed["Subject"] == "Re: [REGRESSION] mine"
        assert "#regzbot introduced: cac1db8c3aad" in body.split("\n\n")[-1]
        refused(m, "--reply-to", f"<{MESSAGE_ID}>", "--follow-up", "candidate",
                says="slowpath fixed")
        words = ("--reply-to", MESSAGE_ID, "--follow-up", "withdrawal", "--reason",
                 "the two had different huge pages")
        parsed, body = mail(m, *words)
        assert parsed["Subject"] == answer and body == (
            "Hi,\n\nI withdraw this report: the two had different huge pages\n")
        parsed, body = mail(m, *words, "--regzbot")
        assert body.endswith("pages\n\n#regzbot inconclusive: the two had different huge pages\n")
        assert "only if it tracks the thread" in report(m, *words, "--regzbot").stderr
        refused(m, *words[:-1], "there were 238 % more", says="says '238 %'")
        refused(m, "--subject", "[REGRESSION] x", says="follow-up")
        refused(m, "--reply-to", MESSAGE_ID, "--reason", "x", "--subject", "a\nBcc: b@example.org",
                says="one line")
        refused(m, "--reply-to", MESSAGE_ID, says="needs its reason")
        refused(m, "--reply-to", MESSAGE_ID, "--reason", "it was 9.99.", says="says '9.99'")
        refused(m, "--reply-to", "no id", "--reason", "x", says="no message-id")
        refused(m, "--reply-to", f"{MESSAGE_ID}\nBcc: x@example.org", "--reason", "x",
                says="no message-id")
        refused(m, "--follow-up", "range", says="needs the message-id")
        assert report(m, "--follow-up", "nonsense").returncode == 129


@tap.test
def only_what_is_known_stands_in_it():
    url = "https://example.org/evidence/1"
    with Made(madeup.exact) as m:
        _, body = mail(m, "--bundle-url", url, "--reported-by", "Jo Tester <t@example.org>",
                       "--closes", "https://example.org/r/1")
        assert "\nEvidence\n" in body and f"\n  {url}\n" in body, body
        assert body.endswith("\nIf you fix this, please add:\n\n"
                             "  Reported-by: Jo Tester <t@example.org>\n"
                             "  Closes: https://example.org/r/1\n"), body
        assert "  Reported-by: José Tester <t@example.org>\n" in report(
            m, "--reported-by", "José Tester <t@example.org>").stdout
        for bad in ("example.org/x", "ftp://example.org/x", "https://", "https:///x",
                    "https://example.org/a b", "https://example.org/\nBcc: x", "https://example.org/<x>",
                    "javascript:alert(1)", "https://example.org/" + "x" * 300):
            refused(m, "--bundle-url", bad, says="--bundle-url")
            refused(m, "--closes", bad, says="--closes")
        for bad in ("t@example.org", "<t@example.org>", "A <t@example.org> B", "A <t>",
                    "A\nBcc: <t@example.org>", "A <t@example.org", "A <a b@example.org>"):
            refused(m, "--reported-by", bad, says="--reported-by")


def backwards(db):
    """OLD and NEW were given in the wrong order."""
    ident = madeup.compare(db)
    db.execute("UPDATE run SET kernel_release = CASE side WHEN 'old' THEN '6.17.13-made' ELSE "
               "'6.16.12-made' END")
    db.commit()
    return ident


def backwards_and_slow(db):
    """As above, but the older one is the better."""
    ident = backwards(db)
    for table in ("phase", "slot", "function_count", "page_state"):
        db.execute(f"DELETE FROM {table}")
    for run, side in db.execute("SELECT id, side FROM run").fetchall():
        madeup.add_counts(db, run, "new" if side == "old" else "old")
    db.commit()
    return ident


@tap.test
def the_older_kernel_is_not_accused():
    with Made(backwards) as m:
        refused(m, says="NEW (6.16.12) is older than OLD (6.17.13)")
        refused(m, "--title", "mm/mprotect: 1.33x instructions", says="--swap")
        # Exchanged, it is an improvement.
        refused(m, "--swap", says="the verdict is improvement")
    with Made(backwards_and_slow) as m:
        refused(m, says="NEW (6.16.12) is older")
        parsed, body = mail(m, "--swap")
        with Made(madeup.compare) as right:
            want, same = mail(right)
        assert parsed["Subject"] == want["Subject"]
        drop = re.compile(r"vmlinux\s+SHA-256\s+\w+|\s+")
        assert drop.sub(" ", body) == drop.sub(" ", same), (body, same)
        assert report(m, "--swap", form="html").returncode == 129
        assert report(m, "--swap", "--with", m.id).returncode == 129

    def formal(db):
        ident = madeup.exact(db)
        db.execute("UPDATE run SET kernel_release = CASE side WHEN 'old' THEN '6.18.0-rc2-made' "
                   "ELSE '6.18.0-rc1-made' END")
        db.commit()
        return ident

    with Made(formal) as m:
        refused(m, "--regzbot", says="NEW (6.18-rc1) is older than OLD (6.18-rc2)")
        refused(m, "--swap", says="the verdict is improvement")
    with Made(madeup_studies.fixed) as m:
        done = report(m, "--swap")
        assert done.returncode == 128 and "not just OLD and NEW" in done.stderr, done


def between_commits(db, old="1" * 40, new="2" * 40):
    """Two commits of one tree, of one release."""
    ident = madeup.compare(db)
    tree = f"git:{madeup.FOLDER}/linux"
    db.execute("UPDATE run SET kernel_release = '6.12.117', kernel_spec = CASE side WHEN 'old' "
               "THEN ? ELSE ? END", (f"{tree}@{old}", f"{tree}@{new}"))
    db.commit()
    return ident


@tap.test
def commits_go_by_their_names():
    with Made(between_commits) as m:
        parsed, body = mail(m)
        flat = " ".join(body.split())
        assert parsed["Subject"].endswith("111111111111 -> 222222222222"), parsed["Subject"]
        for words in ("222222222222 executes 1.3308 times", "as 111111111111 in",
                      "Which commit it came with: that was not measured.",
                      "slowpath bisect --tree LINUX --good 111111111111 --bad 222222222222"):
            assert words in flat, (words, body)
        for words in ("stable series", "Distribution kernels", "6.12.117 ->", "v6.12"):
            assert words not in flat, (words, body)
    with Made(between_commits, old="v6.12.117", new="slow") as m:
        parsed, body = mail(m, "--regzbot")
        assert parsed["Subject"].endswith("v6.12.117 -> slow")
        assert "slowpath narrow git:LINUX@v6.12.117 git:LINUX@slow" in body
        # A branch may be anywhere behind the tag.
        assert "#regzbot" not in body
    with Made(between_commits, old="a;reboot", new="slow") as m:
        assert "To narrow it down" not in mail(m)[1]


@tap.test
def maintainers_come_from_the_tree():
    with Made(madeup.exact) as m:
        tree = m.dir.parent / "tree"
        (tree / "scripts").mkdir(parents=True)
        (tree / "mm").mkdir()
        (tree / "mm/mprotect.c").write_text("")
        script = tree / "scripts/get_maintainer.pl"
        script.write_text('print "Jos\\303\\251 Maintainer <m\\@example.org>\\n'
                          'linux-mm\\@kvack.org\\n$ARGV[-1]\\@example.org\\n";\n')
        if not shutil.which("perl"):
            raise tap.Skip("there is no perl")
        parsed, _ = mail(m, "--tree", tree)
        assert "José Maintainer" in str(parsed["Cc"]), parsed["Cc"]
        assert "mm/mprotect.c@example.org" in str(parsed["Cc"])
        script.write_text('print "no address\\n";\n')
        refused(m, "--tree", tree, says="no address")
        script.write_text('print "m\\@example.org\\n";\n')
        for version, warned in (((6, 12, 3), True), ((6, 17, 12), True), ((6, 17, 13), False),
                                ((7, 0, 0), False)):
            (tree / "Makefile").write_text("VERSION = %d\nPATCHLEVEL = %d\nSUBLEVEL = %d\n" % version)
            done = report(m, "--tree", tree)
            assert done.returncode == 0 and ("a current tree" in done.stderr) == warned, done
        refused(m, "--tree", tree / "nope", says="nope")


@tap.test
def names_inject_nothing():
    evil = "x\nBcc: evil@example.org\n\n#regzbot fix: y\n<script>alert(1)</script>"

    def make(db):
        ident = mainline(db, name=evil)
        db.execute("UPDATE run SET compiler = ?, kernel_version = ?", (evil, evil))
        db.commit()
        return ident

    with Made(make) as m:
        parsed, body = mail(m)
        assert parsed["Bcc"] is None and not re.search(r"^(Bcc|#regzbot fix)", body, re.M), body
        page = report(m, form="html").stdout
        assert "<script>alert" not in page and page.count("<script") == 1


@tap.test
def output_goes_into_a_new_file():
    with Made(madeup.exact) as m:
        path = m.dir.parent / "out.mail"
        done = report(m, "-o", path)
        assert done.returncode == 0 and not done.stdout
        assert path.read_text().startswith("Subject: ")
        done = report(m, "-o", path)
        assert done.returncode == 128 and "exists" in done.stderr
        assert report(m, form="pdf").returncode == 129
        assert report(m, form="md").returncode == 129


@tap.test
def markdown_has_its_pictures_beside_it():
    with Made(madeup.exact) as m:
        done = report(m, "-o", m.dir, form="md")
        assert done.returncode == 0, done
        text = (m.dir / "README.md").read_text()
        pictures = re.findall(r"!\[[^]]*\]\(([^)]*)\)", text)
        assert len(pictures) == 3 and all((m.dir / p).is_file() for p in pictures), pictures
        assert "slowpath verify" not in text


@tap.test
def another_architecture_is_named():
    def other(db):
        ident = madeup.compare(db)
        assert db.execute("UPDATE run SET arch = 'arm64'").rowcount > 0
        db.commit()
        return ident

    def texts(made):
        yield mail(made)[1]
        for form in "md", "html":
            folder = made.dir.with_name(form)
            done = report(made, "-o", folder, form=form)
            assert done.returncode == 0, done
            yield (folder / "README.md" if form == "md" else folder).read_text()
        yield madeup.slowpath(made.home, "show", made.id).stdout

    with Made(other) as m, Made(madeup.compare) as usual:
        for text, without in zip(texts(m), texts(usual), strict=True):
            assert re.search(r"kernels for arm64|^arch +arm64$", text, re.M), text
            assert "amd64" not in re.sub(r"cloud-amd64", "", without), without
            hashed = re.compile(r"(vmlinux|Image)\s+(?:SHA-256|[0-9a-f]{12})")
            assert set(hashed.findall(text)) == {"Image"}, text
            assert set(hashed.findall(without)) == {"vmlinux"}, without
        # No tree is built for it, so no command to copy builds one.
        headers, text = mail(m)[:2]
        assert "git:" not in text and "a machine of arm64" in text, text
        assert " (arm64)" in headers["Subject"], headers
        for made, name in (m, "arm64"), (usual, "amd64"):
            assert madeup.slowpath(made.home, "bundle", made.id, "-o", made.dir).returncode == 0
            document = json.loads((made.dir / "results/01.json").read_text())
            assert document["arch"] == name, document
            assert madeup.slowpath(made.home, "verify", made.dir).returncode == 0


def timed_beside(time):
    def make(db):
        ident = madeup.compare(db)
        madeup_studies.result(db, ident, "regression", {"verdict": "regression", "time": time})
        db.execute("UPDATE experiment SET command = json_set(command, '$.time', 'replay')")
        return ident
    return make


@tap.test
def a_count_that_its_time_contradicts_is_no_mail():
    time = madeup_studies.time_of(1.001, 1.33, verdict="trivial")
    with Made(timed_beside(time)) as m:
        refused(m, says="with its time 'compare' called this suspect: ")
        refused(m, says="by the count this is regression, but it takes 1.001 times as long here")
        text = html.unescape(report(m, form="html").stdout)
        assert "suspect, as the time of a call in it says otherwise" in text
        assert "suspect, count and time disagree" in text and "suspect, slower" not in text
        assert "that the time of a call contradicts" in text and "another build" not in text
    with Made(timed_beside({"kind": "replayed", "why_not": "no call"})) as m:
        assert "so how long it takes is not known: no call." in " ".join(mail(m)[1].split())
        assert madeup.slowpath(m.home, "bundle", m.id, "-o", m.dir).returncode == 0
        assert madeup.slowpath(m.home, "verify", m.dir).returncode == 0
        assert json.loads((m.dir / "results/01.json").read_text())["time"]["why_not"] == "no call"
    for unheard in ({**time, "blocks": {"old": [1.0] * 3, "new": [1.001] * 3}, "ratio": 1.001,
                     "low": 0, "high": None, "verdict": "inconclusive"},):
        with Made(timed_beside(unheard)) as m:
            assert mail(m)


@tap.test
def a_time_that_agrees_is_told_with_the_count():
    with Made(timed_beside(madeup_studies.time_of(1.25, 1.33))) as m:
        words = ("change_protection in protect, the two kernels' own code replayed on", "1.25 times "
                 "as long (99 % interval 1.250 to 1.250, caches warm, 20 blocks, one build a side), "
                 "with 1.33 times as many instructions", "replayed time is of one function's calls")
        body = " ".join(mail(m)[1].split())
        page = " ".join(html.unescape(report(m, form="html").stdout).split())
        for text in (body, page):
            assert all(w in text for w in words), text
        assert "<th>in time" in page and ">1.25x" in page
        assert "' --time -s " in page, re.findall("slowpath compare[^<]*", page)


@tap.test
def a_time_travels_and_has_to_follow_from_its_blocks():
    with Made(timed_beside(madeup_studies.time_of(1.25, 1.33))) as m:
        assert madeup.slowpath(m.home, "bundle", m.id, "-o", m.dir).returncode == 0
        done = madeup.slowpath(m.home, "verify", m.dir)
        assert done.returncode == 0 and "time: function, segment" in " ".join(done.stdout.split()), done
        assert json.loads((m.dir / "results/01.json").read_text())["time"]["ratio"] == 1.25
        kept = m.dir / "raw/result.json"
        good = kept.read_text()
        for wrong, says in ((("1.25", "1.2"), "follows from the rows"), (("12.5", "1e300"), "blocks"),
                            (("change_protection", "a b"), "a word each"),
                            (('"verdict": "regression"', '"verdict": "equivalent"'), "another verdict"),
                            (('"blocks"', '"bricks"'), "as many blocks"),
                            (("1.33", "10000001.33"), "no ratio")):
            assert wrong[0] in good
            kept.write_text(good.replace(*wrong, 1))
            done = madeup.slowpath(m.home, "verify", m.dir)
            assert done.returncode == 1 and says in " ".join(done.stdout.split()), (wrong, done.stdout)


tap.main()
