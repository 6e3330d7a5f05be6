// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/work/wait.h"

#include "guest/work/call.h"
#include "guest/arch/arch.h"
#include "guest/host/report.h"
#include "proto/counts.h"
#include "proto/plan_waits.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S 1000000000u
#define SPIN_TURNS 16 /* between looks whether it is still wanted */
/* Of the guest's time, after which a number that has not changed is taken to change no more. */
#define STALLED_NS (5ull * NS_PER_S)
/* And for which one is waited for, however it changes. */
#define PATIENCE_NS (60ull * NS_PER_S)

static const struct {
	const char *word, *path, *line, *option;
} files[] = {
#define WAIT_ROW(code, word, path, line, option) { word, path, line, option },
	PLAN_WAITS(WAIT_ROW)
#undef WAIT_ROW
};

/* One page for what is read: /proc/vmstat is some 5 KiB. */
static char text[16384];

static long nap(uint64_t ns)
{
	struct timespec ts = { .tv_sec = (time_t)(ns / NS_PER_S),
			       .tv_nsec = (long)(ns % NS_PER_S) };

	return call2(SYS_nanosleep, &ts, 0);
}

static long run_sleep(const struct op *op)
{
	return nap((uint64_t)op->arg);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
}

/* The number in a file, or -errno. op->number is the descriptor, op->arg4 which file it is. */
static long read_number(const struct op *op)
{
	const char *line = files[op->arg4].line, *at = text;
	size_t len = strlen(line), have = 0;
	long n;

	while (have < sizeof(text) - 1) {
		n = call6(SYS_pread64, op->number, (long)(text + have),
			  (long)(sizeof(text) - 1 - have), (long)have, 0, 0);
		if (n < 0)
			return n;
		if (!n)
			break;
		have += (size_t)n;
	}
	text[have] = '\0';
	while (len && at && (strncmp(at, line, len) != 0 || at[len] != ' ')) {
		at = strchr(at, '\n');
		at = at ? at + 1 : NULL;
	}
	return at && *at ? strtol(at + len, NULL, 10) : -ENODATA;
}

static long give_up(const struct op *op, long first, long last, const char *why)
{
	report_error("waited in vain for %s %s %ld: it is %ld, and was %ld at first%s",
		     files[op->arg4].word, op->arg2 ? "to advance by" : "to be at least", op->arg,
		     last, first, why);
	return -ETIMEDOUT;
}

static long run_until(const struct op *op)
{
	long first = read_number(op), last = first, value = first;
	uint64_t start = now_ns(), since = start;

	while (value >= 0 && value - (op->arg2 ? first : 0) < op->arg) {
		uint64_t now = now_ns();

		if (value != last)
			since = now;
		last = value;
		if (now - since > STALLED_NS)
			return give_up(op, first, last, "; it has not changed for 5 s");
		if (now - start > PATIENCE_NS)
			return give_up(op, first, last, "; that was a minute ago");
		nap((uint64_t)op->arg3);
		value = read_number(op);
	}
	return value < 0 ? value : 0;
}

int wait_resolve(const struct plan_op *p, struct op *out)
{
	int fd;

	if (p->code == PLAN_OP_SLEEP) {
		out->run = run_sleep;
		return 0;
	}
	if (p->arg2 >= PLAN_WAIT_KINDS)
		return -EINVAL;
	out->run = run_until;
	out->arg2 = p->flags & PLAN_OP_ADVANCED;
	out->arg3 = (long)p->seed;
	out->arg4 = (long)p->arg2;
	fd = open(files[p->arg2].path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		report_error("%s: %s\nneeds %s", files[p->arg2].path, strerror(errno),
			     files[p->arg2].option);
		return -errno;
	}
	out->number = fd;
	if (read_number(out) < 0) {
		report_error("%s has no line '%s'\nneeds %s", files[p->arg2].path,
			     files[p->arg2].line, files[p->arg2].option);
		return -ENODATA;
	}
	return 0;
}

/* Shared with the process. */
static atomic_uint *wanted;

static void spin(void)
{
	prctl(PR_SET_NAME, COUNTS_SPINNER_NAME);
	for (;;) {
		while (!atomic_load(wanted))
			call6(SYS_futex, (long)wanted, FUTEX_WAIT, 0, 0, 0, 0);
		/* No PAUSE, at which the emulator would leave what it translated. */
		while (atomic_load_explicit(wanted, memory_order_relaxed))
			spin_turns(SPIN_TURNS);
	}
}

int spinner_start(void)
{
	const struct sched_param none = { .sched_priority = 0 };
	pid_t pid;

	if (wanted)
		return 0;
	wanted = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (wanted == MAP_FAILED) {
		wanted = NULL;
		return -ENOMEM;
	}
	pid = fork();
	if (pid == 0)
		spin();
	if (pid < 0 || sched_setscheduler(pid, SCHED_IDLE, &none) < 0)
		return -errno;
	return 0;
}

void spinner_want(int yes)
{
	if (!wanted)
		return;
	atomic_store(wanted, !!yes);
	if (yes)
		call6(SYS_futex, (long)wanted, FUTEX_WAKE, 1, 0, 0, 0);
}
