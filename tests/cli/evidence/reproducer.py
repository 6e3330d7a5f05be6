# SPDX-License-Identifier: GPL-2.0-or-later
"""slowpath reproducer: what it prints compiles alone and without a warning, runs, and says what it
measured, what state it found, or what the machine lacks. The tests' own scenarios have every operation
that there is C of, and each compiler is asked about them; of the library ./check compiles the first
scenario of each file, and './check whole' all, with every compiler."""
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap

BINARY = tap.build_dir() / "cmd/slowpath"
HERE = tap.SOURCE / "tests/cli"
GOLDEN = HERE / "scenarios/toggle.golden"
# By what they are, as cc is one of the others.
COMPILERS = list({os.path.realpath(found): found for c in ("cc", "gcc", "clang")
                  if (found := shutil.which(c))}.values())
WHOLE = os.environ.get("SLOWPATH_TEST_LIBRARY") == "all"
FOLDER = tempfile.TemporaryDirectory()
# What a machine may lack; whatever else a reproducer ends with 77 for is a mistake of it.
LACKS = re.compile(r"NUMA nodes are needed|CPUs are needed|swap is needed|there must be no swap|"
                   r"has to be \S+; as root, -s sets it|must not be|no tmpfs to write to|"
                   r"SCHED_FIFO: |cannot be divided among|free pages in nr_hugepages|"
                   r": (Function not implemented|Operation not permitted)$|"
                   r"^(io_uring_setup|io-uring|bpf-map|pkey).*: "
                   r"(Cannot allocate memory|No space left on device)$|"
                   r"^/proc/\S+: (No such file or directory|Permission denied)$|"
                   r"^m(advise|lock|bind)\b.*: (Invalid argument|Cannot allocate memory)$|"
                   r"^(UFFDIO_API|uffd-|process-madvise|pagemap-scan|move-pages|migrate-pages)"
                   r".*: (Invalid argument|Inappropriate ioctl for device|No such device)$")


# Operations of which there is no C yet.
FILE_OPERATIONS = {"PLAN_OP_" + name for name in re.findall(
    r"PLAN_OP_(\w+) = (?:6[4-9]|7[0-7]),",
    (tap.SOURCE / "proto/plan.h").read_text(encoding="utf-8"))}
REFUSED = "there is no reproducer in C of such yet"
# Scenarios of which there is none, and operations; what is said of them.
HAVE_NONE = "exec/static-binary", "secretmem/fault", "swapfile/swapoff"
NO_PROGRAM = re.compile(r"there is no C program that would do the same elsewhere")
NOT_ELSEWHERE = {"exec", "swapoff", "swapon"}


def slowpath(*args, language=False):
    """The built program; @language: with the scenarios of the tests as its library."""
    env = dict(os.environ, HOME=FOLDER.name)
    if language:
        env["SLOWPATH_DATADIR"] = str(HERE)
    return subprocess.run([BINARY, *args], env=env, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=60)


def scenarios(language):
    """Names, and what show tells of each."""
    found = json.loads(slowpath("scenario", "list", "--json", language=language).stdout)
    return [s["name"] for s in found["scenarios"]]


def source_of(name, *args, language=False):
    """The C text."""
    done = slowpath("reproducer", name, *args, language=language)
    assert done.returncode == 0 and not done.stderr, done
    return done.stdout


def compilers(language):
    """What those of the library are compiled with."""
    return COMPILERS if language or WHOLE else COMPILERS[:1]


def first_of_files(names):
    """The names of which the programs are compiled and run."""
    first = {}
    for name in names:
        first.setdefault(name.split("/")[0], name)
    return [n for n in names if WHOLE or n in first.values() or n in HAVE_SHORT]


