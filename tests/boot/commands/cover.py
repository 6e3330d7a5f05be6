# SPDX-License-Identifier: GPL-2.0-or-later
"""Coverage and state: what ran of a source file, and the pages that it ran on."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import lab

# As in mm/mprotect.c of 6.17, and two that are not in a stock kernel's text.
SOURCE = """
static long change_pte_range(struct mmu_gather *tlb, long x) { return x; }
static inline int pgtable_split_needed(int x) { return x; }
long change_protection(struct mmu_gather *tlb) { return 0; }
static int prot_none_test(unsigned long addr) { return 0; }
SYSCALL_DEFINE3(mprotect, unsigned long, start, size_t, len, unsigned long, prot) { return 0; }
static int made_up_by_this_test(void) { return 0; }
"""


def cover(*args, source=SOURCE, code=0):
    """slowpath cover on NEW, with a source file of our own."""
    path = HOME.path / "mprotect.c"
    path.write_text(source, encoding="utf-8")
    return lab.run(HOME, "cover", HOME.specs[1], "--source", "mm/mprotect.c", "--json",
                   "--source-file", path, *args).expect(code)


@tap.test
def functions_that_ran_are_covered():
    document = cover().json()
    assert document["purpose"] == "coverage" and document["performance_clean"] is False
    functions = {f["name"]: f for f in document["functions"]}
    assert document["total_source_functions"] == 6 == len(functions)
    for name in ("change_pte_range", "change_protection", "__do_sys_mprotect"):
        assert functions[name]["covered_any"] and functions[name]["covered_all"], functions[name]
        assert functions[name]["insns"] and functions[name]["runs"] == 2
    assert functions["prot_none_test"]["symbol"] and not functions["prot_none_test"]["covered_any"]
    for name in ("pgtable_split_needed", "made_up_by_this_test"):
        assert functions[name]["symbol"] is None
    assert document["covered_any"] == document["covered_all"] == 3
    assert document["total_functions"] == 4 and document["ratio_any"] == 0.75


@tap.test
def a_file_of_no_kernel_is_said_to_be_one():
    done = cover(source="int made_up_by_this_test(void) { return 0; }\n", code=128)
    assert "not part of it" in done.err, done.err
    done = cover(source="int declared(void);\n", code=128)
    assert "defines no function" in done.err, done.err
    lab.run(HOME, "cover", HOME.specs[1], "--source", "x.c").expect(129, "--tree")
    lab.run(HOME, "cover", HOME.specs[1], "--source", "x.c", "--tree",
            "/nowhere").expect(128, "/nowhere/x.c")


@tap.test
def state_of_one_kernel_is_what_the_scenario_expects():
    document = lab.run(HOME, "state", HOME.specs[1], "--json").expect(0).json()
    assert document["schema"] == "slowpath/state/1" and document["same"] is True
    checks = {c["name"]: c for c in document["checks"]}
    assert checks["present pages"]["value"] == document["pages"] == 1024
    assert checks["present pages"]["result"] == "pass"
    assert "old" not in checks["present pages"] and document["kernel"]["release"]
    lab.run(HOME, "judge", document["id"]).expect(128, "made for state", "not judged")


@tap.test
def two_states_that_differ_are_told():
    done = lab.run(HOME, "state", *HOME.specs, "--json", "--mem", "1G", "-s", "memory/anon-fault",
                   "--new-cmdline", "transparent_hugepage=never").expect(0)
    assert {c["result"] for c in done.json()["checks"]} <= {"pass", "unknown"}
    done = lab.run(HOME, "state", *HOME.specs, "--json", "--cpus", 2, "--new-cmdline",
                   "maxcpus=1")
    assert done.code == 125, done.code


with lab.Home(small=True) as HOME:
    tap.main()
