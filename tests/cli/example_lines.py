# SPDX-License-Identifier: GPL-2.0-or-later
"""The command lines that README and the man pages show, taken from them as they stand, and a place
in which they can be run: a home, a tree, kernels and files by the names that the pages use."""
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import tap
from boot import stand_in, tiny_kernel
from cli import madeup, madeup_survey

# Commands that boot a kernel, whatever their arguments but --dry-run.
BOOTING = ("attribute", "audit", "bisect", "compare", "cover", "cycles", "decompose", "fixed",
           "narrow", "patrol", "probe", "replay", "run", "series", "shell", "state", "survey")
# Pages whose commands are called in ~/linux.
IN_TREE = ("slowpath-tutorial.7",)
IMAGE = tiny_kernel.make("loop", "6.99.0-stand-in")
PATROL = "name: nightly\nsources: [{name: debian, kernels: ['debian:6.16..6.17']}]\n" \
         "scenarios: [mprotect/*]\nmails: mails\n"
SOURCE_FILE = "static int change_protection(int x)\n{\n\treturn x + 1;\n}\n"


def _roff(line):
    return re.sub(r"\\f.", "", line.replace("\\-", "-").replace("\\e", "\\"))


def shown(path):
    """Lines of a page that are set as they stand: indented in Markdown, between .nf and .fi. What
    the demo ends with is indented by two."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if path.suffix == ".md":
        fenced = False
        for line in lines:
            fenced ^= line.startswith("```")
            if line.startswith("    ") and not fenced:
                yield line.strip()
        return
    if path.name == "demo":
        yield from (line.strip() for line in lines if line.startswith("  slowpath "))
        return
    shown = False
    for line in lines:
        if line in (".nf", ".fi"):
            shown = line == ".nf"
        elif shown:
            yield _roff(line).strip()


def words_of(text):
    """The words of the one command that begins @text, as a shell takes them: it ends at an
    operator, at a comment, or at a quote of what it stands in. "$HOME" and "~" are still in them."""
    for end in (text, text.rstrip("'")):
        lexer = shlex.shlex(end, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        lexer.commenters = "#"
        try:
            words = list(lexer)
        except ValueError:
            continue
        operator = next((i for i, w in enumerate(words) if set(w) <= set("|&;<>()")), len(words))
        return words[:operator]
    raise AssertionError(f"no command: {text}")


def commands():
    """(page's name, line, words behind "slowpath") of every example."""
    for path in [tap.SOURCE / "README.md", tap.SOURCE / "demo",
                 *sorted((tap.SOURCE / "man").glob("*.[17]"))]:
        for line in shown(path):
            for found in re.finditer(r"(?<![\w/.-])slowpath (?=[a-z])", line):
                yield path.name, line, words_of(line[found.start():])[1:]


def boots(words):
    return words[0] in BOOTING and "--dry-run" not in words and "--from" not in words


def asks_network(words):
    """Whether it asks Debian's servers, though it boots nothing."""
    return words[:2] == ["kernel", "search"] or \
        (words[:2] == ["kernel", "add"] and words[2].startswith("debian:"))


def needs_lists(words):
    """Whether it tells of Debian's package lists as they lie there, which may be nowhere."""
    return words[0] == "narrow" and "--dry-run" in words


def scenarios(words):
    """The names and globs behind -s."""
    return [b for a, b in zip(words, words[1:]) if a in ("-s", "--scenario")]


def profile_of_page():
    """The profile that slowpath-run(1) shows."""
    text = "\n".join(map(_roff, (tap.SOURCE / "man/slowpath-run.1").read_text().splitlines()))
    return re.search(r"^\.nf\n(name: .*?)^\.fi$", text, re.M | re.S).group(1)


class Place:
    """A folder in which all of them can be run in their order; gone after the with block."""

    def __init__(self, home=None):
        self.scratch = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.scratch.name)
        self.home = home or self.path / "slowpath"
        with madeup.open_db(self.home) as db:
            self.id = madeup.exact(db)
        self.bin = stand_in.tools(self.path / "bin")
        self.bundle = self.path / "DIR"
        self._make_tree()
        self._make_files()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.scratch.cleanup()

    def _make_tree(self):
        """~/linux: with the tags that pages name, and a kernel built in it."""
        tree = stand_in.Tree(self.path / "linux")
        tree.write("mm/mprotect.c", SOURCE_FILE)
        tree.write(".gitignore", "vmlinux\n.config\n")
        for number in range(8):
            tree.commit(f"mm: change {number}", image=IMAGE + bytes([number]) * 16)
            if number == 1:
                tree.git("tag", "v6.16")
        tree.git("tag", "v6.17")
        tree.git("tag", "series-v2")
        for folder in (tree.path, self.path):
            (folder / "vmlinux").write_bytes(IMAGE)

    def _make_files(self):
        config = self.slowpath("kconfig").stdout
        for name in ("my.config", "minimal.config", "linux/.config", ".config"):
            (self.path / name).write_text(config, encoding="utf-8")
        for name in ("profile.yaml", "mprotect.yaml", "complete.yaml"):
            (self.path / name).write_text(profile_of_page(), encoding="utf-8")
        (self.path / "patrol.yaml").write_text(PATROL, encoding="utf-8")
        (self.path / "mincore/scenario").mkdir(parents=True)
        (self.path / "mincore/survey.json").write_text(json.dumps(madeup_survey.usual()))
        rows = self.slowpath("judge", self.id, "--csv").stdout
        (self.path / "results.csv").write_text(rows.replace(",old,", ",6.19,"), encoding="utf-8")

    def expand(self, word):
        """As a shell and a reader do."""
        if word.startswith("~/"):
            word = f"$HOME{word[1:]}"
        word = word.replace("$HOME", str(self.path))
        return {"ID": self.id, "DIR": str(self.bundle)}.get(word, word)

    def slowpath(self, *words, page="", **env):
        """Runs it there, as a user of @page would; the process."""
        more = {"HOME": self.path, "SLOWPATH_HOME": self.home,
                "PATH": f"{self.bin}:{os.environ['PATH']}", "CCACHE_DISABLE": "1", **env}
        return subprocess.run([madeup.BINARY, *map(self.expand, words)], cwd=self.path / ("linux" if page in IN_TREE else ""),
                              env={**os.environ, **{k: str(v) for k, v in more.items()}},
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              errors="replace", timeout=300)
