# SPDX-License-Identifier: GPL-2.0-or-later
"""Host trouble: a home that is full or read-only, damaged files. 128 with advice, or it recovers;
nothing half-written stays."""
import contextlib
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import lab

RESULTS = {}
NOBODY = 65534


def expect_good(home=None):
    """A run that counts what the first one counted."""
    done = lab.compare(home or HOME).expect(1)
    lab.expect_same(RESULTS.setdefault("first", done.json()), done.json())
    return done


@tap.test
def a_first_result_to_hold_the_others_against():
    expect_good()


def truncate(path):
    """Cuts a file to its half."""
    os.truncate(path, path.stat().st_size // 2)


def empty(path):
    """Cuts a file to nothing."""
    os.truncate(path, 0)


def garble(where):
    """Overwrites a part of a file."""
    def write(path):
        with open(path, "r+b") as file:
            file.seek(int(path.stat().st_size * where))
            file.write(bytes(range(256)) * 64)
    return write


def damage(paths, *hows):
    """One kind of damage to each file."""
    for path, how in zip(sorted(paths), hows, strict=True):
        how(path)


def damaged_snapshots(*hows):
    """Whatever is wrong with a snapshot, the kernel is booted again, and it is a good one then."""
    damage(HOME.path.glob("snapshots/*/state"), *hows)
    notes = expect_good().json()["notes"]
    assert all(n.startswith("snapshot ") and "made anew" in n for n in notes.values()), notes
    restored = HOME.rows("SELECT from_snapshot FROM run ORDER BY id DESC LIMIT 2")
    assert restored == [(0,), (0,)], "it was used"
    again = expect_good().json()
    assert again["seconds"]["boot"] == 0, "it was not made anew"
    assert again["notes"] == {"old": None, "new": None}, again["notes"]


for what, mend in (("cut short or with another head", (truncate, garble(0))),
                   ("empty or with other memory", (empty, garble(0.5)))):
    tap.add(f"snapshots {what}", lambda m=mend: damaged_snapshots(*m))


@tap.test
def a_damaged_snapshot_that_both_sides_use():
    damage(HOME.path.glob("snapshots/*/state"), garble(0.5), garble(0.5))
    document = lab.compare(HOME, old=HOME.specs[0], new=HOME.specs[0]).expect(0).json()
    assert lab.metric(document)["new"] == lab.metric(RESULTS["first"])["old"]


@tap.test
def damaged_snapshots_whose_symbols_are_missing():
    expect_good()
    damage(HOME.path.glob("snapshots/*/state"), truncate, garble(0.5))
    shutil.rmtree(HOME.path / "symbols")
    expect_good()


@tap.test
def damaged_symbols():
    for hows in ((truncate, empty), (garble(0), garble(0.5))):
        damage((HOME.path / "symbols").iterdir(), *hows)
        expect_good()


@contextlib.contextmanager
def other_database():
    """Puts the home's database away for as long as something else stands in its place."""
    path = HOME.path / "slowpath.db"
    kept = path.rename(HOME.path / "kept.db")
    try:
        yield path
    finally:
        kept.rename(path)


def expect_refused(path, *texts):
    """The database is refused, and not written to."""
    before = path.read_bytes()
    lab.compare(HOME).expect(128, str(path), *texts)
    assert path.read_bytes() == before, "it was written to"


@tap.test
def a_database_that_is_none():
    with other_database() as path:
        path.write_bytes(b"This is no database. " * 1000)
        expect_refused(path, "file is not a database", "move the file away")
        path.unlink()
        expect_good()


@tap.test
def a_database_of_a_newer_slowpath():
    with other_database() as path:
        with contextlib.closing(sqlite3.connect(path)) as database:
            database.execute("PRAGMA user_version = 99")
        expect_refused(path, "newer slowpath", "99")


@tap.test
def a_damaged_database():
    with other_database() as path:
        shutil.copy(HOME.path / "kept.db", path)
        with open(path, "r+b") as file:
            file.seek(4096)
            file.write(b"\xa5" * (path.stat().st_size - 4096))
        lab.compare(HOME).expect(128, str(path), "malformed")


@tap.test
def stdout_that_is_full_or_closed():
    with open("/dev/full", "w", encoding="ascii") as full:
        for words in ((), ("--json",)):
            done = lab.run(HOME, "compare", *HOME.specs, *words, stdout=full)
            done.expect(128, "No space left on device")


@contextlib.contextmanager
def small_disk(mib):
    """A home on a disk of its own size."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="disk-", dir=tap.HOME / "scratch"))
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mib}m,mode=0755", "tmpfs", folder],
                           capture_output=True, text=True)
    if mount.returncode:
        folder.rmdir()
        raise tap.Skip(f"no mount: {mount.stderr.strip()}")
    home = lab.Home.empty(folder, HOME.specs)
    home.env = HOME.env
    (folder / "kernels").symlink_to(HOME.path / "kernels")
    try:
        yield home
    finally:
        subprocess.run(["umount", folder], check=True)
        folder.rmdir()


def resize(home, mib):
    """Makes the disk larger."""
    subprocess.run(["mount", "-o", f"remount,size={mib}m", home.path], check=True)


def expect_no_empty(home):
    """No experiment without a run stays in the list."""
    if (home.path / "slowpath.db").exists():
        assert not home.rows("SELECT id FROM experiment WHERE id NOT IN "
                             "(SELECT experiment FROM run)")


def full_disk(mib):
    """Too small at some point; once there is room it works."""
    with small_disk(mib) as home:
        done = lab.compare(home, deadline=30)
        done.expect(128)
        assert "No space left" in done.err or "is the disk full" in done.err or \
            "disk is full" in done.err, done.err
        assert not list(home.path.glob("snapshots/*.part")), "half a snapshot stays"
        expect_no_empty(home)
        if mib < 100:
            return
        resize(home, 600)
        expect_good(home)
        subprocess.run(["mount", "-o", "remount,ro", home.path], check=True)
        lab.compare(home).expect(128, str(home.path), "--home DIR")


tap.add("a disk of 1 MiB", lambda: full_disk(1))
tap.add("a disk of 40 MiB", lambda: full_disk(40))
tap.add("a disk of 110 MiB, then with room, then read-only", lambda: full_disk(110))


@tap.test
def a_disk_that_is_full_when_the_counts_are_written():
    """Then that is said."""
    with small_disk(600) as home:
        expect_good(home)
        # Each side has a copy of the guest; for its counts there is too little room then.
        room = 2 * (lab.BUILD / "guest/slowpath-guest").stat().st_size + (1 << 17)
        disk = os.statvfs(home.path)
        with open(home.path / "filler", "wb") as file:
            os.posix_fallocate(file.fileno(), 0, disk.f_bavail * disk.f_bsize - room)
        done = lab.compare(home)
        done.expect(128, "cannot write the counts: No space left on device")
        expect_no_empty(home)
        (home.path / "filler").unlink()
        expect_good(home)


@tap.test
def a_home_that_only_others_may_write():
    if os.getuid():
        raise tap.Skip("not root")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        closed, unseen = folder / "closed", folder / "behind" / "home"
        closed.mkdir()
        unseen.mkdir(parents=True)
        folder.chmod(0o755)
        (folder / "behind").chmod(0o700)
        # Where the build lies, nobody may be let in either.
        parts = lab.copy_parts(folder / "parts")
        for home in (closed, unseen):
            done = lab.run(lab.Home.empty(home), "compare", *HOME.specs, tidy=False, env=parts,
                           wrapper=["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}",
                                    "--clear-groups"])
            if "setpriv" in done.err or "cannot execute" in done.err:
                raise tap.Skip(done.err.strip())
            done.expect(128, str(home), "--home DIR")
            assert not list(home.iterdir()), list(home.iterdir())


with lab.Home(own=True, small=True) as HOME:
    tap.main()
