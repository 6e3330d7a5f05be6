# SPDX-License-Identifier: GPL-2.0-or-later
"""slowpath-tutorial(7), typed from its first line to its last. The tree's commits are the two stock
kernels, and an editor that puts the fast one back is what mends it; all else is done for real."""
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import commits, lab
from cli import example_lines

PAGE = tap.SOURCE / "man/slowpath-tutorial.7"
SLOWER, MENDED = 1, 0
# By how a line begins: its exit status where that is not 0, and what it has to say.
SAYS = {
    "slowpath doctor": (None, ""),
    "slowpath compare debian:": (SLOWER, "REGRESSION"),
    "slowpath attribute": (0, "prot_commit_fl"),  # whose middle is left out in 80 columns
    "slowpath audit": (0, "config"),
    "slowpath narrow": (SLOWER, "REGRESSION"),
    "slowpath bisect": (SLOWER, "PROVEN"),
    "slowpath compare v6.16": (MENDED, "EQUIVALENT"),
    "slowpath compare": (MENDED, "IMPROVEMENT"),
    "slowpath fixed": (MENDED, "CLOSED"),
    "slowpath verify": (0, ""),
}


def make_tree(world):
    """The commits that the page speaks of; the tree as its reader has it."""
    tree = world.tree()
    tree.git("tag", "v6.16")
    tree.commit("mm: something else", tag=commits.tag(1), mm__mprotect_c="int x;\n")
    # It has no tag, as a revert would conflict with the next one's.
    tree.commit("mm/mprotect: look at every page twice", mm__level=f"{world.new}\n")
    tree.commit("mm: the last", tag=commits.tag(3))
    tree.git("tag", "v6.17")
    for key, value in (("user.name", "A"), ("user.email", "a@example.org")):
        tree.git("config", key, value)
    editor = world.folder / "editor"
    editor.write_text(f"#!/bin/sh\ntest -e \"$1\" && echo '{world.old}' > mm/level\n")
    editor.chmod(0o755)
    return tree, editor


class Reader:
    """Somebody who types what the page shows."""

    def __init__(self, world):
        self.world = world
        self.tree, editor = make_tree(world)
        self.bin = world.folder / "bin"
        self.bin.mkdir()
        (self.bin / "slowpath").symlink_to(lab.SLOWPATH)
        self.env = {**os.environ, **world.env(), "SLOWPATH_HOME": str(world.home.path),
                    "EDITOR": str(editor), "HOME": str(world.folder),
                    "PATH": f"{self.bin}:{world.env()['PATH']}"}

    def last(self):
        """The id of the last experiment."""
        return lab.run(self.world.home, "list", "--json").json()["experiments"][-1]["id"]

    def types(self, line):
        """Runs a line in the tree; the process."""
        for name, spec in zip((lab.OLD, lab.NEW), self.world.home.specs):
            line = line.replace(name, spec)
        if " ID " in line:
            line = line.replace(" ID ", f" {self.last()} ")
        return subprocess.run(["sh", "-c", line], cwd=self.tree.path, env=self.env, timeout=900,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              errors="replace", check=False)


def is_as_the_page_says(line):
    done = READER.types(line)
    status, text = next((v for k, v in SAYS.items() if line.startswith(k)), (0, ""))
    told = f"{line}\nexit {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    assert status is None or done.returncode == status, told
    assert text in done.stdout, told
    if line.startswith("slowpath fixed") and not READER.tree.git("status", "--porcelain", "-uno"):
        assert "building" not in done.stderr, told
    if line.startswith("slowpath report"):
        mail = " ".join((READER.tree.path / "mend.mail").read_text(encoding="utf-8").split())
        assert "100.0 %" in mail and "mm/mprotect: do not look at every page twice" in mail, mail


with commits.World() as WORLD:
    READER = Reader(WORLD)
    for shown in example_lines.shown(PAGE):
        tap.add(shown.replace("#", ""), lambda s=shown: is_as_the_page_says(s))
    tap.main()
