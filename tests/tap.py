# SPDX-License-Identifier: GPL-2.0-or-later
"""The Test Anything Protocol for the Python tests, and what they share.

    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    import tap

    @tap.test
    def version_is_printed():
        assert "slowpath" in ..., "what it said instead"

    tap.main()

Each function is one test: it passes by returning, fails by raising, and is skipped, with the
reason told, by raising tap.Skip("reason").
"""
import os
import pathlib
import resource
import sys
import tempfile
import time
import traceback

SOURCE = pathlib.Path(__file__).resolve().parent.parent
# Kernels are fetched into this folder once and stay for the next run.
HOME = pathlib.Path(os.environ.get("SLOWPATH_TEST_HOME") or
                    os.path.join(os.environ.get("XDG_CACHE_HOME") or
                                 os.path.expanduser("~/.cache"), "slowpath-check"))

MEMORY = "/dev/shm"
MEMORY_MIN_BYTES = 2 << 30


def _use_memory():
    """Has scratch folders in memory, where there is enough of it: a database is synced to the disk
    some thousand times by a test that makes many, which was most of the time that it took."""
    try:
        disk = os.statvfs(MEMORY)
    except OSError:
        return
    usable = os.access(MEMORY, os.W_OK) and not disk.f_flag & (os.ST_NOEXEC | os.ST_RDONLY)
    if usable and disk.f_bavail * disk.f_frsize >= MEMORY_MIN_BYTES and "TMPDIR" not in os.environ:
        os.environ["TMPDIR"] = tempfile.tempdir = MEMORY


_use_memory()
_tests = []


class Skip(Exception):
    """Raised by a test that cannot run here; says why."""


def test(function):
    """Registers a test; its name is the function's, with blanks."""
    _tests.append((function.__name__.replace("_", " "), function))
    return function


def add(name, function):
    """Registers a test that is made at run time."""
    _tests.append((name, function))


def build_dir():
    """The build folder that the test was given."""
    if len(sys.argv) != 2:
        sys.exit(f"usage: python3 {sys.argv[0]} BUILDDIR")
    return pathlib.Path(sys.argv[1]).resolve()


def _comment(text):
    for line in text.rstrip().splitlines():
        print("#", line)


def skipping(function):
    """Calls it; what is needed before the first test may be missing."""
    try:
        function()
    except Skip as reason:
        print(f"1..0 # SKIP {reason}", flush=True)
        sys.exit(0)


def _cpu_s():
    """Of this process and of those that it has waited for."""
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, (
        resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


def _tell_cost(start):
    """After a test that took a second or more: where ./check's time goes."""
    seconds, cpu = time.monotonic() - start[0], _cpu_s() - start[1]
    if max(seconds, cpu) >= 1:
        print(f"# {seconds:.1f} s, {cpu:.1f} s of CPU", flush=True)


def main():
    """Runs the tests in the order they were written, and exits."""
    failed = 0
    print(f"1..{len(_tests)}", flush=True)
    for number, (name, function) in enumerate(_tests, 1):
        start = time.monotonic(), _cpu_s()
        try:
            function()
            print(f"ok {number} - {name}", flush=True)
        except Skip as reason:
            print(f"ok {number} - {name} # SKIP {reason}", flush=True)
        except AssertionError as error:
            failed += 1
            frame = traceback.extract_tb(error.__traceback__)[-1]
            _comment(f"{frame.filename}:{frame.lineno}: {frame.line}\n{error}")
            print(f"not ok {number} - {name}", flush=True)
        except Exception:
            failed += 1
            _comment(traceback.format_exc())
            print(f"not ok {number} - {name}", flush=True)
        _tell_cost(start)
    sys.exit(1 if failed or not _tests else 0)
