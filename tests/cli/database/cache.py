# SPDX-License-Identifier: GPL-2.0-or-later
"""'slowpath cache' counts what a home holds, and prunes only what nobody uses."""
import fcntl
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap

BINARY = tap.build_dir() / "cmd/slowpath"
DAY = 86400
OLD, NEW, USED = "a" * 32, "b" * 32, "c" * 32
BUILDS = {"1" * 16: 31, "2" * 16: 29}
KERNEL = "0123456789abcdef" * 4
SYMBOLS = (KERNEL, f"{KERNEL}-2")  # as they were named once, and as they are


def cache(home, *args):
    """Runs it; returns the process."""
    return subprocess.run([BINARY, "cache", *args, "--home", home], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60)


def document(home, *args):
    """What it says with --json."""
    done = cache(home, *args, "--json")
    assert done.returncode == 0, done
    result = json.loads(done.stdout)
    assert result["schema"] == "slowpath/cache/1"
    assert result["data"] == result["cache"] == str(home), result
    return result


def items(home):
    """{kind: (count, bytes)}"""
    return {i["kind"]: (i["count"], i["bytes"]) for i in document(home)["items"]}


def put(path, size=8192, days=0.0):
    """A file with its folders, last changed @days ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    then = time.time() - days * DAY
    os.utime(path, (then, then))


def lock(path):
    """Holds a lock as another slowpath would; close the file to let go."""
    path.parent.mkdir(parents=True, exist_ok=True)
    held = open(path, "a", encoding="utf-8")
    fcntl.flock(held, fcntl.LOCK_SH)
    return held


def furnish(home):
    """A home with something of everything."""
    put(home / "kernels" / KERNEL / "vmlinux")
    put(home / "kernels/.lock", 0)
    put(home / "slowpath.db", 100)
    put(home / "snapshots" / OLD / "state", days=31)
    put(home / "snapshots" / (OLD + ".lock"), 0, days=31)
    put(home / "snapshots" / NEW / "state", days=29)
    put(home / "snapshots" / USED / "state", days=100)
    for name in SYMBOLS:
        put(home / "symbols" / name)
    put(home / "symbols" / f"{KERNEL}-2.AbCdEf")
    put(home / "apt/lock", 0)
    put(home / "apt/lists/x_dists_sid_main_binary-amd64_Packages.lz4")
    put(home / "apt/cache/pkgcache.bin")
    put(home / "apt/cache/archives/linux_1_amd64.deb", days=1)
    for name, days in BUILDS.items():
        put(home / "build" / name / "src/.git/objects/info/alternates", 30, days=days)
        put(home / "build" / name / "obj-0123456789abcdef/vmlinux")
        put(home / "build" / f"{name}.lock", 0)
    put(home / "build/ccache/0/x")
    put(home / "run/run-aaaaaa/counts")
    put(home / "run/run-bbbbbb/counts")


def exists(home, *names):
    """Those of @names that are there."""
    return {n for n in names if (home / n).exists()}


def in_home(check):
    """Calls @check with a furnished home, of which another slowpath uses one snapshot and one run."""
    with tempfile.TemporaryDirectory() as folder:
        home = pathlib.Path(folder)
        furnish(home)
        with lock(home / "snapshots" / (USED + ".lock")), lock(home / "run/run-bbbbbb/lock"):
            check(home)


def builds(home):
    """Names of the builds that are left."""
    return exists(home / "build", *BUILDS)


def snapshots(home):
    """Names of the snapshots that are left."""
    return exists(home / "snapshots", OLD, NEW, USED)


@tap.test
def empty_home_is_empty_and_stays_so():
    with tempfile.TemporaryDirectory() as folder:
        home = pathlib.Path(folder, "none")
        assert all(v == (0, 0) for v in items(home).values())
        assert document(home, "prune", "--all")["removed_bytes"] == 0
        assert not home.exists()


def lists(home):
    found = items(home)
    assert {k: v[0] for k, v in found.items()} == {
        "kernels": 1, "database": 1, "snapshots": 3, "symbols": 2, "package-lists": 1,
        "packages": 1, "builds": 2, "runs": 2}, found
    assert all(v[1] > 0 for v in found.values()), found
    text = cache(home).stdout
    assert text == cache(home, "list").stdout
    for kind in found:
        assert f"\n{kind} " in text, text


def prunes_by_age(home):
    result = document(home, "prune")
    assert snapshots(home) == {NEW, USED} and builds(home) == {"2" * 16}
    assert result["removed_bytes"] >= 3 * 8192, result
    assert exists(home, "run/run-aaaaaa", "run/run-bbbbbb") == {"run/run-bbbbbb"}
    assert not (home / "apt/cache/archives/linux_1_amd64.deb").exists()
    for name in (f"kernels/{KERNEL}/vmlinux", "slowpath.db", *(f"symbols/{n}" for n in SYMBOLS),
                 "apt/cache/pkgcache.bin"):
        assert (home / name).exists(), name


def prunes_by_other_ages(home):
    done = cache(home, "prune", "--days", "29")
    assert done.returncode == 0 and done.stdout.startswith("removed "), done
    assert snapshots(home) == {USED} and not builds(home)
    assert "1 in use" in done.stderr, done.stderr


def a_build_in_use_stays(home):
    with lock(home / "build" / ("1" * 16 + ".lock")):
        done = cache(home, "prune", "--all")
        assert builds(home) == {"1" * 16} and "2 in use" in done.stderr, done.stderr
    assert cache(home, "prune", "--all").returncode == 0
    assert not builds(home) and exists(home / "build", "1" * 16 + ".lock")


def days_from_the_future_are_young(home):
    put(home / "snapshots" / OLD / "state", days=-400)
    cache(home, "prune", "--days", "1")
    assert snapshots(home) == {OLD, USED}


def all_keeps_kernels_and_what_is_used(home):
    done = cache(home, "prune", "--all")
    assert snapshots(home) == {USED} and not builds(home)
    assert "slowpath kernel remove" in done.stderr and "1 in use" in done.stderr, done.stderr
    assert not exists(home, *(f"symbols/{n}" for n in SYMBOLS), "apt/lists", "apt/cache")
    for name in (f"kernels/{KERNEL}/vmlinux", "slowpath.db", "apt/lock",
                 f"snapshots/{OLD}.lock", "run/run-bbbbbb/counts"):
        assert (home / name).exists(), name


def all_keeps_lists_while_a_kernel_is_fetched(home):
    with lock(home / "kernels/.tmp-xyz/lock"):
        cache(home, "prune", "--all")
        assert (home / "apt/cache/pkgcache.bin").exists()
    with lock(home / "apt/lock"):
        cache(home, "prune", "--all")
        assert (home / "apt/cache/pkgcache.bin").exists()
    cache(home, "prune", "--all")
    assert not (home / "apt/cache").exists()


def half_a_snapshot_goes_with_its_maker(home):
    part = home / "snapshots" / ("d" * 32 + ".part")
    put(part / "state")
    with lock(home / "snapshots" / ("d" * 32 + ".lock")):
        cache(home, "prune")
        assert part.exists()
    cache(home, "prune")
    assert not part.exists()


def links_lead_nowhere(home):
    with tempfile.TemporaryDirectory() as other:
        put(pathlib.Path(other, "state"), days=400)
        (home / "snapshots" / ("e" * 32)).symlink_to(other)
        (home / "apt/lists/elsewhere").symlink_to(other)
        cache(home, "prune", "--all")
        assert os.path.exists(f"{other}/state")


def misuse(home):
    for words in (("more",), ("list", "prune"), ("--all",), ("list", "--days", "1"),
                  ("prune", "--all", "--days", "1"), ("prune", "--days", "-1"),
                  ("prune", "--days", "x")):
        done = cache(home, *words)
        assert done.returncode == 129 and not done.stdout and done.stderr, (words, done)
    assert snapshots(home) == {OLD, NEW, USED}


def damage_is_told(home):
    (home / "snapshots" / "f").write_text("a file among folders")
    assert cache(home, "prune").returncode == 0
    os.rename(home / "run", home / "was")
    put(home / "run")
    done = cache(home, "prune")
    assert done.returncode == 128 and "run" in done.stderr, done


for function in (lists, prunes_by_age, prunes_by_other_ages, days_from_the_future_are_young,
                 all_keeps_kernels_and_what_is_used, all_keeps_lists_while_a_kernel_is_fetched,
                 a_build_in_use_stays, half_a_snapshot_goes_with_its_maker, links_lead_nowhere, misuse, damage_is_told):
    tap.add(function.__name__.replace("_", " "), lambda f=function: in_home(f))
tap.main()
