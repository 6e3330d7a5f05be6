// SPDX-License-Identifier: GPL-2.0-or-later
/* Scenario files: what is taken makes a plan within its bounds. */
#include "scenario/describe.h"
#include "scenario/op_words.h"
#include "scenario/read.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The range of every operation lies in its map, and every body in the list that it stands in. */
static void check_ops(const struct scenario *s, size_t from, size_t n, unsigned depth)
{
	if (depth > PLAN_MAX_DEPTH)
		abort();
	for (size_t i = from; i < from + n; i += 1 + s->ops[i].n_body) {
		const struct plan_op *op = &s->ops[i];

		if (op->n_body > from + n - i - 1 || !op_word(op->code))
			abort();
		check_ops(s, i + 1, op->n_body, depth + 1);
		if (op->map2 != PLAN_NO_MAP && op->map2 >= s->n_maps)
			abort();
		if (op->map == PLAN_NO_MAP)
			continue;
		if (op->map >= s->n_maps || !op->bytes || !op->stride || op->each > op->bytes ||
		    op->offset >= s->maps[op->map].bytes ||
		    op->bytes > s->maps[op->map].bytes - op->offset)
			abort();
	}
}

static void check_words(const struct scenario *s)
{
	_cleanup_buf_ struct buf b = { 0 };

	scenario_needs(s, " ", &b);
	for (size_t i = 0; i < s->n_maps; i++)
		describe_map(s, i, &b);
	for (size_t i = 0; i < s->n_ops; i++)
		describe_op(s, &s->ops[i], &b);
	if (buf_error(&b) < 0)
		abort();
}

static void check(const struct scenario *s)
{
	const struct plan_request q = { .online_cpus = 1, .map_offset = 4096 };
	_cleanup_free_ void *plan = NULL;
	size_t len = 0, ops = s->n_prepare;
	struct err e = { 0 };

	if (!s->name || !s->help || !scenario_items(s) || !s->n_segments)
		abort();
	check_ops(s, 0, s->n_prepare, 0);
	for (size_t i = 0; i < s->n_segments; i++) {
		const struct plan_segment *g = &s->segments[i];

		if (scenario_segment_ops(s, i) != ops || !g->n_ops)
			abort();
		check_ops(s, ops, g->n_before, 0);
		check_ops(s, ops + g->n_before, g->n_ops, 0);
		check_ops(s, ops + g->n_before + g->n_ops, g->n_after, 0);
		ops += g->n_before + g->n_ops + g->n_after;
	}
	if (ops != s->n_ops || scenario_steps(s, 0, s->n_prepare) > SCENARIO_STEPS_MAX ||
	    scenario_steps(s, s->n_prepare, ops - s->n_prepare) > SCENARIO_STEPS_MAX)
		abort();
	check_words(s);
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
