// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/timing.h"

#include "base/median.h"
#include "lab/timed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* @ns is sorted by this. */
static void conclude(struct timed_metric *m, const char *name, double *ns, size_t rounds,
		     double step_ns)
{
	snprintf(m->name, sizeof(m->name), "%s", name);
	stats_sort(ns, rounds);
	m->median_ns = stats_median_sorted(ns, rounds);
	m->refused[0] = '\0';
	if (m->median_ns < TIMED_STEPS_MIN * step_ns)
		snprintf(
			m->refused, sizeof(m->refused),
			"a span of %.3g us is under %d steps of the guest's clock, of %.0f ns each",
			m->median_ns / 1000, TIMED_STEPS_MIN, step_ns);
}

int timing_of_spans(const struct timing *t, unsigned n_segments,
		    const char (*segments)[PLAN_NAME_BYTES], struct timed_metrics *out,
		    struct err *e)
{
	size_t rounds = t->timed.rounds;
	double step_ns = (double)t->clock.step_ns;
	_cleanup_free_ double *ns = NULL, *total_ns = NULL;

	if (!rounds || rounds > PLAN_MAX_ROUNDS)
		return err_set(e, EIO, "there are no times");
	ns = calloc(rounds, sizeof(*ns));
	total_ns = calloc(rounds, sizeof(*total_ns));
	if (!ns || !total_ns)
		return err_oom(e);
	*out = (struct timed_metrics){ .count = 1 };
	for (unsigned s = 0; s < n_segments; s++) {
		if (!t->spans_ns[s])
			return err_set(e, EIO, "the spans are damaged");
		for (size_t i = 0; i < rounds; i++) {
			ns[i] = (double)t->spans_ns[s][i];
			total_ns[i] += ns[i];
		}
		conclude(&out->at[out->count++], segments[s], ns, rounds, step_ns);
	}
	conclude(&out->at[0], "iteration", total_ns, rounds, step_ns);
	return 0;
}

int timing_iteration(const struct scenario *s, const struct run *run, double *out, struct err *e)
{
	char segments[MARKER_SEGMENTS][PLAN_NAME_BYTES] = { 0 };
	struct timed_metrics t;
	int r;

	for (size_t i = 0; i < s->n_segments; i++)
		snprintf(segments[i], sizeof(segments[i]), "%s", s->segments[i].name);
	r = timing_of_spans(&run->timing, (unsigned)s->n_segments,
			    (const char(*)[PLAN_NAME_BYTES])segments, &t, e);
	if (r < 0)
		return r;
	if (t.at[0].refused[0] || t.at[0].median_ns <= 0)
		return err_unmeasured(e, EPROTO, "%s",
				      t.at[0].refused[0] ? t.at[0].refused : "no time went by");
	*out = t.at[0].median_ns / (double)scenario_items(s);
	return 0;
}

int timing_metrics(const struct record_run *run, struct timed_metrics *out, struct err *e)
{
	int r = timing_of_spans(&run->measured.timing, run->n_segments, run->segments, out, e);

	return r < 0 ? err_wrap(e, "run %lld", (long long)run->id) : 0;
}
