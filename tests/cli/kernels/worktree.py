# SPDX-License-Identifier: GPL-2.0-or-later
"""A kernel developer's tree: the work tree as it lies, revisions without a spec, and that nothing
of the tree is written to or run. Guests that end at once are what is built here."""
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import lab, stand_in, tiny_kernel

IMAGE = tiny_kernel.make("reset", "6.99.0-stand-in")
OTHER = tiny_kernel.make("reset", "6.99.0-other")
HEAD = "First"


class Place:
    """A home, and a tree of one commit in which the program is run."""

    def __enter__(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.scratch.name)
        self.home = lab.Home.empty(self.folder / "home")
        self.tree = stand_in.Tree(self.folder / "tree")
        self.tree.write(".gitignore", "*.o\nvmlinux\n.config\n")
        self.first = self.tree.commit(HEAD, image=IMAGE)
        self.path = f"{stand_in.tools(self.folder / 'tools')}:{os.environ['PATH']}"
        return self

    def __exit__(self, *_):
        self.scratch.cleanup()

    def run(self, *words, cwd=None, **env):
        """The program, as somebody calls it who stands in the tree."""
        return lab.run(self.home, *words, wrapper=("env", "-C", cwd or self.tree.path), timeout=120,
                       env={"PATH": self.path, "HOME": self.folder, "CC": None,
                            "CCACHE_DIR": None, **env})

    def add(self, spec="git:.", *words):
        return self.run("kernel", "add", spec, *words, "--json").expect(0).json()

    def kernels(self):
        return self.run("kernel", "list", "--json").json()["kernels"]

    def runs(self):
        """How often anything was built."""
        return sum(len(p.read_text().splitlines())
                   for p in (self.home.path / "build").glob("*/obj-*/runs"))


def content(kernel):
    return (pathlib.Path(kernel["dir"]) / "vmlinux").read_bytes()


@tap.test
def the_work_tree_is_built_as_it_lies():
    with Place() as p:
        p.tree.write("image", OTHER)
        p.tree.write("build.sh", "test -e new; test ! -e x.o; test ! -e Kbuild\n")
        p.tree.write("new", "not added\n")
        p.tree.write("x.o", "ignored\n")
        before = p.tree.state()
        kernel = p.add()
        assert p.tree.state() == before, "something of the tree was touched"
        assert content(kernel).startswith(OTHER)
        assert kernel["title"] == f'{p.first[:12]} + changes in 3 files ("{HEAD}")', kernel
        spec = kernel["spec"]
        assert spec.startswith(f"git:{p.tree.path}@{p.first}+3:"), spec
        # Found again by what it was, also when the tree goes on.
        p.tree.write("image", IMAGE)
        for name in (spec, kernel["id"][:12]):
            assert p.run("kernel", "show", name, "--json").expect(0).json()["id"] == kernel["id"]
        assert p.add(spec)["id"] == kernel["id"]


@tap.test
def a_state_of_before_can_be_built_again():
    with Place() as p:
        p.tree.write("image", OTHER)
        kernel = p.add()
        p.tree.write("image", IMAGE)
        p.run("kernel", "remove", kernel["id"]).expect(0)
        again = p.add(kernel["spec"])
        assert again["id"] == kernel["id"] and again["spec"] == kernel["spec"]
        gone = kernel["spec"].replace(":" + kernel["spec"].rsplit(":", 1)[1], ":" + "0" * 40)
        p.run("kernel", "add", gone).expect(128, "is not kept any more")


@tap.test
def equal_content_is_one_build():
    with Place() as p:
        p.tree.write("image", OTHER)
        dirty = p.add()
        assert p.add()["id"] == dirty["id"] and p.runs() == 1
        commit = p.tree.commit("Second")
        committed = p.add("git:.@HEAD")
        assert committed["id"] == dirty["id"] and p.runs() == 1, p.runs()
        assert committed["title"] == f'{commit[:12]} ("Second")', committed["title"]
        # Clean: the work tree is HEAD.
        assert p.add()["spec"] == f"git:{p.tree.path}@{commit}"
        # Back to the first, by hand.
        p.tree.write("image", IMAGE)
        assert "+1:" in p.add()["spec"] and p.runs() == 2
        p.add(f"git:.@{p.first}")
        assert p.runs() == 2, "the same files were built twice"


