# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernels from git trees, but for the compiling: which commit is taken, from where, with which
config; what is kept and told; what happens when it fails, is killed, or runs twice at once."""
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import lab, stand_in, tiny_kernel

IMAGE = tiny_kernel.make("loop", "6.99.0-stand-in")
OTHER = tiny_kernel.make("halt", "6.99.0-stand-in")


class Place:
    """A folder with a home, a tree of one commit, and tools; gone after the with block."""

    def __enter__(self):
        self.scratch = tempfile.TemporaryDirectory()
        folder = pathlib.Path(self.scratch.name)
        self.folder = folder
        self.home = lab.Home.empty(folder / "home")
        self.tree = stand_in.Tree(folder / "tree")
        self.first = self.tree.commit("First: \"quoted\"", image=IMAGE)
        self.path = f"{stand_in.tools(folder / 'tools')}:{os.environ['PATH']}"
        return self

    def __exit__(self, *_):
        self.scratch.cleanup()

    def env(self, **more):
        """As of a caller whose own builds are set up otherwise, which must not matter here."""
        return {"PATH": self.path, "HOME": self.folder, "CC": None, "CCACHE_DIR": None,
                "ARCH": "arm64", "KBUILD_OUTPUT": "/nowhere", "MAKEFLAGS": "n", "O": "/nowhere",
                "LOCALVERSION": "-mine", "KCONFIG_CONFIG": "/nowhere", **more}

    def spec(self, rev="HEAD"):
        return f"git:{self.tree.path}@{rev}"

    def add(self, rev="HEAD", *words, code=0, texts=(), env=None, tidy=True):
        """'kernel add --json' of a revision: the document, or with another code the process."""
        done = lab.run(self.home, "kernel", "add", self.spec(rev), *words, "--json", tidy=tidy,
                       env=self.env(**(env or {})), timeout=60).expect(code, *texts)
        return done.json() if code == 0 else done

    def logs(self):
        return sorted((self.home.path / "build").glob("*/log/*.log"))

    def objects(self):
        """Of every object folder, how often it was built in."""
        return {p: len((p / "runs").read_text().splitlines())
                for p in (self.home.path / "build").glob("*/obj-*")}


def wait_until(what, happened):
    end = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.05)


def holds(pid, suffix):
    """Whether a process stays at an open file of such a name for a moment."""
    for _ in range(4):
        try:
            names = [os.readlink(fd) for fd in pathlib.Path(f"/proc/{pid}/fd").iterdir()]
        except OSError:
            return False
        if not any("/build/" in n and n.endswith(suffix) for n in names):
            return False
        time.sleep(0.05)
    return True


@tap.test
def a_revision_becomes_a_kernel():
    with Place() as p:
        done = lab.run(p.home, "kernel", "add", p.spec("master"), "--name", "mine",
                       env=p.env()).expect(0, "building " + p.first[:12], 'First: "quoted"',
                                           "log: ", "built in")
        assert f"git:{p.tree.path}@{p.first}" in done.out and "6.99.0-stand-in" in done.out
        assert f'{p.first[:12]} ("First: "quoted"")' in done.out, done.out
        document = lab.run(p.home, "kernel", "show", "mine", "--json", env=p.env()).json()
        assert document["subject"] == 'First: "quoted"', document
        shown = [lab.run(p.home, "kernel", "show", k, "--json", env=p.env()).json()["id"]
                 for k in (p.spec(), p.spec(p.first[:9]), "mine", f"git:{p.tree.path}@{p.first}")]
        assert len(set(shown)) == 1, shown


@tap.test
def what_was_built_is_not_built_again():
    with Place() as p:
        first = p.add()
        done = lab.run(p.home, "kernel", "add", p.spec("master~0"), "--json", env=p.env())
        assert done.json()["id"] == first["id"] and "building" not in done.err, done.err
        assert list(p.objects().values()) == [1], p.objects()


@tap.test
def the_users_tree_stays_as_it_is():
    with Place() as p:
        p.tree.write("image", OTHER)
        p.tree.write("staged", "x")
        p.tree.git("add", "staged")
        p.tree.write("untracked", "y")
        before = p.tree.state()
        kernel = p.add()
        assert p.tree.state() == before
        assert (pathlib.Path(kernel["dir"]) / "vmlinux").read_bytes().startswith(IMAGE)
        lab.run(p.home, "kernel", "remove", kernel["id"], env=p.env()).expect(0)
        done = lab.run(p.home, "kernel", "add", p.spec(), env=p.env())
        done.expect(0, "changes that are in no commit")
        p.tree.git("reset", "-q", "--hard")
        (p.tree.path / "untracked").unlink()
        p.tree.commit("clean")
        assert "in no commit" not in lab.run(p.home, "kernel", "add", p.spec(), env=p.env()).err


@tap.test
def all_versions_are_built_in_one_place_from_one_config():
    with Place() as p:
        ids = [p.add()["id"]]
        p.tree.commit("Second", image=OTHER, mm__new_c="x")
        ids.append(p.add()["id"])
        p.tree.git("rm", "-q", "mm/new.c")
        p.tree.commit("Third", build_sh="test ! -e mm\n")
        ids.append(p.add()["id"])
        ids.append(p.add("HEAD~2")["id"])
        assert ids[0] != ids[1] == ids[2] and ids[3] == ids[0]
        assert list(p.objects().values()) == [3], p.objects()
        assert len(p.logs()) == 3, p.logs()
        dotconfig = (next(iter(p.objects())) / ".config").read_text()
        assert "CONFIG_PVH=y\n" in dotconfig


@tap.test
def the_builds_settings_are_the_same_for_all():
    with Place() as p:
        show = 'env > "$(O)/env"; echo "$(CC) $(ARCH) $(LOCALVERSION) $(KBUILD_BUILD_USER)" ' \
               '"$(KBUILD_BUILD_HOST) $(KBUILD_BUILD_TIMESTAMP) $(KBUILD_BUILD_VERSION)" > "$(O)/v"'
        p.tree.commit("Shows", Makefile=stand_in.MAKEFILE.replace("@set -e;", f"@set -e; {show};"))
        p.add()
        place = next(iter(p.objects()))
        told = (place / "v").read_text()
        assert told.strip().endswith("x86_64  slowpath slowpath Thu Jan  1 00:00:00 UTC 1970 1"), \
            told
        env = dict(line.split("=", 1) for line in (place / "env").read_text().splitlines()
                   if "=" in line)
        assert env["LC_ALL"] == "C" and "KBUILD_OUTPUT" not in env and env["ARCH"] == "x86_64"
        assert "KCONFIG_CONFIG" not in env or env["KCONFIG_CONFIG"].endswith("/.config"), env


@tap.test
def ccache_is_used_when_it_is_there():
    with Place() as p:
        p.tree.commit("Shows", Makefile=stand_in.MAKEFILE.replace(
            "@set -e;", '@set -e; echo "$(CC)" > $(O)/cc; echo "$$CCACHE_DIR" >> $(O)/cc;'))
        tool = p.folder / "tools/ccache"
        tool.write_text("#!/bin/sh\nexec \"$@\"\n")
        tool.chmod(0o755)
        p.add()
        cc, place = (next(iter(p.objects())) / "cc").read_text().splitlines()
        assert cc == "ccache gcc" and place == str(p.home.path / "build/ccache"), (cc, place)


@tap.test
def what_a_version_did_not_take_of_the_config_is_told():
    with Place() as p:
        p.tree.commit("No THP", Kconfig="CONFIG_TRANSPARENT_HUGEPAGE=y\nCONFIG_KSM=y\n")
        done = lab.run(p.home, "kernel", "add", p.spec(), env=p.env())
        done.expect(0, "this version changed 2 options of the config",
                    "CONFIG_TRANSPARENT_HUGEPAGE: y became n")
        assert "CONFIG_KSM: y became n" in p.logs()[0].read_text()


@tap.test
def a_config_of_the_users_goes_through_olddefconfig():
    with Place() as p:
        own = p.folder / "my.config"
        own.write_text("CONFIG_PVH=y\nCONFIG_NEVER=y\nCONFIG_HZ=100\n# CONFIG_OFF is not set\n"
                       "CONFIG_LOCALVERSION_AUTO=y\nCONFIG_CC_HAS_OTHER=y\nCONFIG_GCC_VERSION=1\n",
                       encoding="utf-8")
        p.tree.commit("Tools", Kconfig="CONFIG_NEVER=y\nCONFIG_CC_HAS_OTHER=y\nCONFIG_GCC_VERSION=1\n")
        ours = p.add()
        done = lab.run(p.home, "kernel", "add", p.spec(), "--config", own, "--json", env=p.env())
        done.expect(0, "make olddefconfig changed", "CONFIG_NEVER: y became n")
        assert "CONFIG_HZ" not in done.err and "CONFIG_OFF" not in done.err, done.err
        assert "and 2 of what compiler, binutils" in done.err, done.err
        assert "CONFIG_CC_" not in done.err and "CONFIG_GCC_" not in done.err, done.err
        theirs = done.json()
        assert theirs["config_sha256"] != ours["config_sha256"]
        config = (pathlib.Path(theirs["config_path"])).read_text()
        assert "CONFIG_HZ=100\n" in config and "CONFIG_NEVER" not in config
        assert config.index("# CONFIG_LOCALVERSION_AUTO is not set") > 0
        assert len(p.objects()) == 2, "both configs share a folder"
        # Each is found again by its config.
        assert "building" not in lab.run(p.home, "kernel", "add", p.spec(), env=p.env()).err
        for bad, text in (("/no/such", "/no/such"), (p.tree.path / "Makefile", ".config")):
            p.add("HEAD", "--config", bad, code=128, texts=[text])


@tap.test
def a_profile_names_config_and_compiler_for_all_its_kernels():
    with Place() as p:
        p.tree.commit("second", image=IMAGE + b"2")
        own, profile = p.folder / "my.config", p.folder / "p.yaml"
        own.write_text("CONFIG_PVH=y\nCONFIG_HZ=100\n", encoding="utf-8")
        text = f"""name: n
