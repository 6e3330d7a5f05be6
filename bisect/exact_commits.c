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

int exact_commits_search(void *arg, const struct history *chain, struct chain_step *steps,
			 size_t *n, struct err *e)
{
	const struct exact_commits *x = arg;
	_cleanup_free_ struct search_step *found = calloc(chain->count, sizeof(*found));
	_cleanup_(exact_search_free) struct exact_search search = { 0 };
	int r = found ? exact_search_init(&search, chain->count, x->threshold, e) : err_oom(e);

	if (r == 0)
		r = measure_all(x, chain, &search, e);
	if (r < 0)
		return r;
	*n = exact_search_steps(&search, found);
	for (size_t i = 0; i < *n; i++) {
		steps[i] = (struct chain_step){ .last_good = found[i].last_good,
						.first_bad = found[i].first_bad,
						.probability = 1 };
		exact_search_value(&search, steps[i].last_good, &steps[i].old_value);
		exact_search_value(&search, steps[i].first_bad, &steps[i].new_value);
	}
	return 0;
}
