# SPDX-License-Identifier: GPL-2.0-or-later
"""Two stock arm64 kernels, on a machine that is emulated like any other."""
import json
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import lab

VERSIONS = "6.16.12", "6.17.13"
OLD, NEW = "debian:6.16.12-cloud-arm64", "debian:6.17.13-cloud-arm64"
SCENARIO = ("-s", "mprotect/shared-dirty-toggle")
RESULTS = {}


def result():
    """The document of the comparison, measured once."""
    if not RESULTS:
        RESULTS["pair"] = lab.compare(HOME, *SCENARIO).expect(1).json()
    return RESULTS["pair"]


@tap.test
def counts_are_exact():
    document = result()
    reading = next(m for m in document["metrics"] if m["name"] == "iteration_insns_per_page")
    for side in (reading["old_reading"], reading["new_reading"]):
        assert side["exact"] and side["spread"] == 0 and side["unseen"] == 0, side
    assert document["state"]["same"], document["state"]
    assert document["verdict"] == "regression" and not document["attribution"]["unattributed"]


@tap.test
def functions_are_named():
    functions = {f["name"]: f for f in result()["attribution"]["functions"]}
    new = functions["prot_commit_flush_ptes"]
    # Both calls of mprotect(), each page.
    assert new["old"] == 0 and new["new"] > 0 and new["calls_new"] == 2, new
    assert functions["ptep_modify_prot_commit"]["new"] == 0
    total = next(m for m in result()["metrics"] if m["name"] == "iteration_insns_per_page")
    assert abs(sum(f["delta"] for f in functions.values()) - total["delta"]) < 1e-6, total


@tap.test
def the_clock_agrees_with_what_was_counted():
    """In every phase, to the instruction; what it sees around a window an empty one tells."""
    result()
    rows = HOME.rows("SELECT run, phase, clock_ticks, windows, halted FROM phase")
    counted = {}
    for run, phase, *numbers in HOME.rows(
            "SELECT run, phase, task, interrupts, other_tasks FROM slot"):
        counted[run, phase] = counted.get((run, phase), 0) + sum(numbers)
    around = {run: ticks - counted[run, phase] for run, phase, ticks, _, _ in rows if phase == 4}
    assert len(rows) >= 14 and all(0 < n < 100 for n in around.values()), around
    for run, phase, ticks, windows, halted in rows:
        assert ticks == counted[run, phase] + windows * around[run] + halted, (run, phase)


def tree_of(home, scenario):
    """The document, and {path: value} of both sides."""
    path = home.path / scenario.replace("/", "-")
    document = lab.run(home, "attribute", *home.specs, "-s", scenario, "--json", "--tree",
                       path).expect(0).json()
    sides = {}
    for side in ("old", "new"):
        lines = (path / f"{side}.folded").read_text(encoding="utf-8").splitlines()
        sides[side] = {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in lines}
    return document, sides


@tap.test
def calls_are_followed():
    """By returns alone; interrupts and faults, which several frames below are known as such, do not
    disturb it: a tree adds up to the counts of its run."""
    with lab.Home(OLD, NEW, small=True) as home:
        document, sides = tree_of(home, "mprotect/shared-dirty-toggle")
        for side in ("old", "new"):
            total = document["segments"][0][side]["insns"]
            assert abs(document["tree"][side] - total) < 1e-9, (side, total, document["tree"])
            for function in document["functions"]:
                own = sum(v for path, v in sides[side].items()
                          if path.split(";")[-1] == function["name"])
                assert abs(own - function[side]["insns"]) < 0.1, (side, function["name"], own)
        commit = [p for p in sides["new"] if p.endswith(";prot_commit_flush_ptes")]
        assert len(commit) == 1 and ";do_mprotect_pkey;mprotect_fixup;change_protection;" in commit[0], commit
        _, sides = tree_of(home, "memory/anon-fault")
        for side in ("old", "new"):
            assert any(";do_mem_abort;" in p and p.endswith("handle_mm_fault")
                       for p in sides[side]), sides[side]
        rows = home.rows("SELECT count(*), sum(abs(task - unattributed - followed)) FROM slot JOIN "
                         "(SELECT run AS r, phase AS p, segment AS s, sum(insns) AS followed FROM "
                         "tree_count GROUP BY run, phase, segment) ON r = run AND p = phase AND "
                         "s = segment WHERE phase != 4")
        assert rows[0][0] >= 2 * 6 * 3 and rows[0][1] == 0, rows


@tap.test
def the_architecture_is_kept():
    result()
    assert set(HOME.rows("SELECT arch FROM run")) == {("arm64",)}
    listed = json.loads(lab.run(HOME, "kernel", "list", "--json").expect(0).out)
    assert {k["arch"] for k in listed["kernels"]} == {"arm64"}, listed


