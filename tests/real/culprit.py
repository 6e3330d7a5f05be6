# SPDX-License-Identifier: GPL-2.0-or-later
"""A real bisection: Debian's source of a kernel in a git repository, twenty commits on top, of which
one makes mprotect() look at every page's folio. About 40 minutes of two CPUs the first time."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import tap
from boot import lab
from real import history

PACKAGE = "linux-source-6.12"
# Sources that the minimal config cannot reach; their Kconfig and Makefile files stay.
UNUSED = ("Documentation/", "drivers/gpu/", "drivers/infiniband/", "drivers/media/", "drivers/net/",
          "drivers/scsi/", "drivers/staging/", "sound/", "tools/testing/")
KEPT_ARCHS = ("arch/x86/", "arch/um/")
TOOLS = ("make", "gcc", "ld", "flex", "bison", "bc", "dpkg-deb", "apt-get", "xz")


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
    history.git(tree, "init", "-q", "-b", "main")
    history.git(tree, "add", "-A", "-f", ".")
    history.git(tree, "commit", "-q", "-m", "Linux")


class World:
    """A repository and a home of their own; what compilers made stays for the next time."""

    def __enter__(self):
        missing = [t for t in TOOLS if not shutil.which(t)]
        if missing:
            raise tap.Skip(f"not installed: {' '.join(missing)}")
        package = fetch()
        self.scratch = tempfile.TemporaryDirectory(dir=tap.HOME / "source")
        folder = pathlib.Path(self.scratch.name)
        self.home = lab.Home.empty(folder / "home")
        self.tree = folder / "tree"
        self.tree.mkdir()
        unpack(package, self.tree, folder / "package")
        self.ids = history.make(self.tree)
        return self

    def __exit__(self, *_):
        self.scratch.cleanup()

    def run(self, *words):
        env = {"CCACHE_DIR": os.environ.get("CCACHE_DIR") or tap.HOME / "ccache"}
        return lab.run(self.home, *words, env=env, timeout=4 * 3600)


@tap.test
def the_commit_is_named_and_proven():
    with World() as w:
        before = history.git(w.tree, "status", "--porcelain")
        done = w.run("bisect", "--tree", w.tree, "--good", w.ids[0], "--bad", w.ids[20],
                     "--json").expect(1, "it is skipped")
        document = done.json()
        print("# " + json.dumps(document["seconds"]))
        assert document["status"] == "proven", document
        culprit, = document["culprits"]
        assert culprit["commit"] == w.ids[13] and culprit["subject"] == history.CULPRIT, culprit
        assert culprit["ratio"] > 1.1 and culprit["won_back"] > 0.99, culprit
        series = {w.ids.index(s["commit"]): s for s in document["series"]}
        # The tenth does not build; the twelfth is the eleventh with other comments.
        assert series[10]["skipped"] and "no_such_thing_as_this" in series[10]["skipped"], series
        assert series[12]["same_as"] == w.ids[11], series
        # What is not on the path changes nothing at all.
        assert series[0]["value"] == series[11]["value"] == series[12]["value"], series
        assert series[13]["value"] == series[15]["value"] == series[20]["value"], series
        assert document["tested"] == 5 and document["skipped"] == document["unchanged"] == 1
        assert history.git(w.tree, "status", "--porcelain") == before
        overhead = document["seconds"]["total"] - document["seconds"]["build"] - \
            document["seconds"]["measure"]
        print(f"# beside builds and boots: {overhead:.1f} s")
        text = w.run("bisect", "--resume", document["id"]).expect(1).out
        assert "PROVEN" in text and culprit["fixes"] in text, text


tap.main()
