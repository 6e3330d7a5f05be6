/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What other tasks executed while windows were open: by task, and by function. */
#ifndef JUDGE_COUNTS_TASKS_H
#define JUDGE_COUNTS_TASKS_H

#include "base/err.h"
#include "judge/counts/comparison.h"

/* Of one name; per item. */
struct task_delta {
	const char *name; /* in one of the runs' profiles; "": it had none */
	double old_insns, new_insns;
	double unattributed;		  /* of the change */
	struct function_delta *functions; /* owned; largest |delta| first, then the dearest */
	size_t n_functions;
};

/*
 * Fills @c's tasks, those that executed most first. The one that keeps the CPU from halting is
 * none. The runs must outlive it.
 */
int compare_tasks(const struct slope slopes[2], const struct run *old_run,
		  const struct run *new_run, struct comparison *c, struct err *e);
void tasks_free(struct task_delta *tasks, size_t count);
/* "of ksmd": a name as it is said. */
const char *task_said(const struct task_delta *t);

#endif
