// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/times/stability.h"

#include "base/cleanup.h"
#include "judge/times/modes.h"
#include "judge/times/ranks.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static int check_position(const struct pairs *p, size_t n, struct stability *out)
{
	_cleanup_free_ double *sides = malloc((n + 1) * sizeof(*sides));
	size_t old_first = 0, new_first = 0;

	if (!sides)
		return -ENOMEM;
	/* From both ends of one array. */
	for (size_t i = 0; i < n; i++) {
		if (p->first[i] < 0)
			sides[old_first++] = p->d[i];
		else if (p->first[i] > 0)
			sides[n - ++new_first] = p->d[i];
	}
	out->position_p = rank_sum_p(sides, old_first, sides + n - new_first, new_first);
	return 0;
}

static int check_series(const struct pairs *p, size_t n, struct stability *out)
{
	_cleanup_free_ double *series = malloc((n + 1) * sizeof(*series));
	struct trend t;
	int r;

	if (!series)
		return -ENOMEM;
	r = trend_find(p->d, n, &t);
	out->drift_p = t.p;
	out->drift = t.size;
	for (size_t i = 0; i < n; i++)
		series[i] = p->old_y[i] + p->d[i] / 2;
	if (r == 0)
		r = trend_find(series, n, &t);
	out->level_p = t.p;
	out->level = t.size;
	for (size_t i = 0; i < n; i++)
		series[i] = p->old_y[i] + p->d[i];
	if (r == 0)
		r = modes_separation(series, p->old_y, n, &out->new_modes, &out->new_upper);
	return r == 0 ? modes_separation(p->old_y, series, n, &out->old_modes, &out->old_upper) : r;
}

int stability_check(const struct pairs *p, size_t n, struct stability *out)
{
	int r;

	*out = (struct stability){ .position_p = 1, .drift_p = 1, .level_p = 1 };
	if (!n)
		return 0;
	r = check_position(p, n, out);
	return r == 0 ? check_series(p, n, out) : r;
}

static void start(struct reason *why, bool *failed)
{
	reason_add(why, *failed ? "; " : "");
	*failed = true;
}

static void tell_modes(const char *side, double separation, double upper, size_t n,
		       struct reason *why)
{
	reason_add(why, "two modes in the values of %s: %.0f of %zu runs are %.1f spreads above",
		   side, upper * (double)n, n, separation);
}

bool stability_failed(const struct stability *s, size_t n, struct reason *why)
{
	const double limit = modes_limit(n);
	bool failed = false;

	if (s->position_p <= STABILITY_ALPHA) {
		start(why, &failed);
		reason_add(why, "the difference depends on which side came first (p %.2g)",
			   s->position_p);
	}
	if (s->drift_p <= STABILITY_ALPHA) {
		start(why, &failed);
		reason_add(why, "the difference drifts, by %+.2g %% over the blocks (p %.2g)",
			   100 * expm1(s->drift), s->drift_p);
	}
	if (s->old_modes > limit || s->new_modes > limit) {
		start(why, &failed);
		if (s->old_modes > limit)
			tell_modes("OLD", s->old_modes, s->old_upper, n, why);
		if (s->old_modes > limit && s->new_modes > limit)
			reason_add(why, ", and ");
		if (s->new_modes > limit)
			tell_modes("NEW", s->new_modes, s->new_upper, n, why);
		reason_add(why,
			   " (by accident in 1 of 1,000 experiments; in %d where 1 run in 10 is "
			   "interrupted)",
			   MODES_INTERRUPTED_PER_1000);
	}
	return failed;
}
