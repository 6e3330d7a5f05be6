# SPDX-License-Identifier: GPL-2.0-or-later
"""Completion: what slowpath offers for a line, and that bash, zsh and fish make words of it."""
import json
import os
import pathlib
import pty
import re
import resource
import select
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from cli import debian_index

BINARY = tap.build_dir() / "cmd/slowpath"
FOLDER = tempfile.TemporaryDirectory()
HOME = pathlib.Path(FOLDER.name, "home")  # never made by completion
FULL = pathlib.Path(FOLDER.name, "full")  # with package lists and a database
IDS = ["20260101-000000-00000000000000aa", "20260102-000000-00000000000000bb"]
ENV = {"HOME": str(HOME), "PATH": f"{BINARY.parent}:/usr/bin:/bin"}


def slowpath(*args, env=None):
    """Runs the built program with a home that is not there."""
    return subprocess.run([BINARY, *args], env=env or ENV, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60)


def offered(*words, env=None):
    """The candidates for the last word, without their help; never with an error."""
    done = slowpath("__complete", *words, env=env)
    assert done.returncode == 0 and not done.stderr, done
    return [line.partition("\t")[0] for line in done.stdout.splitlines()]


def make_full_home():
    """A home that knows of two kernels and two experiments."""
    debian_index.write(FULL, [debian_index.build("6.17.13"),
                              debian_index.build("6.17.13", flavour="rt-amd64")])
    slowpath("list", "--home", str(FULL))
    with sqlite3.connect(FULL / "slowpath.db") as db:
        for number, name in enumerate(IDS):
            # Whatever columns there are, all of them have to be filled.
            columns = db.execute("PRAGMA table_info(experiment)").fetchall()
            values = {c[1]: "{}" if c[2] == "TEXT" else 0 for c in columns}
            values.update(id=name, started=f"2026-01-0{number + 1}T00:00:00.000000Z")
            db.execute(f"INSERT INTO experiment ({', '.join(values)}) VALUES "
                       f"({', '.join('?' * len(values))})", list(values.values()))
    db.close()


def commands():
    """The names that --help lists."""
    return re.findall(r"^  ([a-z][a-z-]*) ", slowpath("--help").stdout, re.M)


def options(command):
    """The long options that its --help lists."""
    return re.findall(r"^  (?:-\w, |    )(--[a-z][a-z0-9-]*)", slowpath(command, "--help").stdout, re.M)


@tap.test
def commands_are_offered():
    assert offered("") == [*commands(), "help"], offered("")
    assert offered("com") == ["compare"]
    assert offered("--json", "com") == ["compare"]
    assert offered("--home", "x", "com") == ["compare"]
    assert offered("help", "com") == ["compare"]
    assert "--version" in offered("--")
    assert offered("--home", "") == [":files"]
    assert offered("no-such-command", "") == []


def options_are_offered(command):
    """Those of --help, in its order, and nothing else: there is no second list."""
    assert options(command) and offered(command, "--") == options(command), offered(command, "--")


@tap.test
def scenarios_are_offered():
    names = [s["name"] for s in json.loads(slowpath("scenario", "list", "--json").stdout)
             ["scenarios"]]
    for words in (("compare", "-s"), ("compare", "--scenario"), ("reproducer",),
                  ("scenario", "show"), ("compare", "a", "b", "-s", "c/d", "-s")):
        assert offered(*words, "") == names, words
        assert offered(*words, "mprotect/") == [n for n in names if n.startswith("mprotect/")]
    assert offered("narrow", "--scenario=mprotect/s") == \
        [f"--scenario={n}" for n in names if n.startswith("mprotect/s")]
    assert offered("scenario", "") == ["list", "show"]
    assert offered("scenario", "list", "") == []


@tap.test
def words_of_the_synopsis_are_offered():
    assert offered("kernel", "") == ["add", "list", "search", "show", "remove", "check"]
    assert offered("kernel", "s") == ["search", "show"]
    assert offered("cache", "") == ["list", "prune"]
    assert offered("report", "x", "--format", "") == ["mail", "md", "html"]
    assert offered("narrow", "--mode=") == ["--mode=exact", "--mode=timed"]
    assert offered("compare", "a", "b", "--mem", "") == []
    assert offered("bundle", "x", "-o", "") == [":files"]
    assert offered("verify", "") == [":files"]
    assert offered("compare", "a", "b", "--", "") == [":files"]
    assert offered("kconfig", "") == []
    assert offered("cover", "k", "--tree", "") == [":files"]


