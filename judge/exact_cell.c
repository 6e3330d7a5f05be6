// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/exact_cell.h"

#include "base/cleanup.h"
#include "judge/stats.h"

#include <errno.h>
#include <math.h>

/* An effect must exceed the noise floor this many times to be believed. */
#define SPREADS 3

static int describe(const struct group *g, size_t *n, double *value, double *spread)
{
	_cleanup_free_ double *values = calloc(g->count + 1, sizeof(*values));

	if (!values)
		return -ENOMEM;
	*n = group_values(g, values);
	stats_sort(values, *n);
	*spread = *n ? values[*n - 1] - values[0] : 0;
	/* Of equal values the mean is that value, to the last bit. */
	*value = *spread > 0 ? stats_mean(values, *n) : *n ? values[0] : 0;
	return 0;
}

static void decide(struct exact_cell *x, double threshold, struct reason *why)
{
	double delta = x->new_value - x->old_value, size = fabs(delta);
	double smallest = threshold * fabs(x->old_value);
	double floor = SPREADS * x->noise;

	if (delta == 0 && floor <= smallest)
		x->verdict = VERDICT_EQUIVALENT;
	else if (size >= smallest && size >= floor)
		x->verdict = delta > 0 ? VERDICT_REGRESSION : VERDICT_IMPROVEMENT;
	else if (size >= smallest || floor >= smallest)
		x->verdict = VERDICT_INCONCLUSIVE;
	else
		x->verdict = size >= floor ? VERDICT_TRIVIAL : VERDICT_EQUIVALENT;
	reason_add(why, "a change of %+.4f; %.4f matters, %.4f is the noise floor", delta, smallest,
		   floor);
}

int exact_cell_judge(const struct group *old_side, const struct group *new_side, double threshold,
		     const struct exact_cell *control, struct exact_cell *out, struct reason *why)
{
	int r;

	*out = (struct exact_cell){ .verdict = VERDICT_INCONCLUSIVE, .ratio = NAN };
	r = describe(old_side, &out->n_old, &out->old_value, &out->spread_old);
	if (r == 0)
		r = describe(new_side, &out->n_new, &out->new_value, &out->spread_new);
	if (r < 0)
		return r;
	if (!out->n_old || !out->n_new) {
		reason_add(why, "a side has no good run");
		return 0;
	}
	out->noise = fmax(out->spread_old, out->spread_new);
	if (control && control->n_new)
		out->noise = fmax(out->noise, fmax(control->spread_new,
						   fabs(control->new_value - control->old_value)));
	out->exact = out->noise == 0;
	out->ratio = out->old_value != 0   ? out->new_value / out->old_value
		     : out->new_value == 0 ? 1
					   : INFINITY;
	decide(out, threshold, why);
	return 0;
}

void exact_cell_is_control(struct exact_cell *out, struct reason *why)
{
	out->exact = out->exact && out->new_value == out->old_value;
	if (out->verdict != VERDICT_REGRESSION && out->verdict != VERDICT_IMPROVEMENT)
		return;
	out->verdict = VERDICT_UNSTABLE;
	reason_add(why, "; the baseline differs from itself");
}
