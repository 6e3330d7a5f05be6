/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One loop for every experiment of many measurements. What is measured next is a source's to say: a
 * profile's plan, a search among kernels, blocks of three in an order. The loop measures it, ends
 * all if a failure says nothing of the kernels, keeps what came in the database, good or bad, and
 * hands it to the source.
 */
#ifndef DRIVE_LOOP_H
#define DRIVE_LOOP_H

#include "drive/measure/measuring.h"
#include "lab/pair.h"

#define LOOP_SIDES 2

/* What is measured side by side: exact runs at once, timed ones one after the other. */
struct loop_step {
	/* The source fills the requests; one without a kernel is not measured. */
	struct pair_side sides[LOOP_SIDES];
	struct run_place at[LOOP_SIDES];
	size_t of[LOOP_SIDES]; /* a number of the source's own: what the side is of */
};

struct loop_source {
	/* 1: @step, empty before, is filled; 0: nothing more is to be measured. It may fetch, build
	 * and tell the user. */
	int (*next)(void *arg, struct loop_step *step, struct err *e);
	/*
	 * 1: it measured the step in a way of its own, and kept it, all but failures that end all;
	 * 0: it did not, the loop does. NULL: the loop always does.
	 */
	int (*measure)(void *arg, struct loop_step *step, struct err *e);
	/*
	 * What was measured is looked at before it is kept; what is wrong with it goes into the
	 * side's err, with status ERR_UNMEASURED. Not called of what failed. NULL: nothing is.
	 */
	void (*check)(void *arg, struct loop_step *step, unsigned side);
	/* What came of a side, which is kept by now; its run may be taken over, an empty one left.
	 */
	int (*take)(void *arg, struct loop_step *step, unsigned side, struct err *e);
	/* What a side is called in an error that ends all; NULL: nothing. */
	const char *(*name)(const void *arg, size_t of);
	void *arg;
};

struct loop {
	struct session *s;
	const struct loop_source *source;
	unsigned qemu_failures; /* in a row, 0 at first */
};

/* Step after step, until the source has no more. */
int loop_run(struct loop *l, struct err *e);
/* One step, for a search that asks when it needs it; next is not called. Its runs are freed. */
int loop_make(struct loop *l, struct loop_step *step, struct err *e);

#endif
