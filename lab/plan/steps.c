// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/plan/steps.h"

#include <stdlib.h>

void steps_free(struct steps *s)
{
	free(s->items);
	*s = (struct steps){ 0 };
}

static int add_blocks(const struct experiment *x, unsigned scenario, unsigned cpus,
		      struct steps *out, struct err *e)
{
	const struct order_request q = {
		.kind = x->order,
		.seed = x->seed,
		.cpus = cpus,
		.scenario = x->scenarios[scenario].scenario->name,
		.arms = x->n_arms,
		.blocks = experiment_blocks(x),
	};
	_cleanup_free_ uint8_t *arms = NULL;
	int r = order_make(&q, &arms, e);

	if (r < 0)
		return r;
	for (unsigned i = 0; i < q.blocks * q.arms; i++)
		out->items[out->count++] = (struct step){ .scenario = scenario,
							  .cpus = cpus,
							  .block = i / q.arms,
							  .position = i % q.arms,
							  .arm = arms[i] };
	return 0;
}

int steps_make(const struct experiment *x, struct steps *out, struct err *e)
{
	int r = 0;

	*out = (struct steps){ .items = calloc(experiment_steps(x), sizeof(*out->items)) };
	if (!out->items)
		return err_oom(e);
	for (unsigned s = 0; r == 0 && s < x->n_scenarios; s++) {
		for (unsigned c = 0; r == 0 && c < x->n_cpus; c++)
			r = add_blocks(x, s, x->cpus[c], out, e);
	}
	if (r < 0)
		steps_free(out);
	return r;
}

void steps_effect(const struct experiment *x, const struct steps *s, unsigned scenario,
		  unsigned cpus, struct order_effect *out)
{
	*out = (struct order_effect){ .arms = x->n_arms };
	for (size_t i = 0; i < s->count; i++) {
		const struct step *step = &s->items[i];

		if (step->scenario == scenario && step->cpus == cpus)
			order_effect_add(out, step->arm, step->position);
	}
}
