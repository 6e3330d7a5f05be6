# SPDX-License-Identifier: GPL-2.0-or-later
"""Foreign programs, unchanged, in the guest: counted, listened to, and caught when they fail; and a
shell there to look around."""
import hashlib
import json
import os
import pathlib
import pty
import shutil
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import tap
from boot import lab

SOURCE = r"""
#define _GNU_SOURCE
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <slowpath.h>
#include <unistd.h>

/* Whether what a file begins with is this. */
static int begins(const char *path, const char *with)
{
	char text[256] = "";
	FILE *f = fopen(path, "r");

	return f && fread(text, 1, sizeof(text) - 1, f) && !strncmp(text, with, strlen(with));
}

/* What a program finds; and what it leaves behind, its next execution does not find. */
static int look(const char *self)
{
	char path[256] = "", cwd[256] = "";

	if (mkdir("left", 0777) < 0 || mkdir("/dev/shm/left", 0777) < 0)
		return 5;
	if (truncate("given", 0) < 0 || system("exec >/dev/full; echo x") == 0)
		return 6;
	if (readlink("/proc/self/exe", path, sizeof(path) - 1) < 0 || !getcwd(cwd, sizeof(cwd)))
		return 7;
	printf("exe=%d self=%d cwd=%d stdin=%d far=%d cgroup=%d root=%d lo=%d huge=%d\n",
	       !strcmp(path, "/usr/bin/dynamic"), !strcmp(self, "dynamic"), !strcmp(cwd, "/tmp"),
	       begins("/dev/stdin", "1 2 3"), begins("/srv/in/far", "far"),
	       begins("/proc/self/cgroup", "0::/program"), getpwuid(getuid()) != NULL,
	       begins("/sys/class/net/lo/flags", "0x9"), access("/dev/hugepages", W_OK) == 0);
	if (fork() == 0)
		for (;;)
			pause();
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	size_t bytes = 2 << 20;
	char *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	memset(p, 1, bytes);
	if (!strcmp(what, "crash"))
		*(volatile int *)0 = 1;
	if (!strcmp(what, "fail")) {
		fprintf(stderr, "first\nno luck today\n");
		return 3;
	}
	for (; !strcmp(what, "loop");)
		;
	for (; !strcmp(what, "endless");)
		puts("more and more");
	if (!strcmp(what, "fork")) {
		if (fork() == 0) {
			memset(p, 2, bytes);
			for (int i = 0; i < 40; i++) {
				mprotect(p, bytes, PROT_READ);
				mprotect(p, bytes, PROT_READ | PROT_WRITE);
			}
			return 0;
		}
		wait(NULL);
	}
	if (!strcmp(what, "region"))
		SLOWPATH_REGION_BEGIN();
	for (int i = 0; i < 4; i++) {
		mprotect(p, bytes, PROT_READ);
		mprotect(p, bytes, PROT_READ | PROT_WRITE);
	}
	if (!strcmp(what, "region")) {
		usleep(50000);
		SLOWPATH_REGION_END();
		printf("pid %d\n", getpid());
	}
	if (!strcmp(what, "open"))
		SLOWPATH_REGION_BEGIN();
	if (!strcmp(what, "other")) {
		struct utsname u;

		uname(&u);
		for (volatile int i = 0; i < (u.release[3] == '7' ? 200000 : 100000); i++)
			;
		printf("Linux %s\nside %c\n", u.release, u.release[3]);
	}
	if (!strcmp(what, "file")) {
		int fd = memfd_create("mine", 0);

		if (fd < 0 || ftruncate(fd, 8 << 20) < 0 || write(fd, p, bytes) != (ssize_t)bytes)
			return 4;
	}
	if (!strcmp(what, "look"))
		return look(argv[0]);
	if (!strcmp(what, "twice"))
		puts("two=1 two=1 iteration=4 size=5M");
	printf("words=%d pages=%zu, lang=%s\nthe score is 4.5e1 points\n", argc, bytes / 4096,
	       getenv("LANG") ? getenv("LANG") : "none");
	return 0;
}
"""


