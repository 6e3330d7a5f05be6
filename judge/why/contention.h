/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of the kernel's memory that CPUs share in a scenario: per item, the mean over all windows.
 * Not slopes: every window is looked at by itself, so nothing happens once that would have to
 * cancel. The spread is the range over the pairs of phases of a run, which is an A/A by itself. It
 * decides nothing: what a shared line costs depends on the machine, and on when it is touched.
 */
#ifndef JUDGE_WHY_CONTENTION_H
#define JUDGE_WHY_CONTENTION_H

#include "lab/contended.h"
#include "scenario/scenario.h"
#include "symbols/symbols.h"

struct contention_value {
	double mean, spread; /* per item; of the pairs of phases */
};

/* Of a segment, or of all of an iteration. */
struct contention_part {
	char name[PLAN_NAME_BYTES];
	struct contention_value lines, touches;
	struct contention_value waiting;    /* touches by slow paths of locks, not in "touches" */
	double regions[CONTENTION_REGIONS]; /* of the lines */
};

/* Of a function that touches shared lines, in all of an iteration. */
struct contention_function {
	const char *name; /* of the side's symbols */
	bool waits;	  /* it is the slow path of a lock */
	uint64_t loads[MARKER_SLOTS], stores[MARKER_SLOTS], regions[CONTENTION_REGIONS];
	struct contention_value touches;
	double store_mean;
};

struct contention_side {
	struct contention_part iteration, segments[MARKER_SEGMENTS];
	unsigned n_segments;
	struct contention_function *functions; /* by their touches, the most first; owned */
	size_t n_functions;
};

int contention_conclude(const struct scenario *s, const struct run *run, const struct contended *c,
			struct contention_side *out, struct err *e);
void contention_free(struct contention_side *c);

const char *contention_region_name(unsigned region);
/* Whether a function is where a task waits for a lock: how long is the emulator's choice. */
bool contention_waits(const char *function);

#endif
