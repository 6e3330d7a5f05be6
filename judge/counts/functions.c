// SPDX-License-Identifier: GPL-2.0-or-later
/* Functions of two runs, side by side. */
#include "judge/counts/comparison.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_MIN 0.0005
#define SHOWN_CALLS_MIN 1e-9 /* calls have digits enough to be seen, however few they are */

static double function_change(const struct function_delta *f)
{
	return f->new_insns - f->old_insns;
}

static int by_delta(const void *a, const void *b)
{
	const struct function_delta *x = a, *y = b;
	double dx = fabs(function_change(x)), dy = fabs(function_change(y));

	if (dx != dy)
		return dx > dy ? -1 : 1;
	if (x->new_insns != y->new_insns)
		return x->new_insns > y->new_insns ? -1 : 1;
	return strcmp(x->name, y->name);
}

void comparison_sort(struct comparison *c)
{
	qsort(c->functions, c->n_functions, sizeof(*c->functions), by_delta);
}

/* What is not known is none here. */
static bool was_called(double calls)
{
	return calls != 0 && !isnan(calls);
}

bool function_has_negative(const struct function_delta *f)
{
	return fmin(f->old_insns, f->new_insns) <= -SHOWN_MIN ||
	       fmin(f->old_calls, f->new_calls) <= -SHOWN_CALLS_MIN;
}

static bool is_nothing(const struct function_delta *f)
{
	return f->old_insns == 0 && f->new_insns == 0 && !was_called(f->old_calls) &&
	       !was_called(f->new_calls);
}

/* NAN: nobody knows. */
static double calls_of(const struct slope *s, const struct profile_function *f)
{
	return profile_knows_calls(f) ? slope_mean(s, f->calls) : NAN;
}

/* Both profiles are sorted by name: merge them. */
int compare_functions(const struct slope slopes[2], const struct profile *old_p,
		      const struct profile *new_p, struct function_delta **out, size_t *count,
		      struct err *e)
{
	size_t i = 0, k = 0;

	*count = 0;
	*out = calloc(old_p->count + new_p->count + 1, sizeof(**out));
	if (!*out)
		return err_oom(e);
	while (i < old_p->count || k < new_p->count) {
		const struct profile_function *o = i < old_p->count ? &old_p->functions[i] : NULL;
		const struct profile_function *n = k < new_p->count ? &new_p->functions[k] : NULL;
		struct function_delta *f = &(*out)[*count];
		int order = o && n ? strcmp(o->name, n->name) : o ? -1 : 1;

		if (o && order <= 0) {
			f->name = o->name;
			f->old_insns = slope_mean(&slopes[0], o->insns);
			f->old_calls = calls_of(&slopes[0], o);
			i++;
		}
		if (n && order >= 0) {
			f->name = n->name;
			f->new_insns = slope_mean(&slopes[1], n->insns);
			f->new_calls = calls_of(&slopes[1], n);
			k++;
		}
		*count += !is_nothing(f);
	}
	qsort(*out, *count, sizeof(**out), by_delta);
	return 0;
}
