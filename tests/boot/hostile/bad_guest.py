# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest that hangs, dies, floods the console or lies makes its kernel unmeasured (125), in words,
while the other side is measured and kept; nothing of it is ever taken for a result."""
import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import lab

# LIE of lying_guest.c: what stderr must say, beside which side it was.
LIES = {
    "ready-loop": ["the guest hung while booting: it executed 2.", "--deadline 8 allows 2.000 billion"],
    "done-loop": ["the guest hung while running the scenario: it executed 2.", "--deadline 8 allows"],
    "ready-exit": ["the guest ended while booting", "Kernel panic", "Attempted to kill init"],
    "ready-crash": ["the guest ended while booting", "Kernel panic"],
    "ready-unmapped": ["reading the guest's report"],
    "ready-release": ["the guest runs kernel '9.1"],
    "ready-head-magic": ["the guest stopped without a report"],
    "ready-head-length-unmapped": ["the guest's report"],
    "ready-head-crc": ["does not match its checksum"],
    "ready-head-many-frames": ["claims 4294967295 frames"],
    "ready-head-frame-length": ["frame 0 of the guest's report claims 2147483632 bytes"],
    "done-exit": ["the guest ended while running the scenario", "Attempted to kill init"],
    "done-failed": ["in the guest: it does not feel well", "needs CONFIG_ASPIRIN"],
    "done-phase-number": ["the guest reports phase 1000000"],
    "done-iterations": ["iterations in phase 1, not"],
    "done-state": ["the guest reports 9223372036854775808 present pages"],
    "done-end-state": ["the guest reports 18446744073709551614 VMAs"],
    "done-no-state": ["the guest's report has no page state"],
}


def make_parts(folder):
    """A SLOWPATH_LIBDIR with the lying guest and the real plugins."""
    guest = folder.with_name("lying-guest")
    arch = tap.SOURCE / "guest/arch"
    own = [c for c in (tap.SOURCE / "guest").rglob("*.c") if c.parent != arch]
    sources = [*own, arch / "x86_64_port.c", tap.SOURCE / "proto/crc32.c",
               tap.SOURCE / "tests/boot/hostile/lying_guest.c"]
    subprocess.run([os.environ.get("CC", "cc"), "-static", "-O2", "-D_GNU_SOURCE", "-I", tap.SOURCE,
                    "-Wl,--wrap=report_send", "-o", guest, *sources], check=True)
    return lab.copy_parts(folder, guest)


def compare(*lies):
    """Compares with the lying guest; a lie for each side, None for an honest one."""
    words = [f"--{side}-cmdline=LIE={lie}" for side, lie in zip(("old", "new"), lies) if lie]
    done = lab.compare(HOME, *words, env=PARTS, deadline=8 if words else 60)
    if not words:
        KEPT.update((HOME.path / "snapshots").iterdir())
    for left in set((HOME.path / "snapshots").iterdir()) - KEPT:
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    return done


def expect_no_result():
    """The last experiment is unfinished and concludes nothing."""
    last = "(SELECT experiment FROM run ORDER BY id DESC LIMIT 1)"
    assert HOME.rows(f"SELECT finished FROM experiment WHERE id = {last}") == [(None,)]
    assert not HOME.rows(f"SELECT 1 FROM result WHERE experiment = {last}")


@tap.test
def told_no_lie_this_guest_is_honest():
    compare().expect(1)


def check_lies(lies):
    """A lie on each side: what is said, and what stays in the database."""
    assert KEPT, "the honest run failed"
    done = compare(*lies)
    done.expect(125, "slowpath: mprotect/shared-dirty-toggle: OLD: 6.16.12", *LIES[lies[0]])
    assert not done.out, done.out
    runs = HOME.last_runs()
    assert [side for side, _, _ in runs] == ["old", "new"], runs
    for lie, (_, status, reason) in zip(lies, runs):
        assert status == "failed" and LIES[lie][0] in reason, (lie, status, reason)
    expect_no_result()


# In pairs, as a boot takes its time; those that hang together.
NAMES = list(LIES)
for pair in zip(NAMES[::2], NAMES[1::2]):
    tap.add(" and ".join(pair), lambda p=pair: check_lies(p))


@tap.test
def the_honest_side_is_measured_and_kept():
    compare(None, "ready-exit").expect(125, "NEW: 6.17.13", *LIES["ready-exit"])
    assert [(side, status) for side, status, _ in HOME.last_runs()] == [
        ("old", "ok"), ("new", "failed")]
    expect_no_result()


@tap.test
def after_all_that_it_measures_again():
    compare().expect(1)
    assert {status for _, status, _ in HOME.last_runs()} == {"ok"}


KEPT = set()
assert len(LIES) % 2 == 0
with lab.Home(own=True, small=True) as HOME:
    PARTS = {**make_parts(HOME.path / "parts"), **HOME.env}
    tap.main()
