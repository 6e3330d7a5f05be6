# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMUs of other Debian releases, beside the machine's own.

They are fetched with the private apt root that slowpath keeps, with all the libraries that they
need, down to the C library, and unpacked, not installed.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import tap
from boot import lab

# Which release has it; its libraries come from the first.
SUITES = {7: ("bookworm",), 10: ("trixie",), 11: ("trixie", "trixie-backports")}
PLUGIN_API = {7: 1, 10: 3, 11: 7}
LIBRARIES = "usr/lib/x86_64-linux-gnu"
_ENVIRONMENTS = {}


def _download(folder, suites):
    """Fetches the packages of an empty Debian that has QEMU."""
    config = tap.HOME / "apt/apt.conf"
    if not config.exists():
        subprocess.run([lab.SLOWPATH, "kernel", "search", "--home", tap.HOME], timeout=300,
                       capture_output=True)
    if not config.exists():
        raise tap.Skip("no package lists")
    lines = (tap.HOME / "apt/sources.list").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "sources").write_text(
        "".join(line for line in lines if any(f" {suite} main" in line for suite in suites)),
        encoding="utf-8")
    (folder / "status").touch()
    (folder / "archives/partial").mkdir(parents=True)
    done = subprocess.run(
        ["apt-get", "-c", config, "-o", f"Dir::Etc::sourcelist={folder}/sources", "-o",
         f"Dir::State::status={folder}/status", "-o", f"Dir::Cache::archives={folder}/archives",
         "-o", "Dir::Cache::pkgcache=", "-o", "Debug::NoLocking=1", "-q", "-y", "-t", suites[-1],
         "--no-install-recommends", "--download-only", "install", "qemu-system-x86", "seabios"],
        capture_output=True, text=True, timeout=600)
    if done.returncode:
        raise tap.Skip(f"no QEMU of {suites[-1]}: {done.stderr.strip()[-300:]}")


def _unpack(root, suites):
    part = root.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    _download(part, suites)
    for package in (part / "archives").glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", package, part], check=True)
    shutil.rmtree(part / "archives")
    loader = next(path for path in (f"{LIBRARIES}/ld-linux-x86-64.so.2",
                                    "lib/x86_64-linux-gnu/ld-linux-x86-64.so.2")
                  if (part / path).exists())
    (part / "qemu").write_text(
        f'#!/bin/sh\nexport QEMU_MODULE_DIR={root}/{LIBRARIES}/qemu\n'
        f'exec {root}/{loader} --library-path {root}/{LIBRARIES}:{root}/lib/x86_64-linux-gnu '
        f'{root}/usr/bin/qemu-system-x86_64 -L {root}/usr/share/qemu '
        f'-L {root}/usr/share/seabios "$@"\n', encoding="utf-8")
    (part / "qemu").chmod(0o755)
    shutil.rmtree(root, ignore_errors=True)
    part.rename(root)


def version(program):
    """Such as "11.1.3"; "" if it does not run here."""
    try:
        told = subprocess.run([program, "--version"], capture_output=True, text=True)
    except OSError:
        return ""
    found = re.search(r"version ([0-9.]+)", told.stdout)
    return found[1] if found else ""


def environment(major):
    """What makes slowpath use a QEMU of this major version: the machine's own, or another's."""
    if major not in _ENVIRONMENTS:
        own = os.environ.get("SLOWPATH_QEMU", "qemu-system-x86_64")
        root = tap.HOME / f"qemu-{SUITES[major][-1]}"
        if version(own).startswith(f"{major}."):
            _ENVIRONMENTS[major] = {}
        else:
            if not (root / "qemu").exists():
                _unpack(root, SUITES[major])
            _ENVIRONMENTS[major] = {"SLOWPATH_QEMU": root / "qemu"}
        program = _ENVIRONMENTS[major].get("SLOWPATH_QEMU", own)
        if not version(program).startswith(f"{major}."):
            del _ENVIRONMENTS[major]
            raise tap.Skip(f"{program} is QEMU '{version(program)}', not {major}")
    return _ENVIRONMENTS[major]
