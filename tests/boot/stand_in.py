# SPDX-License-Identifier: GPL-2.0-or-later
"""A git tree that slowpath takes for a kernel's: its Makefile copies an image instead of building
one, and puts the config behind it. What a version does is a file of it (build.sh), so that every
commit can be another."""
import os
import pathlib
import subprocess

MAKEFILE = """
.DEFAULT_GOAL := vmlinux
KCONFIG_CONFIG ?= $(O)/.config
allnoconfig:
	@grep -v '^#' $(KCONFIG_ALLCONFIG) | grep -v -x -f Kconfig > $(KCONFIG_CONFIG)
olddefconfig:
	@grep -v -x -f Kconfig $(KCONFIG_CONFIG) > $(KCONFIG_CONFIG).x
	@mv $(KCONFIG_CONFIG).x $(KCONFIG_CONFIG)
defconfig:
	@printf 'CONFIG_HZ=1000\\n# CONFIG_PVH is not set\\n' > $(KCONFIG_CONFIG)
vmlinux:
	@set -e; echo run >> $(O)/runs; . ./build.sh; cat image $(KCONFIG_CONFIG) > $(O)/vmlinux
bzImage:
	@mkdir -p $(O)/arch/x86/boot; cp image $(O)/vmlinux; cp image $(O)/arch/x86/boot/bzImage
"""
# The tools that slowpath looks for and this Makefile does not use.
UNUSED = ("flex", "bison", "bc", "ld")


class Tree:
    """A repository in @folder; commits are made by commit()."""

    def __init__(self, folder):
        self.path = folder
        folder.mkdir()
        self.git("init", "-q", "-b", "master")
        self.write("Makefile", MAKEFILE)
        self.write("Kconfig", "CONFIG_NEVER=y\n")  # lines that no version takes
        self.write("arch/x86/Kconfig", "")
        self.write("build.sh", "true\n")

    def git(self, *words, **more):
        """Runs git there; what it printed."""
        env = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null",
               "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org",
               "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org"}
        return subprocess.run(["git", "-C", self.path, *words], check=True, capture_output=True,
                              text=True, env=env, **more).stdout.strip()

    def write(self, name, content):
        """A file of the tree."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content, encoding="utf-8")

    def commit(self, subject, **files):
        """Commits all files, after writing those named (in NAME, "__" is "/" and "_" a dot)."""
        for name, content in files.items():
            self.write(name.replace("__", "/").replace("_", "."), content)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", subject)
        return self.git("rev-parse", "HEAD")

    def state(self):
        """All that must stay as it is: files with their times, and what git thinks of them."""
        return {str(p.relative_to(self.path)): (p.stat().st_mtime_ns, p.read_bytes())
                for p in sorted(self.path.rglob("*")) if p.is_file()}


def tools(folder, without=()):
    """A PATH with stand-ins for tools that are not needed here, less those in @without."""
    folder.mkdir()
    for name in UNUSED:
        if name not in without:
            tool = folder / name
            tool.write_text("#!/bin/sh\nexit 1\n", encoding="ascii")
            tool.chmod(0o755)
    return folder


def only(folder, names):
    """A folder with links to the programs named, for a PATH that has no others."""
    folder.mkdir()
    for name in names:
        for place in os.environ["PATH"].split(":"):
            if os.access(pathlib.Path(place) / name, os.X_OK):
                (folder / name).symlink_to(pathlib.Path(place) / name)
                break
    return folder
