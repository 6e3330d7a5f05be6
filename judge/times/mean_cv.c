// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/times/mean_cv.h"

#include "base/cleanup.h"
#include "stats/stats.h"

#include <errno.h>
#include <string.h>

int mean_cv_describe(const struct group *g, const struct judge_options *o, struct mean_cv *out)
{
	_cleanup_free_ double *values = calloc(2 * g->count + 1, sizeof(*values));
	double *scratch = values ? values + g->count : NULL;
	size_t n;

	if (!values)
		return -ENOMEM;
	n = group_values(g, values);
	*out = (struct mean_cv){ .run_count = g->count, .ok_runs = n, .failed_runs = g->count - n };
	out->value = stats_mean(values, n);
	out->stdev_value = stats_stdev(values, n);
	stats_sort(values, n);
	out->median_value = stats_median_sorted(values, n);
	out->mad_value = stats_mad(values, n, out->median_value, scratch);
	out->min_value = n ? values[0] : 0;
	out->max_value = n ? values[n - 1] : 0;
	out->cv = stats_ratio(out->stdev_value, out->value);
	out->mad_ratio = stats_ratio(out->mad_value, out->median_value);
	out->status = out->failed_runs || !n ? "partial" : "ok";
	out->stable = !strcmp(out->status, "ok") && out->cv <= o->max_cv;
	out->robust_stable = !strcmp(out->status, "ok") && out->mad_ratio <= o->max_cv;
	return 0;
}

void mean_cv_compare(const struct mean_cv *baseline, const struct judge_options *o,
		     struct mean_cv *m)
{
	const struct mean_cv none = { 0 }, *base = baseline ? baseline : &none;

	m->baseline_value = base->value;
	m->baseline_median_value = base->median_value;
	/* A kernel without a good run has not become faster. */
	m->delta_vs_baseline = m->ok_runs ? stats_ratio(m->value - base->value, base->value) : 0;
	m->delta_vs_baseline_median =
		m->ok_runs ? stats_ratio(m->median_value - base->median_value, base->median_value)
			   : 0;
	m->classification = m->delta_vs_baseline > o->tolerance	   ? "regression"
			    : m->delta_vs_baseline < -o->tolerance ? "improvement"
								   : "neutral";
	m->comparison_reliable = m->stable && base->stable;
	m->comparison_robust_reliable = m->robust_stable && base->robust_stable;
}

const char *mean_cv_label(const struct mean_cv *m)
{
	if (strcmp(m->status, "ok") != 0)
		return "partial";
	if (m->comparison_reliable)
		return "reliable";
	return m->comparison_robust_reliable ? "robust-only" : "unreliable";
}
