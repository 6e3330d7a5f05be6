# SPDX-License-Identifier: GPL-2.0-or-later
"""The commit that --version tells: that of the source tree, and of no other repository."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap

BUILD = tap.build_dir()
COMMIT = re.compile(r"[0-9a-f]{12,40}")


def told(root, env=None):
    """What is told of the tree in @root."""
    done = subprocess.run([sys.executable, tap.SOURCE / "tools/commit.py", root],
                          env={**os.environ, **(env or {})}, capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == "", done
    return done.stdout.removesuffix("\n")


def make_repository(root):
    """A repository with one commit of one file, and a tag."""
    if not shutil.which("git"):
        raise tap.Skip("there is no git here")
    root.mkdir(parents=True)
    (root / "file").write_text("one\n")
    who = ["-c", "user.name=nobody", "-c", "user.email=nobody@localhost"]
    for words in (["init", "-q"], ["add", "file"], [*who, "commit", "-q", "-m", "first"],
                  ["tag", "v9"]):
        subprocess.run(["git", *words], cwd=root, check=True)
    return subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, check=True, capture_output=True,
                          text=True).stdout.strip()


@tap.test
def the_program_tells_what_was_found_when_it_was_built():
    built = re.search(r'return "(.*)";', (BUILD / "cmd/version.c").read_text()).group(1)
    assert COMMIT.fullmatch(built.removesuffix("-dirty")) or built == "unknown", built
    done = subprocess.run([BUILD / "cmd/slowpath", "--version"], check=True, capture_output=True,
                          text=True)
    assert done.stdout.endswith(f" (commit {built})\n"), done.stdout


@tap.test
def a_commit_and_whether_it_was_changed():
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder, "a tree")
        head = make_repository(root)
        assert COMMIT.fullmatch(told(root)) and head.startswith(told(root)), (head, told(root))
        (root / "another").write_text("not of the commit\n")
        assert "dirty" not in told(root)
        (root / "file").write_text("two\n")
        assert told(root) == f"{head[:12]}-dirty"
        link = pathlib.Path(folder, "link")
        link.symlink_to(root)
        assert told(link) == f"{head[:12]}-dirty"


@tap.test
def without_a_repository_it_is_unknown():
    with tempfile.TemporaryDirectory() as folder:
        assert told(folder) == "unknown"
        assert told(f"{folder}/missing") == "unknown"
        assert told(folder, env={"PATH": folder}) == "unknown", "without git"


@tap.test
def a_tarball_within_another_repository_is_not_that():
    with tempfile.TemporaryDirectory() as folder:
        make_repository(pathlib.Path(folder, "packaging"))
        inner = pathlib.Path(folder, "packaging/slowpath-0.1.0")
        inner.mkdir()
        assert told(inner) == "unknown"


@tap.test
def an_archive_keeps_its_commit():
    with tempfile.TemporaryDirectory() as folder:
        head = make_repository(pathlib.Path(folder, "tree"))
        pathlib.Path(folder, "tree/file").write_text("not committed\n")
        archive = pathlib.Path(folder, "archive")
        archive.mkdir()
        subprocess.run([sys.executable, tap.SOURCE / "tools/commit.py", "--put", archive,
                        f"{folder}/tree"], check=True)
        assert told(archive) == head[:12]
        for bad in ("unknown\n", "1234\n", '0123456789ab";\n', "\xff" * 12):
            (archive / "COMMIT").write_text(bad, encoding="latin-1")
            assert told(archive) == "unknown", bad


@tap.test
def the_repository_of_a_hook_is_not_ours():
    with tempfile.TemporaryDirectory() as folder:
        head = make_repository(pathlib.Path(folder, "ours"))
        make_repository(pathlib.Path(folder, "another"))
        env = {"GIT_DIR": f"{folder}/another/.git", "GIT_WORK_TREE": f"{folder}/another"}
        assert told(f"{folder}/ours", env=env) == head[:12]


@tap.test
def a_tree_of_another_user():
    if os.geteuid() != 0:
        raise tap.Skip("only root can give a tree to another user")
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder, "ours")
        head = make_repository(root)
        for path in [root, *root.rglob("*")]:
            os.chown(path, 65534, 65534)
        refused = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, capture_output=True,
                                 env={"PATH": os.environ["PATH"], "HOME": folder})
        if refused.returncode == 0:
            raise tap.Skip("this git does not look at owners")
        assert told(root, env={"HOME": folder}) == head[:12]


tap.main()
