// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/mean_cv.h"

#include "base/cleanup.h"
#include "judge/stats.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/* What the group says by itself. */
static int describe(const struct group *g, const struct mean_cv_rules *rules, struct mean_cv *out)
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
	out->stable = !strcmp(out->status, "ok") && out->cv <= rules->max_cv;
	out->robust_stable = !strcmp(out->status, "ok") && out->mad_ratio <= rules->max_cv;
	return 0;
}

int mean_cv_judge(const struct cell *c, const struct group *g, const struct mean_cv_rules *rules,
		  struct mean_cv *out)
{
	const struct group *baseline = cell_group(c, rules->baseline);
	struct mean_cv base;
	int r;

	if (!baseline)
		return -ENOENT;
	r = describe(g, rules, out);
	if (r == 0)
		r = describe(baseline, rules, &base);
	if (r < 0)
		return r;
	out->baseline_value = base.value;
	out->baseline_median_value = base.median_value;
	out->delta_vs_baseline = stats_ratio(out->value - base.value, base.value);
	out->delta_vs_baseline_median =
		stats_ratio(out->median_value - base.median_value, base.median_value);
	out->classification = out->delta_vs_baseline > rules->tolerance	   ? "regression"
			      : out->delta_vs_baseline < -rules->tolerance ? "improvement"
									   : "neutral";
	out->comparison_reliable = out->stable && base.stable;
	out->comparison_robust_reliable = out->robust_stable && base.robust_stable;
	return 0;
}

const char *mean_cv_label(const struct mean_cv *m)
{
	if (strcmp(m->status, "ok") != 0)
		return "partial";
	if (m->comparison_reliable)
		return "reliable";
	return m->comparison_robust_reliable ? "robust-only" : "unreliable";
}
