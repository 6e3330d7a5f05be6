# SPDX-License-Identifier: GPL-2.0-or-later
"""No setting of a git tree makes a program run, whatever slowpath asks git for. Each setting here
names a harmless program that would leave a file."""
import fcntl
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import lab, stand_in, tiny_kernel

# They end at once: what is looked at here comes before and after a boot.
IMAGE = tiny_kernel.make("reset", "6.99.0-stand-in")
OTHER = tiny_kernel.make("reset", "6.99.0-stand-in-2")
SIGNATURE = "-----BEGIN PGP SIGNATURE-----\n \n none\n -----END PGP SIGNATURE-----"
# By what of git they are, all that name a program. {p} is it, with a name to leave as its file.
SETTINGS = {
    "shows": {"log.showSignature": "true", "gpg.program": "{p}", "gpg.openpgp.program": "{p}",
              "gpg.ssh.program": "{p}", "gpg.x509.program": "{p}", "core.pager": "{p}",
              "pager.log": "{p}", "pager.status": "{p}", "pager.rev-parse": "{p}",
              "pager.rev-list": "{p}", "diff.external": "{p}", "diff.trap.textconv": "{p}",
              "diff.trap.command": "{p}", "interactive.diffFilter": "{p}", "core.editor": "{p}",
              "sequence.editor": "{p}", "alias.rev-parse": "!{p}", "alias.status": "!{p}",
              "status.submoduleSummary": "true", "format.pretty": "%G?", "diff.submodule": "log"},
    "fetches": {"extensions.partialClone": "origin", "remote.origin.promisor": "true",
                "remote.origin.partialclonefilter": "blob:none",
                "remote.origin.url": "ssh://nowhere.example/x", "core.sshCommand": "{p}",
                "ssh.variant": "simple", "core.gitProxy": "{p}", "core.askPass": "{p}",
                "credential.helper": "!{p}", "core.alternateRefsCommand": "{p}",
                "uploadpack.packObjectsHook": "{p}", "protocol.allow": "always",
                "remote.origin.uploadpack": "{p}", "submodule.recurse": "true"},
    "fetches from a path": {"extensions.partialClone": "origin", "remote.origin.promisor": "true",
                            "remote.origin.url": ".", "remote.origin.uploadpack": "{p}"},
    "fetches by a helper": {"extensions.partialClone": "origin", "remote.origin.promisor": "true",
                            "remote.origin.url": "ext::{p}", "protocol.ext.allow": "always"},
    "filters": {"filter.trap.clean": "{p}", "filter.trap.smudge": "{p}",
                "filter.trap.required": "true", "merge.trap.driver": "{p}",
                "core.attributesFile": "{attributes}"},
    "filters in a process": {"filter.trap.process": "{p}", "filter.trap.required": "true",
                             "core.attributesFile": "{attributes}"},
    "watches": {"core.fsmonitor": "{p}", "core.hooksPath": "{hooks}",
                "core.untrackedCache": "true"},
    "starts a watcher": {"core.fsmonitor": "true", "fsmonitor.allowRemote": "true"},
}
HOOKS = ("post-checkout", "post-index-change", "reference-transaction", "pre-commit",
         "fsmonitor-watchman", "pre-auto-gc", "post-merge", "post-rewrite", "proc-receive",
         "prepare-commit-msg", "commit-msg", "update", "pre-applypatch")