@tap.test
def architectures_are_not_mixed():
    before = HOME.rows("SELECT count(*) FROM run")
    lab.compare(HOME, *SCENARIO, new="debian:6.17.13-cloud-amd64").expect(
        128, "is for arm64", "for amd64", "say nothing of each other")
    lab.compare(HOME, *SCENARIO, "--arch", "amd64").expect(128, "--arch says amd64")
    lab.compare(HOME, *SCENARIO, "--arch", "sparc").expect(128, "amd64, arm64")
    assert HOME.rows("SELECT count(*) FROM run") == before


@tap.test
def two_architectures_are_one_answer():
    """Each is an experiment of its own; what one of them lacks keeps the other from nothing."""
    with lab.Home(OLD, NEW, *(f"debian:{v}-cloud-amd64" for v in VERSIONS), small=True) as home:
        words = ("--arch", "arm64,amd64", "-s", "mprotect/shared-dirty-toggle",
                 "--iterations", "2")
        done = lab.compare(home, *words, old=VERSIONS[0], new=VERSIONS[1]).expect(1).json()
        assert done["schema"] == "slowpath/compare-arches/1", done
        arm64, amd64 = done["architectures"]
        for column, arch in (arm64, "arm64"), (amd64, "amd64"):
            one, = column["results"]
            assert (column["arch"], one["arch"], column["exit_status"]) == (arch, arch, 1), column
            # Of two iterations in 4 MiB; that 64 MiB are exact, counts_are_exact() has.
            assert one["verdict"] == "regression", one["reason"]
            rows = home.rows(f"SELECT DISTINCT arch FROM run WHERE experiment = '{column['id']}'")
            assert column["id"] == one["id"] and rows == [(arch,)], (column["id"], rows)
        shown = lab.run(home, "show", "last", "--json").expect(0).json()
        assert shown["id"] == amd64["id"], shown["id"]
        done = lab.run(home, "compare", *VERSIONS, *words, "--exit-zero",
                       env={"SLOWPATH_QEMU_ARM64": "/nonexistent"})
        done.expect(128, "arm64 is not measured: SLOWPATH_QEMU_ARM64=/nonexistent")
        assert "\nmprotect/shared-dirty-toggle regresses on amd64 (" in "\n" + done.out, done.out


@tap.test
def what_is_missing_is_named():
    lab.compare(HOME, *SCENARIO, env={"SLOWPATH_QEMU_ARM64": "/nonexistent"}).expect(
        128, "SLOWPATH_QEMU_ARM64=/nonexistent cannot be run")
    env = lab.copy_parts(HOME.path / "parts")
    lab.compare(HOME, *SCENARIO, env=env).expect(128, "built without a guest for arm64")
    lab.compare(HOME, "--", "/bin/true").expect(
        128, "the program /bin/true is for amd64, and", "is for arm64")


PROGRAM = """
#include <stdio.h>
#include <sys/mman.h>
int main(void)
{
	char *p = mmap(0, 64 << 12, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	for (int i = 0; i < 64; i++)
		p[i << 12] = 1;
	mprotect(p, 64 << 12, PROT_READ);
	printf("pages=%d\\n", p[63 << 12] ? 64 : 0);
	return 0;
}
"""


def compiled(*words):
    """PROGRAM for arm64."""
    name = HOME.path / "-".join(("program", *words)).replace("--", "-")
    subprocess.run(["aarch64-linux-gnu-gcc", "-O2", *words, "-x", "c", "-", "-o", name], check=True,
                   input=PROGRAM, text=True)
    return name


@tap.test
def static_programs_are_executed():
    done = lab.compare(HOME, "--iterations", "1", "--", compiled("-static"))
    assert done.code in (0, 1, 125), done
    document = done.json()
    assert document["arch"] == "arm64" and document["program"]["same_work"], document["program"]
    printed = next(m for m in document["metrics"] if m["name"] == "pages")
    assert (printed["old"], printed["new"]) == (64, 64), printed
    assert {f["name"]: f for f in document["attribution"]["functions"]}["do_mprotect_pkey"][
        "calls_new"], "its calls are not counted"
    lab.compare(HOME, "--", compiled()).expect(128, "is for arm64 and linked dynamically")


def need_arm64():
    """What measuring arm64 kernels takes, which nothing else does."""
    if not shutil.which("qemu-system-aarch64"):
        raise tap.Skip("there is no qemu-system-aarch64")
    if not (lab.BUILD / "guest/slowpath-guest-arm64").exists():
        raise tap.Skip("there is no guest for arm64: aarch64-linux-gnu-gcc was not there")


tap.skipping(need_arm64)
with lab.Home(OLD, NEW) as HOME:
    tap.main()