@tap.test
def without_kernels_head_and_the_work_tree_are_compared():
    with Place() as p:
        p.tree.write("image", OTHER)
        # These kernels cannot be measured, but both are built.
        p.run("compare", cwd=p.tree.path / "arch").expect(125)
        assert [k["title"] for k in p.kernels()] == [
            f'{p.first[:12]} ("{HEAD}")', f'{p.first[:12]} + changes in 1 file ("{HEAD}")']


@tap.test
def a_clean_work_tree_has_nothing_to_compare():
    with Place() as p:
        p.run("compare").expect(128, "nothing in the work tree differs from HEAD", p.first[:12])
        p.run("compare", "HEAD").expect(128, "nothing in the work tree differs from HEAD")
        assert not p.kernels(), "something was built"
        p.tree.commit("Second", image=OTHER)
        done = p.run("compare", "HEAD~1")
        done.expect(125, "nothing in the work tree differs from HEAD, which is NEW",
                    f"'HEAD~1' is the commit {p.first[:12]} (\"{HEAD}\")")


@tap.test
def revisions_need_no_spec_in_a_tree():
    with Place() as p:
        second = p.tree.commit("Second", image=OTHER)
        p.tree.git("tag", "topic/x")
        for words in (["HEAD~1", "HEAD"], [p.first[:9], "topic/x"]):
            p.run("compare", *words).expect(125)
        assert [k["spec"].rsplit("@", 1)[1] for k in p.kernels()] == [p.first, second]
        # Elsewhere they are nothing, and fewer than two kernels are none.
        elsewhere = p.folder / "elsewhere"
        elsewhere.mkdir()
        outside = {"GIT_CEILING_DIRECTORIES": p.folder}
        done = p.run("compare", "HEAD~1", "HEAD", cwd=elsewhere, **outside).expect(128, "HEAD~1")
        assert "no commit of the tree" not in done.err, done.err
        p.run("compare", "nosuchrev", "HEAD").expect(128, "'nosuchrev'", "no commit of the tree here")
        p.run("compare", cwd=elsewhere, **outside).expect(129, "OLD is HEAD if it is left out")
        p.run("compare", "HEAD", cwd=elsewhere, **outside).expect(129)
        p.run("compare", "a", "b", "c").expect(129)
        other = stand_in.Tree(p.folder / "no-kernel")
        other.git("rm", "-q", "--cached", "--ignore-unmatch", "Kconfig")
        (other.path / "Kconfig").unlink()
        other.commit("No kernel")
        p.run("compare", cwd=other.path).expect(129)


@tap.test
def names_and_files_come_before_revisions():
    with Place() as p:
        second = p.tree.commit("Second", image=OTHER)
        for name in ("mine", "new"):
            p.tree.git("branch", name)
        p.run("kernel", "add", "git:.@HEAD~1", "--name", "mine").expect(0)
        done = p.run("kernel", "add", "mine", "--json").expect(
            0, "'mine' is a kernel of the store", f"the commit {second[:12]} would be 'git:.@mine'")
        assert done.json()["spec"].endswith(p.first)
        p.tree.write("new", tiny_kernel.make("print", "6.99.0-file"))
        done = p.run("kernel", "add", "new", "--json").expect(0, "'new' is a file")
        assert done.json()["release"] == "6.99.0-file"
        (p.tree.path / "new").unlink()
        assert p.add("new")["spec"].endswith(second)


@tap.test
def the_tree_is_taken_as_it_is_at_the_start():
    """While OLD is built, the tree is worked on."""
    with Place() as p:
        edit = p.tree.path / "image"
        p.tree.commit("Edits", build_sh=f"cp '{p.folder}/later' '{edit}'\n")
        (p.folder / "later").write_bytes(tiny_kernel.make("print", "6.99.0-later"))
        p.tree.write("image", OTHER)
        p.run("compare").expect(125)
        assert content(p.kernels()[-1]).startswith(OTHER)


