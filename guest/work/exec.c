// SPDX-License-Identifier: GPL-2.0-or-later
#include "guest/work/exec.h"

#include "guest/work/call.h"

#include <errno.h>
#include <sched.h>
#include <string.h>

bool exec_is_meant(int argc, char **argv)
{
	return argc == 2 && !strcmp(argv[1], PLAN_EXEC_WORD);
}

static long run_exec(const struct op *op)
{
	static char self[] = "/init", word[] = PLAN_EXEC_WORD;
	static char *const argv[] = { self, word, NULL }, *const environment[] = { NULL };
	long pid = vfork_and_execute(self, argv, environment);
	int status = 0;

	(void)op;
	if (pid < 0)
		return pid;
	pid = call6(SYS_wait4, pid, (long)&status, 0, 0, 0, 0);
	return pid < 0 ? pid : status ? -ENOEXEC : 0;
}

int exec_resolve(struct op *out)
{
	const struct sched_param first = { .sched_priority = 1 };

	out->run = run_exec;
	/* As for a fork (guest/child.c): before all others, in an order that is always the same. */
	return sched_setscheduler(0, SCHED_FIFO, &first) < 0 ? -errno : 0;
}