def compile_alone(text, compiler="cc", options=()):
    """The program, from a folder that holds nothing but the source."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "reproducer.c"
        path.write_text(text, encoding="utf-8")
        out = pathlib.Path(FOLDER.name) / hashlib.sha256(text.encode()).hexdigest()
        done = subprocess.run([compiler, "-O2", "-Wall", "-Wextra", "-Werror", *options, "-o", out,
                               "reproducer.c"], cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, f"{compiler}: {done.stderr}"
        return out


def run(program, *args):
    """What it printed, as a dictionary, and how it ended."""
    done = subprocess.run([program, *args], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=120)
    pairs = [line.partition("=") for line in done.stdout.splitlines()]
    assert all(equals for _, equals, _ in pairs), done.stdout
    names = [name for name, _, _ in pairs]
    assert len(set(names)) == len(names), f"told twice: {done.stdout}"
    return {name: value for name, _, value in pairs}, done


def metrics_of(name, language):
    """The names that a timed run of the scenario has."""
    shown = json.loads(slowpath("scenario", "show", name, "--json", language=language).stdout)
    return [f"{s}_ns_per_{shown['item']}" for s in ["iteration", *shown["segments"]]]


def check_told(name, told, done, language):
    """Metrics, in order and positive; the clock; the state."""
    found = [n for n in told if "_ns_per_" in n]
    assert found == metrics_of(name, language), (found, metrics_of(name, language))
    assert all(re.fullmatch(r"\d+\.\d{4}", told[n]) and float(told[n]) > 0 for n in found), told
    assert float(told["clock_step_ns"]) > 0 and told["rounds"] == "3", told
    # Medians of sums and sums of medians are not the same, but not far from each other either.
    assert told["scenario"] == name and told["state"] in ("pass", "unknown"), told
    for number in ("vmas", "present_pages", "dirty_pages", "pmd_mapped_pages"):
        assert re.fullmatch(r"\d+", told[number]), (number, told)
        assert told.get(number + "_expected", told[number]) == told[number], told


# Why there can be none at all.
NO_REPRODUCER = re.compile(r"(runs in a cgroup of its own|waits for kernel threads), .*; there is no "
                           r"reproducer")


def is_refused(name, language, *options):
    """Whether it is, with a reason; then 'scenario show' does not name it either."""
    done = slowpath("reproducer", *options, name, language=language)
    if not done.returncode or not NO_REPRODUCER.search(done.stderr):
        return False
    assert done.returncode == 128 and not done.stdout, done
    shown = slowpath("scenario", "show", name, language=language).stdout
    waits = any(w in shown for w in ("needs          CONFIG_MEMCG", "cgroup: depth", "until", "sleep"))
    assert waits and "slowpath reproducer" not in shown, shown
    return True


def works(name, language):
    """With every compiler there is; one of the programs is run. Of some there is none, and why."""
    if is_refused(name, language):
        return
    if name in HAVE_NONE:
        done = slowpath("reproducer", name, language=language)
        assert done.returncode == 128 and not done.stdout and NO_PROGRAM.search(done.stderr), done
        return
    shown = slowpath("scenario", "show", name, language=language).stdout
    if "writes it as one C file" not in shown:
        done = slowpath("reproducer", name, language=language)
        assert done.returncode == 128 and REFUSED in done.stderr and not done.stdout, done
        return
    text = source_of(name, language=language)
    assert "SPDX-License-Identifier" in text.splitlines()[0]
    assert max(len(line.expandtabs()) for line in text.splitlines()) <= 120, "a line is too long"
    if not language and name not in COMPILED:
        return
    for compiler in compilers(language):
        program = compile_alone(text, compiler)
    told, done = run(program, "-r", "3")
    if done.returncode == 77:
        assert LACKS.search(done.stderr.strip()), done
        raise tap.Skip(f"compiled; but here: {done.stderr.strip()}")
    assert done.returncode == 0, done
    check_told(name, told, done, language)


@tap.test
def golden_source():
    text = source_of("language/toggle", language=True)
    version = re.search(r"Written by slowpath (\S+):", text).group(1)
    golden = GOLDEN.read_text(encoding="utf-8").replace("@VERSION@", version)
    golden = golden.replace("@SHA256@", re.search(r"sha256 (\w{64})", text).group(1))
    assert text == golden, "differs from " + str(GOLDEN.relative_to(tap.SOURCE))


@tap.test
def language_is_complete():
    """The test's own scenarios have every operation that the language has, but those of files."""
    table = (tap.SOURCE / "scenario/op_words.c").read_text(encoding="utf-8")
    words = [word for word, code in re.findall(r'\{ "([a-z-]+)", (PLAN_OP_\w+)', table)
             if code not in FILE_OPERATIONS]
    text = (HERE / "scenarios/language.yaml").read_text(encoding="utf-8")
    assert len(words) > 20, words
    missing = {w for w in words if not re.search(rf"\b{w}: ?\{{|\b{w}:\n", text)}
    assert missing == NOT_ELSEWHERE, missing


@tap.test
def json_has_the_same_text():
    name = "mprotect/shared-dirty-toggle"
    document = json.loads(slowpath("reproducer", name, "--json").stdout)
    assert sorted(document) == ["scenario", "schema", "sha256", "source"], document
    assert document["schema"] == "slowpath/reproducer/1" and document["scenario"] == name
    assert document["source"] == source_of(name)
    shown = json.loads(slowpath("scenario", "show", name, "--json").stdout)
    assert document["sha256"] == shown["sha256"] and shown["sha256"] in document["source"]


