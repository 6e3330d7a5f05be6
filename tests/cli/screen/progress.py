# SPDX-License-Identifier: GPL-2.0-or-later
"""Progress on a pseudo-terminal, by a clock of the test's: what the line says, that it ticks, that it
never wraps, and that nothing of it comes where no terminal is."""
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
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import stand_in, tiny_kernel

BUILD = tap.build_dir()
PLAYER = BUILD / "tests/progress_player"
BINARY = BUILD / "cmd/slowpath"
LONG = "mprotect/shared-dirty-toggle"


def read_all(fd):
    """(seconds since the first call, bytes) of what comes, up to the end."""
    start, chunks = time.monotonic(), []
    while True:
        try:
            data = os.read(fd, 65536)
        except OSError:  # the other end has gone
            break
        if not data:
            break
        chunks.append((time.monotonic() - start, data))
    return chunks


def on_terminal(argv, columns=100, stdin="", **env):
    """What a program writes on its stderr, a terminal: chunks; and its stdout, a pipe."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    merged = {**os.environ, "TERM": "xterm", "LC_ALL": "C", **env}
    if "NO_COLOR" not in env:
        merged.pop("NO_COLOR", None)
    with subprocess.Popen([str(a) for a in argv], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=theirs, env=merged) as process:
        os.close(theirs)
        process.stdin.write(stdin.encode())
        process.stdin.close()
        chunks = read_all(ours)
        out = process.stdout.read().decode()
    os.close(ours)
    return chunks, out


def play(script, columns=100, **env):
    """(what was written, the frames without colours, stdout)."""
    chunks, out = on_terminal([PLAYER], columns, script, **env)
    text = b"".join(data for _, data in chunks).decode()
    plain = re.sub(r"\x1b\[[0-9]*m", "", text)
    return text, [f.replace("\x1b[K", "") for f in plain.split("\r")[1:]], out


STEPS = f"""begin looking for kernels
clock 400
step 3 30 49.6 {LONG}
side 0 booting 6.16.12
side 1 measuring 6.17.13
clock 12500
tick
"""


@tap.test
def it_is_there_at_once_and_says_what_it_waits_for():
    _, frames, _ = play(STEPS, 120)
    assert frames[0] == "0.0 s  looking for kernels", frames
    assert f"12.5 s of about 50 s  3 of 30  {LONG}  booting 6.16.12 | measuring 6.17.13" in frames, \
        frames
    assert frames[-1] == "", "it goes at the end"


@tap.test
def what_was_expected_is_not_said_when_it_is_over():
    _, frames, _ = play(STEPS + "clock 61000\ntick\n")
    assert any(f.startswith("1 min 01 s  3 of 30") for f in frames), frames


@tap.test
def what_is_done_at_once_is_not_worth_a_line():
    chunks, _ = on_terminal([BINARY, "verify", "/nowhere"])
    assert b"checking the bundle" not in b"".join(data for _, data in chunks)


@tap.test
def what_both_sides_do_is_said_once():
    _, frames, _ = play("begin x\nside 0 booting 6.16\nside 1 booting 6.17\n")
    assert "0.0 s  booting 6.16 | 6.17" in frames, frames


@tap.test
def it_ticks_by_itself():
    # The last one takes it away. A loaded machine may stop this test for seconds, but not each time.
    for _ in range(5):
        chunks, _ = on_terminal([PLAYER], 80, "begin-ticking waiting\nsleep 1600\nend\n")
        times = [at for at, _ in chunks]
        if len(times) >= 5 and max(b - a for a, b in zip(times, times[1:])) < 1:
            return
    raise AssertionError(times)


@tap.test
def it_never_wraps():
    script = STEPS + f"step 17 1200 3600 {'x' * 90} {'confirming, 3 of 8'}\nclock 754000\ntick\n"
    for columns in (1, 2, 8, 20, 40, 49, 50, 80, 132):
        _, frames, _ = play(script, columns)
        assert all(len(f) < max(columns, 1) or f == "" for f in frames), (columns, frames)
    _, frames, _ = play(STEPS, 20)
    assert frames[-2] == "12.5 s  3/30  m..le" or frames[-2].startswith("12.5 s  3/30  "), frames
    _, frames, _ = play(STEPS, 60)
    assert "mpro" in frames[-2] and "gle" in frames[-2], frames


@tap.test
def a_build_tells_its_objects_and_a_download_its_bytes():
    with tempfile.TemporaryDirectory() as folder:
        log = pathlib.Path(folder) / "build.log"
        log.write_text("  HOSTCC  scripts/x\n  CC      mm/mmap.o\n  AR      mm/built-in.a\n"
                       "  LD      vmlinux.o\nmake: CC of something else\n", encoding="utf-8")
        _, frames, _ = play(f"begin x\nwatch objects 1300 {log}\nclock 2000\ntick\nunwatch\n")
        assert "2.0 s  building 0123456789ab, 3 of about 1300 objects" in frames, frames
        _, frames, _ = play(f"begin x\nwatch objects 2 {log}\n")
        assert "0.0 s  building 0123456789ab, 3 objects" in frames, "more than was guessed"
        size = log.stat().st_size
        _, frames, _ = play(f"begin x\nwatch bytes 1500000 {folder}\n")
        assert f"0.0 s  downloading linux-image, {size / 1e6:.1f} of 1.5 MB" in frames, frames


@tap.test
def notes_and_rows_stand_on_lines_of_their_own():
    text, _, out = play(STEPS + "note slowpath: skipped x\nrow a: equivalent\nend\n")
    assert "\r\x1b[Kslowpath: skipped x\r\n" in text, text
    assert out == "a: equivalent\n"
    assert text.endswith("\r\x1b[K"), text


@tap.test
def no_colour_where_none_is_wanted_and_nothing_on_a_dumb_terminal():
    assert "\x1b[2m" in play(STEPS)[0]
    assert not re.search(r"\x1b\[[0-9]*m", play(STEPS, NO_COLOR="1")[0])
    assert play(STEPS + "note said\n", TERM="dumb")[0] == "said\r\n"


@tap.test
def what_a_terminal_would_obey_is_not_shown():
    text, _, _ = play("begin x\nside 0 boot\x07ing\n")
    assert "\x07" not in text and "boot?ing" in text, text


@tap.test
def nothing_of_it_goes_into_a_pipe():
    done = subprocess.run([PLAYER], input=STEPS + "note said\n", capture_output=True, text=True,
                          check=True)
    assert (done.stdout, done.stderr) == ("", "said\n"), done


@tap.test
def the_program_shows_it_at_once_and_takes_it_away():
    with tempfile.TemporaryDirectory() as home:
        chunks, _ = on_terminal([BINARY, "kernel", "add", "no-such-kernel", "--home", home])
    text = b"".join(data for _, data in chunks).decode()
    assert "looking for the kernel" in chunks[0][1].decode(), text
    # The error stands on a line that was cleared.
    assert re.search(r"\r\x1b\[K(slowpath: [^\r]*\r\n)+$", text), repr(text)


@tap.test
def a_build_is_followed_by_its_log():
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        tree = stand_in.Tree(folder / "tree")
        commit = tree.commit("First", image=tiny_kernel.make("loop", "6.99.0-stand-in"),
                             build_sh="for i in 1 2; do echo \"  CC      mm/$i.o\"; sleep 3; done\n")
        path = f"{stand_in.tools(folder / 'tools')}:{os.environ['PATH']}"
        chunks, out = on_terminal([BINARY, "kernel", "add", f"git:{tree.path}@HEAD", "--home",
                                   folder / "home"], 100, PATH=path, HOME=scratch, CC="")
    text = b"".join(data for _, data in chunks).decode()
    for done in (0, 1, 2):
        assert f"building {commit[:12]}, {done} of about " in text, text
    assert "; log: " in text and "objects" not in out, text


@tap.test
def rows_are_for_reading_and_json_is_for_programs():
    done = subprocess.run([BINARY, "compare", "a", "b", "--stream", "--json"], capture_output=True,
                          text=True, check=False)
    assert done.returncode == 129 and "--stream" in done.stderr, done


tap.main()
