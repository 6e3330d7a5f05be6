# SPDX-License-Identifier: GPL-2.0-or-later
"""Every operation and every kind of map does on two kernels what language.yaml says; and what a
scenario cannot do there is told."""
import pathlib
import re
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import lab

LIBRARY = pathlib.Path(__file__).with_name("language.yaml")


def library(folder, text):
    """The environment in which this text is the only file of scenarios, 't'."""
    (folder / "scenarios").mkdir(exist_ok=True)
    (folder / "scenarios/t.yaml").write_text(text, encoding="utf-8")
    return {"SLOWPATH_DATADIR": folder}


@tap.test
def all_words_of_the_language_are_tried():
    used = LIBRARY.read_text(encoding="utf-8")
    operations = re.findall(r'\{ "([a-z-]+)",\s+PLAN_OP_',
                            (tap.SOURCE / "scenario/op_words.c").read_text(encoding="utf-8"))
    kinds = re.findall(r'\{ "([a-z-]+)", PLAN_MAP_',
                       (tap.SOURCE / "scenario/words.c").read_text(encoding="utf-8"))
    kinds.remove("tmpfs")  # is a place of a file
    assert len(operations) > 20 and len(kinds) == 12, (operations, kinds)
    assert not [o for o in operations if f" {o}: {{" not in used and f"[{o}: {{" not in used]
    assert not [k for k in kinds if f"kind: {k}," not in used]


def check(result):
    """Measured, in the state that is expected, and with the outcomes that are expected."""
    assert result["verdict"], result
    assert result["state"]["same"] is True, result["state"]["checks"]
    assert {c["result"] for c in result["state"]["checks"]} == {"pass"}, result["state"]["checks"]
    wrong = [o for o in result["state"]["outcomes"]
             if o["result"] != "same" and o["expected"] is not None]
    assert not wrong, wrong


def outcome(result, name):
    """Both sides of an outcome, which have to be alike."""
    (found,) = [o for o in result["state"]["outcomes"] if o["name"] == name]
    assert found["old"] == found["new"], found
    return found["old"]


RESULTS = {}
NAMES = re.findall(r"^([a-z]+):$", LIBRARY.read_text(encoding="utf-8"), re.M)


@tap.test
def all_of_it_can_be_measured():
    with tempfile.TemporaryDirectory() as folder:
        env = library(pathlib.Path(folder), LIBRARY.read_text(encoding="utf-8"))
        words = [w for n in NAMES if n != "keys" for w in ("-s", f"t/{n}")]
        # No time to look for more iterations.
        done = lab.compare(HOME, *words, "--budget", "1", env=env, timeout=1500)
        assert done.code in (0, 1), done.err
    for result in done.json()["results"]:
        RESULTS[result["scenario"]] = result
    assert [f"t/{n}" for n in NAMES if n != "keys"] == list(RESULTS), list(RESULTS)


@tap.test
def protection_keys_are_the_processors():
    with tempfile.TemporaryDirectory() as folder:
        env = library(pathlib.Path(folder), LIBRARY.read_text(encoding="utf-8"))
        lab.compare(HOME, "-s", "t/keys", env=env, timeout=400).expect(
            125, "needs protection keys of the processor, which --cpu max has")
        done = lab.compare(HOME, "-s", "t/keys", "--cpu", "max", "--budget", "1", env=env, timeout=400)
    # It may be inconclusive, but it is measured.
    assert done.code in (0, 1, 125), done.err
    check(done.json())


@tap.test
def rows_come_as_they_are_finished_if_asked_for():
    names = ["t/uffd", "t/threads"]
    with tempfile.TemporaryDirectory() as folder:
        env = library(pathlib.Path(folder), LIBRARY.read_text(encoding="utf-8"))
        words = ["compare", *HOME.specs, *(w for n in names for w in ("-s", n))]
        done = lab.run(HOME, *words, "--stream", "--budget", "1", env=env, timeout=400)
    assert done.code in (0, 1), done.err
    lines = done.out.splitlines()
    assert [l.split(":")[0] for l in lines[:2]] == names, lines
    assert all(re.fullmatch(r"t/\w+: [a-z-]+, \S+ -> \S+(, [0-9.]+x)?", l) for l in lines[:2]), lines
    assert lines[2].startswith("scenario") and "\r" not in done.out + done.err, lines


for one in (n for n in NAMES if n != "keys"):
    tap.add(f"{one} is as expected", lambda n=one: check(RESULTS[f"t/{n}"]))


@tap.test
def outcomes_are_those_of_the_operations():
    uffd = RESULTS["t/uffd"]
    # Every other page is protected; the kernel resolves the faults. What is resolved by hand may
    # be written again, but in a file's page only after one more fault.
    assert outcome(uffd, "faults in kernel") == 32 and outcome(uffd, "faults in hand") == 64
    # What was written is one page, another, and so on; what is present is one region.
    assert outcome(uffd, "result of scan") == 2, outcome(uffd, "result of scan")
    assert outcome(RESULTS["t/nodes"], "faults per iteration") == 0
    assert RESULTS["t/threads"]["cpus"] == 2


@tap.test
def what_all_threads_do_is_in_the_metric():
    threads = RESULTS["t/threads"]
    (faults,) = [f for f in threads["attribution"]["functions"] if f["name"] == "__handle_mm_fault"]
    # Each page faults once an iteration, in whichever thread has it.
    assert 0.99 < faults["calls_old"] < 1.01 and 0.99 < faults["calls_new"] < 1.01, faults


