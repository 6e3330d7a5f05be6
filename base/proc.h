/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Child processes. A child dies with its parent (PR_SET_PDEATHSIG), gets no inherited descriptors
 * but those named, and is killed and reaped by proc_kill() however the scope is left.
 *
 * What a child starts itself ends with it, and with the parent, however either ends: a small
 * process in the child's group, which is nobody's child, sees to that (PR_SET_PDEATHSIG is not
 * inherited). Who leaves the group on purpose, as a daemon does, is not followed.
 */
#ifndef BASE_PROC_H
#define BASE_PROC_H

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"

#include <sched.h>
#include <stdbool.h>
#include <sys/types.h>

struct proc {
	pid_t pid;  /* 0: not running */
	int pidfd;  /* readable when the child has ended; -1 if none */
	int status; /* wait status once reaped */
};

struct proc_opts {
	const char *const *argv; /* NULL-terminated; argv[0] is looked up in PATH */
	/* Extra "K=V"; a "K" alone is taken from the environment. NULL-terminated; may be NULL. */
	const char *const *env;
	const char *cwd;       /* NULL: the parent's */
	const char *in_path;   /* a file that is its stdin; NULL: /dev/null */
	int fd_out;	       /* stdout of the child; -1: /dev/null */
	int fd_err;	       /* stderr; -1: /dev/null */
	const int *keep_fds;   /* descriptors to hand over at the same number; -1-terminated */
	const cpu_set_t *cpus; /* that it may run on; NULL: the parent's */
	int death_signal;      /* when the parent dies, to it and all that it started; 0: SIGKILL */
	bool lone;	       /* it starts no others, so there is nobody to see to */
	bool foreground;       /* has the parent's terminal: its three streams, and its group */
};

int proc_start(const struct proc_opts *o, struct proc *p, struct err *e);
/* Waits; @timeout_ms < 0 for ever. 0 when ended, -ETIMEDOUT if not yet. */
int proc_wait(struct proc *p, int timeout_ms);
/* SIGKILL to the child and the process group that it leads, then reap; harmless when gone. */
void proc_kill(struct proc *p);
/* "exit status 3", "killed by signal 9"; points into @text. */
const char *proc_describe(const struct proc *p, char *text, size_t len);

#define PROC_NONE ((struct proc){ .pid = 0, .pidfd = -1 })
#define _cleanup_proc_ __attribute__((cleanup(proc_kill)))

/*
 * Runs to the end and collects stdout and stderr (each at most @max bytes, then -EFBIG).
 * Returns the exit status (0..255), or -errno with @e; death by signal is -EINTR.
 */
int proc_capture(const struct proc_opts *o, size_t max, struct buf *out, struct buf *err_out,
		 struct err *e);

/* Full path of a program in PATH (malloc'ed) or NULL. */
char *proc_find(const char *name);

#endif
