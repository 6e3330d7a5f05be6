# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU 10 of Debian's backports, beside the machine's own: another plugin API, the same counts.

The packages are fetched with the private apt root that slowpath keeps, and unpacked, not installed.
"""
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import tap
from boot import lab

ROOT = tap.HOME / "qemu10"
PACKAGES = ("qemu-system-x86", "qemu-system-common", "qemu-system-data", "seabios")
RESULTS = {}


def fetch(folder):
    """Downloads and unpacks the packages."""
    config = tap.HOME / "apt/apt.conf"
    if not config.exists():
        subprocess.run([lab.SLOWPATH, "kernel", "search", "--home", tap.HOME], timeout=300,
                       capture_output=True)
    done = subprocess.run(["apt-get", "-c", config, "-q", "download",
                           *(f"{name}/bookworm-backports" for name in PACKAGES)], cwd=folder,
                          capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise tap.Skip(f"no QEMU 10: {done.stderr.strip()[-300:]}")
    for package in folder.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", package, folder], check=True)
        package.unlink()


def qemu10():
    """The environment that makes slowpath use QEMU 10."""
    wrapper = ROOT / "qemu"
    if not wrapper.exists():
        folder = tap.HOME / "qemu10.part"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        fetch(folder)
        (folder / "qemu").write_text(
            f'#!/bin/sh\nexec {ROOT}/usr/bin/qemu-system-x86_64 -L {ROOT}/usr/share/qemu '
            f'-L {ROOT}/usr/share/seabios "$@"\n', encoding="utf-8")
        (folder / "qemu").chmod(0o755)
        shutil.rmtree(ROOT, ignore_errors=True)
        folder.rename(ROOT)
    told = subprocess.run([wrapper, "--version"], capture_output=True, text=True)
    if "version 10." not in told.stdout:
        raise tap.Skip(f"it does not run here: {told.stdout} {told.stderr}")
    return {"SLOWPATH_QEMU": wrapper}


def result(major, scenario="mprotect/shared-dirty-toggle", words=()):
    """A comparison with QEMU 7.2 (the machine's own) or 10, measured once."""
    key = major, scenario, words
    if key not in RESULTS:
        done = lab.compare(HOME, "-s", scenario, *words, env=qemu10() if major == 10 else None)
        assert done.code in (0, 1), f"exit {done.code}: {done.err}"
        RESULTS[key] = done.json()
    if not RESULTS[key]["qemu"].startswith(f"{major}."):
        raise tap.Skip(f"this machine's QEMU is {RESULTS[key]['qemu']}")
    return RESULTS[key]


@tap.test
def it_compares_and_names_itself():
    document = result(10)
    assert document["verdict"] == "regression" and document["mode"] == "exact"
    assert document["clock"] == {"difference_old": 0, "difference_new": 0}
    apis = HOME.rows("SELECT DISTINCT plugin_api, qemu_version FROM run ORDER BY id")
    assert len(apis) == 1 and apis[0][0] == 3 and apis[0][1].startswith("10."), apis


@tap.test
def the_metric_is_that_of_7_2():
    a, b = result(7), result(10)
    assert a["metrics"] == b["metrics"]
    assert a["attribution"]["functions"] == b["attribution"]["functions"]
    assert a["verdict"] == b["verdict"] and a["state"] == b["state"]


@tap.test
def rep_is_counted_otherwise_and_stays_outside():
    # Other QEMUs may spare the last look at a count of zero; none takes more than 7.2, but for the
    # noise of a count that is near-exact.
    a, b = (result(major, "memory/anon-fault") for major in (7, 10))
    for side in ("old", "new"):
        seven, ten = lab.outside(a, "REP")[side], lab.outside(b, "REP")[side]
        assert 400 < ten < seven + 0.01 < ten + 5, f"{side}: {seven} with 7.2, {ten} with 10"
        seven, ten = lab.metric(a)[side], lab.metric(b)[side]
        assert abs(seven - ten) < 0.01 * seven, f"{side}: {seven} with 7.2, {ten} with 10"
    # A block that -icount's budget cuts short at the very write that faults hides the retry.
    assert all(abs(difference) <= 2 for difference in b["clock"].values()), b["clock"]


@tap.test
def fresh_boots_count_the_same():
    assert result(10)["qemu"].startswith("10.")
    fresh = lab.compare(HOME, "--fresh", env=qemu10()).json()
    lab.expect_same(result(10), fresh)


@tap.test
def several_cpus_are_refused_in_words():
    done = lab.compare(HOME, "--cpus", 2, env=qemu10())
    done.expect(128, "2 CPUs", "QEMU 7.2 to 8.2 only")


@tap.test
def a_plugin_for_another_api_is_not_used():
    parts = HOME.path / "parts"
    parts.mkdir()
    shutil.copy(lab.BUILD / "guest/slowpath-guest", parts)
    shutil.copy(lab.BUILD / "plugin/slowpath-plugin-v1.so", parts)
    done = lab.compare(HOME, env={**qemu10(), "SLOWPATH_LIBDIR": parts})
    done.expect(128, "slowpath-plugin-v3.so is missing: no plugin for this QEMU's plugin API")


with lab.Home() as HOME:
    tap.main()
