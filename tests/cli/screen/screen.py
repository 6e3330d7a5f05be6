# SPDX-License-Identifier: GPL-2.0-or-later
"""Colour is for terminals that want it, and no line is longer than a terminal has columns."""
import fcntl
import os
import pathlib
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from cli import madeup, madeup_studies

RED, GREEN, YELLOW = "\x1b[1;31m", "\x1b[32m", "\x1b[33m"
LONG = "6.17.13-a-release-whose-name-somebody-made-as-long-as-the-kernel-lets-one-make-it"


def on_terminal(home, *args, columns=80, term="xterm", **environment):
    """What the program writes to a terminal of so many columns; newlines as they are in a file."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    env = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "TERM", "COLUMNS")}
    env |= {"TERM": term} if term is not None else {}
    with subprocess.Popen([madeup.BINARY, *args, "--home", home], stdin=subprocess.DEVNULL,
                          stdout=slave, stderr=subprocess.PIPE, env=env | environment) as process:
        os.close(slave)
        data = b""
        while True:
            try:
                more = os.read(master, 65536)
            except OSError:  # the last one has closed it
                break
            if not more:
                break
            data += more
        error = process.stderr.read()
    os.close(master)
    assert process.returncode == 0 or "judge" in args, (args, process.returncode, error)
    return data.decode().replace("\r\n", "\n")


def home_of(home, release=None):
    with madeup.open_db(home) as db:
        madeup.exact(db, "20260513-100000-aaaaaa")
        madeup_studies.narrow_timed(db)
        if release:
            db.execute("UPDATE run SET kernel_release = ? WHERE side = 'new'", (release,))
    return home


def plain(text):
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@tap.test
def verdicts_are_coloured_on_a_terminal():
    with tempfile.TemporaryDirectory() as home:
        home_of(home)
        text = on_terminal(home, "list")
        assert f"{RED}regression\x1b[0m" in text and f"{YELLOW}inconclusive\x1b[0m" in text, text
        assert plain(text) == madeup.slowpath(home, "list").stdout
        text = on_terminal(home, "judge", "aaaaaa")
        assert f"{RED}regression\x1b[0m" in text, text
        assert plain(text) == madeup.slowpath(home, "judge", "aaaaaa").stdout
        # Faster than OLD: the same kernels the other way round.
        better = on_terminal(home, "judge", "aaaaaa", "--baseline", "new")
        assert f"{GREEN}improvement\x1b[0m" in better and RED not in better, better


@tap.test
def nobody_gets_escapes_who_did_not_ask():
    with tempfile.TemporaryDirectory() as home:
        home_of(home)
        for how in ({"NO_COLOR": "1"}, {"term": "dumb"}, {"term": None}, {"term": ""}):
            for args in (("list",), ("judge", "aaaaaa"), ("show", "aaaaaa"), ("doctor",)):
                text = on_terminal(home, *args, **how)
                assert "\x1b" not in text, (how, args, text)
        for args in (("list",), ("judge", "aaaaaa"), ("show", "aaaaaa")):
            assert "\x1b" not in madeup.slowpath(home, *args).stdout
        assert RED in on_terminal(home, "list", NO_COLOR="")  # no-color.org: set, and not empty
        assert "\x1b" not in on_terminal(home, "list", "--json")


@tap.test
def no_line_is_longer_than_the_terminal():
    with tempfile.TemporaryDirectory() as home:
        home_of(home, LONG)
        with madeup.open_db(home) as db:
            db.execute("UPDATE run SET side = ? WHERE side = 'new'", (LONG,))
        for columns, most in ((20, 80), (80, 80), (100, 100), (300, 300)):
            for args in (("list",), ("judge", "aaaaaa")):
                lines = plain(on_terminal(home, *args, columns=columns)).splitlines()
                # What cannot be broken, a name in a sentence, is never cut.
                long = [l for l in lines if len(l) > most and LONG not in l]
                assert not long, (columns, args, long)
        narrow = plain(on_terminal(home, "judge", "aaaaaa"))
        assert LONG not in narrow.split("The same by")[0] and "…" in narrow, narrow
        for wide in (on_terminal(home, "judge", "aaaaaa", "--wide"),
                     on_terminal(home, "judge", "aaaaaa", columns=300)):
            assert LONG in plain(wide) and "…" not in wide, wide
        assert "…" in madeup.slowpath(home, "judge", "aaaaaa").stdout
        assert "…" not in madeup.slowpath(home, "judge", "aaaaaa", "--wide").stdout


tap.main()
