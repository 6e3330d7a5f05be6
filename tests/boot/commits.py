# SPDX-License-Identifier: GPL-2.0-or-later
"""A home with two stock kernels and trees whose commits are one or the other: what bisections are
tried on without building anything."""
import contextlib
import os
import pathlib
import shutil
import tempfile

from boot import lab, stand_in

# A commit is the kernel that "level" names, with the eight bytes of "tag" in its banner.
MAKEFILE = stand_in.MAKEFILE.split("vmlinux:\n")[0] + """vmlinux:
\t@set -e; . ./build.sh; cp "$$(sed -n 1p mm/level)" $(O)/vmlinux; \\
\tprintf %.8s "$$(cat tag)" | dd of=$(O)/vmlinux bs=1 conv=notrunc status=none \\
\tseek=$$(sed -n 2p "$$(sed -n 1p mm/level).at")
"""
BANNER = b"Linux version "


class World:
    """A home with both kernels, and a tree to make commits in."""

    def __enter__(self):
        self.stack = contextlib.ExitStack()
        self.home = self.stack.enter_context(lab.Home(small=True))
        self.folder = pathlib.Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        entries = lab.need_kernels(lab.OLD, lab.NEW)
        self.old, self.new = (self.image(e) for e in entries)
        self.path = f"{stand_in.tools(self.folder / 'tools')}:{os.environ['PATH']}"
        self.trees = 0
        return self

    def __exit__(self, *_):
        self.stack.close()

    def image(self, entry):
        """A kernel's file, with beside it the place where a tag goes: the builder's name."""
        path = self.folder / entry["release"]
        shutil.copyfile(pathlib.Path(entry["dir"]) / "vmlinux", path)
        data = path.read_bytes()
        at = data.index(b" (", data.index(BANNER + entry["release"].encode())) + 2
        pathlib.Path(f"{path}.at").write_text(f"place\n{at}\n", encoding="ascii")
        return path

    def tree(self):
        """A tree with a fast commit."""
        self.trees += 1
        tree = stand_in.Tree(self.folder / f"tree{self.trees}")
        tree.write("Makefile", MAKEFILE)
        tree.commit("fast", mm__level=f"{self.old}\n", tag="tag-0000")
        return tree

    def env(self):
        return {"PATH": self.path, "GIT_CONFIG_GLOBAL": "/dev/null", **self.home.env}

    def start(self, *words):
        """A bisection that goes on."""
        return lab.Running(self.home, "bisect", *words, "--json", env=self.env())

    def bisect(self, tree, good, bad, *words, code=1, texts=(), timeout=900):
        """The document of a bisection, or with another code the process."""
        done = lab.run(self.home, "bisect", "--tree", tree.path, "--good", good, "--bad", bad,
                       "--json", *words, env=self.env(), timeout=timeout).expect(code, *texts)
        return done.json() if done.out else done


def tag(n):
    return f"tag-{n:04}"


def long_tree(world):
    """Twelve commits: (tree, {subject: id}). The sixth does not build, the eighth changes no image,
    the ninth is slow."""
    tree, ids = world.tree(), {}
    for n in range(1, 13):
        files = {"tag": tag(n)}
        if n == 6:
            files["build_sh"] = "echo 'mm/x.c:1:1: error: broken' >&2; exit 1\n"
        if n == 7:
            files["build_sh"] = "true\n"
        if n == 8:
            files = {"comment": "nothing of this is built"}
        if n == 9:
            files = {"mm__level": f"{world.new}\n"}
        ids[n] = tree.commit(f"commit {n}", **files)
    return tree, ids
