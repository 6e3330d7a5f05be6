// SPDX-License-Identifier: GPL-2.0-or-later
#include "drive/execute/stored_rows.h"

#include "judge/table/record_rows.h"
#include "store/load.h"

#include <string.h>

/* One that is near-exact may have a part that is exact, which only its functions tell. */
static bool may_have_part(const struct record_run *run)
{
	if (!record_run_ok(run) || !record_run_counted(run) || run->cpus != 1)
		return false;
	for (size_t i = 0; i < run->n_readings; i++) {
		if (!run->readings[i].exact)
			return true;
	}
	return false;
}

/* Not a segment, nor the iteration: what slots say. */
static bool is_of_functions(const struct record *r, const struct record_run *run)
{
	const char *word = record_metric(r, run->scenario);

	return metric_is_function(word) || metric_is_task(word) || (!word && run->program_sha256) ||
	       (word && (!strcmp(word, "kernel") || !strcmp(word, "user")));
}

static bool needs_functions(const struct record *r)
{
	for (size_t i = 0; i < r->n_runs; i++) {
		if (may_have_part(&r->runs[i]) || is_of_functions(r, &r->runs[i]))
			return true;
	}
	return r->metric != NULL;
}

static int load(struct store *s, const char *id, const char *metric, enum load_what what,
		struct record *out, struct err *e)
{
	int r = store_load(s, id, what, out, e);

	if (r < 0 || !metric)
		return r;
	out->metric = strdup(metric);
	return out->metric ? 0 : err_oom(e);
}

int stored_rows_load(struct store *s, const char *id, const char *metric, struct record *out,
		     struct err *e)
{
	int r = load(s, id, metric, LOAD_CHECKED, out, e);

	if (r < 0 || !needs_functions(out))
		return r;
	record_free(out);
	return load(s, id, metric, LOAD_ALL, out, e);
}

int stored_rows_read(struct store *s, const char *id, const char *metric, struct rows *out,
		     struct err *e)
{
	_cleanup_record_ struct record record = { 0 };
	int r = stored_rows_load(s, id, metric, &record, e);

	return r < 0 ? r : record_rows(&record, out, e);
}