@tap.test
def kernels_are_offered():
    env = dict(ENV, SLOWPATH_HOME=str(FULL))
    spec = "debian:6.17.13+deb13-cloud-amd64"
    for words in (("compare",), ("compare", "x"), ("kernel", "show"), ("state", "a"),
                  ("fixed", "--old"), ("narrow",)):
        assert offered(*words, "deb", env=env) == [spec, ":files"], words
        assert offered(*words, "x", env=env) == [":files"], words
    assert offered("compare", "debian:6.17.13+deb13-", env=env) == \
        [spec, "debian:6.17.13+deb13-rt-amd64", ":files"]
    assert offered("fixed", "--old=deb", env=env) == [f"--old={spec}", ":files"]
    assert offered("compare", "--home", str(FULL), "deb") == [spec, ":files"]


@tap.test
def experiments_are_offered():
    env = dict(ENV, SLOWPATH_HOME=str(FULL))
    for words in (("show",), ("report",), ("run", "--resume"), ("bundle", "x", "--with"),
                  ("remove", "a")):
        assert [w for w in offered(*words, "", env=env) if w != ":files"] == \
            ["last", *reversed(IDS)], words
    assert offered("show", "20260101", env=env) == IDS[:1]
    assert offered("judge", "l", env=env) == ["last", ":files"]


@tap.test
def nothing_is_made_and_nothing_is_said():
    """Whatever is typed: no home, no message, status 0; also with a home that is none."""
    broken = pathlib.Path(FOLDER.name, "broken")
    (broken / "apt").mkdir(parents=True)
    (broken / "apt/index.json").write_text("{")
    (broken / "slowpath.db").write_text("no database" * 1000)
    for env in (ENV, dict(ENV, SLOWPATH_HOME=str(broken)), dict(ENV, SLOWPATH_DATADIR="/none"),
                {"PATH": "/usr/bin"}, dict(ENV, TERM="dumb", NO_COLOR="1", COLUMNS="20")):
        for words in (("",), ("compare", ""), ("show", ""), ("compare", "-s", ""),
                      ("compare", "--no-such-option="), ("-",), ("compare", "-s"), (),
                      ("report", "\udcff", "\udcfe"), ("kernel", "show", "x" * 5000)):
            offered(*words, env=env)
    assert not HOME.exists()
    assert sorted(p.name for p in broken.iterdir()) == ["apt", "slowpath.db"]


@tap.test
def it_is_quick():
    """Under 50 ms each, of a processor's time, since the machine may be busy; the best of some."""
    env = dict(ENV, SLOWPATH_HOME=str(FULL))
    for words in (("",), ("compare", ""), ("compare", "-s", ""), ("show", ""), ("report", "--")):
        best = 1.0
        for _ in range(20):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            offered(*words, env=env)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        assert best < .05, f"{words}: {best * 1000:.0f} ms"


@tap.test
def only_the_three_shells_are_known():
    for shell in ("bash", "fish", "zsh"):
        done = slowpath("completion", shell)
        assert done.returncode == 0 and "slowpath" in done.stdout and not done.stderr, done
    for words in ((), ("tcsh",), ("bash", "zsh")):
        done = slowpath("completion", *words)
        assert done.returncode == 129 and not done.stdout and done.stderr, done
    assert "completion" not in commands() and "__complete" not in commands()


BASH = r"""
set -u
source "$SCRIPT"
COMP_LINE=$1 COMP_POINT=${#1}
shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
compopt() { echo "compopt $*"; }
_slowpath "${COMP_WORDS[0]}" "${COMP_WORDS[COMP_CWORD]}" ""
printf '%s\n' "${COMPREPLY[@]}"
"""


