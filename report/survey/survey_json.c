// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/survey/survey_json.h"

#include "judge/why/config_diff.h"
#include "report/views/parts.h"

#include <string.h>

static json_t *options_json(const struct config_diff *d)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < d->count; i++) {
		const struct config_change *c = &d->entries[i];

		json_array_append_new(list,
				      json_pack("{s:o,s:o,s:o,s:b}", "option", part_text(c->option),
						"old", part_text(c->old_value), "new",
						part_text(c->new_value), "mm", c->mm));
	}
	return list;
}

/* What else changed from the kernel before: a build of another compiler or config. */
static int put_changes(json_t *out, const struct kernel *before, const struct kernel *k,
		       struct err *e)
{
	_cleanup_config_diff_ struct config_diff d = { 0 };
	int r = config_diff(before->config_path, k->config_path, &d, e);
	json_t *changes;

	if (r < 0)
		return r;
	changes = json_pack("{s:b,s:o}", "compiler", strcmp(before->compiler, k->compiler) != 0,
			    "config", d.known ? options_json(&d) : json_null());
	return json_object_set_new(out, "changes", changes) < 0 ? err_oom(e) : 0;
}

static json_t *kernels_json(const struct survey_view *v, struct err *e)
{
	json_t *list = json_array();
	int r = list ? 0 : err_oom(e);

	for (size_t i = 0; r == 0 && i < v->n_kernels; i++) {
		json_t *k = part_kernel(v->kernels[i]);

		r = k ? 0 : err_oom(e);
		if (r == 0 && i)
			r = put_changes(k, v->kernels[i - 1], v->kernels[i], e);
		if (r == 0 && !i)
			r = json_object_set_new(k, "changes", json_null());
		if (json_array_append_new(list, k) < 0 && r == 0)
			r = err_oom(e);
	}
	if (r == 0)
		return list;
	json_decref(list);
	return NULL;
}

int survey_json(const struct survey_view *v, json_t **out, struct err *e)
{
	json_t *kernels = kernels_json(v, e), *rows = json_array();

	if (!kernels || !rows)
		return e->code ? e->code : err_oom(e);
	for (size_t i = 0; i < v->n_rows; i++)
		json_array_append(rows, v->rows[i]);
	*out = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:o,s:f,s:O,s:s,s:o,s:o,s:o}", "schema",
			 "slowpath/survey/1", "id", v->id, "mode", "exact", "arch", v->arch,
			 "slowpath", v->slowpath_version, "qemu", v->qemu_version, "cpu_model",
			 part_text(v->cpu_model), "threshold", v->threshold, "options", v->options,
			 "baseline", v->kernels[0]->spec, "kernels", kernels, "left_out",
			 v->left_out ? json_deep_copy(v->left_out) : json_array(), "scenarios",
			 rows);
	return *out ? 0 : err_oom(e);
}
