// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/survey/surveying.h"

#include "drive/begin/cpu_model.h"
#include "report/survey/survey_json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int parse_row(const struct record *now, const char *scenario, json_t **out, struct err *e)
{
	for (size_t i = 0; i < now->n_results; i++) {
		if (strcmp(now->results[i].scenario, scenario) != 0)
			continue;
		*out = json_loads(now->results[i].document, 0, NULL);
		return *out ? 0 : err_set(e, EIO, "the row of %s cannot be read", scenario);
	}
	return err_set(e, ENOENT, "the survey has no row of %s yet", scenario);
}

int survey_rows(const struct surveying *x, json_t **rows, struct err *e)
{
	_cleanup_record_ struct record now = { 0 };
	/* Results alone: there is no scenario of this name, so no runs. */
	int r = store_load_scenario(x->s->store, x->id, "", LOAD_ROWS, &now, e);

	for (size_t i = 0; r == 0 && i < x->n_scenarios; i++)
		r = parse_row(&now, x->scenarios[i]->name, &rows[i], e);
	return r;
}

static void add_words(json_t *list, const char *option, const char *value, bool *ok)
{
	if (value && (json_array_append_new(list, json_string(option)) < 0 ||
		      json_array_append_new(list, json_string(value)) < 0))
		*ok = false;
}

static void add_number(json_t *list, const char *option, unsigned value, const char *unit, bool *ok)
{
	char text[32];

	snprintf(text, sizeof(text), "%u%s", value, unit);
	add_words(list, option, value ? text : NULL, ok);
}

/* What was asked for that changes counts or verdicts, as it is typed; NULL when out of memory. */
static json_t *options_of(const struct surveying *x)
{
	const struct measuring *m = x->m;
	json_t *list = json_array();
	bool ok = list;
	char threshold[32];

	snprintf(threshold, sizeof(threshold), "%.10g%%", m->threshold * 100);
	add_words(list, "--cmdline", x->cmdline, &ok);
	add_words(list, "--metric", m->metric, &ok);
	add_words(list, "--cpu", m->cpu_model, &ok);
	add_words(list, "--threshold", strcmp(threshold, "1%") != 0 ? threshold : NULL, &ok);
	add_number(list, "--cpus", m->cpus == CPUS_AS_NEEDED ? 0 : m->cpus, "", &ok);
	add_number(list, "--mem", m->memory_mib, "M", &ok);
	add_number(list, "--iterations", m->iterations, "", &ok);
	add_number(list, "--budget", m->budget_s, "", &ok);
	if (ok)
		return list;
	json_decref(list);
	return NULL;
}

int survey_document(const struct surveying *x, json_t **out, struct err *e)
{
	_cleanup_free_ json_t **rows = calloc(x->n_scenarios + 1, sizeof(json_t *));
	json_t *options = options_of(x);
	int r = rows && options ? survey_rows(x, rows, e) : err_oom(e);
	const struct survey_view v = { .id = x->id,
				       .arch = x->s->arch->name,
				       .qemu_version = x->s->qemu.version,
				       .cpu_model = cpu_model_of(x->s),
				       .slowpath_version = x->s->version,
				       .threshold = x->m->threshold,
				       .kernels = x->kernels,
				       .n_kernels = x->n_kernels,
				       .left_out = x->left_out,
				       .options = options,
				       .rows = rows,
				       .n_rows = x->n_scenarios };

	if (r == 0)
		r = survey_json(&v, out, e);
	for (size_t i = 0; rows && i < x->n_scenarios; i++)
		json_decref(rows[i]);
	json_decref(options);
	return r;
}
