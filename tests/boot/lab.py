# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests that boot kernels share: scratch homes, runs that must leave nothing behind."""
import contextlib
import fcntl
import functools
import hashlib
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import tap

BUILD = tap.build_dir()
SLOWPATH = BUILD / "cmd/slowpath"
OLD, NEW = "debian:6.16.12", "debian:6.17.13"
# Every process that a test starts carries this in its environment, and so do its children.
MARK = "SLOWPATH_TEST_MARK"
# Snapshots that no test of their build has used for so long are removed.
SHARED_S = 3600


def copy_parts(folder, guest=None):
    """A folder with the guest (or another in its place), the plugins and the scenarios, and the
    environment that makes slowpath take them from there."""
    folder.mkdir()
    shutil.copy(guest or BUILD / "guest/slowpath-guest", folder / "slowpath-guest")
    for plugin in (BUILD / "plugin").glob("slowpath-plugin-v*.so"):
        shutil.copy(plugin, folder)
    shutil.copytree(BUILD / "scenarios", folder / "scenarios")
    return {"SLOWPATH_LIBDIR": folder, "SLOWPATH_DATADIR": folder}


def need_kernels(*specs):
    """The store entries of the specs in the persistent home, fetched if they are not there."""
    found = []
    for spec in specs:
        command = [SLOWPATH, "kernel", "show", spec, "--json", "--home", tap.HOME]
        shown = subprocess.run(command, capture_output=True, text=True)
        if shown.returncode:
            command[2] = "add"
            shown = subprocess.run(command, capture_output=True, text=True, timeout=600)
        if shown.returncode:
            raise tap.Skip(f"no {spec}: {shown.stderr.strip()[-300:]}")
        found.append(json.loads(shown.stdout))
    return found


def need_modules(spec):
    """In the persistent home, from where homes of tests take a kernel with all that it has."""
    done = subprocess.run([SLOWPATH, "kernel", "add", spec, "--modules", "--home", tap.HOME],
                          capture_output=True, text=True, timeout=600)
    if done.returncode:
        raise tap.Skip(f"no modules of {spec}: {done.stderr.strip()[-300:]}")


def _link_or_copy(source, target):
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _remove_unused(parent, mine):
    """Shared folders of other builds that nobody uses."""
    for lock in parent.glob("*.lock"):
        with open(lock, "a", encoding="ascii") as file:
            if lock == mine or time.time() - lock.stat().st_mtime < SHARED_S:
                continue
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(lock.with_suffix(""), ignore_errors=True)


@functools.cache
def shared():
    """The folder with the snapshots and symbols that all tests of one build share, and the file
    that keeps it while this process lives. What may be in a snapshot is slowpath's own key; what
    writes and reads one is the program, and another program begins with none."""
    parent = tap.HOME / "shared"
    parent.mkdir(parents=True, exist_ok=True)
    folder = parent / hashlib.sha256(SLOWPATH.read_bytes()).hexdigest()[:16]
    lock = folder.with_suffix(".lock")
    file = open(lock, "a", encoding="ascii")
    fcntl.flock(file, fcntl.LOCK_SH)
    os.utime(lock)
    _remove_unused(parent, lock)
    for name in ("snapshots", "symbols"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return folder, file


def small_library(folder):
    """The library below the folder, with less of the same: 4 MiB for 64, 16 iterations for 64."""
    place = folder / "small/scenarios"
    place.mkdir(parents=True)
    for path in (BUILD / "scenarios").glob("*.yaml"):
        text = path.read_text(encoding="utf-8").replace("size: 64M", "size: 4M")
        (place / path.name).write_text(text.replace("iterations: 64\n", "iterations: 16\n"),
                                       encoding="utf-8")
    return {"SLOWPATH_DATADIR": folder / "small"}


class Home:
    """A scratch home that holds kernels, and of a snapshot what other tests have made; gone after
    the with block.

    @own: with snapshots of its own, for tests that are about them or about what makes them. @small:
    with a small library (small_library()), for tests that the size of a scenario proves nothing in.
    """

    env = {}

    def __init__(self, *specs, own=False, small=False):
        entries = need_kernels(*(specs or (OLD, NEW)))
        # In full, so that no list of packages is asked what else they could mean.
        self.specs = [e["spec"] for e in entries]
        parent = tap.HOME / "scratch"
        parent.mkdir(parents=True, exist_ok=True)
        self.path = pathlib.Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=parent))
        for entry in {e["id"] for e in entries}:
            shutil.copytree(tap.HOME / "kernels" / entry, self.path / "kernels" / entry,
                            copy_function=_link_or_copy)
        if not own:
            for name in ("snapshots", "symbols"):
                (self.path / name).symlink_to(shared()[0] / name)
        if small:
            self.env = small_library(self.path)

    @classmethod
    def empty(cls, folder, specs=()):
        """A home in a folder of the caller's, without kernels."""
        home = cls.__new__(cls)
        home.path, home.specs = folder, list(specs)
        return home

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path)

    def remnants(self):
        """What no finished run may leave. In a shared folder others may be at work."""
        found = [p for p in (self.path / "run").glob("*") if p.name != "gate"]
        found += [p for folder in ("snapshots", "symbols", "kernels")
                  if not (self.path / folder).is_symlink()
                  for pattern in ("*.part", "*.??????", ".tmp-*")
                  for p in (self.path / folder).glob(pattern)]
        return [str(p.relative_to(self.path)) for p in found]

    def rows(self, query):
        """Rows of the database."""
        database = sqlite3.connect(f"file:{self.path}/slowpath.db?mode=ro", uri=True)
        with contextlib.closing(database):
            return database.execute(query).fetchall()

    def last_runs(self):
        """(side, status, reason) of the last experiment's runs."""
        return self.rows("SELECT side, status, failure_reason FROM run WHERE experiment = "
                         "(SELECT id FROM experiment ORDER BY rowid DESC LIMIT 1) ORDER BY rowid")


