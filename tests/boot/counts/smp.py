# SPDX-License-Identifier: GPL-2.0-or-later
"""Other machines: several CPUs, other memory sizes. Of several CPUs under newer QEMUs,
real/qemus_scenarios.py."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import lab


def check_named(document, name):
    """A state check by its name."""
    return next(c for c in document["state"]["checks"] if c["name"] == name)


@tap.test
def two_cpus_are_near_exact():
    done, document = lab.told(HOME, "compare", *HOME.specs, "--cpus", 2)
    assert (document["cpus"], document["mode"]) == (2, "near-exact")
    assert document["verdict"] == "regression" and lab.metric(document)["ratio"] > 1.5
    online = check_named(document, "online CPUs")
    assert (online["expected"], online["old"], online["new"], online["result"]) == (2, 2, 2, "pass")
    assert "near-exact, 2 CPUs" in done.out, done.out


@tap.test
def a_cpu_that_stays_offline_is_said():
    done = lab.compare(HOME, "--cpus", 2, "--new-cmdline", "maxcpus=1")
    done.expect(125, "NEW: 6.17.13", "1 CPU", "2 asked for")


@tap.test
def memory_size_reaches_the_guest_and_does_not_change_the_metric():
    small = lab.compare(HOME, "--mem", "128M").expect(1).json()
    # What is there if nothing is said, which other tests have booted.
    large = lab.compare(HOME).expect(1).json()
    (usual,), = HOME.rows("SELECT DISTINCT memory_mib FROM run WHERE experiment = "
                          f"'{large['id']}'")
    assert usual >= 256, usual
    for document, mib in ((small, 128), (large, usual)):
        assert document["mode"] == "exact" and document["state"]["same"] is True
        for row in HOME.rows("SELECT memory_mib, qemu_argv FROM run WHERE experiment = "
                             f"'{document['id']}'"):
            words = json.loads(row[1])
            assert row[0] == mib and words[words.index("-m") + 1] == f"{mib}M", row
    assert lab.metric(small)["ratio"] > 1.5
    for side in ("old", "new"):
        a, b = lab.metric(small)[side], lab.metric(large)[side]
        assert abs(a - b) < 0.01 * a, f"{side}: {a} with 128M, {b} with {usual}M"


with lab.Home(small=True) as HOME:
    tap.main()
