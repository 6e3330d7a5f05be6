// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/table/primary.h"

#include "scenario/metric.h"

#include <string.h>

/* The metric that rows of a scenario say is what decides; INTERN_NONE: none says it. */
static uint32_t flagged(const struct rows *t, size_t at)
{
	for (size_t i = at; i < t->count && t->at[i].scenario == t->at[at].scenario; i++) {
		if (t->at[i].decides)
			return t->at[i].metric;
	}
	return INTERN_NONE;
}

static bool has_segment(const char *metric, const char *segment)
{
	return metric_names(segment, metric);
}

struct primary primary_choose(const struct rows *t, const struct judge_options *o, size_t at)
{
	const uint32_t scenario = t->at[at].scenario;
	const char *name = rows_word(t, scenario);
	struct primary p = { .metric = t->at[at].metric };
	uint32_t last = INTERN_NONE;
	bool cycle = false;

	for (size_t i = 0; i < o->n_primaries; i++) {
		if (!strcmp(o->primaries[i].scenario, name))
			return (struct primary){ .segment = o->primaries[i].segment };
	}
	if (o->metric)
		return (struct primary){ .segment = o->metric };
	if (flagged(t, at) != INTERN_NONE)
		return (struct primary){ .metric = flagged(t, at) };
	for (; at < t->count && t->at[at].scenario == scenario; at++) {
		uint32_t metric = t->at[at].metric;

		if (metric == last)
			continue;
		last = metric;
		if (has_segment(rows_word(t, metric), "iteration"))
			return (struct primary){ .segment = "iteration" };
		cycle = cycle || has_segment(rows_word(t, metric), "cycle");
		/* Words are numbered as they appear. */
		p.metric = metric < p.metric ? metric : p.metric;
	}
	if (cycle)
		p.segment = "cycle";
	return p;
}

bool primary_is(const struct rows *t, const struct primary *p, uint32_t metric)
{
	return p->segment ? has_segment(rows_word(t, metric), p->segment) : metric == p->metric;
}