@tap.test
def conflicts_are_refused():
    with Place() as p:
        p.tree.git("checkout", "-q", "-b", "side")
        p.tree.commit("Theirs", mm__a_c="theirs\n")
        p.tree.git("checkout", "-q", "master")
        p.tree.commit("Ours", mm__a_c="ours\n")
        for words, what in ((["merge", "side"], "a merge"), (["rebase", "side"], "a rebase"),
                            (["cherry-pick", "side"], "a cherry-pick")):
            try:
                p.tree.git(*words)
            except subprocess.CalledProcessError:
                pass
            before = p.tree.state()
            for command in (["compare"], ["kernel", "add", "git:."]):
                p.run(*command).expect(128, f"in the middle of {what}", "conflicts in mm/a.c")
            assert p.tree.state() == before
            # A commit is a commit.
            p.add("git:.@side")
            p.tree.git(words[0], "--abort")


@tap.test
def filters_of_the_tree_are_not_run():
    with Place() as p:
        trap = p.folder / "trap"
        trap.write_text(f"#!/bin/sh\n: > '{p.folder}/ran'\nexec cat\n")
        trap.chmod(0o755)
        for key in ("filter.trap.clean", "filter.trap.smudge", "filter.trap.process",
                    "core.fsmonitor", "diff.trap.textconv"):
            p.tree.git("config", key, str(trap))
        p.tree.write(".gitattributes", "* filter=trap diff=trap\n")
        p.tree.write("image", OTHER)
        assert content(p.add()).startswith(OTHER)
        p.run("compare").expect(125)
        assert not (p.folder / "ran").exists(), "a program of the tree's configuration was run"
        p.tree.git("config", "--unset", "filter.trap.process")
        p.tree.git("add", "-A")
        assert (p.folder / "ran").exists(), "nothing would run, so this proves nothing"


@tap.test
def a_submodule_is_not_asked():
    with Place() as p:
        inner = stand_in.Tree(p.folder / "inner")
        inner.commit("Inner")
        p.tree.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner.path,
                   "sub")
        p.tree.commit("With a submodule")
        trap = p.folder / "trap"
        trap.write_text(f"#!/bin/sh\n: > '{p.folder}/ran'\nexit 1\n")
        trap.chmod(0o755)
        subprocess.run(["git", "-C", p.tree.path / "sub", "config", "core.fsmonitor", trap],
                       check=True)
        (p.tree.path / "sub/build.sh").write_text("changed\n")
        p.tree.write("image", OTHER)
        assert "+1:" in p.add()["spec"]
        assert not (p.folder / "ran").exists(), "the submodule's configuration was read"


@tap.test
def what_make_has_built_is_taken_as_it_is():
    """In the tree itself, and in an object folder of its own."""
    with Place() as p:
        built = p.folder / "O"
        built.mkdir()
        config = p.run("kconfig").out
        for folder, image in ((p.tree.path, IMAGE), (built, OTHER)):
            (folder / "vmlinux").write_bytes(image)
            (folder / ".config").write_text(config.replace("CONFIG_KALLSYMS=y\n", ""))
        for spec, image in (("./", IMAGE), (".", IMAGE), ("../O", OTHER)):
            done = p.run("kernel", "add", spec, "--json").expect(0)
            assert content(done.json()) == image
            assert "CONFIG_KALLSYMS, which slowpath needs" in done.err or spec == ".", done.err
        (built / "vmlinux").unlink()
        p.run("kernel", "add", "../O").expect(128, "not built yet")
        # As OLD, with the work tree as NEW.
        p.tree.write("build.sh", "true # changed\n")
        p.run("compare", "./").expect(125)
        assert p.kernels()[-1]["spec"].startswith(f"git:{p.tree.path}@{p.first}+"), p.kernels()


@tap.test
def other_trees_are_named():
    with Place() as p:
        bare = p.folder / "bare.git"
        p.tree.git("clone", "-q", "--bare", ".", bare)
        p.run("kernel", "add", f"git:{bare}").expect(128, "is bare: it has no work tree")
        odd = p.folder / "a@b"
        p.tree.git("worktree", "add", "-q", odd, "HEAD")
        (odd / "image").write_bytes(OTHER)
        assert content(p.add(f"git:{odd}/")).startswith(OTHER)
        p.run("kernel", "add", f"git:{odd}").expect(128, "No such file")


tap.main()