@tap.test
def size_can_be_set():
    name = "mprotect/shared-dirty-toggle"
    text = source_of(name, "--set", "size=8M")
    assert "(8UL << 20)" in text and "(64UL << 20)" not in text
    assert "--set size=8M" in text
    told, done = run(compile_alone(text), "-r", "1")
    if done.returncode == 77:
        raise tap.Skip(done.stderr.strip())
    assert done.returncode == 0 and told["present_pages"] == "2048", done
    assert told["scenario_sha256"] not in source_of(name)


SHORT = re.compile(r"\d+\.\d{3} ns per (page|call)\n")
# Why there can be no short one; and what has to have one, or the list would be of no use.
NO_SHORT = re.compile(r"more than a screen of C: there is only the full reproducer, without --short|"
                      r"there is no C program that would do the same elsewhere")
HAVE_SHORT = ("mprotect/shared-dirty-toggle", "memory/anon-fault", "mmap/split-merge",
              "mremap/move", "madvise/pageout-noswap", "memory/tmpfs-read-fault",
              "mincore/present-pte-scan", "mlock/lock-unlock")


def short(name, language):
    """At most a screen; compiles alone; prints one number, or what the machine cannot do."""
    if is_refused(name, language, "--short"):
        return
    done = slowpath("reproducer", "--short", name, language=language)
    if done.returncode:
        assert done.returncode == 128 and not done.stdout, done
        assert NO_SHORT.search(done.stderr) or REFUSED in done.stderr, done
        assert name not in HAVE_SHORT, done
        return  # and says why
    lines = done.stdout.splitlines()
    assert not done.stderr and "SPDX-License-Identifier" in lines[0], done
    assert len(lines) <= 60 and max(len(line.expandtabs()) for line in lines) <= 100, len(lines)
    if not language and name not in COMPILED:
        return
    for compiler in compilers(language):
        program = compile_alone(done.stdout, compiler)
    ran = subprocess.run([program], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                         timeout=120)
    if ran.returncode == 1 and re.search(
            "SYS_m|madvise|mlock|open|MAP_HUGETLB|mseal", ran.stderr) and not ran.stdout:
        raise tap.Skip(f"compiled; but here: {ran.stderr.strip()}")
    assert ran.returncode == 0 and SHORT.fullmatch(ran.stdout) and not ran.stderr, ran
    assert float(ran.stdout.split()[0]) > 0, ran


@tap.test
def short_one_says_what_the_full_one_does():
    """The same calls, in the same order: a statement that is left out would be another scenario."""
    name = "mprotect/shared-dirty-toggle"
    calls = re.compile(r"(mprotect|munmap|madvise|mremap)\(area_start, ([^;]*?PROT_[A-Z_ |]*)")
    text = slowpath("reproducer", "--short", name).stdout
    assert [m[1].split(", ")[-1] for m in calls.findall(text)] == \
        ["PROT_READ", "PROT_READ | PROT_WRITE"], text
    assert text.count("AT(area_start, at) = 1;") == 2 and "16384" in text, text
    assert slowpath("reproducer", name, "--short", "--set", "size=8M").stdout.count("8UL << 20") >= 4
    document = json.loads(slowpath("reproducer", name, "--short", "--json").stdout)
    assert document["source"] == text and document["short"] is True, document
    told = subprocess.run([compile_alone(text)], capture_output=True, text=True, timeout=60).stdout
    assert SHORT.fullmatch(told) and told.endswith(" page\n"), told