def build():
    """The program, static and dynamic, and one that has lost its library."""
    (HOME.path / "prog.c").write_text(SOURCE, encoding="ascii")
    for name, *more in (("prog", "-static"), ("dynamic",)):
        subprocess.run(["cc", "-O2", "-I", tap.SOURCE / "proto", *more, "-o", HOME.path / name,
                        HOME.path / "prog.c"], check=True)
    (HOME.path / "gone.c").write_text("int gone(void) { return 0; }\n", encoding="ascii")
    library = HOME.path / "libgone.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, HOME.path / "gone.c"], check=True)
    subprocess.run(["cc", "-Wl,--no-as-needed", "-I", tap.SOURCE / "proto", "-o",
                    HOME.path / "orphan", HOME.path / "prog.c",
                    library], check=True)
    library.unlink()
    return HOME.path / "prog"


def compare(*words, deadline=60, **more):
    return lab.run(HOME, "compare", *HOME.specs, "--json", "--deadline", deadline, "--", *words,
                   **more)


@tap.test
def a_program_as_it_is():
    document = compare(PROGRAM, "a", "b").expect(1).json()
    assert document["scenario"] == "program/prog" and document["verdict"] == "regression"
    # Its memset() is a REP string that faults at every page.
    assert document["clock"] == {"difference_old": 0, "difference_new": 0}, document["clock"]
    first = lab.metric(document)
    assert first["name"] == "iteration_insns_per_call" and first["unit"] == "insns", first
    assert first["old"] > 1e6 and first["ratio"] > 1.02, first
    pages, words = lab.metric(document, "pages"), lab.metric(document, "words")
    assert (pages["unit"], pages["old"], pages["new"]) == ("printed", 512, 512), pages
    assert words["old"] == 3, words
    names = {f["name"] for f in document["attribution"]["functions"]}
    assert {"[user]", "change_protection"} <= names, sorted(names)[:20]
    kept = HOME.rows("SELECT words, output FROM program")
    # Once a side, or more often where more iterations were tried.
    assert [json.loads(w) for w, _ in kept] == [["prog", "a", "b"]] * len(kept) and kept, kept
    assert "the score is" in kept[0][1]
    # All tasks are counted, the kernel's own too, so a repetition is near and no more.
    again = lab.metric(compare(PROGRAM, "a", "b").expect(1).json())
    assert abs(again["old"] / first["old"] - 1) < 0.02, (first, again)
    assert abs(again["ratio"] / first["ratio"] - 1) < 0.02, (first, again)


@tap.test
def what_its_children_do_is_counted():
    alone = lab.metric(compare(PROGRAM).expect(1).json())
    both = lab.metric(compare(PROGRAM, "fork").expect(1).json())
    assert both["old"] - alone["old"] > 40 * 512 * 50, (alone, both)
    assert both["ratio"] > alone["ratio"], (alone, both)


@tap.test
def its_own_files_may_be_larger_than_what_it_prints():
    # What the verdict is, the memory that the file gets decides.
    assert lab.metric(compare(PROGRAM, "file").json(), "pages")["new"] == 512


@tap.test
def programs_that_fail():
    for word, *texts in (("crash", "signal 11 (Segmentation fault)"),
                         ("fail", "ended with status 3", "no luck today"),
                         ("endless", "more than 1 MiB", "it printed: more"),
                         ("open", "ends with its region of interest open")):
        compare(PROGRAM, word).expect(125, *texts)
        if word == "fail":
            shown = lab.run(HOME, "show", "last", "--json").expect(0).json()
            assert [r["program"]["output"] for r in shown["runs"]] == ["first\nno luck today\n"] * 2
            assert "first\nno luck today\n" in lab.run(HOME, "show", "last").expect(0).out
    compare(PROGRAM, "loop", deadline=8).expect(
        125, "still running, in one of the 10 times that it is executed", "--deadline 8 allows",
        "a larger --deadline")


