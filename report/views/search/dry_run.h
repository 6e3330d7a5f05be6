/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an experiment would do, rendered. */
#ifndef REPORT_VIEWS_SEARCH_DRY_RUN_H
#define REPORT_VIEWS_SEARCH_DRY_RUN_H

#include "base/buf.h"
#include "lab/plan/steps.h"

#include <jansson.h>

/* How long one boot of a scenario at a CPU count measures. */
struct dry_run_rate {
	double seconds;	       /* NAN: nothing is known */
	unsigned earlier_runs; /* whose mean it is; 0: it is assumed */
};

struct dry_run {
	const struct experiment *experiment;
	const struct steps *steps;
	const struct dry_run_rate *rates; /* [scenario * n_cpus + index of the CPU count] */
	double boot_seconds; /* of a kernel that no snapshot is there of; once a CPU count */
};

/* The sum of it all, without retries; NAN if one of the rates is not known. */
double dry_run_seconds(const struct dry_run *d);
/* "slowpath/plan/1": a new reference, or NULL when out of memory. */
json_t *dry_run_json(const struct dry_run *d);
/* The profile with every default, as YAML that can be run, and in its comments the plan. */
int dry_run_text(const struct dry_run *d, struct buf *out, struct err *e);

#endif
