// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/proc.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARGV(...)                 \
	(const char *const[])     \
	{                         \
		__VA_ARGS__, NULL \
	}
#define OPTS(...) ((struct proc_opts){ .argv = ARGV(__VA_ARGS__), .fd_out = -1, .fd_err = -1 })

/* Orphans come to this process, so that their end can be seen (and PID 1 need not reap). */
static int become_reaper(void **state)
{
	(void)state;
	return prctl(PR_SET_CHILD_SUBREAPER, 1);
}

/* The orphan @pid must end by SIGKILL within ten seconds. */
static void assert_killed(pid_t pid)
{
	struct pollfd pfd = { .fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN };
	int status = 0, tries = 1000;

	assert_true(pfd.fd >= 0);
	assert_int_equal(poll(&pfd, 1, 10000), 1);
	close(pfd.fd);
	/* It is an orphan only once its parent, which may have been killed after it, has gone. */
	while (waitpid(pid, &status, 0) < 0 && errno == ECHILD && tries-- > 0)
		poll(NULL, 0, 10);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
}

static void captures_both_streams(void **state)
{
	_cleanup_buf_ struct buf out = { 0 }, err = { 0 };
	struct proc_opts o = OPTS("sh", "-c", "echo out; echo err >&2; exit 3");
	struct err e = { 0 };

	(void)state;
	assert_int_equal(proc_capture(&o, 1000, &out, &err, &e), 3);
	assert_string_equal(buf_str(&out), "out\n");
	assert_string_equal(buf_str(&err), "err\n");
}

/* More than a pipe holds on both streams at once: reading one after the other would hang. */
static void captures_much_of_both(void **state)
{
	_cleanup_buf_ struct buf out = { 0 }, err = { 0 };
	struct proc_opts o =
		OPTS("sh", "-c", "head -c 300000 /dev/zero >&2; head -c 300000 /dev/zero");

	(void)state;
	assert_int_equal(proc_capture(&o, 300000, &out, &err, NULL), 0);
	assert_int_equal(out.len, 300000);
	assert_int_equal(err.len, 300000);
}

static void capture_has_a_limit(void **state)
{
	_cleanup_buf_ struct buf out = { 0 };
	struct proc_opts o = OPTS("sh", "-c", "echo 1234567890; exec sleep 1000");
	struct proc_opts endless = OPTS("cat", "/dev/zero");
	struct err e = { 0 };

	(void)state;
	assert_int_equal(proc_capture(&o, 10, &out, NULL, &e), -EFBIG);
	assert_non_null(strstr(e.text, "output of sh"));
	assert_int_equal(proc_capture(&endless, 1 << 20, &out, NULL, &e), -EFBIG);
	assert_true(out.len <= 1 << 20);
}

static void death_by_signal_is_an_error(void **state)
{
	struct proc_opts o = OPTS("sh", "-c", "kill -SEGV $$");
	struct err e = { 0 };

	(void)state;
	assert_int_equal(proc_capture(&o, 10, NULL, NULL, &e), -EINTR);
	assert_non_null(strstr(e.text, "killed by signal 11"));
}

static void missing_program_is_named(void **state)
{
	struct proc_opts o = OPTS("slowpath-no-such-program");
	struct proc_opts cwd = OPTS("true");
	struct err e = { 0 };
	struct proc p;

	(void)state;
	assert_int_equal(proc_start(&o, &p, &e), -ENOENT);
	assert_non_null(strstr(e.text, "cannot run slowpath-no-such-program"));
	assert_int_equal(p.pid, 0);
	cwd.cwd = "/nonexistent";
	assert_int_equal(proc_start(&cwd, &p, &e), -ENOENT);
	proc_kill(&p);
}

static void gets_env_and_cwd(void **state)
{
	_cleanup_buf_ struct buf out = { 0 };
	struct proc_opts o = OPTS("sh", "-c", "echo $SLOWPATH_X $(pwd)");

	(void)state;
	o.env = ARGV("SLOWPATH_X=y");
	o.cwd = "/usr";
	assert_int_equal(proc_capture(&o, 100, &out, NULL, NULL), 0);
	assert_string_equal(buf_str(&out), "y /usr\n");
	assert_null(getenv("SLOWPATH_X"));
}

static void loses_what_is_named_alone(void **state)
{
	_cleanup_buf_ struct buf out = { 0 };
	struct proc_opts o = OPTS("sh", "-c", "echo ${SLOWPATH_X-none}");

	(void)state;
	setenv("SLOWPATH_X", "mine", 1);
	o.env = ARGV("SLOWPATH_X");
	assert_int_equal(proc_capture(&o, 100, &out, NULL, NULL), 0);
	assert_string_equal(buf_str(&out), "none\n");
	assert_string_equal(getenv("SLOWPATH_X"), "mine");
	unsetenv("SLOWPATH_X");
}

static void inherits_only_named_descriptors(void **state)
{
	_cleanup_close_ int a = open("/dev/null", O_RDONLY | O_CLOEXEC);
	_cleanup_close_ int b = open("/dev/null", O_RDONLY);
	_cleanup_free_ char *script = str_printf("test -e /proc/self/fd/%d; echo $?; "
						 "test -e /proc/self/fd/%d; echo $?",
						 a, b);
	_cleanup_buf_ struct buf out = { 0 };
	struct proc_opts o = OPTS("sh", "-c", script);

	(void)state;
	assert_int_equal(proc_capture(&o, 100, &out, NULL, NULL), 0);
	assert_string_equal(buf_str(&out), "1\n1\n");
	buf_free(&out);
	o.keep_fds = (const int[]){ a, -1 };
	assert_int_equal(proc_capture(&o, 100, &out, NULL, NULL), 0);
	assert_string_equal(buf_str(&out), "0\n1\n");
}