def environment(mark, home, env):
    """The environment of a run; None as a value takes a variable out."""
    merged = {**os.environ, MARK: mark, "SLOWPATH_HOME": str(home), "LC_ALL": "C", **(env or {})}
    return {name: str(value) for name, value in merged.items() if value is not None}


def marked(mark):
    """Live processes that carry the mark: {pid: command line}."""
    found = {}
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={mark}".encode() in (folder / "environ").read_bytes():
                found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(
                    b"\0", b" ").decode(errors="replace")
        except OSError:
            pass
    return found


def qemus(mark):
    """Pids of the mark's QEMUs."""
    return [pid for pid, line in marked(mark).items() if "-icount" in line]


def expect_gone(mark, within=5.0):
    """Fails if a process of the run still lives after so many seconds."""
    end = time.monotonic() + within
    while left := marked(mark):
        if time.monotonic() > end:
            for pid in left:
                os.kill(pid, signal.SIGKILL)
            raise AssertionError(f"still running: {left}")
        time.sleep(0.02)


def _default_signals():
    """A shell that runs something in the background has it ignore Ctrl-C."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


class Running:
    """A slowpath that runs in the background."""

    def __init__(self, home, *args, env=None, stdout=subprocess.PIPE, wrapper=()):
        self.home, self.mark, self.started = home, uuid.uuid4().hex, time.monotonic()
        self.code = self.out = self.err = None
        self.process = subprocess.Popen([*wrapper, SLOWPATH, *map(str, args)],
                                        env=environment(self.mark, home.path,
                                                        {**home.env, **(env or {})}),
                                        stdin=subprocess.DEVNULL, stdout=stdout,
                                        stderr=subprocess.PIPE, text=True, errors="replace",
                                        preexec_fn=_default_signals)

    def end(self, timeout=400):
        """Waits; fails if it takes too long or a process is left."""
        try:
            self.out, self.err = self.process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            raise AssertionError(f"did not end within {timeout} s") from None
        finally:
            expect_gone(self.mark)
        self.code = self.process.returncode
        return self

    def json(self):
        """The document on stdout."""
        return json.loads(self.out)

    def expect(self, code, *texts):
        """The exit status, and what stderr must say; returns this."""
        told = f"exit {self.code}, not {code}\nstdout: {(self.out or '')[-1500:]}\n" \
               f"stderr: {self.err[-3000:]}"
        assert self.code == code, told
        for text in texts:
            assert text in self.err, f"no {text!r} in\n{told}"
        return self


def run(home, *args, tidy=True, timeout=400, **more):
    """Runs slowpath to its end; nothing may be left of it."""
    done = Running(home, *args, **more).end(timeout)
    assert not tidy or not home.remnants(), f"left behind: {home.remnants()}\n{done.err}"
    return done


def compare(home, *args, old=None, new=None, deadline=60, **more):
    """Runs 'compare --json', by default on the home's two kernels."""
    return run(home, "compare", old or home.specs[0], new or home.specs[1], "--json",
               "--deadline", deadline, *args, **more)


def told(home, command, *args, code=1):
    """A command that has ended, and the document that it kept: one measurement for text and numbers.
    (Kept numbers have all their digits, printed ones 15.)"""
    done = run(home, command, *args).expect(code)
    (document,), = home.rows("SELECT document FROM result ORDER BY rowid DESC LIMIT 1")
    return done, json.loads(document)


def counts(document):
    """A result less what may differ between two equal ones."""
    return {name: value for name, value in document.items() if name not in ("id", "notes", "seconds")}


def differences(a, b, at=""):
    """Where two documents differ, for messages."""
    if isinstance(a, dict) and isinstance(b, dict):
        return [line for name in sorted({*a, *b})
                for line in differences(a.get(name), b.get(name), f"{at}.{name}")]
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        return [line for i, (x, y) in enumerate(zip(a, b))
                for line in differences(x, y, f"{at}[{i}]")]
    return [] if a == b else [f"{at}: {str(a)[:200]} / {str(b)[:200]}"]


def expect_same(a, b):
    """Fails if two results differ in more than id, notes and seconds."""
    found = differences(counts(a), counts(b))
    assert not found, "\n".join(found[:20])


def metric(document, name=None):
    """A metric by its name, or the first."""
    return next(m for m in document["metrics"] if name in (None, m["name"]))


def outside(document, name):
    """An entry of what stands outside the metric."""
    return next(o for o in document["attribution"]["outside"] if name in o["name"])
