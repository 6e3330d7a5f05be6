// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/stored_rows.h"

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

int stored_rows_read(struct store *s, const char *id, struct rows *out, struct err *e)
{
	int r = store_each_row(s, id, add, out, e);

	return r < 0 ? r : rows_finish(out, id, e);
}
