// SPDX-License-Identifier: GPL-2.0-or-later
#include "bisect/exact_commits.h"

#include "base/cleanup.h"
#include "bisect/exact_search.h"

#include <stdlib.h>

/* Asks for commits until the search has what it needs. */
static int measure_all(const struct exact_commits *x, const struct history *chain,
		       struct exact_search *search, struct err *e)
{
	size_t item;

	while (exact_search_next(search, &item, 1)) {
		struct commit_value v = { 0 };
		int r = x->measure(x->arg, chain->ids[item], &v, e);

		if (r < 0)
			return r;
		if (v.known)
			exact_search_measured(search, item, &v.reading);
		else
			exact_search_skipped(search, item);
	}
	return 0;
}

struct asked {
	const struct exact_commits *x;
	const struct history *chain;
};

static bool in_part(const void *arg, size_t older, size_t newer)
{
	const struct asked *a = arg;
	bool slower;

	return a->x->part(a->x->arg, a->chain->ids[older], a->chain->ids[newer], &slower);
}

static struct chain_step step_of(const struct exact_commits *x, const struct history *chain,
				 const struct exact_search *search, const struct search_step *at)
{
	const struct reading *a = &search->items[at->last_good].reading,
			     *b = &search->items[at->first_bad].reading;
	struct chain_step out = { .last_good = at->last_good,
				  .first_bad = at->first_bad,
				  .old_value = a->value,
				  .new_value = b->value,
				  .slower = b->value > a->value,
				  .probability = 1 };

	if (reading_change(a, b, x->threshold).is != READING_DIFFERS && x->part)
		out.by_part = x->part(x->arg, chain->ids[at->last_good], chain->ids[at->first_bad],
				      &out.slower);
	return out;
}

int exact_commits_search(void *arg, const struct history *chain, struct chain_step *steps,
			 size_t *n, struct err *e)
{
	struct exact_commits *x = arg;
	const struct asked asked = { x, chain };
	_cleanup_free_ struct search_step *found = calloc(chain->count, sizeof(*found));
	_cleanup_(exact_search_free) struct exact_search search = { 0 };
	int r = found ? exact_search_init(&search, chain->count, x->threshold, e) : err_oom(e);

	if (x->part)
		search.in_part = in_part;
	search.hidden_arg = &asked;
	if (r == 0)
		r = measure_all(x, chain, &search, e);
	if (r < 0)
		return r;
	*n = exact_search_steps(&search, found);
	for (size_t i = 0; i < *n; i++)
		steps[i] = step_of(x, chain, &search, &found[i]);
	x->undecided += exact_search_undecided(&search);
	return 0;
}
