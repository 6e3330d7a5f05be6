/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The metrics of one timed run, out of its spans. */
#ifndef STORE_TIMING_H
#define STORE_TIMING_H

#include "store/record.h"

struct timed_metric {
	char name[PLAN_NAME_BYTES]; /* of the segment, or "iteration" */
	double median_ns;	    /* of the rounds; not divided by items */
	char refused[160];	    /* why the clock cannot tell it; "" if it can */
};

struct timed_metrics {
	struct timed_metric at[MARKER_SEGMENTS + 1]; /* the iteration, then the segments */
	unsigned count;
};

/*
 * The iteration is the sum of its segments, round by round. A metric whose median span is under
 * TIMED_STEPS_MIN steps of the guest's clock is refused.
 */
int timing_of_spans(const struct timing *t, unsigned n_segments,
		    const char (*segments)[PLAN_NAME_BYTES], struct timed_metrics *out,
		    struct err *e);
/*
 * Nanoseconds of an iteration per item, in the median. -EPROTO with status ERR_UNMEASURED if the
 * guest's clock cannot tell.
 */
int timing_iteration(const struct scenario *s, const struct run *run, double *out, struct err *e);
int timing_metrics(const struct record_run *run, struct timed_metrics *out, struct err *e);

#endif
