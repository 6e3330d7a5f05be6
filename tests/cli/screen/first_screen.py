# SPDX-License-Identifier: GPL-2.0-or-later
"""
For every command whose output can be had without booting: the question that somebody has who has
read its --help, and the line that answers it, in the first 24 rows of 80 columns.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import first_screen
import tap
from cli import madeup, madeup_studies, madeup_survey

KERNELS = r"6\.16\.12-made -> 6\.17\.13-made"
RESULT = rf"regression +1\.3308 +exact +{madeup.SCENARIO}"
# Command, with {home}, {dir} and {id}; the question; a pattern within one or two neighbouring rows.
# No command without its question: see every_command_is_asked().
SCREENS = (
    ("bundle {id} -o again", "Where is it, and how is it checked?",
     r"^again: \d+ files; 'slowpath verify again' checks them$"),
    ("cache", "How much disk does it take?", r"^in all +[\d.]+ [KMG]iB$"),
    ("doctor", "Can I compare kernels here?", r"^compare (can|cannot) run on this machine"),
    ("export {id} --format ktap", "Did it pass?",
     rf"^not ok 1 {madeup.SCENARIO} on 6\.17\.13-made$"),
    ("judge {id}", "Is the new kernel slower?", r"^ +new +3 +354.0000 .* regression$"),
    ("judge {dir}/rows.csv", "Is the new kernel slower?", r"^ +new +3 +354.0000 .* regression$"),
    ("kconfig", "How do I get a kernel with it?", r"slowpath kconfig > slowpath.config$"),
    ("kernel list", "Which kernels are there?", r"^slowpath: no kernels yet; 'slowpath kernel add"),
    ("list", "What did I measure, and what came of it?", rf"^aaaaaa +{RESULT}\n +{KERNELS}; 2026-"),
    ("merge {dir}/other/slowpath.db", "What was taken over?", r"^1 added, 0 grew, 0 were there"),
    ("remove {other}", "Is it gone?", r"^removed 20260513-100000-eeeeee$"),
    ("report {id} --format mail", "What does the mail claim?",
     r"^Subject: \[REGRESSION\] mm/mprotect: shared-dirty-toggle 1\.33x"),
    ("reproducer mprotect/shared-dirty-toggle", "How is it built and run?",
     r"cc -O2 -Wall -Wextra -o reproducer reproducer\.c && \./reproducer$"),
    ("run {dir}/p.yaml --dry-run", "How many boots, and how long?", r"^# 6 boots, about \d+ s\.$"),
    ("scenario list", "Which paths can be measured?", r"^fork/\S+ +\S"),
    ("scenario show mprotect/shared-dirty-toggle", "What does it do?",
     r"mprotect\(\) a shared, dirty 64 MiB mapping to read-only and back"),
    ("show {id}", "What came of it, and with which kernels?", rf"^{RESULT}\n +{KERNELS}$"),
    ("show {narrow}", "What came of it?", rf"^regression .* {madeup.SCENARIO}\n"),
    ("show {fixed}", "Does the candidate close the gap?", rf"^equivalent .* {madeup.SCENARIO}\n"),
    ("show {bisect}", "Which commit was it?",
     r"proven:\s+cccccccccccc\s+\(\"mm: <b>faster</b>\"\)$"),
    ("survey --from {dir}/survey.json -o {dir}/pages", "How many steps are there, and which?",
     r"^2 steps in 1 of 2 scenarios: 1 up, 1 down$"),
    ("verify {dir}/bundle", "Does it agree with itself?", r"^all of \d+ files agree in \S+/bundle$"),
    ("--help", "Which command compares two kernels?", r"^  compare +what NEW changed against OLD"),
    ("--version", "Which one is it?", r"^slowpath \d+\.\d+\.\d+"),
)
# It has no answer: who is in it asks.
CONVERSATIONS = {"shell"}
NAMES = {"id": "20260513-100000-aaaaaa", "other": "20260513-100000-eeeeee"}


def make(folder):
    """A home with experiments of every kind, and the files that commands are given."""
    home = folder / "home"
    with madeup.open_db(home) as db:
        madeup.exact(db, NAMES["id"])
        madeup.exact(db, NAMES["other"], blocks=1)
        names = {f.__name__: f(db) for f in (madeup_studies.narrow, madeup_studies.fixed,
                                             madeup_studies.bisect)}
    with madeup.open_db(folder / "other") as db:
        madeup.exact(db, "20260514-100000-ffffff", blocks=1)
    (folder / "survey.json").write_text(json.dumps(madeup_survey.usual()))
    (folder / "p.yaml").write_text(madeup.profile_text("p", "", 3, "exact", madeup.SPECS))
    for args, to in ((("judge", NAMES["id"], "--csv"), folder / "rows.csv"),
                     (("bundle", NAMES["id"], "-o", folder / "bundle"), None)):
        done = madeup.slowpath(home, *args)
        assert done.returncode == 0, done
        if to:
            to.write_text(done.stdout)
    return {"home": home, "dir": folder, **NAMES, **names}


with tempfile.TemporaryDirectory() as scratch:
    PLACES = make(pathlib.Path(scratch))

    def answers(command, question, answer):
        words = command.format(**PLACES).split()
        if not words[0].startswith("-"):
            words += ["--home", str(PLACES["home"])]
        done = subprocess.run([madeup.BINARY, *words], stdin=subprocess.DEVNULL, timeout=120,
                              cwd=PLACES["dir"],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        first_screen.expect(done.stdout, question, answer)

    for args in SCREENS:
        tap.add(re.sub(r"[{}]", "", args[0]) + ": " + args[1],
                lambda args=args: answers(*args))

    @tap.test
    def every_command_is_asked():
        done = subprocess.run([madeup.BINARY, "--help"], capture_output=True, text=True, timeout=60)
        commands = set(re.findall(r"^  ([a-z]+) ", done.stdout, re.M))
        asked = {s[0].split()[0] for s in SCREENS} - {"--help", "--version"}
        assert len(commands) > 20 and not asked & set(first_screen.BOOTED)
        assert commands - CONVERSATIONS == asked | set(first_screen.BOOTED), (
            commands - CONVERSATIONS ^ (asked | set(first_screen.BOOTED)))

    @tap.test
    def the_others_are_asked_where_kernels_are_booted():
        texts = "".join(p.read_text(encoding="utf-8")
                        for p in (tap.SOURCE / "tests/boot/commands").glob("*.py"))
        for command in first_screen.BOOTED:
            assert command in first_screen.BY_EXAMPLES or \
                f'first_screen.booted("{command}", ' in texts, command
        assert "first_screen.booted(words[0], " in texts

    @tap.test
    def what_is_below_the_screen_is_no_answer():
        assert first_screen.screen("a\n" * 30).count("a") == first_screen.ROWS
        assert first_screen.screen("x" * 81).splitlines() == ["x" * 80, "x"]
        assert not re.search("^late$", first_screen.screen("\n" * 24 + "late\n"), re.M)

    tap.main()
