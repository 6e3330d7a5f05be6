# SPDX-License-Identifier: GPL-2.0-or-later
"""What somebody sees of an output without scrolling, and whether it answers the question that the
command exists for: of those commands that boot kernels, whose output tests/boot has. Of all others
tests/cli/screen/first_screen.py has both."""
import re

ROWS, COLUMNS = 24, 80
RELEASE = r"\d+\.\d+\S*"
# Command: (the question of somebody who has read its --help, a pattern within a line or two).
BOOTED = {
    "attribute": ("Which kinds of instructions does NEW execute more of?",
                  r"^  delta in +insns .*\n  \S+( +([+-]\d\S*|-))+ +\d"),
    "audit": ("What else is different?", r"^  \d+ of \d+ things are the same; not: \S"),
    "bisect": ("Which commit was it?", r"^(PROVEN|LIKELY) +[0-9a-f]{12}  \S"),
    "compare": ("Did it change, and by how much?",
                r"^[A-Z -]+  \S+/\S+\n  NEW / OLD = \d+\.\d+ in "),
    "contention": ("How many touches of lines that CPUs share are there?",
                   r"^ +\S+: touches of them +[\d.]+"),
    "cover": ("How much of the file did the scenario execute?",
              r"executed in any of \d+\s+runs?:\s+\d+\s+\(\d+\.\d %\)"),
    "cycles": ("By how much may it be slower?",
               r"^  \w+: instructions [\d.]+, estimated cycles [\d.]+ to [\d.]+$"),
    "decompose": ("Does a candidate make something worse?",
                  r"^(A|NO) CANDIDATE MAKES (SOMETHING|ANYTHING) WORSE: \d+ gaps?, "),
    "fixed": ("Does the candidate close the gap?",
              r"^NOT CLOSED  \S+\n  the candidate closes \d+\.\d % of the gap"),
    "narrow": ("Between which kernels did it change?",
               rf"^  (UP|DOWN)  .*\n    before   {RELEASE}\n(    .*\n)*?    after    {RELEASE}$"),
    "patrol": ("Is there a new step?", r"^\d+ new steps?, \d+ known, "),
    "probe": ("How large are the batches?", r"^  \d+ calls, \d+ in all, mean \d+\.\d{3}, from "),
    "replay": ("How much longer does a call take here?",
               r"executes [\d.]+\s+times\s+as\s+many\s+instructions;\s+takes\s+[\d.]+\s+times\s+as"
               r"\s+long\s+here"),
    "series": ("Which commit costs something?", r"^A COMMIT COSTS MORE: \d+ commits"),
    "state": ("Do both start from the same state?",
              r"^  the two kernels start from the same state$"),
}
# Whose examples in README and the man pages tests/boot/commands/examples.py does.
BY_EXAMPLES = {"attribute", "audit", "cover", "cycles", "probe", "replay", "state"}


def screen(text):
    """What somebody sees of it without scrolling: a longer line takes more rows."""
    rows = []
    for line in text.splitlines():
        rows += [line[i:i + COLUMNS] for i in range(0, len(line), COLUMNS)] or [""]
    return "\n".join(rows[:ROWS])


def expect(text, question, answer):
    """Fails if the first screen of the text does not answer."""
    seen = screen(text)
    assert re.search(answer, seen, re.M), f"{question}\nno {answer!r} in\n{seen}"


def booted(command, text):
    """The same for one of BOOTED."""
    expect(text, *BOOTED[command])
