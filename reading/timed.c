// SPDX-License-Identifier: GPL-2.0-or-later
/* Readings of a timed run: medians of its spans. */
#include "lab/timed.h"

#include "base/cleanup.h"
#include "stats/stats.h"
#include "reading/kinds.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* @ns is sorted by this. How far one boot is from the next, no spread within it can tell. */
static void add(const struct reading_source *s, const char *segment, double *ns,
		struct readings *out)
{
	struct reading *r = readings_add(s, segment, READING_TIMED, out);
	size_t rounds = s->run->timing.timed.rounds;
	double step_ns = (double)s->run->timing.clock.step_ns, median_ns;

	stats_sort(ns, rounds);
	median_ns = stats_median_sorted(ns, rounds);
	r->value = median_ns / (double)s->items;
	if (median_ns >= TIMED_STEPS_MIN * step_ns) {
		snprintf(r->why_not, sizeof(r->why_not), "it is a time");
		return;
	}
	r->value = NAN;
	snprintf(r->why_not, sizeof(r->why_not),
		 "a span of %.3g us is under %d steps of the guest's clock, of %.0f ns each",
		 median_ns / 1000, TIMED_STEPS_MIN, step_ns);
}

/* The iteration is the sum of its segments, round by round. */
int readings_timed(const struct reading_source *s, struct readings *out, struct err *e)
{
	const struct timing *t = &s->run->timing;
	size_t rounds = t->timed.rounds;
	_cleanup_free_ double *ns = NULL, *total_ns = NULL;

	if (!rounds || rounds > PLAN_MAX_ROUNDS)
		return err_set(e, EIO, "there are no times");
	ns = calloc(rounds, sizeof(*ns));
	total_ns = calloc(rounds, sizeof(*total_ns));
	if (!ns || !total_ns)
		return err_oom(e);
	for (unsigned segment = 0; segment < s->n_segments; segment++) {
		if (!t->spans_ns[segment])
			return err_set(e, EIO, "the spans are damaged");
		for (size_t i = 0; i < rounds; i++)
			total_ns[i] += (double)t->spans_ns[segment][i];
	}
	add(s, "iteration", total_ns, out);
	for (unsigned segment = 0; segment < s->n_segments; segment++) {
		for (size_t i = 0; i < rounds; i++)
			ns[i] = (double)t->spans_ns[segment][i];
		add(s, s->segments[segment], ns, out);
	}
	return 0;
}
