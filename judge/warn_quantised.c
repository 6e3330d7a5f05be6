// SPDX-License-Identifier: GPL-2.0-or-later
/* Looks for the grid of a coarse clock in the values of a table. */
#include "base/cleanup.h"
#include "judge/quantised.h"
#include "judge/warn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The rows of one kernel, scenario and CPU count, over all metrics that are divided alike. */
struct pool {
	const struct rows *t;
	const struct row *like;
	double *values;
	size_t n;
};

static const char *divisor_of(const char *metric)
{
	const char *per = strstr(metric, "_ns_per_");

	return per ? per : "";
}

static bool pooled(const struct pool *p, const struct row *row)
{
	return row->ok && row->kernel == p->like->kernel && row->scenario == p->like->scenario &&
	       row->cpus == p->like->cpus && row->mode == p->like->mode &&
	       (row->metric == p->like->metric ||
		!strcmp(divisor_of(rows_word(p->t, row->metric)),
			divisor_of(rows_word(p->t, p->like->metric))));
}

static int warn_pool(struct judgement *j, const struct pool *p, const struct quantised *q)
{
	int r = 0;

	for (size_t i = 0; i < j->count; i++) {
		const struct judged_row *row = &j->rows[i];
		const struct mean_cv *m = &row->mean_cv;
		char tick[96] = "";

		if (row->kernel != p->like->kernel || row->scenario != p->like->scenario ||
		    row->cpus != p->like->cpus || row->mode != p->like->mode ||
		    strcmp(divisor_of(rows_word(p->t, row->metric)),
			   divisor_of(rows_word(p->t, p->like->metric))) != 0)
			continue;
		if (q->tick_ns > 0)
			snprintf(tick, sizeof(tick), " (as of a clock that ticks every %.3g ms)",
				 q->tick_ns / 1e6);
		r |= warn_add(
			j, "quantised-clock", row->raw,
			"%s: all values are multiples of %.4f ns, rounded down%s; that explains "
			"about %.0f %% of the variance",
			rows_word(p->t, row->kernel), q->step, tick,
			100 * quantised_share(q, m->value, m->stdev_value * m->stdev_value));
	}
	return r ? -ENOMEM : 0;
}

/* Small tables only: with a million rows a grid would show in any of their cells as well. */
#define POOL_ROWS_MAX 20000

int warn_quantised(struct judgement *j, const struct rows *t)
{
	_cleanup_free_ double *values = NULL;
	_cleanup_free_ bool *done = NULL;

	if (t->count > POOL_ROWS_MAX)
		return 0;
	values = calloc(t->count, sizeof(*values));
	done = calloc(t->count, sizeof(*done));
	if (!values || !done)
		return -ENOMEM;
	for (size_t i = 0; i < t->count; i++) {
		struct pool p = { .t = t, .like = &t->at[i], .values = values };
		struct quantised q;

		/* Only times have a grid: counts, and what failed, are of no pool. */
		if (done[i] || !t->at[i].ok || !*divisor_of(rows_word(t, t->at[i].metric)))
			continue;
		for (size_t k = i; k < t->count; k++) {
			if (!pooled(&p, &t->at[k]))
				continue;
			done[k] = true;
			values[p.n++] = t->at[k].value;
		}
		if (quantised_find(values, p.n, &q) < 0 || (q.found && warn_pool(j, &p, &q) < 0))
			return -ENOMEM;
	}
	return 0;
}
