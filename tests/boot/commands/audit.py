# SPDX-License-Identifier: GPL-2.0-or-later
"""What else differs: config, environment, and a function's code with what was executed of it."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import lab


def audit(*args, kernels=None, code=0):
    """slowpath audit of the home's two kernels."""
    return lab.run(HOME, "audit", *(kernels or HOME.specs), "--json", *args).expect(code)


@tap.test
def configs_are_told_with_mm_first():
    document = audit().json()
    config = document["config"]
    assert config["known"] and config["count"] == len(config["differences"]) > 10
    flags = [d["mm"] for d in config["differences"]]
    assert flags == sorted(flags, reverse=True) and flags.count(True) == config["mm_count"] > 0
    for d in config["differences"]:
        assert d["old"] != d["new"] and d["option"].startswith("CONFIG_"), d
    assert "function" not in document
    names = {x["name"] for x in document["audit"]}
    assert {"compiler", "config"} <= names, names


@tap.test
def code_stands_side_by_side_with_its_counts():
    document = audit("--function", "change_protection").json()
    function = document["function"]
    assert function["difference"] == "code" and function["rows"]
    plain = lab.run(HOME, "attribute", *HOME.specs, "--json").expect(0).json()
    expected = next(f for f in plain["functions"] if f["name"] == "change_protection")
    for side in ("old", "new"):
        executed = sum(r[side]["executed"] for r in function["rows"] if r[side])
        executed += function[side]["unplaced"]
        assert abs(executed - expected[side]["insns"]) < 1e-6 * max(1, executed), (side, executed)


@tap.test
def a_kernel_beside_itself_differs_in_nothing():
    document = audit("--function", "do_mprotect_pkey", kernels=[HOME.specs[1]] * 2).json()
    assert document["function"]["difference"] == "none"
    assert document["config"]["count"] == 0 and all(x["same"] for x in document["audit"])
    for row in document["function"]["rows"]:
        assert row["old"] == row["new"], row


@tap.test
def a_function_that_is_not_there_is_named():
    assert "no function nowhere" in audit("--function", "nowhere", code=128).err
    assert "6.16" in audit("--function", "prot_commit_flush_ptes", code=128).err


with lab.Home(small=True) as HOME:
    tap.main()
