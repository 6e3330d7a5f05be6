# SPDX-License-Identifier: GPL-2.0-or-later
"""Every example of README and the man pages is a command that slowpath takes. Those that boot a
kernel end at a QEMU that is not there, once their words were understood and their files found (they
take minutes, or kernels from the network; tests/boot/commands/examples.py boots the others), and those that
ask Debian's servers end at an apt-get that is not there. All the rest is done."""
import fnmatch
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import stand_in
from cli import example_lines

# What the stand-in for a build, git and the commands themselves need, and no apt-get.
PROGRAMS = ("sh", "git", "make", "gcc", "cc", "grep", "mv", "cat", "cp", "mkdir", "echo", "ctags",
            "objdump")
# One that judges says what it found by its status.
JUDGING = ("judge", "report")


def status_of(place, words, page=""):
    """The process, and whether its end is the one that is expected of it."""
    if example_lines.boots(words):
        done = place.slowpath(*words, page=page, SLOWPATH_QEMU="/nonexistent",
                              SLOWPATH_QEMU_ARM64="/nonexistent")
        return done, done.returncode == 128 and any(
            f"{variable}=/nonexistent cannot be run" in done.stderr
            for variable in ("SLOWPATH_QEMU", "SLOWPATH_QEMU_ARM64"))
    if example_lines.asks_network(words):
        path = place.path / "no-apt"
        if not path.exists():
            stand_in.only(path, PROGRAMS)
        done = place.slowpath(*words, page=page, PATH=path)
        return done, done.returncode == 128 and "apt-get" in done.stderr
    done = place.slowpath(*words, page=page)
    if example_lines.needs_lists(words):
        return done, done.returncode == 128 and "'slowpath kernel search' fetches" in done.stderr
    return done, done.returncode == 0 or (words[0] in JUDGING and done.returncode == 1) or \
        (words[0] == "doctor" and done.returncode != 129)


EXAMPLES = list(example_lines.commands())
PLACE = example_lines.Place()
LIBRARY = [s["name"] for s in json.loads(PLACE.slowpath("scenario", "list", "--json").stdout)[
    "scenarios"]]


def is_taken(page, line, words):
    done, good = status_of(PLACE, words, page)
    assert good, f"{line}\n{words}\nexit {done.returncode}\n{done.stderr}\n{done.stdout[:500]}"
    for name in example_lines.scenarios(words):
        assert fnmatch.filter(LIBRARY, name), f"{line}: no scenario is {name}"


@tap.test
def the_pages_have_examples():
    pages = {page for page, _, _ in EXAMPLES}
    assert len(EXAMPLES) > 60 and {"README.md", "demo", "slowpath.1", "slowpath-compare.1"} <= pages, pages


@tap.test
def a_wrong_word_is_found():
    for words in (["compare", "debian:6.16.12", "debian:6.17.13", "--confrim"],
                  ["fixed", "--old", "debian:6.16", "--candidate", "~/linux"],
                  ["cover", "debian:6.17.13", "--source", "mm/mprotect.c"],
                  ["bundle", "ID"], ["scenario", "show", "mprotect/no-such"],
                  ["kernel", "seach", "6.17"], ["narow", "debian:6.12..7.3"]):
        done, good = status_of(PLACE, words)
        assert not good, (words, done)


for page, shown, words_ in EXAMPLES:
    tap.add(f"{page}: {shown}".replace("#", ""), lambda p=page, s=shown, w=words_: is_taken(p, s, w))
with PLACE:
    tap.main()
