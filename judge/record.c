// SPDX-License-Identifier: GPL-2.0-or-later
#include "judge/record.h"

static int add(void *arg, const struct stored_row *s, struct err *e)
{
	const struct row_text row = { .experiment = s->experiment,
				      .kernel = s->kernel,
				      .release = s->release,
				      .scenario = s->scenario,
				      .metric = s->metric,
				      .unit = s->unit,
				      .mode = s->mode,
				      .reason = s->reason,
				      .run = s->run_id,
				      .block = s->block,
				      .position = s->position,
				      .cpus = (uint16_t)s->cpus,
				      .ok = s->ok,
				      .value = s->value };

	return rows_add(arg, &row, e);
}

int record_rows(const struct record *r, struct rows *out, struct err *e)
{
	int rc = record_each_row(r, add, out, e);

	return rc < 0 ? rc : rows_finish(out, r->id, e);
}

struct judge_options record_judge_options(const struct record *r)
{
	struct judge_options o = judge_options_default();
	const json_t *threshold = json_object_get(r->command, "threshold");

	o.baseline = json_string_value(json_object_get(r->command, "baseline"));
	if (json_is_number(threshold))
		o.threshold = json_number_value(threshold);
	judge_options_profile(json_object_get(r->command, "experiment"), &o);
	return o;
}