kernels: [{{name: a, spec: "{p.spec('HEAD~1')}"}}, {{name: b, spec: "{p.spec()}"}}]
baseline: a
scenarios: [{{name: mprotect/shared-dirty-toggle}}]
"""
        for key, code, place in (("config: /no/such", 128, "p.yaml:5:9: /no/such"),
                                 (f"config: {p.tree.path}/Makefile", 128, "not a kernel's .config"),
                                 ("compiler: no-such-cc", 128, "p.yaml:5:11: the compiler 'no-")):
            profile.write_text(text + key, encoding="utf-8")
            lab.run(p.home, "run", profile, env=p.env()).expect(code, place)
        assert not p.objects(), "something was built"
        cc = p.folder / "tools/my-cc"
        cc.write_text("#!/bin/sh\necho my-cc 1.0\n", encoding="ascii")
        cc.chmod(0o755)
        # What is built here boots nowhere: the run ends after it.
        profile.write_text(f"{text}config: {own}\ncompiler: my-cc\n", encoding="utf-8")
        lab.run(p.home, "run", profile, env=p.env(), timeout=120).expect(125)
        kernels = lab.run(p.home, "kernel", "list", "--json", env=p.env()).json()["kernels"]
        assert len(kernels) == 2 and len(p.objects()) == 1, kernels
        for k in kernels:
            assert "CONFIG_HZ=100\n" in pathlib.Path(k["config_path"]).read_text(), k


@tap.test
def a_kernel_without_pvh_is_built_as_bzimage():
    with Place() as p:
        own = p.folder / "my.config"
        own.write_text("CONFIG_HZ=100\n", encoding="utf-8")
        # PVH is asked for, and is nothing that this version knows.
        p.tree.commit("Old", Kconfig="CONFIG_PVH=y\n")
        done = p.add("HEAD", "--config", own, "--name", "old")
        assert "CONFIG_PVH=y" not in pathlib.Path(done["config_path"]).read_text()
        assert list((p.home.path / "build").glob("*/obj-*/arch/x86/boot/bzImage"))


@tap.test
def what_slowpath_needs_is_added_to_a_config_and_named():
    with Place() as p:
        own = p.folder / "my.config"
        own.write_text("CONFIG_HZ=100\n# CONFIG_KALLSYMS is not set\nCONFIG_TTY=m\nCONFIG_KSM=n\n"
                       "CONFIG_PROC_FS=y\n", encoding="utf-8")
        done = lab.run(p.home, "kernel", "add", p.spec(), "--config", own, "--json", env=p.env())
        done.expect(0, "config my.config-", "needs or wants, which is added: CONFIG_",
                    "CONFIG_KALLSYMS, ", "CONFIG_TTY, ", "CONFIG_PVH, ")
        assert "CONFIG_PROC_FS" not in done.err and "CONFIG_KSM" not in done.err, done.err
        config = pathlib.Path(done.json()["config_path"]).read_text()
        assert "CONFIG_TTY=y\n" in config and "CONFIG_TTY=m" not in config
        assert "# CONFIG_KALLSYMS is not set" not in config and "CONFIG_KALLSYMS=y\n" in config


@tap.test
def an_option_that_is_needed_and_dropped_is_named():
    with Place() as p:
        own = p.folder / "my.config"
        own.write_text("CONFIG_HZ=100\n", encoding="utf-8")
        dropped = "CONFIG_KALLSYMS=y\nCONFIG_X86_IOPL_IOPERM=y\nCONFIG_PVH=y\n"
        # A version that has neither option as one has what they stand for, or says so when it runs.
        p.tree.commit("Has none", Kconfig=dropped)
        p.add("HEAD", "--config", own)
        p.tree.commit("Has one", Kconfig=dropped + "config KALLSYMS\n\tbool\n")
        for words in ([], ["--config", own], ["--config", "defconfig"]):
            done = p.add("HEAD", *words, code=125, texts=["CONFIG_KALLSYMS; what", "log: "])
            dropping = done.err[done.err.index(" dropped what"):]
            assert "IOPERM" not in dropping and "PVH" not in dropping, done.err


@tap.test
def a_config_by_a_word():
    with Place() as p:
        plain = p.add()
        again = p.add("HEAD", "--config", "minimal")
        assert again["id"] == plain["id"] and again["spec"] == plain["spec"]
        done = lab.run(p.home, "kernel", "add", p.spec(), "--config", "defconfig", "--json",
                       env=p.env()).expect(0, "config defconfig lacks", "CONFIG_PVH")
        kernel = done.json()
        assert kernel["spec"] == f"git:{p.tree.path}@{p.first}#defconfig", kernel["spec"]
        assert kernel["title"].endswith('("First: "quoted""), config defconfig'), kernel["title"]
        config = pathlib.Path(kernel["config_path"]).read_text()
        assert "CONFIG_HZ=1000\n" in config and "CONFIG_PVH=y\n" in config
        # By its spec as the store has it, and never as another build.
        for spec in (kernel["spec"], kernel["id"][:12]):
            assert lab.run(p.home, "kernel", "show", spec, "--json").json()["id"] == kernel["id"]
        found = lab.run(p.home, "kernel", "add", kernel["spec"], "--json", env=p.env())
        assert found.json()["id"] == kernel["id"] and "building" not in found.err
        lab.run(p.home, "kernel", "add", kernel["spec"].replace("defconfig", "other"),
                env=p.env()).expect(128, "not in the store")
        missing = p.add("HEAD", "--config", "debian:no", code=128, texts=["config 'debian:no'"])
        assert "Traceback" not in missing.err


@tap.test
def jobs_are_as_many_as_were_asked_for():
    with Place() as p:
        p.tree.commit("Shows", Makefile=stand_in.MAKEFILE.replace(
            "@set -e;", '@set -e; echo "$(MAKEFLAGS)" > "$(O)/flags";'))
        p.add("HEAD", "--jobs", 3)
        assert "-j3" in (next(iter(p.objects())) / "flags").read_text()
        lab.run(p.home, "kernel", "list", "--jobs", 3).expect(129, "--jobs goes with add")


@tap.test
def what_does_not_build_is_125_and_says_why():
    with Place() as p:
        p.tree.commit("Broken", build_sh="""
