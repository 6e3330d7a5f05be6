/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What of a near-exact reading is exact all the same. A function whose pairs of phases agree in
 * every segment and in every run of those that are set beside each other, and that is the same in
 * all runs of one kernel, is exact, whatever the rest does. What such functions change is a
 * whole number of instructions, and nobody doubts it; what the others do has a spread.
 *
 * reading_change() makes this of it, where the whole alone cannot be told: E is what the exact
 * functions change, V the others, s the larger spread of the others, t the threshold times |OLD|.
 *
 *	|E + V| - 3 s >= t		the whole changes by what matters, whatever the rest does
 *	|E| >= t, and E + V, taken in E's direction, less one s >= t
 *					the exact part does, and is named; nothing is said of the
 *					whole, as the rest may take some of it back
 *
 * The second condition of the part is there for work that moves: where a function is renamed,
 * inlined or split, one that is exact gets what one that varies had, E is all of it, and V takes it
 * back. V is seen to its spread; so what is taken back shows, and there is no verdict.
 */
#ifndef READING_PARTS_H
#define READING_PARTS_H

#include "base/err.h"
#include "reading/readings.h"

/* One of the runs that are set beside each other. */
struct reading_parts_run {
	const struct reading_source *source;
	unsigned kernel;	  /* equal numbers: the same kernel; functions are alike in it */
	struct reading *deciding; /* gets its part */
};

struct reading_parts {
	bool known;		       /* of all: functions add up, the clock agrees, one CPU */
	size_t exact, varying;	       /* functions that were executed in any of them */
	char most[READING_NAME_BYTES]; /* the one that varies most; "" if none does */
};

/*
 * Finds what is exact in all of @n runs of one scenario, of what @runs[0]'s metric sums. Nothing is
 * known where one is not of one CPU, its functions are not there or do not add up, or the clock
 * does not agree; then no reading gets a part. -ENOMEM.
 */
int reading_parts_find(const struct reading_parts_run *runs, size_t n, struct reading_parts *out,
		       struct err *e);

#endif
