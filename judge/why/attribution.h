/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why NEW costs what it does: the cost vector (lab/counts/profile.h) of every segment and function
 * on both sides, per item. The runs have to have counted vectors. Functions and the unattributed
 * rest add up to the segments in every class but those that are known of segments only.
 */
#ifndef JUDGE_WHY_ATTRIBUTION_H
#define JUDGE_WHY_ATTRIBUTION_H

#include "base/err.h"
#include "lab/run.h"
#include "scenario/scenario.h"

#include <stddef.h>

/* One side, per item. */
struct cost_side {
	double costs[COST_COUNT];
	double calls; /* of the function, NAN: not known (profile_knows_calls()); 0 for segments */
};

struct cost_pair {
	struct cost_side old_side, new_side;
};

/* [0] is the whole iteration, [1 + i] segment i. */
struct attribution_function {
	const char *name; /* in one of the runs' profiles */
	struct cost_pair rows[MARKER_SEGMENTS + 1];
};

struct attribution {
	size_t n_rows;				/* segments and the iteration */
	const char *names[MARKER_SEGMENTS + 1]; /* "iteration", then the scenario's */
	struct cost_pair totals[MARKER_SEGMENTS + 1];
	struct cost_pair unattributed[MARKER_SEGMENTS + 1];
	struct attribution_function *functions; /* owned; largest |delta| of instructions first */
	size_t n_functions;
};

/* The runs and the scenario must outlive it. -EINVAL if a run has no vectors. */
int attribute_runs(const struct scenario *s, const struct run *old_run, const struct run *new_run,
		   struct attribution *out, struct err *e);
void attribution_free(struct attribution *a);
#define _cleanup_attribution_ __attribute__((cleanup(attribution_free)))

#endif
