/* SPDX-License-Identifier: GPL-2.0-or-later */
/* By what a table of raw rows is to be judged. */
#ifndef JUDGE_TABLE_OPTIONS_H
#define JUDGE_TABLE_OPTIONS_H

#include "base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define JUDGE_LOOKS_MAX 6
#define JUDGE_PRIMARIES_MAX 64

/* The metrics of a scenario that a verdict is claimed for: SEGMENT_UNIT_per_ITEM. */
struct judge_primary {
	const char *scenario;
	const char *segment;
};

/* Strings are borrowed. */
struct judge_options {
	const char *baseline;	  /* a kernel's name; NULL: the oldest by its release */
	double tolerance, max_cv; /* of mean-cv, fractions */
	double threshold;	  /* the smallest effect that matters, a fraction of OLD */
	/*
	 * Ascending numbers of blocks at which times are looked at. None: the number of blocks was
	 * fixed beforehand, and there is one look, at all there are.
	 */
	unsigned looks[JUDGE_LOOKS_MAX];
	size_t n_looks;
	/*
	 * Of a scenario that is not named here: what its rows say decides, else its iteration_*
	 * metrics, else its cycle_* (so the published data calls an iteration), else the first that
	 * the rows have.
	 */
	struct judge_primary primaries[JUDGE_PRIMARIES_MAX];
	size_t n_primaries;
	const char *metric; /* what decides of every other (scenario/metric.h); NULL: as above */
	/*
	 * How many primary metrics (over scenarios, CPU counts and kernels) will be judged
	 * together when all is measured; 0: those in the table. An early look has to reckon with
	 * those that are still to come.
	 */
	unsigned claims;
};

/* Tolerance 5 %, max_cv 10 %, threshold 1 %, one look. */
struct judge_options judge_options_default(void);
/*
 * From a profile with its defaults filled in (lab/plan/experiment.h: experiment_json()), which has
 * to stay. What it does not name stays as it is.
 */
void judge_options_profile(const json_t *profile, struct judge_options *o);
/* "10,20,40". -EINVAL with what is wrong. */
int judge_options_looks(const char *text, struct judge_options *o, struct err *e);

#endif
