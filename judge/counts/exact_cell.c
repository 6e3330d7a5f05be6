// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/counts/exact_cell.h"

#include "base/cleanup.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

static int describe(const struct group *g, size_t *n, struct reading *out)
{
	_cleanup_free_ struct reading *readings = calloc(g->count + 1, sizeof(*readings));
	_cleanup_free_ const struct reading **at = calloc(g->count + 1, sizeof(*at));

	if (!readings || !at)
		return -ENOMEM;
	for (size_t i = 0; i < g->count; i++) {
		if (!g->rows[i].ok)
			continue;
		row_reading(g->table, &g->rows[i], &readings[*n]);
		at[*n] = &readings[*n];
		++*n;
	}
	if (*n)
		reading_combine(at, *n, out);
	else
		*out = (struct reading){ .value = NAN, .spread = NAN };
	return 0;
}

/* What the baseline differs by from itself could be in any other difference. */
static void add_control(struct exact_cell *x, const struct exact_cell *control)
{
	double noise;

	if (!control || !control->n_new || !control->n_old)
		return;
	noise = fmax(control->new_side.spread, fabs(control->change.delta));
	x->old_side.spread = fmax(x->old_side.spread, noise);
	/* Nor is a part exact that the control does not repeat. */
	x->old_side.rest_spread = fmax(x->old_side.rest_spread, noise);
	if (control->change.parted && control->change.part_delta != 0)
		x->old_side.parted = false;
	if (control->exact || !x->old_side.exact)
		return;
	x->old_side.exact = false;
	snprintf(x->old_side.why_not, sizeof(x->old_side.why_not),
		 "the baseline differs from itself in the control");
}

int exact_cell_judge(const struct group *old_side, const struct group *new_side, double threshold,
		     const struct exact_cell *control, struct exact_cell *out, struct reason *why)
{
	struct count_verdict v;
	int r;

	*out = (struct exact_cell){ .verdict = VERDICT_INCONCLUSIVE, .ratio = NAN };
	r = describe(old_side, &out->n_old, &out->old_side);
	if (r == 0)
		r = describe(new_side, &out->n_new, &out->new_side);
	if (r < 0)
		return r;
	if (!out->n_old || !out->n_new) {
		reason_add(why, "a side has no good run");
		return 0;
	}
	add_control(out, control);
	v = count_verdict(&out->old_side, &out->new_side, threshold);
	out->verdict = v.verdict;
	out->change = v.change;
	out->exact = v.change.exact;
	count_why_not(&out->old_side, &out->new_side, out->why_not);
	out->noise = fmax(out->old_side.spread, out->new_side.spread);
	out->ratio = out->old_side.value != 0	? out->new_side.value / out->old_side.value
		     : out->new_side.value == 0 ? 1
						: INFINITY;
	reason_add(why, "%s", v.reason);
	return 0;
}

void exact_cell_is_control(struct exact_cell *out, struct reason *why)
{
	if (out->exact && out->change.delta != 0) {
		out->exact = false;
		snprintf(out->why_not, sizeof(out->why_not), "the baseline differs from itself");
	}
	if (out->verdict != VERDICT_REGRESSION && out->verdict != VERDICT_IMPROVEMENT)
		return;
	out->verdict = VERDICT_UNSTABLE;
	reason_add(why, "; the baseline differs from itself");
}
