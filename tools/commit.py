# SPDX-License-Identifier: GPL-2.0-or-later
"""The commit that a source tree stands at, for 'slowpath --version': twelve digits or more, "-dirty"
behind them if a file of the commit was changed, or "unknown".

    python3 tools/commit.py SOURCE_ROOT
    python3 tools/commit.py --put FOLDER SOURCE_ROOT

An archive has no repository: the second form writes a file COMMIT into the folder that an archive
is made of, with the commit alone, and it is told where there is that file and no repository.

It asks about this tree only: a tarball that was unpacked within another repository has no commit,
and the repository that a hook or 'git bisect run' is working in (GIT_DIR) is another's too. git
refuses to read what belongs to another user, as in many a container; whoever builds a tree already
runs what stands in it, so here it is told to.
"""
import os
import re
import subprocess
import sys


def git(root, *args):
    """What git says, or None if it does not."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    # A build may run beside a commit: it takes no lock.
    env.update({"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"})
    try:
        done = subprocess.run(["git", "-c", f"safe.directory={root}", "-c", "core.fsmonitor=false",
                               *args], cwd=root, env=env, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def commit(root):
    """The commit of the tree whose top is @root."""
    root = os.path.realpath(root)
    top = git(root, "rev-parse", "--show-toplevel")
    if not top or os.path.realpath(top) != root:
        return written(root)
    return git(root, "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*") or "unknown"


def written(root):
    """What was put into an archive."""
    try:
        with open(os.path.join(root, "COMMIT"), encoding="ascii") as file:
            text = file.read(64).strip()
    except (OSError, UnicodeDecodeError):
        return "unknown"
    return text if re.fullmatch("[0-9a-f]{12,40}", text) else "unknown"


if sys.argv[1] == "--put":
    # What is archived is what is committed, whatever else lies in the tree.
    with open(os.path.join(sys.argv[2], "COMMIT"), "w", encoding="ascii") as put:
        put.write(commit(sys.argv[3]).removesuffix("-dirty") + "\n")
else:
    print(commit(sys.argv[1]))