echo '  CC      mm/mprotect.o'
echo "mm/mprotect.c:77:9: error: 'nope' undeclared" >&2
echo 'make[3]: *** [scripts/Makefile.build:229: mm/mprotect.o] Error 1' >&2
exit 2
""")
        done = p.add(code=125, texts=["mm/mprotect.c:77:9: error: 'nope' undeclared", "log: ",
                                      "does not build"])
        assert "Makefile.build" not in done.err and str(p.logs()[0]) in done.err, done.err
        assert "  CC      mm/mprotect.o" in p.logs()[0].read_text()
        both = lab.run(p.home, "compare", p.spec("HEAD~1"), p.spec(), env=p.env())
        both.expect(125, "nope")
        assert not both.out
        p.tree.commit("Silent", build_sh="echo one; echo two; echo three; echo four; exit 1\n")
        done = p.add(code=125, texts=["two | three | four"])
        p.tree.commit("No Kconfig any more", Kconfig="x")
        p.tree.git("rm", "-q", "Kconfig")
        p.tree.commit("None")
        p.add(code=128, texts=["not a kernel's source"])


@tap.test
def what_the_host_lacks_is_128():
    with Place() as p:
        for said, text in (("cc1: fatal error: out: No space left on device", "No space left"),
                           ("gcc: fatal error: Killed signal terminated program cc1", "Killed"),
                           ("tools/objtool/elf.h:10:10: fatal error: gelf.h: No such file or "
                            "directory", "libelf-dev"),
                           ("/bin/sh: 1: cpio: not found", "package cpio")):
            p.tree.commit(said, build_sh=f"echo '{said}' >&2; exit 1\n")
            p.add(code=128, texts=[text, "log: "])


@tap.test
def missing_tools_are_named_with_their_packages():
    with Place() as p:
        some = stand_in.tools(p.folder / "fewer", without=("flex", "bc"))
        rest = stand_in.only(p.folder / "rest", ["git", "make", "sh", "gcc", "env"])
        p.add(code=128, texts=["install the packages: flex bc"],
              env={"PATH": f"{some}:{rest}"})
        rest = stand_in.only(p.folder / "none", ["git", "sh"])
        p.add(code=128, texts=["gcc make binutils flex bison bc"], env={"PATH": rest})
        p.add(code=128, texts=["package git"], env={"PATH": p.folder / "nowhere"})
        p.add(code=128, texts=["'no-such-cc', which CC names"], env={"CC": "no-such-cc"})


@tap.test
def bad_specs_are_128():
    with Place() as p:
        plain = p.folder / "plain"
        plain.mkdir()
        for spec, *texts in ((f"git:{plain}@HEAD", "not a git repository"),
                             (f"git:{p.folder}/none@HEAD", "No such file"),
                             (f"git:{p.tree.path}/Makefile@HEAD", "not a folder"),
                             (p.spec("v6.99"), "no commit 'v6.99'"),
                             (p.spec("HEAD:Makefile"), "no commit"),
                             (p.spec("--all"), "no commit")):
            done = lab.run(p.home, "kernel", "add", spec,
                           env=p.env(GIT_CEILING_DIRECTORIES=p.folder))
            done.expect(128, *texts)
        assert not (p.home.path / "build").exists()


@tap.test
def any_face_of_a_repository_will_do():
    with Place() as p:
        other = p.folder / "other"
        p.tree.git("worktree", "add", "-q", other, "HEAD")
        bare = p.folder / "bare.git"
        p.tree.git("clone", "-q", "--bare", ".", bare)
        ids = {lab.run(p.home, "kernel", "add", f"git:{where}@HEAD", "--json", env=p.env(
            GIT_DIR="/nowhere", GIT_INDEX_FILE="/nowhere")).json()["id"]
               for where in (p.tree.path / "arch/x86", other, bare)}
        assert len(ids) == 1, ids
        # What was built of the same files is not built again, whatever tree they are of.
        assert len(p.objects()) == 1, p.objects()


@tap.test
def killed_slowpaths_leave_no_build_running():
    with Place() as p:
        p.tree.commit("Endless", build_sh="touch started; exec sleep 1000\n")
        slow = p.tree.git("rev-parse", "HEAD")
        for number in (signal.SIGKILL, signal.SIGINT, signal.SIGTERM):
            started = []
            running = lab.Running(p.home, "kernel", "add", p.spec(slow), env=p.env())

            def begun():
                started[:] = (p.home.path / "build").glob("*/src/started")
                return started
            wait_until("a build", begun)
            running.process.send_signal(number)
            running.end(timeout=20)  # fails if anything of it is left
            assert running.code == -number, running.code
            started[0].unlink()
        # What they left is no hindrance.
        git = next((p.home.path / "build").glob("*/src/.git"))
        (git / "index.lock").touch()
        (git.parent / "leftover.c").touch()
        assert p.add(p.first)["release"] == "6.99.0-stand-in"
        assert not (git.parent / "leftover.c").exists()


@tap.test
def two_at_once_build_it_once():
    with Place() as p:
        p.tree.commit("Slow", build_sh="touch started; while test ! -e go; do sleep 0.05; done\n")
        a = lab.Running(p.home, "kernel", "add", p.spec(), env=p.env())
        wait_until("a build", lambda: list((p.home.path / "build").glob("*/src/started")))
        b = lab.Running(p.home, "kernel", "add", p.spec(), env=p.env())
        wait_until("a second one that waits", lambda: holds(b.process.pid, ".lock"))
        (next((p.home.path / "build").glob("*/src")) / "go").touch()
        a.end().expect(0)
        b.end().expect(0, "waiting for another slowpath")
        assert list(p.objects().values()) == [1], p.objects()


@tap.test
def kconfig_prints_what_is_built_with():
    with Place() as p:
        p.add()
        text = subprocess.run([lab.SLOWPATH, "kconfig"], check=True, capture_output=True,
                              text=True).stdout
        wished = {line for line in text.splitlines() if line.startswith("CONFIG_")}
        config = (next(iter(p.objects())) / ".config").read_text().splitlines()
        assert wished and wished == set(filter(None, config)), wished ^ set(config)
        done = lab.run(p.home, "kconfig", "--json").expect(0)
        assert done.json() == {"schema": "slowpath/kconfig/1", "config": text}
        lab.run(p.home, "kconfig", "x").expect(129)


tap.main()