class Trapped:
    """A tree of three commits, signed as it seems, whose settings name programs; and a home."""

    def __init__(self, folder, settings, how):
        self.folder, self.left = folder, folder / "left"
        self.left.mkdir()
        self.home = lab.Home.empty(folder / "home")
        self.tree = stand_in.Tree(folder / "tree")
        self.path = f"{stand_in.tools(folder / 'tools')}:{os.environ['PATH']}"
        self.attributes = folder / "attributes"
        self.attributes.write_text("* filter=trap diff=trap merge=trap\n")
        for subject, files in (("First", {"image": IMAGE}), ("Second", {"image": OTHER}),
                               ("Third", {"image": IMAGE, "_gitattributes":
                                          "* filter=trap diff=trap merge=trap\n"})):
            self.tree.commit(subject, **files)
            self.sign()
        self.commits = self.tree.git("rev-list", "--reverse", "HEAD").split()
        # The work tree has something to look at, and an object is missing.
        self.tree.write("build.sh", "true # changed\n")
        self.tree.write("Kconfig", (self.tree.path / "Kconfig").read_text())
        blob = self.tree.git("hash-object", "Makefile")
        self.missing = self.tree.path / f".git/objects/{blob[:2]}/{blob[2:]}"
        how(self, settings)

    def sign(self):
        """Puts a commit that bears a signature in the place of the last."""
        head, message = self.tree.git("cat-file", "commit", "HEAD").split("\n\n", 1)
        signed = self.tree.git("hash-object", "-t", "commit", "-w", "--stdin",
                               input=f"{head}\ngpgsig {SIGNATURE}\n\n{message}\n")
        self.tree.git("update-ref", "HEAD", signed)

    def program(self, name):
        """One that leaves a file of that name."""
        path = self.folder / "programs" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n: > '{self.left}/{name}'\nexit 1\n")
        path.chmod(0o755)
        return path

    def values(self, settings):
        """The settings with their programs."""
        hooks = self.folder / "hooks"
        hooks.mkdir(exist_ok=True)
        for folder in (hooks, self.tree.path / ".git/hooks"):
            folder.mkdir(exist_ok=True)
            for hook in HOOKS:
                (folder / hook).write_text(self.program(f"hook-{hook}").read_text())
                (folder / hook).chmod(0o755)
        return {key: value.replace("{p}", str(self.program(key)) if "{p}" in value else "")
                .replace("{hooks}", str(hooks)).replace("{attributes}", str(self.attributes))
                for key, value in settings.items()}

    def env(self):
        return {"PATH": self.path, "HOME": self.folder, "CC": None, "CCACHE_DIR": None}

    def run(self, *words, codes):
        """A command of slowpath's; nothing may be left by a program."""
        done = lab.run(self.home, *words, env=self.env(), timeout=120)
        assert done.code in codes, f"{words}: {done.code}\n{done.err}"
        left = sorted(p.name for p in self.left.iterdir())
        assert not left, f"{words[:2]} ran what is set by {left}"
        return done


def write(path, values):
    """A configuration, as git writes it."""
    for key, value in values.items():
        subprocess.run(["git", "config", "--file", path, key, value], check=True)


def in_its_config(trapped, settings):
    write(trapped.tree.path / ".git/config", trapped.values(settings))


def by_inclusion(trapped, settings):
    write(trapped.folder / "included", trapped.values(settings))
    write(trapped.tree.path / ".git/config", {"include.path": str(trapped.folder / "included")})


def in_the_users_config(trapped, settings):
    write(trapped.folder / ".gitconfig", trapped.values(settings))


def in_a_linked_work_tree(trapped, settings):
    """Where a work tree has a configuration of its own."""
    linked = trapped.folder / "linked"
    trapped.tree.git("worktree", "add", "-q", linked, "HEAD")
    (linked / "build.sh").write_text("true # changed\n")
    write(trapped.tree.path / ".git/config", {"extensions.worktreeConfig": "true"})
    write(trapped.tree.path / ".git/worktrees/linked/config.worktree", trapped.values(settings))
    trapped.tree.path = linked


def expect_quiet(name, how, missing):
    """All that asks git for something, on a tree with such settings."""
    with tempfile.TemporaryDirectory() as scratch:
        t = Trapped(pathlib.Path(scratch), SETTINGS[name], how)
        spec = f"git:{t.tree.path}@"
        if missing:
            t.missing.unlink()
        built = 128 if missing else 0
        t.run("kernel", "show", spec + "HEAD", codes=[128])
        t.run("kernel", "add", spec + "HEAD", "--name", "mine", codes=[built])
        t.run("kernel", "show", spec + "HEAD", codes=[built])
        if how is in_its_config:
            t.run("audit" if name == "filters" else "compare", spec + "HEAD~1", spec + "HEAD",
                  "--deadline", 3, codes=[128 if missing else 125])
        for good, bad in ((2, 0), (0, 2), (0, 0)):
            t.run("bisect", "--tree", t.tree.path, "--good", t.commits[good], "--bad",
                  t.commits[bad], "--deadline", 1, codes=[125, 128])
        t.run("bisect", "--tree", t.tree.path, "--good", t.commits[0], "--bad", "HEAD",
              "--deadline", 1, "--", "image", codes=[125, 128])
        t.run("kernel", "remove", spec + "HEAD", codes=[built])


