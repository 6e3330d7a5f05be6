# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests that build real kernels share: Debian's source of one as a commit of a repository,
changes of its files, and a home to build and measure in."""
import fcntl
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import tap
from boot import lab

PACKAGE = "linux-source-6.12"
# Sources that the minimal config cannot reach; their Kconfig and Makefile files stay.
UNUSED = ("Documentation/", "drivers/gpu/", "drivers/infiniband/", "drivers/media/", "drivers/net/",
          "drivers/scsi/", "drivers/staging/", "sound/", "tools/testing/")
KEPT_ARCHS = ("arch/x86/", "arch/um/")
TOOLS = ("make", "gcc", "ld", "flex", "bison", "bc", "dpkg-deb", "apt-get", "xz")


def git(tree, *words, n=0):
    """Runs git in the tree, at a time of its own; what it printed."""
    env = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null",
           "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org",
           "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org",
           "GIT_AUTHOR_DATE": f"{1700000000 + n} +0000",
           "GIT_COMMITTER_DATE": f"{1700000000 + n} +0000"}
    return subprocess.run(["git", "-C", tree, *words], check=True, capture_output=True, text=True,
                          env=env).stdout.strip()


def edit(tree, name, change):
    """Puts change(text) in place of a file's text, which must become another."""
    path = tree / name
    before = path.read_text(encoding="utf-8")
    after = change(before)
    assert before != after, f"{name} has not the place to change"
    path.write_text(after, encoding="utf-8")


def insert_before(place, what):
    """A change that needs exactly one such place."""
    def change(text):
        assert text.count(place) == 1, f"{text.count(place)} times: {place!r}"
        return text.replace(place, what + place)
    return change


def is_needed(name):
    """Whether a file of the source may matter for an x86 kernel without most drivers."""
    if name.startswith(UNUSED) or \
            name.startswith("arch/") and name.count("/") > 1 and not name.startswith(KEPT_ARCHS):
        return not name.endswith((".c", ".h", ".S", ".rst", ".yaml", ".dts", ".dtsi", ".txt"))
    return True


def fetch():
    """The source package, kept beside the kernels of other tests."""
    folder = tap.HOME / "source"
    folder.mkdir(parents=True, exist_ok=True)
    found = sorted(folder.glob(f"{PACKAGE}_*.deb"))
    if not found:
        # Makes the private apt root, with fresh lists.
        subprocess.run([lab.SLOWPATH, "kernel", "search", "6.12", "--home", tap.HOME], check=True,
                       capture_output=True, timeout=600)
        done = subprocess.run(["apt-get", "-c", tap.HOME / "apt/apt.conf", "-q", "download",
                               PACKAGE], cwd=folder, capture_output=True, text=True, timeout=1800)
        if done.returncode:
            raise tap.Skip(f"no {PACKAGE}: {done.stderr.strip()[-300:]}")
        found = sorted(folder.glob(f"{PACKAGE}_*.deb"))
    return found[-1]


def unpack(package, tree, scratch):
    """The source as one commit."""
    subprocess.run(["dpkg-deb", "-x", package, scratch], check=True)
    archive, = scratch.glob("usr/src/*.tar.xz")
    with tarfile.open(archive) as tar:
        for member in tar:
            name = member.name.split("/", 1)[-1]
            if is_needed(name) and (member.isreg() or member.issym()):
                member.name = name
                tar.extract(member, tree, set_attrs=True)
    shutil.rmtree(scratch)
    git(tree, "init", "-q", "-b", "main")
    git(tree, "add", "-A", "-f", ".")
    git(tree, "commit", "-q", "-m", "Linux")


class World:
    """A repository and a home of their own, always in one place, one at a time: ccache knows what it
    compiled by its path, so that only the first world takes long."""

    def __enter__(self):
        missing = [t for t in TOOLS if not shutil.which(t)]
        if missing:
            raise tap.Skip(f"not installed: {' '.join(missing)}")
        package = fetch()
        self.folder = tap.HOME / "source/world"
        self.lock = open(f"{self.folder}.lock", "w", encoding="ascii")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.home = lab.Home.empty(self.folder / "home")
        self.tree = self.folder / "tree"
        self.tree.mkdir(parents=True)
        unpack(package, self.tree, self.folder / "package")
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder)
        self.lock.close()

    def run(self, *words):
        """Runs slowpath to its end."""
        env = {"CCACHE_DIR": os.environ.get("CCACHE_DIR") or tap.HOME / "ccache"}
        return lab.run(self.home, *words, env=env, timeout=4 * 3600)
