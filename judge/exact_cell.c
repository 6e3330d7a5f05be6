// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/exact_cell.h"

#include "base/cleanup.h"
#include "judge/stats.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

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

static void decide(struct exact_cell *x, double threshold)
{
	double delta = x->new_value - x->old_value, size = fabs(delta);
	double smallest = threshold * fabs(x->old_value);
	double floor = SPREADS * fmax(x->spread_old, x->spread_new);

	if (delta == 0 && floor <= smallest)
		x->verdict = VERDICT_EQUIVALENT;
	else if (size >= smallest && size >= floor)
		x->verdict = delta > 0 ? VERDICT_REGRESSION : VERDICT_IMPROVEMENT;
	else if (size >= smallest || floor >= smallest)
		x->verdict = VERDICT_INCONCLUSIVE;
	else
		x->verdict = size >= floor ? VERDICT_TRIVIAL : VERDICT_EQUIVALENT;
	snprintf(x->reason, sizeof(x->reason),
		 "a change of %+.4f; %.4f matters, %.4f is the noise floor", delta, smallest,
		 floor);
}

int exact_cell_judge(const struct group *old_side, const struct group *new_side, double threshold,
		     struct exact_cell *out)
{
	int r;

	*out = (struct exact_cell){ .verdict = VERDICT_INCONCLUSIVE, .ratio = NAN };
	r = describe(old_side, &out->n_old, &out->old_value, &out->spread_old);
	if (r == 0)
		r = describe(new_side, &out->n_new, &out->new_value, &out->spread_new);
	if (r < 0)
		return r;
	if (!out->n_old || !out->n_new) {
		snprintf(out->reason, sizeof(out->reason), "a side has no good run");
		return 0;
	}
	out->exact = out->spread_old == 0 && out->spread_new == 0;
	out->ratio = out->old_value != 0   ? out->new_value / out->old_value
		     : out->new_value == 0 ? 1
					   : INFINITY;
	decide(out, threshold);
	return 0;
}