@tap.test
def a_dynamic_program_and_what_it_finds():
    """From the snapshot that the others had, for nothing of a program is in it."""
    given, numbers = HOME.path / "given", HOME.path / "numbers"
    given.write_text("far", encoding="ascii")
    numbers.write_text("1 2 3", encoding="ascii")
    document = lab.run(HOME, "compare", *HOME.specs, "--json", "--stdin", numbers, "--file",
                       f"{given}:given", "--file", f"{given}:/srv/in/far", "--cgroup", "--",
                       HOME.path / "dynamic", "look").json()
    assert document["seconds"]["boot"] == 0, document["seconds"]
    for name in "exe", "self", "cwd", "stdin", "far", "cgroup", "root", "lo", "huge":
        found = lab.metric(document, name)
        assert found["old"] == found["new"] == 1, found
    ((setup,),) = HOME.rows("SELECT setup FROM program ORDER BY run DESC LIMIT 1")
    first, *lines = setup.splitlines()
    assert first == "cgroup", setup
    kinds = {line.split()[1]: line.split()[0] for line in lines}
    assert kinds["/tmp/given"] == kinds["/srv/in/far"] == "file", setup
    assert "with" in {kind for path, kind in kinds.items() if "/libc.so" in path}, setup
    sums = {line.split()[-1] for line in lines}
    assert hashlib.sha256(b"far").hexdigest() in sums, setup


@tap.test
def a_script_with_the_programs_that_it_names():
    script = HOME.path / "script"
    script.write_text("#!/bin/sh\nmkdir made && echo pages=$(ls | wc -l)\n", encoding="ascii")
    document = compare(script).json()
    assert lab.metric(document, "pages")["new"] == 1, document["metrics"]


@tap.test
def only_its_region_counts():
    """It is told, and what sleeps in it is idle and no noise; what the program says of itself is
    heard as it is asked for."""
    whole = lab.metric(compare(PROGRAM).expect(1).json())
    done = lab.run(HOME, "compare", *HOME.specs, "--json", "--metric-regex",
                   "score=score is ([0-9.e]+)", "--", PROGRAM, "region").expect(1)
    document, program = done.json(), done.json()["program"]
    first = lab.metric(document)
    assert first["ratio"] > 1.9 and first["old"] < whole["old"] / 2, (first, whole)
    assert first["old_reading"]["unseen"] < 100, first
    assert min(program["execution_seconds"].values()) > 0.05, program
    assert program["region"] and program["same_work"] and program["output"]["same"], program
    assert program["output"]["old"].startswith("pid "), program
    assert lab.metric(document, "score")["old"] == 45
    assert "pages" not in {m["name"] for m in document["metrics"]}


@tap.test
def other_work_is_no_verdict():
    done = compare(PROGRAM, "other").expect(125)
    document = done.json()
    program = document["program"]
    assert document["verdict"] == "different-state", document["reason"]
    assert "did other work" in document["reason"], document["reason"]
    assert not program["same_work"] and not program["user"]["same"], program
    assert program["user"]["new"] - program["user"]["old"] > 100000, program["user"]
    assert program["output"]["lines"] == [{"line": "side 6", "old": 1, "new": 0},
                                          {"line": "side 7", "old": 0, "new": 1}], program


@tap.test
def other_commands_take_one():
    document = lab.run(HOME, "attribute", *HOME.specs, "--json", "--", PROGRAM, "twice").expect(
        0).json()
    assert document["scenario"] == "program/prog", document
    assert {"change_protection"} <= {f["name"] for f in document["functions"]}
    ((notes,),) = HOME.rows("SELECT notes FROM program ORDER BY run DESC LIMIT 1")
    assert notes == ("left out: two (printed more than once in an execution)\n"
                     "left out: size (not a plain number)\n"
                     "left out: iteration (a name of slowpath's own)\n"), notes


