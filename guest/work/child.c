// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/work/child.h"

#include "guest/work/call.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Of the one child. Pipes are made once: the child tells that it is done, and is told to end. */
struct child {
	int done[2], end[2];
	long pid, pidfd;
	child_body_fn body;
};

static struct child child = { .done = { -1, -1 }, .end = { -1, -1 }, .pidfd = -1 };

void child_give_up(int code)
{
	char c = (char)code;

	call3(SYS_write, child.done[1], &c, 1);
	for (;;)
		call1(SYS_exit_group, 1);
}

static void be_child(const struct op *op)
{
	long result = 0;
	int r = child.body(op + 1, op->next, &result);
	char c = (char)-r;

	if (op + 1 != op->next)
		call3(SYS_write, child.done[1], &c, 1);
	call3(SYS_read, child.end[0], &c, 1);
	call1(SYS_exit_group, 0);
}

static long run_fork(const struct op *op)
{
	unsigned char error = 0;

	if (child.pid)
		return -EBUSY;
	child.pid = call_fork();
	if (child.pid == 0)
		be_child(op);
	if (child.pid < 0) {
		long r = child.pid;

		child.pid = 0;
		return r;
	}
	if (op + 1 != op->next && call3(SYS_read, child.done[0], &error, 1) != 1)
		return -ECHILD;
	return -error;
}

static long run_kill(const struct op *op)
{
	(void)op;
	if (!child.pid)
		return -ECHILD;
	child.pidfd = call2(SYS_pidfd_open, child.pid, 0);
	return child.pidfd < 0 ? child.pidfd : call2(SYS_kill, child.pid, SIGKILL);
}

static long run_mrelease(const struct op *op)
{
	(void)op;
	return call2(SYS_process_mrelease, child.pidfd, 0);
}

static long run_wait(const struct op *op)
{
	char c = 0;
	long r;

	(void)op;
	if (!child.pid)
		return -ECHILD;
	if (child.pidfd < 0)
		call3(SYS_write, child.end[1], &c, 1);
	else
		call1(SYS_close, child.pidfd);
	r = call6(SYS_wait4, child.pid, 0, 0, 0, 0, 0);
	child.pidfd = -1;
	child.pid = 0;
	return r < 0 ? r : 0;
}

int child_resolve(const struct plan_op *p, child_body_fn body, struct op *out)
{
	const struct sched_param first = { .sched_priority = 1 };

	child.body = body;
	out->run = p->code == PLAN_OP_FORK	 ? run_fork
		   : p->code == PLAN_OP_KILL	 ? run_kill
		   : p->code == PLAN_OP_MRELEASE ? run_mrelease
						 : run_wait;
	/* Before all others: the child does not run while its parent does not wait. */
	if (sched_setscheduler(0, SCHED_FIFO, &first) < 0)
		return -errno;
	if (child.done[0] < 0 &&
	    (pipe2(child.done, O_CLOEXEC) < 0 || pipe2(child.end, O_CLOEXEC) < 0))
		return -errno;
	return 0;
}
