// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/why/attribution.h"

#include "reading/slope.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void attribution_free(struct attribution *a)
{
	free(a->functions);
	*a = (struct attribution){ 0 };
}

/* The slope over the whole iteration (row 0) or over one segment. */
static struct slope row_slope(const struct slope *whole, size_t row)
{
	return row ? slope_segment(whole, (unsigned)row - 1) : *whole;
}

static struct cost_side *side_of(struct cost_pair *pair, bool is_new)
{
	return is_new ? &pair->new_side : &pair->old_side;
}

static void take_function(const struct slope *whole, const struct profile_function *f, bool is_new,
			  struct attribution_function *out)
{
	out->name = f->name;
	for (size_t row = 0; row <= whole->last; row++) {
		struct slope slope = row_slope(whole, row);
		struct cost_side *side = side_of(&out->rows[row], is_new);

		side->calls = profile_knows_calls(f) ? slope_mean(&slope, f->calls) : NAN;
		for (enum cost c = 0; c < COST_OF_FUNCTIONS; c++)
			side->costs[c] = slope_mean(&slope, profile_cost(f, c));
	}
}

static void take_totals(const struct slope *whole, const struct profile *p, bool is_new,
			struct attribution *out)
{
	for (enum cost c = 0; c < COST_COUNT; c++) {
		uint64_t values[MARKER_SLOTS], rest[MARKER_SLOTS];

		for (unsigned slot = 0; slot < MARKER_SLOTS; slot++) {
			values[slot] = rest[slot] = profile_slot_cost(p, slot, c);
			for (size_t i = 0; c < COST_OF_FUNCTIONS && i < p->count; i++)
				rest[slot] -= profile_cost(&p->functions[i], c)[slot];
		}
		for (size_t row = 0; row <= whole->last; row++) {
			struct slope slope = row_slope(whole, row);

			side_of(&out->totals[row], is_new)->costs[c] = slope_mean(&slope, values);
			if (c < COST_OF_FUNCTIONS)
				side_of(&out->unattributed[row], is_new)->costs[c] =
					slope_mean(&slope, rest);
		}
	}
}

static bool is_nothing(const struct attribution_function *f, size_t n_rows)
{
	for (size_t row = 0; row < n_rows; row++) {
		const struct cost_pair *p = &f->rows[row];

		for (enum cost c = 0; c < COST_OF_FUNCTIONS; c++) {
			if (p->old_side.costs[c] != 0 || p->new_side.costs[c] != 0)
				return false;
		}
		if (fabs(p->old_side.calls) > 0 || fabs(p->new_side.calls) > 0)
			return false;
	}
	return true;
}

static double change(const struct attribution_function *f)
{
	return f->rows[0].new_side.costs[COST_INSNS] - f->rows[0].old_side.costs[COST_INSNS];
}

static int by_change(const void *a, const void *b)
{
	const struct attribution_function *x = a, *y = b;
	double dx = fabs(change(x)), dy = fabs(change(y));

	if (dx != dy)
		return dx > dy ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* Both profiles are sorted by name: merge them. */
static int take_functions(const struct slope wholes[2], const struct profile *o,
			  const struct profile *n, struct attribution *out, struct err *e)
{
	size_t i = 0, k = 0;

	out->functions = calloc(o->count + n->count + 1, sizeof(*out->functions));
	if (!out->functions)
		return err_oom(e);
	while (i < o->count || k < n->count) {
		struct attribution_function *f = &out->functions[out->n_functions];
		int order = i == o->count ? 1 : k == n->count ? -1 : 0;

		if (!order)
			order = strcmp(o->functions[i].name, n->functions[k].name);
		*f = (struct attribution_function){ 0 };
		if (order <= 0)
			take_function(&wholes[0], &o->functions[i++], false, f);
		if (order >= 0)
			take_function(&wholes[1], &n->functions[k++], true, f);
		out->n_functions += !is_nothing(f, out->n_rows);
	}
	qsort(out->functions, out->n_functions, sizeof(*out->functions), by_change);
	return 0;
}

int attribute_runs(const struct scenario *s, const struct run *old_run, const struct run *new_run,
		   struct attribution *out, struct err *e)
{
	const struct slope wholes[] = { slope_whole(s, old_run), slope_whole(s, new_run) };

	*out = (struct attribution){ .n_rows = s->n_segments + 1, .names = { "iteration" } };
	if (!old_run->profile.vector || !new_run->profile.vector)
		return err_set(e, EINVAL, "a run without cost vectors cannot be attributed");
	for (size_t i = 0; i < s->n_segments; i++)
		out->names[i + 1] = s->segments[i].name;
	take_totals(&wholes[0], &old_run->profile, false, out);
	take_totals(&wholes[1], &new_run->profile, true, out);
	return take_functions(wholes, &old_run->profile, &new_run->profile, out, e);
}