@tap.test
def what_is_no_program_for_the_guest():
    script = HOME.path / "lost"
    script.write_text("#!/no/such/shell\n")
    for path, text in ((HOME.path / "orphan", "needs the library"), (script, "/no/such/shell"),
                       ("/nonexistent", "No such file"), (HOME.path / "prog.c", "no"),
                       (HOME.path, "is no file")):
        compare(path).expect(128, str(path), text)
    lab.run(HOME, "compare", *HOME.specs, "--").expect(129, "after --")
    lab.run(HOME, "compare", *HOME.specs, "-s", "mprotect/*", "--", PROGRAM).expect(129, "not both")
    lab.run(HOME, "compare", *HOME.specs, "--cgroup").expect(129, "--cgroup", "behind --")
    for file, text in (("prog:../x", "no '..'"), ("prog:/dev/x", "/dev/x"), ("none", "No such")):
        lab.run(HOME, "compare", *HOME.specs, "--file", HOME.path / file, "--",
                PROGRAM).expect(128, file, text)


@tap.test
def a_scenario_with_a_program():
    own = HOME.path / "own"
    own.mkdir()
    shutil.copy(PROGRAM, own)
    text = """
score:
  help: what the program says of itself
  program:
    file: ./prog
    args: [x]
    env: {LANG: tlh}
    metrics: {score: 'score is ([0-9.e]+)'}
"""
    (own / "mine.yaml").write_text(text, encoding="ascii")
    env = {"SLOWPATH_SCENARIOS": own}
    shown = lab.run(HOME, "scenario", "show", "mine/score", env=env).expect(0)
    assert "prog" in shown.out, shown.out
    done = lab.run(HOME, "compare", *HOME.specs, "-s", "mine/score", "--json", env=env).expect(1)
    document = done.json()
    assert lab.metric(document, "score")["old"] == 45
    assert "pages" not in {m["name"] for m in document["metrics"]}
    ((output,),) = HOME.rows("SELECT output FROM program ORDER BY run DESC LIMIT 1")
    assert "lang=tlh" in output, output
    (own / "mine.yaml").write_text(text.replace("score is", "no such"), encoding="ascii")
    lab.run(HOME, "compare", *HOME.specs, "-s", "mine/score", env=env).expect(
        125, "does not print the metric 'score'")
    (own / "mine.yaml").write_text(text.replace("([0-9.e]+)", "x"), encoding="ascii")
    lab.run(HOME, "scenario", "list", env=env).expect(128, "mine.yaml:8:", "no group")


def busybox():
    if not shutil.which("busybox"):
        raise tap.Skip("no busybox")


@tap.test
def a_shell_reads_a_script():
    busybox()
    done = subprocess.run([lab.SLOWPATH, "shell", HOME.specs[1], "--cmdline", "slow=path"],
                          input="uname -r\ncat /proc/cmdline\nmount | grep -c proc\n", text=True,
                          capture_output=True, timeout=100,
                          env=lab.environment("shell", HOME.path, None))
    assert done.returncode == 0, done
    release, cmdline, count = done.stdout.splitlines()
    assert release.startswith("6.17.13") and "slow=path" in cmdline and count == "1", done.stdout


@tap.test
def a_shell_has_a_prompt():
    busybox()
    pid, fd = pty.fork()
    if pid == 0:
        os.execve(lab.SLOWPATH, [str(lab.SLOWPATH), "shell", HOME.specs[1]],
                  lab.environment("shell", HOME.path, None))
    said, end = b"", time.monotonic() + 100
    asked = False
    while time.monotonic() < end:
        try:
            said += os.read(fd, 4096)
        except OSError:
            break
        if b"# " in said and not asked:
            asked = True
            os.write(fd, b"echo $((6*7)); exit\n")
    assert os.waitpid(pid, 0)[1] == 0 and b"\n42\r" in said, said[-2000:]


with lab.Home() as HOME:
    PROGRAM = build()
    tap.main()
