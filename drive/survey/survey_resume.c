// SPDX-License-Identifier: GPL-2.0-or-later
/* A survey that is gone on with, or that grows: what the database holds of it is its journal. */
#include "drive/survey/surveying.h"

#include "drive/begin/cpu_model.h"
#include "drive/begin/metric.h"
#include "drive/begin/resume.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void take_options(struct surveying *x, struct measuring *m)
{
	const json_t *c = x->journal.command;

	x->cmdline = json_string_value(json_object_get(c, "cmdline"));
	m->threshold = json_number_value(json_object_get(c, "threshold"));
	m->cpus = json_is_null(json_object_get(c, "cpus"))
			  ? CPUS_AS_NEEDED
			  : (unsigned)json_integer_value(json_object_get(c, "cpus"));
	m->metric = metric_kept(c);
	m->memory_mib = (unsigned)json_integer_value(json_object_get(c, "memory_mib"));
	m->iterations = (unsigned)json_integer_value(json_object_get(c, "iterations"));
	m->budget_s = (unsigned)json_integer_value(json_object_get(c, "budget"));
	m->cpu_model = json_string_value(json_object_get(c, "cpu"));
	m->arch = json_string_value(json_object_get(c, "arch"));
}

/* The very build that was measured, whatever its spec means by now. */
static int find_build(struct surveying *x, const char *spec, struct kernel **out, struct err *e)
{
	for (size_t i = 0; i < x->journal.n_runs; i++) {
		if (!strcmp(x->journal.runs[i].side, spec))
			return kernel_find(x->s->kernels, x->journal.runs[i].vmlinux_sha256, out,
					   e);
	}
	return kernel_resolve(x->s->kernels, spec, NULL, teller_hear_note, x->s->teller, out, e);
}

/* The first build of a spec may be known to the store by another. */
static int rename_kernel(struct kernel *k, const char *spec, struct err *e)
{
	if (!strcmp(k->spec, spec))
		return 0;
	free(k->spec);
	k->spec = strdup(spec);
	return k->spec ? 0 : err_oom(e);
}

static int take_kernels(struct surveying *x, struct err *e)
{
	const json_t *list = json_object_get(x->journal.command, "kernels"), *left;
	const size_t n = json_array_size(list);
	int r = 0;

	x->kernels = calloc(n + 1, sizeof(*x->kernels));
	if (!x->kernels)
		return err_oom(e);
	for (size_t i = 0; r == 0 && i < n; i++) {
		const char *spec = json_string_value(json_array_get(list, i));

		if (!spec)
			return err_set(e, EIO, "the survey does not say its kernels");
		r = find_build(x, spec, &x->kernels[i], e);
		if (r == 0)
			r = rename_kernel(x->kernels[i], spec, e);
		x->n_kernels += r == 0;
		if (r < 0)
			err_wrap(e, "kernel '%s'", spec);
	}
	left = json_object_get(x->journal.command, "left_out");
	x->left_out = json_is_array(left) ? json_deep_copy(left) : NULL;
	return r < 0 ? r : session_measures(x->s, x->kernels, x->n_kernels, e);
}

static int take_scenarios(struct surveying *x, struct err *e)
{
	const json_t *list = json_object_get(x->journal.command, "scenarios");
	const size_t n = json_array_size(list);

	x->scenarios = calloc(n + 1, sizeof(*x->scenarios));
	if (!x->scenarios)
		return err_oom(e);
	for (size_t i = 0; i < n; i++) {
		const char *name = json_string_value(json_array_get(list, i));

		x->scenarios[i] = name ? library_get(&x->s->scenarios, name, e) : NULL;
		if (!x->scenarios[i])
			return name ? e->code
				    : err_set(e, EIO, "the survey does not say its scenarios");
		x->n_scenarios++;
	}
	return 0;
}

int survey_take_up(struct surveying *x, const char *id, struct measuring *m, struct err *e)
{
	int r = resume_open(x->s, id, x->command, LOAD_ROWS, &x->journal, e);

	if (r < 0)
		return r;
	snprintf(x->id, sizeof(x->id), "%s", x->journal.id);
	take_options(x, m);
	r = session_set_arch(x->s, m->arch, e);
	if (r == 0)
		r = cpu_model_set(x->s, m->cpu_model, e);
	if (r == 0)
		r = take_kernels(x, e);
	return r < 0 ? r : take_scenarios(x, e);
}

void survey_close(struct surveying *x)
{
	for (size_t i = 0; i < x->n_kernels; i++)
		kernel_free(x->kernels[i]);
	free(x->kernels);
	free(x->scenarios);
	json_decref(x->left_out);
	record_free(&x->journal);
}