@tap.test
def children_are_not_in_the_metric():
    child = RESULTS["t/child"]
    others = lab.outside(child, "other tasks")
    assert others["old"] > 1000 and others["new"] > 1000, others
    (copy,) = [m for m in child["metrics"] if m["name"] == "nothing_insns_per_page"]
    assert copy["old"] > 500, copy


def refused(text, *told, code=125, args=()):
    """A scenario that is tried and ends with this."""
    with tempfile.TemporaryDirectory() as folder:
        lab.compare(HOME, *args, env=library(pathlib.Path(folder), text), timeout=400
                    ).expect(code, *told)


def scenario(operation, more="", before=""):
    """One that does this."""
    return "s:\n  help: h\n  maps: {m: {kind: anon-private, size: 64K, advice: nohugepage}}\n" \
           f"  segments:\n    a: {{before: [{before}], do: [{operation}]}}\n{more}"


@tap.test
def a_kernel_thread_is_told_by_its_name():
    waiting = RESULTS["t/waiting"]
    tasks = {t["task"]: t for t in waiting["other_tasks"]}
    ksmd = tasks["ksmd"]
    assert "slowpath-spin" not in tasks, tasks.keys()
    # What decides is the scenario's own metric, and is what the functions of the task add up to.
    assert waiting["decides"].startswith("task:ksmd_insns_per_"), waiting["decides"]
    (metric,) = [m for m in waiting["metrics"] if m["name"] == waiting["decides"]]
    for side in ("old", "new"):
        # Its loop is one function, in which what it does with a page is inlined.
        (loop,) = [f for f in ksmd["functions"] if f["name"] == "ksm_scan_thread"]
        assert loop[side] > 20, loop
        assert abs(metric[side] - ksmd[side]) < 1e-9, (metric, ksmd["old"], ksmd["new"])
    others = lab.outside(waiting, "other tasks")
    assert abs(others["old"] - sum(t["old"] for t in tasks.values())) < 1e-6, (others, tasks)
    # Nothing halted where the spinner ran, so the clock proves what was counted.
    assert waiting["clock"]["difference_old"] == waiting["clock"]["difference_new"] == 0, waiting["clock"]


@tap.test
def waiting_in_vain_is_told():
    refused(scenario("touch: {map: m, access: read}",
                     more="  prepare: [until: {file: ksm/full_scans, at-least: 4000000}]\n"),
            "waited in vain for ksm/full_scans to be at least 4000000: it is 0",
            "has not changed for 5 s", args=("-s", "t/s"))


@tap.test
def a_cgroup_that_is_too_small_is_told():
    refused("s:\n  help: h\n  needs: [cgroup: {max: 1M}]\n"
            "  maps: {m: {kind: anon-private, size: 8M, advice: nohugepage}}\n"
            "  segments: {a: [touch: {map: m, access: write}]}\n",
            "'max' at 1024 KiB", "would have killed the task", args=("-s", "t/s"))


@tap.test
def a_task_that_does_not_run_is_no_metric():
    refused(scenario("touch: {map: m, access: read}"), "no other task of that name", code=128,
            args=("-s", "t/s", "--metric", "task:ksmx"))


@tap.test
def touching_what_is_not_mapped_is_told():
    refused(scenario("touch: {map: m, access: write}", before="munmap: {map: m}"),
            "a: SIGSEGV at 0x100000000000", args=("-s", "t/s"))


@tap.test
def a_child_that_dies_is_told():
    refused(scenario("fork: {do: [munmap: {map: m}, touch: {map: m, access: read}]}"),
            "segment a, operation 1: Bad address", args=("-s", "t/s"))


@tap.test
def an_operation_that_fails_is_told():
    refused(scenario("touch: {map: m, access: read}, mremap: {map: m, size: 4K, new_size: 8K}"),
            "segment a, operation 2: Cannot allocate memory", args=("-s", "t/s"))


@tap.test
def an_operation_that_does_not_fail_is_told():
    refused(scenario("mprotect: {map: m, to: r, fails: EPERM}"),
            "segment a, operation 1: it did not fail as it should", args=("-s", "t/s"))


@tap.test
def needs_that_are_not_met_are_told():
    plain = "touch: {map: m, access: read}"
    refused(scenario(plain, "  needs: [swap: yes]\n"), "needs swap: yes", args=("-s", "t/s"))
    refused(scenario(plain, "  needs: [CONFIG_ASPIRIN]\n"), "needs CONFIG_ASPIRIN",
            args=("-s", "t/s"))
    refused(scenario(plain, "  needs: [cpus: 2]\n"), "needs 2 CPUs, and the guest has 1",
            args=("-s", "t/s", "--cpus", 1))
    refused(scenario(plain, "  sysfs: {transparent_hugepage/aspirin: always}\n"),
            "/sys/kernel/mm/transparent_hugepage/aspirin", "No such file", args=("-s", "t/s"))
    refused(scenario(plain, "  sysfs: {hugepages/hugepages-2048kB/nr_hugepages: 100000}\n"),
            "nr_hugepages: '100000'", args=("-s", "t/s"))
    large = scenario(plain, "  memory: 2G\n").replace("size: 64K", "size: 1G")
    refused(large, "more than half of the guest's 512 MiB", args=("-s", "t/s", "--mem", "512M"))


for each in (lab.OLD, lab.NEW):
    lab.need_modules(each)
with lab.Home() as HOME:
    tap.main()
