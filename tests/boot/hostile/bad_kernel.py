# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernels that panic, hang, reset, flood the console or lack what a scenario needs: 125, in words."""
import pathlib
import re
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import lab, tiny_kernel

END = "--- end of the console of "


def failed(side):
    """Reason of the last experiment's failed run of a side."""
    (reason,) = [why for s, status, why in HOME.last_runs() if s == side and status == "failed"]
    return reason


def tiny(deadline, old, new="reset"):
    """A tiny kernel against another, as one that stands on both sides is booted once at a time."""
    paths = [tiny_kernel.write(HOME.path, what) for what in (old, new)]
    return lab.compare(HOME, old=paths[0], new=paths[1], deadline=deadline)


@tap.test
def a_panic_while_booting():
    began = time.monotonic()
    done = lab.compare(HOME, "--new-cmdline", "rdinit=/nope", deadline=60)
    done.expect(125, "NEW: 6.17.13", "the guest ended while booting",
                "Kernel panic - not syncing: VFS: Unable to mount root fs",
                END + "6.17.13", "Call Trace:")
    assert time.monotonic() - began < 40, "it waited for the deadline"
    assert "panic" in failed("new")
    assert [(s, status) for s, status, _ in HOME.last_runs()][0] == ("old", "ok")


@tap.test
def a_panic_that_stands_still():
    done = lab.compare(HOME, "--old-cmdline", "panic=0 mem=24M", deadline=8)
    done.expect(125, "OLD: 6.16.12", "the guest hung while booting", "Kernel panic")


@tap.test
def too_little_memory_for_the_scenario():
    done = lab.compare(HOME, "--new-cmdline", "mem=88M", deadline=15)
    done.expect(125, "NEW: 6.17.13")
    assert re.search("panic|Out of memory|oom|hung|in the guest", done.err), done.err


@tap.test
def a_hang_at_the_first_instruction_and_a_halt_with_interrupts_off():
    tiny(6, "loop", "halt").expect(125, "OLD: 6.99.0-tiny (vmlinux ",
                                     "): the guest hung while booting")
    assert "allows 1.500 billion" in failed("old"), failed("old")
    assert "then none in 6 s of CPU time" in failed("new") or \
        "then halted, and nothing has woken it" in failed("new"), failed("new")


@tap.test
def the_same_hang_on_both_sides():
    # The second side waits for the first one's snapshot, and then hangs by itself.
    tiny(6, "loop", "loop").expect(125, "the guest hung while booting")
    assert "hung" in failed("old") and "hung" in failed("new")


@tap.test
def a_reset_at_once():
    began = time.monotonic()
    tiny(60, "reset").expect(125, "the guest ended while booting")
    assert time.monotonic() - began < 20


@tap.test
def a_pause_at_once_without_a_report():
    for _ in range(3):
        began = time.monotonic()
        tiny(60, "pause").expect(125, "reading the guest's report")
        assert time.monotonic() - began < 20, "the pause was missed"


@tap.test
def endless_printing_ends_before_the_disk():
    done = tiny(100, "print").expect(125, "the guest prints without end while booting",
                                     END + "6.99.0-tiny", 200 * "A")
    assert len(done.err) < 10000, "the console is shown in full"


@tap.test
def control_characters_do_not_reach_the_terminal():
    done = tiny(6, "escape").expect(125, "?[31m?ow", "hung")
    assert not re.search("[\0-\x08\x0b-\x1f\x7f]", done.err), repr(done.err)
    (console, reason), = HOME.rows("SELECT console, failure_reason FROM run WHERE side = 'old' "
                                   "ORDER BY id DESC LIMIT 1")
    assert "ow" in console and "\x1b" not in console + reason


@tap.test
def a_config_without_what_the_scenario_needs():
    path = tiny_kernel.write(HOME.path, "loop", "CONFIG_MMU=y\n# CONFIG_SHMEM is not set\n")
    done = lab.compare(HOME, old=path, new=path)
    done.expect(125, "OLD: 6.99.0-tiny-with-config (vmlinux ", "): "
                "mprotect/shared-dirty-toggle needs CONFIG_SHMEM")
    assert "CONFIG_SHMEM" in failed("new")


@tap.test
def after_all_that_it_measures():
    lab.compare(HOME).expect(1)


with lab.Home() as HOME:
    tap.main()
