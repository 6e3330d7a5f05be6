// SPDX-License-Identifier: GPL-2.0-or-later
#include "lab/plan/experiment.h"

#include <stdlib.h>

const char *const experiment_modes[] = { "exact", "timed", "native", NULL };
const char *const experiment_purposes[] = { "performance", "coverage", "attribution", "state",
					    NULL };

static void free_scenario(struct experiment_scenario *s)
{
	scenario_free(s->scenario);
	free(s->primary);
	for (size_t i = 0; i < s->n_settings; i++) {
		free((char *)s->settings[i].key);
		free((char *)s->settings[i].value);
	}
	free(s->settings);
}

void experiment_free(struct experiment *x)
{
	if (!x)
		return;
	for (size_t i = 0; i < EXPERIMENT_KERNELS_MAX; i++) {
		free(x->kernels[i].name);
		free(x->kernels[i].spec);
		free(x->kernels[i].cmdline);
	}
	for (size_t i = 0; i < ORDER_ARMS_MAX; i++)
		free(x->arms[i].name);
	for (size_t i = 0; i < EXPERIMENT_SCENARIOS_MAX; i++)
		free_scenario(&x->scenarios[i]);
	free(x->file);
	free(x->text);
	free(x->name);
	free(x->label);
	free(x->cpuset);
	free(x->cpu_model);
	free(x->config);
	free(x->compiler);
	free(x);
}

unsigned experiment_blocks(const struct experiment *x)
{
	return x->n_looks ? x->looks[x->n_looks - 1] : x->repetitions;
}

uint64_t experiment_steps(const struct experiment *x)
{
	return (uint64_t)x->n_arms * experiment_blocks(x) * x->n_scenarios * x->n_cpus;
}

int experiment_blame(const struct experiment *x, const struct experiment_place *at, struct err *e)
{
	return err_wrap(e, "%s:%u:%u", x->file, at->line, at->column);
}
