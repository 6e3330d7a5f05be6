# SPDX-License-Identifier: GPL-2.0-or-later
"""Real limits of this machine: under a quota, a cpuset or a memory limit, doctor says so."""
import contextlib
import errno
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap

SLOWPATH = tap.build_dir() / "cmd/slowpath"
MIB = 1 << 20


def doctor(*before, **how):
    """What the checks say, by name; @before is put before the command."""
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run([*before, SLOWPATH, "doctor", "--json", "--home", home],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=120, **how)
    assert done.stdout, done
    return {c["name"]: c["what"] for c in json.loads(done.stdout)["checks"]}


def scope(limit, file):
    """The words that run a command in a scope of systemd's with this limit, or None if there is no
    systemd, or none that has @file of a group to set: it does not say so itself."""
    there = f'test -e "/sys/fs/cgroup$(sed -n s/^0:://p /proc/self/cgroup)/{file}"'
    for manager in ([], ["--user"]):
        words = ["systemd-run", *manager, "--quiet", "--scope", "--collect", "-p", limit]
        if shutil.which("systemd-run") and subprocess.run(
                [*words, "sh", "-c", there], stdin=subprocess.DEVNULL,
                capture_output=True).returncode == 0:
            return words
    return None


def mount_of(controller):
    """(version, folder of our group) of the hierarchy with this controller."""
    groups = {}
    for line in pathlib.Path("/proc/self/cgroup").read_text().splitlines():
        number, controllers, path = line.split(":", 2)
        groups.update({c: path for c in controllers.split(",")} if number != "0" else {"": path})
    for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines():
        fields, kind = line.split(" - ")
        root, point = fields.split()[3:5]
        words = kind.split()
        version = {"cgroup": 1, "cgroup2": 2}.get(words[0])
        path = groups.get(controller if version == 1 else "", "/")
        if not version or (version == 1 and controller not in words[2].split(",")):
            continue
        inside = os.path.relpath(path, root) if path.startswith(root) else "."
        folder = pathlib.Path(point, inside)
        controllers = folder / "cgroup.controllers"
        if version == 1 and folder.is_dir():
            return version, folder
        if controllers.exists() and controller in controllers.read_text().split():
            return version, folder
    raise tap.Skip(f"no control groups with '{controller}' here")


def remove(folder):
    """Orphans that doctor left are killed with it, and leave the group a moment later."""
    for _ in range(500):
        try:
            if folder.exists():
                folder.rmdir()
            return
        except OSError as error:
            if error.errno != errno.EBUSY:
                raise
        time.sleep(0.01)
    raise AssertionError(f"{folder} is still in use: {(folder / 'cgroup.procs').read_text()}")


@contextlib.contextmanager
def group(controller, files):
    """A group of our own with these files written; yields the function that moves a child in.
    @files is {version: [(name, text)]}, a text of None is the parent's. The child goes into a group within, which has no limit of
    its own."""
    if os.geteuid() != 0:
        raise tap.Skip("no systemd-run here, and only root can make control groups")
    version, parent = mount_of(controller)
    outer = parent / f"slowpath-test-{os.getpid()}"
    inner = outer / "inner"
    try:
        outer.mkdir()
    except OSError as error:
        raise tap.Skip(f"no control group can be made: {error}") from error
    try:
        if not (outer / files[version][0][0]).exists():
            raise tap.Skip(f"'{controller}' is not handed to groups below {parent}")
        for name, text in files[version]:
            (outer / name).write_text(text or (parent / name).read_text())
        inner.mkdir()
        if controller == "cpuset" and version == 1:
            for name in ("cpuset.cpus", "cpuset.mems"):
                (inner / name).write_text((outer / name).read_text())
        yield lambda: (inner / "cgroup.procs").write_text(str(os.getpid()))
    finally:
        for folder in (inner, outer):
            remove(folder)


@tap.test
def a_quota_is_told():
    words = scope("CPUQuota=150%", "cpu.max")
    if words:
        checks = doctor(*words)
    else:
        files = {1: [("cpu.cfs_quota_us", "150000"), ("cpu.cfs_period_us", "100000")],
                 2: [("cpu.max", "150000 100000")]}
        with group("cpu", files) as enter:
            checks = doctor(preexec_fn=enter)
    assert "quota of 150 % (control group)" in checks["cores"], checks["cores"]
    assert "can have 1 vCPU" in checks["cores"], checks["cores"]


@tap.test
def a_memory_limit_is_told():
    words = scope("MemoryMax=900M", "memory.max")
    if words:
        checks = doctor(*words)
    else:
        limit = str(900 * MIB)
        with group("memory", {1: [("memory.limit_in_bytes", limit)],
                              2: [("memory.max", limit)]}) as enter:
            checks = doctor(preexec_fn=enter)
    assert "900 MiB are available (the limit of the control group)" in checks["memory"], checks


@tap.test
def a_cpuset_is_told():
    cpu = min(os.sched_getaffinity(0))
    if os.cpu_count() < 2:
        raise tap.Skip("one CPU cannot be taken away")
    files = {1: [("cpuset.cpus", str(cpu)), ("cpuset.mems", None)], 2: [("cpuset.cpus", str(cpu))]}
    with group("cpuset", files) as enter:
        checks = doctor(preexec_fn=enter)
    assert checks["cores"].startswith("1 CPU of "), checks["cores"]
    assert f"(the control group leaves CPU {cpu})" in checks["cores"], checks["cores"]


@tap.test
def an_affinity_is_told():
    cpus = os.sched_getaffinity(0)
    if len(cpus) < 2:
        raise tap.Skip("one CPU cannot be taken away")
    checks = doctor(preexec_fn=lambda: os.sched_setaffinity(0, {max(cpus)}))
    assert f"(the affinity leaves CPU {max(cpus)})" in checks["cores"], checks["cores"]


@tap.test
def cpus_are_counted():
    cpus = len(os.sched_getaffinity(0))
    assert re.match(rf"{cpus} CPU\b|{cpus} CPUs\b", doctor()["cores"]), doctor()["cores"]


tap.main()
