// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/plan/experiment.h"

static json_t *kernels(const struct experiment *x)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < x->n_kernels; i++) {
		const struct experiment_kernel *k = &x->kernels[i];

		json_array_append_new(list, json_pack("{s:s,s:s,s:s}", "name", k->name, "spec",
						      k->spec, "cmdline", k->cmdline));
	}
	return list;
}

static json_t *settings(const struct experiment_scenario *s)
{
	json_t *set = json_object();

	for (size_t i = 0; i < s->n_settings; i++)
		json_object_set_new(set, s->settings[i].key, json_string(s->settings[i].value));
	return set;
}

static json_t *scenarios(const struct experiment *x)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < x->n_scenarios; i++) {
		const struct experiment_scenario *s = &x->scenarios[i];

		json_array_append_new(list, json_pack("{s:s,s:s,s:o}", "name", s->scenario->name,
						      "primary", s->primary, "set", settings(s)));
	}
	return list;
}

static json_t *numbers(const unsigned *values, unsigned n)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < n; i++)
		json_array_append_new(list, json_integer(values[i]));
	return list;
}

static json_t *memory(const struct experiment *x)
{
	return json_sprintf("%uM", x->memory_mib);
}

json_t *experiment_json(const struct experiment *x)
{
	json_t *o = json_pack("{s:s,s:s,s:s,s:o,s:s,s:o,s:o,s:o}", "name", x->name, "label",
			      x->label, "mode", experiment_modes[x->mode], "kernels", kernels(x),
			      "baseline", x->kernels[x->baseline].name, "scenarios", scenarios(x),
			      "cpus", numbers(x->cpus, x->n_cpus), "memory", memory(x));
	json_t *rest = json_pack(
		"{s:o,s:s,s:I,s:f,s:f,s:b,s:i,s:s,s:s,s:s,s:s,s:s}",
		x->n_looks ? "looks" : "repetitions",
		x->n_looks ? numbers(x->looks, x->n_looks) : json_integer(x->repetitions), "order",
		order_name(x->order), "seed", (json_int_t)x->seed, "tolerance", x->tolerance,
		"max_cv", x->max_cv, "aa", x->aa, "retries", (int)x->retries, "cpuset", x->cpuset,
		"cpu", x->cpu_model, "config", x->config, "compiler", x->compiler, "purpose",
		experiment_purposes[x->purpose]);

	if (o && rest && json_object_update(o, rest) == 0) {
		json_decref(rest);
		return o;
	}
	json_decref(o);
	json_decref(rest);
	return NULL;
}
