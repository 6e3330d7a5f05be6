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

int survey_document(const struct surveying *x, json_t **out, struct err *e)
{
	_cleanup_free_ json_t **rows = calloc(x->n_scenarios + 1, sizeof(json_t *));
	int r = rows ? survey_rows(x, rows, e) : err_oom(e);
	const struct survey_view v = { .id = x->id,
				       .arch = x->s->arch->name,
				       .qemu_version = x->s->qemu.version,
				       .cpu_model = cpu_model_of(x->s),
				       .slowpath_version = x->s->version,
				       .threshold = x->m->threshold,
				       .kernels = x->kernels,
				       .n_kernels = x->n_kernels,
				       .left_out = x->left_out,
				       .rows = rows,
				       .n_rows = x->n_scenarios };

	if (r == 0)
		r = survey_json(&v, out, e);
	for (size_t i = 0; rows && i < x->n_scenarios; i++)
		json_decref(rows[i]);
	return r;
}
