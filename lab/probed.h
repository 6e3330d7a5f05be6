/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One run with a kprobe set: what values an argument has in the scenario's windows. */
#ifndef LAB_PROBED_H
#define LAB_PROBED_H

#include "lab/counts/histogram.h"
#include "lab/run.h"

/* Why a place cannot be probed. */
enum probe_refusal {
	PROBE_POSSIBLE,
	PROBE_ABSENT,	 /* no such symbol: inlined, or of other kernels */
	PROBE_CLONE,	 /* only .isra or .constprop of it, whose arguments moved */
	PROBE_AMBIGUOUS, /* several functions of the name */
	PROBE_NOTRACE,	 /* ftrace does not know it, and its calls are none, or too many */
	PROBE_NOT_TRIED, /* a place before it is possible */
};

struct probed {
	enum probe_refusal refusals[SCENARIO_PROBES_MAX]; /* of the scenario's places */
	long place;					  /* the one that was probed, or -1 */
	/* Its entry (0), or calls of it: where ftrace does not know the function itself. */
	unsigned n_sites;
	uint64_t sites[PLAN_PROBE_SITES];
	struct histogram histogram;
	char meant[160]; /* of an absent function: "; did you mean 'change_protection'?", or "" */
};

/* "absent", "clone", "ambiguous"... */
const char *probe_refusal_name(enum probe_refusal r);

/*
 * As exact_measure(), but nothing is counted: N iterations with the first possible place of the
 * scenario probed. If none is possible, out->place is -1, nothing is run, and that is no error. Nor
 * is anything run if it is a place without an argument to look at.
 */
int probed_measure(const struct lab *lab, const struct run_request *q, struct run *run,
		   struct probed *out, struct err *e);

#endif
