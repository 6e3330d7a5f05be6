// SPDX-License-Identifier: GPL-2.0-or-later
/* Profiles of experiments: what is taken can be planned, and its JSON is the same experiment. */
#include "lab/plan/steps.h"

#include <stdlib.h>
#include <string.h>

/* Longer plans only take time. */
#define STEPS_MAX 5000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char scenarios[] = "one:\n"
				"  help: h\n"
				"  maps: {a: {kind: anon-shared, size: 64M}}\n"
				"  segments:\n"
				"    protect: [mprotect: {map: a, to: r, offset: 4K}]\n"
				"    touch: [touch: {map: a, access: read}]\n"
				"two:\n"
				"  help: h\n"
				"  maps:\n"
				"    a: {kind: anon-shared, size: 1M}\n"
				"    b: {kind: anon-private, size: 1M}\n"
				"  segments:\n"
				"    fault: [touch: {map: b, access: write, size: 8K}]\n";

static void check(const struct experiment *x)
{
	if (!x->name[0] || x->n_kernels + x->aa != x->n_arms || x->n_arms < 2 ||
	    x->baseline >= x->n_kernels || !x->n_scenarios || !x->n_cpus ||
	    !x->repetitions == !x->n_looks || x->memory_mib < 128)
		abort();
	for (unsigned i = 0; i < x->n_scenarios; i++) {
		const struct scenario *s = x->scenarios[i].scenario;

		for (size_t k = 0; k < s->n_ops; k++) {
			const struct plan_op *op = &s->ops[k];
			uint64_t room = s->maps[op->map].bytes;

			if (op->offset >= room || op->bytes > room - op->offset)
				abort();
		}
	}
}

static void check_steps(const struct experiment *x)
{
	_cleanup_steps_ struct steps s = { 0 };
	struct order_effect f;
	struct err e = { 0 };

	if (experiment_steps(x) > STEPS_MAX)
		return;
	if (steps_make(x, &s, &e) < 0 || s.count != experiment_steps(x))
		abort();
	steps_effect(x, &s, 0, x->cpus[0], &f);
	if (x->order != ORDER_RANDOM && !order_effect_balanced(&f))
		abort();
}

static void check_json(const struct experiment *x, const struct scenario_list *library)
{
	_cleanup_experiment_ struct experiment *y = NULL;
	json_t *first = experiment_json(x), *second;
	_cleanup_free_ char *text = first ? json_dumps(first, 0) : NULL;
	struct err e = { 0 };

	if (!text || experiment_read("f", text, strlen(text), library, &y, &e) < 0)
		abort();
	second = experiment_json(y);
	if (!json_equal(first, second))
		abort();
	json_decref(first);
	json_decref(second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_scenario_list_ struct scenario_list l = { 0 };
	_cleanup_experiment_ struct experiment *x = NULL;
	struct err e = { 0 };

	if (scenario_read("mm", "s", scenarios, strlen(scenarios), &l, &e) < 0)
		abort();
	if (experiment_read("f", (const char *)data, size, &l, &x, &e) < 0) {
		if (strncmp(e.text, "f:", 2) != 0)
			abort();
		return 0;
	}
	check(x);
	check_steps(x);
	check_json(x, &l);
	return 0;
}
