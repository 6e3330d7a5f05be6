// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/views/search/dry_run.h"

#include "report/words/order.h"

#include <math.h>

double dry_run_seconds(const struct dry_run *d)
{
	const struct experiment *x = d->experiment;
	double sum = d->boot_seconds * x->n_kernels * x->n_cpus;

	for (unsigned i = 0; i < x->n_scenarios * x->n_cpus; i++)
		sum += d->rates[i].seconds * x->n_arms * experiment_blocks(x);
	return sum;
}

static json_t *number(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

static json_t *steps(const struct dry_run *d)
{
	const struct experiment *x = d->experiment;
	json_t *list = json_array();

	for (size_t i = 0; i < d->steps->count; i++) {
		const struct step *s = &d->steps->items[i];

		json_array_append_new(list,
				      json_pack("{s:s,s:i,s:i,s:i,s:s}", "scenario",
						x->scenarios[s->scenario].scenario->name, "cpus",
						(int)s->cpus, "block", (int)s->block, "position",
						(int)s->position, "kernel", x->arms[s->arm].name));
	}
	return list;
}

static json_t *rates(const struct dry_run *d)
{
	const struct experiment *x = d->experiment;
	json_t *list = json_array();

	for (unsigned i = 0; i < x->n_scenarios * x->n_cpus; i++)
		json_array_append_new(list,
				      json_pack("{s:s,s:i,s:o,s:i}", "scenario",
						x->scenarios[i / x->n_cpus].scenario->name, "cpus",
						(int)x->cpus[i % x->n_cpus], "seconds",
						number(d->rates[i].seconds), "earlier_runs",
						(int)d->rates[i].earlier_runs));
	return list;
}

json_t *dry_run_json(const struct dry_run *d)
{
	const struct experiment *x = d->experiment;

	return json_pack("{s:s,s:o,s:s,s:o,s:o,s:i,s:i,s:o,s:{s:f,s:i,s:o}}", "schema",
			 "slowpath/plan/1", "profile", experiment_json(x), "profile_sha256",
			 x->sha256.text, "order", order_json(d->experiment, d->steps), "steps",
			 steps(d), "blocks", (int)experiment_blocks(x), "boots",
			 (int)d->steps->count, "estimate_seconds", number(dry_run_seconds(d)),
			 "estimate", "boot_seconds", d->boot_seconds, "first_boots",
			 (int)(x->n_kernels * x->n_cpus), "rates", rates(d));
}
