/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The call trees of two runs as one: instructions per item and iteration along each path of calls.
 * Paths are compared by the functions' names.
 */
#ifndef JUDGE_WHY_FLAME_H
#define JUDGE_WHY_FLAME_H

#include "lab/run.h"
#include "scenario/scenario.h"

struct flame_node {
	const char *name; /* in one of the trees */
	uint32_t parent;  /* stands before its children; [0] is the root */
	double own[2];	  /* old, new: without what it calls */
	double whole[2];  /* with it */
	double calls[2];
};

struct flame {
	struct flame_node *nodes; /* owned */
	size_t count;
};

/* Of runs that have trees, which must outlive it. */
int flame_make(const struct scenario *s, const struct run *old_run, const struct run *new_run,
	       struct flame *out, struct err *e);
/* Fills whole from own; for who made the nodes otherwise. */
void flame_sum(struct flame *f);
void flame_free(struct flame *f);
#define _cleanup_flame_ __attribute__((cleanup(flame_free)))

#endif