def bash(line, *words, setup=""):
    """What the function answers for a line that bash has broken into @words."""
    script = pathlib.Path(FOLDER.name, "script.bash")
    script.write_text(slowpath("completion", "bash").stdout)
    done = subprocess.run(["bash", "--norc", "-c", setup + BASH, "bash", line, *words], cwd=FOLDER.name,
                          env=dict(ENV, SCRIPT=str(script), SLOWPATH_HOME=str(FULL)),
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and not done.stderr, done
    return done.stdout.split("\n")[:-1]


@tap.test
def bash_gets_words():
    assert bash("slowpath com", "slowpath", "com") == ["compare"]
    assert bash("slowpath  --json  com", "slowpath", "--json", "com") == ["compare"]
    assert bash("slowpath compare --fr", "slowpath", "compare", "--fr") == ["--fresh"]
    assert bash("slowpath report x --format ", "slowpath", "report", "x", "--format", "") == \
        ["mail", "md", "html"]
    # bash breaks words at ':' and '=', and what it completes is behind the last break.
    assert bash("slowpath compare debian:6.17", "slowpath", "compare", "debian", ":", "6.17") == \
        ["6.17.13+deb13-cloud-amd64"]
    assert bash("slowpath compare debian:", "slowpath", "compare", "debian", ":") == \
        ["6.17.13+deb13-cloud-amd64"]
    assert bash("slowpath fixed --old=debian:6", "slowpath", "fixed", "--old", "=", "debian", ":",
                "6") == ["6.17.13+deb13-cloud-amd64"]
    assert bash("slowpath narrow --mode=", "slowpath", "narrow", "--mode", "=") == \
        ["exact", "timed"]
    assert bash("slowpath compare debian:6.1 b -s memory/anon-fault:",
                "slowpath", "compare", "debian", ":", "6.1", "b", "-s", "memory/anon-fault", ":") \
        == [""]
    # Who has taken ':' out of the breaks gets whole words.
    assert bash("slowpath compare debian:6.17", "slowpath", "compare", "debian:6.17",
                setup="COMP_WORDBREAKS=${COMP_WORDBREAKS//:/}\n") == \
        ["debian:6.17.13+deb13-cloud-amd64"]


@tap.test
def bash_offers_files():
    pathlib.Path(FOLDER.name, "profile.yaml").touch()
    assert bash("slowpath verify ", "slowpath", "verify", "") == ["compopt -o default", ""]
    assert "./profile.yaml" in bash("slowpath judge ./pro", "slowpath", "judge", "./pro") or \
        "compopt -o default" in bash("slowpath judge ./pro", "slowpath", "judge", "./pro")


@tap.test
def bash_completes_a_line():
    """As somebody types it: an interactive bash, and its Tab key."""
    script = pathlib.Path(FOLDER.name, "typed.bash")
    script.write_text(slowpath("completion", "bash").stdout)
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.clear()
        os.environ.update(ENV, SLOWPATH_HOME=str(FULL), PS1="$ ", TERM="dumb", INPUTRC="/dev/null")
        os.execvp("bash", ["bash", "--norc", "--noprofile", "-i"])
    told = b""
    try:
        for line in (f"source {script}", "slowpath kern\tsho\tdebian:6.17\t",
                     "slowpath scen\tsh\tmemory/anon-f\t--js\t", "exit"):
            os.write(fd, line.encode() + b"\n")
        while select.select([fd], [], [], 30)[0]:
            try:
                chunk = os.read(fd, 4096)
            except OSError:
                break  # it has ended
            told += chunk
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(fd)
    assert b"kernel 'debian:6.17.13+deb13-cloud-amd64': not in the store" in told, told
    assert b'"name": "memory/anon-fault"' in told, told


def script_of(shell):
    """The script, as a file; skipped where there is no such shell."""
    if not shutil.which(shell):
        raise tap.Skip(f"{shell} is not installed")
    path = pathlib.Path(FOLDER.name, f"script.{shell}")
    path.write_text(slowpath("completion", shell).stdout)
    return path


@tap.test
def bash_script_is_clean():
    path = script_of("bash")
    done = subprocess.run(["bash", "-n", path], capture_output=True, text=True)
    assert done.returncode == 0 and not done.stderr, done
    if not shutil.which("shellcheck"):
        raise tap.Skip("shellcheck is not installed")
    done = subprocess.run(["shellcheck", "-s", "bash", path], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@tap.test
def zsh_script_is_clean():
    done = subprocess.run(["zsh", "-f", "-n", script_of("zsh")], capture_output=True, text=True)
    assert done.returncode == 0 and not done.stderr, done


@tap.test
def fish_completes():
    path = script_of("fish")
    for line, expected in (("slowpath com", "compare"), ("slowpath compare debian:6.1",
                                                         "debian:6.17.13+deb13-cloud-amd64"),
                           ("slowpath narrow --mode=e", "--mode=exact")):
        done = subprocess.run(["fish", "--no-config", "-c", f"source {path}; complete -C '{line}'"],
                              env=dict(ENV, SLOWPATH_HOME=str(FULL)), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60)
        words = [w.partition("\t")[0] for w in done.stdout.splitlines()]
        assert expected in words and not done.stderr, done


make_full_home()
for name in commands():
    tap.add(f"options of {name} are offered", lambda n=name: options_are_offered(n))
tap.main()
