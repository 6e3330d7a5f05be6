# SPDX-License-Identifier: GPL-2.0-or-later
"""'slowpath doctor' tells what is missing and how to mend it, and leaves no trace."""
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap

BUILD = tap.build_dir()
QEMU = shutil.which("qemu-system-x86_64")


def doctor(home, *args, env=None):
    """Runs it; returns the process."""
    return subprocess.run([BUILD / "cmd/slowpath", "doctor", "--home", home, *args],
                          env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=120)


def examine(home=None, env=None):
    """(exit status, can_compare, {name: check}) of a machine with these settings."""
    with tempfile.TemporaryDirectory() as scratch:
        done = doctor(home or scratch, "--json", env=env)
    assert done.stderr == "", done.stderr
    document = json.loads(done.stdout)
    assert document["schema"] == "slowpath/doctor/1"
    checks = {c["name"]: c for c in document["checks"]}
    assert len(checks) == len(document["checks"]), "a name twice"
    for check in checks.values():
        assert set(check) == {"name", "status", "what", "mend"}, check
        assert check["status"] in ("ok", "note", "missing") and check["what"], check
        assert check["mend"] or check["status"] != "missing", f"no mend: {check}"
    missing = [c for c in checks.values() if c["status"] == "missing"]
    assert document["can_compare"] == (not missing), document
    assert done.returncode == (128 if missing else 0), (done.returncode, missing)
    return done.returncode, checks


def expect_missing(name, word, **settings):
    """Nothing but @name is missing, and its reason has @word."""
    status, checks = examine(**settings)
    missing = [n for n, c in checks.items() if c["status"] == "missing"]
    assert status == 128 and missing == [name], missing
    assert word in checks[name]["what"], checks[name]
    return checks


def need_qemu():
    """Most checks say something only where there is a QEMU."""
    if not QEMU:
        raise tap.Skip("there is no qemu-system-x86_64 here")


@tap.test
def this_machine_is_examined():
    status, checks = examine()
    names = {"qemu", "machine", "guest", "plugin", "scenarios", "home", "space", "database",
             "memory", "overcommit", "cores", "debian", "builds", "kvm", "governor", "load", "arm64"}
    assert set(checks) == names, set(checks)
    if QEMU:
        assert status == 0, [c for c in checks.values() if c["status"] == "missing"]
    assert checks["kvm"]["status"] == "note" and "exact mode" in checks["kvm"]["what"]


@tap.test
def text_says_the_same():
    with tempfile.TemporaryDirectory() as home:
        good = doctor(home)
        bad = doctor(home, env={"SLOWPATH_QEMU": "/nonexistent/qemu"})
    if QEMU:
        assert good.returncode == 0 and "compare can run on this machine" in good.stdout
        assert "MISSING" not in good.stdout, good.stdout
    lines = bad.stdout.splitlines()
    assert bad.returncode == 128 and bad.stderr == "", bad
    at = [i for i, line in enumerate(lines) if line.startswith("MISSING")]
    assert len(at) == 1 and "-> install qemu-system-x86" in "".join(lines[at[0] + 1:at[0] + 4]), lines
    assert "compare cannot run" in lines[0]


@tap.test
def no_qemu():
    _, checks = examine(env={"SLOWPATH_QEMU": "/nonexistent/qemu"})
    assert checks["qemu"]["status"] == "missing"
    assert "/nonexistent/qemu" in checks["qemu"]["what"]
    assert checks["plugin"]["status"] == checks["machine"]["status"] == "note"


@tap.test
def without_the_other_emulator_no_other_guest_is_advised_where_there_is_one():
    _, checks = examine(env={"SLOWPATH_QEMU_ARM64": "/nonexistent/qemu"})
    there = (tap.build_dir() / "guest/slowpath-guest-arm64").exists()
    assert checks["arm64"]["status"] == "note", checks["arm64"]
    assert checks["arm64"]["mend"].startswith("install qemu-system-arm"), checks["arm64"]
    assert ("was built with" in checks["arm64"]["mend"]) != there, (there, checks["arm64"])


@tap.test
def qemu_that_ends_at_once():
    with tempfile.TemporaryDirectory() as folder:
        fake = pathlib.Path(folder, "qemu")
        fake.write_text("#!/bin/sh\n[ \"$1\" = --version ] &&\n"
                        "echo 'QEMU emulator version 8.0.0' && exit 0\n"
                        "echo 'fake: no accelerator tcg' >&2\nexit 3\n")
        fake.chmod(0o755)
        _, checks = examine(env={"SLOWPATH_QEMU": str(fake)})
    assert checks["qemu"]["status"] == "ok"
    for name in ("machine", "plugin"):
        assert checks[name]["status"] == "missing", checks[name]
        assert "no accelerator tcg" in checks[name]["what"], checks[name]
        assert "exit status 3" in checks[name]["what"], checks[name]


@tap.test
def plugin_that_does_not_load():
    need_qemu()
    with tempfile.TemporaryDirectory(prefix="comma,here-") as folder:
        shutil.copy(BUILD / "guest/slowpath-guest", folder)
        for plugin in BUILD.glob("plugin/slowpath-plugin-v*.so"):
            shutil.copy(plugin, folder)
        status, checks = examine(env={"SLOWPATH_LIBDIR": folder})
        assert status == 0, checks["plugin"]
        for plugin in pathlib.Path(folder).glob("*.so"):
            plugin.write_bytes(b"not a library")
        expect_missing("plugin", "too short", env={"SLOWPATH_LIBDIR": folder})
        for plugin in pathlib.Path(folder).glob("*.so"):
            plugin.unlink()
        expect_missing("plugin", "is missing", env={"SLOWPATH_LIBDIR": folder})


@tap.test
def scenario_that_cannot_be_read():
    need_qemu()
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(f"{folder}/scenarios")
        pathlib.Path(folder, "scenarios/bad.yaml").write_text("x: {help: y, nonsense: 1}\n")
        expect_missing("scenarios", "bad.yaml", env={"SLOWPATH_DATADIR": folder})


@tap.test
def home_that_cannot_be_written():
    need_qemu()
    expect_missing("home", "/dev/null/home", home="/dev/null/home")


@tap.test
def database_of_a_newer_slowpath():
    need_qemu()
    with tempfile.TemporaryDirectory() as home:
        with sqlite3.connect(f"{home}/slowpath.db") as db:
            db.execute("PRAGMA user_version = 99")
        db.close()
        expect_missing("database", "newer", home=home)


@tap.test
def debian_kernels_are_not_needed():
    need_qemu()
    with tempfile.TemporaryDirectory() as empty:
        status, checks = examine(env={"PATH": empty, "SLOWPATH_QEMU": QEMU})
    assert status == 0 and checks["debian"]["status"] == "note", checks["debian"]
    assert "apt-get" in checks["debian"]["what"] and "bzImage" in checks["debian"]["mend"]
    assert "Containerfile" in checks["debian"]["mend"] and (tap.SOURCE / "Containerfile").exists()
    assert checks["builds"]["status"] == "note" and "git" in checks["builds"]["what"]


@tap.test
def nothing_is_left_behind():
    with tempfile.TemporaryDirectory() as parent:
        doctor(f"{parent}/new/home")
        assert os.listdir(parent) == [], os.listdir(parent)
        os.mkdir(f"{parent}/home")
        doctor(f"{parent}/home")
        assert os.listdir(f"{parent}/home") == []


@tap.test
def arguments_are_refused():
    with tempfile.TemporaryDirectory() as home:
        done = doctor(home, "all")
    assert done.returncode == 129 and "all" in done.stderr and not done.stdout, done


tap.main()
