// SPDX-License-Identifier: GPL-2.0-or-later
/* Scenario files: what is taken makes a plan within its bounds. */
#include "scenario/read.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_ops(const struct scenario *s)
{
	for (size_t i = 0; i < s->n_ops; i++) {
		const struct plan_op *op = &s->ops[i];

		if (op->map >= s->n_maps || !op->bytes || !op->stride ||
		    op->offset >= s->maps[op->map].bytes ||
		    op->bytes > s->maps[op->map].bytes - op->offset)
			abort();
	}
}

static void check(const struct scenario *s)
{
	const struct plan_request q = { .online_cpus = 1, .map_offset = 4096 };
	_cleanup_free_ void *plan = NULL;
	size_t len = 0, ops = s->n_prepare;
	struct err e = { 0 };

	if (!s->name || !s->help || !scenario_items(s) || !s->n_segments)
		abort();
	for (size_t i = 0; i < s->n_segments; i++)
		ops += s->segments[i].n_ops;
	if (ops != s->n_ops)
		abort();
	check_ops(s);
	if (scenario_plan(s, &q, &plan, &len, &e) < 0 || len > PLAN_MAX_BYTES)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_scenario_list_ struct scenario_list l = { 0 };
	struct err e = { 0 };

	if (scenario_read("g", "f", (const char *)data, size, &l, &e) < 0 &&
	    strncmp(e.text, "f:", 2) != 0)
		abort();
	for (size_t i = 0; i < l.count; i++)
		check(l.items[i]);
	return 0;
}
