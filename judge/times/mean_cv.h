/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The published rule set, kept so that published data can be judged again: means, coefficients of
 * variation, a tolerance. It calls n = 1 reliable; compare with it, do not use it.
 */
#ifndef JUDGE_TIMES_MEAN_CV_H
#define JUDGE_TIMES_MEAN_CV_H

#include "judge/table/cell.h"
#include "judge/table/options.h"

struct mean_cv {
	size_t run_count, ok_runs, failed_runs;
	double value, median_value, stdev_value, cv, mad_value, mad_ratio, min_value, max_value;
	double baseline_value, delta_vs_baseline;
	double baseline_median_value, delta_vs_baseline_median;
	const char *classification; /* regression, improvement, neutral */
	const char *status;	    /* ok, partial */
	bool stable, robust_stable;
	bool comparison_reliable, comparison_robust_reliable;
};

/* What a group says by itself. 0 or -ENOMEM. */
int mean_cv_describe(const struct group *g, const struct judge_options *o, struct mean_cv *out);
/* The rest, against the baseline's; NULL if the cell has none, and then nothing is reliable. */
void mean_cv_compare(const struct mean_cv *baseline, const struct judge_options *o,
		     struct mean_cv *m);
/* "reliable", "robust-only", "partial" or "unreliable". */
const char *mean_cv_label(const struct mean_cv *m);

#endif
