// SPDX-License-Identifier: GPL-2.0-or-later
#include "bisect/forecast.h"

#include "bisect/exact_search.h"

#define SIDE_BY_SIDE 2
#define THRESHOLD 0.01
#define STEP 2.0 /* any that is above the threshold */

/* One search in which the items from @step on are slower, added to @sum. */
static int play(const uint64_t *weights, size_t count, size_t step, struct forecast_part *sum,
		struct err *e)
{
	struct exact_search search;
	size_t items[SIDE_BY_SIDE], n;
	int r = exact_search_init(&search, count, THRESHOLD, e);

	while (r == 0 && (n = exact_search_next(&search, items, SIDE_BY_SIDE))) {
		for (size_t i = 0; i < n; i++) {
			const struct reading reading = { .value = items[i] < step ? 1 : STEP,
							 .exact = true };

			exact_search_measured(&search, items[i], &reading);
			sum->items++;
			sum->weight += (double)weights[items[i]];
		}
	}
	exact_search_free(&search);
	return r;
}

int forecast_exact(const uint64_t *weights, size_t count, bool all, struct forecast *out,
		   struct err *e)
{
	int r;

	*out = (struct forecast){ 0 };
	r = play(weights, count, count, &out->ends, e);
	for (size_t step = 1; r == 0 && step < count; step++)
		r = play(weights, count, step, &out->one_step, e);
	if (r < 0)
		return r;
	out->one_step.items /= (double)(count - 1);
	out->one_step.weight /= (double)(count - 1);
	out->most.items = (double)count;
	for (size_t i = 0; i < count; i++)
		out->most.weight += (double)weights[i];
	if (all)
		out->ends = out->one_step = out->most;
	return 0;
}
