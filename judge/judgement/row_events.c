// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/judgement/row_events.h"

#include "judge/counts/events.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct all_blocks {
	size_t n;
	double sum, low, high, spread;
};

static struct all_blocks gather(const struct rows *t, const struct judged_row *row, uint32_t kernel,
				enum cost cost)
{
	struct all_blocks out = { .low = INFINITY, .high = -INFINITY };

	for (size_t i = 0; i < t->n_costs; i++) {
		const struct rows_cost *c = &t->costs[i];

		if (c->cost != cost || c->kernel != kernel || c->scenario != row->scenario ||
		    c->cpus != row->cpus)
			continue;
		out.n++;
		out.sum += c->value;
		out.low = fmin(out.low, c->value);
		out.high = fmax(out.high, c->value);
		out.spread = fmax(out.spread, c->spread);
	}
	if (out.n)
		out.spread = fmax(out.spread, out.high - out.low);
	return out;
}

static void find(const struct rows *t, const struct judgement *j, const struct judged_row *row,
		 struct events *out)
{
	*out = (struct events){ .known = true };
	for (enum event i = 0; i < EVENT_COUNT; i++) {
		const struct all_blocks o = gather(t, row, j->baseline, event_cost(i)),
					n = gather(t, row, row->kernel, event_cost(i));

		if (!o.n || !n.n)
			out->known = false;
		else
			out->at[i] = event_delta(o.sum / (double)o.n, n.sum / (double)n.n,
						 fmax(o.spread, n.spread), j->threshold);
	}
}

/* "page" of "iteration_insns_per_page" */
static const char *item_of(const char *metric)
{
	const char *at = NULL;

	for (const char *p = metric; (p = strstr(p, "_per_")); p += strlen("_per_"))
		at = p + strlen("_per_");
	return at ? at : "call";
}

int row_events_add(const struct rows *t, struct judgement *j)
{
	for (size_t i = 0; t->n_costs && i < j->count; i++) {
		struct judged_row *row = &j->rows[i];
		struct events x;
		char text[512];

		if (row->is_baseline || row->is_control || !row->primary || !row->counted ||
		    row->verdict == VERDICT_DIFFERENT_STATE)
			continue;
		find(t, j, row, &x);
		if (!x.known)
			continue;
		events_say(&x, item_of(rows_word(t, row->metric)), text, sizeof(text));
		/* Behind a verdict it begins with "; "; here it stands alone. */
		row->events = text[0] ? strdup(text + strspn(text, "; ")) : NULL;
		if (text[0] && !row->events)
			return -ENOMEM;
	}
	return 0;
}
