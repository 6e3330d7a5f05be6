/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Threads that carry out one list of operations together, one to a CPU; the task itself is the
 * first. Between two rounds the others sleep, so that they cost no other window anything.
 */
#ifndef GUEST_WORK_THREADS_H
#define GUEST_WORK_THREADS_H

#include "guest/work/ops.h"

#define THREADS_MAX 64

/* What each does: a job a thread, the first the caller's. */
struct job {
	const struct op *from, *end;
};

/* Once, before all else; 0 or -errno. Threads are at the caller's priority. */
int threads_start(unsigned count);
/* Wakes the others up; returns when all of them stand ready to start. */
void threads_ready(const struct job *jobs);
/* Starts, does the first job, and returns when all are done: 0, or -errno of one that failed. */
int threads_run(void);

#endif
