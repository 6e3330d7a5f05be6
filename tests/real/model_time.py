# SPDX-License-Identifier: GPL-2.0-or-later
"""The model of this processor against the processor: small works of tests/time, timed here and traced
in a guest. What is asserted is a statistic over all pairs of works, and no single time."""
import itertools
import math
import os
import pathlib
import re
import statistics
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import tap
from boot import lab

BUILD = pathlib.Path(sys.argv[1])
WORKS = BUILD / "tests/time_kernels"
# (family, models) of processors that there is a model of: AMD's 25 is Zen 3 to model 15 and from 32 on to 95.
MODELS = {"zen3": ("AuthenticAMD", 25, {*range(0, 16), *range(32, 96)}),
          "golden-cove": ("GenuineIntel", 6, {143, 207})}
ROUNDS, PASSES = 300, 3


def host_model():
    text = pathlib.Path("/proc/cpuinfo").read_text(encoding="ascii")
    said = {key: re.search(rf"^{key}\s*: (\S+)", text, re.M).group(1)
            for key in ("vendor_id", "cpu family", "model")}
    for name, (vendor, family, models) in MODELS.items():
        if said["vendor_id"] == vendor and int(said["cpu family"]) == family and int(said["model"]) in models:
            return name
    return None


def native():
    """{work: (items, the least cycles of an item)} on this machine."""
    least = {}
    cpu = max(os.sched_getaffinity(0))
    for _ in range(PASSES):
        out = subprocess.run([WORKS, "time", str(cpu), str(ROUNDS)], capture_output=True, text=True,
                             check=True).stdout
        for line in out.splitlines():
            name, items, _, cycles = line.split()
            value = int(cycles) / int(items)
            least[name] = int(items), min(value, least.get(name, (0, math.inf))[1])
    return least


def estimated(home, model, names):
    """{work: (instructions, cycles)} of all items, by the model."""
    tool = BUILD / "tests/trace_regions"
    out = subprocess.run([tool, home.path, home.specs[0], tap.SOURCE / f"models/{model}.yaml", WORKS,
                          "regions"], capture_output=True, text=True, check=True).stdout
    values = [tuple(map(float, line.split())) for line in out.splitlines()]
    assert len(values) >= len(names), (len(values), len(names))
    return dict(zip(names, values))


def pair_errors(found, key):
    """Factors by which the ratio of two works is wrong, of all pairs, in order."""
    return sorted(math.exp(abs(math.log((a[key] / b[key]) / (a["cycles"] / b["cycles"]))))
                  for a, b in itertools.combinations(found.values(), 2))


@tap.test
def ratios_of_works():
    model = host_model()
    if not model:
        raise tap.Skip("there is no model of this processor")
    times = native()
    model_of = estimated(HOME, model, list(times))
    found = {name: {"cycles": cycles, "model": model_of[name][1] / items,
                    "insns": model_of[name][0] / items}
             for name, (items, cycles) in times.items()}
    assert len(found) >= 30, len(found)
    for name, f in found.items():
        print(f"# {name:26} {f['cycles']:9.2f} cycles, model {f['model']:9.2f} "
              f"({f['model'] / f['cycles']:.2f}), {f['insns']:9.2f} instructions")
    at = {}
    for key in "model", "insns":
        errors = pair_errors(found, key)
        at[key] = statistics.median(errors), errors[int(0.9 * len(errors))]
        print(f"# {key}: pairs are wrong by x{at[key][0]:.2f} in the median, x{at[key][1]:.2f} at p90")
    assert at["model"][0] <= 1.35 and at["model"][1] <= 1.9, at


with lab.Home() as HOME:
    tap.main()
