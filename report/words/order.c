// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/words/order.h"

static json_t *counts(const struct experiment *x, const struct order_effect *f)
{
	json_t *all = json_object();

	for (unsigned arm = 0; arm < x->n_arms; arm++) {
		json_t *list = json_array();

		for (unsigned p = 0; p < x->n_arms; p++)
			json_array_append_new(list, json_integer(f->counts[arm][p]));
		json_object_set_new(all, x->arms[arm].name, list);
	}
	return all;
}

static const char *effective(bool balanced)
{
	return balanced ? "balanced" : "unbalanced";
}

json_t *order_json(const struct experiment *x, const struct steps *steps)
{
	json_t *groups = json_array();
	bool balanced = true;

	for (unsigned i = 0; i < x->n_scenarios * x->n_cpus; i++) {
		unsigned scenario = i / x->n_cpus, cpus = x->cpus[i % x->n_cpus];
		struct order_effect f;

		steps_effect(x, steps, scenario, cpus, &f);
		balanced = balanced && order_effect_balanced(&f);
		json_array_append_new(groups, json_pack("{s:s,s:i,s:s,s:o}", "scenario",
							x->scenarios[scenario].scenario->name,
							"cpus", (int)cpus, "effective",
							effective(order_effect_balanced(&f)),
							"counts", counts(x, &f)));
	}
	return json_pack("{s:s,s:I,s:s,s:o}", "requested", order_name(x->order), "seed",
			 (json_int_t)x->seed, "effective", effective(balanced), "groups", groups);
}
