# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU 7.2, 10.0 and 11.1, of three Debian releases: other plugin APIs, the same counts.

The short form: real/qemus_scenarios.py has all checks, and more scenarios.
"""
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import lab, other_qemu
from boot.qemu_agreement import NEWER, Agreement


@tap.test
def a_plugin_for_another_api_is_not_used():
    parts = HOME.path / "parts"
    parts.mkdir()
    shutil.copy(lab.BUILD / "guest/slowpath-guest", parts)
    shutil.copy(lab.BUILD / "plugin/slowpath-plugin-v1.so", parts)
    done = lab.compare(HOME, env={**other_qemu.environment(11), "SLOWPATH_LIBDIR": parts})
    done.expect(128, "slowpath-plugin-v7.so is missing: no plugin for this QEMU's plugin API")


with lab.Home(small=True) as HOME:
    OF = Agreement(HOME)
    OF.add(OF.it_compares_and_names_itself, *NEWER)
    OF.add(OF.counts_are_those_of_7_2, *NEWER)
    OF.add(OF.a_fault_counts_the_same, NEWER[-1])
    OF.add(OF.trees_are_those_of_7_2, NEWER[-1])
    tap.main()
