// SPDX-License-Identifier: GPL-2.0-or-later
/* Looks for the grid of a coarse clock in the values of a table. */
#include "base/cleanup.h"
#include "judge/times/quantised.h"
#include "judge/judgement/warn.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NONE INTERN_NONE

/*
 * A pool: the good rows of one kernel, scenario, CPU count and mode, over all metrics that are
 * divided alike. Pools are numbered as they appear, and are lists: first[pool], next[row]...
 */
struct pools {
	const struct rows *t;
	struct intern divisors, keys;
	uint32_t *first, *next; /* rows of the table */
	uint32_t *first_judged, *next_judged;
};

static void pools_free(struct pools *p)
{
	intern_free(&p->divisors);
	intern_free(&p->keys);
	free(p->first);
	free(p->next);
	free(p->first_judged);
	free(p->next_judged);
}
#define _cleanup_pools_ __attribute__((cleanup(pools_free)))

/* The number of a row's pool, or NONE if its metric is no time per something. 0 or -ENOMEM. */
static int find_pool(struct pools *p, const struct row *row, uint32_t *out)
{
	const char *divisor = strstr(rows_word(p->t, row->metric), "_ns_per_");
	uint32_t number;
	char key[64];

	*out = NONE;
	if (!divisor)
		return 0;
	number = intern_add(&p->divisors, divisor);
	if (number == INTERN_NONE)
		return -ENOMEM;
	snprintf(key, sizeof(key), "%u %u %u %u %u", row->kernel, row->scenario, row->cpus,
		 row->mode, number);
	*out = intern_add(&p->keys, key);
	return *out == INTERN_NONE ? -ENOMEM : 0;
}

/* No more pools than members of either kind, as each pool has one. */
static int make_room(struct pools *p, size_t rows, size_t judged)
{
	size_t pools = (rows + judged + 1) * sizeof(*p->first);

	p->first = malloc(pools);
	p->first_judged = malloc(pools);
	p->next = malloc((rows + 1) * sizeof(*p->next));
	p->next_judged = malloc((judged + 1) * sizeof(*p->next_judged));
	if (!p->first || !p->first_judged || !p->next || !p->next_judged)
		return -ENOMEM;
	memset(p->first, 0xff, pools);
	memset(p->first_judged, 0xff, pools);
	return 0;
}

/* Lists grow at their head, so members are added from the last one to the first. */
static void put(uint32_t *first, uint32_t *next, uint32_t pool, size_t member)
{
	next[member] = first[pool];
	first[pool] = (uint32_t)member;
}

static bool same_pool(const struct row *a, const struct row *b)
{
	return a->kernel == b->kernel && a->scenario == b->scenario && a->cpus == b->cpus &&
	       a->mode == b->mode && a->metric == b->metric;
}

/* Numbers pools by the rows, so that warnings come in their order. */
static int sort_rows(struct pools *p)
{
	const struct row *rows = p->t->at;
	size_t n = p->t->count, last = n;

	/* First the number of each row's pool, where its successor will be. */
	for (size_t i = 0; i < n; i++) {
		p->next[i] = NONE;
		if (!rows[i].ok)
			continue;
		if (last < n && same_pool(&rows[last], &rows[i]))
			p->next[i] = p->next[last];
		else if (find_pool(p, &rows[i], &p->next[i]) < 0)
			return -ENOMEM;
		last = i;
	}
	for (size_t i = n; i-- > 0;) {
		if (p->next[i] != NONE)
			put(p->first, p->next, p->next[i], i);
	}
	return 0;
}

static int sort_judged(struct pools *p, const struct judgement *j)
{
	uint32_t pool;
	int r = 0;

	for (size_t i = j->count; r == 0 && i-- > 0;) {
		r = find_pool(p, j->rows[i].raw, &pool);
		if (r == 0 && pool != NONE)
			put(p->first_judged, p->next_judged, pool, i);
	}
	return r;
}

static int warn_pool(struct judgement *j, const struct pools *p, uint32_t pool,
		     const struct quantised *q)
{
	int r = 0;

	for (uint32_t i = p->first_judged[pool]; i != NONE; i = p->next_judged[i]) {
		const struct judged_row *row = &j->rows[i];
		const struct mean_cv *m = &row->mean_cv;
		char tick[96] = "";

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
	_cleanup_pools_ struct pools p = { .t = t };

	if (t->count > POOL_ROWS_MAX)
		return 0;
	values = calloc(t->count, sizeof(*values));
	if (!values || make_room(&p, t->count, j->count) < 0 || sort_rows(&p) < 0 ||
	    sort_judged(&p, j) < 0)
		return -ENOMEM;
	for (uint32_t pool = 0; pool < p.keys.count; pool++) {
		struct quantised q;
		size_t n = 0;

		for (uint32_t i = p.first[pool]; i != NONE; i = p.next[i])
			values[n++] = t->at[i].value;
		if (quantised_find(values, n, &q) < 0 ||
		    (q.found && warn_pool(j, &p, pool, &q) < 0))
			return -ENOMEM;
	}
	return 0;
}
