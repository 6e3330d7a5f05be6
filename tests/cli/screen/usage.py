# SPDX-License-Identifier: GPL-2.0-or-later
"""What holds for every command: its help, misuse is 129, data and messages on their own streams; and
what may have been meant."""
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from cli import debian_index

BINARY = tap.build_dir() / "cmd/slowpath"


def slowpath(*args, stdout=subprocess.PIPE):
    """Runs the built program."""
    return subprocess.run([BINARY, *args], stdin=subprocess.DEVNULL, stdout=stdout,
                          stderr=subprocess.PIPE, text=True, timeout=60)


def expect(done, status, out, err):
    """The exit status, and which of the two streams said something."""
    told = f"exit {done.returncode}, stdout {done.stdout!r}, stderr {done.stderr!r}"
    assert done.returncode == status, told
    assert bool(done.stdout) == out, told
    assert bool(done.stderr) == err, told


COMMANDS = re.findall(r"^  ([a-z][a-z-]*) ", slowpath("--help").stdout, re.M)


@tap.test
def there_are_commands():
    assert len(COMMANDS) > 0
    assert len(set(COMMANDS)) == len(COMMANDS), COMMANDS


@tap.test
def help_and_version_go_to_stdout():
    for word in ("--help", "-h", "help", "--version", "-V", "version"):
        expect(slowpath(word), 0, True, False)
    assert slowpath("-V").stdout == slowpath("version").stdout == slowpath("--version").stdout
    assert re.fullmatch(r"slowpath \d+\.\d+\.\d+ \(commit ([0-9a-f]{12,40}(-dirty)?|unknown)\)\n",
                        slowpath("--version").stdout)


@tap.test
def misuse_is_129_on_stderr():
    for words in ((), ("no-such-command",), ("--no-such-option",), ("",)):
        expect(slowpath(*words), 129, False, True)


@tap.test
def full_disk_is_128():
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = slowpath("--help", stdout=full)
    assert done.returncode == 128 and "No space left" in done.stderr, done


@tap.test
def a_closed_pipe_is_silent():
    """Like git: whoever reads no more wants no message."""
    for words in (("--help",), ("scenario", "list"), ("scenario", "list", "--json")):
        reader, writer = os.pipe()
        os.close(reader)
        done = slowpath(*words, stdout=writer)
        os.close(writer)
        assert done.returncode == -signal.SIGPIPE and not done.stderr, (words, done)


@tap.test
def what_was_meant_is_asked():
    """The nearest names, and where all are; for what is like nothing, only that."""
    for words, status, meant in (
            (("comapre",), 129, "did you mean 'compare'? 'slowpath --help' lists them"),
            (("help", "bisetc"), 129, "did you mean 'bisect'?"),
            (("xyzzy",), 129, "is not a command; 'slowpath --help' lists them"),
            (("compare", "--confrim"), 129, "'--confrim'; did you mean '--confirm'?"),
            (("compare", "--scenaro=x"), 129, "did you mean '--scenario'?"),
            (("probe", "k", "--function", "no-name"), 129, "is not a function's name"),
            (("probe", "k", "--function", "f:7"), 129, "argument from 1 to 6"),
            (("replay", "k", "k", "--pin", "two"), 129, "'two' is not the number of a CPU"),
            (("replay", "k", "k", "--pin", "-1"), 129, "'-1' is not the number of a CPU"),
            (("replay", "k"), 129, "OLD and NEW are expected"),
            (("compare", "a", "b", "--time=native"), 129, "--time=native: 'replay' is expected"),
            (("compare", "--time", "a"), 129, "1 kernels were given"),
            (("compare", "--jsn"), 129, "did you mean '--json'?"),
            (("scenario", "show", "mprotect/shared-dirty-togle"), 128,
             "did you mean 'mprotect/shared-dirty-toggle'? 'slowpath scenario list' has them"),
            (("reproducer", "anon-fault"), 128, "did you mean 'memory/anon-fault'?"),
            (("reproducer", "xyzzy"), 128, "no such name; 'slowpath scenario list' has them")):
        done = slowpath(*words)
        expect(done, status, False, True)
        assert meant in done.stderr, (words, done.stderr)
        assert max(len(line) for line in done.stderr.splitlines()) < 250, done.stderr


@tap.test
def kernels_that_were_meant():
    """Of the package lists as they lie there; nothing is fetched to say it."""
    with tempfile.TemporaryDirectory() as home:
        debian_index.write(home, [debian_index.build("6.17.13")])
        for word, meant in (("debain:6.17", "; did you mean 'debian:6.17'?"),
                            ("debian6.17.13", "; did you mean 'debian:6.17.13'?"),
                            ("xyzzy", "no such file ('slowpath kernel list'")):
            done = slowpath("kernel", "add", word, "--home", home)
            expect(done, 128, False, True)
            assert meant in done.stderr, done.stderr
        done = slowpath("kernel", "show", "debian:6.17", "--home", home)
        assert "did you mean" not in done.stderr, done.stderr


def command_help(name):
    """--help says how the command is called, and nothing on stderr."""
    done = slowpath(name, "--help")
    expect(done, 0, True, False)
    assert done.stdout.startswith(f"usage: slowpath {name}"), done.stdout
    assert "--json" in done.stdout
    assert slowpath("help", name).stdout == done.stdout


def command_misuse(name):
    """An unknown option is misuse, with and without --json."""
    for words in (("--no-such-option",), ("--json", "--no-such-option")):
        done = slowpath(name, *words)
        expect(done, 129, False, True)
        assert "--no-such-option" in done.stderr, done.stderr


for command in COMMANDS:
    tap.add(f"{command} has help", lambda c=command: command_help(c))
    tap.add(f"{command} refuses an unknown option", lambda c=command: command_misuse(c))
tap.main()
