# SPDX-License-Identifier: GPL-2.0-or-later
"""Other machines: several CPUs, other memory sizes."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import tap
from boot import lab, other_qemu


def check_named(document, name):
    """A state check by its name."""
    return next(c for c in document["state"]["checks"] if c["name"] == name)


@tap.test
def two_cpus_are_near_exact():
    document = lab.compare(HOME, "--cpus", 2).expect(1).json()
    assert (document["cpus"], document["mode"]) == (2, "near-exact")
    assert document["verdict"] == "regression" and lab.metric(document)["ratio"] > 1.5
    online = check_named(document, "online CPUs")
    assert (online["expected"], online["old"], online["new"], online["result"]) == (2, 2, 2, "pass")
    done = lab.run(HOME, "compare", *HOME.specs, "--cpus", 2).expect(1)
    assert "near-exact, 2 CPUs" in done.out, done.out


def two_cpus_count_the_same(major):
    """Near-exact, so to its spread; the clock agrees, and both CPUs were there."""
    documents = [lab.compare(HOME, "--cpus", 2, deadline=300,
                             env=other_qemu.environment(m)).expect(1).json() for m in (7, major)]
    for side in ("old", "new"):
        a, b = (lab.metric(d)[side] for d in documents)
        assert abs(a - b) < 0.01 * a, f"{side}: {a} with 7.2, {b} with {major}"
    assert documents[1]["qemu"].startswith(f"{major}."), documents[1]["qemu"]
    assert all(abs(d) <= 2 for d in documents[1]["clock"].values()), documents[1]["clock"]
    online = check_named(documents[1], "online CPUs")
    assert (online["old"], online["new"], online["result"]) == (2, 2, "pass")


for version in (10, 11):
    tap.add(f"QEMU {version}: two CPUs count the same",
            lambda version=version: two_cpus_count_the_same(version))


@tap.test
def a_cpu_that_stays_offline_is_said():
    done = lab.compare(HOME, "--cpus", 2, "--new-cmdline", "maxcpus=1")
    done.expect(125, "NEW: 6.17.13", "1 CPU", "2 asked for")


@tap.test
def memory_size_does_not_change_the_metric():
    small = lab.compare(HOME, "--mem", "128M").expect(1).json()
    large = lab.compare(HOME, "--mem", "256M").expect(1).json()
    for document in (small, large):
        assert document["mode"] == "exact" and document["state"]["same"] is True
    assert lab.metric(small)["ratio"] > 1.5
    for side in ("old", "new"):
        a, b = lab.metric(small)[side], lab.metric(large)[side]
        assert abs(a - b) < 0.01 * a, f"{side}: {a} with 128M, {b} with 256M"


@tap.test
def memory_size_reaches_the_guest():
    lab.compare(HOME, "--mem", "128M").expect(1)
    rows = HOME.rows("SELECT memory_mib, qemu_argv FROM run ORDER BY id DESC LIMIT 2")
    for mib, argv in rows:
        words = json.loads(argv)
        assert mib == 128 and words[words.index("-m") + 1] == "128M", words


with lab.Home() as HOME:
    tap.main()