static void waits_with_a_deadline(void **state)
{
	struct proc_opts o = OPTS("sleep", "1000");
	uint64_t start = clock_ns();
	char text[64];
	struct proc p;

	(void)state;
	assert_int_equal(proc_start(&o, &p, NULL), 0);
	assert_int_equal(proc_wait(&p, 50), -ETIMEDOUT);
	assert_true(clock_ns() - start >= 50000000);
	assert_true(p.pid > 0);
	proc_kill(&p);
	assert_int_equal(p.pid, 0);
	assert_string_equal(proc_describe(&p, text, sizeof(text)), "killed by signal 9 (Killed)");
	proc_kill(&p);
	assert_int_equal(proc_wait(&p, -1), 0);
}

static void describes_exit(void **state)
{
	struct proc_opts o = OPTS("sh", "-c", "exit 7");
	char text[64];
	struct proc p;

	(void)state;
	assert_int_equal(proc_start(&o, &p, NULL), 0);
	assert_int_equal(proc_wait(&p, -1), 0);
	assert_string_equal(proc_describe(&p, text, sizeof(text)), "exit status 7");
	assert_int_equal(p.pidfd, -1);
}

/* A process of its own starts "sh -c TEXT" and is killed; what the shell wrote first is a pid. */
static pid_t killed_while(const char *text, int death_signal, int *status)
{
	char line[32] = "";
	int report[2];
	pid_t middle;

	assert_int_equal(pipe(report), 0);
	middle = fork();
	assert_true(middle >= 0);
	if (middle == 0) {
		struct proc_opts o = OPTS("sh", "-c", text);
		struct proc p;

		o.fd_out = report[1];
		o.death_signal = death_signal;
		if (proc_start(&o, &p, NULL) < 0)
			_exit(1);
		for (;;)
			pause();
	}
	close(report[1]);
	assert_true(read(report[0], line, sizeof(line) - 1) > 0);
	close(report[0]);
	kill(middle, SIGKILL);
	assert_int_equal(waitpid(middle, status, 0), middle);
	return (pid_t)strtol(line, NULL, 10);
}

/* Killing slowpath, even by SIGKILL, must leave no QEMU behind. */
static void dies_with_its_parent(void **state)
{
	int status;

	(void)state;
	assert_killed(killed_while("echo $$; exec sleep 1000", 0, &status));
}

/*
 * Nor what git or make started, whom their parent's death does not reach. The parent here does not
 * wait: one that does may still take its child's end with it while it is being killed itself.
 */
static void what_it_started_dies_with_its_parent(void **state)
{
	int status;

	(void)state;
	assert_killed(killed_while("sleep 1000 & echo $!; exec sleep 1000", 0, &status));
	/* Whoever does not heed the gentle signal ends with the child. */
	assert_killed(killed_while("trap '' TERM; sleep 1000 & p=$!; trap - TERM; echo $p; "
				   "exec sleep 1000",
				   SIGTERM, &status));
}

/* A helper that goes on after the program itself has ended. */
static void what_it_started_ends_with_it(void **state)
{
	_cleanup_buf_ struct buf out = { 0 };
	struct proc_opts o = OPTS("sh", "-c", "sleep 1000 >/dev/null 2>&1 & echo $!");

	(void)state;
	assert_int_equal(proc_capture(&o, 100, &out, NULL, NULL), 0);
	assert_killed((pid_t)strtol(buf_str(&out), NULL, 10));
}

/* A build under make, a shell with children: what the child started ends with it. */
static void kill_takes_the_group(void **state)
{
	struct proc_opts o = OPTS("sh", "-c", "sleep 1000 & echo $!; exec sleep 1000");
	char text[32] = "";
	int out[2];
	struct proc p;
	pid_t sleeper;

	(void)state;
	assert_int_equal(pipe(out), 0);
	o.fd_out = out[1];
	assert_int_equal(proc_start(&o, &p, NULL), 0);
	close(out[1]);
	assert_true(read(out[0], text, sizeof(text) - 1) > 0);
	close(out[0]);
	sleeper = (pid_t)strtol(text, NULL, 10);
	assert_true(sleeper > 1);
	proc_kill(&p);
	assert_killed(sleeper);
}

static void finds_programs(void **state)
{
	_cleanup_free_ char *sh = proc_find("sh"), *none = proc_find("slowpath-no-such");
	_cleanup_free_ char *direct = proc_find("/bin/sh"), *missing = proc_find("/bin/none");

	(void)state;
	assert_non_null(sh);
	assert_int_equal(access(sh, X_OK), 0);
	assert_null(none);
	assert_string_equal(direct, "/bin/sh");
	assert_null(missing);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(captures_both_streams),
		cmocka_unit_test(captures_much_of_both),
		cmocka_unit_test(capture_has_a_limit),
		cmocka_unit_test(death_by_signal_is_an_error),
		cmocka_unit_test(missing_program_is_named),
		cmocka_unit_test(gets_env_and_cwd),
		cmocka_unit_test(loses_what_is_named_alone),
		cmocka_unit_test(inherits_only_named_descriptors),
		cmocka_unit_test(waits_with_a_deadline),
		cmocka_unit_test(describes_exit),
		cmocka_unit_test(dies_with_its_parent),
		cmocka_unit_test(what_it_started_dies_with_its_parent),
		cmocka_unit_test(what_it_started_ends_with_it),
		cmocka_unit_test(kill_takes_the_group),
		cmocka_unit_test(finds_programs),
	};

	return cmocka_run_group_tests(tests, become_reaper, NULL);
}