for setting, way in [*((s, in_its_config) for s in SETTINGS), ("shows", by_inclusion),
                     ("filters", in_the_users_config), ("filters", in_a_linked_work_tree),
                     ("watches", in_a_linked_work_tree)]:
    tap.add(f"{setting}, {way.__name__.replace('_', ' ')}",
            lambda s=setting, w=way: expect_quiet(s, w, s.startswith("fetches")))


@tap.test
def the_programs_do_run_where_git_is_asked_without_care():
    for name, words in (("shows", ["log", "-1"]), ("fetches", ["cat-file", "-p", "HEAD:Makefile"]),
                        ("fetches from a path", ["cat-file", "-p", "HEAD:Makefile"]),
                        ("filters", ["status"]), ("filters in a process", ["add", "-A"]),
                        ("watches", ["status"])):
        with tempfile.TemporaryDirectory() as scratch:
            t = Trapped(pathlib.Path(scratch), SETTINGS[name], in_its_config)
            os.utime(t.tree.path / "Kconfig")
            if name.startswith("fetches"):
                t.missing.unlink()
            subprocess.run(["git", "-C", t.tree.path, *words], capture_output=True, check=False,
                           stdin=subprocess.DEVNULL, timeout=60)
            assert list(t.left.iterdir()), f"{name}: nothing ran, so the tests prove nothing"


@tap.test
def what_a_killed_one_left_is_removed():
    """The folder through which git sees a tree: nobody holds it, and it is not just being made."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        tree = stand_in.Tree(folder / "tree")
        tree.commit("first", image=IMAGE)
        left, held, new, other = (folder / f"tmp/{name}" for name in (
            "slowpath-git-aaaaaa", "slowpath-git-bbbbbb", "slowpath-git-cccccc", "other"))
        for path in (left, held, new, other):
            (path / "logs").mkdir(parents=True)
            if path != new:
                os.utime(path, (0, 0))
        lock = os.open(held, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            lab.run(lab.Home.empty(folder / "home"), "kernel", "show", f"git:{tree.path}@HEAD",
                    env={"TMPDIR": folder / "tmp"}).expect(128)
        finally:
            os.close(lock)
        assert sorted((folder / "tmp").iterdir()) == [other, held, new], list(folder.glob("tmp/*"))


@tap.test
def a_partial_clone_is_told_as_one():
    with tempfile.TemporaryDirectory() as scratch:
        t = Trapped(pathlib.Path(scratch), SETTINGS["fetches"], in_its_config)
        t.missing.unlink()
        pack = t.tree.path / ".git/objects/pack"
        pack.mkdir(exist_ok=True)
        (pack / "pack-0.promisor").touch()
        done = t.run("kernel", "add", f"git:{t.tree.path}@HEAD", codes=[128])
        assert "partial clone" in done.err, done.err


@tap.test
def a_name_that_fetching_left_is_found():
    with tempfile.TemporaryDirectory() as scratch:
        t = Trapped(pathlib.Path(scratch), {}, in_its_config)
        (t.tree.path / ".git/FETCH_HEAD").write_text(f"{t.commits[1]}\t\tbranch 'x' of y\n")
        for rev, want in (("FETCH_HEAD", 1), ("master~1", 1), ("HEAD", 2),
                          (t.commits[0][:9], 0)):
            kernel = t.run("kernel", "add", f"git:{t.tree.path}@{rev}", "--json", codes=[0]).json()
            assert kernel["spec"].endswith("@" + t.commits[want]), (rev, kernel["spec"])


tap.main()