@tap.test
def short_one_tells_what_failed():
    text = slowpath("reproducer", "--short", "memory/anon-fault").stdout
    program = compile_alone(text.replace("MADV_DONTNEED)", "12345)"))
    done = subprocess.run([program], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "Invalid argument" in done.stderr and not done.stdout, done


@tap.test
def bad_settings_are_refused():
    for args, status in ((("--set", "size=8M", "--set", "size=4M"), 129), (("--set", "size"), 129),
                         (("--set", "=4M"), 129), (("--set", "size=5"), 128),
                         (("--set", "none=4M"), 128), (("extra",), 129)):
        done = slowpath("reproducer", "mprotect/shared-dirty-toggle", *args)
        assert done.returncode == status and not done.stdout and done.stderr, done
    for args, status in ((("no/such",), 128), ((), 129)):
        done = slowpath("reproducer", *args)
        assert done.returncode == status and not done.stdout and done.stderr, done


@tap.test
def a_program_has_none():
    with tempfile.TemporaryDirectory() as folder:
        scenarios_folder = pathlib.Path(folder) / "scenarios"
        scenarios_folder.mkdir()
        (scenarios_folder / "own.yaml").write_text("prog: {help: h, program: {file: /bin/true}}\n")
        for words, status in ((("reproducer", "own/prog"), 128), (("scenario", "show", "own/prog"),
                                                                  0)):
            done = subprocess.run([BINARY, *words], capture_output=True, text=True, timeout=60,
                                  env=dict(os.environ, HOME=folder, SLOWPATH_DATADIR=folder))
            assert done.returncode == status, done
            assert "reproducer own/prog" not in done.stdout, done
            assert bool(done.stderr) == bool(status), done


@tap.test
def options_of_the_program():
    program = compile_alone(source_of("memory/anon-fault"))
    told, done = run(program, "-t", "0")
    if done.returncode == 77:
        raise tap.Skip(done.stderr.strip())
    assert done.returncode == 0 and told["rounds"] == "10", done
    assert run(program, "-r", "12", "-t", "1000")[0]["rounds"] == "12"
    help_text = subprocess.run([program, "-h"], capture_output=True, text=True)
    assert help_text.returncode == 0 and "usage:" in help_text.stdout and not help_text.stderr
    for args in (("-r", "0"), ("-r", "x"), ("-r", "65537"), ("-t", "-1"), ("-t", ""), ("-t", "nan"),
                 ("-q",), ("-r",), ("x",), ("-r", "-1")):
        misuse = subprocess.run([program, *args], capture_output=True, text=True)
        assert misuse.returncode == 2 and "usage:" in misuse.stderr and not misuse.stdout, args


@tap.test
def another_state_is_said_and_not_measured():
    text = source_of("mprotect/shared-dirty-toggle", "--set", "size=4M")
    # The lesson of a read-only prefault: all pages there, none of them dirty.
    assert text.count("touch_write(area_start, AREA_BYTES, PAGE);") == 2
    changed = text.replace("touch_write(area_start, AREA_BYTES, PAGE);", "(void)area_start;")
    changed = changed.replace("static void touch_write", "void touch_write(volatile char *, size_t, "
                              "size_t);\nvoid touch_write")
    changed = changed.replace("static void prepare(void)\n{\n",
                              "static void prepare(void)\n{\n"
                              "\tfor (size_t i = 0; i < AREA_BYTES; i += PAGE)\n"
                              "\t\t(void)((volatile char *)area_start)[i];\n")
    told, done = run(compile_alone(changed), "-r", "1")
    if done.returncode == 77:
        raise tap.Skip(done.stderr.strip())
    assert done.returncode == 1 and told["state"] == "fail", done
    assert told["present_pages"] == "1024" and told["dirty_pages"] == "0", told
    assert told["dirty_pages_expected"] == "1024", told
    assert not [n for n in told if "_ns_" in n] and "not as expected" in done.stderr, done


@tap.test
def failing_operation_is_said():
    text = source_of("memory/anon-fault")
    assert "MADV_DONTNEED)" in text
    told, done = run(compile_alone(text.replace("MADV_DONTNEED)", "12345)")), "-r", "1")
    assert done.returncode == 1 and "madvise area: dontneed: Invalid argument" in done.stderr, done
    assert not [n for n in told if "_ns_" in n], told


@tap.test
def failing_child_ends_its_parent():
    text = source_of("language/child", language=True)
    assert text.count("\t\ttell_done();") == 1
    broken = text.replace("\t\ttell_done();", "\t\tdone(mprotect((void *)1, 1, 0), \"broken\");\n"
                          "\t\ttell_done();")
    _, done = run(compile_alone(broken), "-r", "1")
    assert done.returncode == 1 and "broken: " in done.stderr, done
    crashing = text.replace("\t\ttell_done();", "\t\t*(volatile char *)PAGE = 1;\n\t\ttell_done();")
    _, done = run(compile_alone(crashing), "-r", "1")
    assert done.returncode == 1 and "Segmentation fault" in done.stderr, done


@tap.test
def links_statically():
    told, done = run(compile_alone(source_of("memory/anon-fault"), options=["-static"]), "-r", "3")
    if done.returncode == 77:
        raise tap.Skip(done.stderr.strip())
    assert done.returncode == 0 and told["rounds"] == "3", done


@tap.test
def scenario_show_names_it():
    shown = slowpath("scenario", "show", "memory/anon-fault").stdout
    assert "slowpath reproducer memory/anon-fault" in shown, shown


COMPILED = first_of_files(scenarios(language=False))
for scenario in scenarios(language=False):
    tap.add(f"reproducer of {scenario}", lambda n=scenario: works(n, False))
for scenario in scenarios(language=True):
    tap.add(f"reproducer of {scenario!r}".replace("#", ""), lambda n=scenario: works(n, True))
for scenario in scenarios(language=False):
    tap.add(f"short reproducer of {scenario}", lambda n=scenario: short(n, False))
for scenario in scenarios(language=True):
    tap.add(f"short reproducer of {scenario!r}".replace("#", ""), lambda n=scenario: short(n, True))
tap.main()
