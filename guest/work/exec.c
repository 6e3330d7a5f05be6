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

/*
 * vfork(), and in the child execve(), or exit_group(1) where that fails. In one piece: the child
 * has the parent's stack, and must not return into what the compiler made of it.
 */
static long vfork_and_execute(const char *path, char *const *argv, char *const *environment)
{
	long pid;

	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "mov %[execve], %%eax\n\t"
			 "syscall\n\t"
			 "mov $1, %%edi\n\t"
			 "mov %[exit], %%eax\n\t"
			 "syscall\n"
			 "1:"
			 : "=a"(pid)
			 : "0"((long)SYS_vfork), "D"(path), "S"(argv),
			   "d"(environment), [execve] "i"(SYS_execve), [exit] "i"(SYS_exit_group)
			 : "rcx", "r11", "memory");
	return pid;
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
